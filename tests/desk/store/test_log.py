"""The record: appended whole, by one writer at a time, never changed unnoticed."""

from __future__ import annotations

import itertools
import sys
import threading
import types
import typing
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, delete, func, insert, select, text, update

from lapor_core import Actor, Complaint, Facts, Reporter, Role, State
from lapor_core.complaint import PERSONAL
from lapor_core.errors import BadValue, NotFound, Refused
from lapor_core.events import FACTS, Event, Fact, Received, Verified
from lapor_core.testing import facts, moments
from lapor_desk.store import Chain, Person, Store, StoreDown, Transaction, Vault
from lapor_desk.store.log import GENESIS
from lapor_desk.store.tables import complaints, events, people

OPEN_ONCE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # one database serves all examples
SQLITE_ONLY = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
MARK = "rahasia-contoh"
NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
TakeIn = Callable[..., Complaint]

ids = (f"kasus-{number}" for number in itertools.count())
any_text = st.text(st.characters(exclude_categories=()), max_size=20)  # half pairs too, as JSON can bring them


def made(kind: type) -> st.SearchStrategy[Any]:
    """Return values of an attrs class, with MARK in everything personal."""
    if kind is Facts:
        return facts()
    hints = typing.get_type_hints(kind)
    return st.builds(
        kind, **{field.name: value(hints[field.name], PERSONAL in field.metadata) for field in attrs.fields(kind)}
    )


def value(hint: Any, personal: bool) -> st.SearchStrategy[Any]:  # noqa: FBT001 - a column of the declaration
    if attrs.has(hint):
        return made(hint)
    if hint is str:
        return any_text.map(MARK.__add__) if personal else any_text
    if hint is datetime:
        return moments()
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return st.one_of([value(each, personal) for each in typing.get_args(hint)])
    if typing.get_origin(hint) is tuple:
        return st.lists(value(typing.get_args(hint)[0], personal), max_size=2).map(tuple)
    return st.from_type(hint)


def histories() -> st.SearchStrategy[list[Fact]]:
    later = st.sampled_from([kind for kind in FACTS.values() if kind is not Received]).flatmap(made)
    return st.tuples(made(Received), st.lists(later, max_size=4)).map(lambda pair: [pair[0], *pair[1]])


def as_events(told: list[Fact], person: Person, complaint: str) -> list[Event]:
    first = attrs.evolve(told[0], reporter_ref=person.id)  # type: ignore[call-arg]  # the first one is Received
    return [event(complaint, number, fact) for number, fact in enumerate([first, *told[1:]], 1)]


def event(complaint: str, sequence: int, fact: Fact | None = None) -> Event:
    return Event(
        complaint=complaint,
        sequence=sequence,
        office="contoh",
        actor=Actor(role=Role.AGENCY_ADMIN, id="petugas-1"),
        happened_at=NOW,
        recorded_at=NOW + timedelta(seconds=1),
        fact=fact or Verified(),
    )


# What is stored


@given(told=histories())
@OPEN_ONCE
def test_what_is_appended_is_read_again_and_nothing_personal_lies_open(store: Store, told: list[Fact]) -> None:
    person, complaint = Vault.new_person(), next(ids)
    appended = as_events(told, person, complaint)
    with store.transaction() as tx:
        tx.add_person(person)
        tx.append(appended)
    with store.reading() as tx:
        assert list(tx.events(complaint)) == appended
        rows = tx.connection.execute(select(events).where(events.c.complaint_id == complaint)).all()
    assert MARK not in repr(rows)


def test_half_a_pair_that_json_brought_is_kept_as_it_came(store: Store, take_in: TakeIn) -> None:
    complaint = take_in(narrative="Lampu \ud800 mati", title="\udfff\0")
    with store.reading() as tx:
        assert tx.load(complaint.id) == complaint
        assert tx.verify_chain(complaint.id).holds


@given(cuts=st.sets(st.integers(1, 5)))
@OPEN_ONCE
def test_events_can_be_appended_in_any_portions(store: Store, take_in: TakeIn, cuts: set[int]) -> None:
    complaint = take_in()
    told = [event(complaint.id, complaint.version + number) for number in range(1, 7)]
    for start, end in itertools.pairwise([0, *sorted(cuts), len(told)]):
        append(store, told[start:end])
    with store.reading() as tx:
        assert list(tx.events(complaint.id)[complaint.version :]) == told


def test_appending_nothing_does_nothing(store: Store) -> None:
    append(store, [])
    with store.transaction() as tx:
        tx.begin([])


@given(records=st.lists(histories(), max_size=4))
@OPEN_ONCE
def test_records_begun_together_are_those_begun_one_by_one(store: Store, records: list[list[Fact]]) -> None:
    people = [Vault.new_person() for _ in records]
    begun = [as_events(told, person, next(ids)) for told, person in zip(records, people, strict=True)]
    with store.transaction() as tx:
        tx.add_people(people)
        tx.begin(begun)
    with store.reading() as tx:
        assert [list(tx.events(each[0].complaint)) for each in begun] == begun
    for each in begun:
        refused(store, "changed_meanwhile", each)


def test_a_record_begins_with_its_receipt_and_has_no_gap(store: Store, take_in: TakeIn) -> None:
    complaint = take_in()
    refused(store, "broken_sequence", [event("other", 1), event("other", 2)])
    with store.reading() as tx:
        told = tx.events(complaint.id)
    refused(store, "broken_sequence", [told[0], event(complaint.id, 3)])
    refused(store, "broken_sequence", [told[0], event("other", 2)])
    refused(store, "changed_meanwhile", [attrs.evolve(told[0], complaint="other", sequence=2)])


def refused(store: Store, code: str, record: list[Event]) -> None:
    with pytest.raises((Refused, BadValue)) as caught, store.transaction() as tx:
        tx.begin([record])
    assert caught.value.code == code


def test_a_complaint_is_loaded_and_found_as_it_was_stored(store: Store, take_in: TakeIn) -> None:
    complaint = take_in()
    with store.reading() as tx:
        assert tx.load(complaint.id) == complaint
        assert tx.find(complaint.code) == complaint.id
        assert tx.find("KODE-0") is None
        with pytest.raises(NotFound) as caught:
            tx.load("nobody")
    assert caught.value.code == "unknown_complaint"


# All or nothing


def test_of_an_action_that_breaks_off_nothing_is_stored(store: Store, take_in: TakeIn) -> None:
    complaint = take_in()

    def break_off() -> None:
        with store.transaction() as tx:
            tx.append([event(complaint.id, complaint.version + 1), event(complaint.id, complaint.version + 2)])
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        break_off()
    with store.reading() as tx:
        assert len(tx.events(complaint.id)) == complaint.version


@SQLITE_ONLY  # the disk of PostgreSQL cannot be filled from here
@pytest.mark.skipif(sys.platform == "win32", reason="files are not limited there in this way")
def test_on_a_full_disk_nothing_of_a_complaint_is_stored(store: Store, take_in: TakeIn, tmp_path: Path) -> None:
    import resource

    before = take_in()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "lapor.db-wal").stat().st_size + 10_000, hard))
    try:
        with pytest.raises(StoreDown) as caught:
            take_in(narrative="Lampu jalan contoh mati. " * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "store_down"
    with store.reading() as tx:
        assert [row.id for row in tx.listed()] == [before.id]
        assert tx.connection.execute(select(func.count()).select_from(people)).scalar_one() == 2  # and the house
        assert tx.verify_chain(before.id).holds
    assert take_in(narrative="Lampu jalan contoh mati. " * 10_000)


@pytest.mark.parametrize("sequences", [[2, 4], [4, 3], [3, 3], [3], [1]], ids=str)
def test_events_with_a_gap_are_refused_and_none_is_stored(store: Store, take_in: TakeIn, sequences: list[int]) -> None:
    complaint = take_in()
    told = [event(complaint.id, complaint.version - 1 + number) for number in sequences]
    with pytest.raises((BadValue, Refused)) as caught:
        append(store, told)
    assert caught.value.code == ("broken_sequence" if len(sequences) > 1 else "changed_meanwhile")
    with store.reading() as tx:
        assert len(tx.events(complaint.id)) == complaint.version


def test_events_of_several_complaints_cannot_be_appended_together(store: Store, take_in: TakeIn) -> None:
    first, second = take_in(), take_in()
    with pytest.raises(BadValue, match="several complaints"):
        append(store, [event(first.id, first.version + 1), event(second.id, second.version + 2)])


def test_a_record_begins_with_its_receipt(store: Store) -> None:
    with pytest.raises(BadValue, match="that it was received"):
        append(store, [event("new", 1)])


# One writer at a time


def test_of_many_threads_that_saw_the_same_one_appends(
    open_again: Callable[[], Store], store: Store, take_in: TakeIn
) -> None:
    writers = [store, store, open_again(), open_again()]
    for _ in range(3):
        complaint = take_in()
        start, outcomes = threading.Barrier(len(writers)), []

        def write(mine: Store, complaint: Complaint = complaint, start: threading.Barrier = start) -> None:
            start.wait()
            outcomes.append(attempt(mine, [event(complaint.id, complaint.version + 1)]))  # noqa: B023 - joined below

        threads = [threading.Thread(target=write, args=[mine]) for mine in writers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["changed_meanwhile"] * 3 + ["won"]
        with store.reading() as tx:
            assert len(tx.events(complaint.id)) == complaint.version + 1


def test_of_many_processes_that_saw_the_same_one_appends(
    store: Store, take_in: TakeIn, race: Callable[..., list[object]]
) -> None:
    complaint = take_in()
    outcomes = race("append", *[[complaint.id, str(complaint.version + 1)]] * 3)
    assert sorted(map(str, outcomes)) == ["changed_meanwhile"] * 2 + ["won"]


@pytest.mark.parametrize("first_succeeds", [True, False])
def test_who_comes_second_waits_for_what_becomes_of_the_first(
    store: Store,
    take_in: TakeIn,
    first_succeeds: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    complaint, outcomes = take_in(), []
    told = [event(complaint.id, complaint.version + 1)]
    second = threading.Thread(target=lambda: outcomes.append(attempt(store, told)))

    def first() -> None:
        with store.transaction() as tx:
            tx.append(told)
            second.start()
            second.join(0.3)
            assert outcomes == []
            if not first_succeeds:
                raise RuntimeError("power cut")

    with suppress(RuntimeError):
        first()
    second.join(10)
    assert outcomes == ["changed_meanwhile" if first_succeeds else "won"]


# The chain

FLIPPED = [column.name for column in events.c]


class Undo(Exception):
    """Takes back what a test has done to the record."""


@given(where=st.integers(0, 4), column=st.sampled_from(FLIPPED), place=st.integers(0, 500), bit=st.integers(0, 6))
@OPEN_ONCE
def test_any_flipped_bit_in_any_column_is_found(  # noqa: PLR0917 - the draw
    store: Store, take_in: TakeIn, where: int, column: str, place: int, bit: int
) -> None:
    complaint = with_history(store, take_in)

    def flip(tx: Transaction) -> None:
        row = stored(tx, complaint)[where]
        if column == "person_id":  # which must be somebody's
            someone = Vault.new_person()
            tx.add_person(someone)
            changed: object = someone.id
        elif column == "complaint_id":  # which must not meet another one
            changed = f"{complaint.id}~{bit}"
        else:
            changed = flipped(row[column], place, bit)
        statement = (
            f"UPDATE lapor_events SET {column} = :value WHERE complaint_id = :complaint AND sequence = :sequence"
        )
        given = {"value": changed, "complaint": complaint.id, "sequence": row["sequence"]}
        tx.connection.execute(text(statement), given)

    chain = verified_after(store, complaint, flip)
    assert (chain.holds, chain.broken_at, chain.length) == (False, where + 1, where)
    assert str(where + 1) in chain.problem


def flipped(stored: object, place: int, bit: int) -> object:
    """Return what is stored with one bit of it turned, in a way that the column can hold."""
    if stored is None:
        return b"x"
    if isinstance(stored, int):
        return stored + (1 << bit) * 100  # so that no number meets another
    if isinstance(stored, datetime):
        return stored + timedelta(microseconds=1 << bit)
    if isinstance(stored, str):
        letter = stored[place % len(stored)]
        other = chr(ord(letter) ^ (1 << bit))
        return stored.replace(letter, other if other.isprintable() else "~" if letter != "~" else "!", 1)
    assert isinstance(stored, bytes)
    changed = bytearray(stored)
    changed[place % len(stored)] ^= 1 << bit
    return bytes(changed)


@given(where=st.integers(0, 4))
@OPEN_ONCE
def test_a_removed_event_is_found(store: Store, take_in: TakeIn, where: int) -> None:
    complaint = with_history(store, take_in)
    chain = verified_after(
        store, complaint, lambda tx: tx.connection.execute(delete(events).where(*at(complaint, where + 1)))
    )
    assert (chain.broken_at, chain.length) == (where + 1, where)
    assert "missing" in chain.problem or "the register has seen" in chain.problem


@given(pair=st.lists(st.integers(0, 4), min_size=2, max_size=2, unique=True))
@OPEN_ONCE
def test_events_in_another_order_are_found(store: Store, take_in: TakeIn, pair: list[int]) -> None:
    complaint = with_history(store, take_in)

    def swap(tx: Transaction) -> None:
        first, second = (number + 1 for number in pair)
        for before, after in ((first, 100), (second, first), (100, second)):
            tx.connection.execute(update(events).where(*at(complaint, before)).values(sequence=after))

    chain = verified_after(store, complaint, swap)
    assert chain.broken_at == min(pair) + 1


@given(left=st.integers(0, 4))
@OPEN_ONCE
def test_events_cut_off_at_the_end_are_found(store: Store, take_in: TakeIn, left: int) -> None:
    complaint = with_history(store, take_in)
    cut = delete(events).where(events.c.complaint_id == complaint.id, events.c.sequence > left)
    chain = verified_after(store, complaint, lambda tx: tx.connection.execute(cut))
    assert (chain.broken_at, chain.length) == (left + 1, left)
    assert chain.problem == f"the register has seen 5 events and the record holds {left}"


def test_an_event_from_another_complaint_is_found(store: Store, take_in: TakeIn) -> None:
    complaint, other = with_history(store, take_in), with_history(store, take_in)

    def move(tx: Transaction) -> None:
        tx.connection.execute(delete(events).where(*at(complaint, 5)))
        tx.connection.execute(update(events).where(*at(other, 5)).values(complaint_id=complaint.id))

    assert verified_after(store, complaint, move).broken_at == 5
    assert verified_after(store, other, move).broken_at == 5


def test_an_event_too_many_is_found(store: Store, take_in: TakeIn) -> None:
    complaint = with_history(store, take_in)

    def forge(tx: Transaction) -> None:
        row = {**stored(tx, complaint)[4], "sequence": 6, "happened_at": NOW, "recorded_at": NOW}
        tx.connection.execute(insert(events).values(row))

    chain = verified_after(store, complaint, forge)
    assert (chain.broken_at, chain.problem) == (6, "event 6 does not follow the one before it")


def test_a_complaint_that_the_register_has_lost_is_found(store: Store, take_in: TakeIn) -> None:
    complaint = with_history(store, take_in)
    forget = delete(complaints).where(complaints.c.id == complaint.id)
    assert not verified_after(store, complaint, lambda tx: tx.connection.execute(forget)).holds
    with store.reading() as tx, pytest.raises(NotFound):
        tx.verify_chain("nobody")


def test_who_makes_the_whole_chain_anew_is_found_by_a_head_that_was_published(store: Store, take_in: TakeIn) -> None:
    complaint = with_history(store, take_in)
    with store.reading() as tx:
        published = tx.verify_chain(complaint.id)
        told = tx.events(complaint.id)
    assert (published.length, len(published.head)) == (5, 64)

    def forge(tx: Transaction) -> None:
        tx.connection.execute(delete(events).where(events.c.complaint_id == complaint.id))
        tx.append([*told[:4], attrs.evolve(told[4], happened_at=NOW - timedelta(days=3))])

    forged = verified_after(store, complaint, forge)
    assert forged.holds
    assert forged.head != published.head


def test_a_sound_chain_holds_from_its_first_event_on(store: Store, take_in: TakeIn) -> None:
    complaint = with_history(store, take_in)
    with store.reading() as tx:
        assert tx.verify_chain(complaint.id).holds
        rows = stored(tx, complaint)
    assert rows[0]["prev_hash"] == GENESIS
    assert [row["prev_hash"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]


@SQLITE_ONLY  # PostgreSQL keeps only texts in a column of texts
def test_texts_that_are_no_texts_any_more_are_found(store: Store, take_in: TakeIn) -> None:
    complaint = with_history(store, take_in)
    spoil = text("UPDATE lapor_events SET public = CAST(x'ff' AS TEXT) WHERE complaint_id = :c AND sequence = 3")
    chain = verified_after(store, complaint, lambda tx: tx.connection.execute(spoil, {"c": complaint.id}))
    assert (chain.broken_at, chain.problem) == (3, "event 3 was changed")


# Reading what was changed


@pytest.mark.parametrize(
    ("column", "spoiled"),
    [
        ("public", "{"),
        ("public", "[]"),
        ("role", "kepala"),
        ("type", "kejadian"),
        ("schema", 99),
        ("sealed", b"x" * 40),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_and_nothing_of_it_repeated(
    store: Store, take_in: TakeIn, column: str, spoiled: object
) -> None:
    complaint = take_in()
    statement = text(f"UPDATE lapor_events SET {column} = :value WHERE complaint_id = :c AND sequence = 1")
    with store.transaction() as tx:
        tx.connection.execute(statement, {"value": spoiled, "c": complaint.id})
    with store.reading() as tx, pytest.raises((Refused, BadValue)) as caught:
        tx.load(complaint.id)
    assert caught.value.code in {"tampered", "unknown_event", "unknown_schema", "unknown_role", "bad_json"}
    assert "contoh mati" not in str(caught.value)


@SQLITE_ONLY  # PostgreSQL keeps only instants in a column of instants
@pytest.mark.parametrize("spoiled", ["kemarin", "2026-03-13T10:00:00", ""])
def test_an_instant_that_cannot_be_read_is_refused(store: Store, take_in: TakeIn, spoiled: str) -> None:
    complaint = take_in()
    with store.transaction() as tx:
        tx.connection.execute(text("UPDATE lapor_events SET happened_at = :value"), {"value": spoiled})
    with store.reading() as tx, pytest.raises(Refused) as caught:
        tx.load(complaint.id)
    assert caught.value.code == "tampered"


# Erasing


def test_of_an_erased_person_the_chain_still_holds_and_nothing_can_be_read(
    store: Store, take_in: TakeIn, erase: Callable[[Store, str], object]
) -> None:
    complaint, other = take_in(), take_in()
    erase(store, complaint.reporter_ref)
    with store.reading() as tx:
        assert tx.verify_chain(complaint.id).holds
        assert tx.is_erased(complaint.reporter_ref)
        assert not tx.is_erased(other.reporter_ref)
        left = tx.load(complaint.id)
        assert tx.load(other.id) == other
    assert (left.state, left.narrative, left.reporter) == (State.ERASED, "", Reporter())
    assert left.milestones == complaint.milestones


def test_to_an_erased_person_nothing_personal_can_be_added(
    store: Store, take_in: TakeIn, erase: Callable[[Store, str], object]
) -> None:
    complaint = take_in()
    erase(store, complaint.reporter_ref)
    reply = FACTS["replied"](text="Masih gelap")  # type: ignore[call-arg]  # what it takes is not known to its base
    with pytest.raises(Refused) as caught:
        append(store, [event(complaint.id, complaint.version + 2, reply)])
    assert caught.value.code == "erased"


# How these tests do it


def append(store: Store, told: list[Event]) -> None:
    with store.transaction() as tx:
        tx.append(told)


def attempt(store: Store, told: list[Event]) -> str:
    try:
        append(store, told)
    except Refused as error:
        return error.code
    return "won"


def with_history(store: Store, take_in: TakeIn) -> Complaint:
    """Return a complaint of five events, the last with something sealed."""
    complaint = take_in()
    more = [event(complaint.id, number) for number in range(complaint.version + 1, 5)]
    reply = FACTS["replied"](text="Masih gelap")  # type: ignore[call-arg]  # what it takes is not known to its base
    with store.transaction() as tx:
        tx.append([*more, event(complaint.id, 5, reply)])
        tx.connection.execute(update(complaints).where(complaints.c.id == complaint.id).values(version=5))
    return complaint


def at(complaint: Complaint, sequence: int, table: Table = events) -> tuple[Any, ...]:
    return table.c.complaint_id == complaint.id, table.c.sequence == sequence


def stored(tx: Transaction, complaint: Complaint) -> list[dict[str, Any]]:
    statement = text("SELECT * FROM lapor_events WHERE complaint_id = :c ORDER BY sequence")
    return [row._asdict() for row in tx.connection.execute(statement, {"c": complaint.id})]


def verified_after(store: Store, complaint: Complaint, change: Callable[[Transaction], object]) -> Chain:
    """Return what is found after a change, and take the change back."""
    found: list[Chain] = []
    with suppress(Undo), store.transaction() as tx:
        change(tx)
        found.append(tx.verify_chain(complaint.id))
        raise Undo
    with store.reading() as tx:
        assert tx.verify_chain(complaint.id).holds
    return found[0]
