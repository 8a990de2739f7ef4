"""``lapor audit``: what it prints, and its exit status."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from lapor_core import Actor, Proof, Reporter, Role, Submission
from lapor_desk.cli import main
from lapor_desk.config import Config
from lapor_desk.house import open_house
from lapor_desk.store.tables import events

RECEIVED = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
Run = Callable[..., int]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(database=f"sqlite:///{tmp_path}/lapor.db")


@pytest.fixture
def code(config: Config) -> str:
    submission = Submission(
        channel="sms",
        source_id="1",
        received_at=RECEIVED,
        reporter=Reporter(mobile="+6280000000001"),  # invented
        proofs=frozenset({Proof.SENDER_NUMBER}),
        narrative="Lampu jalan contoh mati",
    )
    with open_house(config) as house:
        return house.desk.submit(submission).code


@pytest.fixture
def audit(config: Config) -> Run:
    return lambda *said: main(["audit", *map(str, said), "--database", config.database])


def tamper(config: Config) -> None:
    with open_house(config) as house, house.store.transaction() as tx:
        tx.connection.execute(update(events).where(events.c.sequence == 1).values(office="lain"))


def test_a_record_that_holds_is_status_0(audit: Run, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("verify") == 0
    assert capsys.readouterr().out.startswith("1 chains hold, ")
    assert audit("verify", "--complaint", code) == 0
    assert len(json.loads(capsys.readouterr().out)["head"]) == 64


def test_a_broken_link_is_named_with_status_1(
    audit: Run, code: str, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(config)
    assert audit("verify") == 1
    assert "link 1: event 1 was changed" in capsys.readouterr().out
    assert audit("verify", "--complaint", code) == 1
    assert "link 1: event 1 was changed" in capsys.readouterr().out


def test_a_code_that_nobody_has_is_bad_input(audit: Run, code: str) -> None:
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert audit("verify", "--complaint", wrong) == 2


def test_a_checkpoint_is_printed_and_can_be_verified_against(
    audit: Run, code: str, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit("checkpoint") == 0
    printed, _, path = capsys.readouterr().out.strip().rpartition("\n")
    assert json.loads(printed)["complaints"] == 1
    assert Path(path).parent.name == "lapor-checkpoints"
    assert audit("verify", "--checkpoint", path) == 0
    tamper(config)
    assert audit("verify", "--checkpoint", path) == 1


def test_the_log_is_exported_once_and_for_its_owner_only(audit: Run, code: str, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    assert audit("export", file) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text("utf-8").splitlines()) > 2
    assert audit("export", file) == 2


# Who looked at reporters


@pytest.fixture
def looked(config: Config, code: str) -> str:
    """The id of a complaint whose reporter two officers have looked at, one of them twice."""
    with open_house(config, clock=lambda: RECEIVED) as house:
        admin = house.officers.add("admin", "rahasia-contoh", Role.AGENCY_ADMIN)
        with house.store.reading() as tx:
            complaint_id = tx.find(code)
        assert complaint_id is not None
        for officer in (admin.id, "petugas-lama", admin.id):
            house.desk.identity(complaint_id, Actor(role=Role.AGENCY_ADMIN, id=officer), "PENANDA-ALASAN")
    return complaint_id


def test_looks_of_a_period_are_listed_and_counted(audit: Run, looked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("looks", "--since", "2026-03-13", "--until", "2026-03-13") == 0
    told = capsys.readouterr().out
    assert told.count(looked) == 3
    assert told.splitlines()[-3:] == ["admin (agency_admin): 2", "petugas-lama (agency_admin): 1", "looks: 3"]
    assert "2026-03-13 10:00" in told
    assert "PENANDA" not in told
    assert audit("looks", "--since", "2026-03-14", "--until", "2026-03-20") == 0
    assert capsys.readouterr().out == "looks: 0\n"


def test_looks_as_json_name_officers_by_id_and_login(
    audit: Run, looked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit("looks", "--since", "2026-03-01", "--until", "2026-03-31", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["looks"] for each in told["officers"]] == [2, 1]
    assert [each["login"] for each in told["officers"]] == ["admin", None]
    assert {each["complaint"] for each in told["looks"]} == {looked}
    assert {(each["role"], each["shown"]) for each in told["looks"]} == {("agency_admin", "contact")}


@pytest.mark.parametrize("period", [("2026-03-14", "2026-03-13"), ("kemarin", "2026-03-13")])
def test_a_period_that_is_none_is_refused(
    audit: Run, code: str, period: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit("looks", "--since", period[0], "--until", period[1]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
