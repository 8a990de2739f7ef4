"""What every page of the console stands on: the house, who looks, in which language, and forms that are ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl, quote

import attrs
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lapor_core.errors import Refused
from lapor_core.lifecycle import PERMISSIONS, Action, Role
from lapor_desk.house import House
from lapor_desk.http.budgets import Budgets
from lapor_desk.http.console.errors import message_of, status_of
from lapor_desk.http.console.finding import Wish
from lapor_desk.http.console.forms import request_form, require_same_origin, text_of
from lapor_desk.http.doors import Mounted
from lapor_desk.http.guards import PAGE_HEADERS, csrf_token, is_csrf_token
from lapor_desk.http.pages import LANGUAGE_COOKIE, Pages, chosen_language, up
from lapor_desk.http.paths import SITE_ROOT, way_home
from lapor_desk.http.principals import OFFICER, OFFICER_COOKIE, is_by_bearer, token_of
from lapor_desk.http.texts import LANGUAGES
from lapor_desk.officers import Officer
from lapor_desk.standing import may_read_reports

__all__ = ["LIST_COOKIE", "Frame", "call", "cookie_options"]

LIST_COOKIE = "lapor_list"
"""What the officer wished for in the list last; nothing of any complaint stands in it."""

_BEHIND_A_COUNTER = PERMISSIONS[Action.COMPLETE] - {Role.REPORTER}
"""Who acts for a visitor. The others find no link to a channel for officers, which would refuse them."""

P = ParamSpec("P")
T = TypeVar("T")


async def call(method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call what may block in the thread pool."""
    return await run_in_threadpool(method, *args, **kwargs)


def cookie_options(request: Request) -> dict[str, Any]:
    """Return how our cookies are set: for this site only, out of reach of scripts, and by HTTPS alone where there is HTTPS."""
    root = str(request.scope.get(SITE_ROOT, "")).rstrip("/")
    return {
        "path": f"{quote(root)}/",
        "secure": request.url.scheme == "https",
        "httponly": True,
        "samesite": "strict",
    }


@attrs.frozen(kw_only=True)
class Frame:
    """The console of one house.

    Attributes:
        counters: The channels for officers, to which the console leads.
    """

    house: House
    budgets: Budgets
    counters: tuple[Mounted, ...]
    pages: Pages

    def officer(self, request: Request) -> Officer:
        """Return who is signed in.

        Raises:
            HTTPException: nobody is (401).
        """
        found = request.scope.get(OFFICER)
        if not isinstance(found, Officer):
            raise HTTPException(401)
        return found

    def language(self, request: Request) -> str:
        """Return the language of a page: the one chosen by hand, else the officer's own, which is Indonesian by default."""
        officer = request.scope.get(OFFICER)
        own = officer.language if isinstance(officer, Officer) else LANGUAGES[0]
        return chosen_language(request) or (own if own in LANGUAGES else LANGUAGES[0])

    def show(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """Return a page; a language chosen by the query is kept in a cookie for the pages that follow."""
        language = self.language(request)
        response = self.pages.render(
            request, template, language, status, PAGE_HEADERS, **self._shared(request), **values
        )
        if request.query_params.get("lang") == language:
            response.set_cookie(LANGUAGE_COOKIE, language, **cookie_options(request), max_age=365 * 24 * 3600)
        return response

    def go(self, request: Request, page: str) -> Response:
        """Return a redirection to another page of the console, after a form was taken."""
        return RedirectResponse(up(request) + page, 303, PAGE_HEADERS)

    def problem(self, request: Request, error: Exception) -> Response:
        """Return the page of an error that no page of its own shows."""
        language = self.language(request)
        status = status_of(error)
        message = message_of(error, language)
        return self.show(request, "problem.html", status, message=message, reference="")

    @asynccontextmanager
    async def form(self, request: Request) -> AsyncIterator[FormData]:
        """Give the form that an officer sent from a page of ours.

        Raises:
            HTTPException: it cannot be read (400), is too large (413), or nobody is signed in (401).
            Refused: it comes from somewhere else, or from a page of another session (``other_origin``).
        """
        require_same_origin(request)
        self.officer(request)
        async with request_form(request) as form:
            session = token_of(request, OFFICER_COOKIE) or ""
            if not is_by_bearer(request) and not is_csrf_token(text_of(form, "csrf"), session):
                raise Refused("the form does not carry the token of this session", code="other_origin")
            yield form

    def _shared(self, request: Request) -> dict[str, Any]:
        officer = request.scope.get(OFFICER)
        session = token_of(request, OFFICER_COOKIE)
        return {
            "officer": officer,
            "csrf": csrf_token(session) if session else "",
            "base": up(request),
            "home": way_home(request.scope),
            "counters": self.counters if isinstance(officer, Officer) and officer.role in _BEHIND_A_COUNTER else (),
            "list_again": _list_again(request),
            "reads_report": isinstance(officer, Officer) and may_read_reports(officer.role, officer.agency),
            "office": self.house.standard.policy.office.name,
        }


def _list_again(request: Request) -> str:
    """Return the query of the list as the officer last saw it; what a cookie cannot mean is left out."""
    wish = Wish.read(dict(parse_qsl(request.cookies.get(LIST_COOKIE, "").removeprefix("?"))))
    return wish.query(page=wish.page)
