"""The list of complaints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_core.complaint import Complaint
from lapor_core.errors import Refused
from lapor_core.lifecycle import State
from lapor_core.privacy import reader_of, view
from lapor_desk.http.console.cases import subject_of
from lapor_desk.http.console.finding import Found, Order, Wish, find
from lapor_desk.http.console.frame import Frame, call
from lapor_desk.officers import Officer
from lapor_desk.store import Reading

__all__ = ["Listing"]


@attrs.frozen(kw_only=True)
class Line:
    """One complaint in the list.

    Attributes:
        complaint: None when its reporter was erased.
    """

    id: str
    complaint: Complaint | None = None
    subject: str = ""
    due: datetime | None = None
    late: bool = False


@attrs.frozen
class Listing:
    """The first page of the console."""

    frame: Frame

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/", self.shown, methods=["GET"])]

    async def shown(self, request: Request) -> Response:
        """Show what the officer wished for."""
        wish = Wish.read(request.query_params)
        found, lines = await call(self._found, wish, self.frame.officer(request))
        return self.frame.show(request, "list.html", wish=wish, found=found, lines=lines, **self._choices())

    def _found(self, wish: Wish, officer: Officer) -> tuple[Found, tuple[Line, ...]]:
        now = self.frame.house.desk.now()
        with self.frame.house.store.reading() as tx:
            found = find(tx, wish, officer.agency, now)
            return found, tuple(_line(tx, complaint_id, officer, now) for complaint_id in found.ids)

    def _choices(self) -> dict[str, Any]:
        standard = self.frame.house.standard
        return {
            "states": tuple(State),
            "agencies": tuple(standard.agencies.values()),
            "tiers": tuple(tier.name for tier in standard.policy.tiers),
            "orders": tuple(Order),
        }


def _line(tx: Reading, complaint_id: str, officer: Officer, now: datetime) -> Line:
    try:
        complaint = tx.load(complaint_id)
    except Refused:  # erased: the row stays for the counts, and says nothing
        return Line(id=complaint_id)
    due = min((clock.due for clock in complaint.clocks if clock.stopped_at is None), default=None)
    return Line(
        id=complaint_id,
        complaint=complaint,
        subject=subject_of(view(complaint, reader_of(officer.role))),
        due=due,
        late=due is not None and now > due,
    )
