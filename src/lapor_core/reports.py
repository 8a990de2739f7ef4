"""Counting what was promised and what was kept: by agency, tier, clock and month. Pure, and nothing personal is in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import attrs

from lapor_core.errors import BadValue
from lapor_core.performance import ClockRow, Verdict

__all__ = ["Performance", "Report", "check_period", "due_within", "report"]


@attrs.frozen(kw_only=True)
class Performance:
    """What has become of the promises of one agency, tier, clock and month; None stands for all of them together.

    Attributes:
        agency: Its key; empty for what the office itself owed.
        month: Of the day on which they were due, as ``2026-03``.
        met: How many were kept.
        missed: How many were not, those that still run past their time included.
        running: How many still run, in time.
        ended: How many another promise took the place of.
        corrected: How many of those met had once been found past due, and were moved later after that.
        taken: How many working days the stopped ones took: each number of days with how often; those that the record
            does not say are left out.
    """

    agency: str | None
    tier: str | None
    clock: str
    month: str | None
    met: int = 0
    missed: int = 0
    running: int = 0
    ended: int = 0
    corrected: int = 0
    taken: Mapping[int, int] = attrs.Factory(dict)

    @property
    def promised(self) -> int:
        """How many promises there were."""
        return self.met + self.missed + self.running + self.ended

    @property
    def in_time(self) -> float | None:
        """The share of those judged that were met, from 0 to 1; None where none was judged."""
        judged = self.met + self.missed
        return self.met / judged if judged else None

    def days(self, share: float) -> int | None:
        """Return in how many working days this share of the stopped ones was done (0.5: the median); None if none is known."""
        wanted, found = share * sum(self.taken.values()), 0
        for days in sorted(self.taken):
            found += self.taken[days]
            if found >= wanted:
                return days
        return None


@attrs.frozen(kw_only=True)
class Report:
    """Promises that were due in a stretch of days.

    Attributes:
        first: The first day.
        last: The last one.
        rows: By agency, tier, clock and month, in that order. A promise that several agencies owed counts for each of them.
        totals: By clock; each promise counts once.
    """

    first: date
    last: date
    rows: tuple[Performance, ...]
    totals: tuple[Performance, ...]


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
            groups[key, row.tier, row.clock, month].add(row)
        totals[None, None, row.clock, None].add(row)
    return Report(first=first, last=last, rows=_counted(groups), totals=_counted(totals))


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


_Key = tuple[str | None, str | None, str, str | None]


@attrs.define
class _Count:
    verdicts: Counter[Verdict] = attrs.Factory(Counter)
    taken: Counter[int] = attrs.Factory(Counter)
    corrected: int = 0

    def add(self, row: ClockRow) -> None:
        self.verdicts[row.verdict] += 1
        self.corrected += row.verdict is Verdict.MET and bool(row.misses)
        if row.working_days is not None:
            self.taken[row.working_days] += 1


def _counted(counts: Mapping[_Key, _Count]) -> tuple[Performance, ...]:
    return tuple(
        Performance(
            agency=agency,
            tier=tier,
            clock=clock,
            month=month,
            **{verdict.value: count.verdicts[verdict] for verdict in Verdict},
            corrected=count.corrected,
            taken=dict(sorted(count.taken.items())),
        )
        for (agency, tier, clock, month), count in sorted(
            counts.items(), key=lambda item: [part or "" for part in item[0]]
        )
    )
