"""Looking at who reported: whoever is shown it gives a reason, and each look stands in the complaint's record. Pure."""

from __future__ import annotations

from datetime import datetime

from lapor_core.complaint import Actor, Complaint, Shown
from lapor_core.errors import BadValue, Refused
from lapor_core.events import Event, IdentitySeen
from lapor_core.lifecycle import State
from lapor_core.noting import noted
from lapor_core.privacy import may_see_identity, reader_of

__all__ = ["look"]


def look(complaint: Complaint, shown: Shown, *, actor: Actor, reason: str, office: str, now: datetime) -> Event:
    """Return the event that ``actor`` was shown who reported; a host stores it before it shows anything (UU 27/2022).

    Args:
        complaint: Whose reporter it is.
        shown: What of the reporter is shown.
        actor: Who looks.
        reason: Why.
        office: The id of the policy's office that records it.
        now: The present instant (aware).

    Raises:
        Refused: this role may not know who reports (``not_permitted``), or nothing is left that could be shown (``erased``).
        BadValue: no reason is given (``reason_needed``), or ``now`` is naive.
    """
    if not may_see_identity(reader_of(actor.role)):
        message = f"who reported is not for the {actor.role} to see"
        raise Refused(message, code="not_permitted", role=actor.role)
    if complaint.state is State.ERASED:
        raise Refused("who reported was erased", code="erased", complaint=complaint.id)
    if not reason.strip():
        raise BadValue("say why you need to know who reported", code="reason_needed", field="reason")
    seen = IdentitySeen(shown=shown, reason=reason.strip())
    (event,) = noted(complaint, [seen], actor=actor, office=office, now=now)
    return event
