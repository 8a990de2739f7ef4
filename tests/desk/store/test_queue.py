"""The queue of notices: each is claimed by one at a time, and what becomes of it is written once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import delete, select, text, update

from lapor_core import Role, State
from lapor_core.errors import NotFound, Refused
from lapor_core.notices import Notice, Recipient
from lapor_desk.store import Claim, Counts, NewNotice, QueuedNotice, Settlement, Status, Store, Transaction, Waiting
from lapor_desk.store.queue import is_due
from lapor_desk.store.tables import notices

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
LEASE = timedelta(minutes=10)
MOST = 3
MINUTE = timedelta(minutes=1)


def new(number: int = 1, not_before: datetime = NOW, **changes: Any) -> NewNotice:
    told = {"template": "answered", "role": "reporter", "medium": "sms", "created_at": NOW}
    return NewNotice(**{"complaint_id": "c", "sequence": number, "not_before": not_before, **told, **changes})


def enqueue(store: Store, *what: NewNotice) -> int:
    with store.transaction() as tx:
        return tx.enqueue(what)


def claim(store: Store, now: datetime = NOW, limit: int = 100, owner: str = "worker") -> tuple[Claim, ...]:
    with store.transaction() as tx:
        return tx.claim_notices(now, owner=owner, limit=limit, lease=LEASE, most_attempts=MOST)


def settle(store: Store, claimed: Claim, settlement: Settlement, now: datetime = NOW) -> bool:
    with store.transaction() as tx:
        return tx.settle(claimed, settlement, now)


def only(store: Store) -> QueuedNotice:
    with store.reading() as tx:
        (row,) = tx.notices_of("c")
    return row


# The whole life of the queue against a model of it


@attrs.define
class Row:
    """What a notice should be."""

    not_before: datetime
    status: Status = Status.QUEUED
    attempts: int = 0
    claims: int = 0
    lease_until: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        free = self.lease_until is None or self.lease_until <= now
        return self.status is Status.QUEUED and self.not_before <= now and free

    def settle(self, status: Status, now: datetime) -> None:
        self.status, self.lease_until = status, None
        if status is Status.QUEUED:
            self.not_before = now + MINUTE


class Queue(RuleBasedStateMachine):
    """Any number of workers, each as slow or as dead as it likes."""

    store: Store
    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, Row] = {}
        self.ids: dict[int, str] = {}
        self.now = NOW
        with self.store.transaction() as tx:
            tx.connection.execute(delete(notices))

    @rule(number=st.integers(1, 4), wait=st.integers(0, 2))
    def enqueue(self, number: int, wait: int) -> None:
        notice = new(number, self.now + wait * MINUTE)
        assert enqueue(self.store, notice, notice) == (0 if number in self.ids else 1)
        if number not in self.ids:
            with self.store.reading() as tx:
                self.ids[number] = next(row.id for row in tx.notices_of("c") if row.sequence == number)
            self.rows[self.ids[number]] = Row(notice.not_before)

    @rule(minutes=st.integers(1, 12))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(target=made, limit=st.integers(0, 4))
    def claim(self, limit: int) -> Any:
        due = {notice_id for notice_id, row in self.rows.items() if row.is_due(self.now)}
        with self.store.reading() as tx:
            assert tx.has_due_notice(self.now) == bool(due)
        claims = claim(self.store, self.now, limit)
        stuck = {notice_id for notice_id in due if self.rows[notice_id].attempts >= MOST}
        assert {each.notice_id for each in claims} <= due - stuck
        if limit >= len(due):
            assert {each.notice_id for each in claims} == due - stuck
            for notice_id in stuck:
                self.rows[notice_id].settle(Status.STUCK, self.now)
        else:
            self.look_which_got_stuck(stuck)
        for each in claims:
            row = self.rows[each.notice_id]
            row.attempts, row.claims, row.lease_until = row.attempts + 1, row.claims + 1, self.now + LEASE
            assert each.number == row.claims
        return multiple(*claims)

    def look_which_got_stuck(self, stuck: set[str]) -> None:
        with self.store.reading() as tx:
            for notice_id in stuck:
                if tx.notice(notice_id).status is Status.STUCK:
                    self.rows[notice_id].settle(Status.STUCK, self.now)

    @rule(claimed=made, status=st.sampled_from(Status))
    def settle(self, claimed: Claim, status: Status) -> None:
        row = self.rows[claimed.notice_id]
        settlement = Settlement(status=status, notifier="sms", error="why", not_before=self.now + MINUTE)
        if status is Status.DELIVERED:
            counts = row.status is not Status.DELIVERED
        else:
            counts = row.status is Status.QUEUED and row.claims == claimed.number
        assert settle(self.store, claimed, settlement, self.now) is counts
        if counts:
            row.settle(status, self.now)

    @rule(claimed=made, why=st.sampled_from(["unserved", "not handed on"]))
    def undo(self, claimed: Claim, why: str) -> None:
        row = self.rows[claimed.notice_id]
        held = row.status is Status.QUEUED and row.claims == claimed.number and row.lease_until is not None
        if why == "unserved":
            settlement = Settlement(status=Status.QUEUED, not_before=self.now + MINUTE, is_attempt=False)
            assert settle(self.store, claimed, settlement, self.now) is held
        else:
            with self.store.transaction() as tx:
                assert not tx.give_back(claimed, "somebody else")
                assert tx.give_back(claimed, "worker") is held
        if held:
            row.attempts, row.lease_until = row.attempts - 1, None
            row.not_before = self.now + MINUTE if why == "unserved" else row.not_before

    @rule(number=st.integers(1, 4))
    def retry(self, number: int) -> None:
        if number not in self.ids:
            return
        row = self.rows[self.ids[number]]
        with self.store.transaction() as tx:
            if row.status in (Status.STUCK, Status.FAILED):
                tx.retry_notice(self.ids[number], self.now)
                row.status, row.attempts, row.not_before = Status.QUEUED, 0, self.now
                row.claims += 1
            else:
                with pytest.raises(Refused):
                    tx.retry_notice(self.ids[number], self.now)

    @invariant()
    def the_table_is_as_the_model(self) -> None:
        with self.store.reading() as tx:
            stored = {row.id: row for row in tx.notices_of("c")}
            held = tx.count_held("worker", self.now).get(None, 0)
            waiting = tx.notices_waiting(self.now)
        for notice_id, row in self.rows.items():
            found = stored[notice_id]
            assert (found.status, found.attempts, found.claims) == (row.status, row.attempts, row.claims)
            assert (found.lease_until, found.not_before) == (row.lease_until, row.not_before)
            assert (found.settled_at is None) == (row.status is Status.QUEUED)
        assert held == sum(row.lease_until is not None and row.lease_until > self.now for row in self.rows.values())
        due = [row.not_before for row in self.rows.values() if row.is_due(self.now)]
        assert waiting == Waiting(due=len(due), oldest=self.now - min(due) if due else None)


def test_the_queue_is_as_its_model_says(store: Store) -> None:
    machine = type("Machine", (Queue,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=min(settings.default.max_examples, 500) // 2,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],  # a database is
        ),
    )


# Filling it


def test_the_same_notice_is_queued_once_and_has_the_same_id_everywhere(store: Store) -> None:
    assert enqueue(store, new(), new()) == 1
    assert enqueue(store, new(not_before=NOW + MINUTE)) == 0
    row = only(store)
    assert (row.key, row.not_before) == ("c/1/answered/reporter/sms", NOW)
    with store.transaction() as tx:
        tx.connection.execute(delete(notices))
        tx.enqueue([new()])
    assert only(store).id == row.id


@pytest.mark.parametrize(
    "change",
    [
        {"complaint_id": "d"},
        {"number": 2},
        {"template": "received"},
        {"role": "superior"},
        {"agency": "dinas-contoh"},
        {"recipient_id": "petugas-1"},
        {"medium": "email"},
        {"complaint_id": None, "challenge_id": "c"},
    ],
    ids=str,
)
def test_another_notice_has_another_key(change: dict[str, Any]) -> None:
    assert new(**change).key != new().key


def test_a_notice_of_the_core_is_queued_as_it_is(store: Store) -> None:
    recipient = Recipient(role=Role.LIAISON_OFFICER, agency="dinas-contoh")
    notice = Notice(complaint="c", sequence=4, template="disposed", recipient=recipient)
    enqueue(store, NewNotice.of(notice, medium="email", now=NOW, recipient_id="petugas-1"))
    row = only(store)
    assert (row.complaint_id, row.sequence, row.template, row.medium) == ("c", 4, "disposed", "email")
    assert (row.role, row.agency, row.recipient_id) == ("liaison_officer", "dinas-contoh", "petugas-1")
    assert (row.status, row.attempts, row.not_before, row.created_at) == (Status.QUEUED, 0, NOW, NOW)


def test_what_is_queued_in_a_transaction_that_fails_is_not_queued(store: Store) -> None:
    def queue_and_fail() -> None:
        with store.transaction() as tx:
            tx.enqueue([new()])
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        queue_and_fail()
    assert claim(store) == ()


# Claiming


def test_the_longest_due_is_claimed_first(store: Store) -> None:
    enqueue(store, *(new(number, NOW - number * MINUTE) for number in (2, 4, 1, 3)))
    with store.reading() as tx:
        order = {row.id: row.sequence for row in tx.notices_of("c")}
    assert [order[each.notice_id] for each in claim(store, limit=2)] == [4, 3]
    assert [order[each.notice_id] for each in claim(store)] == [2, 1]


def test_a_notice_whose_workers_all_die_becomes_stuck_and_says_so(store: Store) -> None:
    enqueue(store, new())
    for attempt in range(MOST):
        (claimed,) = claim(store, NOW + attempt * LEASE)
        assert claimed.number == attempt + 1
    assert claim(store, NOW + MOST * LEASE) == ()
    row = only(store)
    assert (row.status, row.attempts, row.lease_until, row.lease_owner) == (Status.STUCK, MOST, None, None)
    assert "stopped before it could report" in (row.last_error or "")


def test_a_claim_from_before_a_notice_was_queued_again_is_worth_nothing(store: Store) -> None:
    enqueue(store, new())
    (old,) = claim(store)
    settle(store, old, Settlement(status=Status.FAILED))
    with store.transaction() as tx:
        tx.retry_notice(old.notice_id, NOW)
    (fresh,) = claim(store)
    assert fresh != old
    assert not settle(store, old, Settlement(status=Status.FAILED))
    assert settle(store, fresh, Settlement(status=Status.DELIVERED))


def test_a_delivery_that_is_told_late_is_written_down(store: Store) -> None:
    """Else somebody would send it again by hand."""
    enqueue(store, new())
    claims = [claim(store, NOW + number * LEASE)[0] for number in range(MOST)]
    claim(store, NOW + MOST * LEASE)
    assert only(store).status is Status.STUCK
    delivered = Settlement(status=Status.DELIVERED, notifier="sms", provider_id="p-1")
    assert settle(store, claims[0], delivered)
    assert not settle(store, claims[1], Settlement(status=Status.DELIVERED, provider_id="p-2"))
    row = only(store)
    assert (row.status, row.provider_id, row.last_error) == (Status.DELIVERED, "p-1", None)


def test_of_many_threads_each_claims_what_no_other_does(open_again: Callable[[], Store], store: Store) -> None:
    enqueue(store, *(new(number) for number in range(60)))
    stores = [store, store, open_again(), open_again()]
    start, claims = threading.Barrier(len(stores)), []

    def work(mine: Store, owner: str) -> None:
        start.wait()
        while mine_now := claim(mine, limit=7, owner=owner):
            claims.extend(mine_now)

    threads = [threading.Thread(target=work, args=(each, str(number))) for number, each in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == len({each.notice_id for each in claims}) == 60
    assert {each.number for each in claims} == {1}


def test_a_claim_that_is_not_committed_is_nobodys(store: Store) -> None:
    enqueue(store, new())

    def claim_and_die(tx: Transaction) -> None:
        assert tx.claim_notices(NOW, owner="worker", limit=1, lease=LEASE, most_attempts=MOST)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError), store.transaction() as tx:
        claim_and_die(tx)
    (claimed,) = claim(store)
    assert claimed.number == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_claim_under_way_does_not_keep_others_waiting(store: Store, open_again: Callable[[], Store]) -> None:
    enqueue(store, *(new(number) for number in range(4)))
    with store.transaction() as tx:
        first = tx.claim_notices(NOW, owner="a", limit=2, lease=LEASE, most_attempts=MOST)
        second = claim(open_again(), owner="b")
    assert len({each.notice_id for each in (*first, *second)}) == 4


# Looking


def test_what_nobody_queued_is_not_found(store: Store) -> None:
    with store.reading() as tx, pytest.raises(NotFound) as caught:
        tx.notice("nothing")
    assert caught.value.code == "unknown_notice"


def test_what_is_stuck_can_be_listed(store: Store) -> None:
    enqueue(store, new(1), new(2))
    first, second = claim(store)
    settle(store, first, Settlement(status=Status.STUCK, error="no answer"))
    with store.reading() as tx:
        assert [row.id for row in tx.notices_in(Status.STUCK)] == [first.notice_id]
        assert [row.id for row in tx.notices_in(Status.QUEUED)] == [second.notice_id]


def test_all_is_counted_by_state_and_status(store: Store, take_in: Callable[..., object]) -> None:
    with store.reading() as tx:
        assert tx.counts() == Counts(complaints=dict.fromkeys(State, 0), notices=dict.fromkeys(Status, 0))
        assert tx.notices_waiting(NOW) == Waiting(due=0)
    take_in()
    enqueue(store, new(1), new(2), new(3, NOW + MINUTE))
    settle(store, claim(store, limit=1)[0], Settlement(status=Status.DELIVERED))
    with store.reading() as tx:
        counts = tx.counts()
        assert sum(counts.complaints.values()) == counts.complaints[State.SUBMITTED] == 1
        assert counts.notices == {**dict.fromkeys(Status, 0), Status.QUEUED: 2, Status.DELIVERED: 1}
        assert tx.notices_waiting(NOW + MINUTE / 2) == Waiting(due=1, oldest=MINUTE / 2)


def test_a_look_at_the_queue_costs_what_waits_and_not_what_has_been(store: Store) -> None:
    """Seen in the plan: a clock would tell less."""
    with store.transaction() as tx:
        tx.enqueue(new(number) for number in range(300))
        tx.connection.execute(update(notices).values(status=Status.DELIVERED.value))
        tx.enqueue([new(300)])
    sqlite = store.database.is_sqlite
    if not sqlite:
        with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE lapor_notices"))
    with store.reading() as tx:
        query = select(notices.c.id).where(*is_due(NOW)).limit(1)
        told = query.compile(tx.connection, compile_kwargs={"literal_binds": True})
        plan = tx.connection.execute(text(f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {told}")).all()
    assert "ix_lapor_notices_waiting" in str(plan)
