"""What one transaction must hold: the events, the register brought up to date, and the notices that follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from lapor_core.complaint import Clock, Complaint
from lapor_core.decisions import Begun
from lapor_core.escalation import next_step_at
from lapor_core.events import Event
from lapor_core.evolution import replay_on
from lapor_core.misses import next_miss_at
from lapor_core.notices import notices_for
from lapor_core.standard import Standard
from lapor_desk.addressing import Holders, rows_for
from lapor_desk.store import Entry, Transaction

__all__ = ["enter", "project", "record", "record_new"]


def record(tx: Transaction, before: Complaint, events: Sequence[Event], standard: Standard, now: datetime) -> Complaint:
    """Write ``events`` down with all that follows from them, and return the complaint as they have made it.

    Args:
        tx: The transaction that holds all of it.
        before: The complaint before the events.
        events: What has happened.
        standard: What the complaint is judged by.
        now: The present instant (aware).

    Raises:
        Refused: somebody else appended meanwhile (``changed_meanwhile``).
    """
    complaint = replay_on(before, events)
    tx.append(events)
    project(tx, complaint, standard, now)
    tx.enqueue(rows_for(tx, notices_for(events, complaint, standard.policy), complaint, now))
    return complaint


def record_new(tx: Transaction, new: Sequence[Begun], standard: Standard, now: datetime, *, tell: bool = True) -> None:
    """Begin the records of new complaints, with all that follows from them.

    Args:
        tx: The transaction that holds all of it.
        new: The complaints, and the first events of each.
        standard: What they are judged by.
        now: The present instant (aware).
        tell: Whether notices are queued; not for what is taken over from elsewhere and is no news.

    Raises:
        Refused: a tracking code is taken (``code_taken``), or an id (``changed_meanwhile``).
    """
    tx.begin(begun.events for begun in new)
    tx.enter([_entry(begun.complaint, standard, now) for begun in new])
    if tell:
        officers: Holders = {}
        for begun in new:
            told = notices_for(begun.events, begun.complaint, standard.policy)
            tx.enqueue(rows_for(tx, told, begun.complaint, now, officers))


def enter(
    tx: Transaction, complaints: Iterable[Complaint], standard_of: Callable[[Complaint], Standard], now: datetime
) -> None:
    """Enter complaints that are new here into the register, as they stand at ``now`` (aware).

    Raises:
        Refused: another complaint has the tracking code of one of them (``code_taken``).
    """
    tx.enter([_entry(complaint, standard_of(complaint), now) for complaint in complaints])


def project(tx: Transaction, complaint: Complaint, standard: Standard, now: datetime) -> None:
    """Bring the register up to date with ``complaint`` at ``now`` (aware)."""
    tx.project(_entry(complaint, standard, now))


def _entry(complaint: Complaint, standard: Standard, now: datetime) -> Entry:
    """The sweep looks again when a rung of the ladder is reached or a clock is past due, whichever comes first."""
    ahead = (next_step_at(complaint, standard, now), next_miss_at(complaint, standard))
    return Entry(
        complaint=complaint,
        office=standard.policy.id,
        due_at=min((clock.due for clock in complaint.running_clocks if _counts(clock)), default=None),
        next_step_at=min((moment for moment in ahead if moment is not None), default=None),
        updated_at=now,
    )


def _counts(clock: Clock) -> bool:
    """Tell whether lists go by its due instant: one that stands still has none, unless it was late before."""
    return clock.paused_since is None or clock.is_late(clock.paused_since)
