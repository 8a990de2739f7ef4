"""The law of a channel that fetches its messages itself: told to stop, it stops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import cast

from lapor_core.plugins.contracts import Desk, Works
from lapor_core.testing.memory_desk import MemoryDesk

__all__ = ["check_working"]

_PATIENCE = 10.0
"""Seconds that a worker may take to come to its end."""


def check_working(make: Callable[[], Works]) -> None:
    """Check that a channel's worker ends when it was told to before it began, and when it is told while it works.

    Raises:
        AssertionError: naming the channel, and what it did.
    """
    channel = make()
    for before in (True, False):
        stop = threading.Event()
        if before:
            stop.set()
        errors: list[Exception] = []
        thread = threading.Thread(target=_work, args=(channel, stop, errors), daemon=True)
        thread.start()
        if not before:
            thread.join(0.05)
            stop.set()
        thread.join(_PATIENCE)
        when = "before it began" if before else "while it worked"
        assert not thread.is_alive(), f"channel '{channel.key}': told to stop {when}, its work goes on"
        if before and errors:
            raise AssertionError(f"channel '{channel.key}': told to stop {when}, its work raised") from errors[0]


def _work(channel: Works, stop: threading.Event, errors: list[Exception]) -> None:
    try:
        channel.work(cast("Desk", MemoryDesk()), stop)
    except Exception as error:  # noqa: BLE001 - a service that does not answer in a test is no fault of the channel
        errors.append(error)
