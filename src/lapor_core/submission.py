"""What a channel hands in, before it is a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import attrs

from lapor_core.complaint import Kind, Proof, Purpose, Reporter, Visibility, personal
from lapor_core.errors import BadType, BadValue, holds, is_a, is_none_or_a, require_aware, require_type

__all__ = ["LONGEST_CHANNEL", "LONGEST_MEDIUM", "Submission", "Upload"]

LONGEST_CHANNEL = 64
"""The most characters of a channel's key: it stands beside the record."""

LONGEST_MEDIUM = 32
"""The most characters of a medium's name: it stands in the queue of notices."""


@attrs.frozen(kw_only=True)
class Upload:
    """A file as it came in: nothing about it is believed before somebody has looked at its bytes.

    Attributes:
        name: The file's name as the sender gave it.
        content: The bytes.
        purpose: Evidence, or the copy of an identity card.

    Raises:
        BadType: one of them is of another type (``wrong_type``).
    """

    name: str = personal(default="", validator=is_a(str))
    content: bytes = personal(validator=is_a(bytes))
    purpose: Purpose = attrs.field(default=Purpose.EVIDENCE, validator=is_a(Purpose))


def _aware(_: object, attribute: attrs.Attribute[Any], value: datetime | None) -> None:
    if value is not None:
        require_aware(value, attribute.name)


def _present(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    require_type(value, str, attribute.name)
    if not value:
        message = f"{attribute.name} must not be empty"
        raise BadValue(message, code="empty", name=attribute.name)


def _a_day(_: object, attribute: attrs.Attribute[Any], value: date | None) -> None:
    if value is not None and (
        not isinstance(value, date) or isinstance(value, datetime)
    ):  # a datetime is written otherwise
        message = f"{attribute.name} must be a date, not {type(value).__name__}"
        raise BadType(message, code="wrong_type", name=attribute.name, wanted="date")


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
        BadType: Something is of another type than it is declared with (``wrong_type``): what is written down must be read
            again.
    """

    channel: str = attrs.field(validator=_present)
    entry_channel: str | None = attrs.field(default=None, validator=is_none_or_a(str))
    source_id: str = attrs.field(validator=_present)
    received_at: datetime = attrs.field(validator=_aware)
    entered_at: datetime | None = attrs.field(default=None, validator=_aware)
    reporter: Reporter = attrs.field(validator=is_a(Reporter))
    proofs: frozenset[Proof] = attrs.field(default=frozenset(), validator=holds(frozenset, Proof))
    kind: Kind | None = attrs.field(default=None, validator=is_none_or_a(Kind))
    title: str = personal(default="", validator=is_a(str))
    narrative: str = personal(validator=is_a(str))
    event_date: date | None = attrs.field(default=None, validator=_a_day)
    event_time: time | None = attrs.field(default=None, validator=is_none_or_a(time))
    place: str = personal(default="", validator=is_a(str))
    agency: str | None = attrs.field(default=None, validator=is_none_or_a(str))
    category: str | None = attrs.field(default=None, validator=is_none_or_a(str))
    visibility: Visibility = attrs.field(factory=Visibility, validator=is_a(Visibility))
    uploads: tuple[Upload, ...] = attrs.field(default=(), validator=holds(tuple, Upload))
    external_ids: Mapping[str, str] = personal(factory=dict, validator=is_a(Mapping))
