"""IndonesiaCalendar: workalendar's own generic tests, and each trap in workalendar's methods."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workalendar.asia import Philippines, Singapore
from workalendar.core import SAT, SUN, Calendar
from workalendar.europe import Germany
from workalendar.registry import registry
from workalendar.tests import GenericCalendarTest

from lapor_core.calendar import Office
from lapor_core.calendar.workalendar_id import IndonesiaCalendar
from lapor_core.errors import BadType, OutOfReach
from lapor_core.testing.dates import amounts, dates

SUNDAY = date(2026, 3, 15)
CALENDAR = IndonesiaCalendar()
OFFICE = CALENDAR.office


class TestWorkalendarsOwn(GenericCalendarTest):
    cal_class = IndonesiaCalendar

    def setUp(self):
        super().setUp()
        self.year = 2026  # the generic tests ask for the year of the machine's clock, which may lie beyond our reach


class Plain(Calendar):
    """The same holidays under workalendar's own methods, as an oracle that walks from day to day."""

    WEEKEND_DAYS = (SAT, SUN)

    def get_calendar_holidays(self, year: int) -> list:
        return CALENDAR.holidays(year)


PLAIN = Plain()


@given(dates(), amounts())
def test_scalar_arithmetic_is_workalendars(start: date, n: int) -> None:
    assert CALENDAR.add_working_days(start, n) == PLAIN.add_working_days(start, n) == OFFICE.add(start, n)


@given(dates(), st.integers(-400, 400), st.booleans())
def test_counting_is_workalendars_but_for_one_day_alone(start: date, days: int, include_start: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
    end = start + timedelta(days=days)
    counted = CALENDAR.get_working_days_delta(start, end, include_start)
    if days:
        assert counted == PLAIN.get_working_days_delta(start, end, include_start)
    else:
        assert counted == (include_start and OFFICE.is_working_day(start))


@given(dates(), amounts(), st.lists(st.integers(-20, 20), max_size=4), st.lists(st.integers(-20, 20), max_size=4))
def test_extra_days_are_minded_as_workalendar_minds_them(start: date, n: int, worked: list, off: list) -> None:
    extra = [start + timedelta(days=k) for k in worked], [start + timedelta(days=k) for k in off]
    assert CALENDAR.add_working_days(start, n, *extra) == PLAIN.add_working_days(start, n, *extra)
    extra_days = dict(zip(("extra_working_days", "extra_holidays"), extra, strict=True))
    end = start + timedelta(days=25)
    assert CALENDAR.get_working_days_delta(start, end, **extra_days) == PLAIN.get_working_days_delta(
        start, end, **extra_days
    )


def test_it_is_registered_under_its_iso_code() -> None:
    assert registry.get("ID") is IndonesiaCalendar
    assert IndonesiaCalendar.name == "Indonesia"


@pytest.mark.parametrize("delta", [1.5, 2.0, True, "2"])
def test_a_fraction_is_refused_and_not_rounded(delta: object) -> None:
    with pytest.raises(BadType):
        CALENDAR.add_working_days(SUNDAY, delta)
    with pytest.raises(BadType):
        CALENDAR.sub_working_days(SUNDAY, delta)


def test_sub_working_days_goes_back_whatever_the_sign() -> None:
    assert CALENDAR.sub_working_days(SUNDAY, 1) == CALENDAR.sub_working_days(SUNDAY, -1) == date(2026, 3, 13)


def test_a_datetime_keeps_its_time_when_asked_to() -> None:
    moment = datetime(2026, 3, 13, 10, 30)  # noqa: DTZ001 - workalendar's users pass naive ones
    assert CALENDAR.add_working_days(moment, 1) == date(2026, 3, 16)
    kept = CALENDAR.add_working_days(moment, 1, keep_datetime=True)
    assert kept == datetime(2026, 3, 16, 10, 30)  # noqa: DTZ001
    assert CALENDAR.add_working_days(SUNDAY, 1, keep_datetime=True) == date(2026, 3, 16)


def test_a_utc_instant_is_judged_on_the_offices_wall_clock() -> None:
    sunday_evening = datetime(2026, 3, 15, 22, tzinfo=UTC)  # Monday 05.00 in Jakarta
    assert CALENDAR.is_working_day(sunday_evening)
    kept = CALENDAR.add_working_days(sunday_evening, 1, keep_datetime=True)
    assert kept == datetime(2026, 3, 17, 5, tzinfo=ZoneInfo("Asia/Jakarta"))


def test_one_day_alone_counts_when_the_start_is_included() -> None:
    assert CALENDAR.get_working_days_delta(date(2026, 3, 13), date(2026, 3, 13), include_start=True) == 1
    assert CALENDAR.get_working_days_delta(SUNDAY, SUNDAY, include_start=True) == 0


def test_nobody_can_spoil_the_holidays_of_others() -> None:
    CALENDAR.holidays(2026).clear()
    CALENDAR.holidays_set(2026).clear()
    assert CALENDAR.is_holiday(date(2026, 1, 1))
    assert date(2026, 1, 1) in CALENDAR.holidays_set(2026)


def test_two_holidays_on_one_day_keep_both_names() -> None:
    assert CALENDAR.get_holiday_label(date(2021, 5, 13)) == "; ".join(
        dict.fromkeys(entry.name.id for entry in OFFICE.day(date(2021, 5, 13)).entries)
    )
    assert ";" in CALENDAR.get_holiday_label(date(2021, 5, 13))
    assert len(CALENDAR.holidays(2021)) == len(CALENDAR.holidays_set(2021))


def test_the_following_working_day_is_not_a_holiday() -> None:
    assert CALENDAR.find_following_working_day(date(2026, 3, 21)) == date(2026, 3, 25)


def test_years_beyond_reach_are_refused_and_not_empty() -> None:
    with pytest.raises(OutOfReach):
        CALENDAR.holidays(2000)
    with pytest.raises(OutOfReach):
        CALENDAR.export_to_ical()  # workalendar's default period begins in 2000


def test_a_replacement_working_day_and_a_six_day_week_are_the_offices() -> None:
    aceh = IndonesiaCalendar(Office.indonesia(zone="Asia/Jakarta", region="aceh"))
    assert aceh.is_working_day(date(2022, 7, 23))
    assert not aceh.is_holiday(date(2022, 7, 23))
    six = IndonesiaCalendar(Office.indonesia(zone="Asia/Jakarta", week=6))
    assert six.get_weekend_days() == (SUN,)
    assert six.add_working_days(date(2026, 3, 13), 1) == date(2026, 3, 14)


COUNTRIES = {
    calendar: Office.from_workalendar(calendar, zone=zone)
    for calendar, zone in (
        (Philippines(), "Asia/Manila"),
        (Singapore(), "Asia/Singapore"),
        (Germany(), "Europe/Berlin"),
        (IndonesiaCalendar(), "Asia/Jakarta"),
    )
}


@given(st.sampled_from(tuple(COUNTRIES)), st.dates(date(2019, 1, 1), date(2027, 6, 30)), amounts())
def test_an_office_over_any_calendar_of_workalendar_answers_as_that_calendar_does(
    calendar: Calendar, start: date, n: int
) -> None:
    office = COUNTRIES[calendar]
    assert office.add(start, n) == calendar.add_working_days(start, n)
    assert office.is_working_day(start) == calendar.is_working_day(start)
    assert all(
        day.entries[0].decree.startswith("workalendar")
        for day in office.explain(start, start + timedelta(days=60))
        if day.entries
    )


def test_a_calendar_reaches_as_far_as_its_own_tables() -> None:
    singapore = next(office for calendar, office in COUNTRIES.items() if isinstance(calendar, Singapore))
    assert singapore.last.year < OFFICE.last.year
    with pytest.raises(OutOfReach, match="reaches from"):
        singapore.add(singapore.last, 1)
    with pytest.raises(OutOfReach, match="knows no year"):
        Office.from_workalendar(Unknowing(), zone="Asia/Jakarta").add(date(2026, 3, 13), 1)


class Unknowing(Calendar):
    WEEKEND_DAYS = (SAT, SUN)

    def get_calendar_holidays(self, year: int) -> list:
        raise KeyError(year)
