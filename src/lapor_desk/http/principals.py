"""Who calls: the reporter or the officer behind a cookie or a bearer token."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from lapor_core.plugins.contracts import PRINCIPAL, SESSION_COOKIE, WAY_OUT, ASGIApp, Principal, WayOut, bearer_of
from lapor_desk.accounts import Accounts
from lapor_desk.callers import called_from
from lapor_desk.http.answers import Receive, Scope, Send, answer, is_browsing, redirect, unsent, wants_a_page
from lapor_desk.http.budgets import address_of
from lapor_desk.http.guards import csrf_token
from lapor_desk.http.paths import here, way_home
from lapor_desk.http.unsent import unsent_texts
from lapor_desk.officers import Officer, Officers
from lapor_desk.sites import CONSOLE

__all__ = ["OFFICER", "OFFICER_COOKIE", "Citizens", "OfficersOnly", "is_by_bearer", "token_of"]

OFFICER_COOKIE = "lapor_officer"
"""Name of the cookie in which a browser carries an officer's session token."""

OFFICER = "lapor.officer"
"""Key of the ASGI scope under which the console finds the officer; channels are given the principal only."""


def token_of(request: Request, cookie: str) -> str | None:
    """Return the session token of a request: the one of ``Authorization: Bearer`` where there is one, else the cookie's."""
    return _bearer(request) or request.cookies.get(cookie) or None


def is_by_bearer(request: Request) -> bool:
    """Return whether a token came in ``Authorization: Bearer``, which no browser sends by itself."""
    return _bearer(request) is not None


def _bearer(request: Request) -> str | None:
    return bearer_of(request.headers.get("authorization"))


class Citizens:
    """Lets everybody in, and says who has an account, and from where they call."""

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self._app = app
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = token_of(Request(scope), SESSION_COOKIE)
        principal = await run_in_threadpool(self._accounts.principal, token) if token else None
        if principal is not None:
            scope[PRINCIPAL] = principal
        with called_from(address_of(scope)):
            await self._app(scope, receive, send)


class OfficersOnly:
    """Lets in officers who are signed in, and says who they are; others are shown the way to sign in, or refused."""

    def __init__(self, app: ASGIApp, officers: Officers, *, open_to_all: tuple[str, ...] = ()) -> None:
        self._app = app
        self._officers = officers
        self._open = open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        officer = await self._officer(scope)
        if officer is not None:
            scope[PRINCIPAL] = Principal(id=officer.id, role=officer.role)
            scope[OFFICER] = officer
            scope[WAY_OUT] = _way_out(scope, officer)
        elif not self._is_open(scope):
            await _refuse(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _officer(self, scope: Scope) -> Officer | None:
        token = token_of(Request(scope), OFFICER_COOKIE)
        return await run_in_threadpool(self._officers.officer, token) if token else None

    def _is_open(self, scope: Scope) -> bool:
        return str(scope["path"]).removeprefix(scope["root_path"]).startswith(self._open) if self._open else False


def _way_out(scope: Scope, officer: Officer) -> WayOut:
    console = f"{way_home(scope)}{CONSOLE[1:]}/"
    session = token_of(Request(scope), OFFICER_COOKIE) or ""
    return WayOut(
        console=console,
        sign_out=f"{console}logout",
        token=csrf_token(session),
        name=officer.name or officer.login,
    )


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    console = f"{way_home(scope)}{CONSOLE[1:]}/"
    if is_browsing(scope):
        await redirect(scope, receive, send, f"{console}login?next={quote(here(scope), safe='/')}")
        return
    request = Request(scope, receive)
    if wants_a_page(request.headers) and (texts := await unsent_texts(request)):
        await unsent(request, texts, f"{console}login")(scope, receive, send)
        return
    await answer(scope, receive, send, status=401, code="sign_in_needed", headers={"WWW-Authenticate": "Bearer"})
