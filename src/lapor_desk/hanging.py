"""Calls of notifiers that never came back, and when a notifier is called again in spite of them.

A thread that hangs cannot be ended, only left behind. A notifier with too many of them is not called, for each costs a
thread; but the server that it waited for may be back long since, and nobody would know. So now and then one call is made to
see: when it comes back, the notifier is well, and what it left behind counts no more.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import attrs

__all__ = ["Hanging"]


@attrs.define
class _Left:
    """What one notifier has left behind.

    Attributes:
        calls: Those that have not come back.
        forgiven: So many of them it had left behind before it was well again.
        pause: How long it is left alone the next time, in seconds; it grows as long as anything hangs.
        try_at: When it may be called to see whether it is well.
    """

    pause: float
    calls: list[threading.Thread] = attrs.field(factory=list)
    forgiven: int = 0
    try_at: float = 0.0


@attrs.frozen(kw_only=True)
class Hanging:
    """Counts the calls of each notifier that hang; safe to use from several threads.

    Attributes:
        most: A notifier with so many is left alone.
        most_ever: With so many it is left alone until one comes back, or the process is started again: each keeps a thread.
        first: How long it is left alone before one call is made to see; twice as long after each that hangs too.
        longest: Never longer than this.
        timer: Counts seconds.
    """

    most: int = 4
    most_ever: int = 64
    first: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=1)
    timer: Callable[[], float] = time.monotonic
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _left: dict[str, _Left] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_left", defaultdict(lambda: _Left(pause=self.first.total_seconds())))

    def refuses(self, notifier: str) -> int:
        """Return 0 when ``notifier`` may be called now, or else how many of its calls have not come back."""
        with self._lock:
            left = self._left[notifier]
            left.calls = [call for call in left.calls if call.is_alive()]
            left.forgiven = min(left.forgiven, len(left.calls))
            if not left.calls:
                left.pause = self.first.total_seconds()
            if len(left.calls) < self.most_ever:
                if len(left.calls) - left.forgiven < self.most:
                    return 0
                if self.timer() >= left.try_at:
                    self._leave_alone(left)  # whoever asks next waits for what comes of this one call
                    return 0
            return len(left.calls)

    def came_back(self, notifier: str) -> None:
        """Note that a call came to its end: one that was made to see shows that the notifier is well again."""
        with self._lock:
            left = self._left[notifier]
            if len(left.calls) - left.forgiven >= self.most:
                left.forgiven = len(left.calls)

    def hangs(self, notifier: str, call: threading.Thread) -> bool:
        """Note that ``call`` did not come back in time, and return whether the notifier is left alone from now on."""
        with self._lock:
            left = self._left[notifier]
            left.calls.append(call)
            if len(left.calls) - left.forgiven == self.most:
                self._leave_alone(left)
                return True
            return False

    def _leave_alone(self, left: _Left) -> None:
        left.try_at = self.timer() + left.pause
        left.pause = min(left.pause * 2, self.longest.total_seconds())
