"""The register: lists, look-ups, what is due, and one complaint for each submission."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from lapor_core import Complaint, State
from lapor_core.errors import Refused
from lapor_desk.store import Entry, Store, Transaction
from lapor_desk.store.tables import complaint_agencies, complaints, intake

OPEN_ONCE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # one database serves all examples
NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
TakeIn = Callable[..., Complaint]


def project(tx: Transaction, complaint: Complaint, next_step_at: datetime | None = None) -> None:
    tx.project(Entry(complaint=complaint, office="contoh", due_at=None, next_step_at=next_step_at, updated_at=NOW))


def test_a_complaint_stands_in_the_register_as_it_stands_now(store: Store, take_in: TakeIn) -> None:
    complaint = take_in()
    due = NOW + timedelta(days=14)
    after = attrs.evolve(complaint, version=7, state=State.IN_PROGRESS, tier="sedang", agencies=("a", "b"))
    with store.transaction() as tx:
        tx.project(Entry(complaint=after, office="contoh", due_at=due, next_step_at=due, updated_at=NOW))
    with store.reading() as tx:
        (listed,) = tx.listed()
    assert (listed.id, listed.code, listed.version, listed.state) == (after.id, after.code, 7, State.IN_PROGRESS)
    assert (listed.tier, listed.due_at, listed.next_step_at, listed.updated_at) == ("sedang", due, due, NOW)
    assert listed.person_id == complaint.reporter_ref


def test_the_agencies_of_a_complaint_come_and_go(store: Store, take_in: TakeIn) -> None:
    complaint, other = take_in(), take_in()
    for agencies in (("a", "b"), ("b", "c"), (), ("c",)):
        with store.transaction() as tx:
            project(tx, attrs.evolve(complaint, agencies=agencies))
            project(tx, attrs.evolve(other, agencies=("a",)))
        with store.reading() as tx:
            assert {row.id for row in tx.listed(agency="c")} == ({complaint.id} if "c" in agencies else set())
            found = tx.connection.execute(select(complaint_agencies.c.agency).where(of(complaint))).scalars()
            assert sorted(found) == sorted(agencies)


def of(complaint: Complaint) -> object:
    return complaint_agencies.c.complaint_id == complaint.id


def test_a_code_that_is_taken_is_refused_and_the_transaction_can_go_on(store: Store, take_in: TakeIn) -> None:
    first, second = take_in(), take_in()
    with store.transaction() as tx:
        tx.connection.execute(delete(complaints).where(complaints.c.id == second.id))
        with pytest.raises(Refused) as caught:
            project(tx, attrs.evolve(second, code=first.code))
        project(tx, attrs.evolve(second, code="KODE-LAIN"))
    assert caught.value.code == "code_taken"
    with store.reading() as tx:
        assert tx.find(first.code) == first.id
        assert tx.find("KODE-LAIN") == second.id


@given(
    minutes=st.lists(st.integers(0, 3), min_size=1, max_size=6),
    size=st.integers(1, 4),
    states=st.none() | st.sets(st.sampled_from([State.SUBMITTED, State.CLOSED]), min_size=1),
    agency=st.sampled_from([None, "a"]),
)
@OPEN_ONCE
def test_pages_put_together_are_the_whole_list_newest_first(  # noqa: PLR0917 - the draw
    store: Store, take_in: TakeIn, minutes: list[int], size: int, states: set[State] | None, agency: str | None
) -> None:
    with store.transaction() as tx:
        tx.connection.execute(delete(complaints))
        for minute in minutes:
            complaint = take_in(tx, received_at=NOW - timedelta(minutes=minute))
            changed = attrs.evolve(complaint, state=State.CLOSED) if minute % 2 else complaint
            project(tx, attrs.evolve(changed, agencies=("a",) if minute > 1 else ("b",)))
        whole = tx.listed(states=states, agency=agency, limit=100)
        pages, last = [], None
        while page := tx.listed(states=states, agency=agency, before=last, limit=size):
            assert len(page) <= size
            pages += page
            last = page[-1].received_at, page[-1].id
    assert tuple(pages) == whole
    assert [row.received_at for row in whole] == sorted((row.received_at for row in whole), reverse=True)
    wanted = [m for m in minutes if (states is None or (State.CLOSED if m % 2 else State.SUBMITTED) in states)]
    assert len(whole) == len([m for m in wanted if agency is None or m > 1])


def test_a_reporter_finds_their_own(store: Store, take_in: TakeIn) -> None:
    mine, _ = take_in(), take_in()
    with store.reading() as tx:
        assert [row.id for row in tx.listed(person_id=mine.reporter_ref)] == [mine.id]


def test_what_is_due_comes_longest_due_first(store: Store, take_in: TakeIn) -> None:
    later, sooner, never, not_yet = (take_in() for _ in range(4))
    with store.transaction() as tx:
        for complaint, minutes in ((later, 5), (sooner, 1), (not_yet, 11)):
            project(tx, complaint, NOW + timedelta(minutes=minutes))
        project(tx, never)
    with store.reading() as tx:
        assert tx.due_for_step(NOW) == ()
        assert tx.due_for_step(NOW + timedelta(minutes=1)) == (sooner.id,)
        assert tx.due_for_step(NOW + timedelta(minutes=10)) == (sooner.id, later.id)
        assert tx.due_for_step(NOW + timedelta(minutes=10), limit=1) == (sooner.id,)


# One complaint for each submission


def test_a_submission_that_comes_again_has_the_complaint_it_had(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.intake("sms", "1") is None
        assert tx.claim_intake("sms", "1", "first") == "first"
        assert tx.claim_intake("sms", "1", "second") == "first"
        assert tx.claim_intake("app", "1", "third") == "third"
    with store.reading() as tx:
        assert tx.intake("sms", "1") == "first"


def test_of_several_submissions_each_has_the_complaint_it_had(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.claim_intakes("sms", {}) == {}
        assert tx.claim_intakes("sms", {"1": "first", "2": "second"}) == {"1": "first", "2": "second"}
        assert tx.claim_intakes("sms", {"2": "another", "3": "third"}) == {"2": "second", "3": "third"}
        assert tx.intakes("sms", ["1", "3", "4"]) == {"1": "first", "3": "third"}
        assert tx.intakes("app", ["1"]) == {}


def test_the_id_of_a_submission_lies_as_a_digest(store: Store) -> None:
    number = "+6280000000001/20260313"  # invented
    with store.transaction() as tx:
        tx.claim_intake("sms", number, "first")
        tx.claim_intake("sms", "x" * 10_000, "long")
        tx.claim_intake("app", "\ud800\0", "odd")
        assert tx.intake("app", "\ud800\0") == "odd"
        kept = tx.connection.execute(select(intake.c.source_id)).scalars().all()
    assert all(len(digest) == 64 and "62800" not in digest for digest in kept)


def test_of_many_threads_that_hand_in_the_same_one_wins(open_again: Callable[[], Store], store: Store) -> None:
    stores = [store, store, open_again(), open_again()]
    start, found = threading.Barrier(len(stores)), []

    def hand_in(mine: Store, name: str) -> None:
        start.wait()
        for number in range(10):
            with mine.transaction() as tx:
                found.append((number, tx.claim_intake("sms", str(number), f"{name}-{number}"), name))

    threads = [threading.Thread(target=hand_in, args=(each, str(n))) for n, each in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    for number in range(10):
        winners = {complaint for each, complaint, _ in found if each == number}
        assert len(winners) == 1
        assert sum(complaint == f"{name}-{number}" for each, complaint, name in found if each == number) == 1


def test_of_many_processes_that_hand_in_the_same_one_wins(store: Store, race: Callable[..., list[list[str]]]) -> None:
    outcomes = race("claim", ["a", "20"], ["b", "20"], ["c", "20"])
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len(outcomes[0]) == 20


def test_who_hands_in_second_waits_for_what_becomes_of_the_first(store: Store) -> None:
    found: list[str] = []

    def hand_in() -> None:
        with store.transaction() as tx:
            found.append(tx.claim_intake("sms", "1", "second"))

    second = threading.Thread(target=hand_in)

    def first() -> None:
        with store.transaction() as tx:
            tx.claim_intake("sms", "1", "first")
            second.start()
            second.join(0.3)
            assert found == []
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        first()
    second.join(10)
    assert found == ["second"]  # for of the first nothing was stored
