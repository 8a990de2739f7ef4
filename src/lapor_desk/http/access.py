"""The outermost layer: a name for each request, a line in the log, and a last resort for what goes wrong inside."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders

from lapor_core.plugins.contracts import ASGIApp
from lapor_desk.http.answers import REQUEST_ID, Receive, Scope, Send, answer
from lapor_desk.http.lives import Life
from lapor_desk.http.switchboard import ROUTE, without_words
from lapor_desk.telemetry import request

__all__ = ["Reception"]

_OF_MONITORS = frozenset({"/health", "/ready"})
"""Paths that are asked for every few seconds, and would fill logs and traces with nothing."""

_access = logging.getLogger("lapor.http.access")
_log = logging.getLogger("lapor.http")


class Reception:
    """Receives every request, and starts and stops what is mounted.

    The line in the log has the method, the template of the path, the status and the time it took: no address, no query,
    and none of what a citizen writes into a path.

    Args:
        app: What answers.
        lives: What is started and stopped.
        https: Whether people reach all of it by HTTPS alone, whatever a proxy says or leaves unsaid of that: no cookie is to go
            any other way.
    """

    def __init__(self, app: ASGIApp, lives: Iterable[Life] = (), *, https: bool = False) -> None:
        self._app = app
        self._lives = tuple(lives)
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:  # a websocket: nobody here speaks that
            await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = {**scope, REQUEST_ID: secrets.token_hex(6), ROUTE: "?"} | ({"scheme": "https"} if self._https else {})
        if scope["path"].endswith(tuple(_OF_MONITORS)):
            await self._answer(scope, receive, send)
            return
        with request(_method(scope), scope["headers"]) as answered:
            status = await self._answer(scope, receive, send)
            answered(scope[ROUTE], status)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> int:
        begun, status = time.perf_counter(), 0

        async def named(message: Scope) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = scope[REQUEST_ID]
            await send(message)

        try:
            await self._app(scope, receive, named)
        except Exception as error:  # noqa: BLE001 - a fault of ours costs one answer; the server must go on
            _log.error("%s failed", scope[REQUEST_ID], exc_info=without_words(error))
            if not status:
                await answer(scope, receive, named, status=500, code="internal")
        finally:
            took = (time.perf_counter() - begun) * 1000
            level = logging.DEBUG if scope[ROUTE] in _OF_MONITORS else logging.INFO
            _access.log(level, "%s %s %s %d %.0f ms", scope[REQUEST_ID], _method(scope), scope[ROUTE], status, took)
        return status

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        for life in self._lives:
            await life.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for life in self._lives:
            await life.stop()
        await send({"type": "lifespan.shutdown.complete"})


def _method(scope: Scope) -> str:
    """Return the method; one that was invented by the caller is not written down."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return scope["method"] if scope["method"] in known else "?"
