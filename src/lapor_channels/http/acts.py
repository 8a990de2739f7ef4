"""What the holder of a code may do beside replying: rate the answer, add files, take the report back, ask for erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import attrs
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import call, text_of
from lapor_channels.http.drafts import too_long
from lapor_channels.http.forms import form_of
from lapor_channels.http.sites import MOST_PARTS, faults
from lapor_channels.http.tracking import Key, Track
from lapor_core.complaint import Rating
from lapor_core.errors import LaporError
from lapor_core.lifecycle import Outcome
from lapor_core.plugins.contracts import Desk
from lapor_core.submission import Upload

__all__ = ["Acts"]

MORE = "more"
"""The field of files that come later: a page has no two fields of one name."""

STARS = ("5", "4", "3", "2", "1")


@attrs.frozen
class Acts:
    """The forms below a report; each leads back to it, with what was typed where it cannot be taken."""

    track: Track

    def routes(self) -> Iterator[Route]:
        """Yield the routes of these forms."""
        yield Route("/track/rate", self.rate, methods=["POST"])
        yield Route("/track/attach", self.attach, methods=["POST"])
        yield Route("/track/withdraw", self.withdraw, methods=["POST"])
        yield Route("/track/erasure", self.request_erasure, methods=["POST"])

    async def rate(self, request: Request) -> Response:
        """Take what the reporter thinks of the answer: it closes the report, opens it again, or appeals."""
        async with form_of(request) as form:
            sent = _Sent.of(form, "stars", "outcome", "why")
        wrong = dict(self._wrong_rating(request, sent.written))
        if wrong:
            return await self._again(request, sent, wrong)
        rating = Rating(stars=int(sent.written["stars"]), outcome=Outcome(sent.written["outcome"]))
        return await self._do(
            request, sent, "rate", lambda desk: desk.rate(sent.key.code, rating, sent.written["why"], pin=sent.key.pin)
        )

    async def attach(self, request: Request) -> Response:
        """Take files that come later."""
        async with form_of(request, max_files=MOST_PARTS) as form:
            sent = _Sent.of(form, "remark")
            uploads, problem = await self.track.site.uploads(request, form, MORE)
        wrong = dict(problem.by_field) if problem else {}
        if not uploads and not wrong:
            wrong = {MORE: self.track.site.text(request, "track.more_needed")}
        wrong |= self._too_long(request, sent.written)
        if wrong:
            return await self._again(request, sent, wrong)
        sent = attrs.evolve(sent, uploads=uploads)
        return await self._do(
            request,
            sent,
            "attach",
            lambda desk: desk.attach(sent.key.code, uploads, sent.written["remark"], pin=sent.key.pin),
        )

    async def withdraw(self, request: Request) -> Response:
        """Take the report back."""
        async with form_of(request) as form:
            sent = _Sent.of(form, "reason")
        if wrong := self._too_long(request, sent.written):
            return await self._again(request, sent, wrong)
        return await self._do(
            request,
            sent,
            "withdraw",
            lambda desk: desk.withdraw(sent.key.code, sent.written["reason"], pin=sent.key.pin),
        )

    async def request_erasure(self, request: Request) -> Response:
        """Take the wish that the reporter's data be erased."""
        async with form_of(request) as form:
            sent = _Sent.of(form, "wish")
        if wrong := self._too_long(request, sent.written):
            return await self._again(request, sent, wrong)
        return await self._do(
            request,
            sent,
            "erasure",
            lambda desk: desk.request_erasure(sent.key.code, sent.written["wish"], pin=sent.key.pin),
        )

    def _wrong_rating(self, request: Request, written: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        say = self.track.site.text
        if written["stars"] not in STARS:
            yield "stars", say(request, "track.stars_needed")
        if written["outcome"] not in set(Outcome):
            yield "outcome", say(request, "track.outcome_needed")
        elif written["outcome"] != Outcome.SETTLED and not written["why"]:
            yield "why", say(request, "track.why_needed")
        yield from self._too_long(request, written).items()

    def _too_long(self, request: Request, written: Mapping[str, str]) -> dict[str, str]:
        found = {name: too_long(text) for name, text in written.items()}
        return {name: self.track.site.fault_text(request, error) for name, error in found.items() if error}

    async def _do(self, request: Request, sent: _Sent, what: str, act: Callable[[Desk], None]) -> Response:
        try:
            await call(act, self.track.site.desk)
        except LaporError as error:
            problem = self.track.site.refusal(request, error, sent.uploads, MORE)
            return await self.track.refused(request, sent.key, error, problem, written=sent.written)
        return await self.track.done(request, sent.key, what)

    async def _again(self, request: Request, sent: _Sent, wrong: Mapping[str, str]) -> Response:
        problem = faults(next(iter(wrong.values())), wrong)
        return await self.track.opened(request, sent.key, problem=problem, written=sent.written)


@attrs.frozen(kw_only=True)
class _Sent:
    """What came with a form: what opens the report, and what was written."""

    key: Key
    written: Mapping[str, str] = attrs.field(repr=False)
    uploads: tuple[Upload, ...] = ()

    @classmethod
    def of(cls, form: FormData, *names: str) -> _Sent:
        return cls(key=Key.of(form), written={name: text_of(form, name) for name in names})
