"""What stands before an application: the size of a body, where a form was sent from, headers that keep a page safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lapor_core.errors import BadValue, LaporError, Refused

__all__ = ["PAGE_HEADERS", "Answer", "BodyLimit", "SafeHeaders", "SameOrigin", "is_same_origin"]

Answer: TypeAlias = Callable[[Request, Exception], Response]
"""What a channel shows for an error."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would make the Origin of our own forms "null"
    "Cache-Control": "no-store",  # a counter's computer is shared, and the back button shows a visitor's data
}


class BodyLimit:
    """Refuses a body of more than ``limit`` bytes: at once by its Content-Length, else while it is read."""

    def __init__(self, app: ASGIApp, limit: int, answer: Answer) -> None:
        self.app = RequestBodyLimitMiddleware(app, limit)
        self.limit = limit
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette's own answer to a long Content-Length is a plain text that no handler of ours can replace.
        if scope["type"] == "http" and self._announced(scope) > self.limit:
            message = f"the body is larger than {self.limit} bytes"
            await refuse(self.answer, BadValue(message, code="too_large", limit=self.limit), scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _announced(self, scope: Scope) -> int:
        length = Headers(scope=scope).get("content-length", "")
        return int(length) if length.isascii() and length.isdigit() else 0


class SameOrigin:
    """Refuses a form that another site makes a browser send (cross-site request forgery)."""

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not is_same_origin(Headers(scope=scope)):
            error = Refused("the form was sent from another site", code="other_origin")
            await refuse(self.answer, error, scope, receive, send)
        else:
            await self.app(scope, receive, send)


def is_same_origin(headers: Headers) -> bool:
    """Return whether a browser sent this from our own page; true for what is no browser and sends neither header.

    ``Sec-Fetch-Site`` decides where it is there; else the host of ``Origin`` must be the host asked for. The scheme is
    not compared: behind a proxy that ends TLS we see ``http``.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""


class SafeHeaders:
    """Adds the headers of :data:`PAGE_HEADERS` to every answer that does not set its own."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str] = PAGE_HEADERS) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    answer.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


async def refuse(answer: Answer, error: LaporError, scope: Scope, receive: Receive, send: Send) -> None:
    """Send what ``answer`` makes of ``error``."""
    await answer(Request(scope, receive), error)(scope, receive, send)
