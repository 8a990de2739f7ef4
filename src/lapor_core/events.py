"""Everything that can happen to a complaint, as frozen facts; the state, the deadlines and the breaches follow from them."""

from __future__ import annotations

from datetime import date, datetime, time

import attrs

from lapor_core.complaint import Actor, Attachment, Facts, Kind, Proof, Reporter, Visibility, personal
from lapor_core.lifecycle import Role

__all__ = [
    "FACTS",
    "Advised",
    "Archived",
    "Asked",
    "Classified",
    "ClockMoved",
    "ClockStarted",
    "ClockStopped",
    "Closed",
    "Disposed",
    "Escalated",
    "Event",
    "Fact",
    "Forwarded",
    "Held",
    "Learned",
    "Received",
    "Rejected",
    "Reopened",
    "Replied",
    "Responded",
    "Resumed",
    "Returned",
    "StepTaken",
    "Verified",
    "Withdrawn",
]


@attrs.frozen(kw_only=True)
class Fact:
    """What happened; the class is its type. ``schema`` counts the versions of its fields."""


@attrs.frozen(kw_only=True)
class Received(Fact):
    """A citizen's message became a complaint. Instants are aware; ``policy`` is ``id@version``."""

    code: str
    policy: str
    channel: str
    entry_channel: str | None = None
    received_at: datetime
    reporter_ref: str
    reporter: Reporter = personal()
    proofs: frozenset[Proof] = frozenset()
    kind: Kind | None = None
    title: str = personal(default="")
    narrative: str = personal()
    event_date: date | None = None
    event_time: time | None = None
    place: str = personal(default="")
    agency: str | None = None
    category: str | None = None
    visibility: Visibility = attrs.Factory(Visibility)
    attachments: tuple[Attachment, ...] = personal(default=())


@attrs.frozen(kw_only=True)
class Classified(Fact):
    """Its tier was decided, by these facts and this sentence of the standard."""

    tier: str
    facts: Facts
    rule: str


@attrs.frozen(kw_only=True)
class Learned(Fact):
    """Facts became known by which its tier will be decided, and which do not suffice yet."""

    facts: Facts


@attrs.frozen(kw_only=True)
class Advised(Fact):
    """A plug-in had something to say of it, for officers to weigh; it decides nothing, and citizens are not told."""

    by: str
    text: str = personal()


@attrs.frozen(kw_only=True)
class ClockStarted(Fact):
    """A clock began to run; ``start`` may lie before the event, when it became known later what is being counted."""

    clock: str
    tier: str
    limit: str
    start: datetime
    due: datetime
    due_date: date
    provisional: bool
    fingerprint: str


@attrs.frozen(kw_only=True)
class ClockMoved(Fact):
    """A running clock has a new due instant; the old one stays in the record."""

    clock: str
    reason: str
    due: datetime
    due_date: date
    provisional: bool
    fingerprint: str


@attrs.frozen(kw_only=True)
class ClockStopped(Fact):
    """What was promised has been done; ``met`` says whether in time."""

    clock: str
    met: bool


@attrs.frozen(kw_only=True)
class Disposed(Fact):
    """The central admin handed it to these agencies (*disposisi*)."""

    agencies: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Verified(Fact):
    """The office's admin found it in order."""


@attrs.frozen(kw_only=True)
class Forwarded(Fact):
    """The office's admin passed it on to the reported agencies."""

    agencies: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Held(Fact):
    """It was put off (*tunda*)."""

    reason: str = personal()


@attrs.frozen(kw_only=True)
class Resumed(Fact):
    """It was taken up again after having been held."""


@attrs.frozen(kw_only=True)
class Returned(Fact):
    """An agency returned it as not its own (*bukan wewenang*)."""

    reason: str = personal()


@attrs.frozen(kw_only=True)
class Rejected(Fact):
    """It was refused for a reason."""

    reason: str = personal()


@attrs.frozen(kw_only=True)
class Archived(Fact):
    """It was put away (*arsipkan*) for a reason."""

    reason: str = personal()


@attrs.frozen(kw_only=True)
class Asked(Fact):
    """The agency needs something from the reporter."""

    text: str = personal()


@attrs.frozen(kw_only=True)
class Replied(Fact):
    """The reporter wrote back."""

    text: str = personal()
    attachments: tuple[Attachment, ...] = personal(default=())


@attrs.frozen(kw_only=True)
class Responded(Fact):
    """The agency answered (*tanggapan*)."""

    text: str = personal()
    agency: str | None = None
    attachments: tuple[Attachment, ...] = personal(default=())


@attrs.frozen(kw_only=True)
class StepTaken(Fact):
    """A rung of the ladder was reached, or somebody reminded by hand: these roles were told, the reporter was shown these."""

    step: str
    clock: str
    remind: tuple[Role, ...] = ()
    show_reporter: tuple[str, ...] = ()
    text: str = personal(default="")


@attrs.frozen(kw_only=True)
class Escalated(Fact):
    """It was passed upward, because it is late or because somebody decided so."""

    reason: str = personal(default="")


@attrs.frozen(kw_only=True)
class Closed(Fact):
    """It is finished (*selesai*)."""

    reason: str = personal(default="")


@attrs.frozen(kw_only=True)
class Reopened(Fact):
    """It was taken up again after having been closed."""

    reason: str = personal()


@attrs.frozen(kw_only=True)
class Withdrawn(Fact):
    """The reporter took it back."""

    reason: str = personal(default="")


FACTS: dict[str, type[Fact]] = {
    "received": Received,
    "classified": Classified,
    "learned": Learned,
    "advised": Advised,
    "clock_started": ClockStarted,
    "clock_moved": ClockMoved,
    "clock_stopped": ClockStopped,
    "disposed": Disposed,
    "verified": Verified,
    "forwarded": Forwarded,
    "held": Held,
    "resumed": Resumed,
    "returned": Returned,
    "rejected": Rejected,
    "archived": Archived,
    "asked": Asked,
    "replied": Replied,
    "responded": Responded,
    "step_taken": StepTaken,
    "escalated": Escalated,
    "closed": Closed,
    "reopened": Reopened,
    "withdrawn": Withdrawn,
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
