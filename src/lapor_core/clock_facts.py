"""What the clocks of a complaint do when something has happened: which start, which move, which stop."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TypedDict

import attrs

from lapor_core.clocks import Deadline, Extension, Pause
from lapor_core.clocks.spent import working_days_spent
from lapor_core.complaint import Clock, Complaint
from lapor_core.errors import OutOfReach
from lapor_core.events import ClockMoved, ClockStarted, ClockStopped, Fact
from lapor_core.lifecycle import State, is_open
from lapor_core.policy.amounts import Limit
from lapor_core.policy.clock_rule import CalendarOf, ClockRule, RestartOnReturn, Start
from lapor_core.policy.model import Policy
from lapor_core.standard import Standard

__all__ = ["Promised", "clock_facts", "deadline_of", "overdue_undecided", "promised"]


class Promised(TypedDict):
    """What a fact that gives a due instant says of it, by the names of its fields."""

    due: datetime
    due_date: date
    provisional: bool
    fingerprint: str
    policy: str
    calendar: str


def promised(deadline: Deadline) -> Promised:
    """Return what is written down of a deadline that was found: when it ends, and by which policy and calendar."""
    return Promised(
        due=deadline.due,
        due_date=deadline.due_date,
        provisional=deadline.provisional,
        fingerprint=deadline.fingerprint,
        policy=deadline.policy,
        calendar=deadline.calendar,
    )


def clock_facts(complaint: Complaint, standard: Standard, at: datetime) -> Iterator[Fact]:
    """Yield what every clock of the policy does now that the complaint stands where it stands.

    A clock starts once its event has happened, or the clock it follows has ended, and its limit is known: a complaint
    whose tier is decided late still counts from its start. A new tier starts it anew from the same start, and both stay in
    the record. Where the policy says so, it starts anew as well when the complaint was returned and has been disposed to
    agencies that had never had it: with that disposition, or when the clock it follows, begun anew itself, has ended. A
    pause moves the due instant when it ends, and so does an agency that is named, where its calendar or its own limit
    counts. A state in ``stops`` ends it, met or missed by the instant ``at``.

    Args:
        complaint: The complaint after what has happened.
        standard: What it is judged by.
        at: When it happened (aware); the last thing in the record.

    Raises:
        BadValue: the record holds a pause that ends after ``at`` (code ``future_pause``).
        OutOfReach: the calendar does not reach that far.
    """
    case = _Case(complaint, standard, at)
    for name in _in_order(standard.policy):
        running = complaint.running(name)
        if running is None:
            yield from _start(case, name)
        elif complaint.state in case.rule(name).stops:
            # An answer may come out of a pause: what was waited for moves the due instant before it is judged.
            moved = tuple(_move(case, name, running))
            yield from moved
            case.ended[name] = at
            promise = next((fact for fact in moved if isinstance(fact, ClockMoved)), running)
            yield case.stopped(promise, running.start)
        elif (anew := _anew(case, name)) is not None and not _anew_before(complaint, running):
            yield case.started(name, anew, first_start=running.first_start or running.start)
        elif _other_limit(case, name, running):
            yield case.started(name, running.start, first_start=running.first_start)
        else:
            yield from _move(case, name, running)


def deadline_of(
    complaint: Complaint, clock: Clock, standard: Standard, now: datetime, more: Sequence[Extension] = ()
) -> Deadline:
    """Return the deadline behind a clock of the present round, which can explain itself day by day.

    It is worked out from the calendar as it is known now: where that has changed since the promise was made, its
    fingerprint differs from the clock's, and perhaps its due instant.

    Args:
        complaint: The complaint as it stands.
        clock: One of its clocks.
        standard: What it is judged by.
        now: The present instant (aware).
        more: What the clock is to be extended by, judged by what the standard allows.

    Raises:
        LaporError: as :meth:`lapor_core.standard.Standard.deadline`.
    """
    judged = attrs.evolve(complaint, tier=clock.tier or None)
    return _Case(judged, standard, now).deadline(clock, more)


def overdue_undecided(complaint: Complaint, standard: Standard, now: datetime) -> Deadline | None:
    """Return the longest deadline of the standard once it is over, of an open complaint whose tier nobody has decided.

    No clock runs before there is a tier. But the standard has a limit for its gravest one too, and once that is over the
    complaint is late, whoever has left it lying. None where a tier is known, no answer is owed, or time stands still.

    Args:
        complaint: The complaint as it stands.
        standard: What it is judged by.
        now: The present instant (aware).

    Raises:
        OutOfReach: the calendar does not reach that far.
    """
    if complaint.tier is not None or not is_open(complaint.state):
        return None
    possible = []
    for tier in standard.policy.tiers:
        case = _Case(attrs.evolve(complaint, tier=tier.name), standard, now)
        for name, rule in standard.policy.clocks.items():
            begun = _begun(case, name)
            counts = standard.policy.promises_answer(name) and rule.rounds.has(complaint.round)
            if counts and begun is not None and standard.limit(name, tier.name) is not None:
                if complaint.state in rule.pauses:
                    return None
                possible.append(case.fresh(name, begun))
    latest = max(possible, key=lambda deadline: deadline.due, default=None)
    return latest if latest is not None and now > latest.due else None


@attrs.frozen
class _Case:
    """A complaint, what it is judged by, the present instant, and which of its clocks have ended and begun just now."""

    complaint: Complaint
    standard: Standard
    at: datetime
    ended: dict[str, datetime] = attrs.Factory(dict)
    began: set[str] = attrs.Factory(set)

    def rule(self, name: str) -> ClockRule:
        return self.standard.policy.clock(name)

    def runs(self, name: str) -> bool:
        return name in self.began or (self.complaint.running(name) is not None and name not in self.ended)

    def deadline(self, clock: Clock, more: Sequence[Extension] = ()) -> Deadline:
        """Return when a clock is due, with every pause that is over, what it was extended by, and ``more``."""
        granted = [Extension(limit=Limit.parse(one.limit), granted_at=one.granted_at) for one in clock.extensions]
        return self.fresh(clock.name, clock.start, granted, more, clock.first_start)

    def fresh(
        self,
        name: str,
        start: datetime,
        granted: Sequence[Extension] = (),
        more: Sequence[Extension] = (),
        first_start: datetime | None = None,
    ) -> Deadline:
        """Return when a clock is due that starts; a pause that lasts gives no new due instant yet."""
        return self.standard.deadline(
            name,
            self.complaint.tier,
            start=start,
            pauses=self.pauses(name, start),
            granted=granted,
            extensions=more,
            agency=self.agency,
            now=self.at,
            first_start=first_start,
        )

    def started(self, name: str, start: datetime, *, first_start: datetime | None = None) -> ClockStarted:
        """Return the fact by which a clock starts, and remember that it runs."""
        self.began.add(name)
        deadline = self.fresh(name, start, first_start=first_start)
        return ClockStarted(
            clock=name,
            tier=self.complaint.tier or "",
            limit=str(deadline.limit),
            start=deadline.start,
            first_start=deadline.first_start,
            kept_by=self.rule(name).kept_by,
            **promised(deadline),
        )

    def stopped(self, promise: Clock | ClockMoved, start: datetime) -> ClockStopped:
        """Return that a clock stops, met or missed by the promise that stands; how long it took, where the calendar reaches."""
        name = promise.name if isinstance(promise, Clock) else promise.clock
        met, office = self.at <= promise.due, self.standard.office_for(name, self.agency)
        spent = late = None
        with contextlib.suppress(OutOfReach):
            spent = working_days_spent(start, self.at, self.pauses(name, start), office)
            late = 0 if met else max(0, office.count(promise.due_date, office.local_date(self.at)))
        return ClockStopped(
            clock=name,
            met=met,
            policy=promise.policy,
            calendar=promise.calendar,
            working_days=spent,
            days_late=late,
        )

    def pauses(self, name: str, start: datetime) -> tuple[Pause, ...]:
        """Return the pauses of a clock that are over, and did not end before it started."""
        return tuple(
            Pause(start=visit.since, end=visit.until)
            for visit in self.complaint.visits
            if visit.state in self.rule(name).pauses and visit.until is not None and visit.until > start
        )

    @property
    def agency(self) -> str | None:
        """The agency whose calendar and whose own limit count, where any does."""
        return self.complaint.agencies[0] if self.complaint.agencies else None


def _in_order(policy: Policy) -> list[str]:
    """Return the clocks so that each comes after the one whose end starts it."""
    return sorted(policy.clocks, key=lambda name: len(policy.chain(name)))


def _start(case: _Case, name: str) -> Iterator[Fact]:
    complaint, rule = case.complaint, case.rule(name)
    own, anew, last = _begun(case, name), _anew(case, name), _last(complaint, name)
    begun = anew if anew is not None and (last is None or _just_transferred(complaint)) else own
    if begun is None or own is None or complaint.state in rule.stops or not rule.rounds.has(complaint.round):
        return
    if case.standard.limit(name, complaint.tier) is None:
        return
    if last is not None and last.start >= begun:  # it ran for this event; an event that happens again starts it again
        return
    first = last.first_start or last.start if last is not None else own
    yield case.started(name, begun, first_start=first if begun > own else None)


def _begun(case: _Case, name: str) -> datetime | None:
    """Return when the clock's event happened in this round, or when the clock it follows ended."""
    complaint, rule = case.complaint, case.rule(name)
    if rule.follows is None:
        return complaint.milestones.get(rule.starts)
    if rule.follows in case.ended:
        return case.ended[rule.follows]
    last = None if case.runs(rule.follows) else _last(complaint, rule.follows)
    return last.stopped_at if last is not None else None


def _anew(case: _Case, name: str) -> datetime | None:
    """Return when the clock starts anew because another agency has a returned complaint now, where the policy says so."""
    complaint, rule, at = case.complaint, case.rule(name), case.complaint.transferred_at
    if at is None or rule.restart_on_return is RestartOnReturn.NEVER or not rule.rounds.has(complaint.round):
        return None
    own = _begun(case, name)
    return None if own is None else max(own, at)


def _anew_before(complaint: Complaint, running: Clock) -> bool:
    """Tell whether a clock has begun since the transfer: it starts anew once, whatever happens again afterwards."""
    return complaint.transferred_at is not None and running.start >= complaint.transferred_at


def _just_transferred(complaint: Complaint) -> bool:
    return complaint.state is State.DISPOSED and complaint.reached_at == complaint.transferred_at


def _last(complaint: Complaint, name: str) -> Clock | None:
    """Return the clock of this name that began last in this round."""
    before = [clock for clock in complaint.clocks if (clock.name, clock.round) == (name, complaint.round)]
    return before[-1] if before else None


def _other_limit(case: _Case, name: str, running: Clock) -> bool:
    """Tell whether the tier has changed and gives this clock another limit; without one the promise made still holds."""
    tier, limit = case.complaint.tier, case.standard.limit(name, case.complaint.tier)
    if tier is None or tier == running.tier or limit is None:
        return False
    return limit != case.standard.limit(name, running.tier or None)


def _move(case: _Case, name: str, running: Clock) -> Iterator[Fact]:
    """Move a running clock for what has just happened; a decree that came meanwhile is no reason by itself."""
    reason = _reason(case, name)
    deadline = case.deadline(running) if reason is not None else None
    if reason is not None and deadline is not None and deadline.due != running.due:
        yield ClockMoved(clock=name, reason=reason, **promised(deadline))


def _reason(case: _Case, name: str) -> str | None:
    """Say what has just happened that may move a clock: a pause ended, or the agency whose time counts was named."""
    complaint, rule = case.complaint, case.rule(name)
    if complaint.state in rule.pauses:
        return None
    if any(visit.state in rule.pauses and visit.until == case.at for visit in complaint.visits):
        return "pause"
    limit = case.standard.limit(name, complaint.tier)
    heeded = rule.calendar is CalendarOf.AGENCY or (limit is not None and limit.agency)
    named = (complaint.milestones.get(event) for event in (Start.DISPOSED, Start.FORWARDED))
    return "agency" if heeded and case.at in named else None
