"""The lifespans of mounted applications: each is started and stopped with the desk, and one that fails costs only itself."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from lapor_core.plugins.contracts import ASGIApp
from lapor_desk.http.answers import Receive, Scope, Send

__all__ = ["Life"]

_PATIENCE = 10.0
"""Seconds that an application may take to start, and to stop."""

_log = logging.getLogger("lapor.http")


class Life:
    """An application with its lifespan.

    What it puts into its state when it starts, it finds in the state of each of its requests, as ASGI has it. An
    application that knows no lifespan may raise; nobody minds.
    """

    def __init__(self, key: str, app: ASGIApp) -> None:
        self._key = key
        self._app = app
        self._state: dict[str, Any] = {}
        self._asked: asyncio.Queue[Scope] = asyncio.Queue()
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {**scope.get("state", {}), **self._state}
        await self._app(scope, receive, send)

    async def start(self) -> None:
        """Start the application, and wait until it says that it has started, or knows nothing of this."""
        self._task = asyncio.create_task(self._live())
        await self._ask("startup", self._started)

    async def stop(self) -> None:
        """Stop the application, where it is still there."""
        if self._task is None or self._task.done():
            return
        await self._ask("shutdown", self._stopped)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _ask(self, what: str, done: asyncio.Event) -> None:
        self._asked.put_nowait({"type": f"lifespan.{what}"})
        try:
            await asyncio.wait_for(done.wait(), _PATIENCE)
        except TimeoutError:
            _log.error("channel %s: its %s takes too long", self._key, what)

    async def _live(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        try:
            await self._app(scope, self._asked.get, self._hear)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the protocol lets an application without lifespan raise whatever it likes
            _log.debug("channel %s knows no lifespan: %s", self._key, type(error).__name__)
        finally:
            self._started.set()
            self._stopped.set()

    async def _hear(self, message: Scope) -> None:
        what, _, outcome = str(message["type"]).removeprefix("lifespan.").partition(".")
        if outcome == "failed":
            _log.error("channel %s: its %s failed", self._key, what)  # its own words may be personal
        {"startup": self._started, "shutdown": self._stopped}.get(what, asyncio.Event()).set()
