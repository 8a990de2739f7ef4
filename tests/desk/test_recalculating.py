"""A decree that is loaded moves open deadlines in the register: first shown, then done, in any number of runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest

from lapor_core import Act, Action, Actor, Agency, Facts, Kind, Proof, Reporter, Role, Submission
from lapor_core.complaint import Clock, Ground
from lapor_core.events import ClockMoved, ClockStarted
from lapor_core.recalculation import DECREE
from lapor_core.testing import FrozenClock
from lapor_desk.cli import main
from lapor_desk.config import Config
from lapor_desk.house import House, open_house
from lapor_desk.recalculating import Recalculation

MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
SEDANG = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
ADMIN, CENTRE = Actor(role=Role.AGENCY_ADMIN, id="admin"), Actor(role=Role.CENTRAL_ADMIN, id="pusat")
DECREE_FILE = """
[[decrees]]
number = "SKB Contoh 1/2026"
title = "Cuti bersama contoh"
issued = 2026-03-20

[[decrees.days]]
date = 2026-03-30
effect = "off"
kind = "collective_leave"
name = { id = "Cuti bersama contoh", en = "Example collective leave" }
"""

YEAR_FILE = """
[[decrees]]
number = "SKB Contoh 9/2027"
issued = 2027-12-20
year = 2028
covers = true

[[decrees.days]]
date = 2028-01-03
effect = "off"
kind = "national_holiday"
name = { id = "Hari contoh", en = "Example day" }
"""

Open = Callable[..., House]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MORNING)


@pytest.fixture
def config(url: str, tmp_path: Path) -> Config:
    return Config(
        database=url,
        key_file=tmp_path / "lapor.key",
        files=tmp_path / "files",
        outbox=tmp_path / "outbox",
        agencies=(Agency(key="dinas-contoh", name="Dinas Contoh"),),
    )


@pytest.fixture
def open_it(config: Config, clock: FrozenClock) -> Iterator[Open]:
    opened: list[House] = []

    def open_it(**changes: object) -> House:
        opened.append(open_house(attrs.evolve(config, **changes), clock=clock))  # type: ignore[arg-type]  # they differ in type
        return opened[-1]

    yield open_it
    for house in opened:
        house.close()


@pytest.fixture
def decreed(tmp_path: Path) -> dict[str, object]:
    path = tmp_path / "contoh.toml"
    path.write_text(DECREE_FILE, "utf-8")
    return {"decrees": (path,)}


def three_forwarded(house: House) -> list[str]:
    house.officers.add("contoh", "rahasia-contoh", Role.LIAISON_OFFICER, agency="dinas-contoh", email="c@example.id")
    ids = []
    for number in range(3):
        receipt = house.desk.submit(
            Submission(
                channel="sms",
                source_id=str(number),
                received_at=house.clock(),
                reporter=Reporter(mobile=f"+628000000000{number}"),  # invented
                proofs=frozenset({Proof.SENDER_NUMBER}),
                narrative="Lampu jalan contoh mati",
            )
        )
        with house.store.reading() as tx:
            ids.append(tx.find(receipt.code) or "")
        house.desk.act(ids[-1], Act(action=Action.DISPOSE, actor=CENTRE, agencies=("dinas-contoh",), facts=SEDANG))
        house.desk.act(ids[-1], Act(action=Action.VERIFY, actor=ADMIN))
        house.desk.act(ids[-1], Act(action=Action.FORWARD, actor=ADMIN))
    return ids


def resolve(house: House, complaint_id: str) -> Clock:
    (clock,) = (clock for clock in house.desk.complaint(complaint_id).clocks if clock.name == "resolve")
    return clock


def work(house: House) -> Recalculation:
    return Recalculation(store=house.store, standard_of=house.desk.standard_of, batch=2)


def test_looking_shows_what_would_move_and_changes_nothing(open_it: Open, decreed: dict[str, object]) -> None:
    house = open_it()
    ids = three_forwarded(house)
    due = resolve(house, ids[0]).due_date
    later = open_it(**decreed)
    found = list(work(later).look(later.clock()))
    assert work(later).count() == len(found) == 3
    assert all(move.reason == DECREE for each in found for move in each.moves)
    (day,) = found[0].moves[0].days
    assert (day.date, day.decrees) == (date(2026, 3, 30), ("SKB Contoh 1/2026",))
    assert resolve(later, ids[0]).due_date == due


def test_running_moves_each_complaint_keeps_the_old_instant_and_queues_the_news(
    open_it: Open, decreed: dict[str, object], clock: FrozenClock
) -> None:
    ids = three_forwarded(open_it())
    later = open_it(**decreed)
    before = resolve(later, ids[0])
    clock.advance(timedelta(days=8))
    assert [len(each.moves) for each in work(later).run(clock())] == [1, 1, 1]
    after = resolve(later, ids[0])
    assert after.due == before.due + timedelta(days=3)  # from a Friday to a Monday
    facts = [event.fact for event in later.desk.events(ids[0])]
    assert [fact.due for fact in facts if isinstance(fact, ClockStarted) and fact.clock == "resolve"] == [before.due]
    assert [fact.reason for fact in facts if isinstance(fact, ClockMoved)] == [DECREE]
    with later.store.reading() as tx:
        told = [notice for notice in tx.notices_of(ids[0]) if notice.template == "deadline_moved"]
        (listed,) = (each for each in tx.listed() if each.id == ids[0])
    assert sorted(notice.role for notice in told) == ["liaison_officer", "reporter"]
    assert listed.due_at == after.due
    assert next(work(later).run(clock())).moves == ()


def test_a_run_that_was_stopped_is_taken_up_by_the_next_one(open_it: Open, decreed: dict[str, object]) -> None:
    three_forwarded(open_it())
    later = open_it(**decreed)
    assert sum(bool(each.moves) for each in islice(work(later).run(later.clock()), 1)) == 1
    assert sum(bool(each.moves) for each in work(later).run(later.clock())) == 2
    assert sum(bool(each.moves) for each in work(later).run(later.clock())) == 0


def test_a_complaint_whose_reporter_was_erased_is_left_alone_and_stops_nobody(
    open_it: Open, decreed: dict[str, object]
) -> None:
    ids = three_forwarded(open_it())
    later = open_it(**decreed)
    admin = Actor(role=Role.CENTRAL_ADMIN)
    later.desk.act(ids[1], Act(action=Action.ERASE, actor=admin, ground=Ground.REQUESTED))
    found = {each.complaint_id: each for each in work(later).run(later.clock())}
    assert ids[1] not in found  # no clock of it runs any more
    assert sum(bool(each.moves) for each in found.values()) == 2


def test_the_daily_refresh_moves_only_what_was_provisional_and_only_when_decrees_have_changed(
    open_it: Open, decreed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    three_forwarded(open_it())
    later = open_it(**decreed)
    assert work(later).refresh(later.clock(), later.desk.standards) == 0  # nothing of it was provisional
    monkeypatch.setattr(Recalculation, "run", lambda *_, **__: pytest.fail("the decrees are those of the last time"))
    assert work(later).refresh(later.clock(), later.desk.standards) == 0


def test_the_sweep_of_the_next_day_moves_what_was_provisional_once_the_year_is_decreed(
    open_it: Open, tmp_path: Path, clock: FrozenClock
) -> None:
    clock.advance(datetime(2027, 12, 20, 10, tzinfo=MORNING.tzinfo) - clock())
    ids = three_forwarded(open_it())
    path = tmp_path / "2028.toml"
    path.write_text(YEAR_FILE, "utf-8")
    later = open_it(decrees=(path,))
    before = resolve(later, ids[0])
    assert before.provisional
    later.desk.sweep(clock.advance(timedelta(days=1)))
    after = resolve(later, ids[0])
    assert after.due == before.due + timedelta(days=1)
    assert not after.provisional


def test_the_command_shows_days_and_decrees_and_then_moves(
    config: Config, open_it: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three_forwarded(open_it())
    (tmp_path / "contoh.toml").write_text(DECREE_FILE, "utf-8")
    toml = tmp_path / "lapor.toml"
    toml.write_text(
        f'database = "{config.database}"\nkey_file = "lapor.key"\nfiles = "files"\noutbox = "outbox"\n'
        'decrees = ["contoh.toml"]\n[[agencies]]\nkey = "dinas-contoh"\nname = "Dinas Contoh"\n',
        "utf-8",
    )
    assert main(["recalculate", "--dry-run", "--config", str(toml)]) == 0
    shown = capsys.readouterr().out
    assert "no longer counts: Cuti bersama contoh  (SKB Contoh 1/2026)" in shown
    assert "-> " in shown
    assert shown.endswith("would move: 3 by decree\n")
    assert main(["recalculate", "--json", "--config", str(toml)]) == 0
    moved = [move for each in json.loads(capsys.readouterr().out) for move in each["moves"]]
    assert [move["reason"] for move in moved] == ["decree", "decree", "decree"]
    assert main(["recalculate", "--config", str(toml)]) == 0
    assert capsys.readouterr().out == "moved: nothing\n"
    toml.write_text(toml.read_text("utf-8").replace('decrees = ["contoh.toml"]\n', ""), "utf-8")
    assert main(["recalculate", "--dry-run", "--json", "--config", str(toml)]) == 0  # nothing is known of it any more
    moved = [move for each in json.loads(capsys.readouterr().out) for move in each["moves"]]
    assert [move["reason"] for move in moved] == ["policy_or_removed_decree"] * 3
    assert main(["recalculate", "--config", str(toml)]) == 0
    assert capsys.readouterr().out.endswith("moved: 3 by policy or removed decree\n")
