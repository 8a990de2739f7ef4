"""Stretches that do not count: joined, measured in office time, and turned into the days they take away.

A working day does not count when the office was kept waiting during the whole of its opening time; part of a day counts
as a day, so that a pause never takes more from the citizen than was really waited. Splitting a pause, joining two, or
letting one run on into the night changes nothing: what lies between two pauses is looked at in office time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

from lapor_core.calendar import Office
from lapor_core.errors import BadValue, require_aware
from lapor_core.policy.amounts import Unit

__all__ = ["DayRange", "Pause", "Stretch", "aware", "merged", "paused_days"]

_DAY = timedelta(days=1)

Stretch = tuple[datetime, datetime]
"""From an instant up to another."""

DayRange = tuple[date, date]
"""Days in a row, the first and the last."""


def aware(_: object, field: attrs.Attribute[Any], value: datetime) -> None:
    """Refuse an instant without a zone; the validator of every instant in this package."""
    require_aware(value, field.name)


@attrs.frozen(kw_only=True)
class Pause:
    """A stretch that does not count, from ``start`` up to ``end`` (aware); without an end while it lasts.

    Raises:
        BadValue: it ends before it begins (code ``bad_pause``), or an instant is naive.
    """

    start: datetime = attrs.field(validator=aware)
    end: datetime | None = attrs.field(default=None, validator=attrs.validators.optional(aware))

    def __attrs_post_init__(self) -> None:
        # In UTC, for in one zone Python compares the hands of the clock, and those are set back once a year.
        if self.end is not None and self.end.astimezone(UTC) < self.start.astimezone(UTC):
            message = f"a pause from {self.start.isoformat()} to {self.end.isoformat()} ends before it begins"
            raise BadValue(message, code="bad_pause")


def merged(pauses: Iterable[Pause], office: Office) -> tuple[Stretch, ...]:
    """Return the pauses in order and on the office's wall clock, overlapping and touching ones joined.

    Raises:
        BadValue: a pause has no end yet (code ``open_pause``).
    """
    joined: list[Stretch] = []
    for begin, end in sorted(map(_in_utc, pauses)):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple((office.local(begin), office.local(end)) for begin, end in joined)


def _in_utc(pause: Pause) -> Stretch:
    if pause.end is None:
        message = f"the pause that began at {pause.start.isoformat()} lasts; there is no deadline before it ends"
        raise BadValue(message, code="open_pause")
    return pause.start.astimezone(UTC), pause.end.astimezone(UTC)


def paused_days(pauses: Sequence[Stretch], office: Office, unit: Unit) -> tuple[DayRange, ...]:
    """Return the days that do not count, as ranges in order: of working days, those whose whole opening time was paused.

    A range may hold days off as well, which do not count anyway. Of calendar days, whole days from midnight to midnight.

    Args:
        pauses: From :func:`merged`.
        office: Whose days.
        unit: What the clock counts; hours have no days.
    """
    if unit.in_hours:
        return ()
    if unit is Unit.DAYS:
        return tuple(filter(None, (_whole_days(begin, end, office) for begin, end in pauses)))
    return tuple(filter(None, (_whole_working_days(begin, end, office) for begin, end in _bridged(pauses, office))))


def _bridged(pauses: Sequence[Stretch], office: Office) -> Iterable[Stretch]:
    """Join pauses with nothing but closed time between them: a break, a night, a week-end."""
    joined: list[Stretch] = []
    for begin, end in pauses:
        if joined and not office.time_between(joined[-1][1], begin):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _whole_working_days(begin: datetime, end: datetime, office: Office) -> DayRange | None:
    opening, closing = office.opening(begin.date()), office.closing(end.date())
    first = begin.date() if opening is None or begin <= opening else begin.date() + _DAY
    last = end.date() if closing is None or closing <= end else end.date() - _DAY
    return (first, last) if first <= last else None


def _whole_days(begin: datetime, end: datetime, office: Office) -> DayRange | None:
    first = begin.date() if begin == office.start_of_day(begin.date()) else begin.date() + _DAY
    last = end.date() if office.end_of_day(end.date()) <= end else end.date() - _DAY
    return (first, last) if first <= last else None
