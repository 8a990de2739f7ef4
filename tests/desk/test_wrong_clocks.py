"""Clocks that are set back, or that differ between machines: nothing is lost, nothing is made twice, and nobody is refused.

``LAPOR_SEEDS`` plays more lives of the queue than the suite does.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from lapor_core import Act, Action, Actor, Agency, Facts, Kind, Proof, Reporter, Role, State, Submission, load_standard
from lapor_core.errors import Refused
from lapor_core.plugins.contracts import Delivered, Message, TryLater, Verdict
from lapor_core.testing import FrozenClock
from lapor_desk.accounts import Accounts, read_challenge
from lapor_desk.auditing import chains
from lapor_desk.brakes import Brake
from lapor_desk.courier import Courier, Messenger
from lapor_desk.desk import Desk
from lapor_desk.engine import Engine, Retry
from lapor_desk.officers import Officers
from lapor_desk.store import Claim, NewNotice, QueuedNotice, Status, Store

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SEEDS = range(int(os.environ.get("LAPOR_SEEDS", "1")) * 2)
STANDARD = load_standard("banjarbaru", agencies=(Agency(key="dinas-contoh", name="Dinas Contoh"),))
SEDANG = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)

ON_ONE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For what says nothing of a database; its queries run on both elsewhere."""


# The queue


class Killed(Exception):
    """The process is gone."""


class Mortal(Courier):
    """A courier whose process may be killed after a provider took the message, before that is written down."""

    is_doomed = False

    def send(self, messenger: Messenger, message: Message, now: datetime) -> Verdict:
        verdict = super().send(messenger, message, now)
        if self.is_doomed:
            raise Killed
        return verdict


@attrs.define
class Post:
    """A provider that is busy now and then."""

    chance: random.Random
    key: str = "sms"
    media: frozenset[str] = frozenset({"sms"})
    taken: Counter[str] = attrs.Factory(Counter)

    def send(self, message: Message, now: datetime) -> Verdict:
        if self.chance.random() < 0.2:
            return TryLater(why="busy")
        self.taken[message.key] += 1
        return Delivered()


def compose(notice: QueuedNotice) -> Message:
    return Message(key=notice.id, medium="sms", address="x", text="x", template=notice.template)


@attrs.define
class Machine:
    """A machine with a clock of its own, and what its process has claimed."""

    engine: Engine
    courier: Mortal
    error: timedelta = timedelta(0)
    claims: list[Claim] = attrs.Factory(list)

    def sends(self, clock: datetime, *, is_doomed: bool) -> tuple[str, ...]:
        """Send what was claimed first; return its id if the process was killed over it."""
        claim = self.claims.pop(0)
        self.courier.is_doomed = is_doomed
        try:
            self.engine.deliver(claim, clock)
        except Killed:
            return (claim.notice_id,)
        finally:
            self.courier.is_doomed = False
        return ()


def machine(store: Store, post: Post, number: int) -> Machine:
    courier = Mortal({"sms": post})
    retry = Retry(attempts=1000)  # so that none is given up here
    engine = Engine(store=store, compose=compose, courier=courier, retry=retry, owner=f"elsewhere{number}-1-0")
    return Machine(engine, courier)


def queue(store: Store, now: datetime, first: int, count: int) -> None:
    with store.transaction() as tx:
        tx.enqueue(
            NewNotice(
                complaint_id="c",
                sequence=number,
                template="answered",
                role="reporter",
                medium="sms",
                not_before=now,
                created_at=now,
            )
            for number in range(first, first + count)
        )


def rows(store: Store) -> tuple[QueuedNotice, ...]:
    with store.reading() as tx:
        return tx.notices_of("c")


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_clocks_do_every_notice_goes_out_and_only_one_in_flight_at_a_kill_twice(
    store: Store, open_again: Callable[[], Store], seed: int
) -> None:
    chance = random.Random(seed)
    post = Post(chance)
    machines = [machine(each, post, number) for number, each in enumerate((store, open_again()))]
    machines[1].error = 10 * MINUTE
    now, queued, killed = NOW, 0, Counter[str]()
    for _ in range(60):
        now += chance.choice((0, 1, 30, 700)) * SECOND
        one = chance.choice(machines)
        what = chance.randrange(8)
        if what == 0:
            queue(store, now + one.error, queued, 2)
            queued += 2
        elif what == 1:
            one.error = chance.choice((-DAY, -HOUR, -10 * MINUTE, timedelta(0), 10 * MINUTE, HOUR, DAY))
        elif what == 2:  # killed before it sends
            one.claims.clear()
        elif what in (3, 4):
            one.claims += one.engine.relay(now + one.error, 3)
        elif one.claims:
            killed.update(one.sends(now + one.error, is_doomed=chance.random() < 0.2))
    for each in machines:
        each.error = timedelta(0)
    for days in range(8):  # whatever was put off by a clock that ran ahead comes due
        machines[0].engine.run_once(now + days * DAY + HOUR)
    assert len(rows(store)) == queued > 0
    for row in rows(store):
        assert row.status is Status.DELIVERED
        assert 1 <= post.taken[row.id] <= 1 + killed[row.id]
        assert row.claims >= post.taken[row.id]  # a repeat is recorded


def test_a_claim_of_a_clock_that_ran_far_ahead_binds_nobody_when_it_is_set_back(store: Store) -> None:
    post = Post(random.Random(1))
    first, second = machine(store, post, 1), machine(store, post, 2)
    queue(store, NOW, 0, 1)
    assert len(first.engine.relay(NOW + 365 * DAY)) == 1
    assert len(second.engine.relay(NOW + 365 * DAY + MINUTE)) == 0
    (claim,) = second.engine.relay(NOW)
    assert second.engine.deliver(claim, NOW) in (Status.DELIVERED, Status.QUEUED)
    assert rows(store)[0].claims == 2


@ON_ONE
def test_what_two_clocks_ten_minutes_apart_have_on_its_way_is_left_alone_while_its_lease_lasts(store: Store) -> None:
    post = Post(random.Random(1))
    ahead, behind = machine(store, post, 1), machine(store, post, 2)
    queue(store, NOW, 0, 1)
    (claim,) = ahead.engine.relay(NOW + 10 * MINUTE)
    assert behind.engine.relay(NOW) == ()
    ahead.engine.deliver(claim, NOW + 10 * MINUTE)
    assert sum(post.taken.values()) <= rows(store)[0].claims == 1


# Citizens and officers


def contents(store: Store, challenge: str) -> dict[Proof, str]:
    with store.reading() as tx:
        asked = read_challenge(tx, challenge)
    assert asked is not None
    return dict(asked.codes)


@pytest.mark.parametrize("back", [SECOND, HOUR, 400 * DAY])
@ON_ONE
def test_a_code_and_a_session_outlive_a_clock_that_is_set_back(store: Store, back: timedelta) -> None:
    clock = FrozenClock(NOW)
    accounts = Accounts(store, clock=clock)
    challenge = accounts.challenge(Reporter(mobile="+6280000000001"))  # invented
    clock.advance(-back)
    right = contents(store, challenge)
    with pytest.raises(Refused) as caught:
        accounts.confirm(challenge, dict.fromkeys(right, "x"))
    assert caught.value.code == "wrong_code"
    token = accounts.confirm(challenge, right)
    with pytest.raises(Refused) as caught:
        accounts.confirm(challenge, right)
    assert caught.value.code == "expired_code"  # once is once, whatever the clock says
    for moved in (-HOUR, 2 * HOUR):
        clock.advance(moved)
        assert accounts.principal(token) is not None
    clock.advance(400 * DAY)
    assert accounts.principal(token) is None


@ON_ONE
def test_who_tried_too_often_is_not_shut_out_for_longer_because_a_clock_was_set_back(store: Store) -> None:
    brake = Brake(kind="test", most=3, within=15 * MINUTE)

    def count(now: datetime) -> None:
        with store.transaction() as tx:
            brake.count(tx, "somebody", now)

    for _ in range(3):
        count(NOW)
    for moment in (NOW - MINUTE, NOW + MINUTE):
        with pytest.raises(Refused) as caught:
            count(moment)
        assert caught.value.params["minutes"] <= 16
    count(NOW - DAY)


def desks(*stores: Store) -> tuple[list[Desk], list[FrozenClock]]:
    clocks = [FrozenClock(NOW) for _ in stores]
    Officers(stores[0], clock=clocks[0], agencies=frozenset(STANDARD.agencies)).add(
        "contoh", "rahasia-contoh", Role.LIAISON_OFFICER, agency="dinas-contoh", email="contoh@example.id"
    )
    return [Desk(store, STANDARD, clock=clock) for store, clock in zip(stores, clocks, strict=True)], clocks


def submission(now: datetime) -> Submission:
    return Submission(
        channel="sms",
        source_id="1",
        received_at=now,
        reporter=Reporter(mobile="+6280000000001"),  # invented
        proofs=frozenset({Proof.SENDER_NUMBER}),
        narrative="Lampu jalan contoh mati",
    )


STEPS: tuple[tuple[Action, Role, dict[str, object]], ...] = (
    (Action.DISPOSE, Role.CENTRAL_ADMIN, {"agencies": ("dinas-contoh",), "facts": SEDANG}),
    (Action.VERIFY, Role.AGENCY_ADMIN, {}),
    (Action.FORWARD, Role.AGENCY_ADMIN, {}),
    (Action.RESPOND, Role.LIAISON_OFFICER, {"text": "Lampu contoh menyala"}),
)


@pytest.mark.parametrize("apart", [10 * MINUTE, 3 * DAY])
def test_officers_on_machines_whose_clocks_differ_can_act_all_the_same(
    store: Store, open_again: Callable[[], Store], apart: timedelta
) -> None:
    (ahead, behind), (fast, slow) = desks(store, open_again())
    fast.advance(apart)
    receipt = ahead.submit(submission(ahead.now()))
    assert behind.submit(submission(slow())).code == receipt.code  # the same message, taken in once
    with store.reading() as tx:
        complaint = tx.find(receipt.code) or ""
    for number, (action, role, more) in enumerate(STEPS):
        desk = (behind, ahead)[number % 2]
        desk.act(complaint, Act(action=action, actor=Actor(role=role, id="o1"), **more))  # type: ignore[arg-type]  # what is said differs in type
        slow.advance(SECOND)
    behind.reply(receipt.code, "Terima kasih")
    recorded = ahead.events(complaint)
    assert [event.happened_at for event in recorded] == sorted(event.happened_at for event in recorded)
    assert all(event.happened_at <= event.recorded_at for event in recorded)
    assert all(chain.holds for chain in chains(store))
    told = [row for row in rows_of(store, complaint) if row.created_at > slow()]
    assert {row.role for row in told} <= {"reporter"}  # what the slow machine queued goes out by its clock, not later


def rows_of(store: Store, complaint: str) -> tuple[QueuedNotice, ...]:
    with store.reading() as tx:
        return tx.notices_of(complaint)


@ON_ONE
def test_a_sweep_by_a_clock_that_is_set_back_does_nothing_and_later_all_of_it_once(store: Store) -> None:
    (desk,), (clock,) = desks(store)
    receipt = desk.submit(submission(desk.now()))
    with store.reading() as tx:
        complaint = tx.find(receipt.code) or ""
    for action, role, more in STEPS[:3]:
        desk.act(complaint, Act(action=action, actor=Actor(role=role, id="o1"), **more))  # type: ignore[arg-type]  # as above
    for moved in (40 * DAY, -39 * DAY, -2 * DAY, 41 * DAY):
        clock.advance(moved)
        desk.sweep(clock())
    recorded = desk.events(complaint)
    steps = [repr(event.fact) for event in recorded if type(event.fact).__name__ == "StepTaken"]
    assert len(steps) == len(set(steps)) > 0
    assert all(chain.holds for chain in chains(store))


# Two at once


def test_of_two_officers_who_act_at_once_one_is_told_what_has_happened(
    store: Store, open_again: Callable[[], Store]
) -> None:
    (one, other), _ = desks(store, open_again())
    receipt = one.submit(submission(one.now()))
    with store.reading() as tx:
        complaint = tx.find(receipt.code) or ""
    seen = one.complaint(complaint).version
    dispose = Act(action=Action.DISPOSE, actor=Actor(role=Role.CENTRAL_ADMIN, id="o1"), agencies=("dinas-contoh",))
    reject = Act(action=Action.REJECT, actor=Actor(role=Role.CENTRAL_ADMIN, id="o2"), text="ganda")
    start, refused = threading.Barrier(2), list[Refused]()

    def act(desk: Desk, what: Act) -> None:
        start.wait(30)
        try:
            desk.act(complaint, what, version=seen)
        except Refused as error:
            refused.append(error)

    threads = [threading.Thread(target=act, args=pair) for pair in ((one, dispose), (other, reject))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    after = one.complaint(complaint)
    assert (len(refused), len(one.events(complaint))) == (1, after.version)
    assert after.state in (State.DISPOSED, State.REJECTED)
    assert (refused[0].code, refused[0].params["state"]) == ("changed_meanwhile", after.state)
    assert f"by the central_admin) and is {after.state} now" in str(refused[0])
