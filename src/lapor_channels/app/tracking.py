"""What becomes of a report, for whoever holds its code, and the reply to it. The code is posted, so no URL ever holds it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lapor_channels.app.reading import receive, receive_with_files
from lapor_channels.http import call, clean, language_of
from lapor_channels.http.allowing import may_do
from lapor_channels.http.downloads import download_response
from lapor_channels.http.limits import FileLimits
from lapor_core.complaint import personal
from lapor_core.errors import BadValue
from lapor_core.lifecycle import Action
from lapor_core.plugins.contracts import Desk
from lapor_core.structure import to_json

__all__ = ["Track"]


_OF_THE_REPORTER = frozenset({Action.REPLY, Action.RATE, Action.ATTACH, Action.WITHDRAW, Action.REQUEST_ERASURE})
"""What has a route here."""


@attrs.frozen(kw_only=True)
class CodeBody:
    """The code of a report; it opens the report, so it is not shown in a ``repr``."""

    code: str = personal(default="")


@attrs.frozen(kw_only=True)
class FileBody:
    """The code of a report, and which file of its answers is wanted."""

    code: str = personal(default="")
    file: str = ""


@attrs.frozen(kw_only=True)
class ReplyBody:
    """The keys of a reply."""

    code: str = personal(default="")
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

    async def track(self, request: Request) -> Response:
        """Say what has become of a report."""
        body = await receive(request, CodeBody)
        tracking = await call(self.desk.track, clean(body.code), language_of(request))
        may = sorted(_OF_THE_REPORTER & may_do(tracking.state))
        return JSONResponse({**to_json(tracking), "may": may, "may_reply": Action.REPLY in may})

    async def file(self, request: Request) -> Response:
        """Hand out a file that came with an answer."""
        body = await receive(request, FileBody)
        return download_response(await call(self.desk.download, clean(body.code), body.file))

    async def reply(self, request: Request) -> Response:
        """Take the reporter's reply."""
        body, uploads = await receive_with_files(request, ReplyBody, "reply", self.limits.rule)
        text = clean(body.text)
        if not text:
            raise BadValue("text: is empty", code="text_needed", field="text")
        await call(self.desk.reply, clean(body.code), text, uploads)
        return Response(status_code=204)
