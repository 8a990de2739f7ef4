"""Complaints about the same are suggested, with the signs by which, to whom they may be shown, and until somebody says no."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, text

from lapor_core import (
    Act,
    Action,
    Actor,
    Agency,
    Complaint,
    Facts,
    Kind,
    Proof,
    Reporter,
    Role,
    Submission,
    load_standard,
)
from lapor_core.complaint import Ground, Visibility
from lapor_core.errors import NotFound
from lapor_core.privacy import Reader
from lapor_core.testing import FrozenClock
from lapor_desk import suggesting
from lapor_desk.desk import Desk
from lapor_desk.store import Store
from lapor_desk.store.tables import events, sketches
from lapor_desk.suggesting import hold_apart, sketch_new, suggestions

RECEIVED = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
AGENCIES = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="dinas-misal", name="Dinas Misal"))
STANDARD = load_standard("banjarbaru", agencies=AGENCIES)
LAMP = "Lampu jalan di Jalan Contoh depan Pasar Misal mati, gelap sekali kalau malam"
SAME_LAMP = "lampu jln mati di jl contoh dpn pasar misal, tlg diperbaiki"
RUBBISH = "Sampah menumpuk di Kampung Khayal dan tidak diangkut"
ADMIN = Actor(role=Role.CENTRAL_ADMIN, id="petugas-contoh")


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, STANDARD, clock=FrozenClock(RECEIVED))


@pytest.fixture
def submit(desk: Desk) -> Callable[..., Complaint]:
    """Return what hands in an SMS, of a new sender where none is given."""
    sent: list[str] = []

    def submit(narrative: str, sender: int | None = None, **more: Any) -> Complaint:
        sent.append(narrative)
        number = f"+6280000000{len(sent) if sender is None else 900 + sender:03}"  # invented
        receipt = desk.submit(
            Submission(
                channel="sms",
                source_id=str(len(sent)),
                reporter=Reporter(mobile=number),
                proofs=frozenset({Proof.SENDER_NUMBER}),
                narrative=narrative,
                **{"received_at": RECEIVED} | more,
            )
        )
        with desk.store.reading() as tx:
            return tx.load(str(tx.find(receipt.code)))

    return submit


def suggested(desk: Desk, complaint: Complaint, reader: Reader = Reader.ADMIN, **asked: Any) -> list[str]:
    with desk.store.reading() as tx:
        return [each.complaint.id for each in suggestions(tx, desk.complaint(complaint.id), reader, **asked)]


def dispose(desk: Desk, complaint: Complaint, *agencies: str) -> None:
    facts = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
    desk.act(complaint.id, Act(action=Action.DISPOSE, actor=ADMIN, agencies=agencies, facts=facts))


def test_what_is_about_the_same_is_suggested_with_its_signs(desk: Desk, submit: Callable[..., Complaint]) -> None:
    one, other, _ = submit(LAMP), submit(SAME_LAMP), submit(RUBBISH)
    desk.sweep(RECEIVED)
    assert suggested(desk, one) == [other.id]
    assert suggested(desk, other) == [one.id]
    with desk.store.reading() as tx:
        (found,) = suggestions(tx, one, Reader.ADMIN)
    assert [sign.text() for sign in found.likeness.signs] == [
        "kata-kata serupa: 0,80",
        "diterima berselang kurang dari satu hari",
    ]


def test_a_complaint_finds_others_before_it_is_sketched_itself(desk: Desk, submit: Callable[..., Complaint]) -> None:
    one = submit(LAMP)
    desk.sweep(RECEIVED)
    new = submit(SAME_LAMP)
    assert suggested(desk, new) == [one.id]
    assert suggested(desk, one) == []


def test_one_person_s_messages_of_one_day_are_suggested_to_who_may_know(
    desk: Desk, submit: Callable[..., Complaint]
) -> None:
    one, other = submit(LAMP, sender=1), submit(RUBBISH, sender=1)
    late = submit("Pohon tumbang", sender=1, received_at=RECEIVED - timedelta(days=3))
    desk.sweep(RECEIVED)
    assert suggested(desk, one) == [other.id]
    assert suggested(desk, late) == []
    for reader in set(Reader) - {Reader.ADMIN}:
        assert suggested(desk, one, reader) == []


def test_who_may_not_know_the_reporter_cannot_tell_by_the_signs(desk: Desk, submit: Callable[..., Complaint]) -> None:
    one = submit(LAMP, sender=1)
    by_the_same, by_another = submit(SAME_LAMP, sender=1), submit(SAME_LAMP)
    desk.sweep(RECEIVED)
    with desk.store.reading() as tx:
        found = {each.complaint.id: each.likeness for each in suggestions(tx, one, Reader.AGENCY)}
        known = {each.complaint.id: each.likeness for each in suggestions(tx, one, Reader.ADMIN)}
    assert found[by_the_same.id] == found[by_another.id] == known[by_another.id]
    assert known[by_the_same.id].score > known[by_another.id].score


def test_that_somebody_anonymous_reported_something_else_too_is_told_to_nobody(
    desk: Desk, submit: Callable[..., Complaint]
) -> None:
    anonymous = submit(LAMP, sender=1, visibility=Visibility(anonymous=True))
    by_the_same, by_another, unlike = submit(SAME_LAMP, sender=1), submit(SAME_LAMP), submit(RUBBISH, sender=1)
    desk.sweep(RECEIVED)
    for reader in (Reader.ADMIN, Reader.AGENCY):
        with desk.store.reading() as tx:
            found = {each.complaint.id: each.likeness for each in suggestions(tx, anonymous, reader)}
        assert found.keys() == {by_the_same.id, by_another.id}
        assert found[by_the_same.id] == found[by_another.id]
        assert anonymous.id not in suggested(desk, unlike, reader)


def test_an_agency_is_shown_its_own_only(desk: Desk, submit: Callable[..., Complaint]) -> None:
    one, mine, theirs, nobodys = (submit(LAMP, sender=1) for _ in range(4))
    dispose(desk, one, "dinas-contoh")
    dispose(desk, mine, "dinas-contoh", "dinas-misal")
    dispose(desk, theirs, "dinas-misal")
    desk.sweep(RECEIVED)
    assert suggested(desk, one, agency="dinas-contoh") == [mine.id]
    assert set(suggested(desk, one)) == {mine.id, theirs.id, nobodys.id}


def test_at_most_a_handful_the_most_alike_first(desk: Desk, submit: Callable[..., Complaint]) -> None:
    one = submit(LAMP)
    twins = [submit(LAMP) for _ in range(5)]
    submit(SAME_LAMP)
    desk.sweep(RECEIVED)
    assert suggested(desk, one) == sorted(each.id for each in twins)
    assert suggested(desk, one, limit=2) == sorted(each.id for each in twins)[:2]


def test_what_is_merged_with_it_is_suggested_no_more(desk: Desk, submit: Callable[..., Complaint]) -> None:
    main, follower = submit(LAMP), submit(SAME_LAMP)
    desk.sweep(RECEIVED)
    desk.act(follower.id, Act(action=Action.MERGE, actor=ADMIN, main=main))
    assert suggested(desk, main) == suggested(desk, follower) == []
    desk.act(follower.id, Act(action=Action.UNMERGE, actor=ADMIN))
    assert suggested(desk, main) == [follower.id]


def test_what_an_officer_holds_apart_is_suggested_to_neither_again(
    desk: Desk, submit: Callable[..., Complaint]
) -> None:
    one, other, third = submit(LAMP), submit(SAME_LAMP), submit(LAMP)
    desk.sweep(RECEIVED)
    before = desk.events(one.id)
    hold_apart(desk.store, other.id, one.id, "petugas-contoh", RECEIVED)
    assert suggested(desk, one) == [third.id]
    assert suggested(desk, other) == [third.id]
    assert desk.events(one.id) == before
    for pair in ((one.id, one.id), (one.id, "nowhere")):
        with pytest.raises(NotFound):
            hold_apart(desk.store, *pair, "petugas-contoh", RECEIVED)


def test_an_agency_holds_only_its_own_apart(desk: Desk, submit: Callable[..., Complaint]) -> None:
    mine, theirs = submit(LAMP), submit(SAME_LAMP)
    dispose(desk, mine, "dinas-contoh")
    desk.sweep(RECEIVED)
    for pair in ((mine.id, theirs.id), (theirs.id, mine.id)):
        with pytest.raises(NotFound):
            hold_apart(desk.store, *pair, "petugas-contoh", RECEIVED, agency="dinas-contoh")
    assert suggested(desk, mine) == [theirs.id]


def test_an_incomplete_one_is_compared_when_it_is_whole(desk: Desk, submit: Callable[..., Complaint]) -> None:
    whole = submit(LAMP)
    part = Submission(
        channel="sms",
        source_id="part",
        received_at=RECEIVED,
        reporter=Reporter(mobile="+6280000000999"),  # invented
        proofs=frozenset({Proof.SENDER_NUMBER}),
        narrative="",
    )
    code = desk.submit(part, partial=True).code
    desk.sweep(RECEIVED)
    assert suggested(desk, whole) == []
    said = Submission(
        channel="sms",
        source_id="rest",
        received_at=RECEIVED,
        reporter=part.reporter,
        proofs=part.proofs,
        narrative=SAME_LAMP,
    )
    desk.complete(code, said)
    desk.sweep(RECEIVED)
    assert len(suggested(desk, whole)) == 1


def test_of_an_erased_person_nothing_is_suggested(desk: Desk, submit: Callable[..., Complaint]) -> None:
    one, other, new = submit(LAMP), submit(SAME_LAMP), submit(LAMP, sender=5)
    erase = Act(action=Action.ERASE, actor=Actor(role=Role.CENTRAL_ADMIN), ground=Ground.REQUESTED)
    desk.act(new.id, erase)
    desk.sweep(RECEIVED)
    assert suggested(desk, one) == [other.id]
    desk.act(other.id, erase)
    assert suggested(desk, one) == []


def test_all_that_was_there_before_is_sketched_in_time(
    desk: Desk, submit: Callable[..., Complaint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "_BATCH", 2)
    monkeypatch.setattr(suggesting, "_BATCHES", 2)
    some = [submit(LAMP, received_at=RECEIVED - timedelta(hours=hour)) for hour in range(7)]
    with desk.store.transaction() as tx:
        tx.connection.execute(delete(sketches))
    assert [sketch_new(desk.store, RECEIVED) for _ in range(3)] == [4, 3, 0]
    assert len(suggested(desk, some[-1], limit=10)) == 6


def test_a_record_that_cannot_be_read_stops_nothing_else(
    desk: Desk, submit: Callable[..., Complaint], caplog: pytest.LogCaptureFixture
) -> None:
    one, other, spoilt = submit(LAMP), submit(SAME_LAMP), submit(SAME_LAMP)
    late = submit(SAME_LAMP)
    desk.sweep(RECEIVED)
    with desk.store.transaction() as tx:
        tx.connection.execute(events.update().where(events.c.complaint_id == spoilt.id).values(sealed=b"x" * 40))
        tx.connection.execute(text("UPDATE lapor_complaints SET sketched_at = NULL WHERE id = :id"), {"id": spoilt.id})
    with caplog.at_level(logging.WARNING, "lapor.desk"):
        assert set(suggested(desk, one)) == {other.id, late.id}
        assert sketch_new(desk.store, RECEIVED) == 1
    assert caplog.messages == [f"complaint {spoilt.id}: not compared with others: tampered"] * 2


def test_taking_in_stores_no_mark_and_waits_for_none(desk: Desk, submit: Callable[..., Complaint]) -> None:
    submit(LAMP)
    with desk.store.reading() as tx:
        assert tx.connection.execute(select(func.count()).select_from(sketches)).scalar_one() == 0
        assert len(tx.unsketched()) == 1
