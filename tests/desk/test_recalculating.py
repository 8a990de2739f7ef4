"""A decree that is loaded moves open deadlines in the register: first shown, then done, in any number of runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from lapor_core import Act, Action, Actor, Agency, Facts, Kind, Proof, Reporter, Role, Submission
from lapor_core.complaint import Clock, Complaint, Ground
from lapor_core.errors import Refused
from lapor_core.events import ClockMoved, ClockStarted
from lapor_core.recalculation import DECREE
from lapor_core.standard import Standard
from lapor_core.testing import FrozenClock
from lapor_desk import recalculating
from lapor_desk.auditing import chains
from lapor_desk.cli import main
from lapor_desk.config import Config
from lapor_desk.house import House, open_house
from lapor_desk.recalculating import Recalculation
from lapor_desk.store import Reading, StoreDown, Transaction

MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
SEDANG = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
OFFICER, REPORTER = Actor(role=Role.LIAISON_OFFICER, id="contoh"), Actor(role=Role.REPORTER)
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


def written(config: Config, folder: Path) -> Path:
    """The same configuration with the decree, as a file."""
    (folder / "contoh.toml").write_text(DECREE_FILE, "utf-8")
    toml = folder / "lapor.toml"
    toml.write_text(
        f'database = "{config.database}"\nkey_file = "lapor.key"\nfiles = "files"\noutbox = "outbox"\n'
        'decrees = ["contoh.toml"]\n[[agencies]]\nkey = "dinas-contoh"\nname = "Dinas Contoh"\n',
        "utf-8",
    )
    return toml


def test_the_command_shows_days_and_decrees_and_then_moves(
    config: Config, open_it: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three_forwarded(open_it())
    toml = written(config, tmp_path)
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


def test_somebody_who_acts_meanwhile_is_not_in_the_way_of_the_run_nor_it_in_theirs(
    open_it: Open, decreed: dict[str, object], clock: FrozenClock
) -> None:
    house = open_it()
    ids = three_forwarded(house)
    later = open_it(**decreed)
    began = clock()
    asked: list[str] = []

    def standard_of(complaint: Complaint) -> Standard:
        asked.append(complaint.id)
        if later.store.database.is_sqlite:  # whose one writer keeps everybody out while it judges
            return later.desk.standard_of(complaint)
        if asked.count(complaint.id) == 2:  # it was loaded to be moved
            clock.advance(timedelta(minutes=5))
            house.desk.act(complaint.id, Act(action=Action.ASK, actor=OFFICER, text="Di mana?"))
            house.desk.act(complaint.id, Act(action=Action.REPLY, actor=REPORTER, text="Di sini"))
        return later.desk.standard_of(complaint)

    found = list(Recalculation(store=later.store, standard_of=standard_of).run(began))
    assert [len(each.moves) for each in found] == [1, 1, 1]
    assert all(chain.holds for chain in chains(later.store))
    for complaint_id in ids:
        moments = [event.happened_at for event in later.desk.events(complaint_id)]
        assert moments == sorted(moments)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_what_happened_after_the_run_began_is_judged_as_of_then(
    open_it: Open, decreed: dict[str, object], clock: FrozenClock
) -> None:
    house = open_it()
    first, *_ = three_forwarded(house)
    later, began = open_it(**decreed), clock()
    clock.advance(timedelta(days=1))
    house.desk.act(first, Act(action=Action.ASK, actor=OFFICER, text="Di mana?"))
    clock.advance(timedelta(days=3))
    house.desk.act(first, Act(action=Action.REPLY, actor=REPORTER, text="Di sini"))
    found = {each.complaint_id: each for each in work(later).run(began)}
    assert {each.problem for each in found.values()} == {""}
    assert len(found[first].moves) == 1
    moments = [event.happened_at for event in later.desk.events(first)]
    assert moments == sorted(moments)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_date_does_not_move_into_the_past_until_somebody_says_so(
    open_it: Open, tmp_path: Path, clock: FrozenClock, decreed: dict[str, object]
) -> None:
    with_leave = open_it(**decreed)
    first, *_ = three_forwarded(with_leave)
    before = resolve(with_leave, first)
    without = open_it()
    early = [move for each in work(without).look(clock()) for move in each.moves]
    assert len(early) == 3
    now = clock.advance(before.due - timedelta(hours=1) - clock())
    looked, ran = list(work(without).look(now)), list(work(without).run(now))
    assert [(each.moves, len(each.kept)) for each in looked] == [((), 1)] * 3
    assert [(each.moves, len(each.kept)) for each in ran] == [((), 1)] * 3
    assert resolve(without, first) == before
    assert [len(each.moves) for each in work(without).run(now, into_past=True)] == [1, 1, 1]
    assert resolve(without, first).due < now


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_one_that_was_late_already_moves_as_any_other(
    open_it: Open, clock: FrozenClock, decreed: dict[str, object]
) -> None:
    with_leave = open_it(**decreed)
    first, *_ = three_forwarded(with_leave)
    late = clock.advance(resolve(with_leave, first).due + timedelta(days=1) - clock())
    assert [len(each.moves) for each in work(open_it()).run(late)] == [1, 1, 1]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_one_that_cannot_be_moved_is_told_with_the_reason_and_stops_no_other(
    open_it: Open, decreed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second, _ = sorted(three_forwarded(open_it()))
    later = open_it(**decreed)
    whole = recalculating.record

    def refusing(tx: Transaction, before: Complaint, *more: Any) -> Complaint:
        if before.id == second:
            raise Refused("this one refuses", code="changed_meanwhile")
        return whole(tx, before, *more)

    monkeypatch.setattr(recalculating, "record", refusing)
    found = list(work(later).run(later.clock()))
    assert [len(each.moves) for each in found] == [1, 0, 1]
    assert (found[1].problem, found[1].reason) == ("changed_meanwhile", "this one refuses")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_database_that_is_away_stops_the_run_and_is_no_fault_of_a_complaint(
    open_it: Open, decreed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    three_forwarded(open_it())
    later = open_it(**decreed)
    away = StoreDown("it is away", code="store_down")
    monkeypatch.setattr(Reading, "load_each", lambda *_: (_ for _ in ()).throw(away))
    with pytest.raises(StoreDown):
        list(work(later).look(later.clock()))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_command_that_is_broken_off_has_told_what_it_moved(
    config: Config, open_it: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    three_forwarded(open_it())
    toml = written(config, tmp_path)
    whole = recalculating.record

    def broken_off(said: list[str]) -> tuple[str, str]:
        """Break it off at its second complaint, and return the code of the first and what was printed."""
        done: list[Complaint] = []

        def record(*args: Any) -> Complaint:
            if done:
                raise KeyboardInterrupt
            done.append(whole(*args))
            return done[0]

        monkeypatch.setattr(recalculating, "record", record)
        with pytest.raises(SystemExit, match="130"):
            main(["recalculate", *said, "--config", str(toml)])
        return done[0].code, capsys.readouterr().out

    code, shown = broken_off(["--json"])
    assert [each["code"] for each in json.loads(shown)] == [code]
    code, shown = broken_off([])
    assert shown.startswith(code)
    assert shown.endswith("moved: 1 by decree\n")
    monkeypatch.setattr(recalculating, "record", whole)
    assert main(["recalculate", "--config", str(toml)]) == 0
    assert capsys.readouterr().out.endswith("moved: 1 by decree\n")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_the_command_tells_which_dates_would_be_over_and_which_complaints_it_could_not_judge(
    config: Config,
    open_it: Open,
    clock: FrozenClock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    toml = written(config, config.files.parent)
    with_leave = open_it(decrees=(toml.with_name("contoh.toml"),))
    first, *_ = three_forwarded(with_leave)
    clock.advance(resolve(with_leave, first).due - clock())
    toml.write_text(toml.read_text("utf-8").replace('decrees = ["contoh.toml"]\n', ""), "utf-8")
    monkeypatch.setattr("lapor_desk.house.open_house", partial(open_house, clock=clock))
    assert main(["recalculate", "--dry-run", "--config", str(toml)]) == 0
    shown = capsys.readouterr().out
    assert "resolve  kept: Senin, 13 April 2026 -> Jumat, 10 April 2026" in shown
    assert shown.endswith("would move: nothing; 3 kept, over already by what is known now (--into-past moves them)\n")
    strange = Refused("this one is strange", code="tampered")
    monkeypatch.setattr(recalculating, "moves", lambda *_: (_ for _ in ()).throw(strange))
    assert main(["recalculate", "--config", str(toml)]) == 1
    shown = capsys.readouterr().out
    assert f"{first}  cannot be judged: tampered: this one is strange" in shown
    assert shown.endswith("moved: nothing; 3 complaints could not be judged\n")
