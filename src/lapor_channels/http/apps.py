"""Starlette applications with our guards and our answers to errors: one kind for JSON, one for pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from lapor_channels.http.guards import Answer, BodyLimit, SafeHeaders, SameOrigin
from lapor_channels.http.pages import STATIC, Pages
from lapor_channels.http.problems import problem_of, problem_response
from lapor_channels.http.requests import language_of
from lapor_core.errors import LaporError

__all__ = ["MEGABYTE", "html_app", "json_app"]

MEGABYTE = 1024 * 1024


def json_app(routes: Sequence[BaseRoute], *, max_body: int = 25 * MEGABYTE) -> Starlette:
    """Return an application whose every error is JSON; ``max_body`` in bytes."""

    def answer(request: Request, error: Exception) -> Response:
        return problem_response(_known(error), language_of(request))

    guards = [Middleware(SafeHeaders, headers=JSON_HEADERS), Middleware(BodyLimit, limit=max_body, answer=answer)]
    return _without_redirects(Starlette(routes=list(routes), middleware=guards, exception_handlers=_handlers(answer)))


def html_app(
    routes: Sequence[BaseRoute], pages: Pages, *, template: str = "problem.html", max_body: int = 50 * MEGABYTE
) -> Starlette:
    """Return an application whose errors are pages, whose forms are guarded, and which serves ``static/lapor.css``.

    Args:
        routes: Its own routes; ``/static`` is added behind them.
        pages: Its templates; ``template`` is shown with ``problem`` for an error that no page of its own shows.
        template: The page of an error.
        max_body: The largest body of a request in bytes, files included.
    """

    def answer(request: Request, error: Exception) -> Response:
        problem = problem_of(_known(error), pages.language(request))
        return pages.render(request, template, status=problem.status, problem=problem)

    guards = [
        Middleware(SafeHeaders),
        Middleware(BodyLimit, limit=max_body, answer=answer),
        Middleware(SameOrigin, answer=answer),
    ]
    everything = [*routes, Mount("/static", SafeHeaders(StaticFiles(directory=STATIC), KEPT_AN_HOUR))]
    return _without_redirects(Starlette(routes=everything, middleware=guards, exception_handlers=_handlers(answer)))


KEPT_AN_HOUR: Mapping[str, str] = {"Cache-Control": "public, max-age=3600"}
JSON_HEADERS: Mapping[str, str] = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def _without_redirects(app: Starlette) -> Starlette:
    """Starlette sends ``/page/`` to ``/page`` by an absolute address, which misses behind a proxy that strips a prefix."""
    app.router.redirect_slashes = False
    return app


def _handlers(answer: Answer) -> dict[Any, Any]:
    return {LaporError: answer, HTTPException: answer, ClientDisconnect: answer, Exception: answer}


def _known(error: Exception) -> LaporError | HTTPException:
    """Anything else is a fault of ours: its text may hold personal data and is never shown."""
    if isinstance(error, ClientDisconnect):
        return HTTPException(400)  # nobody reads it: a telephone that loses its network is no fault to be told in a log
    return error if isinstance(error, LaporError | HTTPException) else HTTPException(500)
