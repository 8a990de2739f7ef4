"""One fact in the record of one complaint, and the names under which facts are stored."""

from __future__ import annotations

from datetime import datetime

import attrs

from lapor_core.complaint import Actor
from lapor_core.events.fact import Fact
from lapor_core.events.of_the_office import (
    Advised,
    Archived,
    Asked,
    Classified,
    Closed,
    Disposed,
    Erased,
    Escalated,
    ExternalIdNoted,
    Followed,
    Forwarded,
    Held,
    IdentitySeen,
    Involved,
    Learned,
    Merged,
    Rejected,
    Responded,
    RespondedInPart,
    Resumed,
    Returned,
    ReturnedInPart,
    Reviewed,
    Unfollowed,
    Unmerged,
    Verified,
)
from lapor_core.events.of_the_reporter import (
    Appealed,
    Attached,
    Completed,
    ErasureRequested,
    PinRenewed,
    Rated,
    Received,
    Reopened,
    Replied,
    Withdrawn,
)
from lapor_core.events.of_time import (
    ClockMissed,
    ClockMoved,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Extended,
    StepTaken,
)

__all__ = ["FACTS", "Event"]

FACTS: dict[str, type[Fact]] = {
    "received": Received,
    "completed": Completed,
    "advised": Advised,
    "external_id_noted": ExternalIdNoted,
    "identity_seen": IdentitySeen,
    "classified": Classified,
    "learned": Learned,
    "clock_started": ClockStarted,
    "clock_paused": ClockPaused,
    "clock_resumed": ClockResumed,
    "clock_moved": ClockMoved,
    "extended": Extended,
    "clock_missed": ClockMissed,
    "clock_stopped": ClockStopped,
    "disposed": Disposed,
    "verified": Verified,
    "forwarded": Forwarded,
    "involved": Involved,
    "held": Held,
    "resumed": Resumed,
    "returned": Returned,
    "returned_in_part": ReturnedInPart,
    "rejected": Rejected,
    "archived": Archived,
    "asked": Asked,
    "replied": Replied,
    "attached": Attached,
    "responded": Responded,
    "responded_in_part": RespondedInPart,
    "step_taken": StepTaken,
    "escalated": Escalated,
    "closed": Closed,
    "rated": Rated,
    "reopened": Reopened,
    "appealed": Appealed,
    "reviewed": Reviewed,
    "merged": Merged,
    "unmerged": Unmerged,
    "followed": Followed,
    "unfollowed": Unfollowed,
    "pin_renewed": PinRenewed,
    "withdrawn": Withdrawn,
    "erasure_requested": ErasureRequested,
    "erased": Erased,
}
"""The type names under which facts are stored; a name is never used again for something else."""

_NAMES = {cls: name for name, cls in FACTS.items()}


@attrs.frozen(kw_only=True)
class Event:
    """One fact in the record of one complaint.

    Attributes:
        complaint: The complaint's id.
        sequence: 1, 2, 3, ... without a gap.
        office: The id of the policy's office that recorded it.
        actor: Who did it.
        happened_at: When it happened (aware).
        recorded_at: When it was written down (aware); later than ``happened_at`` when typed in afterwards.
        fact: What happened.
    """

    complaint: str
    sequence: int
    office: str
    actor: Actor
    happened_at: datetime
    recorded_at: datetime
    fact: Fact

    @property
    def type(self) -> str:
        """The name under which the fact is stored."""
        return _NAMES[type(self.fact)]
