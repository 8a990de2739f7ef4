"""What a channel hands in, before it is a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import attrs

from lapor_core.complaint import Kind, Proof, Purpose, Reporter, Visibility, personal
from lapor_core.errors import BadValue, is_a, require_aware

__all__ = ["Submission", "Upload"]


@attrs.frozen(kw_only=True)
class Upload:
    """A file as it came in: nothing about it is believed before somebody has looked at its bytes.

    Attributes:
        name: The file's name as the sender gave it.
        content: The bytes.
        purpose: Evidence, or the copy of an identity card.
    """

    name: str = personal(default="")
    content: bytes = personal()
    purpose: Purpose = Purpose.EVIDENCE


def _aware(_: object, attribute: attrs.Attribute[Any], value: datetime | None) -> None:
    if value is not None:
        require_aware(value, attribute.name)


def _present(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not value:
        message = f"{attribute.name} must not be empty"
        raise BadValue(message, code="empty", name=attribute.name)


@attrs.frozen(kw_only=True)
class Submission:
    """A citizen's message as a channel understood it.

    The same ``(channel, source_id)`` is the same submission, however often it is handed in: a gateway that delivers an
    SMS twice, or a form posted twice, makes one complaint.

    Attributes:
        channel: Key of the channel the citizen used. Paper that is typed in later keeps its own channel of origin.
        entry_channel: Key of the channel by which it was entered, when another one.
        source_id: The message's identity at that channel; the idempotency key.
        received_at: When the citizen handed it over (aware). Deadlines may start here.
        entered_at: When it was typed in (aware), when later than ``received_at``.
        kind: What it is, if the citizen said so.
        narrative: The chronology (*kronologi*), in the citizen's words.
        event_date: When it happened; ``event_time`` is in the office's zone.
        agency: Key of the agency the citizen chose, if any.
        proofs: What this channel proved about the reporter.
        external_ids: Under which ids other systems know it that it came from, by the system's name
            (:mod:`lapor_core.external_ids`): officers find it under them, and the reporter sees them when tracking.

    Raises:
        BadValue: An instant has no time zone (``naive_datetime``); the channel or the source id is empty (``empty``).
        BadType: The reporter, the proofs, the kind, the visibility or the ids are of another type, a text most often
            (``wrong_type``).
    """

    channel: str = attrs.field(validator=_present)
    entry_channel: str | None = None
    source_id: str = attrs.field(validator=_present)
    received_at: datetime = attrs.field(validator=_aware)
    entered_at: datetime | None = attrs.field(default=None, validator=_aware)
    reporter: Reporter = attrs.field(validator=is_a(Reporter))
    proofs: frozenset[Proof] = attrs.field(default=frozenset(), validator=is_a(frozenset))
    kind: Kind | None = attrs.field(default=None, validator=attrs.validators.optional(is_a(Kind)))
    title: str = personal(default="")
    narrative: str = personal()
    event_date: date | None = None
    event_time: time | None = None
    place: str = personal(default="")
    agency: str | None = None
    category: str | None = None
    visibility: Visibility = attrs.field(factory=Visibility, validator=is_a(Visibility))
    uploads: tuple[Upload, ...] = ()
    external_ids: Mapping[str, str] = personal(factory=dict, validator=is_a(Mapping))
