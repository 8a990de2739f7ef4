"""Facts that stand beside the table: they are written into a complaint's record, and nothing follows from them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lapor_core.complaint import Actor, Complaint
from lapor_core.errors import require_aware
from lapor_core.events import Event, Fact

__all__ = ["noted"]


def noted(
    complaint: Complaint, facts: Iterable[Fact], *, actor: Actor, office: str, now: datetime
) -> tuple[Event, ...]:
    """Return the events by which ``facts`` follow the last one in the record of ``complaint``.

    Args:
        complaint: The complaint as it stands.
        facts: What is written down, in order.
        actor: Who did it.
        office: The id of the policy's office that records it.
        now: When it happens and is written down (aware).

    Raises:
        BadValue: ``now`` is naive (``naive_datetime``).
    """
    require_aware(now)
    return tuple(
        Event(
            complaint=complaint.id,
            sequence=sequence,
            office=office,
            actor=actor,
            happened_at=now,
            recorded_at=now,
            fact=fact,
        )
        for sequence, fact in enumerate(facts, complaint.version + 1)
    )
