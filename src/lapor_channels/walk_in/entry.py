"""The entry: an officer types in what a visitor says, or what a letter holds, and the visitor is given a receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import Problem, call
from lapor_channels.http.drafts import REPORT, Draft, empty_draft, read_draft, source_id
from lapor_channels.http.files import IDENTITY
from lapor_channels.http.forms import form_of
from lapor_channels.http.receipts import Receipts
from lapor_channels.http.sites import MOST_PARTS, faults
from lapor_channels.walk_in.counter import Counter, officer
from lapor_channels.walk_in.visitor import PAPER, VISITOR, read_received, read_visitor
from lapor_core.complaint import Proof, Purpose
from lapor_core.errors import BadValue, LaporError
from lapor_core.submission import Submission

__all__ = ["Entry"]

ORDER = ("name", "identity", "identity_number", "mobile", "email", "language", *REPORT, "uploads", *PAPER)


@attrs.frozen
class Entry:
    """The form of the counter."""

    counter: Counter
    receipts: Receipts

    def routes(self) -> Iterator[Route]:
        """Yield the route of this page."""
        yield Route("/", self.form, methods=["GET", "POST"])

    async def form(self, request: Request) -> Response:
        """Show an empty form, or take what was entered."""
        if request.method == "POST":
            return await self._take(request)
        return self._ask(request, empty_draft((*VISITOR, *REPORT, *PAPER)))

    async def _take(self, request: Request) -> Response:
        async with form_of(request, max_files=MOST_PARTS) as form:
            draft = self._read(request, form).joined(await self._files(request, form))
        own_id = source_id(draft.typed["form"], officer(request).id)
        submission = Submission(channel=self.counter.key, source_id=own_id, **draft.fields)
        wrong = self.counter.lacking(request, submission) | draft.wrong
        if wrong:
            return self._ask(request, draft.typed, self._problem(request, draft, wrong))
        try:
            receipt = await call(self.counter.desk.submit, submission)
        except LaporError as error:
            return self._ask(request, draft.typed, self.counter.refusal(request, error, draft.fields["uploads"]))
        return await self.receipts.hand_out(request, receipt)

    def _read(self, request: Request, form: FormData) -> Draft:
        desk, now = self.counter.desk, self.counter.desk.now()

        def say(error: LaporError) -> str:
            return self.counter.fault_text(request, error)

        received = read_received(form, now, self.counter.limits.paper_days, say)
        report = read_draft(form, desk.policy, now.date(), say)
        event = report.fields.get("event_date")
        if event and event > received.fields["received_at"].date():
            report.wrong["event_date"] = say(BadValue("it happened after it was received", code="after_received"))
        return read_visitor(form, say).joined(report, received)

    async def _files(self, request: Request, form: FormData) -> Draft:
        """Read the files; only a valid copy of an identity card is the proof."""
        identity, no_identity = await self.counter.uploads(request, form, "identity", IDENTITY, Purpose.IDENTITY)
        evidence, no_evidence = await self.counter.uploads(request, form)
        proofs = frozenset({Proof.IDENTITY_COPY} if identity else ())
        wrong = {
            name: text for problem in (no_identity, no_evidence) if problem for name, text in problem.by_field.items()
        }
        return Draft(typed={}, fields={"uploads": (*identity, *evidence), "proofs": proofs}, wrong=wrong)

    def _problem(self, request: Request, draft: Draft, wrong: dict[str, str]) -> Problem:
        """Everything that is wrong, in the order of the form; what is not shown again has to be written again."""
        if draft.typed["identity_number"]:
            wrong.setdefault("identity_number", self.counter.text(request, "entry.number_again"))
        told = {name: wrong[name] for name in (*ORDER, *wrong) if name in wrong}
        return faults(self.counter.text(request, "form.summary"), told)

    def _ask(self, request: Request, typed: Mapping[str, str], problem: Problem | None = None) -> Response:
        status = problem.status if problem else 200
        return self.counter.show(request, "entry.html", status=status, problem=problem, typed=typed)
