"""Complaints go out in the shape of the national service's export, and what comes in from there goes out as it came."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lapor_core import Actor, Agency, Complaint, Role, State, load_standard
from lapor_core.complaint import Visit
from lapor_core.external_ids import note_external_ids
from lapor_core.testing import Life
from lapor_desk.cli import main
from lapor_desk.national_csv import COLUMNS, BadRow, NationalRow, as_cell, read_rows
from lapor_desk.national_export import national_row, write_rows
from lapor_desk.nationals import take_rows
from lapor_desk.recording import record
from lapor_desk.store import Files, Store, open_store

WIB = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 3, 13, 9, tzinfo=WIB)
STANDARD = load_standard("banjarbaru", agencies=[Agency(key="dinas-contoh", name="Dinas Contoh")])
FORMULA = '=HYPERLINK("contoh")'
ROWS = [
    {
        "id": "1",
        "TrackingID": "1916449",
        "Kategori": "Infrastruktur",
        "Area": "Banjarbaru",
        "Status": "Belum",
        "TanggalLaporanMasuk": "2026-03-02 10:00:00",
        "TanggalLaporanAktivitasTerakhir": "2026-03-02 10:00:00",
        "JudulLaporan": FORMULA,
        "IsiLaporan": 'Lampu; "padam",\nsejak\rSenin',
    },
    {
        "id": "2",
        "TrackingID": "1916450",
        "DisposisiInstansi": "Dinas Contoh",
        "Status": "Proses",
        "TanggalLaporanMasuk": "2026-03-02 10:00:01",
        "TanggalDisposisi": "2026-03-04 09:00:00",
        "TanggalLaporanAktivitasTerakhir": "2026-03-04 09:00:00",
        "IsiLaporan": "NULL dan lampu",
    },
    {
        "id": "3",
        "TrackingID": "1916451",
        "Status": "Selesai",
        "TanggalLaporanMasuk": "2026-03-02 10:00:00",
        "TanggalLaporanAktivitasTerakhir": "2026-03-09 12:00:00",
        "TanggalLaporanDitutup": "2026-03-09 12:00:00",
        "IsiLaporan": "-5 derajat",
    },
]
"""As another desk would have written them, but for the marks before texts."""


def written(rows: list[dict[str, str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows({name: as_cell(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def read(text: str) -> list[NationalRow | BadRow]:
    return list(read_rows(io.StringIO(text, newline=""), STANDARD, NOW, WIB))


def test_half_a_character_does_not_keep_a_file_from_being_written() -> None:
    assert as_cell("a\ud83db").encode() == b"a?b"


def exported(store: Store, *, with_texts: bool = True) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    list(write_rows(store, out, STANDARD, with_texts=with_texts))
    return sorted(csv.DictReader(io.StringIO(out.getvalue(), newline="")), key=lambda row: row["TrackingID"])


def test_what_goes_out_and_in_again_into_an_empty_desk_is_the_same(store: Store, tmp_path: Path) -> None:
    outcomes = take_rows(store, read(written(ROWS)), STANDARD, NOW)
    assert [each.outcome for each in outcomes] == ["new"] * 3
    out = exported(store)
    assert [list(row) for row in out] == [list(COLUMNS)] * 3
    cells = [{name: as_cell(cell) for name, cell in row.items()} for row in ROWS]
    assert [{name: cell for name, cell in row.items() if cell} for row in out] == cells
    there = open_store(f"sqlite:///{tmp_path}/there.db", files=Files.local(tmp_path / "there"))
    try:
        raw = io.StringIO(newline="")
        list(write_rows(store, raw, STANDARD, with_texts=True))
        list(take_rows(there, read(raw.getvalue()), STANDARD, NOW))
        assert exported(there) == out
    finally:
        there.close()


def test_texts_go_out_only_when_somebody_says_so(store: Store) -> None:
    list(take_rows(store, read(written(ROWS)), STANDARD, NOW))
    for row in exported(store, with_texts=False):
        assert (row["Area"], row["JudulLaporan"], row["IsiLaporan"]) == ("", "", "")
        assert row["TrackingID"]


@pytest.mark.parametrize("text", [FORMULA, "+62", "-5 derajat", "@contoh", "  =1+1", "null", "'=1", "'kutip'"])
def test_a_text_that_a_spreadsheet_would_run_or_take_for_none_has_a_mark_before_it(text: str) -> None:
    assert as_cell(text) == f"'{text.strip()}"


@example(text="=1+1")
@example(text="null")
@example(text="''=1")
@given(text=st.text(st.characters(codec="utf-8")))
def test_every_text_is_read_back_as_it_was_but_for_the_space_around_it(text: str) -> None:
    (row,) = read(written([{**ROWS[0], "IsiLaporan": text}]))
    assert isinstance(row, NationalRow)
    assert row.narrative == text.strip()


def test_an_apostrophe_of_the_national_service_stays() -> None:
    (row,) = read(written([ROWS[2]]).replace("'-5 derajat", "'kutip' kata"))
    assert isinstance(row, NationalRow)
    assert row.narrative == "'kutip' kata"


def test_dates_that_contradict_each_other_go_out_as_they_are() -> None:
    complaint = Life().complaint
    before = complaint.received_at - timedelta(days=1)
    visits = (*complaint.visits, Visit(state=State.DISPOSED, since=before))
    strange = attrs.evolve(
        complaint,
        visits=visits,
        state=State.DISPOSED,
        agencies=("dinas-contoh",),
        external_ids={"sp4n_id": "1", "sp4n_tracking": "2"},
    )
    row = national_row(strange, STANDARD)
    dates = [datetime.fromisoformat(row[name]) for name in ("TanggalDisposisi", "TanggalLaporanMasuk")]
    assert dates[0] - dates[1] == timedelta(days=-1)
    (bad,) = read(written([row]))
    assert isinstance(bad, BadRow)
    assert "TanggalDisposisi lies 1.00 days before" in bad.reason


def test_what_never_happened_is_empty_and_an_end_counts_once() -> None:
    complaint = Life().complaint
    assert national_row(complaint, STANDARD)["TanggalDisposisi"] == ""
    assert national_row(complaint, STANDARD)["TanggalLaporanDitutup"] == ""
    days = [complaint.received_at + timedelta(days=number) for number in range(5)]
    states = (State.CLOSED, State.IN_PROGRESS, State.CLOSED, State.ERASED)
    visits = tuple(Visit(state=state, since=day) for state, day in zip(states, days[1:], strict=True))
    erased = attrs.evolve(complaint, state=State.ERASED, visits=(*complaint.visits, *visits), reached_at=days[4])
    row = national_row(erased, STANDARD)
    assert row["Status"] == "Selesai"
    assert row["TanggalLaporanDitutup"] == f"{days[3].astimezone(WIB):%Y-%m-%d %H:%M:%S}"
    opened = attrs.evolve(erased, state=State.IN_PROGRESS, visits=(*complaint.visits, *visits[:2]), agencies=("lain",))
    row = national_row(opened, STANDARD)
    assert (row["Status"], row["TanggalLaporanDitutup"], row["DisposisiInstansi"]) == ("Proses", "", "lain")


def test_one_that_was_erased_has_neither_texts_nor_ids(
    store: Store, take_in: Callable[..., Complaint], erase: Callable[[Store, str], object]
) -> None:
    complaint = take_in(received_at=NOW, narrative="PENANDA", place="PENANDA", title="PENANDA")
    actor = Actor(role=Role.CENTRAL_ADMIN, id="petugas")
    with store.transaction() as tx:
        before = tx.load(complaint.id)
        ids = {"sp4n_id": "1", "sp4n_tracking": "1916449"}
        record(tx, before, note_external_ids(before, ids, actor=actor, office="contoh", now=NOW), STANDARD, NOW)
    (row,) = exported(store)
    assert (row["id"], row["TrackingID"], row["IsiLaporan"]) == ("1", "1916449", "PENANDA")
    erase(store, complaint.reporter_ref)
    (row,) = exported(store)
    assert "PENANDA" not in row.values()
    assert (row["id"], row["TrackingID"], row["Status"]) == ("", "", "Selesai")
    assert row["TanggalLaporanDitutup"]


def test_the_command_writes_a_file_for_its_owner_alone_which_the_other_command_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "sp4n.csv", tmp_path / "out.csv"
    source.write_text(written([ROWS[0], ROWS[2]]), "utf-8", newline="")
    here, there = f"sqlite:///{tmp_path}/here.db", f"sqlite:///{tmp_path}/there.db"
    assert main(["import-csv", str(source), "--database", here]) == 0
    assert main(["export-csv", str(out), "--with-texts", "--database", here]) == 0
    assert f"{out}: 2 complaints, with texts" in capsys.readouterr().out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert main(["import-csv", str(out), "--database", there]) == 0
    assert main(["export-csv", str(out), "--database", here]) == 2
