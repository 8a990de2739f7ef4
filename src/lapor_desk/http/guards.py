"""What stands before the desk's own pages: headers that keep a page safe, where a form comes from, how large it may be."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["PAGE_HEADERS", "BodyLimit", "csrf_token", "is_csrf_token", "is_same_origin"]

PAGE_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # for browsers too old to know frame-ancestors
        "Referrer-Policy": "same-origin",  # no-referrer would make the Origin of our own forms "null"
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",  # an office's computer is shared, and the back button shows what was read
    }
)


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


def csrf_token(session: str) -> str:
    """Return the token that the forms of one session carry; who knows it knows the session's token, or has read a page."""
    return hmac.new(session.encode(), b"lapor officers' forms", hashlib.sha256).hexdigest()


def is_csrf_token(given: str, session: str) -> bool:
    """Return whether a form carries its session's token."""
    return hmac.compare_digest(given.encode(), csrf_token(session).encode())


class BodyLimit:
    """Refuses a body of more than ``limit`` bytes: at once by its Content-Length, else while it is read."""

    def __init__(self, app: ASGIApp, limit: int, answer: Callable[[Request, Exception], Response]) -> None:
        self._app = RequestBodyLimitMiddleware(app, limit)
        self._limit = limit
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette's own answer to a long Content-Length is a plain text that no handler of ours can replace.
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if length.isascii() and length.isdigit() and int(length) > self._limit:
            await self._answer(Request(scope, receive), HTTPException(413))(scope, receive, send)
        else:
            await self._app(scope, receive, send)
