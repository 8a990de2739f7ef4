"""What one transaction must hold: the events, the register brought up to date, and the notices that follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lapor_core.complaint import Complaint
from lapor_core.escalation import next_step_at
from lapor_core.events import Event
from lapor_core.evolution import replay, replay_on
from lapor_core.notices import notices_for
from lapor_core.standard import Standard
from lapor_desk.addressing import rows_for
from lapor_desk.store import Transaction

__all__ = ["project", "record"]


def record(
    tx: Transaction,
    before: Complaint | None,
    events: Sequence[Event],
    standard: Standard,
    now: datetime,
    *,
    tell: bool = True,
) -> Complaint:
    """Write ``events`` down with all that follows from them, and return the complaint as they have made it.

    Args:
        tx: The transaction that holds all of it.
        before: The complaint before the events; None for a new one.
        events: What has happened.
        standard: What the complaint is judged by.
        now: The present instant (aware).
        tell: Whether notices are queued; not for what is taken over from elsewhere and is no news.

    Raises:
        Refused: somebody else appended meanwhile (``changed_meanwhile``), or the tracking code is taken (``code_taken``).
    """
    complaint = replay(events) if before is None else replay_on(before, events)
    tx.append(events)
    project(tx, complaint, standard, now)
    if tell:
        tx.enqueue(rows_for(tx, notices_for(events, complaint), complaint, now))
    return complaint


def project(tx: Transaction, complaint: Complaint, standard: Standard, now: datetime) -> None:
    """Bring the register up to date with ``complaint`` at ``now`` (aware)."""
    running = [clock.due for clock in complaint.clocks if clock.stopped_at is None]
    tx.project(
        complaint,
        office=standard.policy.id,
        due_at=min(running, default=None),
        next_step_at=next_step_at(complaint, standard, now),
        updated_at=now,
    )
