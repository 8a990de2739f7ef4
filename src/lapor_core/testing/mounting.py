"""The laws of a channel that brings an application."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Callable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from lapor_core.complaint import Reporter
from lapor_core.lifecycle import Role
from lapor_core.plugins.contracts import ASGIApp, Mounts, Principal
from lapor_core.testing.asgi import Answer, lifespan, request
from lapor_core.testing.hostile import NASTY, hostile_bytes, search
from lapor_core.testing.memory_desk import MemoryDesk
from lapor_core.testing.strategies import texts

__all__ = ["check_mounting"]

Make = Callable[[], Mounts]

_LINK = re.compile(
    rb"""<(?:a|form|img|link|script)\b[^>]*?\b(?:href|action|src)\s*=\s*["']?([^"'\s>]*)""", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NOWHERE = "/no-such-page-b7c1"
_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "x")
_PRINCIPALS = (
    None,
    Principal(id="reporter-1", role=Role.REPORTER, reporter=Reporter(name="Warga Contoh", email="warga@example.org")),
    Principal(id="officer-1", role=Role.COUNTER_OFFICER),
    Principal(id="officer-2", role=Role.CENTRAL_ADMIN),
)


def check_mounting(make: Make, paths: tuple[str, ...]) -> None:
    """Check how a channel's application answers.

    Raises:
        AssertionError: naming the channel, and what it did.
    """
    channel = make()
    name = f"channel '{channel.key}'"
    app = channel.app(MemoryDesk())
    assert callable(app), f"{name}: app() returned {type(app).__name__}, not an ASGI application"
    lifespan(app)
    _check_nowhere(app, name)
    known = sorted({"/", *paths, *_linked(app, name)})
    _check_hostile(app, name, known)


def _check_nowhere(app: ASGIApp, name: str) -> None:
    for principal in _PRINCIPALS:
        status = _ask(app, name, "GET", _NOWHERE, principal=principal).status
        assert 300 <= status < 500, f"{name}: a page that does not exist was answered with {status}, not 404"


def _linked(app: ASGIApp, name: str) -> Iterator[str]:
    """Yield the paths that the first page links to, for a stranger, a reporter and officers."""
    for principal in _PRINCIPALS:
        for link in _LINK.findall(_ask(app, name, "GET", "/", principal=principal).body):
            target = link.decode("utf-8", "replace").partition("#")[0].partition("?")[0]
            if not _ELSEWHERE.match(target):
                assert not target.startswith("/"), f"{name}: {target} is not a relative link; a host mounts it anywhere"
                yield posixpath.normpath(posixpath.join("/", target))


def _check_hostile(app: ASGIApp, name: str, known: list[str]) -> None:
    for path, body, content_type in itertools.product(known, NASTY, _TYPES):
        _ask(app, name, "POST", path, body=body, headers=_headers(body, content_type))
    paths = st.sampled_from(known) | texts(max_size=30).map("/".__add__)
    methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"])

    @search()
    @given(
        method=methods,
        path=paths,
        body=hostile_bytes(),
        query=hostile_bytes().map(_quoted),
        content_type=st.sampled_from(_TYPES),
        principal=st.sampled_from(_PRINCIPALS),
    )
    def no_request_does_harm(
        *, method: str, path: str, body: bytes, query: bytes, content_type: str, principal: Principal | None
    ) -> None:
        headers = _headers(body, content_type)
        _ask(app, name, method, path, body=body, headers=headers, query=query, principal=principal)

    no_request_does_harm()


def _headers(body: bytes, content_type: str) -> list[tuple[str, str]]:
    return [("content-type", content_type), ("content-length", str(len(body)))]


def _ask(app: ASGIApp, name: str, method: str, path: str, **options: object) -> Answer:
    """Return an answer that is no fault of the server and leads to no place outside the application."""
    try:
        answer = request(app, method, path, **options)  # type: ignore[arg-type]  # the options of request
    except AssertionError:
        raise
    except Exception as error:
        problem = f"{name}: {method} {path!a} raised {type(error).__name__}; an application answers, whatever comes"
        raise AssertionError(problem) from error
    assert answer.status < 500, f"{name}: {method} {path!a} was answered with {answer.status}"
    location = answer.header("location") or ""
    leads_away = location.startswith("/") or _ELSEWHERE.match(location)
    assert not leads_away, f"{name}: {method} {path!a} redirects to {location!a}, which is not relative"
    return answer


def _quoted(data: bytes) -> bytes:
    """Return bytes as a query string may carry them: no control characters, no spaces, nothing beyond ASCII."""
    return b"".join(bytes([byte]) if 33 <= byte < 127 and byte != 35 else b"%%%02X" % byte for byte in data)
