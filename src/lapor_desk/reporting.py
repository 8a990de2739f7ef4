"""Reading the record of clocks of a whole register, for reports: no policy, no calendar and nothing personal is needed for it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

import attrs
from sqlalchemy import ColumnElement, func, select

from lapor_core.errors import LaporError
from lapor_core.events import Event
from lapor_core.performance import ClockRow, clock_rows
from lapor_core.reports import Report, report
from lapor_desk.store import Reading, Store
from lapor_desk.store.tables import complaints, events

__all__ = ["ClocksOf", "Counted", "count_received", "read_clocks", "read_report"]

_BATCH = 500
_DUE_DATE = '"due_date":"'
_DAY = re.compile(_DUE_DATE + "([0-9-]{10})")
_LAST_DAY = date.max - timedelta(days=3)
_log = logging.getLogger("lapor.desk")


@attrs.frozen(kw_only=True)
class ClocksOf:
    """What the record of one complaint says of its clocks; ``problem`` is the code of why it cannot be read, else empty."""

    complaint_id: str
    rows: tuple[ClockRow, ...] = ()
    problem: str = ""


@attrs.frozen(kw_only=True)
class Counted:
    """A report of a whole register; ``unread`` is how many complaints could not be read, and are not in it."""

    report: Report
    unread: int


def count_received(store: Store, last: date) -> int:
    """Return how many complaints :func:`read_clocks` will go through."""
    with store.reading() as tx:
        return tx.connection.execute(select(func.count()).select_from(complaints).where(_by(last))).scalar_one()


def read_clocks(store: Store, first: date, last: date) -> Iterator[ClocksOf]:
    """Yield every complaint received by ``last``, some hundred at a time, with its clocks where one can have been due in that time.

    What it costs follows how many these are: of any other complaint it is seen that it has no such clock, and no more is read.
    """
    for ids in store.batches(_BATCH, _by(last)):
        with store.reading() as tx:
            others = _due_on_other_days(tx, ids, first, last)
            wanted = [each for each in ids if each not in others]
            read = {each: _clocks(each, found) for each, found in tx.outlines(wanted)}
        yield from (read.get(each) or ClocksOf(complaint_id=each) for each in ids)


def _due_on_other_days(tx: Reading, ids: Sequence[str], first: date, last: date) -> set[str]:
    """Return which of these complaints had clocks, all of them due on other days, in whatever way they came to be due.

    The day stands in the open in every fact that gives a clock one. A record in which no day stands is none of these: something
    may be wrong with it.
    """
    dated, within = set[str](), set[str]()
    told = select(events.c.complaint_id, events.c.public).where(events.c.public.contains(_DUE_DATE))
    for complaint_id, public in tx.connection.execute(told.where(events.c.complaint_id.in_(ids))):
        dated.add(complaint_id)
        if any(first.isoformat() <= day <= last.isoformat() for day in _DAY.findall(public)):
            within.add(complaint_id)
    return dated - within


def read_report(store: Store, *, first: date, last: date, agency: str | None = None) -> Counted:
    """Return the report on a whole register; it takes as long, and as little memory, as :func:`read_clocks`.

    The arguments are those of :func:`lapor_core.reports.report`, and so are its errors.
    """
    unread = 0

    def rows() -> Iterator[ClockRow]:
        nonlocal unread
        for each in read_clocks(store, first, last):
            unread += bool(each.problem)
            yield from each.rows

    made = report(rows(), first=first, last=last, agency=agency)
    return Counted(report=made, unread=unread)


def _by(last: date) -> ColumnElement[bool]:
    """Received by that day, in whatever zone: nothing is due before it was received."""
    return complaints.c.received_at < datetime.combine(min(last, _LAST_DAY), time(), UTC) + timedelta(days=2)


def _clocks(complaint_id: str, found: tuple[Event, ...] | LaporError) -> ClocksOf:
    if isinstance(found, LaporError):
        return _unread(complaint_id, found)
    try:
        return ClocksOf(complaint_id=complaint_id, rows=clock_rows(found))
    except LaporError as error:
        return _unread(complaint_id, error)


def _unread(complaint_id: str, error: LaporError) -> ClocksOf:
    _log.warning("complaint %s cannot be reported: %s", complaint_id, error.code)
    return ClocksOf(complaint_id=complaint_id, problem=error.code)
