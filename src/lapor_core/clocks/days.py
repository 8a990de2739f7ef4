"""The days of a deadline, one by one: counted or skipped, why, and by which decree."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from lapor_core.calendar.day import Day
from lapor_core.calendar.doubts import Doubt
from lapor_core.clocks.counting import Counted
from lapor_core.clocks.pauses import DayRange
from lapor_core.policy.amounts import Unit
from lapor_core.policy.wording import Text

if TYPE_CHECKING:
    from lapor_core.clocks.deadline import Deadline

__all__ = ["DeadlineDay", "explained"]


@attrs.frozen(kw_only=True)
class DeadlineDay:
    """One day between start and due: counted or skipped, and why.

    Attributes:
        number: Which counted day it is, from 1, of the limit or of the extension it belongs to; None when it was skipped.
        reason: ``working_day``, ``calendar_day``, ``start``, ``before_start``, ``weekend``, ``day_off``, ``paused``, or
            ``moved``: the due day when the last calendar day fell on a day off.
        names: What the day is called, where a decree names it.
        decrees: The decrees behind it.
        provisional: Why this day may still change; None when it is firm.
        extension: 0 for a day of the limit itself, 1 for one of the first extension, and so on.
    """

    date: date
    number: int | None
    reason: str
    names: tuple[Text, ...] = ()
    decrees: tuple[str, ...] = ()
    provisional: Doubt | None = None
    extension: int = 0

    @property
    def counted(self) -> bool:
        """Whether the day counts toward the limit."""
        return self.number is not None


def explained(deadline: Deadline) -> tuple[DeadlineDay, ...]:
    """Return each day from the start to the due day; a limit in hours is not counted in days, its days only say what they are."""
    office, start = deadline.office, deadline.start.date()
    first = deadline.parts[0]
    rows = [*_part(first, (office.day(start), *office.explain(start, max(start, first.last))), start, 0)]
    for number, (before, part) in enumerate(pairwise(deadline.parts), 1):
        rows += _part(part, office.explain(before.last, part.last), start, number)
    return tuple(rows)


def _part(part: Counted, days: Iterable[Day], start: date, extension: int) -> Iterator[DeadlineDay]:
    unit, after, number = part.limit.unit, part.after, 0
    by_calendar, left = unit is Unit.DAYS, 0 if unit.in_hours else part.limit.amount
    counted = "calendar_day" if by_calendar else "working_day"
    paused = frozenset(_each(part.paused, part.last)) if part.paused else frozenset[date]()
    for day in days:
        if (day.working or by_calendar) and number < left and day.date > after and day.date not in paused:
            number += 1
            yield _row(day, number, counted, extension)
        else:
            yield _row(day, None, _reason(day, part, start, paused), extension)


def _each(ranges: Iterable[DayRange], until: date) -> Iterator[date]:
    for first, last in ranges:
        for ordinal in range(first.toordinal(), min(last, until).toordinal() + 1):
            yield date.fromordinal(ordinal)


def _reason(day: Day, part: Counted, start: date, paused: frozenset[date]) -> str:
    if day.date == start:
        return "start"
    if day.date in paused and (day.working or part.limit.unit is Unit.DAYS):
        return "paused"
    if not day.working:
        return "day_off" if day.entries else "weekend"
    if part.limit.unit.in_hours:
        return "working_day"
    return "before_start" if day.date <= part.after else "moved"


@functools.lru_cache(maxsize=8192)
def _row(day: Day, number: int | None, reason: str, extension: int) -> DeadlineDay:
    """Return one row; the rows of ordinary deadlines are shared, as the days they stand on are."""
    return DeadlineDay(
        date=day.date,
        number=number,
        reason=reason,
        names=tuple(Text(id=entry.name.id, en=entry.name.en) for entry in day.entries),
        decrees=tuple(dict.fromkeys(entry.decree for entry in day.entries if entry.decree)),
        provisional=day.provisional,
        extension=extension,
    )
