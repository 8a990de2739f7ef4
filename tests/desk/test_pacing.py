"""Quiet hours and rates: nobody is woken, no provider is flooded, nothing is lost by it, and no notifier holds up another."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.errors import BadValue
from lapor_core.plugins import Choice
from lapor_core.plugins.contracts import Delivered, Message, TryLater, Verdict
from lapor_desk.courier import Courier
from lapor_desk.engine import Engine
from lapor_desk.pacing import Pace, QuietHours, Rate
from lapor_desk.store import NewNotice, QueuedNotice, Status, Store
from lapor_desk.waiting import backlogs, reasons

WITA = ZoneInfo("Asia/Makassar")
NIGHT = datetime(2026, 3, 14, 2, tzinfo=WITA)
MORNING = datetime(2026, 3, 14, 6, tzinfo=WITA)
NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
QUIET = Pace(quiet=QuietHours.parse("21:00-06:00"))

ON_ONE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For what says nothing of a database; its queries run on both elsewhere."""

times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
zones = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
instants = st.integers(0, 50 * 366 * 24 * 60).map(lambda minutes: datetime(1990, 1, 1, tzinfo=UTC) + minutes * MINUTE)


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    begins = draw(times)
    return QuietHours(begins=begins, ends=draw(times.filter(lambda ends: ends != begins)))


# The hours by themselves


@given(hours=quiet_hours())
def test_quiet_hours_are_read_as_they_are_written(hours: QuietHours) -> None:
    assert QuietHours.parse(str(hours)) == hours


@given(hours=quiet_hours(), moment=instants, zone=zones)
def test_what_waits_for_quiet_hours_to_end_waits_no_longer_than_that(
    hours: QuietHours, moment: datetime, zone: ZoneInfo
) -> None:
    free = hours.free_from(moment, zone)
    assert not hours.hold(free, zone)
    if not hours.hold(moment, zone):
        assert free == moment
        return
    assert moment < free < moment + 3 * DAY
    minutes = (moment + part * (free - moment) / 24 for part in range(24))
    loud = [minute for minute in minutes if not hours.hold(minute, zone)]
    assert all(free - minute <= DAY for minute in loud)  # only where a zone's clocks were put forward over the end


@pytest.mark.parametrize(
    ("hours", "zone", "moment", "free"),
    [
        ("21:00-06:00", "Asia/Makassar", "2026-03-13T21:00+08:00", "2026-03-14T06:00+08:00"),
        ("21:00-06:00", "Asia/Makassar", "2026-03-14T05:59:59+08:00", "2026-03-14T06:00+08:00"),
        ("21:00-06:00", "Asia/Makassar", "2026-03-14T06:00+08:00", "2026-03-14T06:00+08:00"),
        ("12:00-13:30", "Asia/Jayapura", "2026-03-13T03:00+00:00", "2026-03-13T13:30+09:00"),
        ("22:00-02:30", "Europe/Berlin", "2026-03-29T01:00+01:00", "2026-03-29T03:30+02:00"),  # 02:30 is left out
        ("22:00-02:30", "Europe/Berlin", "2026-10-25T02:10+02:00", "2026-10-25T02:30+02:00"),  # and comes twice
        ("22:00-02:30", "Europe/Berlin", "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
        ("22:00-08:00", "Pacific/Apia", "2011-12-29T23:00-10:00", "2011-12-31T08:00+14:00"),  # without a 30 December
    ],
)
def test_they_end_by_the_wall_clock_of_the_office(hours: str, zone: str, moment: str, free: str) -> None:
    read = QuietHours.parse(hours)
    assert read.free_from(datetime.fromisoformat(moment), ZoneInfo(zone)) == datetime.fromisoformat(free)


@pytest.mark.parametrize(
    "text", ["", "21-6", "21:00", "24:00-06:00", "21:00-06:60", "21:00 - 06:00", "06:00-06:00", 21]
)
def test_what_are_no_quiet_hours_is_refused(text: object) -> None:
    with pytest.raises(BadValue) as caught:
        QuietHours.parse(text)
    assert caught.value.code == "bad_quiet_hours"


@pytest.mark.parametrize("text", ["", "60", "0/minute", "-1/minute", "60/min", "6.5/hour", "60 / minute", 60])
def test_what_is_no_rate_is_refused(text: object) -> None:
    with pytest.raises(BadValue) as caught:
        Rate.parse(text)
    assert caught.value.code == "bad_rate"


@pytest.mark.parametrize("text", ["1/second", "60/minute", "2000/hour", "9999999/day"])
def test_a_rate_is_read_as_it_is_written(text: str) -> None:
    assert str(Rate.parse(text)) == text


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(BadValue, match="has no time zone"):
        QuietHours(begins=time(21), ends=time(6)).free_from(datetime(2026, 3, 13), WITA)  # noqa: DTZ001


# In the queue


@attrs.define
class Post:
    """A notifier that remembers what it sent, and does something first."""

    key: str
    media: frozenset[str]
    does: Callable[[], Verdict] = Delivered
    sent: list[str] = attrs.Factory(list)

    def send(self, message: Message, now: datetime) -> Verdict:
        verdict = self.does()
        self.sent.append(message.template)
        return verdict


def compose(notice: QueuedNotice) -> Message:
    return Message(key=notice.id, medium=notice.medium, address="x", text="x", template=notice.template)


def engine_of(store: Store, *posts: Post, chosen: Any = lambda _: None, **options: Any) -> Engine:
    by_medium = {medium: post for post in reversed(posts) for medium in post.media}
    courier = Courier(by_medium, all_notifiers=posts, chosen=chosen)
    return Engine(store=store, compose=compose, courier=courier, zone=WITA, jitter=lambda: 0.0, **options)


def sms_and_email() -> tuple[Post, Post]:
    return Post("sms", frozenset({"sms"})), Post("email", frozenset({"email"}))


def queue(store: Store, now: datetime, *what: tuple[str, str], complaint: str = "c") -> None:
    """Queue notices, each of a medium and a template."""
    with store.transaction() as tx:
        first = len(tx.notices_of(complaint))
        tx.enqueue(
            NewNotice(
                complaint_id=complaint,
                sequence=first + number,
                template=template,
                role="reporter",
                medium=medium,
                not_before=now,
                created_at=now,
            )
            for number, (medium, template) in enumerate(what)
        )


def rows(store: Store) -> tuple[QueuedNotice, ...]:
    with store.reading() as tx:
        return tx.notices_of("c")


def test_in_quiet_hours_only_what_somebody_waits_for_goes_out_and_the_rest_in_the_morning(store: Store) -> None:
    sms, email = sms_and_email()
    engine = engine_of(store, sms, email, paces={"sms": QUIET})
    queue(store, NIGHT, ("sms", "answered"), ("sms", "one_time_code"), ("sms", "received"), ("email", "answered"))
    assert engine.run_once(NIGHT) == 3
    assert (sorted(sms.sent), email.sent) == (["one_time_code", "received"], ["answered"])
    (waiting,) = (row for row in rows(store) if row.status is Status.QUEUED)
    assert (waiting.not_before, waiting.attempts, waiting.last_error) == (MORNING, 0, None)
    assert engine.run_once(MORNING - SECOND) == 0
    assert engine.run_once(MORNING) == 1
    assert sms.sent[2:] == ["answered"]


@ON_ONE
def test_an_office_says_itself_what_goes_out_at_any_hour(store: Store) -> None:
    sms = Post("sms", frozenset({"sms"}))
    engine = engine_of(store, sms, paces={"sms": attrs.evolve(QUIET, at_any_hour=("answered",))})
    queue(store, NIGHT, ("sms", "answered"), ("sms", "one_time_code"))
    engine.run_once(NIGHT)
    assert sms.sent == ["answered"]


@ON_ONE
def test_a_second_attempt_does_not_wake_anybody_either(store: Store) -> None:
    sms = Post("sms", frozenset({"sms"}), lambda: TryLater(why="busy", after=timedelta(hours=3)))
    engine = engine_of(store, sms, paces={"sms": QUIET})
    evening = datetime(2026, 3, 13, 20, tzinfo=WITA)
    queue(store, evening, ("sms", "answered"))
    assert [engine.run_once(evening), engine.run_once(evening + timedelta(hours=3))] == [1, 0]
    assert [row.not_before for row in rows(store)] == [MORNING]
    assert reasons(engine, NIGHT)(rows(store)[0]) == "busy; quiet hours of sms until 2026-03-14 06:00"


@ON_ONE
def test_a_night_of_looks_writes_once(store: Store) -> None:
    """Each look would otherwise keep SQLite's only writer from citizens."""
    engine = engine_of(store, Post("sms", frozenset({"sms"})), paces={"sms": QUIET})
    queue(store, NIGHT, ("sms", "answered"))
    engine.relay(NIGHT)
    assert engine._ready(engine.shares(NIGHT + MINUTE), NIGHT + MINUTE, 50) == []


RATE = Rate(most=5, period=MINUTE)
LIMITED = Pace(rate=RATE)


def test_no_more_is_claimed_than_the_rate_allows_and_the_rest_when_it_allows_it(store: Store) -> None:
    sms = Post("sms", frozenset({"sms"}))
    engine = engine_of(store, sms, paces={"sms": LIMITED})
    queue(store, NOW, *[("sms", "answered")] * 12)
    made = [engine.run_once(NOW + passed * SECOND) for passed in (0, 1, 59, 60, 61, 120, 121)]
    assert made == [5, 0, 0, 5, 0, 2, 0]
    assert len(sms.sent) == 12


@pytest.mark.parametrize("seed", range(2))
def test_two_desks_that_share_a_database_share_the_rate(
    store: Store, open_again: Callable[[], Store], seed: int
) -> None:
    chance = random.Random(seed)
    engines = [
        engine_of(each, Post("sms", frozenset({"sms"})), paces={"sms": LIMITED}) for each in (store, open_again())
    ]
    queue(store, NOW, *[("sms", "answered")] * 60)
    now = NOW
    sent: list[datetime] = []
    while len(sent) < 60:
        now += chance.choice((0, 1, 7, 20, 45)) * SECOND
        engine = chance.choice(engines)
        for claim in engine.relay(now, chance.randrange(1, 9)):
            engine.deliver(claim, now)
            sent.append(now)
        assert now < NOW + timedelta(hours=1)  # it goes on
    for first, sixth in zip(sent, sent[RATE.most :], strict=False):
        assert sixth - first >= RATE.period


def test_processes_that_claim_at_once_share_the_rate(store: Store, race: Callable[..., list[int]]) -> None:
    queue(store, NOW, *[("sms", "answered")] * 40)
    assert sum(race("relay", ["7"], ["7"], ["7"])) == 7


def test_what_somebody_waits_for_goes_before_what_has_waited_longer(store: Store) -> None:
    sms = Post("sms", frozenset({"sms"}))
    engine = engine_of(store, sms, paces={"sms": LIMITED})
    queue(store, NOW, *[("sms", "answered")] * 9)
    queue(store, NOW + SECOND, ("sms", "one_time_code"))
    engine.run_once(NOW + SECOND)
    assert sms.sent == ["one_time_code"] + ["answered"] * 4


@ON_ONE
def test_a_clock_that_was_wrong_does_not_close_a_notifier_for_long(store: Store) -> None:
    engine = engine_of(store, Post("sms", frozenset({"sms"})), paces={"sms": LIMITED})
    queue(store, NOW, *[("sms", "answered")] * 20)
    assert [engine.run_once(NOW + DAY), engine.run_once(NOW), engine.run_once(NOW + MINUTE)] == [5, 5, 5]


@ON_ONE
def test_turns_that_count_no_more_are_forgotten(store: Store) -> None:
    engine = engine_of(store, Post("sms", frozenset({"sms"})), paces={"sms": LIMITED})
    queue(store, NOW, *[("sms", "answered")] * 20)
    for minutes in (0, 1, 3, 6):
        engine.run_once(NOW + minutes * MINUTE)
    with store.reading() as tx:
        (count,) = tx.connection.exec_driver_sql("SELECT count(*) FROM lapor_turns").one()
    assert count == 5


# Many notifiers


def test_a_notifier_that_is_used_up_or_quiet_holds_up_no_other(store: Store) -> None:
    sms, email = sms_and_email()
    engine = engine_of(store, sms, email, paces={"sms": LIMITED}, batch=4)
    queue(store, NOW, *[("sms", "answered")] * 30)
    queue(store, NOW + SECOND, *[("email", "answered")] * 10)
    engine.run_once(NOW + SECOND)
    assert (len(sms.sent), len(email.sent)) == (5, 10)


def test_a_slow_notifier_holds_up_no_other_where_a_desk_is_worked_by_hand(store: Store) -> None:
    others_are_done = threading.Event()

    def slowly() -> Verdict:
        return Delivered() if others_are_done.wait(10) else TryLater(why="the others never came to their turn")

    sms, email = sms_and_email()
    email.does = slowly
    queue(store, NOW, *[("email", "answered")] * 3)
    queue(store, NOW + SECOND, *[("sms", "answered")] * 10)

    def soundly() -> Verdict:
        if len(sms.sent) == 9:
            others_are_done.set()
        return Delivered()

    sms.does = soundly
    assert engine_of(store, sms, email, batch=2).run_once(NOW + SECOND) == 13
    assert {row.status for row in rows(store)} == {Status.DELIVERED}


def test_of_several_notifiers_of_a_medium_each_keeps_its_own_pace(store: Store) -> None:
    first, second = Post("first", frozenset({"sms"})), Post("second", frozenset({"sms"}))

    def by_template(choice: Choice) -> str | None:
        return "second" if choice.template == "reminder" else None

    paces = {"first": LIMITED, "second": Pace(rate=Rate(most=2, period=MINUTE))}
    engine = engine_of(store, first, second, chosen=by_template, paces=paces)
    queue(store, NOW, *[("sms", "answered"), ("sms", "reminder")] * 8)
    assert engine.run_once(NOW) == 7
    assert (first.sent, second.sent) == (["answered"] * 5, ["reminder"] * 2)
    assert {row.notifier for row in rows(store) if row.status is Status.DELIVERED} == {"first", "second"}


@ON_ONE
def test_who_sends_it_is_decided_when_it_is_claimed_and_decided_anew_for_every_attempt(store: Store) -> None:
    first = Post("first", frozenset({"sms"}), lambda: TryLater(why="busy", after=MINUTE))
    second = Post("second", frozenset({"sms"}))
    engine = engine_of(store, first, second, chosen=lambda choice: "second" if choice.attempt > 1 else None)
    queue(store, NOW, ("sms", "answered"))
    (claim,) = engine.relay(NOW)
    assert (claim.notifier, rows(store)[0].notifier) == ("first", "first")
    engine.deliver(claim, NOW)
    assert engine.run_once(NOW + MINUTE) == 1
    assert (len(first.sent), len(second.sent)) == (1, 1)


# Why something waits


@ON_ONE
def test_what_waits_says_why(store: Store) -> None:
    sms, email = sms_and_email()
    email.does = lambda: TryLater(why="email: 421 busy", after=timedelta(hours=1))
    engine = engine_of(store, sms, email, paces={"sms": attrs.evolve(LIMITED, quiet=QUIET.quiet)})
    queue(store, NOW, *[("sms", "answered")] * 6, ("email", "answered"), ("fax", "answered"))
    why = reasons(engine, NOW)
    assert [why(row) for row in rows(store)] == ["due"] * 7 + ['no notifier serves "fax"']
    engine.run_once(NOW)
    why, waiting = reasons(engine, NOW), [row for row in rows(store) if row.status is Status.QUEUED]
    assert [why(row) for row in waiting] == [
        "sms sends 5/minute at most",
        "email: 421 busy; not before 2026-03-13 11:00",
        'no notifier serves "fax"',
    ]
    engine.relay(NOW + MINUTE)
    assert (
        reasons(engine, NOW + MINUTE)(rows(store)[waiting[0].sequence or 0]) == "on its way since attempt 1 was begun"
    )


@ON_ONE
def test_what_lies_in_quiet_hours_says_so_before_anybody_has_looked(store: Store) -> None:
    engine = engine_of(store, Post("sms", frozenset({"sms"})), paces={"sms": QUIET})
    queue(store, NIGHT, ("sms", "answered"), ("sms", "received"))
    told = ["quiet hours of sms until 2026-03-14 06:00", "due"]
    assert [reasons(engine, NIGHT)(row) for row in rows(store)] == told
    engine.relay(NIGHT)
    assert reasons(engine, NIGHT)(rows(store)[0]) == told[0]


@ON_ONE
def test_a_backlog_that_a_rate_holds_is_not_taken_for_one_that_nobody_works_at(store: Store) -> None:
    engine = engine_of(store, Post("sms", frozenset({"sms"})), paces={"sms": LIMITED})
    queue(store, NOW, *[("sms", "answered")] * 90)
    for minutes in range(8):
        engine.run_once(NOW + minutes * MINUTE)
    (sms, rest) = backlogs(engine, NOW + 8 * MINUTE)
    assert (sms.waiting.due, sms.held_by, sms.is_long, sms.is_left) == (50, RATE, True, False)
    assert not rest.is_long
    (sms, _) = backlogs(engine, NOW + 60 * MINUTE)
    assert (sms.held_by, sms.is_left) == (None, True)
