"""The record can be verified by us, by a checkpoint that was published, and by a program that is not ours."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from lapor_core.complaint import Actor, Complaint
from lapor_core.errors import BadValue, NotFound, Refused
from lapor_core.events import Event, StepTaken
from lapor_core.lifecycle import Role
from lapor_desk.auditing import chains, count_complaints, export_log
from lapor_desk.checkpoints import check_checkpoint, kept_checkpoints, take_checkpoint
from lapor_desk.store import Store
from lapor_desk.store.tables import complaints, events

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "log-format.md"
NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)


@pytest.fixture
def three(store: Store, take_in: Callable[..., Complaint]) -> Store:
    for _ in range(3):
        append_one(store, take_in().id)
    return store


def change(store: Store, complaint_id: str, sequence: int, **values: object) -> None:
    with store.transaction() as tx:
        mine = (events.c.complaint_id == complaint_id, events.c.sequence == sequence)
        tx.connection.execute(update(events).where(*mine).values(values))


def exported(store: Store) -> list[str]:
    out = io.StringIO()
    export_log(store, out, NOW)
    return out.getvalue().splitlines()


def independent(lines: list[str], folder: Path) -> str:
    """Run the verifier of the page in a Python that finds nothing of ours."""
    source = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]
    script = folder / "verifier.py"
    script.write_text(
        f"{source}\nimport sys\nsys.stdout.write(str(len(verify(open(sys.argv[1], encoding='utf-8')))))\n", "utf-8"
    )
    log = folder / "log.jsonl"
    log.write_text("\n".join(lines) + "\n", "utf-8")
    answer = subprocess.run(
        [sys.executable, "-I", "-S", script, log], capture_output=True, text=True, check=False, timeout=60
    )
    return answer.stdout or answer.stderr.splitlines()[-1]


def test_every_chain_is_verified_and_the_first_broken_link_is_named(three: Store) -> None:
    assert count_complaints(three) == 3
    assert all(chain.holds for chain in chains(three))
    change(three, "c2", 2, actor="somebody-else")
    broken = [chain for chain in chains(three) if not chain.holds]
    assert [(chain.complaint, chain.broken_at) for chain in broken] == [("c2", 2)]


def test_a_complaint_that_is_only_in_the_record_or_only_in_the_register_is_found(three: Store) -> None:
    with three.transaction() as tx:
        tx.connection.execute(delete(complaints).where(complaints.c.id == "c1"))
        tx.connection.execute(delete(events).where(events.c.complaint_id == "c3"))
    assert count_complaints(three) == 3
    assert [chain.complaint for chain in chains(three) if not chain.holds] == ["c1", "c3"]


def test_more_complaints_than_one_batch_are_all_verified(
    store: Store, take_in: Callable[..., Complaint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lapor_desk.auditing._BATCH", 2)
    for _ in range(5):
        take_in()
    assert [chain.complaint for chain in chains(store)] == ["c1", "c2", "c3", "c4", "c5"]


def test_a_program_that_is_not_ours_verifies_the_exported_log(
    three: Store, tmp_path: Path, erase: Callable[[Store, str], object]
) -> None:
    erase(three, three_person(three))
    lines = exported(three)
    assert json.loads(lines[0])["format"] == "lapor-log/1"
    assert independent(lines, tmp_path) == "3"


@pytest.mark.parametrize("hurt", ["changed", "moved", "cut", "cut_off"])
def test_a_program_that_is_not_ours_finds_what_was_done_to_the_log(three: Store, tmp_path: Path, hurt: str) -> None:
    lines = exported(three)
    if hurt == "changed":
        lines[1] = lines[1].replace('"role":"reporter"', '"role":"system"')
    elif hurt == "moved":
        lines[1], lines[2] = lines[2], lines[1]
    elif hurt == "cut":
        del lines[2]
    else:
        del lines[-2]
    assert re.search(
        r"ValueError: (complaint c1: link \d is broken|the end of the log is missing)", independent(lines, tmp_path)
    )


def test_the_exported_log_holds_nothing_personal(store: Store, take_in: Callable[..., Complaint]) -> None:
    take_in(narrative="PENANDA-CERITA")
    text = "\n".join(exported(store))
    assert "PENANDA-CERITA" not in text
    assert "6280000000001" not in text


def test_a_checkpoint_names_no_complaint_and_sees_what_happened_later_as_no_fault(three: Store, tmp_path: Path) -> None:
    document, taken = take_checkpoint(three, tmp_path / "checkpoints", NOW)
    assert taken.complaints == 3
    assert kept_checkpoints(tmp_path / "checkpoints") == (document,)
    assert json.loads(document.read_text("utf-8"))["taken_at"] == "2026-03-13T02:00:00.000000+00:00"
    assert '"c1"' not in document.read_text("utf-8")
    append_one(three, "c1")
    assert list(check_checkpoint(three, document)) == []


def test_an_end_that_was_cut_off_and_covered_up_is_seen_by_a_checkpoint(three: Store, tmp_path: Path) -> None:
    document, _ = take_checkpoint(three, tmp_path, NOW)
    with three.transaction() as tx:
        last = (events.c.complaint_id == "c2", events.c.sequence == len(tx.events("c2")))
        tx.connection.execute(delete(events).where(*last))
        tx.connection.execute(
            update(complaints).where(complaints.c.id == "c2").values(version=complaints.c.version - 1)
        )
    assert all(chain.holds for chain in chains(three))
    assert [deviation.complaint for deviation in check_checkpoint(three, document)] == ["c2"]


def test_heads_that_were_changed_do_not_pass_for_the_published_ones(three: Store, tmp_path: Path) -> None:
    document, _ = take_checkpoint(three, tmp_path, NOW)
    heads = document.with_suffix(".heads")
    heads.write_text(heads.read_text("ascii").replace("c1 ", "c9 "), "ascii")
    with pytest.raises(Refused, match="SHA-256"):
        list(check_checkpoint(three, document))
    heads.unlink()
    with pytest.raises(NotFound, match="checkpoint is this file and the other"):
        list(check_checkpoint(three, document))
    document.write_text("[]", "utf-8")
    heads.write_text("", "ascii")
    with pytest.raises(BadValue, match="not a checkpoint"):
        list(check_checkpoint(three, document))


def test_no_checkpoint_is_taken_of_a_record_whose_end_is_missing(three: Store, tmp_path: Path) -> None:
    with three.transaction() as tx:
        last = (events.c.complaint_id == "c2", events.c.sequence == len(tx.events("c2")))
        tx.connection.execute(delete(events).where(*last))
    with pytest.raises(Refused, match="audit verify"):
        take_checkpoint(three, tmp_path, NOW)
    assert list(tmp_path.glob("*Z*")) == []


def three_person(store: Store) -> str:
    with store.reading() as tx:
        return tx.load("c3").reporter_ref


def append_one(store: Store, complaint_id: str) -> None:
    with store.transaction() as tx:
        complaint = tx.load(complaint_id)
        event = Event(
            complaint=complaint_id,
            sequence=complaint.version + 1,
            office="contoh",
            actor=Actor(role=Role.AGENCY_ADMIN),
            happened_at=NOW,
            recorded_at=NOW,
            fact=StepTaken(step="contoh", clock=""),
        )
        tx.append([event])
        mine = update(complaints).where(complaints.c.id == complaint_id)
        tx.connection.execute(mine.values(version=event.sequence))
