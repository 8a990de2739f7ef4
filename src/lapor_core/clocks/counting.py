"""From a start to the day and instant at which a limit ends, under the rule of a clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import attrs

from lapor_core.calendar import Office
from lapor_core.clocks.pauses import DayRange, Stretch, paused_days
from lapor_core.policy.amounts import Limit, Unit
from lapor_core.policy.clock_rule import AfterHours, ClockRule, DayEnd, DayOffEnd, FirstDay

__all__ = ["Counted", "count", "count_further", "later_by"]

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@attrs.frozen
class Counted:
    """One limit counted: the days after ``after`` up to ``last`` were looked at, and ``due`` is its end.

    Attributes:
        limit: What was counted, a plain limit.
        after: The day after which counting began.
        last: The day of ``due``.
        due: The last instant that is in time, on the office's wall clock.
        paused: The days that did not count because of a pause.
    """

    limit: Limit
    after: date
    last: date
    due: datetime
    paused: tuple[DayRange, ...] = ()


def count(rule: ClockRule, limit: Limit, start: datetime, office: Office, pauses: Sequence[Stretch]) -> Counted:
    """Return where ``limit`` ends that began to run at ``start``, a local instant of the office."""
    if limit.unit.in_hours:
        return _hours(limit, start, office, pauses)
    return _days(rule, limit, _day_before_the_first(rule, start, office), office, pauses)


def count_further(rule: ClockRule, limit: Limit, due: datetime, office: Office, pauses: Sequence[Stretch]) -> Counted:
    """Return where ``limit`` ends that is added to a due instant: days are counted from the due day on."""
    if limit.unit.in_hours:
        return _hours(limit, due, office, pauses)
    return _days(rule, limit, due.date(), office, pauses)


def _day_before_the_first(rule: ClockRule, start: datetime, office: Office) -> date:
    day = start.date()
    if rule.after_hours is AfterHours.NEXT_WORKING_DAY and _after_closing(start, office):
        day = office.next_working_day(day + _DAY)
    return day - _DAY if rule.first_day is FirstDay.INCLUDED else day


def _after_closing(start: datetime, office: Office) -> bool:
    closing = office.closing(start.date())
    return closing is None or start > closing


def _days(rule: ClockRule, limit: Limit, after: date, office: Office, pauses: Sequence[Stretch]) -> Counted:
    paused = paused_days(pauses, office, limit.unit) if pauses else ()
    if limit.unit is Unit.WORKING_DAYS:
        day = _working_day(limit.amount, after, office, paused)
    else:
        day = _calendar_day(limit.amount, after, paused)
        if rule.day_off_end is DayOffEnd.NEXT_WORKING_DAY:
            day = _working_day_from(day, office, paused)
    return Counted(limit, after, day, _end(rule, day, office), paused)


def _working_day(amount: int, after: date, office: Office, paused: Sequence[DayRange]) -> date:
    """Return the day on which the last one falls: every paused range that is reached makes it later by what it held."""
    day = office.add(after, amount)
    for first, last in paused:
        if last > after and first <= day:
            amount += office.count(max(after, first - _DAY), last)
            day = office.add(after, amount)
    return day


def _calendar_day(amount: int, after: date, paused: Sequence[DayRange]) -> date:
    day = after + amount * _DAY
    for first, last in paused:
        if last > after and first <= day:
            day += last - max(after, first - _DAY)
    return day


def _working_day_from(day: date, office: Office, paused: Sequence[DayRange]) -> date:
    """Return the first day from ``day`` on that is worked and not paused."""
    day = office.next_working_day(day)
    for first, last in paused:
        if first <= day <= last:
            day = office.next_working_day(last + _DAY)
    return day


def _end(rule: ClockRule, day: date, office: Office) -> datetime:
    closing = office.closing(day) if rule.ends is DayEnd.CLOSING else None
    return closing or office.end_of_day(day)


def _hours(limit: Limit, start: datetime, office: Office, pauses: Sequence[Stretch]) -> Counted:
    """Walk from pause to pause: what is left after each is carried on to behind it."""
    by_wall = limit.unit is Unit.OFFICE_HOURS
    plus, between = (office.add_time, office.time_between) if by_wall else (_after, _elapsed)
    left, at = limit.amount * _HOUR, start if by_wall else start.astimezone(UTC)
    for begin, end in pauses if by_wall else map(_in_utc, pauses):
        if begin >= plus(at, left):
            break
        if end > at:
            left -= between(at, max(at, begin))
            at = end
    due = office.local(plus(at, left))
    return Counted(limit, start.date() - _DAY, due.date(), due)


def _in_utc(stretch: Stretch) -> Stretch:
    """Return a stretch by the clock that nobody sets: on a wall, an hour may come twice in a year, or not at all."""
    begin, end = stretch
    return begin.astimezone(UTC), end.astimezone(UTC)


def _after(at: datetime, amount: timedelta) -> datetime:
    return at + amount


def _elapsed(start: datetime, end: datetime) -> timedelta:
    return end - start


def later_by(hours: int, moment: datetime, office: Office) -> datetime:
    """Return the instant ``hours`` after ``moment`` (aware), or before it, on the office's wall clock."""
    return office.local(moment.astimezone(UTC) + hours * _HOUR)
