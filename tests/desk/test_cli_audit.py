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

from lapor_core import Proof, Reporter, Submission
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
