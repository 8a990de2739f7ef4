"""Office hours: when an office is open on each weekday, its breaks, and other hours in Ramadan.

Perpres 21/2023 fixes the start (07.30, in Ramadan 08.00), the breaks (60 minutes, Fridays 90; in Ramadan 30 and 60) and
the net week (37 h 30 min, in Ramadan 32 h 30 min); the closing times are set by each agency. The times in
``hours_data/hours.toml`` are those that fit.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import date, time
from importlib import resources
from typing import Any

import attrs

from lapor_core.calendar.doubts import Doubt, doubt
from lapor_core.calendar.kinds import Confidence
from lapor_core.calendar.weeks import WEEKDAYS
from lapor_core.documents import read_document
from lapor_core.errors import BadType, BadValue, all_of, did_you_mean, is_a, is_none_or_a, require_type
from lapor_core.structure import structure

__all__ = ["Break", "DayHours", "OfficeHours", "Ramadan", "Schedule", "WrittenSchedule", "shipped_hours"]


def _wall(_: object, field: attrs.Attribute[time], value: time) -> None:
    if not isinstance(value, time) or value.tzinfo is not None:
        message = f"{field.name} must be a time of day without a zone (it is read in the office's), not {value!r}"
        raise BadType(message, code="bad_hours", field=field.name)


@attrs.frozen(kw_only=True)
class Break:
    """A pause in the day; the office is closed from ``begins`` up to ``ends``."""

    begins: time = attrs.field(validator=_wall)
    ends: time = attrs.field(validator=_wall)


def _by_start(breaks: Iterable[Break]) -> tuple[Break, ...]:
    return tuple(sorted(all_of(breaks, Break, "breaks"), key=lambda pause: pause.begins))


@attrs.frozen(kw_only=True)
class DayHours:
    """The hours of one day, on the office's wall clock: open from ``opens`` to ``closes``, without the breaks.

    Raises:
        BadValue: hours or a break that end before they begin, a break outside the hours, breaks that overlap, or no
            open minute at all (code ``bad_hours``).
        BadType: something that is no time of day, or one with a zone.
    """

    opens: time = attrs.field(validator=_wall)
    closes: time = attrs.field(validator=_wall)
    breaks: tuple[Break, ...] = attrs.field(default=(), converter=_by_start)

    def __attrs_post_init__(self) -> None:
        problem = self._problem()
        if problem is not None:
            raise BadValue(f"hours {self.opens:%H:%M}-{self.closes:%H:%M}: {problem}", code="bad_hours")

    @functools.cached_property
    def stretches(self) -> tuple[tuple[time, time], ...]:
        """The stretches in which the office is open, in order; never empty."""
        edges = [self.opens, *(edge for pause in self.breaks for edge in (pause.begins, pause.ends)), self.closes]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return tuple((begins, ends) for begins, ends in pairs if begins < ends)

    def _problem(self) -> str | None:
        if self.closes <= self.opens:
            return "they end before they begin"
        reached = self.opens
        for pause in self.breaks:
            shown = f"the break {pause.begins:%H:%M}-{pause.ends:%H:%M}"
            if pause.ends <= pause.begins:
                return f"{shown} ends before it begins"
            if pause.begins < self.opens or pause.ends > self.closes:
                return f"{shown} lies outside them"
            if pause.begins < reached:
                return f"{shown} overlaps the one before it"
            reached = pause.ends
        return None if self.stretches else "the breaks leave no open minute"


def _days(value: Mapping[Any, DayHours]) -> tuple[tuple[int, DayHours], ...]:
    if not isinstance(value, Mapping):
        value = dict(value)  # as they were kept in a schedule that is changed
    for hours in value.values():
        require_type(hours, DayHours, "hours")
    return tuple(sorted((_weekday(key), hours) for key, hours in value.items()))


def _weekday(key: int | str) -> int:
    if key in WEEKDAYS:
        return WEEKDAYS.index(str(key))
    if isinstance(key, int) and not isinstance(key, bool) and 0 <= key <= 6:
        return key
    message = f'"{key}": not a weekday; {did_you_mean(str(key), WEEKDAYS)}'
    raise BadValue(message, code="bad_hours", value=str(key))


@attrs.frozen(kw_only=True)
class Schedule:
    """The hours of a week; a weekday without hours of its own (a replacement working Saturday) has the ``usual`` ones."""

    usual: DayHours = attrs.field(validator=is_a(DayHours))
    days: tuple[tuple[int, DayHours], ...] = attrs.field(default=(), converter=_days)

    def on(self, weekday: int) -> DayHours:
        """Return the hours of a weekday, Monday is 0."""
        return dict(self.days).get(weekday, self.usual)


@attrs.frozen(kw_only=True)
class Ramadan:
    """One month of fasting, both days included, with how sure its first day is.

    Raises:
        BadValue: it ends before it begins (code ``bad_hours``).
    """

    first: date
    last: date
    confidence: Confidence

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise BadValue(f"Ramadan from {self.first} to {self.last} ends before it begins", code="bad_hours")


def _months(value: Iterable[Ramadan]) -> tuple[Ramadan, ...]:
    return all_of(value, Ramadan, "ramadans")


@attrs.frozen(kw_only=True)
class OfficeHours:
    """An office's hours: those of the ordinary week, and those of Ramadan when they differ.

    They say when the office is open *if* the day is a working day; which days those are is the calendar's matter.
    """

    ordinary: Schedule = attrs.field(validator=is_a(Schedule))
    ramadan: Schedule | None = attrs.field(default=None, validator=is_none_or_a(Schedule))
    ramadans: tuple[Ramadan, ...] = attrs.field(default=(), converter=_months)

    def on(self, day: date) -> DayHours:
        """Return the hours of a day."""
        fasting = self.ramadan is not None and any(month.first <= day <= month.last for month in self.ramadans)
        schedule = self.ramadan if fasting and self.ramadan is not None else self.ordinary
        return schedule.on(day.weekday())

    def reasons(self, first: date, last: date) -> tuple[Doubt, ...]:
        """Return why these hours may change between two days: years whose Ramadan is not in the data."""
        if self.ramadan is None:
            return ()
        known = {month.first.year for month in self.ramadans}
        missing = (year for year in range(first.year, last.year + 1) if year not in known)
        return tuple(doubt("no_ramadan", year=year) for year in missing)


@attrs.frozen(kw_only=True)
class WrittenSchedule:
    """The hours of a week as a file writes them: the ``usual`` ones, and under ``days`` those of single weekdays."""

    usual: DayHours
    days: Mapping[str, DayHours] = attrs.Factory(dict)

    def schedule(self) -> Schedule:
        """Return the hours by weekday."""
        return Schedule(usual=self.usual, days=dict(self.days))


@attrs.frozen(kw_only=True)
class _Written:
    """The shape of ``hours_data/hours.toml``."""

    ordinary: WrittenSchedule
    ramadan: WrittenSchedule
    ramadans: tuple[Ramadan, ...]


@functools.cache
def shipped_hours(*, ramadan: bool = False) -> OfficeHours:
    """Return hours that fit Perpres 21/2023: 37 h 30 min a week; with ``ramadan``, 32 h 30 min in that month.

    Ramadan hours are asked for and never a default, because the first days of Ramadan in the data are from memory.
    """
    file = resources.files("lapor_core.calendar") / "hours_data" / "hours.toml"
    document = read_document(file.read_text("utf-8"), "hours.toml")
    written = structure(document, _Written, document.data)
    if not ramadan:
        return OfficeHours(ordinary=written.ordinary.schedule())
    return OfficeHours(
        ordinary=written.ordinary.schedule(), ramadan=written.ramadan.schedule(), ramadans=written.ramadans
    )
