"""What the holder of a code may do beside replying: complete it, rate the answer, add files, take the report back, ask for erasure."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.app.reading import receive, receive_with_files
from lapor_channels.app.report_body import ContentBody, fields_of
from lapor_channels.app.reports import KEY
from lapor_channels.http import bad_fields, call, clean
from lapor_channels.http.limits import FileLimits
from lapor_core.complaint import Rating, Reporter, personal
from lapor_core.errors import BadValue
from lapor_core.lifecycle import Outcome
from lapor_core.plugins.contracts import Desk
from lapor_core.submission import Submission, Upload

__all__ = ["Acts"]


@attrs.frozen(kw_only=True)
class CompletionBody(ContentBody):
    """The keys of what an incomplete report lacked; what it has already is left out."""

    code: str = personal(default="")
    pin: str = personal(default="")


@attrs.frozen(kw_only=True)
class RatingBody:
    """The keys of a rating; the text says why, where the matter is not settled or the answer is disputed."""

    code: str = personal(default="")
    pin: str = personal(default="")
    stars: int
    outcome: str
    text: str = personal(default="")


@attrs.frozen(kw_only=True)
class AttachmentBody:
    """The keys that go with files."""

    code: str = personal(default="")
    pin: str = personal(default="")
    text: str = personal(default="")


@attrs.frozen(kw_only=True)
class WithdrawalBody:
    """The keys of a withdrawal."""

    code: str = personal(default="")
    pin: str = personal(default="")
    reason: str = personal(default="")


@attrs.frozen(kw_only=True)
class ErasureRequestBody:
    """The keys of a request for erasure."""

    code: str = personal(default="")
    pin: str = personal(default="")
    reason: str = personal(default="")


@attrs.frozen
class Acts:
    """The routes for what is done to a report by whoever holds its code, and its PIN where it needs one."""

    desk: Desk
    limits: FileLimits

    def routes(self) -> Iterator[Route]:
        """Yield the routes of this part."""
        yield Route("/completions", self.complete, methods=["POST"])
        yield Route("/ratings", self.rate, methods=["POST"])
        yield Route("/attachments", self.attach, methods=["POST"])
        yield Route("/withdrawals", self.withdraw, methods=["POST"])
        yield Route("/erasure-requests", self.request_erasure, methods=["POST"])

    async def complete(self, request: Request) -> Response:
        """Take what an incomplete report lacked."""
        body, uploads = await receive_with_files(request, CompletionBody, "completion", self.limits.rule)
        await call(self.desk.complete, clean(body.code), self._brought(body, uploads), pin=clean(body.pin))
        return Response(status_code=204)

    def _brought(self, body: CompletionBody, uploads: tuple[Upload, ...]) -> Submission:
        now = self.desk.now()
        fields, faults = fields_of(body, self.desk.policy, now)
        if faults:
            raise bad_fields(faults)
        unnamed = Reporter()  # the report has its reporter; whoever holds its code need not have the account
        return Submission(
            channel=KEY, source_id="completion", received_at=now, reporter=unnamed, uploads=uploads, **fields
        )

    async def rate(self, request: Request) -> Response:
        """Take what the reporter thinks of the answer: it closes the report, opens it again, or appeals."""
        body = await receive(request, RatingBody)
        rating, text = _rating(body), clean(body.text)
        await call(self.desk.rate, clean(body.code), rating, text, pin=clean(body.pin))
        return Response(status_code=204)

    async def attach(self, request: Request) -> Response:
        """Take files that come later."""
        body, uploads = await receive_with_files(request, AttachmentBody, "attachment", self.limits.rule)
        await call(self.desk.attach, clean(body.code), uploads, clean(body.text), pin=clean(body.pin))
        return Response(status_code=204)

    async def withdraw(self, request: Request) -> Response:
        """Take the report back."""
        body = await receive(request, WithdrawalBody)
        await call(self.desk.withdraw, clean(body.code), clean(body.reason), pin=clean(body.pin))
        return Response(status_code=204)

    async def request_erasure(self, request: Request) -> Response:
        """Take the wish that the reporter's data be erased."""
        body = await receive(request, ErasureRequestBody)
        await call(self.desk.request_erasure, clean(body.code), clean(body.reason), pin=clean(body.pin))
        return Response(status_code=204)


def _rating(body: RatingBody) -> Rating:
    """Return the rating, or tell everything that is wrong with it."""
    faults = [*_wrong_outcome(body.outcome), *_wrong_stars(body.stars)]
    if faults:
        raise bad_fields(faults)
    return Rating(stars=body.stars, outcome=Outcome(body.outcome))


def _wrong_outcome(outcome: str) -> Iterator[BadValue]:
    if outcome not in set(Outcome):
        message = f"outcome: not one of those that there are ({', '.join(Outcome)})"
        yield BadValue(message, code="unknown_outcome", field="outcome", allowed=tuple(Outcome))


def _wrong_stars(stars: int) -> Iterator[BadValue]:
    try:
        Rating(stars=stars, outcome=Outcome.SETTLED)
    except BadValue as error:
        yield error
