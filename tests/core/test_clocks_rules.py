"""Each rule of a clock by example: first day, closing time, days off, hours, extensions, and what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from workalendar.asia import Philippines

from lapor_core.calendar import LocalDay, Office, shipped_hours
from lapor_core.clocks import Deadline, Extension, Pause, compute
from lapor_core.errors import BadType, BadValue, OutOfReach
from lapor_core.policy import Amount, ClockRule, ExtensionLimit, ExtensionRule, Limit, Text

WITA = ZoneInfo("Asia/Makassar")
OFFICE = Office.indonesia(zone="Asia/Makassar")
RAMADAN = Office.indonesia(zone="Asia/Makassar", hours=shipped_hours(ramadan=True))
NOW = datetime(2026, 6, 1, 8, tzinfo=WITA)
TITLE = Text(id="Tenggat contoh", en="Example deadline")


def at(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=WITA)


def ask(
    limit: str, start: datetime, *, office: Office = OFFICE, extensions: tuple = (), pauses: tuple = (), **rule: object
) -> Deadline:
    return compute(
        name="resolve",
        rule=ClockRule(title=TITLE, **rule),
        limit=Limit.parse(limit),
        start=start,
        office=office,
        policy="contoh@1",
        extensions=extensions,
        pauses=pauses,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("rule", "start", "due"),
    [
        ({}, at(3, 12, 16, 30), "2026-03-16"),  # after closing, and still the same day
        ({"after_hours": "next_working_day"}, at(3, 12, 16, 0), "2026-03-16"),  # the closing minute is in time
        ({"after_hours": "next_working_day"}, at(3, 12, 16, 1), "2026-03-17"),  # counts as received on the 13th
        (
            {"after_hours": "next_working_day"},
            at(3, 13, 16, 31),
            "2026-03-25",
        ),  # a Friday closes at 16.30; as on the 16th
        ({"after_hours": "next_working_day"}, at(3, 14), "2026-03-25"),  # a Saturday: as on Monday the 16th
        ({"after_hours": "next_working_day"}, at(3, 16, 5), "2026-03-25"),  # before opening it is that day
        ({"first_day": "included"}, at(3, 12), "2026-03-13"),
        ({"first_day": "included"}, at(3, 14), "2026-03-17"),  # a Saturday cannot be day one
        ({"first_day": "included", "after_hours": "next_working_day"}, at(3, 12, 17), "2026-03-16"),
    ],
)
def test_two_working_days_from_a_start(rule: dict, start: datetime, due: str) -> None:
    assert ask("2 working_days", start, **rule).due_date.isoformat() == due


@pytest.mark.parametrize(
    ("limit", "rule", "due"),
    [
        ("8 days", {}, at(3, 25, 23, 59)),  # the 21st is Idul Fitri; the office works again on the 25th
        ("8 days", {"day_off_end": "stays"}, at(3, 21, 23, 59)),
        ("8 days", {"ends": "closing"}, at(3, 25, 16)),
        ("4 days", {"first_day": "included"}, at(3, 16, 23, 59)),
        ("2 working_days", {"ends": "closing"}, at(3, 17, 16)),
        ("72 hours", {}, at(3, 16, 10)),
        ("1 office_hours", {}, at(3, 13, 11)),
        ("2 office_hours", {}, at(3, 13, 13, 30)),  # over the Friday break, 11.30 to 13.00
        ("6 office_hours", {}, at(3, 16, 8, 30)),
    ],
)
def test_from_friday_13_march_at_ten(limit: str, rule: dict, due: datetime) -> None:
    found = ask(limit, at(3, 13), **rule)
    assert found.due.replace(second=0) == due
    assert found.due.tzinfo is not None


def test_ramadan_hours_and_their_breaks_count_in_ramadan_only() -> None:
    """Of 2026: 19 February to 20 March; 08.00 to 15.00 with half an hour's break, Fridays 08.00 to 15.30 with an hour."""
    found = ask("8 office_hours", at(3, 12, 14), office=RAMADAN)
    assert found.due == at(3, 16, 8, 30)  # 1 h on Thursday, 6 h 30 min on Friday, and half an hour on Monday
    assert ask("8 office_hours", at(4, 9, 14), office=RAMADAN).due == at(4, 10, 15)  # ordinary: 2 h, and 6 h of Friday
    assert ask("1 working_day", at(3, 12), office=RAMADAN, ends="closing").due == at(3, 13, 15, 30)


def test_the_last_calendar_day_on_a_day_off_is_said_to_have_moved() -> None:
    days = ask("8 days", at(3, 13)).days
    assert [day.number for day in days if day.counted] == list(range(1, 9))
    assert [(day.date.day, day.reason) for day in days[-2:]] == [(24, "day_off"), (25, "moved")]


def test_an_office_over_the_philippine_calendar_answers_like_any_other() -> None:
    """RA 11032: three working days; Independence Day, 12 June 2026, is a Friday."""
    manila = Office.from_workalendar(Philippines(), zone="Asia/Manila")
    start = datetime(2026, 6, 10, 9, tzinfo=ZoneInfo("Asia/Manila"))
    found = ask("3 working_days", start, office=manila)
    assert found.due_date == date(2026, 6, 16)
    assert found.due.utcoffset() == timedelta(hours=8)
    off = next(day for day in found.days if day.date == date(2026, 6, 12))
    assert "Independence" in off.names[0].en
    assert off.decrees[0].startswith("workalendar ")
    assert off.decrees[0].endswith(" Philippines")
    assert len(found.fingerprint) == 16
    with pytest.raises(BadValue, match="no past states"):
        manila.as_known_on(date(2026, 1, 1))


def test_an_offices_own_days_move_a_deadline_both_ways() -> None:
    shut = Office.indonesia(zone="Asia/Makassar", days_off=[LocalDay(date=date(2026, 3, 16), name="Hari contoh")])
    open_ = Office.indonesia(zone="Asia/Makassar", working_days=[LocalDay(date=date(2026, 3, 14), name="Hari contoh")])
    dates = [ask("2 working_days", at(3, 13), office=office).due_date.day for office in (open_, OFFICE, shut)]
    assert dates == [16, 17, 25]


# Extensions

TWICE = ExtensionRule(limit=ExtensionLimit.parse("7 working_days"), times=2)
SAME = ExtensionRule(limit=ExtensionLimit.parse("same_as_base"), by=Amount.parse("-1 working_day"))


def more(limit: str, when: datetime) -> Extension:
    return Extension(limit=Limit.parse(limit), granted_at=when, reason="memerlukan pemeriksaan lapangan")


def test_an_extension_is_counted_from_the_due_day_it_extends() -> None:
    """Ten working days and seven more, as the law on public information has it (UU 14/2008)."""
    base = ask("10 working_days", at(4, 6), extension=TWICE)
    assert base.due_date == date(2026, 4, 20)
    once = ask("10 working_days", at(4, 6), extension=TWICE, extensions=(more("7 working_days", at(4, 20)),))
    assert once.due_date == OFFICE.add(base.due_date, 7) == date(2026, 4, 29)
    assert [day.number for day in once.days if day.extension == 1 and day.counted] == list(range(1, 8))
    assert sum(day.counted for day in once.days if not day.extension) == 10
    two = (more("3 days", at(4, 28)), more("7 working_days", at(4, 20)))  # in any order
    twice = ask("10 working_days", at(4, 6), extension=TWICE, extensions=two)
    assert twice.due_date == date(2026, 5, 4)  # three days after 29 April is a Saturday
    assert [str(extension.limit) for extension in twice.extensions] == ["7 working_days", "3 days"]
    assert once.fingerprint != base.fingerprint


def test_same_as_base_adds_as_much_as_the_limit_that_counted() -> None:
    found = ask("3 working_days", at(4, 6), extension=SAME, extensions=(more("3 working_days", at(4, 8, 23)),))
    assert found.due_date == date(2026, 4, 14)
    with pytest.raises(BadValue, match="which is 3 working_days") as caught:
        ask("3 working_days", at(4, 6), extension=SAME, extensions=(more("4 working_days", at(4, 8)),))
    assert caught.value.code == "long_extension"


@pytest.mark.parametrize(
    ("rule", "extensions", "code"),
    [
        (None, [("7 working_days", at(4, 20))], "no_extension"),
        (TWICE, [("7 working_days", at(4, 21, 0))], "late_extension"),
        (TWICE, [("8 working_days", at(4, 20))], "long_extension"),
        (TWICE, [("12 days", at(4, 20))], "long_extension"),  # measured by where it ends, whatever the unit
        (TWICE, [("1 days", at(4, 7)), ("1 days", at(4, 7)), ("1 days", at(4, 7))], "too_many_extensions"),
        (SAME, [("1 working_day", at(4, 18, 0))], "late_extension"),  # it had to be by the end of Friday the 17th
        (TWICE, [("1 days", NOW + timedelta(seconds=1))], "future_extension"),
    ],
)
def test_an_extension_beyond_what_the_standard_allows_is_refused(
    rule: ExtensionRule | None, extensions: list, code: str
) -> None:
    given = tuple(more(*each) for each in extensions)
    with pytest.raises(BadValue) as caught:
        ask("10 working_days", at(4, 6), extension=rule, extensions=given)
    assert caught.value.code == code


def test_an_extension_in_time_to_the_second() -> None:
    last = at(4, 17, 23, 59).replace(second=59)
    assert ask("10 working_days", at(4, 6), extension=SAME, extensions=(more("1 days", last),)).due_date.day == 21
    hours = ExtensionRule(limit=ExtensionLimit.parse("24 hours"), by=Amount.parse("-2 hours"))
    due = ask("72 hours", at(4, 6), extension=hours, extensions=(more("24 hours", at(4, 9, 8)),)).due
    assert due == at(4, 10, 10)
    with pytest.raises(BadValue, match="by 2026-04-09T08:00"):
        ask("72 hours", at(4, 6), extension=hours, extensions=(more("24 hours", at(4, 9, 8, 1)),))


# Bad input


def test_pauses_that_cannot_be_are_refused() -> None:
    start = at(3, 13)
    with pytest.raises(BadValue, match="ends before it begins"):
        Pause(start=at(3, 17), end=at(3, 16))
    with pytest.raises(BadValue, match="no time zone"):
        Pause(start=datetime(2026, 3, 16))  # noqa: DTZ001 - the point of the test
    with pytest.raises(BadType, match="datetime"):
        Pause(start=date(2026, 3, 16))
    for pause, code in (
        (Pause(start=at(3, 16)), "open_pause"),
        (Pause(start=at(3, 16), end=NOW + timedelta(seconds=1)), "future_pause"),
        (Pause(start=NOW + timedelta(days=1)), "future_pause"),
    ):
        with pytest.raises(BadValue) as caught:
            ask("14 working_days", start, pauses=(pause,))
        assert caught.value.code == code
        assert pause.start.isoformat() in str(caught.value) or pause.end.isoformat() in str(caught.value)


def test_pauses_and_extensions_need_the_present() -> None:
    for given in ({"pauses": [Pause(start=at(3, 16), end=at(3, 17))]}, {"extensions": [more("1 days", at(3, 16))]}):
        with pytest.raises(BadValue, match="now") as caught:
            compute(
                name="resolve",
                rule=ClockRule(title=TITLE, extension=TWICE),
                limit=Limit.parse("5 days"),
                start=at(3, 13),
                office=OFFICE,
                policy="contoh@1",
                **given,
            )
        assert caught.value.code == "now_needed"


def test_the_present_has_its_zone_and_an_extension_one_amount() -> None:
    with pytest.raises(BadValue, match="no time zone"):
        compute(
            name="resolve",
            rule=ClockRule(title=TITLE),
            limit=Limit.parse("5 days"),
            start=at(3, 13),
            office=OFFICE,
            policy="contoh@1",
            now=datetime(2026, 3, 14),  # noqa: DTZ001 - the point of the test
        )
    with pytest.raises(BadValue, match="one amount"):
        more("min(3 days, 2 days)", at(3, 16))


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, "14"])
def test_a_limit_is_a_positive_whole_number(amount: object) -> None:
    with pytest.raises(BadValue, match="positive whole number"):
        Limit(amount, "days")


@pytest.mark.parametrize(
    "text",
    ["14", "0 days", "-3 days", "1.5 days", "1e3 days", "٣ days", "14 hari", "", "min()", "min(3 days)", "min(agency)",
     "min(3 days, min(2 days, agency))", 14, None, True],
)  # fmt: skip
def test_what_is_no_limit_is_refused(text: object) -> None:
    with pytest.raises(BadValue):
        Limit.parse(text)


@pytest.mark.parametrize(
    "text", ["14 working_days", "1 days", "min(3 working_days, agency)", "min(2 days, 8 office_hours)"]
)
def test_a_limit_is_written_as_it_is_read(text: str) -> None:
    assert str(Limit.parse(text)) == text
    assert Limit.parse("min( agency , 3 working_day )") == Limit.parse("min(3 working_days, agency)")


@pytest.mark.parametrize("text", ["min(3 days, 2 days)", "0 days", "same", None])
def test_what_no_extension_can_add_is_refused(text: object) -> None:
    with pytest.raises(BadValue):
        ExtensionLimit.parse(text)


def test_an_extension_rule_that_cannot_be_is_refused() -> None:
    limit = ExtensionLimit.parse("same_as_base")
    for wrong in (
        {"times": 0},
        {"times": True},
        {"by": Amount.parse("+1 days")},
        {"by": Amount.parse("-1 office_hour")},
    ):
        with pytest.raises(BadValue) as caught:
            ExtensionRule(limit=limit, **wrong)
        assert caught.value.code == "bad_extension_rule"


@pytest.mark.parametrize("limit", ["99999 working_days", "99999 days", "99999 office_hours"])
def test_what_the_calendar_does_not_reach_is_refused_and_not_clipped(limit: str) -> None:
    with pytest.raises(OutOfReach):
        ask(limit, at(3, 13))


def test_a_naive_start_is_refused_by_name() -> None:
    with pytest.raises(BadValue, match="no time zone"):
        ask("1 days", datetime(2026, 3, 13))  # noqa: DTZ001 - the point of the test
