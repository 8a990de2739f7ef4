"""The laws of deadlines: an oracle that walks from day to day, what a pause costs, and what the explanation says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lapor_core.calendar import Office, shipped_hours
from lapor_core.clocks import Deadline, Pause, compute
from lapor_core.policy import AfterHours, ClockRule, DayEnd, DayOffEnd, FirstDay, Limit, Unit
from lapor_core.testing.dates import clock_rules, instants, limits, pauses

DAY, MOMENT = timedelta(days=1), timedelta.resolution
FIVE = Office.indonesia(zone="Asia/Makassar", hours=shipped_hours(ramadan=True))
SIX = Office.indonesia(zone="Asia/Jayapura", week=6, region="aceh", collective_leave="working")
offices = st.sampled_from((FIVE, SIX))
NOW = FIVE.start_of_day(date(2050, 1, 1))
in_days = limits(Unit.WORKING_DAYS, Unit.DAYS)
in_hours = limits(Unit.HOURS, Unit.OFFICE_HOURS)


def deadline(
    rule: ClockRule, limit: Limit, start: datetime, office: Office, stretches: Sequence[Pause] = ()
) -> Deadline:
    return compute(
        name="resolve", rule=rule, limit=limit, start=start, office=office, pauses=stretches, now=NOW, policy="contoh@1"
    )


def uncovered(begins: datetime, ends: datetime, stretches: Sequence[Pause]) -> timedelta:
    """The time between two instants that lies in none of the pauses, measured piece by piece."""
    left = timedelta()
    edges = sorted({begins, ends, *(e for p in stretches for e in (p.start, p.end) if begins < e < ends)})
    for one, other in pairwise(edges):
        if not any(pause.start <= one and other <= pause.end for pause in stretches):
            left += other - one
    return left


def wholly_paused(day: date, office: Office, stretches: Sequence[Pause], unit: Unit) -> bool:
    if unit is Unit.DAYS:
        return not uncovered(office.start_of_day(day), office.end_of_day(day), stretches)
    midnight = office.start_of_day(day)
    opened = [
        (datetime.combine(day, a, tzinfo=midnight.tzinfo), datetime.combine(day, b, tzinfo=midnight.tzinfo))
        for a, b in office.hours.on(day).stretches
    ]
    return not any(uncovered(begins, ends, stretches) for begins, ends in opened)


def walk(rule: ClockRule, limit: Limit, start: datetime, office: Office, stretches: Sequence[Pause]) -> date:
    """Go from day to day as a clerk would with a calendar on the wall."""
    day = start.date()
    shut = not office.is_working_day(day) or start > office.closing(day)
    if rule.after_hours is AfterHours.NEXT_WORKING_DAY and shut:
        day += DAY
        while not office.is_working_day(day):
            day += DAY
    if rule.first_day is FirstDay.EXCLUDED:
        day += DAY
    left = limit.amount
    while True:
        counts = limit.unit is Unit.DAYS or office.is_working_day(day)
        left -= counts and not wholly_paused(day, office, stretches, limit.unit)
        if not left:
            break
        day += DAY
    if limit.unit is Unit.DAYS and rule.day_off_end is DayOffEnd.NEXT_WORKING_DAY:
        while not office.is_working_day(day) or wholly_paused(day, office, stretches, limit.unit):
            day += DAY
    return day


@given(st.data(), offices, clock_rules(), in_days)
def test_a_due_day_is_the_one_that_a_clerk_with_a_calendar_finds(
    data: st.DataObject, office: Office, rule: ClockRule, limit: Limit
) -> None:
    start, stretches = data.draw(instants(office)), data.draw(pauses(office))
    found = deadline(rule, limit, start, office, stretches)
    assert found.due_date == walk(rule, limit, start, office, stretches)
    closing = office.closing(found.due_date) if rule.ends is DayEnd.CLOSING else None
    assert found.due == (closing or office.end_of_day(found.due_date))


@given(st.data(), offices, clock_rules(), in_days)
def test_a_pause_near_the_start_is_counted_as_the_clerk_counts_it(
    data: st.DataObject, office: Office, rule: ClockRule, limit: Limit
) -> None:
    """Pauses drawn from all years seldom meet a deadline: these begin where it runs, at opening and closing minutes."""
    start = data.draw(instants(office))
    stretches = data.draw(near(office, start))
    assert deadline(rule, limit, start, office, stretches).due_date == walk(rule, limit, start, office, stretches)


def near(office: Office, start: datetime) -> st.SearchStrategy[tuple[Pause, ...]]:
    """Up to three pauses within three weeks of a start, which begin and end where days and offices do."""

    def edge(drawn: tuple[int, int]) -> datetime:
        day = start.date() + drawn[0] * DAY
        edges = (office.start_of_day(day), office.opening(day), office.closing(day), office.end_of_day(day))
        return edges[drawn[1]] or edges[0]

    instant = st.tuples(st.integers(-2, 20), st.integers(0, 3)).map(edge)
    ends = st.lists(instant, min_size=2, max_size=6).map(lambda found: sorted(found)[: len(found) // 2 * 2])
    return ends.map(lambda e: tuple(Pause(start=a, end=b) for a, b in zip(e[::2], e[1::2], strict=True)))


@given(st.data(), offices, clock_rules(), in_hours)
def test_the_time_of_a_pause_is_conserved(data: st.DataObject, office: Office, rule: ClockRule, limit: Limit) -> None:
    """Law 19: what lies between start and due, without what lies in a pause, is the limit; and not a moment earlier."""
    start = data.draw(instants(office))
    stretches = data.draw(near(office, start))
    due = deadline(rule, limit, start, office, stretches).due

    def spent(until: datetime) -> timedelta:
        if limit.unit is Unit.HOURS:
            return uncovered(start, until, stretches)
        total, day = timedelta(), start.date()
        while day <= until.date():
            if office.is_working_day(day):
                for a, b in office.hours.on(day).stretches:
                    begins = max(start, datetime.combine(day, a, tzinfo=start.tzinfo))
                    ends = min(until, datetime.combine(day, b, tzinfo=start.tzinfo))
                    total += uncovered(begins, ends, stretches) if begins < ends else timedelta()
            day += DAY
        return total

    assert spent(due) == limit.amount * timedelta(hours=1)
    assert spent(due - MOMENT) < limit.amount * timedelta(hours=1)


@given(st.data(), offices, clock_rules(), limits())
def test_splitting_and_joining_pauses_changes_nothing(
    data: st.DataObject, office: Office, rule: ClockRule, limit: Limit
) -> None:
    """Law 20: cut each pause anywhere, let the pieces overlap, hand them in in any order."""
    start = data.draw(instants(office))
    stretches = data.draw(near(office, start))
    pieces = []
    for pause in stretches:
        cut = pause.start + (pause.end - pause.start) * data.draw(st.floats(0, 1))
        other = data.draw(st.sampled_from((cut, pause.start)))
        pieces += [Pause(start=pause.start, end=cut), Pause(start=other, end=pause.end)]
    again = data.draw(st.permutations(pieces))
    assert deadline(rule, limit, start, office, again).due == deadline(rule, limit, start, office, stretches).due


@given(st.data(), offices, clock_rules(), limits(Unit.WORKING_DAYS, Unit.OFFICE_HOURS))
def test_what_happens_to_a_pause_in_closed_time_changes_nothing(
    data: st.DataObject, office: Office, rule: ClockRule, limit: Limit
) -> None:
    """Law 20: a pause may be interrupted, end or begin anywhere between closing and opening, and in a break."""
    start = data.draw(instants(office))
    first = office.next_working_day(start.date() + data.draw(st.integers(-1, 12)) * DAY)
    last = office.add(first, data.draw(st.integers(1, 6)))
    opening, closing, next_opening = office.opening(first), office.closing(last), office.opening(office.add(last, 1))
    whole = deadline(rule, limit, start, office, [Pause(start=opening, end=closing)])
    early = office.closing(office.add(first, -1)) + (opening - office.closing(office.add(first, -1))) / 3
    late = closing + (next_opening - closing) * data.draw(st.floats(0, 1))
    rest_begins, rest_ends = (
        datetime.combine(last, edge, tzinfo=opening.tzinfo)
        for edge in (office.hours.on(last).breaks[0].begins, office.hours.on(last).breaks[0].ends)
    )
    night = office.closing(first), office.opening(office.add(first, 1))
    for stretches in (
        [Pause(start=early, end=late)],
        [Pause(start=opening, end=night[0]), Pause(start=night[1], end=closing)],
        [Pause(start=opening, end=rest_begins), Pause(start=rest_ends, end=closing)],
    ):
        assert deadline(rule, limit, start, office, stretches).due == whole.due


@given(st.data(), offices, clock_rules(), limits(), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_a_longer_pause_is_never_due_earlier(
    data: st.DataObject, office: Office, rule: ClockRule, limit: Limit, more: timedelta
) -> None:
    start = data.draw(instants(office))
    stretches = data.draw(near(office, start))
    longer = [Pause(start=pause.start, end=pause.end + more) for pause in stretches]
    before, after = (deadline(rule, limit, start, office, each).due for each in (stretches, longer))
    assert deadline(rule, limit, start, office).due <= before <= after


@given(st.data(), offices, clock_rules(), limits())
def test_a_later_start_and_a_longer_limit_are_never_due_earlier(
    data: st.DataObject, office: Office, rule: ClockRule, limit: Limit
) -> None:
    start, later = sorted(data.draw(instants(office)) for _ in range(2))
    assert deadline(rule, limit, start, office).due <= deadline(rule, limit, later, office).due
    longer = Limit(limit.amount + 1, limit.unit)
    assert deadline(rule, limit, start, office).due <= deadline(rule, longer, start, office).due


@given(st.data(), offices, clock_rules(), in_days)
def test_the_days_of_a_deadline_are_all_there_are_and_as_many_count_as_the_limit_says(
    data: st.DataObject, office: Office, rule: ClockRule, limit: Limit
) -> None:
    start = data.draw(instants(office))
    stretches = data.draw(near(office, start))
    found = deadline(rule, limit, start, office, stretches)
    length = (found.due_date - start.date()).days
    assert [day.date for day in found.days] == [start.date() + step * DAY for step in range(length + 1)]
    counted = [day for day in found.days if day.counted]
    assert [day.number for day in counted] == list(range(1, limit.amount + 1))
    assert all(day.names or day.reason != "day_off" for day in found.days)
    assert all(day.decrees for day in found.days if day.names)
    for day in found.days:
        assert (day.reason == "paused") <= wholly_paused(day.date, office, stretches, limit.unit)
        assert not (day.counted and wholly_paused(day.date, office, stretches, limit.unit))


@given(st.data(), offices, clock_rules(), limits(), limits())
def test_of_several_limits_the_one_that_ends_first_counts(
    data: st.DataObject, office: Office, rule: ClockRule, one: Limit, other: Limit
) -> None:
    start = data.draw(instants(office))
    both = Limit(one.amount, one.unit, (other,))
    found, alone = deadline(rule, both, start, office), [deadline(rule, each, start, office) for each in (one, other)]
    assert found.due == min(each.due for each in alone)
    assert found.limit in (one, other)
    assert found.chosen_from == (one, other)


@given(st.data(), clock_rules(), limits())
def test_an_instant_is_the_same_in_every_zone(data: st.DataObject, rule: ClockRule, limit: Limit) -> None:
    start = data.draw(instants(FIVE))
    elsewhere = SIX.local(start)
    assert deadline(rule, limit, elsewhere, FIVE) == deadline(rule, limit, start, FIVE)
    assert deadline(rule, limit, elsewhere, FIVE).fingerprint == deadline(rule, limit, start, FIVE).fingerprint
