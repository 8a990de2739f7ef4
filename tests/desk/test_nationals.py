"""Rows of the national service's export: the good are taken in once, and each bad one is told by line and reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lapor_core import Actor, Agency, Complaint, Role, State, load_standard
from lapor_core.errors import BadValue
from lapor_core.external_ids import note_external_ids
from lapor_desk import nationals
from lapor_desk.auditing import chains
from lapor_desk.cli import main
from lapor_desk.exporting import export_complaints
from lapor_desk.importing import import_complaints
from lapor_desk.national_csv import BadRow, NationalRow, read_rows
from lapor_desk.nationals import CHANNEL, carry_over, find_national, take_rows
from lapor_desk.recording import record
from lapor_desk.store import Files, Store, StoreDown, Transaction, open_store
from lapor_desk.store.tables import complaints, notices

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
        assert found[0].external_ids == {"sp4n_tracking": "1916449", "sp4n_id": "1"}
        assert {each.id: each.state for each in tx.listed()} == {each.id: each.state for each in found}
        assert tx.connection.execute(select(func.count()).select_from(notices)).scalar_one() == 0
    assert all(chain.holds for chain in chains(store))


def test_a_row_that_was_taken_before_is_known_and_one_with_another_id_is_bad(store: Store) -> None:
    list(take_rows(store, read(BELUM), STANDARD, NOW))
    again, other = take_rows(store, [*read(BELUM), *read(with_(BELUM, id="9"))], STANDARD, NOW)
    assert again.outcome == "known"
    assert other.outcome == "bad"
    assert other.reason == "TrackingID 1916449 is here already, with another id than 9"


def test_a_row_whose_id_was_noted_by_hand_is_known_and_its_internal_id_comes_into_the_record(
    store: Store, take_in: Callable[..., Complaint]
) -> None:
    complaint = take_in(received_at=NOW, narrative="Jalan contoh rusak")
    by_hand(store, complaint, {"sp4n_tracking": "1916449"})
    rows = [*read(BELUM, PROSES), *read(with_(BELUM, id="9"))]
    assert [each.outcome for each in take_rows(store, rows, STANDARD, NOW)] == ["known", "new", "bad"]
    with store.reading() as tx:
        assert find_national(tx, "1916449") == complaint.id
        assert tx.load(complaint.id).external_ids == {"sp4n_tracking": "1916449", "sp4n_id": "1"}
        assert tx.known_as("1") == tx.known_as("1916449") == (complaint.id,)
    (other,) = take_rows(store, read(with_(BELUM, id="9")), STANDARD, NOW)
    assert other.outcome == "bad"
    assert all(chain.holds for chain in chains(store))


def test_an_id_that_was_taken_back_is_not_known_any_more_and_one_that_two_bear_is_known_by_either(
    store: Store, take_in: Callable[..., Complaint]
) -> None:
    one, other = take_in(received_at=NOW), take_in(received_at=NOW)
    by_hand(store, one, {"sp4n_tracking": "1916449"})
    by_hand(store, other, {"sp4n_tracking": "#1916449", "sp4n_id": "1"})
    with store.reading() as tx:
        assert tx.known_as("1916449") == (one.id, other.id)
    assert [each.outcome for each in take_rows(store, read(BELUM), STANDARD, NOW)] == ["known"]
    for each in (one, other):
        by_hand(store, each, {"sp4n_tracking": ""})
    with store.reading() as tx:
        assert tx.known_as("1916449") == ()
    assert [each.outcome for each in take_rows(store, read(BELUM), STANDARD, NOW)] == ["new"]


def by_hand(store: Store, complaint: Complaint, told: Mapping[str, str]) -> None:
    with store.transaction() as tx:
        before = tx.load(complaint.id)
        actor = Actor(role=Role.CENTRAL_ADMIN, id="petugas")
        noted = note_external_ids(before, told, actor=actor, office="banjarbaru", now=NOW)
        record(tx, before, noted, STANDARD, NOW)


def test_a_complaint_of_an_erased_person_is_not_taken_in_anew(
    store: Store, take_in: Callable[..., Complaint], erase: Callable[[Store, str], object]
) -> None:
    noted = take_in(received_at=NOW)
    by_hand(store, noted, {"sp4n_tracking": "1916450", "sp4n_id": "2"})
    list(take_rows(store, read(BELUM), STANDARD, NOW))
    with store.reading() as tx:
        imported = tx.person_of(find_national(tx, "1916449") or "")
    for person in (imported, noted.reporter_ref):
        erase(store, person)
    with store.reading() as tx:
        assert tx.load(noted.id).external_ids == {}
    assert [each.outcome for each in take_rows(store, read(BELUM, PROSES), STANDARD, NOW)] == ["known", "known"]


def test_ids_travel_to_another_desk_which_then_knows_the_rows(store: Store, tmp_path: Path) -> None:
    list(take_rows(store, read(BELUM), STANDARD, NOW))
    out = StringIO()
    list(export_complaints(store, out, NOW, with_personal_data=True))
    other = open_store(f"sqlite:///{tmp_path}/there.db", files=Files.local(tmp_path / "there"))
    try:
        list(import_complaints(other, out.getvalue().splitlines(), lambda _: STANDARD, NOW))
        outcomes = take_rows(other, [*read(BELUM), *read(with_(BELUM, id="9"))], STANDARD, NOW)
        assert [each.outcome for each in outcomes] == ["known", "bad"]
    finally:
        other.close()


def test_ids_that_an_earlier_version_kept_beside_the_records_are_brought_into_them(
    store: Store, take_in: Callable[..., Complaint], erase: Callable[[Store, str], object]
) -> None:
    old = [take_in(received_at=NOW) for _ in range(3)]
    with store.transaction() as tx:
        for number, complaint in enumerate(old, 1):
            tx.claim_intake(CHANNEL, f"191644{number}", complaint.id)
            kept = {"tracking_id": f"191644{number}", "national_id": str(number)}
            tx.keep("(desk)", f"national/{complaint.id}", json.dumps(kept).encode())
    erase(store, old[2].reporter_ref)
    assert carry_over(store) == 3
    assert carry_over(store) == 0
    with store.reading() as tx:
        for number, complaint in enumerate(old, 1):
            assert find_national(tx, f"191644{number}") == complaint.id
            assert tx.known_as(f"191644{number}") == tx.known_as(str(number)) == (complaint.id,)
            assert tx.recall("(desk)", f"national/{complaint.id}") is None
        assert tx.load(old[0].id).external_ids == {"sp4n_tracking": "1916441", "sp4n_id": "1"}
        assert tx.events(old[0].id)[-1].recorded_at == tx.events(old[0].id)[0].recorded_at
        rows = tx.connection.execute(select(complaints)).all()
    assert {row.id: row.version for row in rows}[old[0].id] == old[0].version + 2
    assert all(chain.holds for chain in chains(store))
    again = [with_(BELUM, id=str(number), TrackingID=f"191644{number}") for number in range(1, 4)]
    assert [each.outcome for each in take_rows(store, read(*again), STANDARD, NOW)] == ["known"] * 3
    other = take_rows(store, read(with_(BELUM, id="9", TrackingID="1916443")), STANDARD, NOW)
    assert [each.outcome for each in other] == ["bad"]


def test_carrying_over_that_broke_off_is_taken_up_where_it_stood(
    store: Store, take_in: Callable[..., Complaint], monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.transaction() as tx:
        for number in "12":
            complaint = take_in(tx, received_at=NOW)
            tx.claim_intake(CHANNEL, number, complaint.id)
            tx.keep("(desk)", f"national/{complaint.id}", f'{{"tracking_id":"{number}","national_id":"7"}}'.encode())
    monkeypatch.setattr(nationals, "_BATCH", 1)
    with monkeypatch.context() as patch:
        forgotten: list[str] = []
        patch.setattr(Transaction, "forget", lambda *_: forgotten.append("one") or (len(forgotten) > 1 and 1 / 0))
        with pytest.raises(ZeroDivisionError):
            carry_over(store)
    with store.reading() as tx:
        assert len(tx.known_as("7")) == 1
    carry_over(store)
    with store.reading() as tx:
        assert len(tx.known_as("7")) == 2
        versions = [tx.load(each).version for each in tx.known_as("7")]
    assert versions == [complaint.version + 2] * 2
    assert all(chain.holds for chain in chains(store))


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
        (with_(SELESAI, TanggalDisposisi="10/03/2026"), "TanggalLaporanDitutup lies 0.50 days before TanggalDisposisi"),
        (
            with_(SELESAI, TanggalLaporanDitutup="", TanggalLaporanAktivitasTerakhir="2026-03-01 10:00"),
            "TanggalLaporanAktivitasTerakhir lies 2.96 days before TanggalDisposisi",
        ),
        (with_(PROSES, TanggalDisposisi="2026-12-01"), "TanggalDisposisi has not come yet: 2026-12-01"),
        (with_(BELUM, Kategori="Caf\udce9"), "column 4 is not UTF-8 text; save the file as UTF-8"),
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
    with pytest.raises(BadValue, match="columns are missing in the first line: TrackingID"):
        read("1", header="id,Status,TanggalLaporanMasuk")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "the file is empty"),
        (f"{HEADER},Status", "columns stand twice in the first line: Status; leave one of each"),
        ("x" * 200_000, "the first line does not name columns: field larger"),
        ('id,"TrackingID', "the first line does not name columns"),
        ("08123,Nama Contoh,Jalan contoh", "needed are id, TrackingID, Status, TanggalLaporanMasuk"),
    ],
)
def test_a_first_line_that_is_no_header_is_told_without_what_it_says(header: str, reason: str) -> None:
    with pytest.raises(BadValue, match=reason) as caught:
        read(BELUM, header=header)
    assert "Contoh" not in str(caught.value)


def test_columns_may_stand_in_another_order_among_others_and_a_title_beyond_its_limit_costs_its_row_alone() -> None:
    names, cells = HEADER.split(","), BELUM.split(",")
    rows = [",".join(["?", *reversed(cells), "?", title]) for title in ("a", "x" * 200_000, '"b\r\nc"')]
    first, long, last = read(*rows, header=",".join(["", *reversed(names), "", "JudulLaporan"]))
    assert isinstance(first, NationalRow)
    assert isinstance(long, BadRow)
    assert isinstance(last, BadRow)  # its id stands in the first one
    assert (long.line, last.reason) == (3, "TrackingID 1916449 stands in line 2 already")


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


def test_bytes_that_are_no_text_cost_their_row_alone_and_another_encoding_is_told_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv, database = tmp_path / "sp4n.csv", f"sqlite:///{tmp_path}/lapor.db"
    rows = (BELUM, with_(BELUM, TrackingID="2", Kategori="Caf\u00e9"), with_(BELUM, TrackingID="3"))
    csv.write_bytes("\r\n".join((HEADER, *rows)).encode("latin-1"))
    assert main(["import-csv", str(csv), "--database", database]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown == [
        f"{csv}:3  column 4 is not UTF-8 text; save the file as UTF-8",
        "2 taken in, 0 were here before, 1 bad rows",
    ]
    for encoding in ("utf-16", "utf-16-be"):
        csv.write_bytes("\n".join((HEADER, *rows)).encode(encoding))
        assert main(["import-csv", str(csv), "--database", database]) == 2
        assert "this is UTF-16 or no text; save it as UTF-8" in capsys.readouterr().err


def test_an_import_that_is_broken_off_tells_what_was_taken_in_so_far(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    csv = tmp_path / "sp4n.csv"
    csv.write_text("\n".join((HEADER, BELUM, with_(BELUM, TrackingID="2"))), "utf-8")
    begun: list[Store] = []

    def away(store: Store) -> None:
        begun.append(store)
        if len(begun) > 1:
            raise StoreDown("it is away", code="store_down")

    whole = nationals.again_when_overtaken
    monkeypatch.setattr(nationals, "_BATCH", 1)
    monkeypatch.setattr(nationals, "again_when_overtaken", lambda taken: (away(taken.args[0]), whole(taken))[1])
    assert main(["import-csv", str(csv), "--database", f"sqlite:///{tmp_path}/lapor.db"]) == 2
    shown = capsys.readouterr()
    assert shown.out.startswith("broken off: 1 taken in, 0 were here before, 0 bad rows;")
    assert shown.err.endswith("\nit is away\n")


def test_an_internal_id_is_noted_in_its_turn_also_by_a_clock_that_runs_behind(
    store: Store, take_in: Callable[..., Complaint]
) -> None:
    complaint = take_in(received_at=NOW)
    by_hand(store, complaint, {"sp4n_tracking": "1916449"})
    (known,) = take_rows(store, read(BELUM), STANDARD, NOW - timedelta(hours=1))
    assert known.outcome == "known"
    with store.reading() as tx:
        moments = [event.happened_at for event in tx.events(complaint.id)]
    assert moments == sorted(moments)
