"""The report: the form, and the receipt that follows it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import Problem, call, problem_of
from lapor_channels.http.files import uploads_from
from lapor_channels.http.forms import form_of
from lapor_channels.http.texts import field_text
from lapor_channels.web.cookies import Notes, put
from lapor_channels.web.draft import Draft, empty_draft, read_draft
from lapor_channels.web.receipts import RECEIPT, receipt_of, values_of
from lapor_channels.web.site import KEY, Site, faults
from lapor_core.errors import BadValue, LaporError, Missing
from lapor_core.plugins.contracts import Principal, Receipt
from lapor_core.requirements import missing
from lapor_core.submission import Submission, Upload

__all__ = ["Report"]

MOST_PARTS = 100  # more than any setting allows, so that a file too many is told at its field


@attrs.frozen
class Report:
    """The form for a report, and the receipt."""

    site: Site

    def routes(self) -> Iterator[Route]:
        """Yield the routes of these pages."""
        yield Route("/report", self.form, methods=["GET", "POST"])
        yield Route("/receipt", self.receipt)

    async def form(self, request: Request) -> Response:
        """Show the form, or take what was written into it; a stranger is asked for an account first."""
        who = self.site.citizen(request)
        if who is None:
            answer = self.site.go(request, "account")
            mark = "&" if "?" in answer.headers["location"] else "?"
            answer.headers["location"] += f"{mark}next=report"
            return answer
        if request.method == "POST":
            return await self._take(request, who)
        return self._ask(request, empty_draft(str(uuid.uuid4())))

    async def receipt(self, request: Request) -> Response:
        """Show the receipt again in the browser that sent the report."""
        notes = Notes(self.site.desk)
        values = await call(notes.read, RECEIPT, request.cookies.get(RECEIPT))
        if values is None:
            return self.site.show(request, "gone.html", status=404)
        return self.site.show(request, "receipt.html", receipt=receipt_of(values))

    async def _take(self, request: Request, who: Principal) -> Response:
        language = self.site.language(request)
        async with form_of(request, max_files=MOST_PARTS) as form:
            draft = read_draft(form, self.site.desk.policy, self.site.desk.now().date(), language)
            wrong = dict(draft.wrong)
            status = 422
            uploads: tuple[Upload, ...] = ()
            try:
                uploads = await uploads_from(form, rule=self.site.rule)
            except BadValue as error:
                fault = self.site.file_fault(request, error)
                status, wrong["uploads"] = fault.status, fault.message
        submission = self._submission(draft, who, uploads)
        wrong |= {piece.field: piece.text for piece in self._lacking(submission, language) if piece.field not in wrong}
        if wrong:
            summary = faults(self.site.text(request, "form.summary"), draft.in_order(wrong), status)
            return self._ask(request, draft.typed, summary)
        try:
            receipt = await call(self.site.desk.submit, submission)
        except LaporError as error:
            return self._ask(request, draft.typed, problem_of(error, language))
        return await self._receipt(request, receipt)

    def _ask(self, request: Request, typed: Mapping[str, str], problem: Problem | None = None) -> Response:
        status = problem.status if problem else 200
        policy = self.site.desk.policy
        agencies = [(agency.key, agency.name) for agency in policy.agencies]
        values = {"typed": typed, "required": policy.requirement(KEY).content, "agencies": agencies}
        return self.site.show(request, "report.html", status=status, problem=problem, **values)

    def _submission(self, draft: Draft, who: Principal, uploads: tuple[Upload, ...]) -> Submission:
        return Submission(
            channel=KEY,
            source_id=_source_id(draft.typed["form"], who.id),
            received_at=self.site.desk.now(),
            reporter=who.reporter,
            proofs=who.proofs,
            uploads=uploads,
            **draft.fields,
        )

    def _lacking(self, submission: Submission, language: str) -> Iterator[Missing]:
        for piece in missing(submission, self.site.desk.policy):
            yield attrs.evolve(piece, text=field_text(piece, language))

    async def _receipt(self, request: Request, receipt: Receipt) -> Response:
        until = self.site.desk.now() + timedelta(minutes=self.site.settings.receipt_minutes)
        note = await call(Notes(self.site.desk).write, RECEIPT, values_of(receipt), until)
        answer = self.site.go(request, "receipt")
        put(request, answer, RECEIPT, note, "receipt")
        return answer


def _source_id(form: str, person: str) -> str:
    """The one-time id of a form, made the person's own: nobody gets another's receipt by guessing or copying an id."""
    try:
        return str(uuid.uuid5(uuid.UUID(form), person))
    except ValueError:
        return str(uuid.uuid4())
