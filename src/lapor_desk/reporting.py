"""Reading the record of clocks of a whole register, for reports: no policy, no calendar and nothing personal is needed for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import attrs
from sqlalchemy import ColumnElement, func, select

from lapor_core.errors import LaporError
from lapor_core.events import Event
from lapor_core.performance import ClockRow, clock_rows
from lapor_core.reports import Report, report
from lapor_desk.store import Store
from lapor_desk.store.tables import complaints

__all__ = ["ClocksOf", "Counted", "count_received", "read_clocks", "read_report"]

_BATCH = 500
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
    """Return how many complaints :func:`read_clocks` will read."""
    with store.reading() as tx:
        return tx.connection.execute(select(func.count()).select_from(complaints).where(_by(last))).scalar_one()


def read_clocks(store: Store, last: date) -> Iterator[ClocksOf]:
    """Yield the clocks of every complaint of which one can have been due by ``last``; some hundred complaints at a time.

    What it costs follows the number of complaints received until then: one that was closed long ago is read too.
    """
    for ids in store.batches(_BATCH, _by(last)):
        with store.reading() as tx:
            found = [_clocks(each, events) for each, events in tx.outlines(ids)]
        yield from found


def read_report(store: Store, *, first: date, last: date, agency: str | None = None) -> Counted:
    """Return the report on a whole register; it takes as long, and as little memory, as :func:`read_clocks`.

    The arguments are those of :func:`lapor_core.reports.report`, and so are its errors.
    """
    unread = 0

    def rows() -> Iterator[ClockRow]:
        nonlocal unread
        for each in read_clocks(store, last):
            unread += bool(each.problem)
            yield from each.rows

    made = report(rows(), first=first, last=last, agency=agency)
    return Counted(report=made, unread=unread)


def _by(last: date) -> ColumnElement[bool]:
    """Received by that day, in whatever zone: nothing is due before it was received."""
    return complaints.c.received_at < datetime.combine(min(last, _LAST_DAY), time(), UTC) + timedelta(days=2)


def _clocks(complaint_id: str, events: tuple[Event, ...] | LaporError) -> ClocksOf:
    if isinstance(events, LaporError):
        return _unread(complaint_id, events)
    try:
        return ClocksOf(complaint_id=complaint_id, rows=clock_rows(events))
    except LaporError as error:
        return _unread(complaint_id, error)


def _unread(complaint_id: str, error: LaporError) -> ClocksOf:
    _log.warning("complaint %s cannot be reported: %s", complaint_id, error.code)
    return ClocksOf(complaint_id=complaint_id, problem=error.code)
