"""What a desk does for one complaint, or for one page of them, does not grow with how many it has.

Statements are counted and their plans are looked at; how long they take says more about the machine.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from lapor_core import Act, Action, Actor, Agency, Complaint, Ground, Proof, Reporter, Role, Submission, load_standard
from lapor_core.errors import LaporError
from lapor_core.testing import FrozenClock
from lapor_desk.accounts import Accounts
from lapor_desk.auditing import chains, export_log
from lapor_desk.checkpoints import check_checkpoint, take_checkpoint
from lapor_desk.desk import Desk
from lapor_desk.exporting import export_complaints
from lapor_desk.http.console.finding import Order, Wish, find
from lapor_desk.importing import import_complaints
from lapor_desk.national_export import write_rows
from lapor_desk.reporting import read_clocks
from lapor_desk.store import Files, MasterKey, Store, open_store
from lapor_desk.store.tables import events
from lapor_desk.suggesting import sketch_new

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
STANDARD = load_standard("banjarbaru", agencies=[Agency(key="dinas-contoh", name="Dinas Contoh")])
ADMIN = Actor(role=Role.CENTRAL_ADMIN, id="petugas-1")
ERASE = Act(action=Action.ERASE, actor=ADMIN, ground=Ground.REQUESTED)
HOLD = Act(action=Action.HOLD, actor=ADMIN, text="menunggu surat")

on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

Watched = Callable[[Store], Any]
TakeIn = Callable[..., Complaint]
Erase = Callable[[Store, str], object]


def test_several_complaints_are_read_with_two_statements_each_as_if_it_were_alone(
    store: Store, take_in: TakeIn, watched: Watched
) -> None:
    ids = [take_in().id for _ in range(4)]
    with store.transaction() as tx:
        tx.connection.execute(update(events).where(events.c.complaint_id == "c3").values(public="[]"))
    asked = watched(store)
    with store.reading() as tx:
        found = dict(tx.load_each([*ids, "c9"]))
    assert len(asked.statements) == 2
    with store.reading() as tx:
        assert {each: found[each] for each in ("c1", "c2", "c4")} == {
            each: tx.load(each) for each in ("c1", "c2", "c4")
        }
    codes = {each: error.code for each, error in found.items() if isinstance(error, LaporError)}
    assert codes == {"c3": "tampered", "c9": "unknown_complaint"}
    assert list(found) == [*ids, "c9"]


def _checked(store: Store, folder: Path) -> None:
    assert not list(check_checkpoint(store, take_checkpoint(store, folder, NOW)[0]))


WHOLE: dict[str, Callable[[Store, Path], object]] = {
    "export": lambda store, _: list(export_complaints(store, io.StringIO(), NOW, with_personal_data=True)),
    "export-csv": lambda store, _: list(write_rows(store, io.StringIO(), STANDARD)),
    "audit export": lambda store, _: export_log(store, io.StringIO(), NOW),
    "checkpoint": _checked,
    "report": lambda store, _: list(read_clocks(store, NOW.date(), NOW.date())),
    "sketches": lambda store, _: sketch_new(store, NOW),
}
"""What goes through all complaints, some hundred of them at a time."""


@pytest.mark.parametrize("what", WHOLE)
def test_going_through_all_asks_as_often_for_five_complaints_as_for_two(
    store: Store, take_in: TakeIn, watched: Watched, tmp_path: Path, what: str
) -> None:
    asked, counts = watched(store), []
    for number in (2, 3):
        for _ in range(number):
            take_in()
        asked.said.clear()
        WHOLE[what](store, tmp_path)
        counts.append(len(asked.statements))
    assert counts[0] == counts[1] > 0


def test_an_export_lets_others_work_and_is_whole_all_the_same(
    store: Store, take_in: TakeIn, erase: Erase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines are of one moment, but for whoever was erased meanwhile: nothing of theirs goes out any more."""
    monkeypatch.setattr("lapor_desk.auditing._PORTION", 1)
    erased = [take_in() for _ in range(3)][2]
    out = io.StringIO()
    going = export_complaints(store, out, NOW, with_personal_data=True)
    assert next(going).complaint == "c1"

    Desk(store, STANDARD, clock=FrozenClock(NOW)).act("c2", HOLD)
    erase(store, erased.reporter_ref)
    if store.database.is_sqlite:  # an export that kept reading would keep what the log holds of their key
        assert not tmp_path.joinpath("lapor.db-wal").stat().st_size
    assert not [each.problem for each in going if each.problem]

    _, first, second, third, end = map(json.loads, out.getvalue().splitlines())
    assert [each["id"] for each in (first, second, third)] == ["c1", "c2", "c3"]
    assert not {event["type"] for event in second["events"]} & {"held"}
    assert (third["person"]["key"], third["events"][-1]["type"]) == (None, "erased")
    assert end == {"complaints": 3}
    other = open_store(f"sqlite:///{tmp_path}/other.db", master=MasterKey(bytes(32)), files=Files.memory())
    taken = import_complaints(other, out.getvalue().splitlines(), lambda _: STANDARD, NOW)
    assert [each.outcome for each in taken] == ["new"] * 3
    other.close()


@on_sqlite
def test_what_is_done_to_one_complaint_goes_through_no_table(
    store: Store, take_in: TakeIn, watched: Watched, clock: FrozenClock
) -> None:
    take_in()
    desk, reporter = Desk(store, STANDARD, clock=clock), Reporter(mobile="+6280000000009")  # invented
    asked = watched(store)
    receipt = desk.submit(
        Submission(
            channel="sms",
            source_id="1",
            received_at=NOW,
            reporter=reporter,
            proofs=frozenset({Proof.SENDER_NUMBER}),
            narrative="Lampu jalan contoh padam",
        )
    )
    desk.track(receipt.code)
    with store.reading() as tx:
        mine = tx.find(receipt.code)
    assert mine is not None
    desk.act(mine, HOLD)
    desk.identity_reports(mine, ADMIN, "perlu dihubungi")
    Accounts(store, clock=clock).challenge(reporter)
    desk.sweep(NOW)
    desk.erase(mine, ERASE)
    with store.reading() as tx:
        tx.verify_chain(mine)
    assert asked.scans() == []


@on_sqlite
def test_each_portion_of_a_verification_looks_at_its_own_part_of_the_record(
    store: Store, take_in: TakeIn, watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lapor_desk.auditing._BATCH", 1)
    monkeypatch.setattr("lapor_desk.checkpoints._PORTION", 1)
    take_in()
    take_in()
    document, _ = take_checkpoint(store, tmp_path, NOW)
    asked = watched(store)
    assert [chain.complaint for chain in chains(store)] == ["c1", "c2"]
    assert not list(check_checkpoint(store, document))
    assert len(asked.statements) == 9
    assert asked.scans() == []


WISHES = (
    *(Wish(), Wish(state="open"), Wish(state="closed", page=2), Wish(order=Order.URGENT, state="open")),
    *(Wish(late=True), Wish(tier="sedang"), Wish(agency="dinas-contoh", tier="sedang", late=True)),
)


@on_sqlite
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.query() or "?")
def test_counting_for_a_list_never_looks_complaints_up_one_by_one_in_the_order_of_an_index(
    store: Store, take_in: TakeIn, watched: Watched, wish: Wish
) -> None:
    take_in()
    asked = watched(store)
    with store.reading() as tx:
        find(tx, wish, None, NOW)
    assert len(asked.statements) == (2 if wish.agency or wish.tier else 3)
    assert not [step for step in asked.scans() if "USING INDEX ix_lapor_complaints_state" in step]
