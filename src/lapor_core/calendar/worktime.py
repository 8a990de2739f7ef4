"""Time inside working days: how much office time lies between two instants, and when an amount of it is used up.

The open time from the calendar's first day to an instant is one number, f(t): the open time of all days before, by a
table, and that of the day itself. Measuring is a subtraction; adding is looking f up backwards. All in whole
microseconds, so that nothing is lost or gained by rounding.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from lapor_core.calendar.hours import DayHours, OfficeHours, Schedule
from lapor_core.calendar.table import Table
from lapor_core.errors import BadType, BadValue, OutOfReach

__all__ = ["WorkTime", "worktime_of"]

_MICROSECOND = timedelta(microseconds=1)


class WorkTime:
    """The open time of an office, over the reach of its working-day table.

    Args:
        table: The office's working days.
        hours: The office's hours on its working days.
        zone: The zone in which the hours are read.
    """

    def __init__(self, table: Table, hours: OfficeHours, zone: ZoneInfo) -> None:
        self._table = table
        self._base = table.first.toordinal()
        self._zone = zone
        self._shapes = _shapes(table.first, len(table.working), hours)
        opened = (shape.length if works else 0 for shape, works in zip(self._shapes, table.working, strict=True))
        self._before = [0, *accumulate(opened)]

    def hours(self, day: date) -> DayHours | None:
        """Return the hours of a day, or None when the office stays shut."""
        number = self._table.index(day)
        return self._shapes[number].hours if self._table.working[number] else None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the office time from ``start`` to ``end`` (local instants); negative when ``end`` comes first."""
        return timedelta(microseconds=self._position(end) - self._position(start))

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the earliest instant by which ``amount`` of office time has passed since ``start``.

        An amount that ends with the day ends at its closing minute, not at the next opening.

        Raises:
            BadType: ``amount`` is not a timedelta. BadValue: it is negative (``negative_time``).
            OutOfReach: the calendar does not reach that far.
        """
        if not isinstance(amount, timedelta):
            raise BadType(f"office time is added as a timedelta, not {type(amount).__name__}", code="not_a_timedelta")
        if amount < timedelta():
            raise BadValue(f"office time to add must not be negative: {amount}", code="negative_time")
        if not amount:
            return start
        target = self._position(start) + amount // _MICROSECOND
        number = bisect_left(self._before, target) - 1
        if number >= len(self._shapes):
            last = self._table.last
            message = f"{amount} of office time after {start.isoformat()} lie beyond the calendar, which ends on {last}"
            raise OutOfReach(message, code="out_of_reach", last=last)
        opened = self._shapes[number].after(target - self._before[number])
        midnight = datetime.fromordinal(self._base + number)
        return (midnight + timedelta(microseconds=opened)).replace(tzinfo=self._zone)

    def _position(self, moment: datetime) -> int:
        number = moment.toordinal() - self._base
        if not 0 <= number < len(self._shapes):
            self._table.index(moment.date())  # which refuses it, and says how far the calendar reaches
        before = self._before[number]
        return before + self._shapes[number].passed(moment) if self._table.working[number] else before


@functools.lru_cache(maxsize=64)
def worktime_of(table: Table, hours: OfficeHours, zone: ZoneInfo) -> WorkTime:
    """Return the open time of an office; offices that are alike share it, as they share the table."""
    return WorkTime(table, hours, zone)


class _Shape:
    """The hours of one day in microseconds since midnight."""

    __slots__ = ("hours", "length", "stretches")

    def __init__(self, hours: DayHours) -> None:
        self.hours = hours
        self.stretches = tuple((_microseconds(begins), _microseconds(ends)) for begins, ends in hours.stretches)
        self.length = sum(ends - begins for begins, ends in self.stretches)

    def passed(self, moment: datetime | time) -> int:
        """Return the open time of the day up to a time of day."""
        at = _microseconds(moment)
        passed = 0
        for begins, ends in self.stretches:
            if at <= begins:
                break
            passed += min(at, ends) - begins
        return passed

    def after(self, amount: int) -> int:
        """Return the earliest time of day by which ``amount``, more than nothing and at most ``length``, has passed."""
        left = amount
        for begins, ends in self.stretches:
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        return self.stretches[-1][1]


def _shapes(first: date, size: int, hours: OfficeHours) -> list[_Shape]:
    """Return the shape of each day, whether it is a working day or not: one per weekday, and others in Ramadan."""
    ordinary = _weekdays(hours.ordinary)
    shapes = [ordinary[(first.weekday() + number) % 7] for number in range(size)]
    if hours.ramadan is not None:
        fasting = _weekdays(hours.ramadan)
        for month in hours.ramadans:
            begins, ends = (month.first - first).days, (month.last - first).days
            for number in range(max(begins, 0), min(ends + 1, size)):
                shapes[number] = fasting[(first.weekday() + number) % 7]
    return shapes


def _weekdays(schedule: Schedule) -> list[_Shape]:
    return [_Shape(schedule.on(weekday)) for weekday in range(7)]


def _microseconds(moment: datetime | time) -> int:
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1_000_000 + moment.microsecond
