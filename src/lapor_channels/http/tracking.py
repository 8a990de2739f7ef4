"""Tracking: what becomes of a report, shown to whoever holds its code. The code is posted, so no URL ever holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import Problem, call, problem_of, text_of
from lapor_channels.http.allowing import may_do
from lapor_channels.http.downloads import download_response
from lapor_channels.http.drafts import too_long
from lapor_channels.http.forms import form_of
from lapor_channels.http.notes import Notes, drop, put
from lapor_channels.http.sites import MOST_PARTS, Site, faults
from lapor_core.errors import BadValue, LaporError, NotFound
from lapor_core.plugins.contracts import Tracking
from lapor_core.submission import Upload

__all__ = ["Track"]

REPLIED = "lapor_replied"
"""The cookie, and purpose, of the note that leads from what was done back to its report; it is shown once."""

LONGEST_CODE = 64
NOTHING: Mapping[str, str] = MappingProxyType({})


@attrs.frozen
class Track:
    """The form for a code, the report behind it, and the reply to it."""

    site: Site

    @property
    def _notes(self) -> Notes:
        return Notes(self.site.desk, self.site.key)

    def routes(self) -> Iterator[Route]:
        """Yield the routes of these pages."""
        yield Route("/track", self.page, methods=["GET", "POST"])
        yield Route("/track/file", self.file, methods=["POST"])
        yield Route("/track/reply", self.reply, methods=["POST"])

    async def page(self, request: Request) -> Response:
        """Ask for a code, or show the report of the code that was posted."""
        if request.method != "POST":
            return await self._after_reply(request) or self._ask(request)
        async with form_of(request) as form:
            code = text_of(form, "code")[:LONGEST_CODE]
        return await self.opened(request, code)

    async def file(self, request: Request) -> Response:
        """Hand out a file that came with an answer."""
        async with form_of(request) as form:
            code, file = text_of(form, "code")[:LONGEST_CODE], text_of(form, "file")
        try:
            return download_response(await call(self.site.desk.download, code, file))
        except (BadValue, NotFound) as error:
            if error.code == "unknown_file":
                text = self.site.fault_text(request, error)
                return await self.opened(request, code, problem=Problem(status=404, code=error.code, message=text))
            return self._not_there(request, code, error)

    async def reply(self, request: Request) -> Response:
        """Take the reporter's reply, then lead back to the report."""
        async with form_of(request, max_files=MOST_PARTS) as form:
            code, text = text_of(form, "code")[:LONGEST_CODE], text_of(form, "text")
            uploads, problem = await self.site.uploads(request, form)
        if wrong := self._wrong(request, text):
            problem = faults(wrong, {"text": wrong} | (problem.by_field if problem else {}))
        if problem:
            return await self.opened(request, code, text, problem)
        try:
            await call(self.site.desk.reply, code, text, uploads)
        except LaporError as error:
            return await self.opened(request, code, text, self.refusal(request, error, uploads))
        return await self.done(request, code, "reply")

    def _wrong(self, request: Request, text: str) -> str:
        if not text:
            return self.site.text(request, "track.reply_empty")
        error = too_long(text)
        return self.site.fault_text(request, error) if error else ""

    async def opened(
        self,
        request: Request,
        code: str,
        text: str = "",
        problem: Problem | None = None,
        written: Mapping[str, str] = NOTHING,
    ) -> Response:
        """Return the report, with the reply, or what else was ``written``, that could not be taken."""
        try:
            tracking = await call(self.site.desk.track, code, self.site.language(request))
        except (BadValue, NotFound) as error:
            return self._not_there(request, code, error)
        status = problem.status if problem else 200
        return self._report(request, tracking, status=status, typed=text, problem=problem, written=written)

    async def _after_reply(self, request: Request) -> Response | None:
        values = await call(self._notes.read, REPLIED, request.cookies.get(REPLIED))
        if values is None:
            return None
        tracking = await call(self.site.desk.track, values["code"], self.site.language(request))
        answer = self._report(request, tracking, done=values["done"])
        drop(request, answer, REPLIED, "track")
        return answer

    async def done(self, request: Request, code: str, what: str) -> Response:
        """Lead back to the report, and say there once that ``what`` was done."""
        until = self.site.desk.now() + timedelta(minutes=1)
        note = await call(self._notes.write, REPLIED, {"code": code, "done": what}, until)
        answer = self.site.go(request, "track")
        put(request, answer, REPLIED, note, "track")
        return answer

    def _ask(self, request: Request, code: str = "", problem: Problem | None = None) -> Response:
        status = problem.status if problem else 200
        return self.site.show(request, "track.html", status=status, typed=code, problem=problem)

    def _not_there(self, request: Request, code: str, error: LaporError) -> Response:
        if isinstance(error, NotFound):
            text = self.site.text(request, "track.unknown")
            return self._ask(request, code, faults(text, {"code": text}, 404))
        problem = problem_of(error, self.site.language(request))
        return self._ask(request, code, faults(problem.message, {"code": problem.message}))

    def _report(self, request: Request, tracking: Tracking, status: int = 200, **values: object) -> Response:
        seen: Mapping[str, object] = {"done": "", "typed": "", "problem": None, "written": NOTHING} | values
        may = may_do(tracking.state)
        return self.site.show(request, "tracking.html", status=status, tracking=tracking, may=may, **seen)

    def refusal(self, request: Request, error: LaporError, uploads: Sequence[Upload]) -> Problem:
        """Return why the desk would not do it."""
        problem = self.site.refusal(request, error, uploads)
        refused = self.site.text(request, "track.refused")
        return problem if problem.fields else attrs.evolve(problem, message=refused)
