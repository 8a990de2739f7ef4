"""A back-up holds everything but the key, is taken while the desk runs, and opens elsewhere once the key is put there."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import threading
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from PIL import Image
from sqlalchemy import text

from lapor_core import Agency, Proof, Reporter, Role, Submission, Upload
from lapor_core.errors import BadValue, Refused
from lapor_core.testing import FrozenClock
from lapor_desk.backup import back_up
from lapor_desk.checkpoints import check_checkpoint, kept_checkpoints
from lapor_desk.checkup import Finding, examine
from lapor_desk.cli import main
from lapor_desk.config import Config
from lapor_desk.house import House, open_house
from lapor_desk.places import S3Place
from lapor_desk.store import Database, Store, StoreDown, database_url, form_of, migrating, upgrade

MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
AGENCIES = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
MARK = "PENANDA-CERITA"


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, "PNG")
    return made.getvalue()


def submit(house: House, number: int) -> str:
    return house.desk.submit(
        Submission(
            channel="sms",
            source_id=str(number),
            received_at=MORNING,
            reporter=Reporter(mobile=f"+62800{number:07}"),  # invented
            proofs=frozenset({Proof.SENDER_NUMBER}),
            narrative=f"{MARK} {number}",
            uploads=(Upload(name="foto.png", content=picture()),),
        )
    ).code


def config(folder: Path) -> Config:
    return Config(database=f"sqlite:///{folder}/lapor.db", agencies=AGENCIES, block_plugins=("email",))


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def told(house: House) -> list[Finding]:
    return [finding for _, found in examine(house, MORNING) for finding in found]


def test_a_restored_desk_is_the_same_and_the_doctor_finds_it_well(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, there = tmp_path / "saved", tmp_path / "there"
    monkeypatch.setattr("lapor_desk.officers._hashed", lambda _: "no password")  # a real one takes its time
    with open_house(config(here), clock=FrozenClock(MORNING)) as house:
        code = submit(house, 1)
        for role in (Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN, Role.INSPECTORATE):
            house.officers.add(f"{role}", "rahasia-contoh", role)
        house.engine.run_once(MORNING)
        before = told(house)
        assert not any(finding.serious for finding in before)
        assert back_up(house.store, house.files, saved, MORNING).files == 1
        assert back_up(house.store, house.files, saved, MORNING + timedelta(days=1)).files == 0
    shutil.copytree(saved, there)
    shutil.copy(here / "lapor.key", there / "lapor.key")
    with open_house(config(there), clock=FrozenClock(MORNING)) as restored:
        assert told(restored) == before
        with restored.store.reading() as tx:
            complaint = tx.load(tx.find(code) or "")
        assert complaint.narrative == f"{MARK} 1"
        assert restored.store.read_file(complaint.reporter_ref, complaint.attachments[0].digest)
        assert list(check_checkpoint(restored.store, kept_checkpoints(there / "lapor-checkpoints")[-1])) == []


def test_neither_the_key_nor_anything_that_can_be_read_is_in_it(here: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    with open_house(config(here), clock=FrozenClock(MORNING)) as house:
        submit(house, 1)
        back_up(house.store, house.files, saved, MORNING)
    key = (here / "lapor.key").read_text("ascii").strip()
    everything = [path for path in saved.rglob("*") if path.is_file()]
    assert not [path for path in everything if path.suffix == ".key"]
    for path in everything:
        content = path.read_bytes()
        assert MARK.encode() not in content
        assert key.encode() not in content
        assert bytes.fromhex(key) not in content
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "NOT in here" in (saved / "README.txt").read_text("utf-8")


def test_a_file_that_is_being_written_or_was_erased_meanwhile_is_left_out(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_house(config(here), clock=FrozenClock(MORNING)) as house:
        submit(house, 1)
        submit(house, 2)
        gone, kept = sorted(path for path in house.files.rglob("*") if path.is_file())
        gone.with_name(f"{gone.name}#1").write_bytes(b"half of it")
        opened = Path.open

        def erased(path: Path, *rest: Any, **options: Any) -> Any:
            if path == gone:
                path.unlink()
            return opened(path, *rest, **options)

        monkeypatch.setattr(Path, "open", erased)
        assert back_up(house.store, house.files, tmp_path / "saved", MORNING).files == 1
    copied = [path.name for path in (tmp_path / "saved" / "lapor-files").rglob("*") if path.is_file()]
    assert copied == [kept.name]


def test_a_back_up_that_is_taken_while_citizens_write_is_whole(here: Path, tmp_path: Path) -> None:
    saved, there = tmp_path / "saved", tmp_path / "there"
    stop = threading.Event()
    with open_house(config(here), clock=FrozenClock(MORNING)) as house:

        def write() -> None:
            number = 100
            while not stop.is_set():
                submit(house, number := number + 1)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for day in range(3):
                back_up(house.store, house.files, saved, MORNING + timedelta(days=day))
        finally:
            stop.set()
            writer.join()
    shutil.copytree(saved, there)
    shutil.copy(here / "lapor.key", there / "lapor.key")
    with open_house(config(there), clock=FrozenClock(MORNING)) as restored, restored.store.reading() as tx:
        listed = tx.listed(limit=10_000)
        assert listed
        for each in listed:
            complaint = tx.load(each.id)
            assert tx.verify_chain(each.id).holds
            for file in complaint.attachments:
                assert restored.store.read_file(complaint.reporter_ref, file.digest)


def test_a_back_up_comes_to_an_end_however_often_somebody_writes_meanwhile(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite begins a copy anew when it was written between two of its steps."""
    with open_house(config(here), clock=FrozenClock(MORNING)) as house:

        def write(key: str, size: int = 1) -> None:
            with house.store.database.writing() as connection:
                row = {"key": key, "size": size}
                connection.execute(text("INSERT INTO lapor_plugin_storage VALUES ('sms', :key, zeroblob(:size))"), row)

        class AtWork(sqlite3.Connection):
            def backup(self, target: sqlite3.Connection, *, pages: int = -1, **_: Any) -> None:
                steps = 0

                def meanwhile(_: int, left: int, __: int) -> None:
                    nonlocal steps
                    steps += 1
                    assert steps < 20
                    if left:
                        write(f"step {steps}")

                super().backup(target, pages=pages, progress=meanwhile)

        write("much", 5_000_000)
        connect = sqlite3.connect
        monkeypatch.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **{"factory": AtWork} | named))
        back_up(house.store, house.files, tmp_path / "saved", MORNING)
    assert (tmp_path / "saved" / "lapor.db").stat().st_size > 5_000_000


def test_a_desk_of_an_earlier_version_is_copied_as_it_is(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever installed the new version first must still have a way back."""
    url = config(here).database
    with monkeypatch.context() as earlier:
        earlier.setattr(migrating, "HEAD", "0001")
        upgrade(database := Database(database_url(url)))
    database.close()
    (here / "lapor-files" / "person").mkdir(parents=True)
    (here / "lapor-files" / "person" / ("0" * 64)).write_bytes(b"sealed")
    assert main(["backup", str(tmp_path / "saved"), "--database", url]) == 0
    assert "of an earlier version, as it is, 1 new file" in capsys.readouterr().out
    assert form_of(f"sqlite:///{tmp_path}/saved/lapor.db") == form_of(url) == "0001"
    assert (tmp_path / "saved" / "lapor-files" / "person" / ("0" * 64)).read_bytes() == b"sealed"
    assert "earlier version" in (tmp_path / "saved" / "README.txt").read_text("utf-8")


def test_why_a_back_up_cannot_be_written_is_told(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("lapor_desk.backup.sync_file", full)
    with open_house(config(here)) as house, pytest.raises(StoreDown, match=os.strerror(errno.ENOSPC)):
        back_up(house.store, house.files, tmp_path / "saved", MORNING)
    assert not list((tmp_path / "saved").glob("*.db"))
    assert not list((tmp_path / "saved").glob(".lapor-*"))


def test_of_files_in_a_bucket_the_back_up_says_where_they_are(
    here: Path, tmp_path: Path, bucket: S3Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, there = tmp_path / "saved", tmp_path / "there"
    with open_house(attrs.evolve(config(here), files=bucket), clock=FrozenClock(MORNING)) as house:
        code = submit(house, 1)
        assert back_up(house.store, house.files, saved, MORNING).files is None
    assert not (saved / "lapor-files").exists()
    assert str(bucket) in (saved / "README.txt").read_text("utf-8")
    shutil.copytree(saved, there)
    shutil.copy(here / "lapor.key", there / "lapor.key")
    monkeypatch.setattr("lapor_desk.cli.backup.configured", lambda *_, **__: attrs.evolve(config(there), files=bucket))
    with open_house(attrs.evolve(config(there), files=bucket), clock=FrozenClock(MORNING)) as restored:
        with restored.store.reading() as tx:
            complaint = tx.load(tx.find(code) or "")
        assert restored.store.read_file(complaint.reporter_ref, complaint.attachments[0].digest)
    assert main(["backup", str(tmp_path / "again")]) == 0
    assert f"they lie in {bucket}" in capsys.readouterr().out


def test_the_desks_own_folder_and_another_database_are_refused(here: Path, tmp_path: Path, store: Store) -> None:
    with (
        open_house(config(here), clock=FrozenClock(MORNING)) as house,
        pytest.raises(BadValue, match="the desk itself"),
    ):
        back_up(house.store, house.files, here, MORNING)
    if not store.database.is_sqlite:
        with pytest.raises(Refused, match="pg_dump"):
            back_up(store, tmp_path / "files", tmp_path / "saved", MORNING)


def test_the_command_reminds_of_the_key(here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_house(config(here)):
        pass
    assert main(["backup", str(tmp_path / "saved"), "--database", config(here).database]) == 0
    assert "The master key is not in it" in capsys.readouterr().out
