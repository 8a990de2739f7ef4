"""The working-day table: adding is two reads, counting one subtraction, explaining a slice.

For day number ``i`` of the table, ``incl[i]`` is how many working days there are up to and including it, and
``days[k]`` is the ``k``-th working day, counted from 1. So the ``n``-th working day after day ``i`` is
``days[incl[i] + n]``; before a working day the same with a negative ``n``, and before a day off one place higher, for
there ``incl`` counts only days that are over.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, compress
from typing import Literal

from lapor_core.calendar.day import Day, Days
from lapor_core.errors import BadType, BadValue, OutOfReach

__all__ = ["Table", "Zero"]

Zero = Literal["stay", "next", "previous"]
"""Where zero working days lead from a day off: nowhere, or to the next or the previous working day."""


class _Shared(dict[int, Day]):
    """The values of the days by their number; each is built when it is first read, and shared from then on."""

    def __init__(self, day: Callable[[int], Day]) -> None:
        super().__init__()
        self._build = day

    def __missing__(self, index: int) -> Day:
        return self.setdefault(index, self._build(index))


class Table:
    """Working days from ``first`` on, one flag per day; immutable, and shared by all offices that are alike.

    Args:
        first: The date of the first flag.
        working: One flag per day, in order.
        day: Builds the value of the day with a given number; called once per day, when it is first read.
    """

    __slots__ = ("_base", "_day", "_days", "_incl", "first", "last", "working")

    def __init__(self, first: date, working: Sequence[bool], day: Callable[[int], Day]) -> None:
        self.first = first
        self.last = first + timedelta(days=len(working) - 1)
        self.working = tuple(working)
        self._base = first.toordinal()
        self._incl = list(accumulate(working))
        self._days = [
            first,
            *compress(_dates(self._base, len(working)), working),
        ]  # place 0 is never read: ranks begin at 1
        self._day = _Shared(day).__getitem__

    def add(self, start: date, n: int, zero: Zero = "stay") -> date:
        """Return the ``n``-th working day after ``start``, or before it when ``n`` is negative.

        Zero working days from a working day is that day; from a day off ``zero`` decides.

        Raises:
            BadType: ``n`` is not a whole number (booleans and floats are none), or ``start`` is not a date.
            BadValue: ``zero`` is none of its three words.
            OutOfReach: ``start`` or the answer lies outside the table.
        """
        if n.__class__ is not int or start.__class__ is not date:
            return self._add_unusual(start, n, zero)
        index = start.toordinal() - self._base
        if index < 0:
            raise self._outside(start)
        try:
            if n > 0:
                return self._days[self._incl[index] + n]
            rank = self._incl[index] + n
            if not self.working[index]:
                if n == 0 and zero == "stay":
                    return start
                rank = self._rank_from_day_off(rank, n, zero)
        except IndexError:
            raise self._beyond(start, n) from None
        if rank < 1 or rank >= len(self._days):
            raise self._beyond(start, n)
        return self._days[rank]

    def count(self, start: date, end: date) -> int:
        """Return how many working days lie in (start, end]: after ``start``, up to and including ``end``.

        Negative when ``end`` is before ``start``, so that counts add up whatever the order of the dates.

        Raises:
            BadType: one of them is not a date.
            OutOfReach: one of them lies outside the table.
        """
        if start.__class__ is not date or end.__class__ is not date:
            start, end = plain_date(start), plain_date(end)
        first = start.toordinal() - self._base
        last = end.toordinal() - self._base
        if first < 0 or last < 0:
            raise self._outside(min(start, end))
        try:
            return self._incl[last] - self._incl[first]
        except IndexError:
            raise self._outside(max(start, end)) from None

    def explain(self, start: date, end: date) -> Days:
        """Return the days in (start, end] in the order of the calendar, counted and skipped alike.

        They are the days that :meth:`count` looks at; with ``end`` before ``start`` those of (end, start].

        Raises:
            BadType: one of them is not a date.
            OutOfReach: one of them lies outside the table.
        """
        if start.__class__ is not date or end.__class__ is not date:
            start, end = plain_date(start), plain_date(end)
        first = start.toordinal() - self._base
        last = end.toordinal() - self._base
        if first > last:
            first, last = last, first
        if first < 0 or last >= len(self.working):
            raise self._outside(min(start, end) if first < 0 else max(start, end))
        return Days(self._day, range(first + 1, last + 1))

    def day(self, day: date) -> Day:
        """Return the value of one day."""
        return self._day(self.index(day))

    def is_working_day(self, day: date) -> bool:
        """Tell whether ``day`` is a working day."""
        return self.working[self.index(day)]

    def index(self, day: date) -> int:
        """Return the number of a day in the table, counted from 0.

        Raises:
            BadType: not a date.
            OutOfReach: outside the table.
        """
        index = plain_date(day).toordinal() - self._base
        if not 0 <= index < len(self.working):
            raise self._outside(day)
        return index

    def _rank_from_day_off(self, rank: int, n: int, zero: Zero) -> int:
        if n < 0:
            return rank + 1
        if zero not in {"next", "previous"}:
            message = f'zero must be "stay", "next" or "previous", not {zero!r}'
            raise BadValue(message, code="bad_zero_rule", value=str(zero))
        return rank + (zero == "next")

    def _add_unusual(self, start: date, n: int, zero: Zero) -> date:
        """Subclasses of date and int are turned into plain ones once they are known to be harmless."""
        return self.add(plain_date(start), whole_number(n), zero)

    def _outside(self, day: date) -> OutOfReach:
        message = f"{day} is outside the calendar, which reaches from {self.first} to {self.last}"
        return OutOfReach(message, code="out_of_reach", value=day, first=self.first, last=self.last)

    def _beyond(self, start: date, n: int) -> OutOfReach:
        if not self.first <= start <= self.last:
            return self._outside(start)
        side = "after" if n > 0 else "before"
        message = (
            f"{abs(n)} working days {side} {start} lie outside the calendar, "
            f"which reaches from {self.first} to {self.last}"
        )
        return OutOfReach(message, code="out_of_reach", value=start, first=self.first, last=self.last)


@functools.lru_cache(maxsize=8)
def _dates(first: int, size: int) -> tuple[date, ...]:
    """All dates of a reach, shared by the tables over it."""
    return tuple(map(date.fromordinal, range(first, first + size)))


def plain_date(value: date) -> date:
    """Return a plain date; a datetime is refused, for its date depends on the zone it is read in."""
    if value.__class__ is date:
        return value
    if isinstance(value, datetime):
        message = (
            "a date is needed, not a datetime: take the date in the office's zone, for example office.local_date(...)"
        )
        raise BadType(message, code="not_a_date")
    if not isinstance(value, date):
        message = f"a date is needed, not {type(value).__name__}"
        raise BadType(message, code="not_a_date")
    return date(value.year, value.month, value.day)


def whole_number(value: int) -> int:
    """Return a plain integer; booleans and floats are refused, for 1.5 days would have to be rounded somewhere."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        message = f"a whole number of working days is needed, not {value!r} ({type(value).__name__})"
        raise BadType(message, code="not_a_whole_number", value=repr(value))
    return int(value)
