"""The console as an application."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import ASGIApp
from lapor_desk.house import House
from lapor_desk.http.budgets import Budgets
from lapor_desk.http.console.complaints import Complaints
from lapor_desk.http.console.erasing import Erasure
from lapor_desk.http.console.frame import Frame
from lapor_desk.http.console.listing import Listing
from lapor_desk.http.console.looks import Looks
from lapor_desk.http.console.papers import Papers
from lapor_desk.http.console.preferences import Preferences
from lapor_desk.http.console.records import Records
from lapor_desk.http.console.reports import Reports
from lapor_desk.http.console.signing import Signing
from lapor_desk.http.console.wording import words_of
from lapor_desk.http.doors import Mounted
from lapor_desk.http.guards import BodyLimit
from lapor_desk.http.pages import STATIC, Pages
from lapor_desk.http.principals import OfficersOnly
from lapor_desk.store.uploads import LARGEST_FILE

__all__ = ["console_app"]

_LARGEST_BODY = 3 * LARGEST_FILE
_KEPT_AN_HOUR = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


class _Look(StaticFiles):
    """The style sheet and the icon, which a browser may keep."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(_KEPT_AN_HOUR)
        return response


def console_app(house: House, counters: tuple[Mounted, ...], budgets: Budgets) -> ASGIApp:
    """Return the console over ``house``; ``counters`` are the channels for officers, to which it leads.

    Only the page to sign in and the look of pages are open to strangers.
    """
    frame = Frame(house=house, budgets=budgets, counters=counters, pages=Pages(**words_of(house)))

    def answer(request: Request, error: Exception) -> Response:
        return frame.problem(request, error)

    parts = (Signing, Listing, Complaints, Looks, Erasure, Papers, Records, Reports, Preferences)
    routes = [route for part in parts for route in part(frame).routes()]
    app = Starlette(
        routes=[*routes, Mount("/static", _Look(directory=STATIC))],
        middleware=[Middleware(BodyLimit, limit=_LARGEST_BODY, answer=answer)],
        exception_handlers={LaporError: answer, HTTPException: answer, Exception: answer},
    )
    app.router.redirect_slashes = False  # Starlette's redirection is absolute, and misses behind a proxy
    return OfficersOnly(app, house.officers, open_to_all=("/login", "/static/"))
