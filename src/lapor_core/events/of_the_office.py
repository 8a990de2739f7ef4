"""What officers do: dispose, verify, forward, answer, ask, put aside, merge, erase, look at who reported."""

from __future__ import annotations

import attrs

from lapor_core.complaint import Attachment, Facts, Ground, Shown, personal
from lapor_core.events.fact import Fact

__all__ = [
    "Advised",
    "Archived",
    "Asked",
    "Classified",
    "Closed",
    "Disposed",
    "Erased",
    "Escalated",
    "ExternalIdNoted",
    "Followed",
    "Forwarded",
    "Held",
    "IdentitySeen",
    "Involved",
    "Learned",
    "Merged",
    "Rejected",
    "Responded",
    "RespondedInPart",
    "Resumed",
    "Returned",
    "ReturnedInPart",
    "Reviewed",
    "Unfollowed",
    "Unmerged",
    "Verified",
    "answer_files",
]


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
class Involved(Fact):
    """These agencies owe an answer too, beside those it was handed to before."""

    agencies: tuple[str, ...]


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
class ExternalIdNoted(Fact):
    """Somebody told under which id another system knows it; a later one corrects it, and an empty one takes it back.

    Attributes:
        system: The short name of the system, ``sp4n_tracking``, say.
        external_id: The id there. It leads to the matter as others hold it, so it is sealed with what is personal.
    """

    system: str
    external_id: str = personal()


@attrs.frozen(kw_only=True)
class IdentitySeen(Fact):
    """An officer was shown who reported (UU 27/2022); it changes nothing, and the reporter can read that it was so.

    Attributes:
        shown: What of the reporter.
        reason: Why, in the officer's words; the reporter does not read it.
    """

    shown: Shown
    reason: str = personal()


@attrs.frozen(kw_only=True)
class Held(Fact):
    """It was put off (*tunda*)."""

    reason: str = personal()


@attrs.frozen(kw_only=True)
class Resumed(Fact):
    """It was taken up again after having been held."""


@attrs.frozen(kw_only=True)
class Returned(Fact):
    """It was returned as nobody's here (*bukan wewenang*); ``agency`` is who returned it, where one did."""

    reason: str = personal()
    agency: str | None = None


@attrs.frozen(kw_only=True)
class ReturnedInPart(Fact):
    """One of several agencies returned it as not its own; the others still owe their answers."""

    reason: str = personal()
    agency: str


@attrs.frozen(kw_only=True)
class Rejected(Fact):
    """It was refused for a reason; ``refusal`` is the key of the policy's own reason, where it has one."""

    reason: str = personal()
    refusal: str | None = None


@attrs.frozen(kw_only=True)
class Archived(Fact):
    """It was put away (*arsipkan*) for a reason; ``refusal`` is the key of the policy's own reason, where it has one."""

    reason: str = personal()
    refusal: str | None = None


@attrs.frozen(kw_only=True)
class Asked(Fact):
    """The agency needs something from the reporter."""

    text: str = personal()


@attrs.frozen(kw_only=True)
class Responded(Fact):
    """It was answered (*tanggapan*): by ``agency``, the last that owed an answer, or by the admin for all of them."""

    text: str = personal()
    agency: str | None = None
    attachments: tuple[Attachment, ...] = personal(default=())


@attrs.frozen(kw_only=True)
class RespondedInPart(Fact):
    """A part of the answer was given.

    Attributes:
        settled: Whether it is the whole answer of ``agency``, while others still owe theirs; else more of it will follow.
    """

    text: str = personal()
    agency: str | None
    settled: bool
    attachments: tuple[Attachment, ...] = personal(default=())


@attrs.frozen(kw_only=True)
class Reviewed(Fact):
    """Somebody above looked at the reporter's appeal and answered it."""

    text: str = personal()
    attachments: tuple[Attachment, ...] = personal(default=())


def answer_files(fact: Fact) -> tuple[Attachment, ...]:
    """Return the files that went out to the reporter with an answer; of any other fact none."""
    return fact.attachments if isinstance(fact, Responded | RespondedInPart | Reviewed) else ()


@attrs.frozen(kw_only=True)
class Escalated(Fact):
    """It was passed upward, because it is late or because somebody decided so."""

    reason: str = personal(default="")


@attrs.frozen(kw_only=True)
class Closed(Fact):
    """It is finished (*selesai*)."""

    reason: str = personal(default="")


@attrs.frozen(kw_only=True)
class Merged(Fact):
    """It is about the same matter as another complaint, whose id is ``into``, and is answered with it."""

    into: str
    reason: str = personal(default="")


@attrs.frozen(kw_only=True)
class Unmerged(Fact):
    """It goes its own way again, apart from the complaint ``of``."""

    of: str
    reason: str = personal(default="")


@attrs.frozen(kw_only=True)
class Followed(Fact):
    """Another complaint about the same matter was merged into this one."""

    complaint: str


@attrs.frozen(kw_only=True)
class Unfollowed(Fact):
    """A complaint that was merged into this one goes its own way again, or has its answer."""

    complaint: str


@attrs.frozen(kw_only=True)
class Erased(Fact):
    """Its personal data was erased (UU 27/2022); what is left names nobody."""

    ground: Ground
