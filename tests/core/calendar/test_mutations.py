"""A table of planted faults, each of which a law must find.

Every row edits one line of the calendar's sources in a copy of the package, and names the law that kills it. The laws
are those of test_laws.py, asked at fixed days that lie where calendars go wrong: turns of the year, decree days,
opening and closing minutes, both ends of the calendar. They must hold for the sources as they are.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from types import ModuleType

import holidays
import pytest

import lapor_core.calendar
from lapor_core.errors import BadType, BadValue, DocumentFaults, OutOfReach

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
YEARS = range(2018, 2028)
THEIRS = frozenset(holidays.Indonesia(years=YEARS, categories=("public", "government"), language="id"))

STRETCHES = (
    (date(2020, 5, 17), date(2020, 5, 31)),
    (date(2022, 7, 5), date(2022, 7, 26)),
    (date(2024, 2, 26), date(2024, 3, 13)),
    (date(2025, 4, 16), date(2025, 4, 22)),
    (date(2025, 12, 22), date(2026, 1, 7)),
    (date(2026, 3, 13), date(2026, 3, 27)),
)
DAYS = tuple(begins + k * DAY for begins, ends in STRETCHES for k in range((ends - begins).days))
AMOUNTS = (-15, -6, -2, -1, 1, 2, 6, 15)
SATURDAY = date(2022, 7, 23)  # a working day in Aceh

DECREES = """
[[decrees]]
number = "SE contoh 1/2026"
issued = 2026-01-05
[[decrees.days]]
date = 2026-04-20
effect = "off"
kind = "regional"
name = {{ id = "Nama lama", en = "Old name" }}

[[decrees]]
number = "SE contoh 2/2026"
issued = {issued}
[[decrees.days]]
date = 2026-04-20
effect = "off"
kind = "{kind}"
name = {{ id = "Nama baru", en = "New name" }}
[[decrees.days]]
date = 2026-04-20
effect = "withdrawn"
kind = "regional"
name = {{ id = "{withdrawn}", en = "Old name" }}
"""


def office(c: ModuleType, **settings: object):
    return c.Office.indonesia(zone="Asia/Makassar", **settings)


def oracle_works(day: date, week: int = 5) -> bool:
    return day.weekday() < week and day not in THEIRS


def walk(start: date, n: int, week: int) -> date:
    day, left = start, abs(n)
    while left:
        day += DAY if n > 0 else -DAY
        left -= oracle_works(day, week)
    return day


def adding_is_the_walk_from_day_to_day(c: ModuleType) -> None:
    for week in (5, 6):
        own = office(c, week=week)
        assert all(own.add(day, n) == walk(day, n, week) for day in DAYS for n in AMOUNTS)


def zero_follows_its_rule(c: ModuleType) -> None:
    own = office(c)
    for day in DAYS:
        works = oracle_works(day)
        assert own.add(day, 0) == day
        assert own.add(day, 0, zero="next") == (day if works else walk(day, 1, 5))
        assert own.add(day, 0, zero="previous") == (day if works else walk(day, -1, 5))


def counting_undoes_adding_and_changes_sign(c: ModuleType) -> None:
    own = office(c)
    for day, n in itertools.product(DAYS, (1, 2, 15)):
        due = own.add(day, n)
        assert own.count(day, due) == n == -own.count(due, day)
        assert own.count(day, due - DAY) == n - 1


def counted_and_skipped_days_are_all_there_are(c: ModuleType) -> None:
    own = office(c)
    for day in DAYS:
        days = list(own.explain(day, due := own.add(day, 6)))
        assert [one.date for one in days] == [day + (k + 1) * DAY for k in range((due - day).days)]
        assert [one.working for one in days] == [oracle_works(one.date) for one in days]
        assert all(one.weekend or one.entries for one in days if not one.working)


def the_ends_of_the_calendar_are_refused_and_not_clipped(c: ModuleType) -> None:
    own = office(c)
    first, last = own.first, own.last
    beyond: list[Callable[[], object]] = [
        lambda: own.add(first - DAY, 1),
        lambda: own.add(first - DAY, -1),
        lambda: own.add(first, -1),
        lambda: own.add(first, -40_000),
        lambda: own.add(last, 1),
        lambda: own.add(last, 0, zero="next"),
        lambda: own.add(first, 40_000),
        lambda: own.add(last + DAY, 0),
        lambda: own.count(first - DAY, first),
        lambda: own.count(last, last + DAY),
        lambda: own.explain(first - DAY, first),
        lambda: own.explain(last, last + DAY),
        lambda: own.is_working_day(last + DAY),
    ]
    for ask in beyond:
        with pytest.raises(OutOfReach):
            ask()


def only_whole_numbers_and_plain_dates_are_taken(c: ModuleType) -> None:
    own = office(c)
    for n in (True, 1.5, 2.0, "1"):
        with pytest.raises(BadType):
            own.add(DAYS[0], n)
    with pytest.raises(BadType):
        own.add(datetime(2026, 3, 13, tzinfo=UTC), 1)
    with pytest.raises(BadType):
        own.count(datetime(2026, 3, 13, tzinfo=UTC), DAYS[0])


def every_year_in_reach_has_its_holidays(c: ModuleType) -> None:
    own = office(c)
    days = [own.day(own.first), *own.explain(own.first, own.last)]
    names = {(day.date.year, entry.name.en) for day in days for entry in day.entries}
    for year in range(own.first.year, own.last.year + 1):
        known = {name for found, name in names if found == year}
        assert any("Day of Silence" in name for name in known)
        assert any("Christmas" in name for name in known)


def a_year_without_a_decree_is_provisional(c: ModuleType) -> None:
    own = office(c)
    assert own.day(date(2029, 3, 1)).provisional
    assert own.provisional_reasons(date(2027, 12, 30), date(2028, 1, 3))
    assert own.as_known_on(date(2025, 1, 1)).day(date(2026, 3, 16)).provisional
    assert not own.provisional_reasons(date(2026, 3, 1), date(2026, 5, 1))
    known = own.fingerprint_of(date(2026, 3, 1), date(2026, 5, 1))
    assert known != own.fingerprint_of(date(2029, 3, 1), date(2029, 5, 1))


def a_decree_is_known_from_its_day_of_issue_on(c: ModuleType) -> None:
    own, day = office(c), date(2020, 5, 22)
    assert own.as_known_on(date(2020, 5, 20)).is_working_day(day)
    assert not own.as_known_on(date(2020, 5, 19)).is_working_day(day)
    assert office(c).is_working_day(date(2025, 8, 18)) is False
    assert own.as_known_on(date(2025, 8, 6)).is_working_day(date(2025, 8, 18))


def the_order_of_the_files_does_not_matter(c: ModuleType) -> None:
    ledger = c.indonesia()
    turned = c.Ledger(reversed(ledger.decrees))
    assert all(turned.net(year) == ledger.net(year) for year in YEARS)


def the_final_state_agrees_with_python_holidays(c: ModuleType) -> None:
    for year in YEARS:
        assert {row.date for row in c.indonesia().net(year)} == {day for day in THEIRS if day.year == year}


def a_region_keeps_its_own_days_and_no_others(c: ModuleType) -> None:
    election = date(2025, 4, 19)
    assert not office(c, week=6, region="banjarbaru").is_working_day(election)
    assert not office(c, week=6, region="kalimantan-selatan/banjarbaru/dinas-contoh").is_working_day(election)
    assert office(c, week=6).is_working_day(election)
    assert office(c, week=6, region="kalimantan-selatan").is_working_day(election)
    assert office(c, region="aceh").is_working_day(SATURDAY)
    assert not office(c).is_working_day(SATURDAY)


def collective_leave_is_whose_the_office_says(c: ModuleType) -> None:
    """Between 29 March and 13 April 2023, 26 April was leave for civil servants and for nobody else."""
    leave, known = date(2023, 4, 26), date(2023, 4, 1)
    assert office(c).as_known_on(known).is_working_day(leave)
    assert not office(c, collective_leave="asn").as_known_on(known).is_working_day(leave)
    assert office(c, collective_leave="working").is_working_day(date(2026, 3, 18))
    assert not office(c, collective_leave="working").is_working_day(date(2026, 3, 19))
    assert not office(c, collective_leave="asn").is_working_day(
        date(2027, 2, 5)
    )  # no Keppres: the SKB's, provisionally
    assert office(c, collective_leave="asn").day(date(2027, 2, 4)).provisional


def own_days_beat_decrees_both_ways(c: ModuleType) -> None:
    shut = office(c, region="aceh", days_off=[c.LocalDay(date=SATURDAY, name="Hari contoh")])
    assert not shut.is_working_day(SATURDAY)
    worked = [c.LocalDay(date=day, name="Hari contoh") for day in (date(2026, 3, 19), date(2026, 3, 22))]
    assert all(office(c, working_days=worked).is_working_day(day.date) for day in worked)


def a_decree_renames_withdraws_and_beats_a_day(c: ModuleType) -> None:
    def net(**changes: str) -> object:
        settings = {"issued": "2026-02-01", "kind": "regional", "withdrawn": "Nama lama", **changes}
        ledger = c.overlay(c.indonesia(), DECREES.format(**settings), "contoh.toml")
        return [row.name.id for row in ledger.net(2026) if row.date == date(2026, 4, 20)]

    assert net() == ["Nama baru"]
    assert net(kind="election") == ["Nama baru"]
    assert net(withdrawn="Nama lain") == ["Nama baru"]  # the only regional day there is to withdraw
    for issued in ("2026-01-05", "2026-05-01"):  # against a decree of the same day; after the day was over
        with pytest.raises(DocumentFaults):
            net(issued=issued)
    again = '[[decrees]]\nnumber = "SE contoh 3"\nissued = 2026-01-05\n[[decrees.days]]\ndate = {date}\neffect = "{effect}"\n'
    again += 'kind = "{kind}"\nname = {{ id = "{name}", en = "Example" }}\n'
    for wrong in (
        {"date": "2026-05-01", "effect": "off", "kind": "national_holiday", "name": "Hari Buruh Internasional"},
        {"date": "2026-04-21", "effect": "withdrawn", "kind": "regional", "name": "Hari contoh"},
        {"date": "2026-05-01", "effect": "withdrawn", "kind": "collective_leave", "name": "Hari Buruh Internasional"},
        {"date": "2026-04-21", "effect": "working", "kind": "election", "name": "Hari contoh"},
    ):
        with pytest.raises(DocumentFaults):
            c.overlay(c.indonesia(), again.format(**wrong), "contoh.toml")
    later = again.replace("SE contoh 3", "SE contoh 4").replace("2026-01-05", "2026-01-06")
    saturday = {"date": "2026-04-25", "kind": "replacement_working_day", "name": "Hari pengganti"}
    text = again.format(**saturday, effect="working") + later.format(
        date="2026-04-25", effect="off", kind="regional", name="Libur lagi"
    )
    assert [row.effect for row in c.overlay(c.indonesia(), text, "contoh.toml").net(2026)][-1:] == ["off"]
    assert not office(c, ledger=c.overlay(c.indonesia(), text, "contoh.toml")).is_working_day(date(2026, 4, 25))


def instants(own: object) -> list[datetime]:
    walls = [time(), time(7, 29, 59, 999_999), time(7, 30), time(12), time(12, 30, 0, 1), time(16), time(23, 59)]
    return [
        datetime.combine(day, wall, tzinfo=own.local(datetime(2026, 1, 1, tzinfo=UTC)).tzinfo)
        for day in DAYS
        for wall in walls
    ]


def office_time_is_the_walk_from_half_hour_to_half_hour(c: ModuleType) -> None:
    own = office(c)
    for day in DAYS:
        begins = own.start_of_day(day)
        opened = timedelta()
        for half in range(48):
            at = begins + 30 * half * MINUTE
            assert own.time_between(begins, at) == opened == -own.time_between(at, begins)
            opened += own.is_open(at) * 30 * MINUTE
        assert bool(opened) == oracle_works(day)


def office_time_is_conserved_additive_and_earliest(c: ModuleType) -> None:
    own = office(c)
    for start in instants(own)[::3]:
        for minutes in (1, 270, 450, 451, 900):
            due = own.add_time(start, minutes * MINUTE)
            assert own.time_between(start, due) == minutes * MINUTE
            assert own.time_between(start, due - timedelta(microseconds=1)) < minutes * MINUTE
            assert own.add_time(own.add_time(start, MINUTE), minutes * MINUTE) == own.add_time(due, MINUTE)


def a_day_ends_at_its_closing_minute(c: ModuleType) -> None:
    own, day = office(c), date(2026, 3, 12)
    opening, closing = own.opening(day), own.closing(day)
    assert own.add_time(opening, timedelta(hours=7, minutes=30)) == closing
    assert own.add_time(opening, timedelta(hours=4, minutes=30)) == opening.replace(hour=12, minute=0)
    assert own.is_open(opening)
    assert not own.is_open(closing)
    assert not own.is_open(opening.replace(hour=12, minute=0))
    assert own.time_between(opening, own.end_of_day(day)) == timedelta(hours=7, minutes=30)
    assert own.closing(day + DAY).time() == time(16, 30)  # Friday


def a_part_of_a_second_is_neither_lost_nor_gained(c: ModuleType) -> None:
    own = office(c)
    start = own.opening(date(2026, 3, 12)) + timedelta(microseconds=7)
    assert own.time_between(start, start + MINUTE) == MINUTE
    assert own.add_time(start, MINUTE) == start + MINUTE


def ramadan_lasts_from_its_first_to_its_last_day(c: ModuleType) -> None:
    hours = importlib.import_module(f"{c.__name__}.hours")
    shipped = c.shipped_hours(ramadan=True)
    month = hours.Ramadan(first=date(2026, 2, 18), last=date(2026, 3, 17), confidence="from_memory")
    own = office(c, hours=c.OfficeHours(ordinary=shipped.ordinary, ramadan=shipped.ramadan, ramadans=(month,)))
    begins = [own.opening(day).time() for day in (date(2026, 2, 13), month.first, month.last, date(2026, 3, 25))]
    assert begins == [time(7, 30), time(8), time(8), time(7, 30)]
    assert own.provisional_reasons(date(2027, 1, 4), date(2027, 1, 5))


def impossible_hours_are_refused(c: ModuleType) -> None:
    def rest(begins: int, ends: int) -> object:
        return c.Break(begins=time(begins), ends=time(ends))

    for breaks in ([rest(12, 14), rest(13, 15)], [rest(7, 9)], [rest(13, 12)], [rest(8, 16)], [rest(15, 17)]):
        with pytest.raises(BadValue):
            c.DayHours(opens=time(8), closes=time(16), breaks=breaks)
    with pytest.raises(BadValue):
        c.DayHours(opens=time(16), closes=time(8))


def a_day_is_judged_on_the_offices_wall_clock(c: ModuleType) -> None:
    own = office(c)
    assert own.local_date(datetime(2026, 3, 15, 16, 30, tzinfo=UTC)) == date(2026, 3, 16)
    assert own.is_open(datetime(2026, 3, 16, 0, 0, tzinfo=UTC))  # Monday 08.00 in Banjarbaru
    end = own.end_of_day(date(2026, 3, 16))
    assert own.local_date(end) == date(2026, 3, 16)
    assert own.local_date(end + timedelta(seconds=1)) == date(2026, 3, 17)


LAWS = (
    adding_is_the_walk_from_day_to_day,
    zero_follows_its_rule,
    counting_undoes_adding_and_changes_sign,
    counted_and_skipped_days_are_all_there_are,
    the_ends_of_the_calendar_are_refused_and_not_clipped,
    only_whole_numbers_and_plain_dates_are_taken,
    every_year_in_reach_has_its_holidays,
    a_year_without_a_decree_is_provisional,
    a_decree_is_known_from_its_day_of_issue_on,
    the_order_of_the_files_does_not_matter,
    the_final_state_agrees_with_python_holidays,
    a_region_keeps_its_own_days_and_no_others,
    collective_leave_is_whose_the_office_says,
    own_days_beat_decrees_both_ways,
    a_decree_renames_withdraws_and_beats_a_day,
    office_time_is_the_walk_from_half_hour_to_half_hour,
    office_time_is_conserved_additive_and_earliest,
    a_day_ends_at_its_closing_minute,
    a_part_of_a_second_is_neither_lost_nor_gained,
    ramadan_lasts_from_its_first_to_its_last_day,
    impossible_hours_are_refused,
    a_day_is_judged_on_the_offices_wall_clock,
)

# module, what stands there, what is planted, the law that finds it
FAULTS = (
    ("table", "list(accumulate(working))", "[0, *accumulate(working)][:-1]", adding_is_the_walk_from_day_to_day),
    ("table", "return rank + 1\n", "return rank\n", adding_is_the_walk_from_day_to_day),
    ("table", 'n == 0 and zero == "stay"', 'zero == "stay"', adding_is_the_walk_from_day_to_day),
    ("table", '(zero == "next")', '(zero == "previous")', zero_follows_its_rule),
    ("table", "rank < 1 or", "rank < 0 or", the_ends_of_the_calendar_are_refused_and_not_clipped),
    ("table", "or rank >= len(self._days)", "", the_ends_of_the_calendar_are_refused_and_not_clipped),
    ("table", "if index < 0:", "if index < -9:", the_ends_of_the_calendar_are_refused_and_not_clipped),
    ("table", "if first < 0 or last < 0:", "if last < 0:", the_ends_of_the_calendar_are_refused_and_not_clipped),
    ("table", "last >= len(self.working)", "last > len(self.working)", the_ends_of_the_calendar_are_refused_and_not_clipped),
    ("table", "self._incl[last] - self._incl[first]", "abs(self._incl[last] - self._incl[first])",
     counting_undoes_adding_and_changes_sign),
    ("table", "range(first + 1, last + 1)", "range(first, last)", counted_and_skipped_days_are_all_there_are),
    ("table", "n.__class__ is not int", "not isinstance(n, int)", only_whole_numbers_and_plain_dates_are_taken),
    ("table", 'not hasattr(value, "__index__")', 'not hasattr(value, "__int__")',
     only_whole_numbers_and_plain_dates_are_taken),
    ("table", "if isinstance(value, datetime):", "if False:", only_whole_numbers_and_plain_dates_are_taken),
    ("assembly", "state.working is not None or (working[index] and not state.off)",
     "working[index] and not state.off", a_region_keeps_its_own_days_and_no_others),
    ("assembly", "and not state.off)", "and (not state.off or (day.month, day.day) == (1, 1)))",
     adding_is_the_walk_from_day_to_day),
    ("assembly", "if 0 <= index < size:", "if 0 <= index < size and day.weekday() != 5:",
     adding_is_the_walk_from_day_to_day),
    ("assembly", "(first.weekday() + step)", "(first.weekday() + step + 1)", adding_is_the_walk_from_day_to_day),
    ("assembly", "off.entry(Effect.OFF)), working=None)", "off.entry(Effect.OFF)))", own_days_beat_decrees_both_ways),
    ("weeks", "frozenset(range(value))", "frozenset(range(5))", adding_is_the_walk_from_day_to_day),
    ("replay", "if binds(decree.scope, region):", "if True:", a_region_keeps_its_own_days_and_no_others),
    ("regions", 'region.startswith(scope + "/")', "False", a_region_keeps_its_own_days_and_no_others),
    ("replay", "return _withdraw(state, entry)", "return state", the_final_state_agrees_with_python_holidays),
    ("replay", "day.effect is not Effect.WITHDRAWN)", "day.effect is Effect.WITHDRAWN)",
     a_decree_renames_withdraws_and_beats_a_day),
    ("replay", "off=(*state.off, entry), working=None)", "off=(*state.off, entry))",
     a_decree_renames_withdraws_and_beats_a_day),
    ("replay", "if given.kind is entry.kind]", "if given.kind]", a_decree_renames_withdraws_and_beats_a_day),
    ("contradictions", "if decree.issued > day.date:", "if False:", a_decree_renames_withdraws_and_beats_a_day),
    ("contradictions", "key=lambda index: decrees[index].issued)", "key=lambda index: index)",
     the_order_of_the_files_does_not_matter),
    ("ledger", "decree.issued <= day)", "decree.issued < day)", a_decree_is_known_from_its_day_of_issue_on),
    ("ledger", "if decree.issued <= day)", "if True)", a_decree_is_known_from_its_day_of_issue_on),
    ("ledger", "return collective_leave is CollectiveLeave.OFF", "return collective_leave is not CollectiveLeave.OFF",
     the_final_state_agrees_with_python_holidays),
    ("sources", "- {leave}", "- {leave, DayKind.ASN_COLLECTIVE_LEAVE}", collective_leave_is_whose_the_office_says),
    ("sources", "if y in decreed else DayKind.COLLECTIVE_LEAVE", "if y else DayKind.COLLECTIVE_LEAVE",
     collective_leave_is_whose_the_office_says),
    ("sources", 'provisional.setdefault(year, doubt("no_keppres", year=year))', "pass", collective_leave_is_whose_the_office_says),
    ("sources", "if year not in ledger.covered_years]", "if False]", every_year_in_reach_has_its_holidays),
    ("sources", "{year: provisional_reason(year) for year in gaps}", "{}", a_year_without_a_decree_is_provisional),
    ("coverage", '    "Hari Suci Nyepi",\n', "", every_year_in_reach_has_its_holidays),
    ("worktime", "bisect_left(self._before, target)", "bisect_left(self._before, target + 1)",
     a_day_ends_at_its_closing_minute),
    ("worktime", "if left <= ends - begins:", "if left < ends - begins:", a_day_ends_at_its_closing_minute),
    ("worktime", "min(at, ends) - begins", "at - begins", office_time_is_conserved_additive_and_earliest),
    ("worktime", "* 1_000_000 + moment.microsecond", "* 1_000_000", a_part_of_a_second_is_neither_lost_nor_gained),
    ("worktime", "if self._table.working[number] else before", "",
     office_time_is_the_walk_from_half_hour_to_half_hour),
    ("worktime", "min(ends + 1, size)", "min(ends, size)", ramadan_lasts_from_its_first_to_its_last_day),
    ("hours", "if pause.begins < reached:", "if False:", impossible_hours_are_refused),
    ("hours", "or pause.ends > self.closes", "", impossible_hours_are_refused),
    ("office", ".astimezone(self._zone_info)", "", a_day_is_judged_on_the_offices_wall_clock),
    ("office", "begins <= local.time() < ends", "begins <= local.time() <= ends", a_day_ends_at_its_closing_minute),
    ("office", "time(23, 59, 59)", "time()", a_day_is_judged_on_the_offices_wall_clock),
)  # fmt: skip


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_laws_hold(law: Callable[[ModuleType], None]) -> None:
    law(lapor_core.calendar)


def test_every_law_kills_a_fault() -> None:
    assert {law for *_, law in FAULTS} == set(LAWS)


@pytest.mark.parametrize(("module", "old", "new", "law"), FAULTS, ids=[f"{m}-{n}" for n, (m, *_) in enumerate(FAULTS)])
def test_a_planted_fault_is_found(
    planted: Callable[..., AbstractContextManager[ModuleType]],
    module: str,
    old: str,
    new: str,
    law: Callable[[ModuleType], None],
) -> None:
    with (
        planted(lapor_core.calendar, module, old, new) as calendar,
        pytest.raises((AssertionError, LookupError, ValueError, TypeError, pytest.fail.Exception)),
    ):
        law(calendar)
