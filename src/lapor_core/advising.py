"""What plug-ins advise about a complaint, written into its record: officers read it, and nothing follows from it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lapor_core.complaint import Actor, Complaint
from lapor_core.events import Advised, Event
from lapor_core.lifecycle import Role
from lapor_core.noting import noted

__all__ = ["advise"]


def advise(complaint: Complaint, advice: Iterable[tuple[str, str]], office: str, now: datetime) -> tuple[Event, ...]:
    """Return one event for each piece of advice.

    Args:
        complaint: The complaint it is about.
        advice: The key of the plug-in, and what it says.
        office: The id of the policy's office that records it.
        now: The present instant (aware).
    """
    facts = (Advised(by=by, text=text) for by, text in advice)
    return noted(complaint, facts, actor=Actor(role=Role.SYSTEM), office=office, now=now)
