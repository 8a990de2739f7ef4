"""The clocks that are past due: when somebody must look at them, and the facts by which a miss stands in the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lapor_core.complaint import Actor, Clock, Complaint
from lapor_core.errors import require_aware
from lapor_core.events import ClockMissed, Event
from lapor_core.lifecycle import Role, is_over
from lapor_core.standard import Standard

__all__ = ["missed", "next_miss_at"]

_MOMENT = timedelta(microseconds=1)
_SYSTEM = Actor(role=Role.SYSTEM, id="clocks")


def missed(complaint: Complaint, standard: Standard, now: datetime) -> tuple[Event, ...]:
    """Return the events by which running clocks are past due at ``now`` (aware), where that is not in the record yet.

    Each happened at the first moment after the due instant, however much later it is found: it names that instant and the
    policy and calendar by which it had been found. So it is written down once for each promise; a clock that is moved later
    afterwards can be missed again. A clock that stands still, and a complaint that is over, miss nothing.
    """
    require_aware(now)
    late = (clock for clock in _watched(complaint, standard) if clock.due < now)
    return tuple(
        Event(
            complaint=complaint.id,
            sequence=sequence,
            office=standard.policy.id,
            actor=_SYSTEM,
            happened_at=clock.due + _MOMENT,
            recorded_at=now,
            fact=ClockMissed(clock=clock.name, due=clock.due, policy=clock.policy, calendar=clock.calendar),
        )
        for sequence, clock in enumerate(late, complaint.version + 1)
    )


def next_miss_at(complaint: Complaint, standard: Standard) -> datetime | None:
    """Return the first moment at which a clock will be past due, or None when none that runs can be."""
    return min((clock.due + _MOMENT for clock in _watched(complaint, standard)), default=None)


def _watched(complaint: Complaint, standard: Standard) -> Iterator[Clock]:
    if is_over(complaint.state):
        return
    for clock in complaint.running_clocks:
        if not clock.missed and complaint.state not in standard.policy.clock(clock.name).pauses:
            yield clock
