"""The list of complaints."""

from __future__ import annotations

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_desk.http.console.frame import Frame

__all__ = ["DeskList"]


@attrs.frozen
class DeskList:
    """The first page of the console."""

    frame: Frame

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/", self.shown, methods=["GET"])]

    async def shown(self, request: Request) -> Response:
        """Show complaints."""
        return self.frame.show(request, "list.html")
