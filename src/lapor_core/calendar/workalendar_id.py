"""Indonesia for workalendar: its interface over the ledger, and right where workalendar's own methods are not.

What differs from a calendar computed by workalendar itself: a fraction or a boolean as a number of days is refused
instead of rounded; an aware datetime is judged on the office's wall clock, not on its UTC date; a day with two
holidays keeps both names; the following working day is one; a year beyond what is known is an error, not empty; and
nobody is handed a list that belongs to the calendar.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from workalendar.core import Calendar, cleaned_date
from workalendar.registry import registry
from workalendar.registry_tools import iso_register

from lapor_core.calendar.kinds import Effect
from lapor_core.calendar.office import Office
from lapor_core.calendar.replay import Entry
from lapor_core.calendar.table import whole_number

__all__ = ["IndonesiaCalendar"]

Extra = Iterable[date] | None


@iso_register("ID")
class IndonesiaCalendar(Calendar):  # type: ignore[misc]  # the same: its base class is Any
    """Indonesia"""  # noqa: D415 - workalendar shows the first line as the country's name

    def __init__(self, office: Office | None = None, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.office = office if office is not None else Office.indonesia(zone="Asia/Jakarta")
        self.WEEKEND_DAYS = tuple(sorted(set(range(7)) - self.office.week))

    def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
        """Return the days off of a year with their names, weekends among them, each date once.

        Raises:
            OutOfReach: the year lies outside the calendar.
        """
        days = self.office.explain(date(year, 1, 1), date(year, 12, 31))
        named = ((day.date, self.get_holiday_label(day.date)) for day in (self.office.day(date(year, 1, 1)), *days))
        return [(day, label) for day, label in named if label is not None]

    def holidays(self, year: int | None = None) -> list[tuple[date, str]]:
        return list(super().holidays(year))

    def get_holiday_label(self, day: date) -> str | None:
        names = [entry.name.id for entry in self._off(self._date(day))]
        return "; ".join(dict.fromkeys(names)) or None

    def is_holiday(self, day: date, extra_holidays: Extra = None) -> bool:
        plain = self._date(day)
        return plain in self._dates(extra_holidays) or bool(self._off(plain))

    def is_working_day(self, day: date, extra_working_days: Extra = None, extra_holidays: Extra = None) -> bool:
        plain = self._date(day)
        if plain in self._dates(extra_working_days):
            return True
        return plain not in self._dates(extra_holidays) and self.office.is_working_day(plain)

    def add_working_days(
        self,
        day: date,
        delta: int,
        extra_working_days: Extra = None,
        extra_holidays: Extra = None,
        keep_datetime: bool = False,  # noqa: FBT001, FBT002 - workalendar's signature
    ) -> date:
        """Add working days as :meth:`Office.add` does; extra days are stepped over one by one, as workalendar does.

        Raises:
            BadType: ``delta`` is not a whole number.
            OutOfReach: the answer lies outside the calendar.
        """
        plain, delta = self._date(day), whole_number(delta)
        if extra_working_days or extra_holidays:
            extra = tuple(self._dates(extra_working_days)), tuple(self._dates(extra_holidays))
            found = super().add_working_days(plain, delta, *extra)
        else:
            found = self.office.add(plain, delta)
        return self._at_time_of(day, found) if keep_datetime else found

    def sub_working_days(
        self,
        day: date,
        delta: int,
        extra_working_days: Extra = None,
        extra_holidays: Extra = None,
        keep_datetime: bool = False,  # noqa: FBT001, FBT002 - workalendar's signature
    ) -> date:
        back = -abs(whole_number(delta))
        return self.add_working_days(day, back, extra_working_days, extra_holidays, keep_datetime)

    def find_following_working_day(self, day: date) -> date:
        """Return ``day`` itself or the first working day after it; holidays are skipped, as weekends are."""
        return self.office.next_working_day(self._date(day))

    def get_working_days_delta(
        self,
        start: date,
        end: date,
        include_start: bool = False,  # noqa: FBT001, FBT002 - workalendar's signature
        extra_working_days: Extra = None,
        extra_holidays: Extra = None,
    ) -> int:
        """Count the working days after the earlier date, up to the later one; never negative, as workalendar counts.

        With ``include_start`` the earlier date counts as well, also when both dates are the same.
        """
        first, last = sorted((self._date(start), self._date(end)))
        extra = self._dates(extra_working_days), self._dates(extra_holidays)
        begins_working = include_start and self.is_working_day(first, *extra)
        if not any(extra):
            return self.office.count(first, last) + begins_working
        days = (first + timedelta(days=step) for step in range(1, (last - first).days + 1))
        return sum(self.is_working_day(day, *extra) for day in days) + begins_working

    def _off(self, day: date) -> list[Entry]:
        return [entry for entry in self.office.day(day).entries if entry.effect is Effect.OFF]

    def _date(self, day: date) -> date:
        if isinstance(day, datetime) and day.utcoffset() is not None:
            return self.office.local_date(day)
        plain: date = cleaned_date(day)
        return plain

    def _dates(self, days: Extra) -> set[date]:
        return set(map(self._date, days)) if days else set()

    def _at_time_of(self, moment: date, found: date) -> date:
        if not isinstance(moment, datetime):
            return found
        clock = self.office.local(moment) if moment.utcoffset() is not None else moment
        return datetime.combine(found, clock.timetz())


registry.register("ID", IndonesiaCalendar)
