"""From a start to a due instant: limits, first days, closing times, pauses and extensions, and a deadline that can defend itself.

How a pause is counted. A working day does not count when the office was kept waiting during the whole of its opening
time; part of a day counts as a day, so that a pause never takes more from the citizen than was really waited. Splitting
a pause, joining two, or letting one run on into the night changes nothing. Limits in hours are moved by the paused time
itself.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from lapor_core.calendar import Office
from lapor_core.calendar.day import Day
from lapor_core.errors import BadValue, require_aware
from lapor_core.policy.amounts import Limit, Unit
from lapor_core.policy.model import AfterHours, ClockRule, DayEnd, DayOffEnd, FirstDay, Text

__all__ = ["Deadline", "DeadlineDay", "Extension", "Pause", "compute"]

_DAY = timedelta(days=1)


def _aware(_: object, field: attrs.Attribute[Any], value: datetime | None) -> None:
    if value is not None:
        require_aware(value, field.name)


@attrs.frozen(kw_only=True)
class Pause:
    """A stretch that does not count, from ``start`` up to ``end`` (aware); without an end while it lasts.

    Raises:
        BadValue: it ends before it begins (code ``bad_pause``), or an instant is naive.
    """

    start: datetime = attrs.field(validator=_aware)
    end: datetime | None = attrs.field(default=None, validator=_aware)

    def __attrs_post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            message = f"a pause from {self.start.isoformat()} to {self.end.isoformat()} ends before it begins"
            raise BadValue(message, code="bad_pause")


@attrs.frozen(kw_only=True)
class Extension:
    """More time, granted by somebody at an instant (aware) for a reason; counted from the due day it extends."""

    limit: Limit
    granted_at: datetime = attrs.field(validator=_aware)
    reason: str = ""


@attrs.frozen(kw_only=True)
class DeadlineDay:
    """One day between start and due: counted or skipped, and why.

    Attributes:
        number: Which counted day it is, from 1; None when it was skipped.
        reason: ``working_day``, ``start``, ``weekend``, ``day_off``, ``paused``, ``before_start`` or ``calendar_day``.
        names: What the day is called, where a decree names it.
        decrees: The decrees behind it.
        provisional: Why this day may still change; None when it is firm.
    """

    date: date
    number: int | None
    reason: str
    names: tuple[Text, ...] = ()
    decrees: tuple[str, ...] = ()
    provisional: str | None = None

    @property
    def counted(self) -> bool:
        """Whether the day counts toward the limit."""
        return self.number is not None


@attrs.frozen(kw_only=True)
class Deadline:
    """When a clock is due, with everything it was worked out from.

    Attributes:
        clock: The clock's name in the policy.
        title: What citizens read: *Tenggat penyelesaian*.
        tier: The tier it was judged by, or None.
        limit: The limit of the standard.
        start: The start event, in the office's zone.
        due: The last instant that is in time, in the office's zone.
        due_date: The day of ``due``.
        policy: ``id@version``.
    """

    clock: str
    title: Text
    tier: str | None
    limit: Limit
    start: datetime
    due: datetime
    due_date: date
    policy: str
    rule: ClockRule = attrs.field(repr=False)
    office: Office = attrs.field(repr=False)
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()

    @functools.cached_property
    def provisional_reasons(self) -> tuple[str, ...]:
        """Why the answer may change: days in it that are not decreed yet. Empty when it is firm."""
        return self.office.provisional_reasons(*self._span)

    @property
    def provisional(self) -> bool:
        """Whether a day in it is not decreed yet."""
        return bool(self.provisional_reasons)

    @functools.cached_property
    def fingerprint(self) -> str:
        """A short hash of all that went in: the same inputs, policy and calendar give the same fingerprint."""
        inputs = (
            self.policy,
            self.clock,
            self.tier,
            str(self.limit),
            self.start.isoformat(),
            self.pauses,
            self.extensions,
        )
        calendar = self.office.fingerprint_of(*self._span)
        return hashlib.sha256(repr((inputs, calendar)).encode()).hexdigest()[:16]

    @functools.cached_property
    def days(self) -> tuple[DeadlineDay, ...]:
        """Every day from the start to the due day, in order."""
        return tuple(_explained(self))

    def explain(self, language: str = "id") -> str:
        """Return the explanation day by day as text, in Indonesian or English."""
        from lapor_core.explanation.text import as_text

        return as_text(self, language)

    def to_json(self) -> dict[str, Any]:
        """Return JSON data: ``due``, ``due_date``, ``provisional``, ``tier``, ``limit``, ``calendar``, ``days`` and more."""
        from lapor_core.explanation.data import as_data

        return as_data(self)

    def svg(self, language: str = "id") -> str:
        """Return a picture of the months with counted days and days off, as SVG."""
        from lapor_core.explanation.picture import as_svg

        return as_svg(self, language)

    def ics(self, language: str = "id", *, uid: str, now: datetime) -> bytes:
        """Return an iCalendar task with alarms; needs the ``icalendar`` package (extra ``cli``).

        Args:
            language: ``id`` or ``en``.
            uid: The task's identity, so that a later file replaces the earlier one.
            now: When the file is made (aware).
        """
        from lapor_core.explanation.ical import as_ics

        return as_ics(self, language, uid=uid, now=now)

    @property
    def _span(self) -> tuple[date, date]:
        first = self.start.date()
        return first, max(first, self.due_date)


def compute(
    *,
    name: str,
    rule: ClockRule,
    limit: Limit,
    start: datetime,
    office: Office,
    policy: str,
    tier: str | None = None,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Deadline:
    """Return when a clock is due that began at ``start``.

    Raises:
        BadValue: ``start`` is naive (``naive_datetime``), a pause has no end yet (``open_pause``), or an extension was
            granted after the due instant (``late_extension``).
        OutOfReach: the calendar does not reach that far.
    """
    begun = office.local(start)
    paused = _merged(pauses)
    due = _due(rule, limit, begun, office, paused)
    for extension in extensions:
        if extension.granted_at > due:
            message = f"an extension granted at {extension.granted_at.isoformat()} comes after the due instant {due.isoformat()}"
            raise BadValue(message, code="late_extension")
        due = _extended(rule, extension.limit, due, office, paused)
    return Deadline(
        clock=name,
        title=rule.title,
        tier=tier,
        limit=limit,
        start=begun,
        due=due,
        due_date=due.date(),
        policy=policy,
        rule=rule,
        office=office,
        pauses=tuple(pauses),
        extensions=tuple(extensions),
    )


def _due(rule: ClockRule, limit: Limit, start: datetime, office: Office, pauses: Sequence[_Stretch]) -> datetime:
    if limit.unit in (Unit.HOURS, Unit.OFFICE_HOURS):
        return _after_hours_limit(limit, start, office, pauses)
    day, amount = _first(rule, limit, start, office)
    return _end(rule, _after_days(rule, Limit(amount, limit.unit) if amount else None, day, office, pauses), office)


def _extended(rule: ClockRule, limit: Limit, due: datetime, office: Office, pauses: Sequence[_Stretch]) -> datetime:
    if limit.unit in (Unit.HOURS, Unit.OFFICE_HOURS):
        return _after_hours_limit(limit, due, office, pauses)
    return _end(rule, _after_days(rule, limit, due.date(), office, pauses), office)


def _first(rule: ClockRule, limit: Limit, start: datetime, office: Office) -> tuple[date, int]:
    """Return the day after which counting begins, and how many days are left to count."""
    day = start.date()
    if rule.after_hours is AfterHours.NEXT_WORKING_DAY and _after_closing(start, office):
        day = office.next_working_day(day + _DAY)
    counts = limit.unit is Unit.DAYS or office.is_working_day(day)
    return day, limit.amount - (rule.first_day is FirstDay.INCLUDED and counts)


def _after_closing(start: datetime, office: Office) -> bool:
    closing = office.closing(start.date())
    return closing is None or start > closing


def _after_days(rule: ClockRule, limit: Limit | None, day: date, office: Office, pauses: Sequence[_Stretch]) -> date:
    if limit is None:
        return day
    if limit.unit is Unit.WORKING_DAYS:
        return _pushed(
            lambda more: office.add(day, limit.amount + more), day, _paused_days(office, pauses, working=True)
        )
    skipped = _paused_days(office, pauses, working=False)
    due = _pushed(lambda more: day + (limit.amount + more) * _DAY, day, skipped)
    return office.next_working_day(due) if rule.day_off_end is DayOffEnd.NEXT_WORKING_DAY else due


def _pushed(add: Callable[[int], date], day: date, skipped: frozenset[date]) -> date:
    """Return the day that is reached when skipped days are made up for: each round counts those that were passed."""
    due, more = add(0), 0
    while (passed := sum(day < gone <= due for gone in skipped)) > more:
        more = passed
        due = add(more)
    return due


def _end(rule: ClockRule, day: date, office: Office) -> datetime:
    closing = office.closing(day) if rule.ends is DayEnd.CLOSING else None
    return closing or office.end_of_day(day)


def _after_hours_limit(limit: Limit, start: datetime, office: Office, pauses: Sequence[_Stretch]) -> datetime:
    """Walk from pause to pause: what is left after each is carried on to behind it."""
    left = limit.amount * timedelta(hours=1)
    at = start
    for begin, end in pauses:
        reached = _plus(at, left, limit.unit, office)
        if begin >= reached:
            break
        if end > at:
            left -= _between(at, max(at, begin), limit.unit, office)
            at = office.local(end)
    return _plus(at, left, limit.unit, office)


def _plus(at: datetime, amount: timedelta, unit: Unit, office: Office) -> datetime:
    return office.local(at + amount) if unit is Unit.HOURS else office.add_time(at, amount)


def _between(start: datetime, end: datetime, unit: Unit, office: Office) -> timedelta:
    return end - start if unit is Unit.HOURS else office.time_between(start, end)


_Stretch = tuple[datetime, datetime]


def _merged(pauses: Iterable[Pause]) -> tuple[_Stretch, ...]:
    """Return the pauses in order, overlapping and touching ones joined."""
    merged: list[_Stretch] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        if pause.end is None:
            message = f"the pause that began at {pause.start.isoformat()} lasts; there is no deadline before it ends"
            raise BadValue(message, code="open_pause")
        if merged and pause.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], pause.end))
        else:
            merged.append((pause.start, pause.end))
    return tuple(merged)


def _paused_days(office: Office, pauses: Sequence[_Stretch], *, working: bool) -> frozenset[date]:
    """Return the days whose whole opening time (or, for calendar days, the whole day) lies in a pause."""
    return frozenset(
        day
        for begin, end in pauses
        for day in _dates(office.local_date(begin), office.local_date(end))
        if (not working or office.is_working_day(day)) and _covers(office, begin, end, day, working=working)
    )


def _covers(office: Office, begin: datetime, end: datetime, day: date, *, working: bool) -> bool:
    opening, closing = (office.opening(day), office.closing(day)) if working else (None, None)
    return begin <= (opening or office.start_of_day(day)) and (closing or office.end_of_day(day)) <= end


def _dates(first: date, last: date) -> Iterable[date]:
    return (first + number * _DAY for number in range((last - first).days + 1))


def _explained(deadline: Deadline) -> Iterable[DeadlineDay]:
    """Yield each day from the start on; a limit in hours is not counted in days, so its days only say what they are."""
    start, office, unit = deadline.start.date(), deadline.office, deadline.limit.unit
    paused = _paused_days(office, _merged(deadline.pauses), working=unit is not Unit.DAYS)
    base = _first(deadline.rule, deadline.limit, deadline.start, office)[0]
    included = deadline.rule.first_day is FirstDay.INCLUDED
    number = 0
    for day in (office.day(start), *office.explain(start, deadline.due_date)):
        counts = (
            day.date not in paused and (day.working or unit is Unit.DAYS) and unit in (Unit.WORKING_DAYS, Unit.DAYS)
        )
        counted = counts and (day.date > base or (included and day.date == base))
        number += counted
        yield _line(day, number if counted else None, _reason(day, unit, counted=counted, paused=paused, start=start))


def _reason(day: Day, unit: Unit, *, counted: bool, paused: frozenset[date], start: date) -> str:
    if counted:
        return "working_day" if unit is Unit.WORKING_DAYS else "calendar_day"
    if day.date == start:
        return "start"
    if day.date in paused:
        return "paused"
    if day.working:
        return "before_start" if unit is Unit.WORKING_DAYS else "working_day"
    return "weekend" if day.weekend and not day.entries else "day_off"


def _line(day: Day, number: int | None, reason: str) -> DeadlineDay:
    return DeadlineDay(
        date=day.date,
        number=number,
        reason=reason,
        names=tuple(Text(id=entry.name.id, en=entry.name.en) for entry in day.entries),
        decrees=tuple(dict.fromkeys(entry.decree for entry in day.entries if entry.decree)),
        provisional=day.provisional,
    )
