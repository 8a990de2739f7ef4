"""Advice on wording, before a report is sent: words that usually count as coarse. A report is taken with them as without."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lapor_channels.app.reading import receive
from lapor_core.complaint import personal
from lapor_core.plugins.contracts import Desk
from lapor_core.politeness import advise

__all__ = ["Wording"]


@attrs.frozen(kw_only=True)
class TextBody:
    """A text that somebody is about to send."""

    text: str = personal()


@attrs.frozen
class Wording:
    """The route that looks at a text; nothing of it is kept."""

    desk: Desk

    def routes(self) -> Iterator[Route]:
        """Yield the routes of this part."""
        yield Route("/advice", self.look, methods=["POST"])

    async def look(self, request: Request) -> Response:
        """Say which words of a text may be said more politely, and where they stand."""
        body = await receive(request, TextBody)
        found = advise(body.text, self.desk.policy)
        words = [{"word": body.text[one.start : one.end], "start": one.start, "end": one.end} for one in found]
        return JSONResponse({"words": words, "standard": found[0].text if found else ""})
