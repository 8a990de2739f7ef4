"""Complaints travel from desk to desk with their chains, once, and with personal data only when somebody says so."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import delete, update

from lapor_core import Act, Action, Agency, Facts, Kind, Proof, Reporter, Submission, load_standard
from lapor_core.complaint import Actor, Complaint, Visibility
from lapor_core.errors import BadValue, Refused
from lapor_core.external_ids import note_external_ids
from lapor_core.lifecycle import Role, State
from lapor_core.standard import Standard
from lapor_core.submission import Upload
from lapor_core.testing import FrozenClock
from lapor_desk import importing
from lapor_desk.auditing import chains
from lapor_desk.cli import main
from lapor_desk.desk import Desk
from lapor_desk.exporting import Written, export_complaints
from lapor_desk.importing import Taken, import_complaints
from lapor_desk.national_csv import read_rows
from lapor_desk.national_export import write_rows
from lapor_desk.nationals import take_rows
from lapor_desk.recording import record
from lapor_desk.store import Files, MasterKey, Store, open_store
from lapor_desk.store.log import link
from lapor_desk.store.tables import complaints, events

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
STANDARD = load_standard("banjarbaru", agencies=[Agency(key="dinas-contoh", name="Dinas Contoh")])
SEDANG = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
MARK = "PENANDA-CERITA"


def standard_of(_: Complaint) -> Standard:
    return STANDARD


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """Another desk, with another master key."""
    other = open_store(
        f"sqlite:///{tmp_path}/other.db", master=MasterKey(bytes(range(32))), files=Files.local(tmp_path / "other")
    )
    yield other
    other.close()


def exported(store: Store, *, with_personal_data: bool = True) -> list[str]:
    out = io.StringIO()
    list(export_complaints(store, out, NOW, with_personal_data=with_personal_data))
    return out.getvalue().splitlines()


def taken(store: Store, lines: list[str]) -> list[Taken]:
    return list(import_complaints(store, lines, standard_of, NOW))


@pytest.fixture
def two(store: Store, take_in: Callable[..., Complaint]) -> Store:
    for _ in range(2):
        take_in(narrative=MARK)
    return store


def test_a_complaint_is_the_same_on_the_other_side_and_its_chain_too(two: Store, other: Store) -> None:
    assert [each.outcome for each in taken(other, exported(two))] == ["new", "new"]
    for complaint_id in ("c1", "c2"):
        with two.reading() as here, other.reading() as there:
            assert here.events(complaint_id) == there.events(complaint_id)
            assert here.verify_chain(complaint_id) == there.verify_chain(complaint_id)
            assert there.find(here.load(complaint_id).code) == complaint_id
    assert all(chain.holds for chain in chains(other))


def test_taking_in_again_changes_nothing(two: Store, other: Store) -> None:
    lines = exported(two)
    taken(other, lines)
    assert [each.outcome for each in taken(other, lines)] == ["known", "known"]


def test_without_being_asked_for_nothing_personal_goes_out_and_nothing_can_be_taken_in(
    two: Store, other: Store
) -> None:
    lines = exported(two, with_personal_data=False)
    assert MARK not in "".join(lines)
    assert "6280000000001" not in "".join(lines)
    assert '"key"' not in "".join(lines)
    with pytest.raises(BadValue, match="--with-personal-data"):
        taken(other, lines)
    assert MARK in "".join(exported(two))


@pytest.mark.parametrize(
    ("hurt", "reason"),
    [
        (lambda line: line.replace('"office":"banjarbaru"', '"office":"lain"'), "link 1 of its chain is broken"),
        (lambda line: line[:-9], "not a JSON object"),
        (lambda _: "[]", "not a JSON object"),
        (lambda _: "{}", "it has no 'person'"),
        (lambda _: '{"person": 1}', "not a complaint of this format"),
        (lambda line: line.replace('"office"', '"of\udcff"'), "not a JSON object in UTF-8"),
        (lambda line: line.replace('"files":[]', '"files":[{"digest":"../x"}]'), "a file has no digest"),
        (lambda line: line.replace('"key":"', '"key":"00'), "cannot be read: it was changed"),
    ],
)
def test_a_line_that_was_changed_is_refused_with_the_reason_and_the_others_are_taken(
    two: Store, other: Store, hurt: Callable[[str], str], reason: str
) -> None:
    lines = exported(two)
    lines[1] = hurt(lines[1])
    first, second = taken(other, lines)
    assert (first.line, first.outcome) == (2, "refused")
    assert reason in first.reason
    assert MARK not in first.reason
    assert second.outcome == "new"
    assert [chain.complaint for chain in chains(other)] == ["c2"]


def test_another_record_under_the_same_id_or_code_is_refused(
    two: Store, other: Store, take_in: Callable[..., Complaint]
) -> None:
    lines = exported(two)
    taken(other, lines)
    take_in()
    changed = json.loads(lines[1])
    changed["id"] = "c9"
    assert "broken" in taken(other, [lines[0], json.dumps(changed), '{"complaints": 1}'])[0].reason


BREAKS = (
    lambda line: line.replace('"office":"banjarbaru"', '"office":"lain"'),  # seen before the transaction
    lambda line: line.replace('"key":"', '"key":"00'),  # seen in it
    lambda line: line.replace('"files":[]', '"files":[{"digest":"' + "0" * 64 + '"}]'),
    lambda _: "[]",
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bad=st.dictionaries(st.integers(0, 6), st.sampled_from(BREAKS)), stopped_after=st.integers(0, 7))
def test_in_a_batch_a_bad_line_costs_only_itself_and_a_run_that_was_stopped_is_taken_up(
    seven: list[str], tmp_path: Path, bad: dict[int, Callable[[str], str]], stopped_after: int
) -> None:
    lines = [seven[0], *(bad.get(place, str)(line) for place, line in enumerate(seven[1:-1])), seven[-1]]
    path = f"sqlite:///{tmp_path}/{uuid4()}.db"
    there = open_store(path, master=MasterKey(bytes(range(32))), files=Files.local(tmp_path / "there"))
    try:
        coming = import_complaints(there, lines, standard_of, NOW)
        first = list(islice(coming, stopped_after))
        coming.close()
        again = taken(there, lines)
        wanted = ["refused" if place in bad else "new" for place in range(7)]
        assert [each.outcome for each in first] == wanted[:stopped_after]
        assert [each.line for each in again] == [2, 3, 4, 5, 6, 7, 8]
        here = "known" if stopped_after else "new"
        assert [each.outcome for each in again] == [here if each == "new" else each for each in wanted]
        assert [chain.holds for chain in chains(there)] == [True] * wanted.count("new")
    finally:
        there.close()


@pytest.mark.parametrize("hurt", BREAKS)
def test_a_bad_line_among_good_ones_is_told_by_its_number_on_both_databases(
    seven: list[str], store: Store, hurt: Callable[[str], str]
) -> None:
    lines = [*seven[:3], hurt(seven[3]), *seven[4:]]
    assert [each.line for each in taken(store, lines) if each.outcome == "refused"] == [4]
    assert [each.outcome for each in taken(store, seven)] == ["known", "known", "new", *["known"] * 4]
    assert [chain.holds for chain in chains(store)] == [True] * 7


@pytest.fixture
def seven(store_of_seven: Store) -> list[str]:
    return exported(store_of_seven)


@pytest.fixture
def store_of_seven(tmp_path: Path) -> Iterator[Store]:
    store = open_store(
        f"sqlite:///{tmp_path}/seven.db", master=MasterKey(bytes(32)), files=Files.local(tmp_path / "f7")
    )
    rows = read_rows(
        ["id,TrackingID,Status,TanggalLaporanMasuk", *(f"{number},{number},Belum,2026-03-02" for number in range(7))],
        STANDARD,
        NOW,
        ZoneInfo("Asia/Jakarta"),
    )
    assert len(list(take_rows(store, rows, STANDARD, NOW))) == 7
    yield store
    store.close()


def test_a_hundred_lines_take_one_transaction(seven: list[str], other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Store] = []
    whole = Store.transaction
    monkeypatch.setattr(Store, "transaction", lambda store: begun.append(store) or whole(store))
    taken(other, seven)
    assert begun == [other]


def test_a_complaint_that_comes_twice_in_one_file_is_taken_once_and_its_shorter_record_is_known(
    two: Store, other: Store
) -> None:
    first, line, _, last = exported(two)
    shorter = json.loads(line)
    shorter["events"] = shorter["events"][:1]
    lines = [first, line, json.dumps(shorter), line, last.replace("2", "3")]
    assert [each.outcome for each in taken(other, lines)] == ["new", "known", "known"]
    lines = [first, json.dumps(shorter), line, last]
    assert [each.outcome for each in taken(other, lines)] == ["known", "known"]


def test_of_two_records_under_one_id_in_one_file_the_first_is_taken(two: Store, other: Store) -> None:
    first, line, _, last = exported(two)
    foreign = json.loads(line)
    foreign["events"] = foreign["events"][:1]
    foreign["events"][0]["office"] = "lain"
    foreign["events"][0]["hash"] = link({**foreign["events"][0], "sealed": foreign["events"][0]["sealed"]})
    one, twin = taken(other, [first, line, json.dumps(foreign), last])
    assert (one.outcome, twin.outcome) == ("new", "refused")
    assert twin.reason == "another record is here under its id"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_file_that_is_not_whole_says_what_is_wrong_with_it(two: Store, other: Store) -> None:
    lines = exported(two)
    for wrong, reason in (
        (lines[:-1], "the end of the file is missing: it breaks off after 2 complaints"),
        ([lines[0], *lines[2:]], "the file is not what was written: 1 complaint stood in it, and its last line says 2"),
        ([*lines, *lines], "line 5 stands after the end of the file"),
        ([], "no file of the format lapor-complaints/1$"),
        (
            [lines[0].replace("complaints/1", "complaints/2")],
            "but of lapor-complaints/2: another version of lapor wrote it",
        ),
        ([lines[0].replace("complaints/1", "log/1")], "but a record for an auditor"),
    ):
        with pytest.raises(BadValue, match=reason):
            taken(other, wrong)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_mark_at_the_beginning_other_ends_of_lines_and_empty_lines_change_nothing(two: Store, other: Store) -> None:
    first, *more = exported(two)
    lines = [f"\ufeff{first}\r\n", "\r\n", *(f"{line}\r\n" for line in more), "\r\n"]
    assert [(each.line, each.outcome) for each in taken(other, lines)] == [(3, "new"), (4, "new")]


def test_a_desk_that_was_lived_in_goes_out_in_and_out_again_the_same(
    desk: Desk, store: Store, other: Store, clock: FrozenClock, erase: Callable[[Store, str], object]
) -> None:
    lived_in(desk, clock)
    with store.reading() as tx:
        erased = next(each for each in tx.listed() if each.state is State.CLOSED).person_id
    erase(store, erased)
    lines = exported(store)
    assert "\n".join(lines).encode().decode().splitlines() == lines  # as a file, for whoever reads it
    assert {each.outcome for each in taken(other, lines)} == {"new"}
    for with_personal_data in (True, False):
        assert (
            exported(other, with_personal_data=with_personal_data)[1:]
            == (exported(store, with_personal_data=with_personal_data)[1:])
        )
    assert registered(other) == registered(store)
    assert len(registered(store)) == 5


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(made, "PNG")
    return made.getvalue()


def registered(store: Store) -> list[object]:
    """What stands in the register, but for when it was brought up to date."""
    with store.reading() as tx:
        listed = sorted(tx.listed(), key=lambda each: each.id)
        return [(attrs.evolve(each, updated_at=NOW), tx.load(each.id)) for each in listed]


def lived_in(desk: Desk, clock: FrozenClock) -> None:
    """Two that are merged, one that stood still, one of an anonymous reporter with a file, one that is closed."""

    def act(complaint_id: str, action: Action, role: Role = Role.CENTRAL_ADMIN, **more: Any) -> None:
        clock.advance(timedelta(minutes=1))
        desk.act(complaint_id, Act(action=action, actor=Actor(role=role, id="petugas-contoh"), **more))

    def submit(number: int, **more: Any) -> str:
        receipt = desk.submit(
            Submission(
                channel="sms",
                source_id=str(number),
                received_at=clock(),
                reporter=Reporter(mobile=f"+628000000000{number}"),  # invented
                proofs=frozenset({Proof.SENDER_NUMBER}),
                narrative=f"{MARK} \u2028 \U0001f4a1 \ud83d {number}",  # the last sign is half a one
                **more,
            )
        )
        with desk.store.reading() as tx:
            return str(tx.find(receipt.code))

    main, follower, asked, closed = (submit(number) for number in range(4))
    submit(4, visibility=Visibility(anonymous=True), uploads=(Upload(name="foto.png", content=picture()),))
    given: dict[str, Any] = {"facts": SEDANG, "external_ids": {"sp4n_tracking": "9165816"}}
    for complaint_id in (main, asked, closed):
        act(complaint_id, Action.DISPOSE, agencies=("dinas-contoh",), **given)
        act(complaint_id, Action.VERIFY, Role.AGENCY_ADMIN)
        act(complaint_id, Action.FORWARD, Role.AGENCY_ADMIN)
    act(follower, Action.MERGE, main=desk.complaint(main), text="sama")
    act(asked, Action.ASK, Role.LIAISON_OFFICER, text="Di mana?")
    clock.advance(timedelta(days=3))
    act(asked, Action.REPLY, Role.REPORTER, text="Di sini")
    act(closed, Action.RESPOND, Role.LIAISON_OFFICER, text="Sudah")
    act(closed, Action.CLOSE, Role.REPORTER)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_record_that_has_grown_since_is_told_as_that(two: Store, other: Store) -> None:
    taken(other, exported(two))
    with two.transaction() as tx:
        before = tx.load("c1")
        actor, told = Actor(role=Role.CENTRAL_ADMIN, id="petugas"), {"sp4n_tracking": "10"}
        record(tx, before, note_external_ids(before, told, actor=actor, office="banjarbaru", now=NOW), STANDARD, NOW)
    grown, known = taken(other, exported(two))
    assert (grown.outcome, known.outcome) == ("refused", "known")
    assert grown.reason == (
        "its record is here up to event 1 and has 1 event more in the file: a record that is here is left alone"
    )


def test_another_import_that_is_faster_by_a_moment_makes_the_lines_known(
    two: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = exported(two)
    taken(other, lines)
    looked: list[object] = []
    whole = importing._hashes_here
    monkeypatch.setattr(
        importing, "_hashes_here", lambda tx, ids: whole(tx, ids) if looked else looked.append(ids) or {}
    )
    assert [each.outcome for each in taken(other, lines)] == ["known", "known"]


def test_what_is_exported_is_the_register_of_one_moment(two: Store, take_in: Callable[..., Complaint]) -> None:
    out = io.StringIO()
    going = export_complaints(two, out, NOW)
    next(going)
    take_in()
    assert [each.complaint for each in going] == ["c2"]
    assert out.getvalue().endswith('{"complaints":2}\n')


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_record_that_the_register_has_lost_goes_out_too(two: Store) -> None:
    with two.transaction() as tx:
        tx.connection.execute(delete(complaints).where(complaints.c.id == "c1"))
    assert [json.loads(line)["id"] for line in exported(two)[1:-1]] == ["c1", "c2"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_record_that_cannot_be_opened_goes_out_as_it_lies_there_and_keeps_no_other_in(
    two: Store, other: Store
) -> None:
    with two.transaction() as tx:
        tx.connection.execute(update(events).where(events.c.complaint_id == "c1").values(sealed=b"\0" * 40))
    out = io.StringIO()
    damaged, whole = export_complaints(two, out, NOW, with_personal_data=True)
    assert (damaged.complaint, whole.problem) == ("c1", "")
    assert "does not open: it was changed" in damaged.problem
    lines = out.getvalue().splitlines()
    assert json.loads(lines[1])["events"][0]["sealed"] == "00" * 40
    first, second = taken(other, lines)
    assert (first.outcome, second.outcome) == ("refused", "new")
    rows = list(write_rows(two, io.StringIO(), STANDARD))
    assert rows == [damaged, Written(complaint="c2")]


def test_the_command_names_the_agencies_that_this_desk_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml, csv, file = tmp_path / "lapor.toml", tmp_path / "sp4n.csv", tmp_path / "complaints.jsonl"
    toml.write_text('[[agencies]]\nkey = "dinas-contoh"\nname = "Dinas Contoh"\n', "utf-8")
    csv.write_text(
        "id,TrackingID,Status,TanggalLaporanMasuk,TanggalDisposisi,DisposisiInstansi\n"
        "1,10,Proses,2026-03-02,2026-03-03,Dinas Contoh\n",
        "utf-8",
    )
    here, there = ("--database", f"sqlite:///{tmp_path}/here.db"), ("--database", f"sqlite:///{tmp_path}/there.db")
    assert main(["import-csv", str(csv), "--config", str(toml), *here]) == 0
    assert main(["export", str(file), "--with-personal-data", "--config", str(toml), *here]) == 0
    assert main(["import", str(file), *there]) == 0
    assert capsys.readouterr().out.endswith(
        '"dinas-contoh", which has 1 complaint, is no agency of this desk; add it under [[agencies]] in lapor.toml\n'
    )


def test_a_complaint_of_an_erased_person_goes_out_sealed_for_ever_and_comes_in_so(
    two: Store, other: Store, erase: Callable[[Store, str], object]
) -> None:
    with two.reading() as tx:
        person = tx.load("c1").reporter_ref
    erase(two, person)
    lines = exported(two)
    assert json.loads(lines[1])["person"]["key"] is None
    assert [each.outcome for each in taken(other, lines)] == ["new", "new"]
    assert [each.outcome for each in taken(other, lines)] == ["known", "known"]
    with other.reading() as tx:
        assert tx.is_erased(person)
        assert tx.load("c1").state is State.ERASED
    assert all(chain.holds for chain in chains(other))


def test_who_was_erased_on_one_side_only_must_be_erased_on_the_other_too(
    two: Store, other: Store, erase: Callable[[Store, str], object]
) -> None:
    lines = exported(two)
    taken(other, lines)
    with two.reading() as tx:  # erasing waits for whoever still reads
        one, another = (tx.load(each).reporter_ref for each in ("c1", "c2"))
    erase(two, one)
    first, second = taken(other, exported(two))
    assert (first.outcome, second.outcome) == ("refused", "known")
    erase(other, another)
    assert [each.outcome for each in taken(other, exported(two))] == ["refused", "known"]


def test_a_missing_key_is_believed_only_of_a_record_that_says_so(two: Store, other: Store) -> None:
    lines = exported(two)
    keyless = json.loads(lines[1])
    keyless["person"]["key"] = None
    first, second = taken(other, [lines[0], json.dumps(keyless), *lines[2:]])
    assert (first.outcome, second.outcome) == ("refused", "new")
    assert "does not say that it was erased" in first.reason


def test_a_complaint_whose_policy_is_not_loaded_is_refused_whole(two: Store, other: Store) -> None:
    def unknown(_: Complaint) -> Standard:
        raise Refused("its policy is not loaded", code="unknown_policy")

    found = list(import_complaints(other, exported(two), unknown, NOW))
    assert {each.reason for each in found} == {"its policy is not loaded"}
    assert list(chains(other)) == []


def test_the_commands_go_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, there = f"sqlite:///{tmp_path}/here.db", f"sqlite:///{tmp_path}/there.db"
    file = tmp_path / "complaints.jsonl"
    csv = tmp_path / "sp4n.csv"
    csv.write_text("id,TrackingID,Status,TanggalLaporanMasuk\n1,10,Belum,2026-03-02\n", "utf-8")
    assert main(["import-csv", str(csv), "--database", here]) == 0
    assert main(["export", str(file), "--with-personal-data", "--database", here]) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["import", str(file), "--database", there]) == 0
    assert "1 taken in, 0 were here before, 0 refused" in capsys.readouterr().out
    assert main(["import", str(file), "--database", there]) == 0
    assert "0 taken in, 1 were here before, 0 refused" in capsys.readouterr().out
    assert main(["import", str(tmp_path / "none"), "--database", there]) == 2
