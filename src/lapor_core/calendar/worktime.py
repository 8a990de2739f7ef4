"""Time inside working days: how much office time lies between two instants, and when an amount of it is used up.

The open time from the calendar's first day to an instant is one number, f(t): the open time of all days before, by a
table, and that of the day itself. Measuring is a subtraction; adding is looking f up backwards. All in whole
microseconds, so that nothing is lost or gained by rounding.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from lapor_core.calendar.hours import DayHours, OfficeHours
from lapor_core.errors import BadType, BadValue, OutOfReach

__all__ = ["WorkTime"]

_MICROSECOND = timedelta(microseconds=1)


class WorkTime:
    """The open time of an office from ``first`` on.

    Args:
        first: The date of the first flag.
        working: One flag per day: whether it is a working day.
        hours: The office's hours on its working days.
        zone: The zone in which the hours are read.
    """

    def __init__(self, first: date, working: Sequence[bool], hours: OfficeHours, zone: ZoneInfo) -> None:
        self._first = first
        self._working = working
        self._hours = hours
        self._zone = zone
        opened = (self._open_time(number) for number in range(len(working)))
        self._before = [0, *accumulate(opened)]

    def hours(self, day: date) -> DayHours | None:
        """Return the hours of a day, or None when the office stays shut."""
        return self._hours.on(day) if self._working[self._number(day)] else None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the office time from ``start`` to ``end`` (local instants); negative when ``end`` comes first."""
        return (self._position(end) - self._position(start)) * _MICROSECOND

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
        if number >= len(self._working):
            last = self._first + timedelta(days=len(self._working) - 1)
            message = f"{amount} of office time after {start.isoformat()} lie beyond the calendar, which ends on {last}"
            raise OutOfReach(message, code="out_of_reach", last=last)
        return self._instant(number, target - self._before[number])

    def _position(self, moment: datetime) -> int:
        number = self._number(moment.date())
        day = self.hours(moment.date())
        return self._before[number] + (_passed(day, moment.time()) if day else 0)

    def _instant(self, number: int, left: int) -> datetime:
        day = self._first + timedelta(days=number)
        for begins, ends in self._hours.on(day).stretches:
            length = _microseconds(ends) - _microseconds(begins)
            if left <= length:
                return datetime.combine(day, begins, tzinfo=self._zone) + left * _MICROSECOND
            left -= length
        raise AssertionError("the day's open time is longer than its stretches")

    def _open_time(self, number: int) -> int:
        if not self._working[number]:
            return 0
        day = self._hours.on(self._first + timedelta(days=number))
        return _passed(day, time.max)

    def _number(self, day: date) -> int:
        number = (day - self._first).days
        if not 0 <= number < len(self._working):
            last = self._first + timedelta(days=len(self._working) - 1)
            message = f"{day} is outside the calendar, which reaches from {self._first} to {last}"
            raise OutOfReach(message, code="out_of_reach", value=day, first=self._first, last=last)
        return number


def _passed(day: DayHours, moment: time) -> int:
    """Return the open microseconds of a day up to a time of day."""
    at = _microseconds(moment)
    stretches = [(_microseconds(begins), _microseconds(ends)) for begins, ends in day.stretches]
    return sum(min(at, ends) - begins for begins, ends in stretches if at > begins)


def _microseconds(moment: time) -> int:
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1_000_000 + moment.microsecond
