"""What an officer chooses for themselves: whether notices come to them at all."""

from __future__ import annotations

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_desk.http.console.forms import text_of
from lapor_desk.http.console.frame import Frame, call

__all__ = ["Preferences"]


@attrs.frozen
class Preferences:
    """The page ``notices``."""

    frame: Frame

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/notices", self.shown, methods=["GET"]), Route("/notices", self.choose, methods=["POST"])]

    async def shown(self, request: Request) -> Response:
        """Show what comes now."""
        return self.frame.show(request, "notices.html", chosen=request.query_params.get("done") == "1")

    async def choose(self, request: Request) -> Response:
        """Turn notices on or off."""
        async with self.frame.form(request) as form:
            wanted = text_of(form, "wanted") == "on"
        login = self.frame.officer(request).login
        await call(self.frame.house.officers.set_notices, login, wanted=wanted)
        return self.frame.go(request, "notices?done=1")
