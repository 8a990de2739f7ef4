"""The report: the form, which leads to a receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import Problem, call, text_of
from lapor_channels.http.drafts import REPORT, Draft, empty_draft, read_draft, source_id
from lapor_channels.http.forms import form_of
from lapor_channels.http.receipts import Receipts
from lapor_channels.http.sites import MOST_PARTS, faults
from lapor_channels.web.site import WebSite
from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import Principal
from lapor_core.politeness import advise
from lapor_core.submission import Submission, Upload

__all__ = ["Report"]


@attrs.frozen
class Report:
    """The form for a report."""

    site: WebSite
    receipts: Receipts

    def routes(self) -> Iterator[Route]:
        """Yield the route of this page."""
        yield Route("/report", self.form, methods=["GET", "POST"])

    async def form(self, request: Request) -> Response:
        """Show the form, or take what was written into it; a stranger is asked for an account first."""
        if request.method == "POST":
            return await self._take(request)
        if self.site.citizen(request) is not None:
            return self._ask(request, empty_draft())
        answer = self.site.go(request, "account")
        mark = "&" if "?" in answer.headers["location"] else "?"
        answer.headers["location"] += f"{mark}next=report"
        return answer

    async def _take(self, request: Request) -> Response:
        desk = self.site.desk
        async with form_of(request, max_files=MOST_PARTS) as form:
            draft = read_draft(form, desk.policy, desk.now().date(), lambda error: self.site.fault_text(request, error))
            uploads, problem = await self.site.uploads(request, form)
            reviewed = bool(text_of(form, "reviewed"))
        who = self.site.citizen(request)
        if who is None:
            return self.site.ask_again(request, draft.typed)
        submission = self._submission(draft, who, uploads)
        wrong = self.site.lacking(request, submission) | draft.wrong | (problem.by_field if problem else {})
        if wrong:
            told = {name: wrong[name] for name in (*REPORT, *wrong) if name in wrong}
            summary = faults(self.site.text(request, "form.summary"), told, problem.status if problem else 422)
            return self._ask(request, draft.typed, summary)
        if not reviewed and not uploads and (words := self._coarse(draft.typed)):
            return self.site.show(request, "report.html", typed=draft.typed, coarse=words)
        try:
            receipt = await call(desk.submit, submission)
        except LaporError as error:
            return self._ask(request, draft.typed, self.site.refusal(request, error, uploads))
        return await self.receipts.hand_out(request, receipt)

    def _coarse(self, typed: Mapping[str, str]) -> tuple[str, ...]:
        """Return what the citizen may want to say more politely, as it was written; it is taken all the same.

        It is asked once, and not of a report with files: they would have to be chosen a second time for a hint.
        """
        written = "\n".join(typed[name] for name in ("title", "narrative"))
        found = advise(written, self.site.desk.policy)
        return tuple(dict.fromkeys(written[one.start : one.end] for one in found))

    def _ask(self, request: Request, typed: Mapping[str, str], problem: Problem | None = None) -> Response:
        status = problem.status if problem else 200
        return self.site.show(request, "report.html", status=status, problem=problem, typed=typed)

    def _submission(self, draft: Draft, who: Principal, uploads: tuple[Upload, ...]) -> Submission:
        return Submission(
            channel=self.site.key,
            source_id=source_id(draft.typed["form"], who.id),
            received_at=self.site.desk.now(),
            reporter=who.reporter,
            proofs=who.proofs,
            uploads=uploads,
            **draft.fields,
        )
