"""What the reporter does: reports, completes, replies, adds files, rates, appeals, withdraws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

import attrs

from lapor_core.complaint import Attachment, Kind, Proof, Reporter, Visibility, personal
from lapor_core.events.fact import Fact
from lapor_core.lifecycle import Outcome

__all__ = [
    "Appealed",
    "Attached",
    "Completed",
    "ErasureRequested",
    "PinRenewed",
    "Rated",
    "Received",
    "Reopened",
    "Replied",
    "Withdrawn",
]


@attrs.frozen(kw_only=True)
class Received(Fact):
    """A citizen's message became a complaint. Instants are aware; ``policy`` is ``id@version``.

    Attributes:
        lacking: What is still missing, by the codes of :class:`lapor_core.errors.Missing`; then it is incomplete.
        external_ids: Under which ids other systems know it that it came from, by the system's name.
        pin_hash: What is kept of its PIN (:func:`lapor_core.pins.hash_pin`); empty where its code alone opens it.
    """

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
    lacking: tuple[str, ...] = ()
    external_ids: Mapping[str, str] = personal(factory=dict)
    pin_hash: str = personal(default="")


@attrs.frozen(kw_only=True)
class Completed(Fact):
    """What was missing was brought; fields that were not brought now are empty."""

    kind: Kind | None = None
    title: str = personal(default="")
    narrative: str = personal(default="")
    event_date: date | None = None
    event_time: time | None = None
    place: str = personal(default="")
    agency: str | None = None
    category: str | None = None
    attachments: tuple[Attachment, ...] = personal(default=())


@attrs.frozen(kw_only=True)
class Replied(Fact):
    """The reporter wrote back."""

    text: str = personal()
    attachments: tuple[Attachment, ...] = personal(default=())


@attrs.frozen(kw_only=True)
class Attached(Fact):
    """The reporter added files, perhaps with a word about them."""

    text: str = personal(default="")
    attachments: tuple[Attachment, ...] = personal()


@attrs.frozen(kw_only=True)
class Rated(Fact):
    """The reporter rated the answer: stars from 1 to 5, what became of the matter, and why."""

    stars: int
    outcome: Outcome
    text: str = personal(default="")


@attrs.frozen(kw_only=True)
class Reopened(Fact):
    """It was taken up again after it had been answered or closed; a new round begins."""

    reason: str = personal()


@attrs.frozen(kw_only=True)
class Appealed(Fact):
    """The reporter does not accept the answer (*keberatan*): somebody else than who gave it must look at it."""

    reason: str = personal()


@attrs.frozen(kw_only=True)
class PinRenewed(Fact):
    """The reporter drew another PIN, and the one before opens nothing any more; only the hash is kept, as in `Received`."""

    pin_hash: str = personal()


@attrs.frozen(kw_only=True)
class Withdrawn(Fact):
    """The reporter took it back."""

    reason: str = personal(default="")


@attrs.frozen(kw_only=True)
class ErasureRequested(Fact):
    """The reporter asked to have their personal data erased (UU 27/2022): on all of their complaints, and for good."""

    text: str = personal(default="")
