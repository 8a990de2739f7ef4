"""A clock that stands where the story is."""

from __future__ import annotations

from datetime import datetime

from lapor_core.errors import require_aware

__all__ = ["StoryClock"]


class StoryClock:
    """Gives the story's present instant to every part of the house.

    Args:
        now: Where it stands at first (aware).
    """

    def __init__(self, now: datetime) -> None:
        self._now = require_aware(now)

    def __call__(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Let it stand at ``now`` (aware); it never goes back."""
        self._now = max(self._now, require_aware(now))
