"""What can happen between two steps of a notice's way, claimed, handed on, begun, sent and written down; nothing goes out twice for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from lapor_core.plugins.contracts import Delivered, Failed, Message, TryLater, Verdict
from lapor_desk import engine as engine_module
from lapor_desk.courier import Courier
from lapor_desk.engine import Engine
from lapor_desk.pacing import Pace, Rate
from lapor_desk.store import Claim, NewNotice, QueuedNotice, Settlement, Status, Store, StoreDown
from lapor_desk.worker_names import is_gone

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@attrs.define
class Post:
    """A notifier that does something while it sends."""

    does: Callable[[], object] = lambda: None
    key: str = "sms"
    media: frozenset[str] = frozenset({"sms"})
    sent: list[str] = attrs.Factory(list)

    def send(self, message: Message, now: datetime) -> Verdict:
        self.sent.append(message.key)
        self.does()
        return Delivered()


def compose(notice: QueuedNotice) -> Message:
    return Message(key=notice.id, medium="sms", address="contoh@example.org", text="x", template=notice.template)


def engine_of(store: Store, *posts: Post, **options: Any) -> Engine:
    courier = Courier({medium: post for post in posts for medium in post.media})
    return Engine(store=store, compose=compose, courier=courier, jitter=lambda: 0.0, **options)


def queue(store: Store, count: int = 1) -> None:
    with store.transaction() as tx:
        tx.enqueue(
            NewNotice(
                complaint_id="c",
                sequence=number,
                template="answered",
                role="reporter",
                medium="sms",
                not_before=NOW,
                created_at=NOW,
            )
            for number in range(count)
        )


def notices(store: Store) -> tuple[QueuedNotice, ...]:
    with store.reading() as tx:
        return tx.notices_of("c")


def test_a_run_that_takes_longer_than_a_lease_shares_nothing_with_another_one(store: Store) -> None:
    """As ``lapor work --once`` that cron starts again while the last one is still at work."""
    passed = [0.0]
    others: list[Claim] = []
    other = engine_of(store, Post(), batch=500)

    def slowly() -> None:
        passed[0] += 25
        if passed[0] > mine.lease.total_seconds():
            others.extend(other.relay(NOW + timedelta(seconds=passed[0])))

    post = Post(slowly)
    queue(store, 60)
    mine = engine_of(store, post, batch=20, timer=lambda: passed[0])
    mine.run_once(NOW)
    elsewhere = {claim.notice_id for claim in others}
    assert len(set(post.sent)) == len(post.sent)
    assert not elsewhere & set(post.sent)
    assert (len(post.sent), len(elsewhere)) == (40, 20)


@pytest.mark.parametrize("next_owner", ["nobody", "a third one"])
def test_what_was_let_go_of_before_it_was_begun_is_not_sent(
    store: Store, monkeypatch: pytest.MonkeyPatch, next_owner: str
) -> None:
    """The process that claimed it stops just when another one is about to send it."""
    queue(store)
    post, third_post = Post(), Post()
    claimer, sender, third = engine_of(store, post), engine_of(store, post), engine_of(store, third_post)
    (claim,) = claimer.relay(NOW)
    look = engine_module._is_held

    def overtaken(*looked: Any) -> bool:
        monkeypatch.setattr(engine_module, "_is_held", look)
        assert look(*looked)
        claimer.release()
        if next_owner == "a third one":
            third.relay(NOW)
        return True

    monkeypatch.setattr(engine_module, "_is_held", overtaken)
    assert sender.deliver(claim, NOW) is Status.QUEUED
    assert post.sent == []
    third.run_once(NOW + DAY)
    assert len(third_post.sent) == 1


def test_a_claim_that_is_begun_late_is_held_for_a_whole_lease(store: Store) -> None:
    queue(store)
    ends: list[datetime | None] = []
    engine = engine_of(store, Post(lambda: ends.append(notices(store)[0].lease_until)))
    (claim,) = engine.relay(NOW)
    late = NOW + engine.lease - SECOND
    assert engine.deliver(claim, late) is Status.DELIVERED
    assert ends == [late + engine.lease]


def away_for(store: Store, times: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes the database unable to write for the next ``times`` transactions."""
    left: Iterator[int] = iter(())
    transaction = store.transaction

    def transactions() -> Any:
        if next(left, None) is not None:
            raise StoreDown("away", code="store_down", reason="away")
        return transaction()

    def begin() -> None:
        nonlocal left
        left = iter(range(times))

    monkeypatch.setattr(type(store), "transaction", lambda _: transactions())
    return begin


def test_what_went_out_is_written_down_when_the_database_is_back_and_does_not_go_out_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    post = Post(away_for(store, 4, monkeypatch))
    queue(store)
    engine = engine_of(store, post, sleep=waited.append)
    assert engine.run_once(NOW) == 1
    assert notices(store)[0].status is Status.DELIVERED
    assert len(post.sent) == 1
    assert len(waited) == 4
    assert waited == sorted(waited)


def test_a_database_that_stays_away_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(store)
    engine = engine_of(store, Post(away_for(store, 5, monkeypatch)), sleep=lambda _: None)
    with pytest.raises(StoreDown):
        engine.run_once(NOW)
    assert notices(store)[0].status is Status.QUEUED


def test_a_notice_waits_for_a_notifier_however_long_that_takes(store: Store) -> None:
    queue(store)
    nobody, now = engine_of(store), NOW
    for _ in range(2 * nobody.retry.attempts):
        now += DAY
        assert nobody.run_once(now) == 1
    (notice,) = notices(store)
    assert (notice.status, notice.attempts) == (Status.QUEUED, 0)
    assert notice.not_before == now + nobody.retry.longest  # no more often than a notice that failed
    assert engine_of(store, Post()).run_once(now + DAY) == 1
    assert notices(store)[0].status is Status.DELIVERED


@pytest.mark.parametrize("late", [Failed(why="no"), TryLater(why="later")])
def test_late_news_of_an_attempt_settles_nothing_that_a_person_has_tried_again(store: Store, late: Verdict) -> None:
    queue(store)
    engine = engine_of(store, Post())
    (claim,) = engine.relay(NOW)
    with store.transaction() as tx:
        tx.settle(claim, Settlement(status=Status.STUCK), NOW)
        tx.retry_notice(claim.notice_id, NOW)
        status = Status.FAILED if isinstance(late, Failed) else Status.QUEUED
        assert not tx.settle(claim, Settlement(status=status, not_before=NOW + DAY), NOW)
    assert engine.run_once(NOW) == 1
    assert notices(store)[0].status is Status.DELIVERED


def test_what_could_not_be_handed_on_is_as_if_it_had_never_been_claimed(store: Store) -> None:
    queue(store, 3)
    pace = {"sms": Pace(rate=Rate(most=3, period=DAY))}
    mine, other = (engine_of(store, Post(), paces=pace) for _ in range(2))
    claims = mine.relay(NOW)
    other.deliver(claims[0], NOW)
    assert mine.give_back(claims) == 2  # the first is sent
    assert mine.give_back(claims) == 0
    assert [mine.deliver(claim, NOW) for claim in claims[1:]] == [Status.QUEUED] * 2
    again = other.relay(NOW)
    assert {claim.notice_id for claim in again} == {claim.notice_id for claim in claims[1:]}
    assert not set(again) & set(claims)
    assert [notice.attempts for notice in notices(store)] == [1, 1, 1]


def test_all_workers_of_this_process_are_there(store: Store) -> None:
    queue(store)
    first, second = engine_of(store, Post()), engine_of(store, Post())
    first.relay(NOW)
    assert second.release_gone() == 0
    assert not is_gone(first.owner)


def test_what_a_runner_does_not_take_is_given_back_and_the_rest_is_not(store: Store) -> None:
    queue(store, 3)
    engine, taken = engine_of(store, Post()), list[Claim]()

    def give(claim: Claim) -> None:
        if taken:
            raise ConnectionError
        taken.append(claim)

    with pytest.raises(ConnectionError):
        engine.hand_on(engine.relay(NOW), give, NOW)
    assert {notice.id for notice in notices(store) if notice.lease_until is not None} == {taken[0].notice_id}
    assert len(engine.relay(NOW)) == 2
