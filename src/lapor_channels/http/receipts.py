"""The receipt: handed out after a report was taken in, and shown without its code or PIN in any URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http.notes import Notes, put
from lapor_channels.http.requests import call, principal
from lapor_channels.http.sites import Site
from lapor_core.plugins.contracts import Receipt

__all__ = ["RECEIPT", "Receipts"]

RECEIPT = "lapor_receipt"
"""The cookie of the note that carries a receipt."""


@attrs.frozen
class Receipts:
    """The receipt's page, for the person and the browser that sent the report.

    Attributes:
        site: The pages; ``receipt.html`` shows a receipt, ``gone.html`` that there is none any more.
        minutes: How long a receipt can be shown again.
        pin_once: Whether its PIN is shown only the first time: in a browser that others may open later.
    """

    site: Site
    minutes: int
    pin_once: bool = True

    def routes(self) -> Iterator[Route]:
        """Yield the route of this page."""
        yield Route("/receipt", self.page)

    async def page(self, request: Request) -> Response:
        """Show the receipt again."""
        note = request.cookies.get(RECEIPT)
        values = await call(self._notes.read, _purpose(request), note)
        if values is None:
            return self.site.show(request, "gone.html", status=404)
        receipt = _receipt_of(values)
        answer = self.site.show(request, "receipt.html", receipt=receipt)
        if receipt.pin and self.pin_once:
            until = datetime.fromisoformat(values["until"])
            await self._keep(request, answer, attrs.evolve(receipt, pin=""), until)
        return answer

    async def hand_out(self, request: Request, receipt: Receipt) -> Response:
        """Lead to the page, with the receipt in a signed note."""
        until = self.site.desk.now() + timedelta(minutes=self.minutes)
        answer = self.site.go(request, "receipt")
        await self._keep(request, answer, receipt, until)
        return answer

    async def _keep(self, request: Request, answer: Response, receipt: Receipt, until: datetime) -> None:
        note = await call(self._notes.write, _purpose(request), _values_of(receipt), until)
        put(request, answer, RECEIPT, note, "receipt", lasting=until - self.site.desk.now())

    @property
    def _notes(self) -> Notes:
        return Notes(self.site.desk, self.site.key)


def _purpose(request: Request) -> str:
    """A browser is shared at a counter or in a family: the note is read only for whom it was written."""
    who = principal(request)
    return f"receipt.{who.id if who else ''}"


def _values_of(receipt: Receipt) -> dict[str, str]:
    return {
        "code": receipt.code,
        "received_at": receipt.received_at.isoformat(),
        "due_date": receipt.due_date.isoformat() if receipt.due_date else "",
        "repeated": "yes" if receipt.repeated else "",
        "needs_pin": "yes" if receipt.needs_pin else "",
        "pin": receipt.pin,
    }


def _receipt_of(values: Mapping[str, str]) -> Receipt:
    due = values["due_date"]
    return Receipt(
        code=values["code"],
        received_at=datetime.fromisoformat(values["received_at"]),
        due_date=date.fromisoformat(due) if due else None,
        repeated=bool(values["repeated"]),
        needs_pin=bool(values.get("needs_pin")),
        pin=values.get("pin", ""),
    )
