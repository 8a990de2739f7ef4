"""Looking at who reported: with a reason, on this page once, and written into the complaint's record."""

from __future__ import annotations

import mimetypes

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_core.errors import BadValue
from lapor_desk.http.console.acting import forms_of
from lapor_desk.http.console.cases import Case, open_case
from lapor_desk.http.console.complaints import Complaints
from lapor_desk.http.console.errors import message_of, status_of
from lapor_desk.http.console.forms import text_of
from lapor_desk.http.console.frame import Frame, call
from lapor_desk.http.console.papers import FILE_HEADERS

__all__ = ["Looks"]


@attrs.frozen
class Looks:
    """What an officer asks for by a form and nothing shows otherwise: contacts, numbers, copies of documents."""

    frame: Frame

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/complaints/{id}/identity", self.again, methods=["GET"]),
            Route("/complaints/{id}/identity", self.identity, methods=["POST"]),
            Route("/complaints/{id}/identity/{digest}", self.again, methods=["GET"]),
            Route("/complaints/{id}/identity/{digest}", self.paper, methods=["POST"]),
        ]

    async def again(self, request: Request) -> Response:
        """Lead back to the complaint: what was shown once is not shown again by its address."""
        return self.frame.go(request, f"complaints/{(await self._case(request)).complaint.id}")

    async def identity(self, request: Request) -> Response:
        """Show the complaint, this time with who reported it."""
        async with self.frame.form(request) as form:
            case, reason = await self._case(request), text_of(form, "reason")
            desk, officer = self.frame.house.desk, case.officer
            try:
                reporter = await call(desk.identity, case.complaint.id, officer.actor, reason, agency=officer.agency)
            except BadValue as error:
                return await self._refused(request, case, error, reason)
        case = await self._case(request)
        return await Complaints(self.frame).show(request, case, forms_of(case), identity=reporter)

    async def paper(self, request: Request) -> Response:
        """Hand out the copy of an identity document."""
        async with self.frame.form(request) as form:
            case, reason = await self._case(request), text_of(form, "reason")
            file = next((file for file in case.papers if file.digest == request.path_params["digest"]), None)
            if file is None:
                raise HTTPException(404)
            desk, officer = self.frame.house.desk, case.officer
            try:
                content = await call(
                    desk.identity_paper, case.complaint.id, file.digest, officer.actor, reason, agency=officer.agency
                )
            except BadValue as error:
                return await self._refused(request, case, error, reason)
        ending = mimetypes.guess_extension(file.media_type) or ""
        named = f'attachment; filename="{case.complaint.code}-id-{case.papers.index(file) + 1}{ending}"'
        return Response(content, media_type=file.media_type, headers={**FILE_HEADERS, "Content-Disposition": named})

    async def _refused(self, request: Request, case: Case, error: BadValue, reason: str) -> Response:
        fault = message_of(error, self.frame.language(request))
        page = Complaints(self.frame)
        return await page.show(
            request, case, forms_of(case), status_of(error), look_fault=fault, look_reason=reason, message=fault
        )

    async def _case(self, request: Request) -> Case:
        return await call(open_case, self.frame.house.desk, request.path_params["id"], self.frame.officer(request))
