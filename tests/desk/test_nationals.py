"""Rows of the national service's export: the good are taken in once, and each bad one is told by line and reason."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lapor_core import Agency, State, load_standard
from lapor_core.errors import BadValue
from lapor_desk.auditing import chains
from lapor_desk.cli import main
from lapor_desk.national_csv import BadRow, NationalRow, read_rows
from lapor_desk.nationals import CHANNEL, NationalIds, find_national, national_ids, take_rows
from lapor_desk.store import Store
from lapor_desk.store.tables import notices

WIB = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 3, 13, 9, tzinfo=WIB)
STANDARD = load_standard("banjarbaru", agencies=[Agency(key="dinas-contoh", name="Dinas Contoh")])
HEADER = "id,TrackingID,KategoriID,Kategori,DisposisiInstansiID,DisposisiInstansi,AreaID,Area,Status,TanggalLaporanMasuk,TanggalDisposisi,TanggalLaporanAktivitasTerakhir,TanggalLaporanDitutup"
BELUM = "1,1916449,7,Infrastruktur,NULL,NULL,63,Banjarbaru,Belum,2026-03-02 10:00:00,NULL,NULL,NULL"
PROSES = "2,1916450,7,Infrastruktur,12,Dinas Contoh,63,Banjarbaru,Proses,2026-03-02 10:00:00,2026-03-04 09:00:00,,"
SELESAI = "3,1916451,7,,12,dinas-contoh,63,,Selesai,02/03/2026 10:00,04/03/2026 09:00,,09/03/2026 12:00"


def read(*rows: str, header: str = HEADER) -> list[NationalRow | BadRow]:
    return list(read_rows([f"{header}\n", *(f"{row}\n" for row in rows)], STANDARD, NOW, WIB))


def with_(row: str, **changes: str) -> str:
    fields = dict(zip(HEADER.split(","), row.split(","), strict=True))
    return ",".join((fields | changes).values())


def test_each_status_is_taken_for_what_it_says_and_no_more(store: Store) -> None:
    outcomes = list(take_rows(store, read(BELUM, PROSES, SELESAI), STANDARD, NOW))
    assert [each.outcome for each in outcomes] == ["new"] * 3
    with store.reading() as tx:
        found = [tx.load(find_national(tx, str(number)) or "") for number in (1916449, 1916450, 1916451)]
        assert [complaint.state for complaint in found] == [State.SUBMITTED, State.DISPOSED, State.ARCHIVED]
        assert found[1].agencies == ("dinas-contoh",)
        assert all(complaint.channel == CHANNEL for complaint in found)
        assert found[0].received_at == datetime(2026, 3, 2, 10, tzinfo=WIB)
        assert found[2].reached_at == datetime(2026, 3, 9, 12, tzinfo=WIB)
        assert national_ids(tx, found[0].id) == NationalIds(tracking_id="1916449", national_id="1")
        assert tx.connection.execute(select(func.count()).select_from(notices)).scalar_one() == 0
    assert all(chain.holds for chain in chains(store))


def test_a_row_that_was_taken_before_is_known_and_one_with_another_id_is_bad(store: Store) -> None:
    list(take_rows(store, read(BELUM), STANDARD, NOW))
    again, other = take_rows(store, [*read(BELUM), *read(with_(BELUM, id="9"))], STANDARD, NOW)
    assert again.outcome == "known"
    assert other.outcome == "bad"
    assert "with the id 1, not 9" in other.reason


def test_of_two_rows_with_one_id_in_a_batch_the_first_is_taken(store: Store) -> None:
    outcomes = take_rows(store, [*read(BELUM), *read(BELUM), *read(with_(BELUM, id="9"))], STANDARD, NOW)
    assert [each.outcome for each in outcomes] == ["new", "known", "bad"]


def test_a_row_that_the_standard_does_not_allow_is_told_and_the_others_of_its_batch_are_taken(store: Store) -> None:
    strange = attrs.evolve(read(PROSES)[0], line=7, agency="dinas-lain")  # type: ignore[misc]  # it is a NationalRow
    outcomes = list(take_rows(store, [*read(BELUM), strange, *read(SELESAI)], STANDARD, NOW))
    assert [(each.line, each.outcome) for each in outcomes] == [(2, "new"), (7, "bad"), (2, "new")]
    assert "dinas-lain" in outcomes[1].reason
    with store.reading() as tx:
        assert find_national(tx, "1916450") is None


def test_an_import_that_was_stopped_is_taken_up_where_it_stood(store: Store) -> None:
    rows = read(*(with_(BELUM, id=str(number), TrackingID=str(number)) for number in range(130)))
    stopped = take_rows(store, rows, STANDARD, NOW)
    assert next(stopped).outcome == "new"
    outcomes = [each.outcome for each in take_rows(store, rows, STANDARD, NOW)]
    assert outcomes == ["known"] * 100 + ["new"] * 30
    assert sum(chain.holds for chain in chains(store)) == 130


def test_codes_that_are_taken_are_drawn_anew(store: Store) -> None:
    drawn = iter([b"\0" * 7, b"\0" * 7, b"\1" * 7, b"\2" * 7])
    outcomes = take_rows(store, read(BELUM, PROSES), STANDARD, NOW, random=lambda _: next(drawn))
    assert [each.outcome for each in outcomes] == ["new", "new"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (with_(BELUM, TanggalLaporanMasuk="NULL"), "TanggalLaporanMasuk is empty"),
        (with_(BELUM, TanggalLaporanMasuk="kemarin"), 'TanggalLaporanMasuk: "kemarin" is not a date'),
        (with_(BELUM, TanggalLaporanMasuk="1970-01-01"), "before the service began"),
        (with_(PROSES, TanggalDisposisi="2026-03-01 10:00:00"), "TanggalDisposisi lies 1.00 days before"),
        (with_(SELESAI, TanggalLaporanDitutup="2026-03-01"), "TanggalLaporanDitutup lies"),
        (with_(PROSES, TanggalDisposisi="0000-00-00 00:00:00"), "TanggalDisposisi is empty"),
        (with_(SELESAI, TanggalLaporanDitutup=""), "says when"),
        (with_(BELUM, TanggalLaporanMasuk="2027-01-01"), "has not come yet: 2027-01-01"),
        (with_(BELUM, Status="Dihapus"), "not one of Belum, Proses, Selesai"),
        (with_(PROSES, DisposisiInstansi="Dinas Lain"), '"Dinas Lain" is not an agency of this desk'),
        (with_(PROSES, DisposisiInstansi=""), "DisposisiInstansi is empty"),
        (with_(BELUM, TrackingID="#1916449"), "TrackingID"),
        (with_(BELUM, id=""), "id"),
        (f"{BELUM},more", "it has 14 columns, and the header 13"),
        ('1,"19', "no row of a CSV file"),
    ],
)
def test_a_bad_row_is_told_by_line_with_the_reason_and_stops_no_other(row: str, reason: str) -> None:
    good, bad = read(BELUM, row)
    assert isinstance(good, NationalRow)
    assert isinstance(bad, BadRow)
    assert bad.line == 3
    assert reason in bad.reason


def test_a_tracking_id_that_stands_twice_is_told() -> None:
    _, bad = read(BELUM, with_(BELUM, id="8"))
    assert isinstance(bad, BadRow)
    assert bad.reason == "TrackingID 1916449 stands in line 2 already"


def test_a_quotation_mark_left_open_is_told_with_all_the_lines_it_swallows() -> None:
    (bad,) = read('1,"19', BELUM, PROSES)
    assert isinstance(bad, BadRow)
    assert "up to line 4" in bad.reason


@pytest.mark.parametrize("mark", [";", "\t"])
def test_columns_may_be_separated_by_other_marks(mark: str) -> None:
    (row,) = read(BELUM.replace(",", mark), header=HEADER.replace(",", mark))
    assert isinstance(row, NationalRow)


def test_a_file_without_the_columns_is_refused() -> None:
    with pytest.raises(BadValue, match="columns are missing: TrackingID"):
        read("1", header="id,Status,TanggalLaporanMasuk")


@given(fields=st.lists(st.text(st.characters(codec="utf-8", exclude_characters='\r\n"')), min_size=13, max_size=13))
def test_every_row_is_answered_for_whatever_stands_in_it(fields: list[str]) -> None:
    rows = read(",".join(fields), BELUM)
    assert len(rows) == 2 or not "".join(fields).strip()
    assert isinstance(rows[-1], NationalRow)


def test_the_command_tells_each_bad_row_and_takes_the_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csv = tmp_path / "sp4n.csv"
    csv.write_text("\n".join([HEADER, BELUM, with_(BELUM, TrackingID="x"), ""]), "utf-8-sig")
    database = f"sqlite:///{tmp_path}/lapor.db"
    assert main(["import-csv", str(csv), "--database", database]) == 1
    shown = capsys.readouterr().out
    assert f'{csv}:3  TrackingID: "x" is not a number' in shown
    assert "1 taken in, 0 were here before, 1 bad rows" in shown
    assert main(["import-csv", str(csv), "--zone", "Asia/Banjarbaru", "--database", database]) == 2
