"""The report to the superior: read from the record, the same whatever is loaded today, and with nobody's name in it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from sqlalchemy import update

from lapor_core import Act, Action, Actor, Agency, Facts, Ground, Kind, Proof, Reporter, Role, Submission
from lapor_core.performance import ClockRow, Result, clock_rows
from lapor_core.policy.amounts import Limit
from lapor_core.policy.loading import shipped_policy
from lapor_core.records import to_record
from lapor_core.reports import Report, due_within, report
from lapor_core.standard import load_standard
from lapor_core.testing import FrozenClock, Life, lives
from lapor_desk.cli import main
from lapor_desk.config import Config
from lapor_desk.desk import Desk
from lapor_desk.house import open_house
from lapor_desk.recalculating import Recalculation
from lapor_desk.reporting import _DAY, count_received, read_clocks
from lapor_desk.store.tables import events

MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
YEAR: dict[str, Any] = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
AGENCIES = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="badan-contoh", name="Badan Contoh"))
STANDARD = load_standard("banjarbaru", agencies=AGENCIES)
SEDANG = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
CENTRE, ADMIN = Actor(role=Role.CENTRAL_ADMIN, id="pusat"), Actor(role=Role.AGENCY_ADMIN, id="admin")
OFFICER = Actor(role=Role.LIAISON_OFFICER, id="petugas")
MARK = "Penanda-Contoh"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MORNING)


@pytest.fixture
def desk(url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Desk]:
    """A desk with three complaints: one answered in time, one missed and then answered late, one that runs."""
    places = {"key_file": tmp_path / "lapor.key", "files": tmp_path / "files", "outbox": tmp_path / "outbox"}
    with open_house(Config(database=url, agencies=AGENCIES, **places), clock=clock) as house:
        desk = house.desk
        in_time, late = forwarded(desk, "1", "dinas-contoh"), forwarded(desk, "2", "badan-contoh")
        clock.advance(timedelta(days=5))
        desk.act(in_time, Act(action=Action.RESPOND, actor=OFFICER, text=MARK))
        clock.advance(timedelta(days=30))
        desk.sweep(clock())
        desk.act(late, Act(action=Action.RESPOND, actor=Actor(role=Role.SUPERIOR, id="atasan"), text=MARK))
        forwarded(desk, "3", "dinas-contoh", clock())
        yield desk


def forwarded(desk: Desk, number: str, agency: str, at: datetime = MORNING) -> str:
    receipt = desk.submit(
        Submission(
            channel="sms",
            source_id=number,
            received_at=at,
            reporter=Reporter(name=MARK, mobile=f"+628000000000{number}"),  # invented
            proofs=frozenset({Proof.SENDER_NUMBER}),
            narrative=MARK,
        )
    )
    with desk.store.reading() as tx:
        complaint = tx.find(receipt.code) or ""
    desk.act(complaint, Act(action=Action.DISPOSE, actor=CENTRE, agencies=(agency,), facts=SEDANG))
    desk.act(complaint, Act(action=Action.VERIFY, actor=ADMIN))
    desk.act(complaint, Act(action=Action.FORWARD, actor=ADMIN))
    return complaint


def reported(desk: Desk) -> Report:
    assert sum(1 for _ in read_clocks(desk.store, **YEAR)) == count_received(desk.store, YEAR["last"])
    return report((row for each in read_clocks(desk.store, **YEAR) for row in each.rows), **YEAR)


def test_each_agency_has_what_it_owed_and_nothing_of_today_changes_that(desk: Desk, clock: FrozenClock) -> None:
    before = reported(desk)
    kinds = (Result.IN_TIME, Result.LATE, Result.RUNNING)
    assert [(each.agency, each.month, *map(each.of, kinds)) for each in before.office.rows] == [
        ("badan-contoh", "2026-04", 0, 1, 0),
        ("dinas-contoh", "2026-04", 1, 0, 0),
        ("dinas-contoh", "2026-05", 0, 0, 1),
    ]
    (total,) = before.office.totals
    assert (total.promised, total.in_time) == (3, 0.5)

    policy = shipped_policy("banjarbaru")
    tiers = tuple(attrs.evolve(tier, limits={"resolve": Limit.parse("2 days")}) for tier in policy.tiers)
    shorter = load_standard(attrs.evolve(policy, tiers=tiers), agencies=AGENCIES)
    today = Desk(desk.store, shorter.as_known_on(date(2024, 1, 1)), clock=clock)
    moves = list(Recalculation(store=today.store, standard_of=today.standard_of).look(clock()))
    assert any(each.moves for each in moves)  # by what is loaded now, other promises would have been made
    assert reported(today) == before
    stranger = Desk(desk.store, load_standard("malinau"), clock=clock)  # nothing here was received under it
    assert reported(stranger) == before

    of_an_erased_reporter_whether_in_time_stays_and_what_cannot_be_read_is_told(desk)


def of_an_erased_reporter_whether_in_time_stays_and_what_cannot_be_read_is_told(desk: Desk) -> None:
    with desk.store.reading() as tx:
        latest, late, first = (each.id for each in tx.listed())
    desk.erase(first, Act(action=Action.ERASE, actor=CENTRE, ground=Ground.REQUESTED))
    assert [each.of(Result.IN_TIME) for each in reported(desk).office.rows] == [0, 1, 0]
    with desk.store.transaction() as tx:
        tx.connection.execute(update(events).where(events.c.complaint_id == late).values(public='{"ghost":1}'))
    read = {each.complaint_id: each for each in read_clocks(desk.store, **YEAR)}
    assert [read[each].problem for each in (first, late, latest)] == ["", "bad_json", ""]
    assert read[late].rows == ()


def test_of_a_record_in_which_nothing_was_due_in_that_time_no_more_is_read_than_that(desk: Desk) -> None:
    def due_in(period: tuple[date, date]) -> tuple[list[ClockRow], list[ClockRow]]:
        asked: dict[str, Any] = {"first": period[0], "last": period[1]}
        alone = [row for each in read_clocks(desk.store, **asked) for row in each.rows]
        of_the_year = [row for each in read_clocks(desk.store, **YEAR) for row in each.rows]
        assert {row.complaint for row in alone} == {row.complaint for row in due_within(of_the_year, **asked)}
        return [*due_within(alone, **asked)], [*due_within(of_the_year, **asked)]

    april, may = (date(2026, 4, 1), date(2026, 4, 30)), (date(2026, 5, 1), date(2026, 5, 31))
    for period, number in ((april, 2), (may, 1), ((april[0], may[1]), 3), ((date(2026, 1, 1), date(2026, 2, 1)), 0)):
        alone, of_the_year = due_in(period)
        assert alone == of_the_year
        assert len(alone) == number


@given(lives(most=4))
def test_the_day_of_every_clock_stands_in_the_open_in_a_fact_that_gives_it(life: Life) -> None:
    told = [json.dumps(dict(to_record(event).public), separators=(",", ":")) for event in life.events]
    assert {str(row.due_date) for row in clock_rows(life.events)} <= {
        day for text in told for day in _DAY.findall(text)
    }


@pytest.fixture
def lapor(url: str, desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs ``lapor report`` on the desk's database and returns what it printed."""
    assert desk
    toml = tmp_path / "lapor.toml"
    toml.write_text(f'database = "{url}"\nkey_file = "lapor.key"\nfiles = "files"\noutbox = "outbox"\n', "utf-8")

    def run(*argv: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main(["report", *argv, "--config", str(toml)]) == status
        seen = capsys.readouterr()
        assert MARK not in seen.out + seen.err
        assert "8000000000" not in seen.out + seen.err
        return seen.out or seen.err

    return run


def test_the_command_prints_a_table_and_files_for_other_programs_and_says_what_it_cannot_do(
    lapor: Callable[..., str], desk: Desk
) -> None:
    period = ("--from", "2026-01-01", "--until", "2026-12-31")
    table = lapor(*period).splitlines()
    assert table[0] == "promises due from 2026-01-01 to 2026-12-31"
    assert [line.split() for line in table[2:]] == [
        [
            *("month", "agency", "tier", "clock", "promised", "done", "late", "overdue", "lapsed", "running"),
            *("other", "end", "corrected", "in", "time", "median", "90", "%"),
        ],
        ["2026-04", "badan-contoh", "sedang", "resolve", *"10100000", "0.0%", "19", "19"],
        ["2026-04", "dinas-contoh", "sedang", "resolve", *"11000000", "100.0%", "2", "2"],
        ["2026-05", "dinas-contoh", "sedang", "resolve", *"10000100", "-", "-", "-"],
        ["all", "all", "all", "resolve", *"31100100", "50.0%", "2", "19"],
        [],
        ["in", "time:", "done", "in", "time,", "of", "all", "that", "were", "done", "or", "past", "due"],
    ]
    data = json.loads(lapor(*period, "--agency", "badan-contoh", "--json"))
    assert [(each["agency"], each["late"], each["share_in_time"]) for each in data["office"]["rows"]] == [
        ("badan-contoh", 1, 0.0)
    ]
    assert data["reporter"] == {"rows": [], "totals": []}
    sheet = list(csv.DictReader(io.StringIO(lapor(*period, "--csv"))))
    assert [each["median_working_days"] for each in sheet] == ["19", "2", ""]
    results = [result.value for result in Result]
    assert all(int(each["promised"]) == sum(int(each[name]) for name in results) for each in sheet)
    clocks = list(csv.DictReader(io.StringIO(lapor(*period, "--rows"))))
    lines = [json.loads(line) for line in lapor(*period, "--rows", "--json").splitlines()]
    assert {each["verdict"] for each in clocks} == {each["verdict"] for each in lines} == {"met", "missed", "running"}
    assert all(each["policy"] == "banjarbaru@1" and each["calendar"] for each in clocks)
    codes = {desk.complaint(each["complaint"]).code for each in clocks}
    assert not [code for code in codes if code in str(clocks) + str(lines)]
    assert lapor("--from", "2027-01-01", "--until", "2027-01-31").count("\n") == 5

    assert "ends before it begins" in lapor("--from", "2026-02-01", "--until", "2026-01-31", status=2)
    assert "not a date" in lapor("--from", "kemarin", "--until", "2026-01-31", status=2)
    with desk.store.transaction() as tx:
        tx.connection.execute(update(events).values(public='{"ghost":1}'))
    lapor("--from", "2026-01-01", "--until", "2026-12-31", status=1)
