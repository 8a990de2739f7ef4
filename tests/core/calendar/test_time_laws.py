"""The laws of office time, at opening, closing and break minutes of ordinary days, Fridays and Ramadan."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.calendar import Break, DayHours, Office, OfficeHours, Schedule, shipped_hours
from lapor_core.errors import BadType, BadValue, OutOfReach
from lapor_core.testing.dates import instants, pauses

FIVE = Office.indonesia(zone="Asia/Makassar", hours=shipped_hours(ramadan=True))
NIGHT = DayHours(opens=time(6), closes=time(22, 0, 30), breaks=[Break(begins=time(9), ends=time(9, 0, 1))])
SIX = Office.indonesia(zone="Asia/Jayapura", week=6, hours=OfficeHours(ordinary=Schedule(usual=NIGHT)))
offices = st.sampled_from((FIVE, SIX))
amounts = st.one_of(
    st.integers(0, 30).map(lambda halves: halves * timedelta(minutes=30)),
    st.timedeltas(timedelta(0), timedelta(hours=300)),
)


def oracle(office: Office, start: datetime, end: datetime) -> timedelta:
    """Office time measured stretch by stretch, day by day."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        if office.is_working_day(day):
            for opens, closes in office.hours.on(day).stretches:
                begins = max(start, datetime.combine(day, opens, tzinfo=start.tzinfo))
                ends = min(end, datetime.combine(day, closes, tzinfo=start.tzinfo))
                total += max(ends - begins, timedelta())
        day += timedelta(days=1)
    return total


@given(offices, st.data(), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_measuring_is_adding_up_day_by_day(office: Office, data: st.DataObject, span: timedelta) -> None:
    start = data.draw(instants(office))
    assert office.time_between(start, start + span) == oracle(office, start, start + span)


@given(offices, st.data(), amounts)
def test_a_due_instant_is_the_earliest_and_lies_in_open_time(
    office: Office, data: st.DataObject, amount: timedelta
) -> None:
    start = data.draw(instants(office))
    due = office.add_time(start, amount)
    assert office.time_between(start, due) == amount
    if amount:
        moment = timedelta.resolution
        assert office.time_between(start, due - moment) == amount - moment
        assert office.is_open(due - moment)  # at a closing minute itself the office is shut
    else:
        assert due == start


@given(offices, st.data())
def test_time_adds_up_and_changes_sign(office: Office, data: st.DataObject) -> None:
    a, b, c = (data.draw(instants(office)) for _ in range(3))
    assert office.time_between(a, b) + office.time_between(b, c) == office.time_between(a, c)
    assert office.time_between(a, b) == -office.time_between(b, a)
    assert abs(office.time_between(a, b)) <= abs(b - a)
    assert (office.time_between(a, b) >= timedelta()) == (a <= b or not office.time_between(a, b))


@given(offices, st.data(), amounts, amounts)
def test_more_time_is_never_due_earlier(office: Office, data: st.DataObject, one: timedelta, other: timedelta) -> None:
    start, later = sorted(data.draw(instants(office)) for _ in range(2))
    less, more = sorted((one, other))
    assert office.add_time(start, less) <= office.add_time(start, more)
    assert office.add_time(start, less) <= office.add_time(later, less)
    assert office.add_time(office.add_time(start, one), other) == office.add_time(start, one + other)


@given(offices, st.data(), amounts.filter(bool))
def test_a_pause_costs_its_office_time_and_nothing_else(office: Office, data: st.DataObject, amount: timedelta) -> None:
    """Folded one by one: each pause that begins before the due instant moves it by the office time it takes."""
    stretches = data.draw(pauses(office))
    start = data.draw(instants(office).filter(lambda at: not stretches or at <= stretches[0].start))
    due, paused = office.add_time(start, amount), timedelta()
    for pause in stretches:
        if pause.start < due:
            lost = office.time_between(pause.start, pause.end)
            due, paused = office.add_time(due, lost), paused + lost
    assert office.time_between(start, due) - paused == amount


@given(offices, st.data())
def test_a_pause_in_closed_time_costs_nothing_and_a_longer_one_never_less(office: Office, data: st.DataObject) -> None:
    start, end = sorted(data.draw(instants(office)) for _ in range(2))
    middle = data.draw(instants(office))
    if start <= middle <= end:
        assert office.time_between(start, middle) <= office.time_between(start, end)
    day = start.date()
    closing, opening = office.closing(day), office.opening(office.add(day, 1))
    assert opening is not None
    if closing is not None:
        assert not office.time_between(closing, opening)
        assert office.time_between(closing, opening + timedelta(minutes=1)) == timedelta(minutes=1)


@given(offices, st.data())
def test_the_exact_closing_minute_is_in_time(office: Office, data: st.DataObject) -> None:
    day = office.next_working_day(data.draw(instants(office)).date())
    opening, closing = office.opening(day), office.closing(day)
    assert opening is not None
    assert closing is not None
    whole = office.time_between(opening, closing)
    assert office.add_time(opening, whole) == closing
    assert (
        office.add_time(opening, whole + timedelta.resolution)
        == office.opening(office.add(day, 1)) + timedelta.resolution
    )


@pytest.mark.parametrize(("month", "net"), [(2, timedelta(hours=37, minutes=30)), (3, timedelta(hours=32, minutes=30))])
def test_the_net_week_is_that_of_the_decree(month: int, net: timedelta) -> None:
    """Perpres 21/2023: 37 h 30 min, and 32 h 30 min in Ramadan (of 2026: 19 February to 20 March)."""
    week = [date(2026, month, day) for day in range(2, 7)]
    assert sum((FIVE.time_between(FIVE.start_of_day(day), FIVE.end_of_day(day)) for day in week), timedelta()) == net


def test_a_break_at_the_edge_of_the_day_is_closed_time_like_the_night() -> None:
    """Whoever writes 08.00 to 16.00 with breaks up to 09.00 and from 15.00 on opens at nine and closes at three."""
    rests = [Break(begins=time(8), ends=time(9)), Break(begins=time(15), ends=time(16))]
    hours = OfficeHours(ordinary=Schedule(usual=DayHours(opens=time(8), closes=time(16), breaks=rests)))
    office, day = Office.indonesia(zone="Asia/Makassar", hours=hours), date(2026, 4, 7)
    opening, closing = office.opening(day), office.closing(day)
    assert (opening.time(), closing.time()) == (time(9), time(15))
    assert office.time_between(opening, closing) == timedelta(hours=6)
    assert office.is_open(opening)
    assert not office.is_open(opening - timedelta.resolution)
    assert office.add_time(office.start_of_day(day), timedelta(hours=6)) == closing


def test_beyond_the_calendar_and_backwards_are_refused() -> None:
    late = FIVE.start_of_day(date(2050, 12, 29))
    with pytest.raises(OutOfReach, match="2050-12-31"):
        FIVE.add_time(late, timedelta(hours=100))
    with pytest.raises(OutOfReach, match="reaches from"):
        FIVE.time_between(late, late + timedelta(days=9))
    with pytest.raises(BadValue, match="negative"):
        FIVE.add_time(late, timedelta(hours=-1))
    with pytest.raises(BadType, match="timedelta"):
        FIVE.add_time(late, 60)


@pytest.mark.parametrize(
    ("opens", "closes", "breaks", "problem"),
    [
        (8, 8, [], "end before they begin"),
        (16, 8, [], "end before they begin"),
        (8, 16, [(12, 14), (13, 15)], "overlaps"),
        (8, 16, [(7, 9)], "outside"),
        (8, 16, [(15, 17)], "outside"),
        (8, 16, [(13, 12)], "ends before it begins"),
        (8, 16, [(8, 16)], "no open minute"),
        (8, 16, [(8, 12), (12, 16)], "no open minute"),
    ],
)
def test_impossible_hours_are_refused(opens: int, closes: int, breaks: list[tuple[int, int]], problem: str) -> None:
    with pytest.raises(BadValue, match=problem):
        DayHours(
            opens=time(opens), closes=time(closes), breaks=[Break(begins=time(a), ends=time(b)) for a, b in breaks]
        )


def test_hours_have_no_zone_of_their_own() -> None:
    with pytest.raises(BadType, match="without a zone"):
        DayHours(opens=time(8, tzinfo=datetime.now().astimezone().tzinfo), closes=time(16))
    with pytest.raises(BadType, match="time of day"):
        DayHours(opens="08:00", closes=time(16))
