"""Another PIN for a report whose PIN was lost: for the account that sent it, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import call, problem_of
from lapor_channels.http.forms import form_of
from lapor_channels.http.receipts import Receipts
from lapor_channels.http.tracking import Key, Track
from lapor_channels.web.site import WebSite
from lapor_core.errors import LaporError

__all__ = ["LostPin"]


@attrs.frozen
class LostPin:
    """The form on the page of a report that is locked; it leads to a receipt with the new PIN."""

    site: WebSite
    receipts: Receipts
    track: Track

    def routes(self) -> Iterator[Route]:
        """Yield the route of this form."""
        yield Route("/track/pin", self.renew, methods=["POST"])

    async def renew(self, request: Request) -> Response:
        """Draw another PIN; a stranger is asked for the account first."""
        async with form_of(request) as form:
            key = Key(code=Key.of(form).code)
        if (who := self.site.citizen(request)) is None:
            return self.site.ask_again(request, {})
        try:
            receipt = await call(self.site.desk.renew_pin, key.code, who)
        except LaporError as error:
            return await self.track.refused(request, key, error, problem_of(error, self.site.language(request)))
        return await self.receipts.hand_out(request, receipt)
