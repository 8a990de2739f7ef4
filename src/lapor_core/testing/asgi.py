"""A small caller of ASGI applications, in this process: enough to hold an application to the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import attrs

from lapor_core.plugins.contracts import PRINCIPAL, ASGIApp, Principal, Scope

__all__ = ["Answer", "lifespan", "request"]

_PATIENCE = 20.0
"""Seconds that an application may take for one answer."""

_VERSIONS = {"version": "3.0", "spec_version": "2.4"}


@attrs.frozen(kw_only=True)
class Answer:
    """What an application answered; names of headers are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header called ``name``, or None."""
        return next((value for key, value in self.headers if key == name), None)


def request(
    app: ASGIApp,
    method: str = "GET",
    path: str = "/",
    *,
    body: bytes = b"",
    headers: Iterable[tuple[str, str]] = (),
    query: bytes = b"",
    principal: Principal | None = None,
) -> Answer:
    """Return what ``app`` answers.

    Raises:
        AssertionError: It does not keep the protocol, or takes too long. What the application raises comes through.
    """
    scope = _http_scope(method, path, query, [("host", "example.org"), *headers])
    if principal is not None:
        scope[PRINCIPAL] = principal
    sent: list[Scope] = []
    asyncio.run(_call(app, scope, body, sent))
    return _answer(sent)


def lifespan(app: ASGIApp) -> None:
    """Start ``app`` and stop it again. An application that knows no lifespan may refuse it by raising.

    Raises:
        AssertionError: It says that starting or stopping failed, or takes too long.
    """
    asked = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Scope] = []

    async def receive() -> Scope:
        return asked.pop(0) if asked else await _never()

    try:
        asyncio.run(_within_patience(app({"type": "lifespan", "asgi": _VERSIONS, "state": {}}, receive, _into(sent))))
    except AssertionError:
        raise
    except Exception:  # noqa: BLE001  # the protocol lets an application without lifespan raise whatever it likes
        assert not sent, "the application raised in the middle of its lifespan"
    failed = [message["type"] for message in sent if message["type"].endswith(".failed")]
    assert not failed, f"the application answered {failed[0]}"


async def _call(app: ASGIApp, scope: Scope, body: bytes, sent: list[Scope]) -> None:
    asked = [{"type": "http.request", "body": body, "more_body": False}]
    finished = asyncio.Event()

    async def receive() -> Scope:
        if asked:
            return asked.pop(0)
        await finished.wait()
        return {"type": "http.disconnect"}

    async def send(message: Scope) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            finished.set()

    await _within_patience(app(scope, receive, send))


async def _within_patience(call: Awaitable[None]) -> None:
    try:
        await asyncio.wait_for(call, _PATIENCE)
    except TimeoutError:
        message = f"the application did not come to an end within {_PATIENCE:.0f} seconds"
        raise AssertionError(message) from None


async def _never() -> Scope:
    await asyncio.Event().wait()
    return {}


def _into(sent: list[Scope]) -> Callable[[Scope], Awaitable[None]]:
    async def send(message: Scope) -> None:
        sent.append(message)

    return send


def _http_scope(method: str, path: str, query: bytes, headers: Iterable[tuple[str, str]]) -> Scope:
    return {
        "type": "http",
        "asgi": _VERSIONS,
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": ("192.0.2.1", 50_000),  # RFC 5737: an address for documentation
        "server": ("example.org", 443),
        "state": {},
        "extensions": {},
    }


def _answer(sent: list[Scope]) -> Answer:
    types = [message["type"] for message in sent]
    assert types[:1] == ["http.response.start"], f"an answer begins with http.response.start, not {types[:1]}"
    assert set(types[1:]) == {"http.response.body"}, (
        f"after its start, an answer is http.response.body, not {types[1:]}"
    )
    assert not sent[-1].get("more_body"), "the application ended in the middle of an answer"
    return Answer(
        status=_status(sent[0]),
        headers=tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in _headers(sent[0])),
        body=b"".join(message.get("body", b"") for message in sent[1:]),
    )


def _status(start: Mapping[str, Any]) -> int:
    status = start["status"]
    assert isinstance(status, int), f"a status is a whole number, not {type(status).__name__}"
    return status


def _headers(start: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    headers = list(start.get("headers", ()))
    for name, value in headers:
        assert isinstance(name, bytes), f"names of headers are bytes, not {type(name).__name__}"
        assert isinstance(value, bytes), f"values of headers are bytes, not {type(value).__name__}"
    return headers
