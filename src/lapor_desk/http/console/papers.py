"""What hangs on a complaint: its files, and the explanation of a clock day by day."""

from __future__ import annotations

import mimetypes
from urllib.parse import quote

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_core.clock_facts import deadline_of
from lapor_core.clocks import Deadline
from lapor_core.complaint import Attachment, Clock
from lapor_desk.http.console.cases import Case, open_case, subject_of
from lapor_desk.http.console.frame import Frame, call
from lapor_desk.http.guards import PAGE_HEADERS

__all__ = ["FILE_HEADERS", "Papers"]

FILE_HEADERS = {**PAGE_HEADERS, "Content-Security-Policy": "sandbox; default-src 'none'"}
_PICTURE_HEADERS = {**PAGE_HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@attrs.frozen
class Papers:
    """Downloads and explanations; whoever may not see the complaint sees none of them."""

    frame: Frame

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/complaints/{id}/files/{digest}", self.file, methods=["GET"]),
            Route("/complaints/{id}/clocks/{place:int}", self.explained, methods=["GET"]),
            Route("/complaints/{id}/clocks/{place:int}.svg", self.drawn, methods=["GET"]),
        ]

    async def file(self, request: Request) -> Response:
        """Hand out a file, to be kept and never to be shown by the browser: it comes from a stranger."""
        case = await self._case(request)
        found = next((file for file in case.files if file.digest == request.path_params["digest"]), None)
        if found is None:
            raise HTTPException(404)
        content = await call(self.frame.house.store.read_file, case.complaint.reporter_ref, found.digest)
        headers = {**FILE_HEADERS, "Content-Disposition": _disposition(found, case)}
        return Response(content, media_type=found.media_type, headers=headers)

    async def explained(self, request: Request) -> Response:
        """Show each day that a clock counts or skips, and why."""
        case = await self._case(request)
        place, clock = _clock(request, case)
        deadline = await call(_deadline, case, clock)
        return self.frame.show(
            request,
            "clock.html",
            case=case,
            subject=subject_of(case.seen),
            clock=clock,
            deadline=deadline,
            place=place,
        )

    async def drawn(self, request: Request) -> Response:
        """Return the picture of a clock's months."""
        case = await self._case(request)
        deadline = await call(_deadline, case, _clock(request, case)[1])
        picture = await call(deadline.svg, self.frame.language(request))
        return Response(picture, media_type="image/svg+xml", headers=_PICTURE_HEADERS)

    async def _case(self, request: Request) -> Case:
        return await call(open_case, self.frame.house.desk, request.path_params["id"], self.frame.officer(request))


def _deadline(case: Case, clock: Clock) -> Deadline:
    return deadline_of(case.complaint, clock, case.standard, case.now)


def _clock(request: Request, case: Case) -> tuple[int, Clock]:
    """Return a clock of the present round: what paused an earlier one is told apart no more."""
    place, clocks = request.path_params["place"], case.complaint.clocks
    if place >= len(clocks) or clocks[place].round != case.complaint.round:
        raise HTTPException(404)
    return place, clocks[place]


def _disposition(file: Attachment, case: Case) -> str:
    """Return the name under which a browser keeps a file: the reporter's own, where the officer may know it."""
    ending = mimetypes.guess_extension(file.media_type) or ""
    plain = f"{case.complaint.code}-{case.files.index(file) + 1}{ending}"
    named = file.name.replace("\\", "/").rpartition("/")[2]
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(named or plain, safe='')}"
