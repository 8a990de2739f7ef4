"""Complaints with marks in common are found quickly, by nobody who has not the key, and not any more once erased."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select, text

from lapor_core import Complaint, State
from lapor_core.likeness import matter_of, sketch
from lapor_desk.store import MasterKey, Sketch, Store, Vault
from lapor_desk.store.keys import Keyring
from lapor_desk.store.tables import complaints, sketches

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
YEAR = timedelta(days=365)
TakeIn = Callable[..., Complaint]


def sketch_of(complaint: Complaint) -> Sketch:
    return Sketch(complaint_id=complaint.id, received_at=complaint.received_at, marks=sketch(matter_of(complaint)))


def keep(store: Store, *some: Complaint) -> int:
    with store.transaction() as tx:
        return tx.keep_sketches({each.id: sketch_of(each) for each in some}, NOW)


def near(store: Store, complaint: Complaint, within: timedelta = YEAR, **asked: object) -> tuple[str, ...]:
    with store.reading() as tx:
        return tx.with_common_marks(sketch_of(complaint), within=within, **asked)  # type: ignore[arg-type]  # by name


def stored(store: Store) -> int:
    with store.reading() as tx:
        return tx.connection.execute(select(func.count()).select_from(sketches)).scalar_one()


def test_what_has_most_in_common_comes_first_then_what_is_nearest(store: Store, take_in: TakeIn) -> None:
    words = "lampu jalan contoh padam gelap pasar misal rawan celaka malam"
    days = (0, 1, -3, 2)
    same, later, earlier, other = (
        take_in(narrative=said, received_at=NOW + timedelta(days=day - 5))
        for day, said in zip(
            days, [words, words, words, "sampah menumpuk di selokan kampung khayal berbau"], strict=True
        )
    )
    half = take_in(narrative="lampu jalan contoh padam gelap di pasar misal kampung teladan", received_at=NOW)
    keep(store, same, later, earlier, other, half)
    assert near(store, same) == (later.id, earlier.id, half.id)
    assert near(store, same, within=timedelta(days=2)) == (later.id,)
    assert near(store, same, limit=1) == (later.id,)


def test_an_agency_finds_its_own(store: Store, take_in: TakeIn) -> None:
    one, mine, theirs = take_in(), take_in(), take_in()
    keep(store, one, mine, theirs)
    with store.transaction() as tx:
        tx.connection.execute(
            text("INSERT INTO lapor_complaint_agencies VALUES (:mine, 'dinas-contoh'), (:theirs, 'dinas-misal')"),
            {"mine": mine.id, "theirs": theirs.id},
        )
    assert near(store, one, agency="dinas-contoh") == (mine.id,)
    assert set(near(store, one)) == {mine.id, theirs.id}


def test_what_says_nothing_is_like_nothing(store: Store, take_in: TakeIn) -> None:
    one = take_in(narrative="tolong segera")
    assert sketch_of(one).marks == ()
    keep(store, one, take_in())
    assert near(store, one) == ()


def test_each_is_sketched_once_and_when_it_is_whole(store: Store, take_in: TakeIn) -> None:
    one, other = take_in(received_at=NOW - timedelta(days=1)), take_in()
    with store.transaction() as tx:
        tx.connection.execute(complaints.update().where(complaints.c.id == other.id).values(state="incomplete"))
        assert tx.unsketched() == (one.id,)
        tx.connection.execute(complaints.update().where(complaints.c.id == other.id).values(state=State.SUBMITTED))
        assert tx.unsketched() == (other.id, one.id)
        assert tx.unsketched(limit=1) == (other.id,)
    assert keep(store, one, other) == 2
    count = stored(store)
    assert keep(store, one, other) == 0
    assert stored(store) == count > 0
    with store.reading() as tx:
        assert tx.unsketched() == ()


def test_what_cannot_be_sketched_is_not_tried_again(store: Store, take_in: TakeIn) -> None:
    one = take_in()
    with store.transaction() as tx:
        assert tx.keep_sketches({one.id: None}, NOW) == 1
        assert tx.unsketched() == ()
    assert stored(store) == 0


def test_another_key_makes_other_marks(store: Store, take_in: TakeIn) -> None:
    """Whoever guesses the words of a report cannot find out whether they stand in it without the key of the house."""
    one = take_in()
    keep(store, one)
    with store.reading() as tx:
        marks = set(tx.connection.execute(select(sketches.c.mark)).scalars())
        assert len(marks) == len(sketch_of(one).marks)
        assert set(tx._keyed(sketch_of(one).marks)) == marks
        tx.vault = Vault(keys=Keyring([MasterKey(bytes(32))]), house=Vault.new_person("house"))
        assert marks.isdisjoint(tx._keyed(sketch_of(one).marks))


def test_of_an_erased_person_no_mark_is_left_and_none_is_made(
    store: Store, take_in: TakeIn, erase: Callable[[Store, str], object]
) -> None:
    one, other, late = take_in(), take_in(), take_in()
    keep(store, one, other)
    before = stored(store)
    erase(store, one.reporter_ref)
    assert near(store, other) == ()
    assert stored(store) == before / 2
    erase(store, late.reporter_ref)
    assert keep(store, late) == 0  # somebody had read it just before
    assert stored(store) == before / 2


def test_erasing_waits_for_who_is_storing_marks_and_takes_them_too(
    store: Store, take_in: TakeIn, open_again: Callable[[], Store], erase: Callable[[Store, str], object]
) -> None:
    if store.database.is_sqlite:
        pytest.skip("in SQLite one transaction writes at a time")
    one = take_in()
    erasing = threading.Thread(target=erase, args=(open_again(), one.reporter_ref))
    with store.transaction() as tx:
        assert tx.keep_sketches({one.id: sketch_of(one)}, NOW) == 1
        erasing.start()
        erasing.join(timeout=0.2)
        assert erasing.is_alive()
    erasing.join(timeout=30)
    assert stored(store) == 0


def test_who_is_being_changed_is_left_for_the_next_time(
    store: Store, take_in: TakeIn, open_again: Callable[[], Store]
) -> None:
    if store.database.is_sqlite:
        pytest.skip("in SQLite one transaction writes at a time")
    one, other = take_in(), take_in()
    with open_again().transaction() as tx:
        tx.connection.execute(complaints.update().where(complaints.c.id == one.id).values(tier="sedang"))
        assert keep(store, one, other) == 1
    with store.reading() as reading:
        assert reading.unsketched() == (one.id,)


def test_what_is_held_apart_is_so_from_both_sides(store: Store, take_in: TakeIn) -> None:
    one, other, third = take_in(), take_in(), take_in()
    with store.transaction() as tx:
        tx.hold_apart(other.id, one.id, "petugas-1", NOW)
        tx.hold_apart(one.id, other.id, "petugas-2", NOW)
        tx.hold_apart(third.id, one.id, "petugas-1", NOW)
        assert tx.held_apart_from(one.id) == {other.id, third.id}
        assert tx.held_apart_from(other.id) == {one.id}


def test_a_person_s_own_are_found_by_who_reported_them(store: Store, take_in: TakeIn) -> None:
    one, other = take_in(), take_in()
    with store.reading() as tx:
        assert tx.received_from(one.reporter_ref, NOW, within=timedelta(days=1)) == (one.id,)
        assert tx.received_from(one.reporter_ref, NOW + YEAR, within=timedelta(days=1)) == ()
        assert tx.received_from(other.reporter_ref, NOW, within=timedelta(days=1), limit=0) == ()


def test_looking_goes_through_the_indexes(store: Store, take_in: TakeIn) -> None:
    one = take_in()
    asked: list[tuple[str, object]] = []

    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        asked.append((statement, parameters))

    event.listen(store.database.engine, "before_cursor_execute", note)
    with store.reading() as tx:
        tx.unsketched()
        tx.with_common_marks(sketch_of(one), within=YEAR)
        event.remove(store.database.engine, "before_cursor_execute", note)
        if not store.database.is_sqlite:  # of tables this small it would read all there is
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if store.database.is_sqlite else "EXPLAIN"
        plans = [
            str(tx.connection.exec_driver_sql(f"{explain} {statement}", parameters).all())  # type: ignore[arg-type]  # as they came
            for statement, parameters in asked
            if statement.startswith("SELECT")
        ]
    assert len(plans) == 2
    assert "ix_lapor_complaints_unsketched" in plans[0]
    for plan in plans:
        assert "Seq Scan on lapor_" not in plan
        assert "SCAN lapor_" not in plan.replace("SCAN lapor_complaints USING INDEX ix_lapor_complaints_unsketched", "")
