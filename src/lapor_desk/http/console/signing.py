"""Signing in and out, and the password for it."""

from __future__ import annotations

import asyncio

import attrs
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lapor_core.errors import BadValue, Refused
from lapor_desk.http.budgets import address_of
from lapor_desk.http.console.errors import message_of, status_of
from lapor_desk.http.console.forms import request_form, require_same_origin, text_of
from lapor_desk.http.console.frame import Frame, call, cookie_options
from lapor_desk.http.guards import PAGE_HEADERS, BodyLimit
from lapor_desk.http.paths import safe_next, way_home
from lapor_desk.http.principals import OFFICER, OFFICER_COOKIE
from lapor_desk.officers import SHORTEST_PASSWORD
from lapor_desk.sites import CONSOLE

__all__ = ["Signing"]

_DEFAULT = f"{CONSOLE}/"
_LARGEST_BODY = 16 * 1024  # this page is open to strangers
_AT_ONCE = 2  # a password costs 64 MiB to check: a small machine must survive many that are tried at once


@attrs.frozen
class Signing:
    """The pages ``login``, ``logout`` and ``password``."""

    frame: Frame
    _room: asyncio.Semaphore = attrs.field(factory=lambda: asyncio.Semaphore(_AT_ONCE), init=False)

    def routes(self) -> list[Route]:
        """Return the routes."""
        small = Middleware(BodyLimit, limit=_LARGEST_BODY, answer=self.frame.problem)
        return [
            Route("/login", self.asked, methods=["GET"]),
            Route("/login", self.sign_in, methods=["POST"], middleware=[small]),
            Route("/logout", self.sign_out, methods=["POST"]),
            Route("/password", self.shown, methods=["GET"]),
            Route("/password", self.change, methods=["POST"], middleware=[small]),
        ]

    async def asked(self, request: Request) -> Response:
        """Show the form, or lead on who is signed in already."""
        wished = safe_next(request.query_params.get("next", ""), _DEFAULT)
        if request.scope.get(OFFICER) is not None:
            return self._lead_on(request, wished)
        return self._form(request, wished)

    async def sign_in(self, request: Request) -> Response:
        """Let an officer in, or show the form again with what is wrong."""
        require_same_origin(request)
        if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        budgets = self.frame.budgets
        if pause := budgets.pause(budgets.sign_ins, request.scope):
            return self._form(request, _DEFAULT, error=HTTPException(429, headers={"Retry-After": str(pause)}))
        async with request_form(request) as form:
            login, password = text_of(form, "login"), str(form.get("password", ""))
            wished = safe_next(str(form.get("next", "")), _DEFAULT)
        try:
            token = await self._token(request, login, password)
        except Refused as error:
            return self._form(request, wished, error=error, login=login)
        response = self._lead_on(request, wished)
        response.set_cookie(OFFICER_COOKIE, token, **cookie_options(request))
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        async with self.frame.form(request):
            await call(self.frame.house.officers.sign_out, request.cookies.get(OFFICER_COOKIE, ""))
        response = self.frame.go(request, "login")
        response.delete_cookie(OFFICER_COOKIE, **cookie_options(request))
        return response

    async def shown(self, request: Request) -> Response:
        """Show the form for another password."""
        return self._password(request, changed=request.query_params.get("done") == "1")

    async def change(self, request: Request) -> Response:
        """Change the password, or show the form again with what is wrong; other sessions of the officer end."""
        async with self.frame.form(request) as form:
            present, new, again = (str(form.get(name, "")) for name in ("present", "new", "again"))
        if new != again:
            error = BadValue("the two new passwords differ", code="passwords_differ", field="again")
            return self._password(request, error=error)
        officers, login = self.frame.house.officers, self.frame.officer(request).login
        try:
            async with self._room:
                address = address_of(request.scope)
                token = await call(officers.change_password, login, present, new, address=address)
        except (BadValue, Refused) as error:
            return self._password(request, error=error)
        response = self.frame.go(request, "password?done=1")
        response.set_cookie(OFFICER_COOKIE, token, **cookie_options(request))
        return response

    def _password(self, request: Request, *, error: Exception | None = None, changed: bool = False) -> Response:
        status, message = 200, ""
        if error is not None:
            status, message = status_of(error), message_of(error, self.frame.language(request))
        values = {"message": message, "changed": changed, "least": SHORTEST_PASSWORD}
        return self.frame.show(request, "password.html", status, **values)

    async def _token(self, request: Request, login: str, password: str) -> str:
        officers = self.frame.house.officers
        async with self._room:
            token = await call(officers.sign_in, login, password, address=address_of(request.scope))
        if before := request.cookies.get(OFFICER_COOKIE):
            await call(officers.sign_out, before)
        return token

    def _form(self, request: Request, wished: str, *, error: Exception | None = None, login: str = "") -> Response:
        language = self.frame.language(request)
        values = {
            "next": wished,
            "login": login,
            "message": message_of(error, language) if error is not None else "",
        }
        response = self.frame.show(request, "login.html", status_of(error) if error is not None else 200, **values)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    def _lead_on(self, request: Request, wished: str) -> Response:
        return RedirectResponse(way_home(request.scope) + wished.lstrip("/"), 303, PAGE_HEADERS)
