"""Counting what was promised and what was kept: by agency, tier, clock and month. Pure, and nothing personal is in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import attrs

from lapor_core.errors import BadValue
from lapor_core.performance import ClockRow, Result
from lapor_core.policy.clock_rule import Keeper

__all__ = ["Performance", "Report", "Table", "check_period", "due_within", "report"]


@attrs.frozen(kw_only=True)
class Performance:
    """What has become of the promises of one agency, tier, clock and month; None stands for all of them together.

    Attributes:
        agency: Its key; empty for what the office itself owed.
        month: Of the day on which they were due, as ``2026-03``.
        kept_by: Who had to keep them.
        results: How many came to each result; together they are all there were.
        corrected: How many of those done in time had once been found past due, and were moved later after that.
        taken: How many working days those took that were done, late or not: each number of days with how often; those of
            which the record does not say it are left out.
    """

    agency: str | None
    tier: str | None
    clock: str
    month: str | None
    kept_by: Keeper
    results: Mapping[Result, int] = attrs.Factory(dict)
    corrected: int = 0
    taken: Mapping[int, int] = attrs.Factory(dict)

    @property
    def promised(self) -> int:
        """How many promises there were."""
        return sum(self.results.values())

    @property
    def judged(self) -> int:
        """How many were done, or were not done when their time was over: what a share is of.

        What runs in time, or was ended in time by something else than being done, speaks neither for an office nor against it.
        """
        return self.of(Result.IN_TIME) + self.of(Result.LATE) + self.of(Result.OVERDUE) + self.of(Result.LAPSED)

    @property
    def in_time(self) -> float | None:
        """The share of those judged that were done in time, from 0 to 1; None where none was judged."""
        return self.of(Result.IN_TIME) / self.judged if self.judged else None

    def of(self, result: Result) -> int:
        """Return how many came to this."""
        return self.results.get(result, 0)

    def days(self, share: float) -> int | None:
        """Return in how many working days this share of those done was done (0.5: the median); None if none is known."""
        wanted, found = share * sum(self.taken.values()), 0
        for days in sorted(self.taken):
            found += self.taken[days]
            if found >= wanted:
                return days
        return None


@attrs.frozen(kw_only=True)
class Table:
    """Promises that the same had to keep.

    Attributes:
        rows: By agency, tier, clock and month, in that order. A promise that several agencies owed counts for each of them.
        totals: By clock; each promise counts once.
    """

    rows: tuple[Performance, ...] = ()
    totals: tuple[Performance, ...] = ()


@attrs.frozen(kw_only=True)
class Report:
    """Promises that were due in a stretch of days.

    Attributes:
        first: The first day.
        last: The last one.
        office: What the office and its agencies had promised.
        reporter: What reporters had to do in time, under the agencies that waited for them; it speaks for no office.
    """

    first: date
    last: date
    office: Table
    reporter: Table


def report(rows: Iterable[ClockRow], *, first: date, last: date, agency: str | None = None) -> Report:
    """Count the promises that were due from ``first`` to ``last``, both included, each in the month in which it was due.

    Args:
        rows: Of any number of complaints; they are read once, and none is kept.
        first: The first day, in the office's calendar.
        last: The last one.
        agency: Only what this agency owed; empty for the office itself, None for all.

    Raises:
        BadValue: ``last`` comes before ``first`` (code ``bad_period``).
    """
    groups, totals = defaultdict[_Key, _Count](_Count), defaultdict[_Key, _Count](_Count)
    for row in due_within(rows, first=first, last=last, agency=agency):
        month = f"{row.due_date:%Y-%m}"
        for key in (row.agencies or ("",)) if agency is None else (agency,):
            groups[row.kept_by, key, row.tier, row.clock, month].add(row)
        totals[row.kept_by, None, None, row.clock, None].add(row)
    office, reporter = (Table(rows=_counted(groups, who), totals=_counted(totals, who)) for who in Keeper)
    return Report(first=first, last=last, office=office, reporter=reporter)


def due_within(rows: Iterable[ClockRow], *, first: date, last: date, agency: str | None = None) -> Iterator[ClockRow]:
    """Yield the rows that :func:`report` counts, which has the same arguments."""
    check_period(first, last)
    for row in rows:
        if first <= row.due_date <= last and (agency is None or agency in (row.agencies or ("",))):
            yield row


def check_period(first: date, last: date) -> None:
    """Raise BadValue (code ``bad_period``) where the last day comes before the first."""
    if last < first:
        message = f"a period from {first} to {last} ends before it begins"
        raise BadValue(message, code="bad_period", first=first.isoformat(), last=last.isoformat())


_Key = tuple[Keeper, str | None, str | None, str, str | None]
_DONE = (Result.IN_TIME, Result.LATE)


@attrs.define
class _Count:
    results: Counter[Result] = attrs.Factory(Counter)
    taken: Counter[int] = attrs.Factory(Counter)
    corrected: int = 0

    def add(self, row: ClockRow) -> None:
        self.results[row.result] += 1
        self.corrected += row.result is Result.IN_TIME and bool(row.misses)
        if row.result in _DONE and row.working_days is not None:
            self.taken[row.working_days] += 1


def _counted(counts: Mapping[_Key, _Count], keeper: Keeper) -> tuple[Performance, ...]:
    """Return what ``keeper`` had to keep, in order; of each result how many, also where there are none."""
    return tuple(
        Performance(
            agency=agency,
            tier=tier,
            clock=clock,
            month=month,
            kept_by=kept_by,
            results={result: count.results[result] for result in Result},
            corrected=count.corrected,
            taken=dict(sorted(count.taken.items())),
        )
        for (kept_by, agency, tier, clock, month), count in sorted(
            counts.items(), key=lambda item: [part or "" for part in item[0]]
        )
        if kept_by is keeper
    )
