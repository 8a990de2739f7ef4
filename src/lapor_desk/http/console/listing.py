"""The list of complaints."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_core.clock_facts import overdue_undecided
from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError
from lapor_core.lifecycle import State, is_open
from lapor_core.privacy import Reader, reader_of, view
from lapor_core.standard import Standard
from lapor_desk.http.console.cases import coded, known_as, subject_of
from lapor_desk.http.console.errors import message_of, status_of
from lapor_desk.http.console.finding import PAGE_SIZE, Found, Order, Wish, find
from lapor_desk.http.console.forms import text_of
from lapor_desk.http.console.frame import LIST_COOKIE, Frame, call, cookie_options
from lapor_desk.http.console.turns import turn_of
from lapor_desk.http.texts import sentence
from lapor_desk.officers import Officer

__all__ = ["Listing"]


@attrs.frozen(kw_only=True)
class Line:
    """One complaint in the list.

    Attributes:
        complaint: None when its record cannot be read.
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
        return [Route("/", self.shown, methods=["GET"]), Route("/find", self.find, methods=["POST"])]

    async def shown(self, request: Request) -> Response:
        """Show what the officer wished for."""
        return await self._show(request, Wish.read(request.query_params))

    async def find(self, request: Request) -> Response:
        """Lead to the complaint with a tracking code, or with a number in another system, which several may bear.

        It is posted, so that no history and no log keeps it.
        """
        async with self.frame.form(request) as form:
            typed = text_of(form, "code")
            desk, officer = self.frame.house.desk, self.frame.officer(request)
            try:
                found: tuple[str, ...] = ((await call(coded, desk, typed, officer)).id,)
            except LaporError as error:
                found = await call(known_as, desk, typed, officer)
                if not found:
                    message, status = self._not_found(request, typed, error)
                    return await self._show(request, Wish(), status, message=message, typed=typed)
        if len(found) > 1:
            return await self._show(request, Wish(), only=found, typed=typed)
        return self.frame.go(request, f"{_page_of(officer)}/{found[0]}")

    def _not_found(self, request: Request, typed: str, error: LaporError) -> tuple[str, int]:
        """Return what is said of a text by which nothing was found; digits alone were never meant as a code."""
        language = self.frame.language(request)
        if typed.removeprefix("#").strip().isdigit():
            return sentence("list", "unknown_number", language), 404
        return message_of(error, language), status_of(error)

    async def _show(
        self, request: Request, wish: Wish, status: int = 200, *, only: tuple[str, ...] = (), **told: str
    ) -> Response:
        """Show what was wished for, or ``only`` these complaints."""
        officer = self.frame.officer(request)
        found, lines = await call(self._found, wish, officer, only)
        values = {"wish": wish, "found": found, "lines": lines, "page": _page_of(officer), "message": "", "typed": ""}
        values["mine"] = self._turn(officer)
        response = self.frame.show(request, "list.html", status, **values | self._choices() | told)
        if status == 200 and not only:
            response.set_cookie(LIST_COOKIE, wish.query(page=wish.page), **cookie_options(request))
        return response

    def _turn(self, officer: Officer) -> frozenset[State]:
        return turn_of(officer, self.frame.house.standard.policy)

    def _found(self, wish: Wish, officer: Officer, only: tuple[str, ...]) -> tuple[Found, tuple[Line, ...]]:
        now = self.frame.house.desk.now()
        with self.frame.house.store.reading() as tx:
            found = find(tx, wish, officer.agency, now, self._turn(officer))
            if only:
                found = attrs.evolve(found, ids=only[:PAGE_SIZE], total=len(only[:PAGE_SIZE]), late=0)
            standard_of = self.frame.house.desk.standard_of
            return found, tuple(_line(*each, officer, standard_of, now) for each in tx.load_each(found.ids))

    def _choices(self) -> dict[str, Any]:
        standard = self.frame.house.standard
        return {
            "states": tuple(State),
            "agencies": tuple(standard.agencies.values()),
            "tiers": tuple(tier.name for tier in standard.policy.tiers),
            "orders": tuple(Order),
        }


def _page_of(officer: Officer) -> str:
    """Return which pages of complaints are the officer's: an auditor reads records, in which nothing of the matter stands."""
    return "records" if reader_of(officer.role) is Reader.AUDITOR else "complaints"


def _line(
    complaint_id: str,
    complaint: Complaint | LaporError,
    officer: Officer,
    standard_of: Callable[[Complaint], Standard],
    now: datetime,
) -> Line:
    if isinstance(complaint, LaporError):  # it was changed from outside: one such complaint must not hide the others
        return Line(id=complaint_id)
    running = min((clock.due for clock in complaint.running_clocks), default=None)
    due = running or _undecided(complaint, standard_of, now)
    return Line(
        id=complaint_id,
        complaint=complaint,
        subject=subject_of(view(complaint, reader_of(officer.role))),
        due=due,
        late=any(clock.is_late(now) for clock in complaint.running_clocks) if running else due is not None,
    )


def _undecided(complaint: Complaint, standard_of: Callable[[Complaint], Standard], now: datetime) -> datetime | None:
    """Return when the time of every tier was over, where nobody has decided one; the doctor tells of a standard that is gone."""
    if complaint.tier is not None or not is_open(complaint.state):
        return None
    with suppress(LaporError):
        late = overdue_undecided(complaint, standard_of(complaint), now)
        return None if late is None else late.due
    return None
