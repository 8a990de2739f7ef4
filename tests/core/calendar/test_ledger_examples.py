"""Decrees by example: what was known when, what changed, and that python-holidays agrees in the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from lapor_core.calendar import LocalDay, Office, difference, indonesia, overlay
from lapor_core.errors import BadType, BadValue, DocumentFaults, NotFound, OutOfReach

OFFICE = Office.indonesia(zone="Asia/Makassar")


def test_the_example_of_idul_fitri_2026() -> None:
    assert OFFICE.add(date(2026, 3, 13), 14) == date(2026, 4, 10)
    assert OFFICE.count(date(2026, 3, 13), date(2026, 4, 10)) == 14


def test_before_the_decree_of_august_2025_a_deadline_was_one_working_day_earlier() -> None:
    before = OFFICE.as_known_on(date(2025, 8, 1)).add(date(2025, 8, 4), 14)
    assert OFFICE.add(date(2025, 8, 4), 14) == OFFICE.add(before, 1)


def test_a_day_off_can_be_taken_back_two_days_before() -> None:
    """The third amendment of 2020, of 20 May, withdrew the leave of 22 May."""
    assert not OFFICE.as_known_on(date(2020, 5, 19)).is_working_day(date(2020, 5, 22))
    assert OFFICE.is_working_day(date(2020, 5, 22))
    assert any("440/2020" in entry.decree for entry in OFFICE.day(date(2020, 5, 22)).withdrawn)


def test_a_replacement_saturday_is_worked_in_aceh_only() -> None:
    aceh = Office.indonesia(zone="Asia/Jakarta", region="aceh")
    assert aceh.is_working_day(date(2022, 7, 23))
    assert not OFFICE.is_working_day(date(2022, 7, 23))


@pytest.mark.parametrize("year", range(2018, 2028))
def test_the_final_state_of_each_year_agrees_with_python_holidays(year: int) -> None:
    theirs = set(holidays.Indonesia(years=year, categories=("public", "government"), language="id"))
    ours = {row.date for row in indonesia().net(year) if row.effect == "off"}
    assert ours == {day for day in theirs if day.year == year}


def test_every_row_cites_a_decree() -> None:
    assert all(row.decree for year in indonesia().covered_years for row in indonesia().net(year))


def test_the_difference_between_two_days_says_which_day_changed_and_why() -> None:
    ledger = indonesia()
    (changed,) = difference(ledger.as_known_on(date(2025, 8, 1)), ledger.as_known_on(date(2025, 8, 8)))
    assert changed.date == date(2025, 8, 18)
    assert changed.before is None
    assert changed.after is not None
    assert [entry.decree for entry in changed.because] == ["SKB 933/2025, 1/2025, 3/2025"]


def test_a_year_without_a_decree_is_provisional_and_says_so() -> None:
    (reason,) = OFFICE.provisional_reasons(date(2029, 1, 1), date(2029, 2, 1))
    assert reason.code == "no_decree"
    for language in ("id", "en"):
        assert "2029" in reason.in_language(language)
        assert f"python-holidays {holidays.__version__}" in reason.in_language(language)
    assert not OFFICE.provisional_reasons(date(2026, 3, 1), date(2026, 4, 1))


def test_beyond_what_python_holidays_knows_is_an_error_and_no_answer() -> None:
    with pytest.raises(OutOfReach, match="reaches from"):
        OFFICE.add(OFFICE.last - timedelta(days=3), 14)
    with pytest.raises(OutOfReach):
        OFFICE.is_working_day(OFFICE.first - timedelta(days=1))


@pytest.mark.parametrize("n", [1.5, 2.0, True, "3", None])
def test_a_number_of_working_days_is_a_whole_number(n: object) -> None:
    with pytest.raises(BadType, match="whole number"):
        OFFICE.add(date(2026, 3, 13), n)  # type: ignore[arg-type]  # the point of the test


def test_a_datetime_is_no_date_and_a_naive_instant_is_refused() -> None:
    with pytest.raises(BadType, match="not a datetime"):
        OFFICE.add(datetime(2026, 3, 13, 10), 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(BadValue, match="has no time zone"):
        OFFICE.is_open(datetime(2026, 3, 13, 10))  # noqa: DTZ001 - the point of the test


def test_wrong_offices_are_refused_with_what_is_allowed() -> None:
    with pytest.raises(BadValue, match="week"):
        Office.indonesia(zone="Asia/Jakarta", week=frozenset())
    with pytest.raises(NotFound, match="banjarbaru"):
        Office.indonesia(zone="Asia/Makassar", region="banjarbau")
    with pytest.raises(NotFound):
        Office.indonesia(zone="Asia/Banjarbaru")


def test_a_day_of_an_offices_own_is_a_plain_date() -> None:
    """A text or a datetime would match no day of the calendar, and leave the deadline where it was."""
    for wrong in ("2026-03-16", datetime(2026, 3, 16, tzinfo=ZoneInfo("Asia/Makassar"))):
        with pytest.raises(BadType) as caught:
            LocalDay(date=wrong, name="Hari contoh")
        assert caught.value.code == "not_a_date"
    for ask in (OFFICE.start_of_day, OFFICE.end_of_day):
        with pytest.raises(BadType, match="not a datetime"):
            ask(datetime(2026, 3, 16, 23, tzinfo=UTC))


def test_a_ledger_takes_its_words_as_an_office_does() -> None:
    """A word in place of its member, or the last part of a region, must not leave days out in silence."""
    decrees = indonesia()
    assert decrees.net(2026, collective_leave="off") == decrees.net(2026)
    assert len(decrees.net(2026, collective_leave="working")) == len(decrees.net(2026)) - 8
    assert decrees.net(2025, "banjarbaru") == decrees.net(2025, "kalimantan-selatan/banjarbaru") != decrees.net(2025)
    assert decrees.states("banjarbaru") == decrees.states("kalimantan-selatan/banjarbaru")
    with pytest.raises(BadValue, match="collective leave"):
        decrees.net(2026, collective_leave="cuti")
    with pytest.raises(NotFound, match="banjarbaru"):
        decrees.net(2026, "banjarbau")


DECREE = """
[[decrees]]
number = "Surat Edaran Contoh 1/2026"
issued = 2026-02-01
scope = "kalimantan-selatan/banjarbaru"

[[decrees.days]]
date = 2026-04-20
effect = "off"
kind = "regional"
name = { id = "Hari contoh", en = "Example day" }
"""


def test_an_office_lays_its_own_decree_over_ours() -> None:
    ledger = overlay(indonesia(), DECREE, "contoh.toml")
    own = Office.indonesia(zone="Asia/Makassar", region="banjarbaru", ledger=ledger)
    assert not own.is_working_day(date(2026, 4, 20))
    assert OFFICE.is_working_day(date(2026, 4, 20))


@pytest.mark.parametrize(
    ("wrong", "right", "line"),
    [
        ('effect = "withdrawn"', 'effect = "off"', 9),
        ("date = 2026-01-20", "date = 2026-04-20", 8),
        ('kind = "regionl"', 'kind = "regional"', 10),
        ('scop = "bali"', 'scope = "kalimantan-selatan/banjarbaru"', 5),
        ('effect = "of"', 'effect = "off"', 9),
    ],
)
def test_a_wrong_entry_is_refused_with_file_line_and_reason(wrong: str, right: str, line: int) -> None:
    with pytest.raises(DocumentFaults) as caught:
        overlay(indonesia(), DECREE.replace(right, wrong), "contoh.toml")
    fault = caught.value.faults[0]
    assert fault.file == "contoh.toml"
    assert fault.line is not None
    assert abs(fault.line - line) <= 3  # at the entry, or at the key in it
