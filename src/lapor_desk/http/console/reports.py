"""The report to the superior as a page: the same numbers as ``lapor report``, for those who answer for an office or watch it.

It counts clocks by month, agency, tier and clock, and nothing else: not who reported, nor whether somebody did so without a name. Each
number stands for complaints whose record its reader may open, or might while the agency had them, so none, however small, tells more
than those records do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from urllib.parse import urlencode

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_core.errors import BadValue, LaporError, Refused
from lapor_core.performance import ENDED_OTHERWISE, Result
from lapor_core.reports import Performance, check_period
from lapor_desk.http.console.errors import message_of, status_of
from lapor_desk.http.console.frame import Frame, call
from lapor_desk.http.guards import PAGE_HEADERS
from lapor_desk.officers import Officer
from lapor_desk.report_columns import csv_of
from lapor_desk.reporting import Counted, count_received, read_report
from lapor_desk.standing import may_read_reports

__all__ = ["Reports"]

_MANY = 2000
"""So many complaints are read while somebody waits for a page; before more of them are, the page says so and asks."""
_ALL = "all"
"""What stands in the query for every agency together."""


@attrs.frozen(kw_only=True)
class Period:
    """What is asked for; whoever is of one agency is shown that one, whatever they ask.

    Attributes:
        agency: A key, empty for what the office itself owed, None for all.
        sure: Whether it may take its time.
    """

    first: date
    last: date
    agency: str | None = None
    sure: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str], officer: Officer, today: date) -> Period:
        """Return what a query asks for; for a day that is not there, or is none, this year until today."""
        first, last = (_day(query.get(name, "")) for name in ("from", "until"))
        asked = query.get("agency", _ALL)
        own = officer.agency if officer.agency is not None else None if asked == _ALL else asked
        return cls(first=first or today.replace(month=1, day=1), last=last or today, agency=own, sure="sure" in query)

    def check(self, query: Mapping[str, str]) -> None:
        """Refuse what cannot be shown.

        Raises:
            BadValue: not a date (``bad_date``), or a period that ends before it begins (``bad_period``).
        """
        for typed in filter(None, map(query.get, ("from", "until"))):
            if _day(typed) is None:
                raise BadValue("not a date", code="bad_date")
        check_period(self.first, self.last)

    @property
    def query(self) -> str:
        """The same as the query of a link that asks no more whether it may take its time."""
        asked = {"from": self.first.isoformat(), "until": self.last.isoformat(), "sure": "1"}
        return urlencode(asked if self.agency is None else asked | {"agency": self.agency})


@attrs.frozen
class Reports:
    """The page, and its numbers as CSV. One report is read at a time: a large one keeps a processor busy."""

    frame: Frame
    _turn: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/report", self.shown, methods=["GET"]),
            Route("/report.csv", self.downloaded, methods=["GET"]),
        ]

    async def shown(self, request: Request) -> Response:
        """Show the report, or say first that it will take long."""
        period = Period.read(request.query_params, self._reader(request), self._today())
        try:
            period.check(request.query_params)
            many = 0 if period.sure else await call(count_received, self.frame.house.store, period.last)
            counted = None if many > _MANY else await call(self._counted, period)
        except LaporError as error:
            message = message_of(error, self.frame.language(request))
            return self._show(request, period, status=status_of(error), message=message)
        return self._show(request, period, counted=counted, many=many)

    async def downloaded(self, request: Request) -> Response:
        """Hand the numbers out as a file, whose name says so where a complaint could not be read."""
        period = Period.read(request.query_params, self._reader(request), self._today())
        period.check(request.query_params)
        counted = await call(self._counted, period)
        name = f"lapor-{period.first}-{period.last}{'-incomplete' if counted.unread else ''}.csv"
        headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(csv_of(counted.report), media_type="text/csv", headers=headers)

    def _reader(self, request: Request) -> Officer:
        officer = self.frame.officer(request)
        if not may_read_reports(officer.role, officer.agency):
            raise Refused("reports are for those who watch the office", code="not_permitted", role=officer.role)
        return officer

    def _today(self) -> date:
        house = self.frame.house
        return house.standard.office.local_date(house.clock())

    def _counted(self, period: Period) -> Counted:
        with self._my_turn():
            return read_report(self.frame.house.store, first=period.first, last=period.last, agency=period.agency)

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if not self._turn.acquire(blocking=False):
            raise Refused("another report is being read", code="report_busy")
        try:
            yield
        finally:
            self._turn.release()

    def _show(
        self,
        request: Request,
        period: Period,
        *,
        status: int = 200,
        counted: Counted | None = None,
        many: int = 0,
        message: str = "",
    ) -> Response:
        return self.frame.show(
            request,
            "report.html",
            status,
            period=period,
            counted=counted,
            many=many,
            message=message,
            agencies=tuple(self.frame.house.standard.agencies.values()),
            others=ENDED_OTHERWISE,
            bar_of=_bar,
        )


@attrs.frozen(kw_only=True)
class Part:
    """A piece of a bar: how many of which kind, and where it lies, in percent of the bar's length."""

    kind: str
    count: int
    start: float
    length: float


_PARTS: Mapping[str, tuple[Result, ...]] = {
    "in_time": (Result.IN_TIME,),
    "late": (Result.LATE,),
    "past_due": (Result.OVERDUE, Result.LAPSED),
    "apart": (Result.RUNNING, *ENDED_OTHERWISE),
}


def _bar(each: Performance) -> tuple[Part, ...]:
    """Return the pieces of the bar of what was promised, in the order in which they are drawn; none that is empty."""
    parts, start = [], 0.0
    for kind, results in _PARTS.items():
        count = sum(map(each.of, results))
        if count:
            length = 100 * count / each.promised
            parts.append(Part(kind=kind, count=count, start=round(start, 3), length=round(length, 3)))
            start += length
    return tuple(parts)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
