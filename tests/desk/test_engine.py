"""The engine: each notice goes out, once if nobody dies, and what became of it is written down."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.errors import BadValue, NotFound
from lapor_core.plugins.contracts import Delivered, Failed, Message, TryLater, Verdict
from lapor_core.testing import RecordingNotifier
from lapor_desk.courier import Courier
from lapor_desk.engine import Composer, Engine, Retry
from lapor_desk.store import Claim, NewNotice, QueuedNotice, Status, Store
from lapor_desk.worker_names import worker_name

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
LEASE = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
MARK = "rahasia-contoh"
ADDRESS = f"{MARK}@example.org"


def compose(notice: QueuedNotice) -> Message:
    return Message(key=notice.id, medium=notice.medium, address=ADDRESS, text=f"Yth. {MARK}", template=notice.template)


@attrs.define
class Scripted:
    """A notifier that says one verdict after the other, and then always the last."""

    says: list[Verdict]
    key: str = "sms"
    media: frozenset[str] = frozenset({"sms"})
    calls: list[Message] = attrs.Factory(list)

    def send(self, message: Message, now: datetime) -> Verdict:
        self.calls.append(message)
        return self.says[min(len(self.calls), len(self.says)) - 1]


def engine_of(store: Store, notifier: Any, composer: Composer = compose, **options: Any) -> Engine:
    return Engine(
        store=store,
        compose=composer,
        courier=Courier({"sms": notifier} if notifier else {}),
        jitter=lambda: 0.0,
        **options,
    )


def queue(store: Store, count: int = 1, not_before: datetime = NOW, medium: str = "sms") -> None:
    with store.transaction() as tx:
        tx.enqueue(
            NewNotice(
                complaint_id="c",
                sequence=number,
                template="answered",
                role="reporter",
                medium=medium,
                not_before=not_before,
                created_at=NOW,
            )
            for number in range(count)
        )


def only(store: Store) -> QueuedNotice:
    with store.reading() as tx:
        (row,) = tx.notices_of("c")
    return row


def statuses(store: Store) -> dict[Status, int]:
    with store.reading() as tx:
        return {status: count for status, count in tx.counts().notices.items() if count}


# One notice


def test_a_notice_goes_out_under_its_own_key(store: Store) -> None:
    notifier = Scripted([Delivered(provider_id="p-1")])
    queue(store)
    assert engine_of(store, notifier).run_once(NOW) == 1
    row = only(store)
    assert [message.key for message in notifier.calls] == [row.id]
    assert (row.status, row.notifier, row.provider_id, row.settled_at) == (Status.DELIVERED, "sms", "p-1", NOW)
    assert (row.attempts, row.lease_until, row.lease_owner, row.last_error) == (1, None, None, None)


def test_nothing_goes_out_before_its_time(store: Store) -> None:
    engine = engine_of(store, Scripted([Delivered()]))
    assert engine.relay(NOW) == ()
    queue(store, not_before=NOW + SECOND)
    assert engine.relay(NOW) == ()
    assert len(engine.relay(NOW + SECOND)) == 1
    assert engine.relay(NOW + SECOND) == ()


def test_delivering_again_is_as_good_as_delivering_once(store: Store) -> None:
    notifier = Scripted([Delivered()])
    engine = engine_of(store, notifier)
    queue(store)
    (claim,) = engine.relay(NOW)
    assert [engine.deliver(claim, NOW) for _ in range(3)] == [Status.DELIVERED] * 3
    assert len(notifier.calls) == 1


def test_an_attempt_that_failed_is_not_made_again_by_the_same_claim(store: Store) -> None:
    notifier = Scripted([TryLater(why="no")])
    engine = engine_of(store, notifier)
    queue(store)
    (claim,) = engine.relay(NOW)
    assert [engine.deliver(claim, NOW) for _ in range(3)] == [Status.QUEUED] * 3
    assert len(notifier.calls) == 1


def test_a_claim_on_nothing_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        engine_of(store, None).deliver(Claim(notice_id="nothing", number=1), NOW)


def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    engine = engine_of(store, None)
    for use in (engine.relay, engine.run_once, lambda now: engine.deliver(Claim(notice_id="x", number=1), now)):
        with pytest.raises(BadValue, match="has no time zone"):
            use(datetime(2026, 3, 13))  # noqa: DTZ001


@pytest.mark.parametrize(("limit", "claimed"), [(None, 5), (3, 3), (100, 5), (0, 0), (-1, 0)])
def test_no_more_is_claimed_than_is_asked_for(store: Store, limit: int | None, claimed: int) -> None:
    queue(store, 8)
    assert len(engine_of(store, None, batch=5).relay(NOW, limit)) == claimed


# Leases


def test_a_claim_whose_worker_died_is_claimed_again_and_goes_out_under_the_same_key(store: Store) -> None:
    notifier = Scripted([Delivered()])
    dead, alive = (engine_of(store, notifier, owner=owner, lease=LEASE) for owner in ("dead", "alive"))
    queue(store)
    (lost,) = dead.relay(NOW)
    assert alive.relay(NOW + LEASE - SECOND) == ()
    (found,) = alive.relay(NOW + LEASE)
    assert (found.notice_id, found.number) == (lost.notice_id, 2)
    alive.deliver(found, NOW + LEASE)
    assert [message.key for message in notifier.calls] == [lost.notice_id]


def test_a_claim_whose_lease_ran_out_is_not_acted_upon(store: Store) -> None:
    notifier = Scripted([Delivered()])
    engine = engine_of(store, notifier, lease=LEASE)
    queue(store)
    (claim,) = engine.relay(NOW)
    assert engine.deliver(claim, NOW + LEASE) is Status.QUEUED
    assert notifier.calls == []


def test_a_claim_that_has_passed_to_another_is_not_acted_upon(store: Store) -> None:
    notifier = Scripted([Delivered()])
    engine = engine_of(store, notifier, lease=LEASE)
    queue(store)
    (stale,) = engine.relay(NOW)
    (fresh,) = engine.relay(NOW + LEASE)
    assert engine.deliver(stale, NOW) is Status.QUEUED  # its clock is late
    assert notifier.calls == []
    assert engine.deliver(fresh, NOW + LEASE) is Status.DELIVERED


@pytest.mark.parametrize("verdict", [Delivered(provider_id="late"), TryLater(why="late"), Failed(why="late")], ids=repr)
def test_a_stale_attempt_changes_nothing_but_that_it_was_delivered(store: Store, verdict: Verdict) -> None:
    """Its worker hung in the call until somebody else had claimed the notice."""
    second = engine_of(store, None, owner="second", lease=LEASE)

    def slow() -> Verdict:
        assert len(second.relay(NOW + LEASE)) == 1
        return verdict

    first = engine_of(store, Calls(slow), owner="first", lease=LEASE)
    queue(store)
    (claim,) = first.relay(NOW)
    first.deliver(claim, NOW)
    row = only(store)
    if isinstance(verdict, Delivered):
        assert (row.status, row.provider_id, row.lease_owner) == (Status.DELIVERED, "late", None)
    else:
        assert (row.status, row.last_error, row.lease_owner) == (Status.QUEUED, None, "second")


@attrs.define
class Calls:
    """A notifier that does something first."""

    does: Callable[[], Verdict]
    key: str = "sms"
    media: frozenset[str] = frozenset({"sms"})

    def send(self, message: Message, now: datetime) -> Verdict:
        return self.does()


@pytest.mark.parametrize("lease", [timedelta(0), timedelta(seconds=-1), timedelta(hours=1, seconds=1)])
def test_a_lease_that_a_clock_could_not_be_told_from_is_refused(store: Store, lease: timedelta) -> None:
    with pytest.raises(BadValue) as caught:
        engine_of(store, None, lease=lease)
    assert caught.value.code == "bad_lease"


# Trying again


def test_each_pause_is_twice_the_one_before_until_the_notice_is_stuck(store: Store) -> None:
    retry = Retry(first=SECOND, longest=5 * SECOND, attempts=5)
    engine = engine_of(store, Scripted([TryLater(why="no")]), retry=retry)
    queue(store)
    now, pauses = NOW, []
    while only(store).status is Status.QUEUED:
        assert engine.run_once(now) == 1
        pauses.append(only(store).not_before - now)
        now = only(store).not_before
    row = only(store)
    assert pauses[:-1] == [SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND]
    assert (row.status, row.attempts, row.last_error, row.settled_at) == (Status.STUCK, 5, "no", now)
    assert engine.run_once(now + timedelta(days=1)) == 0


@given(attempt=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_a_pause_grows_to_the_longest_and_by_no_more_than_half(attempt: int, jitter: float) -> None:
    retry = Retry()
    pause = retry.wait(attempt, jitter)
    assert retry.first <= pause <= retry.longest * 1.5
    assert retry.wait(attempt, 0.0) <= pause
    assert retry.wait(attempt + 1, 0.0) >= retry.wait(attempt, 0.0)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(0), SECOND),
        (timedelta(days=-3), SECOND),
        (timedelta(days=400), timedelta(days=1)),
        (timedelta.max, timedelta(days=1)),
    ],
)
def test_the_providers_own_wish_goes_first_within_reason(store: Store, asked: timedelta, given: timedelta) -> None:
    queue(store)
    engine_of(store, Scripted([TryLater(why="busy", after=asked)])).run_once(NOW)
    assert only(store).not_before == NOW + given


def test_what_failed_for_good_is_not_tried_again(store: Store) -> None:
    notifier = Scripted([Failed(why="no such number")])
    engine = engine_of(store, notifier)
    queue(store)
    engine.run_once(NOW)
    assert engine.run_once(NOW + timedelta(days=9)) == 0
    assert (only(store).status, only(store).last_error) == (Status.FAILED, "no such number")


@pytest.mark.parametrize("verdict", [Failed(why="no"), TryLater(why="no")])
def test_a_person_can_have_it_tried_again_from_the_first_attempt_on(store: Store, verdict: Verdict) -> None:
    notifier = Scripted([verdict, Delivered()])
    engine = engine_of(store, notifier, retry=Retry(attempts=1))
    queue(store)
    (claim,) = engine.relay(NOW)
    engine.deliver(claim, NOW)
    with store.transaction() as tx:
        tx.retry_notice(claim.notice_id, NOW)
    (again,) = engine.relay(NOW)
    assert str(again) != str(claim)
    assert engine.deliver(claim, NOW) is Status.QUEUED  # the old claim is worth nothing
    assert engine.deliver(again, NOW) is Status.DELIVERED
    assert len(notifier.calls) == 2


# What can go wrong


def test_a_notice_that_nobody_can_send_waits_for_somebody(store: Store) -> None:
    queue(store)
    engine_of(store, None).run_once(NOW)
    row = only(store)
    assert (row.status, row.last_error, row.notifier) == (Status.QUEUED, 'no notifier serves "sms"', None)
    engine_of(store, Scripted([Delivered()])).run_once(row.not_before)
    assert only(store).status is Status.DELIVERED


def test_a_notice_with_nothing_to_send_is_let_go(store: Store) -> None:
    notifier = Scripted([Delivered()])
    queue(store)
    engine_of(store, notifier, lambda _: None).run_once(NOW)
    assert only(store).status is Status.FAILED
    assert notifier.calls == []


def test_one_notice_that_cannot_be_composed_costs_the_others_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def compose_or_raise(notice: QueuedNotice) -> Message:
        if notice.sequence == 1:
            raise KeyError(ADDRESS)
        return compose(notice)

    queue(store, 3)
    with caplog.at_level(logging.DEBUG):
        engine_of(store, Scripted([Delivered()]), compose_or_raise).run_once(NOW)
    assert statuses(store) == {Status.DELIVERED: 2, Status.QUEUED: 1}
    with store.reading() as tx:
        (row,) = tx.notices_in(Status.QUEUED)
    assert row.last_error == "composing raised KeyError"
    assert "compose_or_raise" in caplog.text  # where it happened is told
    assert MARK not in caplog.text  # but not with what


def raising(error: BaseException) -> Callable[[], Verdict]:
    def does() -> Verdict:
        raise error

    return does


@pytest.mark.parametrize(
    "does",
    [
        raising(RuntimeError(ADDRESS)),
        raising(SystemExit(ADDRESS)),
        lambda: ADDRESS,
        lambda: None,
        lambda: TryLater(why=f"no {ADDRESS}, no {MARK}"),
        lambda: Failed(why=f"no {ADDRESS}, no {MARK}\0\r\n"),
        lambda: Failed(why=f"550 rejected: Yth. {MARK}"),
        lambda: Delivered(provider_id="\0\ud800"),
    ],
)
def test_whatever_a_notifier_does_something_is_written_down_and_nothing_personal(
    store: Store, caplog: pytest.LogCaptureFixture, does: Callable[[], Verdict]
) -> None:
    queue(store)
    with caplog.at_level(logging.DEBUG):
        assert engine_of(store, Calls(does)).run_once(NOW) == 1
    row = only(store)
    assert row.lease_until is None
    assert (row.last_error is None) is (row.status is Status.DELIVERED)
    assert MARK not in repr(row)
    assert MARK not in caplog.text
    assert "".join(caplog.messages).isprintable()


def test_a_worker_that_dies_in_the_call_again_and_again_leaves_the_notice_to_a_person(store: Store) -> None:
    engine = engine_of(store, None, retry=Retry(attempts=3), lease=LEASE)
    queue(store)
    claims = [engine.relay(NOW + number * LEASE) for number in range(5)]
    assert [len(each) for each in claims] == [1, 1, 1, 0, 0]
    assert only(store).status is Status.STUCK


# Many at once


def test_run_once_delivers_all_that_is_due_in_portions(store: Store) -> None:
    notifier = Scripted([Delivered()])
    queue(store, 23)
    assert engine_of(store, notifier, batch=5).run_once(NOW) == 23
    assert len({message.key for message in notifier.calls}) == len(notifier.calls) == 23
    assert statuses(store) == {Status.DELIVERED: 23}


def test_of_many_threads_that_work_one_queue_each_notice_is_sent_once(
    open_again: Callable[[], Store], store: Store
) -> None:
    notifier = RecordingNotifier()
    stores = [store, store, open_again(), open_again()]
    queue(store, 40)
    start = threading.Barrier(len(stores))

    def work(mine: Store) -> None:
        start.wait()
        engine_of(mine, notifier, batch=3).run_once(NOW)

    threads = [threading.Thread(target=work, args=[each]) for each in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.key for message in notifier.sent}) == len(notifier.sent) == 40
    assert statuses(store) == {Status.DELIVERED: 40}


def test_of_many_processes_that_work_one_queue_each_notice_is_sent_once(
    store: Store, race: Callable[..., list[list[str]]]
) -> None:
    queue(store, 40)
    sent = list(itertools.chain(*race("deliver", [], [], [])))
    assert len(set(sent)) == len(sent) == 40
    assert statuses(store) == {Status.DELIVERED: 40}


def test_no_two_workers_have_one_name() -> None:
    names = {worker_name() for _ in range(100)}
    assert len(names) == 100
    assert all(len(name) <= 128 for name in names)
