"""Who reports: an e-mail address and a mobile number, each proved by a one-time code, as the service standard asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import Problem, call, problem_of, text_of
from lapor_channels.http.contacts import LONGEST_NAME, international, is_email, is_name
from lapor_channels.http.forms import form_of
from lapor_channels.http.notes import drop, put
from lapor_channels.http.receipts import RECEIPT
from lapor_channels.http.sites import faults
from lapor_channels.http.texts import error_text
from lapor_channels.web.site import WebSite
from lapor_core.complaint import Proof, Reporter
from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import SESSION_COOKIE

__all__ = ["Account"]

FIELDS = ("name", "email", "mobile")
CODES: Mapping[str, Proof] = {"email_code": Proof.VERIFIED_EMAIL, "mobile_code": Proof.VERIFIED_MOBILE}


@attrs.frozen
class Account:
    """The pages that make a session: who, then the two codes."""

    site: WebSite

    def routes(self) -> Iterator[Route]:
        """Yield the routes of these pages."""
        yield Route("/account", self.who, methods=["GET", "POST"])
        yield Route("/account/confirm", self.confirm, methods=["GET", "POST"])
        yield Route("/account/leave", self.leave, methods=["POST"])

    async def who(self, request: Request) -> Response:
        """Ask who reports; when that is written, send the codes and ask for them."""
        if request.method != "POST":
            return self._ask(request, {})
        async with form_of(request) as form:
            typed = {name: text_of(form, name) for name in FIELDS}
        problem = self._problem(request, typed)
        if problem:
            return self._ask(request, typed, problem)
        reporter = Reporter(
            name=typed["name"],
            email=typed["email"],
            mobile=international(typed["mobile"]),
            language=self.site.language(request),
        )
        try:
            challenge = await call(self.site.desk.challenge, reporter)
        except LaporError as error:
            return self._ask(request, typed, problem_of(error, self.site.language(request)))
        return self.site.show(request, "confirm.html", challenge=challenge)

    async def confirm(self, request: Request) -> Response:
        """Take the two codes; a right pair opens the session and the way to the report."""
        if request.method != "POST":
            return self.site.go(request, "account")
        async with form_of(request) as form:
            challenge, codes = text_of(form, "challenge"), _codes(form)
        empty = {
            field: self.site.text(request, "confirm.no_code") for field, proof in CODES.items() if not codes[proof]
        }
        if empty:
            return self._again(request, challenge, faults(self.site.text(request, "confirm.no_code"), empty))
        try:
            token = await call(self.site.desk.confirm, challenge, codes)
        except LaporError as error:
            return self._again(request, challenge, problem_of(error, self.site.language(request)))
        answer = self.site.go(request, "report")
        put(request, answer, SESSION_COOKIE, token)
        return answer

    async def leave(self, request: Request) -> Response:
        """Make this browser forget the session and the receipt, for a computer that others use."""
        answer = self.site.go(request, "")
        drop(request, answer, SESSION_COOKIE)
        drop(request, answer, RECEIPT, "receipt")
        return answer

    def _ask(self, request: Request, typed: Mapping[str, str], problem: Problem | None = None) -> Response:
        first = request.query_params.get("next") == "report"
        status = problem.status if problem else 200
        return self.site.show(request, "account.html", status=status, typed=typed, problem=problem, first=first)

    def _again(self, request: Request, challenge: str, problem: Problem) -> Response:
        return self.site.show(request, "confirm.html", status=problem.status, challenge=challenge, problem=problem)

    def _problem(self, request: Request, typed: Mapping[str, str]) -> Problem | None:
        wrong = {}
        if not is_name(typed["name"]):
            wrong["name"] = self.site.text(request, "account.bad_name", limit=LONGEST_NAME)
        if not is_email(typed["email"]):
            wrong["email"] = self.site.text(request, "account.bad_email")
        if not international(typed["mobile"]):
            wrong["mobile"] = error_text("bad_mobile", self.site.language(request))
        return faults(self.site.text(request, "form.summary"), wrong) if wrong else None


def _codes(form: FormData) -> dict[Proof, str]:
    """The codes without the spaces people put into them."""
    return {proof: "".join(text_of(form, field).split()) for field, proof in CODES.items()}
