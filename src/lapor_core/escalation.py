"""The escalation ladder: which steps are due for a complaint now, and when the next one will be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import attrs

from lapor_core.calendar import Office
from lapor_core.clocks.counting import later_by
from lapor_core.complaint import Actor, Clock, Complaint
from lapor_core.decisions import Act, decide
from lapor_core.errors import require_aware, require_type
from lapor_core.events import Event, StepTaken
from lapor_core.evolution import replay_on
from lapor_core.lifecycle import Role, is_over, next_state
from lapor_core.policy.amounts import Amount, Unit
from lapor_core.policy.clock_rule import ClockRule, Start
from lapor_core.policy.model import LadderStep
from lapor_core.standard import Standard

__all__ = ["DueStep", "due_steps", "next_step_at", "take_step"]

_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class DueStep:
    """A rung of the ladder with the instant at which it is reached (aware, in the office's zone).

    Attributes:
        office: Whose hours it keeps: no step is taken while this office is shut, unless the policy says ``anytime``.
    """

    step: LadderStep
    at: datetime
    office: Office = attrs.field(repr=False)

    def takeable_at(self, now: datetime) -> datetime:
        """Return when it can be taken, seen from ``now`` (aware): never before it is reached, and never before ``now``."""
        if now <= self.at:  # which was found as an instant at which it can be taken
            return self.at
        moment = self.office.local(now)
        return moment if self.step.anytime else _when_open(self.office, moment)


def due_steps(complaint: Complaint, standard: Standard, now: datetime) -> tuple[DueStep, ...]:
    """Return the steps that are due and were not taken yet, in the order of their instants.

    Pure and idempotent: each step is due once per clock, so once per round and once more when a new tier starts the clock
    anew. None is due for a complaint that is over (but for those of a request for erasure), in a pause, or before its clock
    starts; while the office is shut only those that the policy has taken at any time.
    """
    require_aware(now)
    _require(complaint, standard)
    ahead = sorted(_untaken(complaint, standard), key=lambda due: due.at)
    return tuple(due for due in ahead if due.takeable_at(now) <= now)


def next_step_at(complaint: Complaint, standard: Standard, now: datetime | None = None) -> datetime | None:
    """Return when somebody must look at the ladder again, or None when there is nothing ahead.

    Args:
        complaint: The complaint.
        standard: What it is judged by.
        now: The present instant (aware): a step that is overdue while the office is shut waits until it opens.
    """
    if now is not None:
        require_aware(now)
    _require(complaint, standard)
    ahead = _untaken(complaint, standard)
    return min((due.at if now is None else due.takeable_at(now) for due in ahead), default=None)


def take_step(complaint: Complaint, due: DueStep, standard: Standard, now: datetime) -> tuple[Event, ...]:
    """Return the events of one step: that it was taken, and what its action brings where the state allows it."""
    _require(complaint, standard)
    require_type(due, DueStep, "due")
    step = due.step
    taken = Event(
        complaint=complaint.id,
        sequence=complaint.version + 1,
        office=standard.policy.id,
        actor=_SYSTEM,
        happened_at=now,
        recorded_at=now,
        fact=StepTaken(
            step=step.key,
            clock=step.clock,
            remind=step.remind,
            show_reporter=step.show_reporter,
            different_person=step.different_person,
        ),
    )
    act = step.act
    if act is None or next_state(complaint.state, act) is None or _SYSTEM.role not in standard.policy.roles_for(act):
        return (taken,)
    return (taken, *decide(replay_on(complaint, [taken]), Act(action=act, actor=_SYSTEM), standard, now))


_SYSTEM = Actor(role=Role.SYSTEM, id="ladder")


def _require(complaint: Complaint, standard: Standard) -> None:
    require_type(complaint, Complaint, "complaint")
    require_type(standard, Standard, "standard")


def _untaken(complaint: Complaint, standard: Standard) -> Iterator[DueStep]:
    agency = complaint.agencies[0] if complaint.agencies else None
    for step in standard.policy.ladder:
        place = complaint.place_of(step.clock)
        if place is None or (step.key, place) in complaint.steps:
            continue
        if not _is_climbed(complaint, standard.policy.clock(step.clock)):
            continue
        clock = complaint.clocks[place]
        office = standard.office_for(step.clock, agency)
        at = _instant(_in_own_unit(step.at, clock, standard), clock, office, anytime=step.anytime)
        if at > clock.start:
            yield DueStep(step=step, at=at, office=office)


def _is_climbed(complaint: Complaint, rule: ClockRule) -> bool:
    """Tell whether the steps of a clock are taken now: of a complaint that is over, the data may still have to go."""
    waited_for = not is_over(complaint.state) or rule.starts is Start.ERASURE_REQUESTED
    return waited_for and complaint.state not in rule.pauses


def _in_own_unit(distance: Amount, clock: Clock, standard: Standard) -> Amount:
    """Return a distance without a unit in the clock's own: ``+0`` of a limit in hours is its instant, not its day."""
    if distance.unit is not None:
        return distance
    limit = standard.limit(clock.name, clock.tier or None)
    return Amount(distance.amount, limit.unit) if limit is not None and limit.unit.in_hours else distance


def _instant(distance: Amount, clock: Clock, office: Office, *, anytime: bool) -> datetime:
    """Return when a step is reached: in hours at its instant, in days as the office opens that day.

    One that waits for nobody (``anytime``) is reached at the start of its day; all others when the office is open.
    """
    if distance.unit is not None and distance.unit.in_hours:
        moment = _hours_from(office.local(clock.due), distance, office)
        return moment if anytime else _when_open(office, moment)
    in_days = distance.unit is Unit.DAYS
    day = clock.due_date + distance.amount * _DAY if in_days else office.add(clock.due_date, distance.amount)
    return office.start_of_day(day) if anytime else _opening(office, day)


def _hours_from(due: datetime, distance: Amount, office: Office) -> datetime:
    if distance.unit is Unit.OFFICE_HOURS:
        return _after_office_hours(due, distance.amount, office)
    return later_by(distance.amount, due, office)


def _after_office_hours(due: datetime, hours: int, office: Office) -> datetime:
    """Return when ``hours`` of office time have passed since ``due``, never before it; else when as many are left."""
    if hours >= 0:
        return office.add_time(due, timedelta(hours=hours))
    day, amount = due.date(), timedelta(hours=hours)
    while office.time_between(office.start_of_day(day), due) + amount < timedelta():
        day = office.previous_working_day(day - _DAY)
    begin = office.start_of_day(day)
    return office.add_time(begin, office.time_between(begin, due) + amount)


def _opening(office: Office, day: date) -> datetime:
    working = office.next_working_day(day)
    return office.opening(working) or office.start_of_day(working)


def _when_open(office: Office, moment: datetime) -> datetime:
    """Return ``moment`` on a working day between opening and closing, breaks included, else when it opens next."""
    opening, closing = office.opening(moment.date()), office.closing(moment.date())
    if opening is None or closing is None or moment >= closing:
        return _opening(office, moment.date() + _DAY)
    return max(opening, moment)
