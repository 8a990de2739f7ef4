"""What plug-ins advise about a complaint, written into its record: officers read it, and nothing follows from it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lapor_core.complaint import Actor, Complaint
from lapor_core.errors import require_aware
from lapor_core.events import Advised, Event
from lapor_core.lifecycle import Role

__all__ = ["advise"]


def advise(complaint: Complaint, advice: Iterable[tuple[str, str]], office: str, now: datetime) -> tuple[Event, ...]:
    """Return one event for each piece of advice.

    Args:
        complaint: The complaint it is about.
        advice: The key of the plug-in, and what it says.
        office: The id of the policy's office that records it.
        now: The present instant (aware).
    """
    require_aware(now)
    return tuple(
        Event(
            complaint=complaint.id,
            sequence=complaint.version + place,
            office=office,
            actor=Actor(role=Role.SYSTEM),
            happened_at=now,
            recorded_at=now,
            fact=Advised(by=by, text=text),
        )
        for place, (by, text) in enumerate(advice, 1)
    )
