"""An office: its zone, week, hours, region and own days, and every question about its time."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs

from lapor_core.calendar.assembly import table_of
from lapor_core.calendar.coverage import holidays_version
from lapor_core.calendar.day import Day, Days
from lapor_core.calendar.doubts import Doubt
from lapor_core.calendar.hours import OfficeHours, shipped_hours
from lapor_core.calendar.kinds import CollectiveLeave, as_collective_leave
from lapor_core.calendar.ledger import Ledger
from lapor_core.calendar.loading import indonesia
from lapor_core.calendar.overrides import LocalDay, own_days
from lapor_core.calendar.regions import resolve_region
from lapor_core.calendar.sources import Source, from_ledger, from_workalendar, workalendar_name
from lapor_core.calendar.table import Table, Zero, plain_date
from lapor_core.calendar.weeks import Week, as_week
from lapor_core.calendar.worktime import WorkTime, worktime_of
from lapor_core.calendar.zones import as_zone
from lapor_core.errors import BadValue, is_a, is_none_or_a, require_aware

if TYPE_CHECKING:
    from workalendar.core import CoreCalendar

__all__ = ["Office"]

_LAST_SECOND = time(23, 59, 59)


@attrs.frozen(kw_only=True)
class Office:
    """An office's calendar: a value, cheap to make and to change with :func:`attrs.evolve`.

    Attributes:
        zone: An IANA zone; every instant that goes out is in it.
        week: The weekdays worked, Monday is 0; given as 5, 6 or any set of weekdays.
        ledger: The decrees; ``None`` when the office follows a workalendar calendar instead.
        calendar: A workalendar calendar of another country, or ``None``.
        region: Full path of the region whose decrees bind this office besides the national ones.
        collective_leave: Whether cuti bersama is off as the SKB says, as the ASN's Keppres says, or worked.
        days_off: Own days off; they beat the decrees.
        working_days: Own working days; they beat decrees and week.
        hours: When it is open on its working days; by default hours that fit Perpres 21/2023.
        known_on: The office judges by the decrees issued up to this day; ``None`` is all there are.
        name: What the office is called, for people.

    Raises:
        BadValue: an empty week, a day that is both off and worked, an unknown word for collective leave.
        NotFound: an unknown zone or region.
        BadType: hours, ledger or own days of another type (code ``wrong_type``).
    """

    zone: str = attrs.field(converter=as_zone)
    week: frozenset[int] = attrs.field(default=5, converter=as_week)
    ledger: Ledger | None = attrs.field(factory=indonesia, validator=is_none_or_a(Ledger))
    calendar: CoreCalendar | None = None
    region: str | None = None
    collective_leave: CollectiveLeave = attrs.field(default=CollectiveLeave.OFF, converter=as_collective_leave)
    days_off: tuple[LocalDay, ...] = attrs.field(default=(), converter=own_days)
    working_days: tuple[LocalDay, ...] = attrs.field(default=(), converter=own_days)
    hours: OfficeHours = attrs.field(factory=shipped_hours, validator=is_a(OfficeHours))
    known_on: date | None = None
    name: str = ""

    def __attrs_post_init__(self) -> None:
        if (self.ledger is None) == (self.calendar is None):
            message = "an office follows either a ledger of decrees or a workalendar calendar"
            raise BadValue(message, code="two_calendars")
        both = {day.date for day in self.days_off} & {day.date for day in self.working_days}
        if both:
            message = f"{min(both)} is among the office's own days off and its own working days"
            raise BadValue(message, code="day_off_and_working", value=min(both))
        if self.region is not None and self.ledger is not None:
            object.__setattr__(self, "region", resolve_region(self.region, self.ledger.scopes))

    @classmethod
    def indonesia(
        cls,
        *,
        zone: str,
        week: Week = 5,
        region: str | None = None,
        collective_leave: CollectiveLeave | str = CollectiveLeave.OFF,
        days_off: Iterable[LocalDay] = (),
        working_days: Iterable[LocalDay] = (),
        hours: OfficeHours | None = None,
        ledger: Ledger | None = None,
        name: str = "",
    ) -> Office:
        """Return an Indonesian office over the shipped ledger, or over ``ledger``."""
        return cls(
            zone=zone,
            week=week,
            region=region,
            collective_leave=collective_leave,
            days_off=days_off,
            working_days=working_days,
            hours=hours if hours is not None else shipped_hours(),
            ledger=ledger if ledger is not None else indonesia(),
            name=name,
        )

    @classmethod
    def from_workalendar(
        cls, calendar: CoreCalendar, *, zone: str, week: Week | None = None, **settings: Any
    ) -> Office:
        """Return an office of another country, over a workalendar calendar such as ``Philippines()``.

        The week is the calendar's own unless one is given. Such a calendar has no decrees, hence no past states.
        """
        days = week if week is not None else {0, 1, 2, 3, 4, 5, 6} - set(calendar.get_weekend_days())
        return cls(zone=zone, week=days, ledger=None, calendar=calendar, **settings)

    # Dates

    def add(self, start: date, n: int, zero: Zero = "stay") -> date:
        """Return the ``n``-th working day after ``start`` (before it when negative); see :meth:`Table.add`."""
        return self._table.add(start, n, zero)

    def count(self, start: date, end: date) -> int:
        """Return how many working days lie in (start, end]; negative when ``end`` comes first."""
        return self._table.count(start, end)

    def explain(self, start: date, end: date) -> Days:
        """Return every day of (start, end] with what makes it counted or skipped; built when read."""
        return self._table.explain(start, end)

    def day(self, day: date) -> Day:
        """Return one day as this office sees it."""
        return self._table.day(day)

    def is_working_day(self, day: date) -> bool:
        """Tell whether this office works on ``day``."""
        return self._table.is_working_day(day)

    def next_working_day(self, day: date) -> date:
        """Return the first working day on or after ``day``."""
        return self._table.add(day, 0, "next")

    def previous_working_day(self, day: date) -> date:
        """Return the last working day on or before ``day``."""
        return self._table.add(day, 0, "previous")

    @property
    def first(self) -> date:
        """The first day this office can answer for."""
        return self._table.first

    @property
    def last(self) -> date:
        """The last day this office can answer for."""
        return self._table.last

    @property
    def working_flags(self) -> tuple[bool, ...]:
        """Whether each day from ``first`` to ``last`` is a working day, in order."""
        return self._table.working

    # Versions

    def as_known_on(self, day: date) -> Office:
        """Return this office judging by the decrees issued up to ``day`` only.

        Raises:
            BadValue: the office follows a workalendar calendar, which keeps no past states.
        """
        self._require_ledger("has no past states").as_known_on(day)
        return attrs.evolve(self, known_on=day)

    def with_ledger(self, ledger: Ledger) -> Office:
        """Return this office over another ledger, one with a decree more, say."""
        self._require_ledger("takes no ledger")
        return attrs.evolve(self, ledger=ledger)

    def provisional_reasons(self, start: date, end: date) -> tuple[Doubt, ...]:
        """Return why answers about the days from ``start`` to ``end``, both included, may change; empty when they are firm."""
        for day in (start, end):
            self._table.index(day)  # refuses what is no date, or lies outside the calendar
        first, last = (start, end) if start <= end else (end, start)
        return (*self._source.reasons(first, last), *self.hours.reasons(first, last))

    @property
    def fingerprint(self) -> str:
        """A short stable hash of all that this office's answers depend on, python-holidays included."""
        return self._fingerprints[1]

    def fingerprint_of(self, start: date, end: date) -> str:
        """Return the fingerprint of answers about these days: python-holidays enters only where it was asked."""
        return self._fingerprints[bool(self.provisional_reasons(start, end))]

    # Instants

    def local(self, moment: datetime) -> datetime:
        """Return an aware instant on this office's wall clock.

        Raises:
            BadValue: ``moment`` has no time zone.
        """
        return require_aware(moment, "moment").astimezone(self._zone_info)

    def local_date(self, moment: datetime) -> date:
        """Return the date in this office's zone: 23.30 in Jakarta is the next day in Banjarbaru."""
        return self.local(moment).date()

    def end_of_day(self, day: date) -> datetime:
        """Return the last whole second of a day on this office's wall clock, 23.59.59.

        Raises:
            BadType: ``day`` is a datetime, or no date at all (code ``not_a_date``).
        """
        return datetime.combine(plain_date(day), _LAST_SECOND, tzinfo=self._zone_info)

    def start_of_day(self, day: date) -> datetime:
        """Return midnight at the beginning of a day on this office's wall clock; raises as :meth:`end_of_day` does."""
        return datetime.combine(plain_date(day), time(), tzinfo=self._zone_info)

    def opening(self, day: date) -> datetime | None:
        """Return when the office opens on ``day``, behind a break that begins the day; None when it stays shut."""
        hours = self._worktime.hours(day)
        return datetime.combine(day, hours.stretches[0][0], tzinfo=self._zone_info) if hours else None

    def closing(self, day: date) -> datetime | None:
        """Return when the office closes on ``day``, before a break that ends the day; None when it stays shut."""
        hours = self._worktime.hours(day)
        return datetime.combine(day, hours.stretches[-1][1], tzinfo=self._zone_info) if hours else None

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the office is open at an instant; in a break, and at the closing minute, it is not.

        Raises:
            BadValue: ``moment`` has no time zone.
        """
        local = self.local(moment)
        hours = self._worktime.hours(local.date())
        return hours is not None and any(begins <= local.time() < ends for begins, ends in hours.stretches)

    def add_time(self, start: datetime, amount: timedelta) -> datetime:
        """Return the earliest instant by which ``amount`` of office time has passed; see :meth:`WorkTime.add`."""
        return self._worktime.add(self.local(start), amount)

    def time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the office time between two instants; negative when ``end`` comes first."""
        return self._worktime.between(self.local(start), self.local(end))

    # Inside

    @functools.cached_property
    def _known(self) -> Ledger | None:
        if self.ledger is None or self.known_on is None:
            return self.ledger
        return self.ledger.as_known_on(self.known_on)

    @functools.cached_property
    def _source(self) -> Source:
        if self._known is not None:
            return from_ledger(self._known, self.region, self.collective_leave)
        return from_workalendar(self.calendar)

    @functools.cached_property
    def _table(self) -> Table:
        return table_of(self._source, self.week, self.days_off, self.working_days)

    @functools.cached_property
    def _worktime(self) -> WorkTime:
        return worktime_of(self._table, self.hours, self._zone_info)

    @functools.cached_property
    def _zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @functools.cached_property
    def _settings(self) -> str:
        calendar = self._known.version if self._known is not None else workalendar_name(self.calendar)
        parts = (calendar, self.zone, sorted(self.week), self.region, str(self.collective_leave))
        return repr((*parts, self.days_off, self.working_days, self.hours))

    @functools.cached_property
    def _fingerprints(self) -> tuple[str, str]:
        """Of answers that stand on decrees alone, and of answers that python-holidays has a part in."""
        return _hash(self._settings), _hash(self._settings, holidays_version())

    def _require_ledger(self, problem: str) -> Ledger:
        if self.ledger is None:
            message = f"an office over {workalendar_name(self.calendar)} {problem}"
            raise BadValue(message, code="no_ledger")
        return self.ledger


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
