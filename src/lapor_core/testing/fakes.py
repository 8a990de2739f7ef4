"""Fakes for tests without a network or a clock: a notifier that records, a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from lapor_core.errors import require_aware
from lapor_core.plugins.contracts import (
    Delivered,
    Medium,
    Message,
    Verdict,
)

__all__ = ["FrozenClock", "RecordingNotifier"]


class FrozenClock:
    """A clock that stands until it is moved.

    Args:
        now: An aware instant; a Wednesday morning in WITA when not given.

    Raises:
        BadValue: ``now`` is naive (code ``naive_datetime``).
    """

    def __init__(self, now: datetime | None = None) -> None:
        self._now = require_aware(now or datetime(2026, 4, 8, 9, tzinfo=ZoneInfo("Asia/Makassar")))

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move the clock by real time and return the new instant, in the same zone."""
        self._now = (self._now.astimezone(UTC) + by).astimezone(self._now.tzinfo)
        return self._now


@attrs.define(kw_only=True)
class RecordingNotifier:
    """A notifier that keeps what it was asked to send.

    Attributes:
        verdicts: What it answers, one after the other; ``Delivered`` when there are no more.
        sent: Every attempt, in order.
    """

    key: str = "recording"
    media: frozenset[str] = frozenset(Medium)
    verdicts: Iterator[Verdict] = attrs.field(factory=lambda: iter(()), converter=iter)
    sent: list[Message] = attrs.field(factory=list, init=False)

    def send(self, message: Message, now: datetime) -> Verdict:
        """Record the attempt and answer the next verdict."""
        require_aware(now)
        self.sent.append(message)
        return next(self.verdicts, Delivered(provider_id=str(len(self.sent))))
