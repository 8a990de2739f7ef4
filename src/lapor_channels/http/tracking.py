"""Tracking: what becomes of a report, shown to whoever holds its code, and its PIN where it needs one.

Both are posted, so no URL ever holds them. Who brings the code alone of a report with a PIN sees its status and is asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

import attrs
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import Problem, call, problem_of, text_of
from lapor_channels.http.allowing import may_do
from lapor_channels.http.downloads import download_response
from lapor_channels.http.drafts import REPORT, too_long
from lapor_channels.http.forms import form_of
from lapor_channels.http.notes import Notes, drop, put
from lapor_channels.http.problems import OF_THE_PIN
from lapor_channels.http.sites import MOST_PARTS, Site, faults
from lapor_core.errors import BadValue, LaporError, NotFound, Refused
from lapor_core.plugins.contracts import Tracking
from lapor_core.submission import Upload

__all__ = ["Key", "Track"]

REPLIED = "lapor_replied"
"""The cookie, and purpose, of the note that leads from what was done back to its report; it is shown once."""

_SHOWN_WITHIN = timedelta(minutes=1)

LONGEST_CODE = 64
NOTHING: Mapping[str, str] = MappingProxyType({})
WRITTEN = ("stars", "outcome", "why", "remark", "reason", "wish", *REPORT, "category")
"""What the forms below a report take beside a reply: carried along while its PIN is asked for again."""


@attrs.frozen(kw_only=True)
class Key:
    """What opens a report.

    Attributes:
        code: The tracking code.
        pin: The PIN; empty where none was given.
        asked: Whether the form had a field for the PIN.
    """

    code: str = attrs.field(repr=False)
    pin: str = attrs.field(default="", repr=False)
    asked: bool = False

    @classmethod
    def of(cls, form: FormData) -> Key:
        """Return the key that came with a form."""
        code, pin = (text_of(form, name)[:LONGEST_CODE] for name in ("code", "pin"))
        return cls(code=code, pin=pin, asked="pin" in form)


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
            key, text = Key.of(form), text_of(form, "text")
            written = {name: text_of(form, name) for name in WRITTEN}
        return await self.opened(request, key, text, written=written)

    async def file(self, request: Request) -> Response:
        """Hand out a file that came with an answer."""
        async with form_of(request) as form:
            key, file = Key.of(form), text_of(form, "file")
        try:
            return download_response(await call(self.site.desk.download, key.code, file, pin=key.pin))
        except LaporError as error:
            text = self.site.fault_text(request, error)
            problem = Problem(status=404, code=error.code, message=text) if error.code == "unknown_file" else None
            return await self.refused(request, key, error, problem)

    async def reply(self, request: Request) -> Response:
        """Take the reporter's reply, then lead back to the report."""
        async with form_of(request, max_files=MOST_PARTS) as form:
            key, text = Key.of(form), text_of(form, "text")
            uploads, problem = await self.site.uploads(request, form)
        if wrong := self._wrong(request, text):
            problem = faults(wrong, {"text": wrong} | (problem.by_field if problem else {}))
        if problem:
            return await self.opened(request, key, text, problem)
        try:
            await call(self.site.desk.reply, key.code, text, uploads, pin=key.pin)
        except LaporError as error:
            return await self.refused(request, key, error, self.refusal(request, error, uploads), text=text)
        return await self.done(request, key, "reply")

    def _wrong(self, request: Request, text: str) -> str:
        if not text:
            return self.site.text(request, "track.reply_empty")
        error = too_long(text)
        return self.site.fault_text(request, error) if error else ""

    async def opened(
        self,
        request: Request,
        key: Key,
        text: str = "",
        problem: Problem | None = None,
        *,
        written: Mapping[str, str] = NOTHING,
        done: str = "",
    ) -> Response:
        """Return the report, with the reply, or what else was ``written``, that could not be taken."""
        try:
            tracking = await call(self.site.desk.track, key.code, self.site.language(request), pin=key.pin)
        except LaporError as error:
            return await self._shut(request, key, error, text, written)
        if tracking.locked and key.asked and problem is None:
            needed = Refused("the form came without a PIN", code="pin_needed")
            return await self._shut(request, key, needed, text, written)
        return self._report(request, tracking, key, typed=text, problem=problem, written=written, done=done)

    async def refused(
        self,
        request: Request,
        key: Key,
        error: LaporError,
        problem: Problem | None,
        *,
        text: str = "",
        written: Mapping[str, str] = NOTHING,
    ) -> Response:
        """Return the report with the problem that the desk would not do something; or ask for what opens it, if that was why."""
        if error.code in OF_THE_PIN or problem is None:
            return await self._shut(request, key, error, text, written)
        return await self.opened(request, key, text, problem, written=written)

    async def _shut(
        self, request: Request, key: Key, error: LaporError, text: str, written: Mapping[str, str]
    ) -> Response:
        """Ask for the PIN again and carry on what was written, or for the code; a try that failed is not tried twice."""
        if error.code not in OF_THE_PIN:
            return self._not_there(request, key.code, error)
        tracking = await call(self.site.desk.track, key.code, self.site.language(request))
        told = problem_of(error, self.site.language(request))
        problem = faults(told.message, {"pin": told.message}, told.status)
        return self._report(request, tracking, Key(code=key.code), typed=text, problem=problem, written=written)

    async def _after_reply(self, request: Request) -> Response | None:
        values = await call(self._notes.read, REPLIED, request.cookies.get(REPLIED))
        if values is None:
            return None
        key = Key(code=values["code"], pin=values.get("pin", ""))
        answer = await self.opened(request, key, done=values["done"])
        drop(request, answer, REPLIED, "track")
        return answer

    async def done(self, request: Request, key: Key, what: str) -> Response:
        """Lead back to the report, and say there once that ``what`` was done."""
        until = self.site.desk.now() + _SHOWN_WITHIN
        note = await call(self._notes.write, REPLIED, {"code": key.code, "pin": key.pin, "done": what}, until)
        answer = self.site.go(request, "track")
        put(request, answer, REPLIED, note, "track", lasting=_SHOWN_WITHIN)
        return answer

    def _ask(self, request: Request, code: str = "", problem: Problem | None = None) -> Response:
        status = problem.status if problem else 200
        return self.site.show(request, "track.html", status=status, typed=code, problem=problem)

    def _not_there(self, request: Request, code: str, error: LaporError) -> Response:
        if not isinstance(error, BadValue | NotFound):
            raise error
        if isinstance(error, NotFound):
            text = self.site.text(request, "track.unknown")
            return self._ask(request, code, faults(text, {"code": text}, 404))
        problem = problem_of(error, self.site.language(request))
        return self._ask(request, code, faults(problem.message, {"code": problem.message}))

    def _report(
        self, request: Request, tracking: Tracking, key: Key, *, problem: Problem | None, **values: object
    ) -> Response:
        status, may = problem.status if problem else 200, may_do(tracking.state)
        seen = {"tracking": tracking, "pin": key.pin, "may": may, "problem": problem, "done": "", **values}
        return self.site.show(request, "tracking.html", status=status, **seen)

    def refusal(self, request: Request, error: LaporError, uploads: Sequence[Upload]) -> Problem:
        """Return why the desk would not do it."""
        problem = self.site.refusal(request, error, uploads)
        refused = self.site.text(request, "track.refused")
        return problem if problem.fields else attrs.evolve(problem, message=refused)
