"""Channels that fetch their messages themselves: each works in a thread of its own, and again when it gives up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from datetime import timedelta

from lapor_core.plugins import Desk, Works

__all__ = ["ChannelWork"]

_log = logging.getLogger("lapor.plugins")


class ChannelWork:
    """The workers of channels.

    Args:
        workers: Each channel that works, with its desk.
        first: How long to wait before the second try; twice as long before each further one.
        longest: Never longer than this.
    """

    def __init__(
        self,
        workers: Iterable[tuple[Works, Desk]],
        *,
        first: timedelta = timedelta(seconds=1),
        longest: timedelta = timedelta(minutes=5),
    ) -> None:
        self._first, self._longest = first.total_seconds(), longest.total_seconds()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_working, args=pair, name=f"lapor-{pair[0].key}-work", daemon=True)
            for pair in workers
        ]

    def start(self) -> None:
        """Let every channel begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience: timedelta) -> None:
        """Ask every channel to come to an end, and wait at most ``patience`` for all of them; the rest is left behind."""
        self._stop.set()
        for thread in self._threads:
            thread.join(patience.total_seconds() / len(self._threads))
            if thread.is_alive():
                _log.warning("%s did not stop in time", thread.name)

    def _keep_working(self, channel: Works, desk: Desk) -> None:
        wait = self._first
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                channel.work(desk, self._stop)
            except BaseException as error:  # noqa: BLE001 - a plug-in may raise anything, sys.exit() too; its words may be personal
                _log.error("channel %s: its work raised %s", channel.key, type(error).__name__)
            if time.monotonic() - began > self._longest:
                wait = self._first  # it had worked for long
            if self._stop.wait(wait):
                return
            wait = min(wait * 2, self._longest)
