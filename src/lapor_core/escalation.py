"""The escalation ladder: which steps are due for a complaint now, and when the next one will be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import attrs

from lapor_core.calendar import Office
from lapor_core.complaint import Actor, Clock, Complaint
from lapor_core.decisions import Act, decide
from lapor_core.errors import require_aware
from lapor_core.events import Event, StepTaken
from lapor_core.evolution import replay_on
from lapor_core.lifecycle import Action, Role, is_open, next_state
from lapor_core.policy.amounts import Unit
from lapor_core.policy.model import LadderStep
from lapor_core.standard import Standard

__all__ = ["DueStep", "due_steps", "next_step_at", "take_step"]


@attrs.frozen(kw_only=True)
class DueStep:
    """A rung of the ladder with the instant at which it is reached (aware, in the office's zone)."""

    step: LadderStep
    at: datetime


def due_steps(complaint: Complaint, standard: Standard, now: datetime) -> tuple[DueStep, ...]:
    """Return the steps that are due and were not taken yet, in the order of their instants.

    Pure and idempotent: each step is due once per clock and round. None is due for a complaint that owes no answer, in a
    pause, before its clock starts, or while the office is shut.
    """
    require_aware(now)
    return tuple(due for due in _ahead(complaint, standard) if due.at <= now)


def next_step_at(complaint: Complaint, standard: Standard) -> datetime | None:
    """Return when somebody must look at the ladder again, or None when there is nothing ahead."""
    return next((due.at for due in _ahead(complaint, standard)), None)


def take_step(complaint: Complaint, due: DueStep, standard: Standard, now: datetime) -> tuple[Event, ...]:
    """Return the events of one step: that it was taken, and what its action brings where the state allows it."""
    step = due.step
    taken = Event(
        complaint=complaint.id,
        sequence=complaint.version + 1,
        office=standard.policy.id,
        actor=_SYSTEM,
        happened_at=now,
        recorded_at=now,
        fact=StepTaken(step=step.key, clock=step.clock, remind=step.remind, show_reporter=step.show_reporter),
    )
    if step.act is None or next_state(complaint.state, step.act) is None:
        return (taken,)
    act = Act(action=step.act, actor=_SYSTEM, text="" if step.act is Action.ESCALATE else step.key)
    return (taken, *decide(replay_on(complaint, [taken]), act, standard, now))


_SYSTEM = Actor(role=Role.SYSTEM, id="ladder")


def _ahead(complaint: Complaint, standard: Standard) -> list[DueStep]:
    return sorted(_untaken(complaint, standard), key=lambda due: due.at) if is_open(complaint.state) else []


def _untaken(complaint: Complaint, standard: Standard) -> Iterator[DueStep]:
    for step in standard.policy.ladder:
        clock = complaint.running(step.clock)
        taken = (step.key, complaint.round) in complaint.steps
        if clock is None or taken or complaint.state in standard.policy.clock(step.clock).pauses:
            continue
        at = _instant(
            step, clock, standard.office_for(step.clock, complaint.agencies[0] if complaint.agencies else None)
        )
        if at > clock.start:
            yield DueStep(step=step, at=at)


def _instant(step: LadderStep, clock: Clock, office: Office) -> datetime:
    """Return when the office opens on the day of the step; a step in hours waits for the office to open."""
    if step.at.unit in (Unit.HOURS, Unit.OFFICE_HOURS):
        return _when_open(office, office.local(clock.due + timedelta(hours=step.at.amount)))
    if step.at.unit is Unit.DAYS:
        return _opening(office, clock.due_date + timedelta(days=step.at.amount))
    return _opening(office, office.add(clock.due_date, step.at.amount))


def _opening(office: Office, day: date) -> datetime:
    working = office.next_working_day(day)
    return office.opening(working) or office.start_of_day(working)


def _when_open(office: Office, moment: datetime) -> datetime:
    """Return ``moment`` if the office is open then, else when it opens next."""
    if office.is_open(moment):
        return moment
    today = _opening(office, moment.date())
    return today if today >= moment else _opening(office, moment.date() + timedelta(days=1))
