"""What the host itself answers: a refusal as a page for a browser and as JSON for a program, and a redirection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from lapor_desk.http.guards import PAGE_HEADERS
from lapor_desk.http.pages import Pages, language_of
from lapor_desk.http.paths import way_home
from lapor_desk.http.texts import sentence

__all__ = [
    "REQUEST_ID",
    "Receive",
    "Scope",
    "Send",
    "answer",
    "is_browsing",
    "redirect",
    "refusal",
    "unsent",
    "wants_a_page",
]

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Scope]]
Send: TypeAlias = Callable[[Scope], Awaitable[None]]

REQUEST_ID = "lapor.request_id"
"""Key of the ASGI scope: the name under which the log knows this request."""

_pages = Pages()


async def answer(
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    status: int,
    code: str,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Refuse a request with ``status``; ``code`` names the sentence that says why, and is stable."""
    response = refusal(Request(scope, receive), status=status, code=code, headers=headers)
    await response(scope, receive, send)


def refusal(request: Request, *, status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a refusal, for a person to read or for a program: ``{"error": {"code", "message", "fields"}}``."""
    language = language_of(request)
    message = sentence("problem", code, language, seconds=(headers or {}).get("Retry-After", ""))
    if wants_a_page(request.headers):
        home = way_home(request.scope)
        values = {
            "message": message,
            "base": f"{home}officers/",
            "home": home,
            "reference": request.scope.get(REQUEST_ID, "") if status >= 500 else "",
        }
        return _pages.render(request, "problem.html", language, status, {**PAGE_HEADERS, **(headers or {})}, **values)
    body = {"error": {"code": code, "message": message, "fields": []}}
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})})


def unsent(request: Request, texts: Sequence[str], sign_in: str) -> Response:
    """Return the page that gives back what was written while nobody was signed in any more."""
    home = way_home(request.scope)
    values = {"base": f"{home}officers/", "home": home, "texts": texts, "sign_in": sign_in}
    return _pages.render(request, "unsent.html", language_of(request), 401, PAGE_HEADERS, **values)


async def redirect(scope: Scope, receive: Receive, send: Send, target: str, status: int = 303) -> None:
    """Lead to ``target``, a relative reference; the query is handed on when it has none of its own."""
    query = scope.get("query_string", b"").decode("latin-1")
    whole = f"{target}?{query}" if query and "?" not in target else target
    await RedirectResponse(whole, status)(scope, receive, send)


def is_browsing(scope: Scope) -> bool:
    """Return whether somebody asks for a page, in contrast to a program or a form that is sent."""
    return scope["method"] in ("GET", "HEAD") and wants_a_page(Headers(scope=scope))


def wants_a_page(headers: Headers) -> bool:
    """Return whether whoever asks reads pages: a browser."""
    return "text/html" in headers.get("accept", "")
