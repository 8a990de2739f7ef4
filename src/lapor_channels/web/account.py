"""Who reports: an e-mail address and a mobile number, each proved by a one-time code, as the service standard asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

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
from lapor_channels.web.kept import kept_in
from lapor_channels.web.site import WebSite
from lapor_core.complaint import Proof, Reporter
from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import PRINCIPAL, SESSION_COOKIE

__all__ = ["Account"]

NOTHING: Mapping[str, str] = MappingProxyType({})
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
            typed, kept = {name: text_of(form, name) for name in FIELDS}, kept_in(form)
            back = bool(text_of(form, "back"))
        if back:
            return self._ask(request, {}, kept=kept)
        problem = self._problem(request, typed)
        if problem:
            return self._ask(request, typed, problem, kept)
        reporter = Reporter(
            name=typed["name"],
            email=typed["email"],
            mobile=international(typed["mobile"]),
            language=self.site.language(request),
        )
        try:
            challenge = await call(self.site.desk.challenge, reporter)
        except LaporError as error:
            return self._ask(request, typed, problem_of(error, self.site.language(request)), kept)
        return self.site.show(request, "confirm.html", challenge=challenge, kept=kept)

    async def confirm(self, request: Request) -> Response:
        """Take the two codes; a right pair opens the session, in place of any other, and the way to the report."""
        if request.method != "POST":
            return self.site.go(request, "account")
        async with form_of(request) as form:
            challenge, codes, kept = text_of(form, "challenge"), _codes(form), kept_in(form)
        if kept and self.site.citizen(request):  # the page that followed was loaded again
            return self._back_to_the_report(request, kept)
        empty = {
            field: self.site.text(request, "confirm.no_code") for field, proof in CODES.items() if not codes[proof]
        }
        if empty:
            return self._again(request, challenge, faults(self.site.text(request, "confirm.no_code"), empty), kept)
        try:
            token = await call(self.site.desk.confirm, challenge, codes)
        except LaporError as error:
            return self._again(request, challenge, problem_of(error, self.site.language(request)), kept)
        await self._end_session(request)
        request.scope[PRINCIPAL] = await call(self.site.desk.principal, token)
        answer = self._back_to_the_report(request, kept)
        put(request, answer, SESSION_COOKIE, token)
        return answer

    async def _end_session(self, request: Request) -> None:
        if token := request.cookies.get(SESSION_COOKIE):
            await call(self.site.desk.sign_out, token)

    def _back_to_the_report(self, request: Request, kept: Mapping[str, str]) -> Response:
        """Lead to an empty form, or show the one that was written before the session had ended."""
        if kept and self.site.citizen(request):
            return self.site.show(request, "report.html", typed=kept, found_again=True)
        return self.site.go(request, "report")

    async def leave(self, request: Request) -> Response:
        """End the session, and make this browser forget it and the receipt, for a computer that others use."""
        await self._end_session(request)
        answer = self.site.go(request, "")
        drop(request, answer, SESSION_COOKIE)
        drop(request, answer, RECEIPT, "receipt")
        return answer

    def _ask(
        self,
        request: Request,
        typed: Mapping[str, str],
        problem: Problem | None = None,
        kept: Mapping[str, str] = NOTHING,
    ) -> Response:
        first = request.query_params.get("next") == "report"
        status = problem.status if problem else 200
        values = {"typed": typed, "problem": problem, "first": first, "kept": kept}
        return self.site.show(request, "account.html", status=status, **values)

    def _again(self, request: Request, challenge: str, problem: Problem, kept: Mapping[str, str]) -> Response:
        values = {"challenge": challenge, "problem": problem, "kept": kept}
        return self.site.show(request, "confirm.html", status=problem.status, **values)

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
