"""A person is erased with all of their complaints or not at all, once, and nobody slips in between."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from PIL import Image
from sqlalchemy import func, select, text

from lapor_core import (
    Act,
    Action,
    Actor,
    Complaint,
    Ground,
    Proof,
    Reporter,
    Role,
    State,
    Submission,
    Upload,
    Visibility,
    load_standard,
)
from lapor_core.decisions import receive
from lapor_core.errors import BadValue, Refused
from lapor_core.events import Erased, ErasureRequested, Unfollowed
from lapor_core.testing import FrozenClock
from lapor_desk.accounts import Accounts
from lapor_desk.auditing import chains
from lapor_desk.desk import Desk
from lapor_desk.erasing import complaints_of
from lapor_desk.officers import Officers
from lapor_desk.recording import record_new
from lapor_desk.sessions import open_session
from lapor_desk.store import Status, Store, StoreDown, Transaction
from lapor_desk.store.tables import accounts, attachments, challenges, notices, sessions, tries
from lapor_desk.sweeping import Sweeper

NOW = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
STANDARD = load_standard("banjarbaru")
ADMIN = Actor(role=Role.CENTRAL_ADMIN, id="petugas-1")
ERASE = Act(action=Action.ERASE, actor=ADMIN, ground=Ground.REQUESTED)
MARK = "penanda-contoh"

Submit = Callable[..., Complaint]


@pytest.fixture
def submit(desk: Desk) -> Submit:
    """Takes in a report by SMS from an invented number that ends with ``number``."""
    sources = itertools.count()

    def submit(number: str = "1", **said: object) -> Complaint:
        return taken(desk, number, f"pesan-{next(sources)}", **said)

    return submit


def taken(desk: Desk, number: str, source: str, **said: object) -> Complaint:
    usual = Submission(
        channel="sms",
        source_id=source,
        received_at=NOW,
        reporter=Reporter(mobile=f"+628000000000{number}"),
        proofs=frozenset({Proof.SENDER_NUMBER}),
        narrative=f"Lampu jalan {MARK} mati",
    )
    code = desk.submit(attrs.evolve(usual, **said)).code  # type: ignore[arg-type]  # what is said differs in type
    with desk.store.reading() as tx:
        return desk.complaint(tx.find(code) or "")


def photo() -> Upload:
    written = BytesIO()
    Image.new("RGB", (4, 4), "red").save(written, "PNG")
    return Upload(name="foto.png", content=written.getvalue())


def states(desk: Desk, *those: Complaint) -> list[State]:
    return [desk.complaint(each.id).state for each in those]


def count(store: Store, table: object) -> int:
    with store.reading() as tx:
        return tx.connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def test_all_complaints_of_a_person_are_erased_together_and_nobody_else_s(desk: Desk, submit: Submit) -> None:
    mine, my_other, other = submit(), submit(), submit("2")
    after = desk.act(mine.id, ERASE)
    assert (after.id, after.state, after.narrative) == (mine.id, State.ERASED, "")
    assert states(desk, mine, my_other, other) == [State.ERASED, State.ERASED, State.SUBMITTED]
    for each in (mine, my_other):
        assert Erased(ground=Ground.REQUESTED) in [event.fact for event in desk.events(each.id)]
    assert MARK in desk.complaint(other.id).narrative
    assert all(chain.holds for chain in chains(desk.store))


def test_to_erase_again_is_refused_by_the_table_and_nothing_changes(desk: Desk, submit: Submit) -> None:
    mine = submit()
    desk.act(mine.id, ERASE)
    before = desk.events(mine.id)
    with pytest.raises(Refused) as caught:
        desk.act(mine.id, ERASE)
    assert caught.value.code == "not_possible"
    assert desk.events(mine.id) == before


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (Act(action=Action.ERASE, actor=ADMIN), "ground_needed"),
        (Act(action=Action.ERASE, actor=Actor(role=Role.AGENCY_ADMIN), ground=Ground.REQUESTED), "not_permitted"),
        (Act(action=Action.ERASE, actor=ADMIN, ground=Ground.PURPOSE_ENDED), "not_erasable"),
    ],
)
def test_what_may_not_be_erased_is_refused_whole(desk: Desk, submit: Submit, act: Act, code: str) -> None:
    over, running = submit(), submit()
    desk.withdraw(over.code)
    with pytest.raises((Refused, BadValue)) as caught:
        desk.act(over.id, act)
    assert caught.value.code == code
    if code == "not_erasable":
        assert caught.value.params["refused"] == (("still_needed", 1),)
        assert running.code not in f"{caught.value} {caught.value.params}"
    assert states(desk, over, running) == [State.WITHDRAWN, State.SUBMITTED]
    assert MARK in desk.complaint(over.id).narrative
    with desk.store.reading() as tx:
        assert not tx.is_erased(over.reporter_ref)


def test_what_others_wait_for_is_not_erased_under_them_and_what_waits_itself_is_let_go(
    desk: Desk, submit: Submit
) -> None:
    main, my_own, other = submit("1"), submit("1"), submit("2")
    desk.act(my_own.id, Act(action=Action.MERGE, actor=ADMIN, main=main))
    desk.act(other.id, Act(action=Action.MERGE, actor=ADMIN, main=main))
    with pytest.raises(Refused) as caught:
        desk.act(my_own.id, ERASE)
    assert caught.value.params["refused"] == (("has_followers", 1),)
    desk.act(other.id, ERASE)  # who only waits may go
    assert Unfollowed(complaint=other.id) in [event.fact for event in desk.events(main.id)]
    desk.act(main.id, ERASE)  # and who waits for oneself is no reason to stay
    assert states(desk, main, my_own, other) == [State.ERASED] * 3
    assert all(chain.holds for chain in chains(desk.store))


def test_what_came_in_since_the_officer_looked_stops_the_erasing(desk: Desk, submit: Submit) -> None:
    mine = submit()
    with desk.store.reading() as tx:
        seen = len(complaints_of(tx, mine.reporter_ref))
    later = submit()
    with pytest.raises(Refused) as caught:
        desk.erase(mine.id, ERASE, seen=seen)
    assert caught.value.code == "other_complaints"
    with pytest.raises(Refused, match="changed meanwhile"):
        desk.erase(mine.id, ERASE, version=mine.version - 1, seen=2)
    desk.erase(mine.id, ERASE, version=mine.version, seen=2)
    assert states(desk, mine, later) == [State.ERASED] * 2


def test_accounts_sessions_codes_and_what_waits_to_be_sent_go_too(
    desk: Desk, store: Store, submit: Submit, clock: FrozenClock
) -> None:
    mine, other = submit("1"), submit("2")
    for number in ("1", "2"):
        Accounts(store, clock=clock).challenge(Reporter(mobile=f"+628000000000{number}"))
    with store.transaction() as tx:
        for row in tx.connection.execute(select(accounts)).all():
            open_session(tx, "account", row.id, NOW.replace(year=2027))
    desk.act(mine.id, ERASE)
    assert [count(store, table) for table in (accounts, sessions, challenges, tries)] == [1, 1, 1, 2]
    with store.reading() as tx:
        left = {(row.complaint_id, row.status) for row in tx.connection.execute(select(notices))}
        [cancelled] = tx.notices_of(mine.id)
    assert left == {(mine.id, "cancelled"), (other.id, "queued"), (None, "cancelled"), (None, "queued")}
    assert (cancelled.status, cancelled.last_error) == (Status.CANCELLED, "the reporter was erased")


def test_the_holder_of_the_code_learns_that_it_was_erased_and_can_do_nothing_more(desk: Desk, submit: Submit) -> None:
    mine = submit()
    desk.act(mine.id, ERASE)
    told = desk.track(mine.code, "en")
    assert (told.state, [entry.text for entry in told.entries]) == (State.ERASED, ["Personal data was erased"])
    assert (told.due_date, told.contacts, told.letter) == (None, (), "")
    with pytest.raises(Refused) as caught:
        desk.withdraw(mine.code)
    assert caught.value.code == "not_possible"


def test_a_report_that_needed_a_pin_needs_none_to_say_that_it_was_erased(desk: Desk, submit: Submit) -> None:
    secret = submit(visibility=Visibility(secret=True))
    assert secret.pin_hash
    assert desk.act(secret.id, ERASE).pin_hash == ""
    assert desk.track(secret.code).state is State.ERASED


def test_a_message_that_is_sent_again_does_not_come_back(desk: Desk, submit: Submit) -> None:
    mine = submit()
    desk.act(mine.id, ERASE)
    assert taken(desk, "1", "pesan-0").id == mine.id
    assert submit().reporter_ref != mine.reporter_ref


def test_an_erased_complaint_is_no_matter_of_the_sweep(desk: Desk, submit: Submit, clock: FrozenClock) -> None:
    mine = submit()
    desk.act(mine.id, ERASE)
    before = desk.events(mine.id)
    assert Sweeper(store=desk.store, standard_of=desk.standard_of).sweep(NOW.replace(year=2027)) == 0
    assert desk.events(mine.id) == before


def test_who_asks_by_the_code_is_heard_and_who_may_erase_is_told(desk: Desk, store: Store, submit: Submit) -> None:
    officers = Officers(store, clock=lambda: NOW, agencies=frozenset())
    officers.add("pusat", "rahasia-contoh", Role.CENTRAL_ADMIN, email="pusat@example.id")
    mine = submit()
    desk.request_erasure(mine.code, f"Mohon {MARK} dihapus")
    with store.reading() as tx:
        told = {(each.template, each.role) for each in tx.notices_of(mine.id)}
    assert {("erasure_requested", "reporter"), ("to_erase", "central_admin")} <= told
    assert "meminta data pribadinya dihapus" in desk.track(mine.code).entries[-1].text
    desk.act(mine.id, ERASE)
    assert ErasureRequested() in [event.fact for event in desk.events(mine.id)]  # the wish stays, its words do not


def test_files_that_a_crash_left_behind_are_deleted_by_the_next_chore(
    desk: Desk, store: Store, submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = submit(uploads=(photo(),))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "clear_away", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.act(mine.id, ERASE)
    monkeypatch.undo()
    assert states(desk, mine) == [State.ERASED]
    assert len(list(tmp_path.glob("files/*/*"))) == count(store, attachments) == 1
    assert store.clear_leftovers() == 1
    assert len(list(tmp_path.glob("files/*/*"))) == count(store, attachments) == 0


def test_a_place_of_files_that_is_away_does_not_make_the_erasing_fail(
    desk: Desk, store: Store, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = submit(uploads=(photo(),))

    def away(*_: object) -> None:
        raise StoreDown("away", code="store_down")

    monkeypatch.setattr(store.files, "delete_all", away)
    assert desk.act(mine.id, ERASE).state is State.ERASED
    monkeypatch.undo()
    assert store.clear_leftovers() == 1


def test_files_of_a_reply_that_came_too_late_do_not_stay(
    desk: Desk, submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are written before the transaction that names them; the person may be erased in between."""
    mine = submit()
    keep = Store.keep_files

    def erased_meanwhile(store: Store, *rest: object) -> None:
        keep(store, *rest)  # type: ignore[arg-type]  # whatever it was called with
        monkeypatch.undo()
        desk.act(mine.id, ERASE)

    monkeypatch.setattr(Store, "keep_files", erased_meanwhile)
    with pytest.raises(Refused) as caught:
        desk.attach(mine.code, (photo(),))
    assert caught.value.code == "not_possible"
    assert list(tmp_path.glob("files/*/*")) == []
    again = submit()
    monkeypatch.setattr(Store, "keep_files", erased_meanwhile)
    mine = again
    newer = submit(uploads=(photo(),))
    assert newer.reporter_ref != again.reporter_ref
    assert [path.parent.name for path in tmp_path.glob("files/*/*")] == [newer.reporter_ref]


def test_a_complaint_that_is_being_taken_in_is_erased_with_the_others(
    desk: Desk, store: Store, submit: Submit, open_again: Callable[[], Store], clock: FrozenClock
) -> None:
    """Two connections: whoever has met the person first is waited for."""
    mine = submit()
    elsewhere = Desk(open_again(), STANDARD, clock=clock)
    eraser = threading.Thread(target=elsewhere.act, args=(mine.id, ERASE))
    with store.transaction() as tx:
        tx.person(mine.reporter_ref)
        eraser.start()
        until_it_waits(store, eraser)
        later = begun_in(tx, mine)
    eraser.join(60)
    assert not eraser.is_alive()
    assert states(desk, mine) == [State.ERASED]
    assert desk.complaint(later).state is State.ERASED


def test_who_reports_while_being_erased_is_somebody_new(
    desk: Desk, store: Store, submit: Submit, open_again: Callable[[], Store], clock: FrozenClock
) -> None:
    mine = submit()
    elsewhere = Desk(open_again(), STANDARD, clock=clock)
    came: list[Complaint] = []
    reporter = threading.Thread(target=lambda: came.append(taken(elsewhere, "1", "pesan-baru")))
    with store.transaction() as tx:
        tx.hold_person(mine.reporter_ref)
        reporter.start()
        until_it_waits(store, reporter)
        tx.erase_person(mine.reporter_ref, NOW)
    reporter.join(60)
    [newer] = came
    assert newer.reporter_ref != mine.reporter_ref
    assert MARK in desk.complaint(newer.id).narrative


def until_it_waits(store: Store, thread: threading.Thread) -> None:
    """Return once a thread waits for a lock of PostgreSQL; SQLite lets nobody see that."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(0 if store.database.is_sqlite else 6000):
        with store.reading() as tx:
            if tx.connection.execute(waiting).scalar_one() or not thread.is_alive():
                return
        time.sleep(0.01)


def begun_in(tx: Transaction, like: Complaint) -> str:
    """Begin another complaint of the same person, as an intake does."""
    submission = Submission(
        channel="sms",
        source_id="x",
        received_at=NOW,
        reporter=like.reporter,
        proofs=frozenset({Proof.SENDER_NUMBER}),
        narrative=f"Jalan {MARK} berlubang",
    )
    begun = receive(submission, STANDARD, NOW, complaint="c9", code="KODE-9", reporter_ref=like.reporter_ref)
    record_new(tx, [begun], STANDARD, NOW)
    return "c9"
