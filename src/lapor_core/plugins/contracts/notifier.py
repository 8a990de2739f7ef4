"""What a notifier gives: it hands a message to the next hop, and says what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

import attrs

from lapor_core.complaint import personal

__all__ = ["Delivered", "Failed", "Medium", "Message", "Notifier", "TryLater", "Verdict"]


class Medium(StrEnum):
    """How a message reaches a person. A notifier names those it serves; others exist as plain texts of their own."""

    EMAIL = "email"
    SMS = "sms"


@attrs.frozen(kw_only=True)
class Message:
    """One message to one person, ready to be sent.

    Attributes:
        key: The idempotency key: the same for every attempt at the same notice.
        medium: The medium it was written for.
        address: An e-mail address or a mobile number in international form.
        subject: One line; empty for a medium without subjects.
        text: Plain text, in the recipient's language.
        template: The name of the notice's template, for services that want a template and its values.
        values: The values of the template, as text.
    """

    key: str
    medium: str
    address: str = personal()
    subject: str = personal(default="")
    text: str = personal()
    template: str
    values: Mapping[str, str] = personal(factory=dict)
    language: str = "id"


@attrs.frozen(kw_only=True)
class Delivered:
    """The next hop took the message; ``provider_id`` is its own name for it."""

    provider_id: str = ""


@attrs.frozen(kw_only=True)
class TryLater:
    """Not now: a fault that may pass. ``after`` is the provider's own wish, if it said one. No address stands in ``why``."""

    why: str
    after: timedelta | None = None


@attrs.frozen(kw_only=True)
class Failed:
    """Never: the address does not exist, the provider refuses. No address stands in ``why``."""

    why: str


Verdict: TypeAlias = Delivered | TryLater | Failed


@runtime_checkable
class Notifier(Protocol):
    """A messenger.

    Attributes:
        key: The notifier's key in configuration and records.
        media: The media it serves.
    """

    @property
    def key(self) -> str: ...

    @property
    def media(self) -> frozenset[str]: ...

    def send(self, message: Message, now: datetime) -> Verdict:
        """Hand the message to the next hop and say what became of it. Called in a thread; it may block, within reason."""
        ...
