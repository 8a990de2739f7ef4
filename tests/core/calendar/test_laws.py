"""The laws of working-day arithmetic, against an oracle that walks from day to day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lapor_core.calendar import Decree, DecreeDay, LocalDay, Name, Office, indonesia
from lapor_core.testing.dates import amounts, dates, instants, offices

DAY = timedelta(days=1)


@cache
def off_days(office: Office) -> frozenset[date]:
    """The days off of an office by its ledger alone, read row by row."""
    ledger = office.ledger
    assert ledger is not None
    return frozenset(
        row.date
        for year in sorted(ledger.covered_years)
        for row in ledger.net(year, office.region, office.collective_leave)
        if row.effect == "off"
    )


@cache
def worked_by_decree(office: Office) -> frozenset[date]:
    ledger = office.ledger
    assert ledger is not None
    return frozenset(
        row.date
        for year in sorted(ledger.covered_years)
        for row in ledger.net(year, office.region, office.collective_leave)
        if row.effect == "working"
    )


def oracle_works(office: Office, day: date) -> bool:
    if day in worked_by_decree(office):
        return True
    return day.weekday() in office.week and day not in off_days(office)


def walk(office: Office, start: date, n: int) -> date:
    step = DAY if n > 0 else -DAY
    day, left = start, abs(n)
    while left:
        day += step
        left -= oracle_works(office, day)
    return day


# The oracle reads the decrees alone, so it can only speak of years that have one for everybody.
decreed_years = dates().filter(lambda day: date(2019, 1, 1) <= day <= date(2026, 6, 30))
skb_offices = offices().filter(lambda office: office.collective_leave != "asn")


@given(skb_offices, decreed_years, st.integers(-120, 120).filter(bool))
def test_adding_equals_the_walk_from_day_to_day(office: Office, start: date, n: int) -> None:
    assert office.add(start, n) == walk(office, start, n)


@given(offices(), dates(), amounts().filter(bool))
def test_adding_lands_on_a_working_day(office: Office, start: date, n: int) -> None:
    assert office.is_working_day(office.add(start, n))


@given(offices(), dates(), dates(), amounts().filter(bool))
def test_a_later_start_is_never_due_earlier(office: Office, one: date, other: date, n: int) -> None:
    first, second = sorted((one, other))
    assert office.add(first, n) <= office.add(second, n)


@given(offices(), dates(), amounts().filter(lambda n: n not in (0, -1)))
def test_one_day_more_is_strictly_later(office: Office, start: date, n: int) -> None:
    assert office.add(start, n) < office.add(start, n + 1)


@given(offices(), dates(), st.integers(1, 60), st.integers(1, 60), st.booleans())
def test_adding_in_two_steps_of_one_sign_is_adding_at_once(
    office: Office, start: date, a: int, b: int, back: int
) -> None:
    a, b = (-a, -b) if back else (a, b)
    assert office.add(office.add(start, a), b) == office.add(start, a + b)


@given(offices(), dates(), amounts())
def test_from_a_working_day_adding_can_be_undone(office: Office, start: date, n: int) -> None:
    start = office.next_working_day(start)
    assert office.add(office.add(start, n), -n) == start


@given(offices(), dates(), st.integers(1, 120))
def test_counting_undoes_adding_and_the_answer_is_the_earliest(office: Office, start: date, n: int) -> None:
    due = office.add(start, n)
    assert office.count(start, due) == n
    assert office.count(start, due - DAY) == n - 1


@given(offices(), dates(), dates(), dates())
def test_counts_add_up_and_change_sign(office: Office, a: date, b: date, c: date) -> None:
    assert office.count(a, b) + office.count(b, c) == office.count(a, c)
    assert office.count(a, b) == -office.count(b, a)


@given(offices(), dates(), dates())
def test_no_more_working_days_than_days(office: Office, a: date, b: date) -> None:
    assert abs(office.count(a, b)) <= abs((b - a).days)


@given(st.integers(0, 6), st.integers(1, 30), st.integers(1, 8))
def test_whole_weeks_change_nothing_where_there_are_no_holidays(weekday: int, n: int, weeks: int) -> None:
    """September 2026 and the months after it hold no holiday before Christmas Eve's leave."""
    office = Office.indonesia(zone="Asia/Jakarta")
    start = date(2026, 8, 31) + weekday * DAY
    shifted = start + weeks * 7 * DAY
    assume(office.add(shifted, n) < date(2026, 12, 20))
    assert office.add(shifted, n) - office.add(start, n) == shifted - start


@given(offices(), decreed_years, decreed_years, st.integers(1, 60))
def test_one_more_day_off_moves_a_deadline_by_one_working_day_or_not_at_all(
    office: Office, start: date, extra: date, n: int
) -> None:
    shut = attrs.evolve(office, days_off=[LocalDay(date=extra, name="Hari contoh")])
    before, after = office.add(start, n), shut.add(start, n)
    touched = start < extra <= before and office.is_working_day(extra)
    assert after == (office.add(before, 1) if touched else before)


@given(offices(), decreed_years, decreed_years, st.integers(1, 60))
def test_more_days_off_never_bring_a_deadline_forward(office: Office, start: date, extra: date, n: int) -> None:
    shut = attrs.evolve(office, days_off=[LocalDay(date=extra, name="Hari contoh")])
    assert shut.add(start, n) >= office.add(start, n)


@given(offices(), decreed_years, decreed_years, st.integers(1, 60))
def test_a_day_off_that_is_taken_back_was_never_there(office: Office, start: date, extra: date, n: int) -> None:
    assume(office.is_working_day(extra))
    back = attrs.evolve(office, working_days=[LocalDay(date=extra, name="Hari contoh")])
    assert back.add(start, n) == office.add(start, n)


def decree(number: str, issued: date, day: date, effect: str) -> Decree:
    name = Name(id="Hari contoh", en="Example day")
    return Decree(number=number, issued=issued, days=(DecreeDay(date=day, effect=effect, kind="regional", name=name),))


@given(offices(), decreed_years, decreed_years, st.integers(1, 60))
def test_a_decree_that_adds_a_day_and_one_that_withdraws_it_cancel_out(
    office: Office, start: date, extra: date, n: int
) -> None:
    """And between the two it is off, for who asks what was known then."""
    added = decree("SE contoh 1", extra - 9 * DAY, extra, "off")
    withdrawn = decree("SE contoh 2", extra - 4 * DAY, extra, "withdrawn")
    assert office.ledger is not None
    changed = office.with_ledger(office.ledger.overlaid_with([added, withdrawn]))
    assert changed.add(start, n) == office.add(start, n)
    between = changed.as_known_on(extra - 5 * DAY)
    assert not between.is_working_day(extra) or between.day(extra).entries[0].effect == "working"
    assert changed.is_working_day(extra) == office.is_working_day(extra)


@given(decreed_years, st.integers(1, 60), st.sampled_from(("off", "working")))
def test_a_six_day_week_is_never_later_than_a_five_day_one(start: date, n: int, leave: str) -> None:
    five = Office.indonesia(zone="Asia/Jakarta", week=5, collective_leave=leave)
    six = Office.indonesia(zone="Asia/Jakarta", week=6, collective_leave=leave)
    assert six.add(start, n) <= five.add(start, n)


def test_a_holiday_on_a_saturday_bites_a_six_day_week_only() -> None:
    """Banjarbaru voted again on Saturday 19 April 2025; the day after Good Friday."""
    region = "kalimantan-selatan/banjarbaru"
    six = Office.indonesia(zone="Asia/Makassar", week=6, region=region)
    elsewhere = Office.indonesia(zone="Asia/Makassar", week=6)
    assert not six.is_working_day(date(2025, 4, 19))
    assert elsewhere.is_working_day(date(2025, 4, 19))
    assert six.add(date(2025, 4, 17), 1) == date(2025, 4, 21)


@given(offices(), dates(), st.integers(1, 60))
def test_a_start_on_a_day_off_is_a_start_on_the_working_day_before_it(office: Office, start: date, n: int) -> None:
    assert office.add(start, n) == office.add(office.previous_working_day(start), n)


@given(offices(), decreed_years, st.integers(1, 60), st.integers(1, 40))
def test_days_after_the_deadline_do_not_matter(office: Office, start: date, n: int, later: int) -> None:
    due = office.add(start, n)
    shut = attrs.evolve(office, days_off=[LocalDay(date=due + later * DAY, name="Hari contoh")])
    assert shut.add(start, n) == due


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2025, 12, 24), 5, date(2026, 1, 5)),  # Christmas, its leave, and 1 January
        (date(2023, 12, 29), 1, date(2024, 1, 2)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 1, date(2024, 3, 1)),
    ],
)
def test_across_the_turn_of_a_year_and_29_february(start: date, n: int, due: date) -> None:
    assert Office.indonesia(zone="Asia/Makassar").add(start, n) == due


@given(offices(), dates(), st.integers(1, 60))
def test_skipped_and_counted_days_are_all_the_days_there_are(office: Office, start: date, n: int) -> None:
    due = office.add(start, n)
    days = list(office.explain(start, due))
    assert [day.date for day in days] == [start + (k + 1) * DAY for k in range((due - start).days)]
    assert sum(day.working for day in days) == n
    assert all(day.weekend or day.entries for day in days if not day.working)
    assert all(entry.decree for day in days for entry in day.entries)


@given(st.data(), offices())
def test_office_time_is_additive_monotone_and_conserved(data: st.DataObject, office: Office) -> None:
    start = data.draw(instants(office))
    a, b = (timedelta(minutes=data.draw(st.integers(0, 3000))) for _ in range(2))
    one = office.add_time(start, a)
    assert office.add_time(one, b) == office.add_time(start, a + b)
    assert office.time_between(start, one) == a
    assert one >= start


@given(st.data(), offices(), st.integers(1, 3000))
def test_a_due_instant_is_the_earliest_that_satisfies_it(data: st.DataObject, office: Office, minutes: int) -> None:
    start = data.draw(instants(office))
    due = office.add_time(start, timedelta(minutes=minutes))
    assert office.time_between(start, due - timedelta(microseconds=1)) < timedelta(minutes=minutes)


def test_an_amount_that_ends_with_the_day_ends_at_its_closing_minute() -> None:
    office = Office.indonesia(zone="Asia/Makassar")
    opening, closing = office.opening(date(2026, 3, 12)), office.closing(date(2026, 3, 12))
    assert opening is not None
    assert closing is not None
    assert office.add_time(opening, timedelta(hours=7, minutes=30)) == closing
    assert not office.is_open(closing)
    assert office.is_open(closing - timedelta(microseconds=1))


@given(decreed_years, st.integers(1, 20), dates(), st.integers(0, 40))
def test_answers_as_known_on_two_days_agree_when_no_amendment_falls_between(
    start: date, n: int, first: date, later: int
) -> None:
    office = Office.indonesia(zone="Asia/Jakarta")
    second = first + later * DAY
    assume(not any(first < decree.issued <= second for decree in indonesia().decrees))
    assert office.as_known_on(first).add(start, n) == office.as_known_on(second).add(start, n)
