"""What becomes of a report, for whoever holds its code, and its PIN where it needs one; and the reply to it.

Both are posted, so no URL ever holds them.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lapor_channels.app.reading import receive, receive_with_files
from lapor_channels.http import call, clean, language_of, principal
from lapor_channels.http.allowing import may_do
from lapor_channels.http.downloads import download_response
from lapor_channels.http.limits import FileLimits
from lapor_core.complaint import personal
from lapor_core.errors import BadValue, Refused
from lapor_core.lifecycle import Action
from lapor_core.plugins.contracts import Desk
from lapor_core.structure import to_json

__all__ = ["Track"]


_OF_THE_REPORTER = frozenset(
    {Action.COMPLETE, Action.REPLY, Action.RATE, Action.ATTACH, Action.WITHDRAW, Action.REQUEST_ERASURE}
)
"""What has a route here."""


@attrs.frozen(kw_only=True)
class CodeBody:
    """What opens a report, so it is not shown in a ``repr``."""

    code: str = personal(default="")
    pin: str = personal(default="")


@attrs.frozen(kw_only=True)
class LostPinBody:
    """The code of the report whose PIN was lost."""

    code: str = personal(default="")


@attrs.frozen(kw_only=True)
class FileBody:
    """What opens a report, and which file of its answers is wanted."""

    code: str = personal(default="")
    pin: str = personal(default="")
    file: str = ""


@attrs.frozen(kw_only=True)
class ReplyBody:
    """The keys of a reply."""

    code: str = personal(default="")
    pin: str = personal(default="")
    text: str = personal(default="")


@attrs.frozen
class Track:
    """The routes for the holder of a code."""

    desk: Desk
    limits: FileLimits

    def routes(self) -> Iterator[Route]:
        """Yield the routes of this part."""
        yield Route("/track", self.track, methods=["POST"])
        yield Route("/files", self.file, methods=["POST"])
        yield Route("/replies", self.reply, methods=["POST"])
        yield Route("/pins", self.renew_pin, methods=["POST"])

    async def track(self, request: Request) -> Response:
        """Say what has become of a report."""
        body = await receive(request, CodeBody)
        tracking = await call(self.desk.track, clean(body.code), language_of(request), pin=clean(body.pin))
        may = [] if tracking.locked else sorted(_OF_THE_REPORTER & may_do(tracking.state))
        return JSONResponse({**to_json(tracking), "may": may, "may_reply": Action.REPLY in may})

    async def file(self, request: Request) -> Response:
        """Hand out a file that came with an answer."""
        body = await receive(request, FileBody)
        return download_response(await call(self.desk.download, clean(body.code), body.file, pin=clean(body.pin)))

    async def reply(self, request: Request) -> Response:
        """Take the reporter's reply."""
        body, uploads = await receive_with_files(request, ReplyBody, "reply", self.limits.rule)
        text = clean(body.text)
        if not text:
            raise BadValue("text: is empty", code="text_needed", field="text")
        await call(self.desk.reply, clean(body.code), text, uploads, pin=clean(body.pin))
        return Response(status_code=204)

    async def renew_pin(self, request: Request) -> Response:
        """Give another PIN to the account that sent a report."""
        if (who := principal(request)) is None:
            raise Refused("a PIN is renewed for the account that reported; sign in first", code="sign_in_needed")
        body = await receive(request, LostPinBody)
        receipt = await call(self.desk.renew_pin, clean(body.code), who)
        return JSONResponse(to_json(receipt), 201)
