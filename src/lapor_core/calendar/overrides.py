"""An office's own days: off where the decrees say nothing, or worked where everybody else is off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from lapor_core.calendar.kinds import DayKind, Effect, Name
from lapor_core.calendar.replay import Entry
from lapor_core.calendar.table import plain_date
from lapor_core.errors import all_of, require_type

__all__ = ["LocalDay", "own_days"]


def _name(value: Name | str) -> Name:
    if isinstance(value, str):
        return Name(id=value, en=value)
    require_type(value, Name, "name")
    return value


@attrs.frozen(kw_only=True)
class LocalDay:
    """One day of an office's own, with what it rests on.

    Attributes:
        date: The day, a plain date.
        name: As officers and citizens read it; given as a text, it stands in both languages.
        reason: Why, in a sentence; may be empty.
        decree: The circular or order behind it; may be empty.

    Raises:
        BadType: ``date`` is a datetime or no date at all (code ``not_a_date``), or ``name`` is no name (``wrong_type``).
    """

    date: date = attrs.field(converter=plain_date)
    name: Name = attrs.field(converter=_name)
    reason: str = ""
    decree: str = ""

    def entry(self, effect: Effect) -> Entry:
        """Return this day as an entry of the calendar."""
        kind = DayKind.REPLACEMENT_WORKING_DAY if effect is Effect.WORKING else DayKind.REGIONAL
        cited = self.decree or self.reason or "office's own day"
        return Entry(date=self.date, effect=effect, kind=kind, name=self.name, decree=cited, scope="office")


def own_days(value: Iterable[LocalDay]) -> tuple[LocalDay, ...]:
    """Return an office's own days in the order of the calendar.

    Raises:
        BadType: what is given is no row of :class:`LocalDay` (code ``wrong_type``).
    """
    return tuple(sorted(all_of(value, LocalDay, "an office's own days"), key=lambda day: day.date))
