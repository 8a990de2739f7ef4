"""What the clocks of a complaint do when something has happened: which start, which move, which stop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lapor_core.clocks import Deadline, Pause
from lapor_core.complaint import Clock, Complaint
from lapor_core.events import ClockMoved, ClockStarted, ClockStopped, Fact
from lapor_core.lifecycle import State
from lapor_core.policy.model import ClockRule
from lapor_core.standard import Standard

__all__ = ["clock_facts"]


def clock_facts(complaint: Complaint, standard: Standard, at: datetime) -> Iterator[Fact]:
    """Yield what every clock of the policy does now that the complaint stands where it stands.

    A clock starts once its event has happened and its limit is known: a complaint whose tier is decided late still
    counts from its start. A new tier starts it anew from the same start, and both stay in the record. A pause moves the
    due instant when it ends. A state in ``stops`` ends it, met or missed by the instant ``at``.
    """
    for name, rule in standard.policy.clocks.items():
        running = complaint.running(name)
        if running is None:
            yield from _start(complaint, name, rule, standard)
        elif complaint.state in rule.stops:
            yield ClockStopped(clock=name, met=at <= running.due)
        elif complaint.tier is not None and complaint.tier != running.tier:
            yield _started(name, complaint.tier, _deadline(complaint, name, rule, standard, running.start))
        else:
            yield from _move(complaint, name, rule, standard, running)


def _start(complaint: Complaint, name: str, rule: ClockRule, standard: Standard) -> Iterator[Fact]:
    begun = complaint.milestones.get(rule.starts)
    already = any(clock.name == name and clock.round == complaint.round for clock in complaint.clocks)
    if begun is None or already or complaint.state in rule.stops or standard.limit(name, complaint.tier) is None:
        return
    yield _started(name, complaint.tier or "", _deadline(complaint, name, rule, standard, begun))


def _move(complaint: Complaint, name: str, rule: ClockRule, standard: Standard, running: Clock) -> Iterator[Fact]:
    """A pause that has just ended moves the due instant; one that lasts gives no new one yet."""
    if complaint.state in rule.pauses or State.WAITING not in rule.pauses:
        return
    deadline = _deadline(complaint, name, rule, standard, running.start)
    if deadline.due != running.due:
        yield ClockMoved(
            clock=name,
            reason="pause",
            due=deadline.due,
            due_date=deadline.due_date,
            provisional=deadline.provisional,
            fingerprint=deadline.fingerprint,
        )


def _started(name: str, tier: str, deadline: Deadline) -> ClockStarted:
    return ClockStarted(
        clock=name,
        tier=tier,
        limit=str(deadline.limit),
        start=deadline.start,
        due=deadline.due,
        due_date=deadline.due_date,
        provisional=deadline.provisional,
        fingerprint=deadline.fingerprint,
    )


def _deadline(complaint: Complaint, name: str, rule: ClockRule, standard: Standard, start: datetime) -> Deadline:
    ended = [(begin, end) for begin, end in complaint.pauses if end is not None]
    pauses = tuple(Pause(start=begin, end=end) for begin, end in ended) if State.WAITING in rule.pauses else ()
    agency = complaint.agencies[0] if complaint.agencies else None
    return standard.deadline(name, complaint.tier, start=start, pauses=pauses, agency=agency)
