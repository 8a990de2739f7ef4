"""A table of planted faults in the arithmetic of deadlines, each of which a law must find.

Every row edits one line of ``lapor_core.clocks`` in a copy of the package, and names the law that kills it. The laws ask
at fixed instants that lie where deadlines go wrong: closing minutes, whole and part days of waiting, days off at the
end, the last second of an extension.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from workalendar.europe import Germany

import lapor_core.clocks
from lapor_core.calendar import Office
from lapor_core.errors import BadValue
from lapor_core.policy import Amount, ClockRule, ExtensionLimit, ExtensionRule, Limit, Text

WITA = ZoneInfo("Asia/Makassar")
OFFICE = Office.indonesia(zone="Asia/Makassar")
NOW = datetime(2026, 6, 1, 8, tzinfo=WITA)
TITLE = Text(id="Tenggat contoh", en="Example deadline")


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WITA)


def ask(c: ModuleType, limit: str, start: datetime, *, waits: tuple = (), extended: tuple = (), **rule: object):
    now, office = rule.pop("now", NOW), rule.pop("office", OFFICE)
    return c.compute(
        name="resolve",
        rule=ClockRule(title=TITLE, **rule),
        limit=Limit.parse(limit),
        start=start,
        office=office,
        policy="contoh@1",
        pauses=[c.Pause(start=a, end=b) for a, b in waits],
        extensions=[c.Extension(limit=Limit.parse(limit), granted_at=granted) for limit, granted in extended],
        now=now,
    )


def due(c: ModuleType, *given: object, **more: object) -> tuple[int, int, int, int]:
    found = ask(c, *given, **more).due
    return found.month, found.day, found.hour, found.minute


def refused(c: ModuleType, *given: object, **more: object) -> str:
    with pytest.raises(BadValue) as caught:
        ask(c, *given, **more)
    return caught.value.code


def days_begin_and_end_by_the_rule(c: ModuleType) -> None:
    friday = at(3, 13)
    assert due(c, "2 working_days", friday) == (3, 17, 23, 59)
    assert due(c, "2 working_days", friday, first_day="included") == (3, 16, 23, 59)
    assert due(c, "2 working_days", friday, ends="closing") == (3, 17, 16, 0)
    assert due(c, "1 working_days", at(3, 12), ends="closing") == (3, 13, 16, 30)
    assert due(c, "8 days", friday) == (3, 25, 23, 59)
    assert due(c, "8 days", friday, day_off_end="stays") == (3, 21, 23, 59)
    late = {"after_hours": "next_working_day"}
    assert due(c, "1 working_days", at(3, 12, 16), **late) == (3, 13, 23, 59)
    assert due(c, "1 working_days", at(3, 12, 16, 1), **late) == (3, 16, 23, 59)
    assert due(c, "1 working_days", at(3, 14), **late) == (3, 17, 23, 59)
    assert due(c, "1 working_days", at(3, 12, 16, 1)) == (3, 13, 23, 59)


def only_days_that_were_waited_through_are_made_up_for(c: ModuleType) -> None:
    def with_wait(begin: datetime, end: datetime) -> int:
        return due(c, "3 working_days", at(4, 6), waits=((begin, end),))[1]

    assert with_wait(at(4, 7, 7, 30), at(4, 7, 16)) == 10  # from opening to closing
    assert with_wait(at(4, 7, 7, 31), at(4, 7, 16)) == 9
    assert with_wait(at(4, 7, 7, 30), at(4, 7, 15, 59)) == 9
    assert with_wait(at(4, 6, 7), at(4, 6, 17)) == 9  # the day of receipt does not count anyway
    assert with_wait(at(4, 9, 7), at(4, 10, 17)) == 13  # Thursday, Friday; the last day itself was waited through
    assert with_wait(at(4, 10, 7), at(4, 10, 17)) == 9  # after the due day
    assert with_wait(at(4, 11), at(4, 12)) == 9
    assert with_wait(at(4, 1, 7), at(4, 2, 17)) == 9  # wholly before the start
    assert with_wait(at(4, 1, 7), at(4, 7, 17)) == 10  # only what lies behind the start
    assert due(c, "1 working_days", at(4, 6), first_day="included", waits=((at(4, 6, 7), at(4, 6, 17)),))[1] == 7


def several_waits_add_up_and_pieces_are_one(c: ModuleType) -> None:
    whole = ((at(4, 7, 7), at(4, 7, 17)), (at(4, 9, 7), at(4, 9, 17)), (at(4, 10, 7), at(4, 10, 17)))
    assert due(c, "3 working_days", at(4, 6), waits=whole[::-1])[:2] == (4, 14)
    for pieces in (
        ((at(4, 7, 7), at(4, 7, 11)), (at(4, 7, 11), at(4, 7, 17))),
        ((at(4, 7, 7), at(4, 7, 12)), (at(4, 7, 13), at(4, 7, 17))),  # the break between them
        ((at(4, 7, 7), at(4, 7, 17)), (at(4, 7, 8), at(4, 7, 9))),  # one within the other
    ):
        assert due(c, "3 working_days", at(4, 6), waits=pieces)[:2] == (4, 10)
    hole = ((at(4, 7, 7), at(4, 7, 11)), (at(4, 7, 11, 1), at(4, 7, 17)))
    assert due(c, "3 working_days", at(4, 6), waits=hole)[:2] == (4, 9)


def whole_calendar_days_of_waiting_are_made_up_for(c: ModuleType) -> None:
    midnight = at(4, 7, 0)
    stays = {"day_off_end": "stays"}
    assert due(c, "3 days", at(4, 6), waits=((midnight, midnight + timedelta(days=1)),), **stays)[1] == 10
    assert (
        due(c, "3 days", at(4, 6), waits=((midnight + timedelta(1e-6), midnight + timedelta(days=1)),), **stays)[1] == 9
    )
    assert due(c, "3 days", at(4, 6), waits=((midnight, midnight + timedelta(hours=23)),), **stays)[1] == 9
    assert due(c, "3 days", at(4, 6), waits=((at(4, 1), at(4, 8, 0)),), **stays)[1] == 10
    assert due(c, "4 days", at(4, 8), waits=((at(4, 13, 0), at(4, 14, 0)),))[1] == 14  # moved to a day that was waited


def hours_stand_still_while_somebody_waits(c: ModuleType) -> None:
    wait = ((at(4, 7, 9), at(4, 7, 14)),)
    assert due(c, "24 hours", at(4, 6), waits=wait) == (4, 7, 15, 0)
    assert due(c, "6 office_hours", at(4, 6, 14), waits=wait) == (4, 8, 8, 0)
    assert due(c, "6 office_hours", at(4, 6, 14), waits=((at(4, 5), at(4, 6, 15)),)) == (4, 7, 13, 30)
    assert due(c, "6 office_hours", at(4, 6, 14), waits=((at(4, 8, 9), at(4, 8, 14)),)) == (4, 7, 11, 30)
    twice = ((at(4, 6, 14), at(4, 6, 15)), (at(4, 6, 15, 30), at(4, 6, 16)))
    assert due(c, "1 office_hours", at(4, 6, 14), waits=twice) == (4, 7, 8, 0)


def an_hour_has_sixty_minutes_when_clocks_are_set(c: ModuleType) -> None:
    """Berlin: on 29 March 2026 the hour from two to three does not exist, and on 25 October it comes twice."""
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 28, 12, tzinfo=zone)
    berlin = {"office": Office.from_workalendar(Germany(), zone="Europe/Berlin")}
    assert due(c, "24 hours", start, **berlin) == (3, 29, 13, 0)
    wait = ((datetime(2026, 3, 29, 4, tzinfo=zone), datetime(2026, 3, 29, 5, tzinfo=zone)),)
    assert due(c, "24 hours", start, waits=wait, **berlin) == (3, 29, 14, 0)
    rule = {"extension": ExtensionRule(limit=ExtensionLimit.parse("9 hours"), by=Amount.parse("-12 hours"))}
    latest = datetime(2026, 3, 29, tzinfo=zone)
    assert due(c, "24 hours", start, extended=(("1 hours", latest),), **rule, **berlin) == (3, 29, 14, 0)
    assert refused(c, "24 hours", start, extended=(("1 hours", latest + timedelta(minutes=2)),), **rule, **berlin)

    def twice(hour: int, minute: int, fold: int) -> datetime:
        return datetime(2026, 10, 25, hour, minute, fold=fold, tzinfo=zone)

    autumn, begins = {**berlin, "now": twice(23, 0, 0)}, twice(0, 0, 0)
    for pieces in (
        ((twice(2, 30, 0), twice(2, 15, 1)),),  # three quarters of an hour, from half past two to a quarter past two
        ((twice(2, 45, 0), twice(2, 0, 1)), (twice(2, 0, 1), twice(2, 15, 1)), (twice(2, 30, 0), twice(2, 50, 0))),
    ):
        assert due(c, "3 hours", begins, waits=pieces, **autumn) == (10, 25, 2, 45)
    before = ((twice(0, 30, 0), twice(1, 0, 0)),)
    assert due(c, "3 hours", begins, waits=before, **autumn) == (10, 25, 2, 30)


def extensions_stay_within_what_the_standard_allows(c: ModuleType) -> None:
    def rule(limit: str, times: int = 1, by: str = "+0") -> dict[str, object]:
        return {"extension": ExtensionRule(limit=ExtensionLimit.parse(limit), times=times, by=Amount.parse(by))}

    seven, start = rule("7 working_days", 2), at(4, 6)
    last = at(4, 20, 23, 59).replace(second=59)
    assert due(c, "10 working_days", start, extended=(("7 working_days", last),), **seven)[:2] == (4, 29)
    late = (("7 working_days", last + timedelta(seconds=1)),)
    assert refused(c, "10 working_days", start, extended=late, **seven) == "late_extension"
    assert refused(c, "10 working_days", start, extended=(("8 working_days", last),), **seven) == "long_extension"
    second = (("7 working_days", at(4, 29)), ("7 working_days", last))
    assert due(c, "10 working_days", start, extended=second, **seven)[:2] == (5, 11)
    third = (*second, ("1 days", at(5, 11)))
    assert refused(c, "10 working_days", start, extended=third, **seven) == "too_many_extensions"
    assert refused(c, "10 working_days", start, extended=second[:1]) == "no_extension"
    same = rule("same_as_base")
    assert due(c, "3 working_days", start, extended=(("3 working_days", at(4, 8)),), **same)[:2] == (4, 14)
    assert refused(c, "3 working_days", start, extended=(("4 working_days", at(4, 8)),), **same) == "long_extension"
    before = rule("1 days", by="-1 working_day")
    assert due(c, "3 working_days", at(4, 8), extended=(("1 days", at(4, 10, 23)),), **before)[1] == 14
    assert refused(c, "3 working_days", at(4, 8), extended=(("1 days", at(4, 11, 1)),), **before) == "late_extension"
    assert refused(c, "9 hours", at(4, 8), extended=(("1 hours", at(4, 8, 17)),), **rule("1 hours", 1, "-3 hours"))
    closing = {**rule("1 days", by="-1 working_day"), "ends": "closing"}
    assert refused(c, "3 working_days", at(4, 8), extended=(("1 days", at(4, 10, 17)),), **closing) == "late_extension"
    waited = ((at(4, 15, 7), at(4, 15, 17)),)
    found = due(
        c, "3 working_days", at(4, 8), waits=waited, extended=(("3 working_days", at(4, 9)),), **rule("3 working_days")
    )
    assert found[:2] == (4, 17)


def what_lies_ahead_has_not_happened(c: ModuleType) -> None:
    moment = timedelta(microseconds=1)
    assert refused(c, "3 days", at(4, 6), waits=((at(4, 7), at(4, 8)),), now=at(4, 8) - moment) == "future_pause"
    assert due(c, "3 days", at(4, 6), waits=((at(4, 7), at(4, 8)),), now=at(4, 8))[:2] == (4, 9)
    assert refused(c, "3 days", at(4, 6), waits=((at(4, 7), None),)) == "open_pause"
    assert refused(c, "3 days", at(4, 6), waits=((at(4, 7), at(4, 8)),), now=None) == "now_needed"
    with pytest.raises(BadValue):
        c.Pause(start=at(4, 8), end=at(4, 8) - moment)
    rule = {"extension": ExtensionRule(limit=ExtensionLimit.parse("9 days"))}
    given = {"extended": (("1 days", at(4, 7)),), **rule}
    assert refused(c, "3 days", at(4, 6), now=at(4, 7) - moment, **given) == "future_extension"


def of_several_limits_the_first_to_end_counts(c: ModuleType) -> None:
    found = ask(c, "min(3 working_days, 4 days)", at(4, 9))
    assert (found.due_date, str(found.limit)) == (date(2026, 4, 13), "4 days")
    assert [str(limit) for limit in found.chosen_from] == ["3 working_days", "4 days"]
    assert ask(c, "3 working_days", at(4, 9)).chosen_from == ()


def each_day_says_what_it_was(c: ModuleType) -> None:
    rule = {"extension": ExtensionRule(limit=ExtensionLimit.parse("9 days"))}
    waits = ((at(4, 7, 7), at(4, 7, 17)),)
    found = ask(c, "2 working_days", at(4, 6), waits=waits, extended=(("2 days", at(4, 9)),), **rule)
    assert [(day.date.day, day.number, day.reason, day.extension) for day in found.days] == [
        (6, None, "start", 0),
        (7, None, "paused", 0),
        (8, 1, "working_day", 0),
        (9, 2, "working_day", 0),
        (10, 1, "calendar_day", 1),
        (11, 2, "calendar_day", 1),
        (12, None, "weekend", 1),
        (13, None, "moved", 1),
    ]
    late = ask(c, "1 working_days", at(3, 14), after_hours="next_working_day")
    assert [day.reason for day in late.days] == ["start", "weekend", "before_start", "working_day"]
    assert [day.reason for day in ask(c, "4 working_days", at(4, 1)).days[1:4]] == ["working_day", "day_off", "weekend"]
    assert [day.reason for day in ask(c, "9 office_hours", at(4, 9)).days] == ["start", "working_day"]
    assert ask(c, "1 working_days", at(4, 2)).days[1].decrees == ("SKB 1497/2025, 2/2025, 5/2025",)


LAWS = (
    days_begin_and_end_by_the_rule,
    only_days_that_were_waited_through_are_made_up_for,
    several_waits_add_up_and_pieces_are_one,
    whole_calendar_days_of_waiting_are_made_up_for,
    hours_stand_still_while_somebody_waits,
    an_hour_has_sixty_minutes_when_clocks_are_set,
    extensions_stay_within_what_the_standard_allows,
    what_lies_ahead_has_not_happened,
    of_several_limits_the_first_to_end_counts,
    each_day_says_what_it_was,
)

# module, what stands there, what is planted, the law that finds it
FAULTS = (
    ("counting", "day - _DAY if rule.first_day", "day if rule.first_day", days_begin_and_end_by_the_rule),
    ("counting", "start > closing", "start >= closing", days_begin_and_end_by_the_rule),
    ("counting", "closing is None or", "closing is not None and", days_begin_and_end_by_the_rule),
    ("counting", "next_working_day(day + _DAY)", "next_working_day(day)", days_begin_and_end_by_the_rule),
    ("counting", "if rule.ends is DayEnd.CLOSING", "if rule.ends is not DayEnd.CLOSING", days_begin_and_end_by_the_rule),
    ("counting", "if rule.day_off_end is DayOffEnd.NEXT_WORKING_DAY:", "if False:", days_begin_and_end_by_the_rule),
    ("counting", "        if last > after and first <= day:\n            amount", "        if last > after:\n            amount",
     only_days_that_were_waited_through_are_made_up_for),
    ("counting", "        if last > after and first <= day:\n            amount", "        if first <= day:\n            amount",
     only_days_that_were_waited_through_are_made_up_for),
    ("counting", "office.count(max(after, first - _DAY), last)", "office.count(first - _DAY, last)",
     only_days_that_were_waited_through_are_made_up_for),
    ("counting", "office.count(max(after, first - _DAY), last)", "office.count(max(after, first), last)",
     only_days_that_were_waited_through_are_made_up_for),
    ("pauses", "begin <= opening else begin.date()", "begin < opening else begin.date()",
     only_days_that_were_waited_through_are_made_up_for),
    ("pauses", "closing <= end else end.date()", "closing < end else end.date()",
     only_days_that_were_waited_through_are_made_up_for),
    ("pauses", "opening is None or begin <= opening else", "True else", only_days_that_were_waited_through_are_made_up_for),
    ("pauses", "sorted(map(_in_utc, pauses))", "map(_in_utc, pauses)", several_waits_add_up_and_pieces_are_one),
    ("pauses", "max(joined[-1][1], end)", "end",
     several_waits_add_up_and_pieces_are_one),
    ("pauses", "in _bridged(pauses, office)", "in pauses", several_waits_add_up_and_pieces_are_one),
    ("pauses", "not office.time_between(joined[-1][1], begin)", "True", several_waits_add_up_and_pieces_are_one),
    ("counting", "day += last - max(after, first - _DAY)", "day += last - first",
     whole_calendar_days_of_waiting_are_made_up_for),
    ("counting", "day += last - max(after, first - _DAY)", "day += last - (first - _DAY)",
     whole_calendar_days_of_waiting_are_made_up_for),
    ("counting", "if first <= day <= last:", "if False:", whole_calendar_days_of_waiting_are_made_up_for),
    ("pauses", "if begin == office.start_of_day(begin.date())", "if True", whole_calendar_days_of_waiting_are_made_up_for),
    ("pauses", "if office.end_of_day(end.date()) <= end", "if True", whole_calendar_days_of_waiting_are_made_up_for),
    ("counting", "left -= between(at, max(at, begin))", "left -= between(at, begin)", hours_stand_still_while_somebody_waits),
    ("counting", "if begin >= plus(at, left):", "if False:", hours_stand_still_while_somebody_waits),
    ("counting", "            at = end\n", "            at = begin\n", hours_stand_still_while_somebody_waits),
    ("counting", "else start.astimezone(UTC)", "else start", an_hour_has_sixty_minutes_when_clocks_are_set),
    ("counting", "else map(_in_utc, pauses)", "else pauses", an_hour_has_sixty_minutes_when_clocks_are_set),
    ("counting", "moment.astimezone(UTC) + hours", "moment + hours", an_hour_has_sixty_minutes_when_clocks_are_set),
    ("pauses", "return pause.start.astimezone(UTC), pause.end.astimezone(UTC)", "return pause.start, pause.end",
     an_hour_has_sixty_minutes_when_clocks_are_set),
    ("pauses", "self.end.astimezone(UTC) < self.start.astimezone(UTC)", "self.end < self.start",
     an_hour_has_sixty_minutes_when_clocks_are_set),
    ("extensions", "granted_at > latest", "granted_at >= latest", extensions_stay_within_what_the_standard_allows),
    ("extensions", "number > rule.extension.times", "number >= rule.extension.times",
     extensions_stay_within_what_the_standard_allows),
    ("extensions", "found.due > count_further(rule, most", "found.due >= count_further(rule, most", extensions_stay_within_what_the_standard_allows),
    ("extensions", "        before = found\n", "", extensions_stay_within_what_the_standard_allows),
    ("extensions", "most = allowed.limit.over(base.limit)\n    together", "most = allowed.limit.over(new[0].limit)\n    together",
     extensions_stay_within_what_the_standard_allows),
    ("extensions", "office.add(before.last, back)", "office.add(before.last, back + 1)",
     extensions_stay_within_what_the_standard_allows),
    ("extensions", "closing or office.end_of_day(day)", "office.end_of_day(day)",
     extensions_stay_within_what_the_standard_allows),
    ("extensions", "before.due, office, pauses)\n        if", "before.due, office, ())\n        if",
     extensions_stay_within_what_the_standard_allows),
    ("compute", "moment > now", "moment >= now", what_lies_ahead_has_not_happened),
    ("compute", "pause.end if pause.end is not None else pause.start", "pause.start", what_lies_ahead_has_not_happened),
    ("compute", "if now is None:", "if False:", what_lies_ahead_has_not_happened),
    ("pauses", "self.end.astimezone(UTC) < self", "self.end.astimezone(UTC) + _DAY < self", what_lies_ahead_has_not_happened),
    ("compute", "key=_due)", "key=lambda counted: -counted.due.timestamp())", of_several_limits_the_first_to_end_counts),
    ("compute", "limit=base.limit,", "limit=limit,", of_several_limits_the_first_to_end_counts),
    ("days", "day.date not in paused:", "True:", each_day_says_what_it_was),
    ("days", "number < left and ", "", each_day_says_what_it_was),
    ("days", "day.date > after and", "", each_day_says_what_it_was),
    ("days", "office.explain(before.last, part.last)", "office.explain(start, part.last)", each_day_says_what_it_was),
    ("days", '"before_start" if day.date <= part.after else "moved"', '"moved"', each_day_says_what_it_was),
    ("days", 'return "day_off" if day.entries else "weekend"', 'return "weekend"', each_day_says_what_it_was),
)  # fmt: skip


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_laws_hold(law: Callable[[ModuleType], None]) -> None:
    law(lapor_core.clocks)


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
        planted(lapor_core.clocks, module, old, new) as clocks,
        pytest.raises((AssertionError, LookupError, ValueError, TypeError, AttributeError, pytest.fail.Exception)),
    ):
        law(clocks)
