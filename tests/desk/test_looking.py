"""Looking at who reported: a look and its event are stored and shown together, or neither is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import attrs
import pytest
from PIL import Image
from sqlalchemy import select

from lapor_core import (
    Act,
    Action,
    Actor,
    Facts,
    Ground,
    Kind,
    Proof,
    Purpose,
    Reporter,
    Role,
    Submission,
    Visibility,
)
from lapor_core.complaint import Shown
from lapor_core.errors import BadValue, NotFound, Refused
from lapor_core.events import IdentitySeen
from lapor_core.submission import Upload
from lapor_core.testing import FrozenClock
from lapor_desk.auditing import looks
from lapor_desk.desk import Desk
from lapor_desk.store import Vault
from lapor_desk.store.tables import complaints, notices

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
WHO = Reporter(name="PENANDA-NAMA", mobile="+6280000000001", identity_number="0000000000000001")  # invented
ADMIN = Actor(role=Role.AGENCY_ADMIN, id="petugas-1")
CENTRAL = Actor(role=Role.CENTRAL_ADMIN, id="petugas-0")
WHY = "PENANDA-ALASAN menelepon pelapor"


@pytest.fixture
def complaint_id(desk: Desk) -> str:
    return submitted(desk)


def submitted(desk: Desk, source_id: str = "1", **said: object) -> str:
    paper = BytesIO()
    Image.new("RGB", (4, 4), "red").save(paper, "PNG")
    usual = Submission(
        channel="walk_in",
        source_id=source_id,
        received_at=NOW,
        reporter=WHO,
        proofs=frozenset({Proof.IDENTITY_COPY}),
        kind=Kind.COMPLAINT,
        narrative="Lampu jalan contoh mati",
        uploads=(Upload(name="ktp.png", content=paper.getvalue(), purpose=Purpose.IDENTITY),),
    )
    receipt = desk.submit(attrs.evolve(usual, **said))  # type: ignore[arg-type]  # what is said differs in type
    with desk.store.reading() as tx:
        found = tx.find(receipt.code)
    assert found is not None
    return found


def seen(desk: Desk, complaint_id: str) -> list[tuple[Shown, str]]:
    facts = (event.fact for event in desk.events(complaint_id))
    return [(fact.shown, fact.reason) for fact in facts if isinstance(fact, IdentitySeen)]


def test_who_looks_is_shown_the_reporter_and_stands_in_the_record(desk: Desk, complaint_id: str) -> None:
    before = desk.complaint(complaint_id)
    assert desk.identity(complaint_id, ADMIN, WHY) == WHO
    [file] = before.attachments
    assert desk.identity_paper(complaint_id, file.digest, ADMIN, WHY).startswith(b"\x89PNG")
    assert seen(desk, complaint_id) == [(Shown.CONTACT, WHY), (Shown.PAPER, WHY)]
    last = desk.events(complaint_id)[-1]
    assert (last.actor, last.sequence, last.happened_at) == (ADMIN, before.version + 2, NOW)
    with desk.store.reading() as tx:
        assert tx.verify_chain(complaint_id).holds
        queued = tx.connection.execute(select(notices.c.sequence)).scalars()
        assert max(number or 0 for number in queued) <= before.version


def by_sms(desk: Desk, source_id: str, number: str = "1", **said: object) -> str:
    """Take in a report of whoever has this number: a proved one, so all of them are of one person."""
    who = Reporter(mobile=f"+628000000000{number}")  # invented
    proofs = frozenset({Proof.SENDER_NUMBER})
    return submitted(desk, source_id, channel="sms", reporter=who, proofs=proofs, uploads=(), **said)


def test_which_reports_are_of_one_person_is_a_look_that_no_other_record_betrays(desk: Desk) -> None:
    one, secret = by_sms(desk, "1"), by_sms(desk, "2", visibility=Visibility(secret=True))
    stranger = by_sms(desk, "3", "2")
    before = {each: desk.complaint(each) for each in (one, secret, stranger)}
    shown = desk.identity_reports(one, CENTRAL, WHY)
    assert {each.id for each in shown} == {one, secret}
    assert [seen(desk, each) for each in (one, secret, stranger)] == [[(Shown.REPORTS, WHY)], [], []]
    assert {each.id: each for each in shown} == {each: desk.complaint(each) for each in (one, secret)}
    assert [desk.complaint(each).version - before[each].version for each in (one, secret, stranger)] == [1, 0, 0]
    assert desk.events(one)[-1].actor == CENTRAL
    told = desk.track(before[one].code).entries[-1].text
    assert told == "Admin pusat melihat identitas pelapor: laporan mana saja yang berasal darinya"
    desk.act(one, Act(action=Action.HOLD, actor=CENTRAL, text="Menunggu"), version=before[one].version)
    with desk.store.reading() as tx:
        assert tx.verify_chain(one).holds


@pytest.mark.parametrize(
    ("actor", "reason", "code"),
    [
        (Actor(role=Role.LIAISON_OFFICER, id="x"), WHY, "not_permitted"),
        (Actor(role=Role.AUDITOR, id="x"), WHY, "not_permitted"),
        (CENTRAL, " ", "reason_needed"),
    ],
)
def test_who_may_not_learn_which_reports_are_of_one_person_leaves_every_record_alone(
    desk: Desk, actor: Actor, reason: str, code: str
) -> None:
    ids = [by_sms(desk, "1"), by_sms(desk, "2")]
    before = [desk.events(each) for each in ids]
    with pytest.raises((BadValue, Refused)) as caught:
        desk.identity_reports(ids[0], actor, reason)
    assert caught.value.code == code
    assert [desk.events(each) for each in ids] == before


def test_of_an_erased_person_no_reports_are_listed(desk: Desk) -> None:
    erased = by_sms(desk, "1")
    desk.act(erased, Act(action=Action.ERASE, actor=CENTRAL, ground=Ground.REQUESTED))
    with pytest.raises(Refused) as caught:
        desk.identity_reports(erased, CENTRAL, WHY)
    assert caught.value.code == "erased"


@pytest.mark.parametrize(
    ("look", "code"),
    [
        ((ADMIN, " ", None), "reason_needed"),
        ((Actor(role=Role.LIAISON_OFFICER, id="x"), WHY, None), "not_permitted"),
        ((Actor(role=Role.AUDITOR, id="x"), WHY, None), "not_permitted"),
        ((ADMIN, WHY, "dinas-contoh"), "unknown_complaint"),
    ],
)
def test_what_is_refused_shows_nothing_and_leaves_the_record_alone(
    desk: Desk, complaint_id: str, look: tuple[Actor, str, str | None], code: str
) -> None:
    actor, reason, agency = look
    before = desk.events(complaint_id)
    digest = desk.complaint(complaint_id).attachments[0].digest
    attempts: list[Callable[[], object]] = [
        lambda: desk.identity(complaint_id, actor, reason, agency=agency),
        lambda: desk.identity_paper(complaint_id, digest, actor, reason, agency=agency),
    ]
    for attempt in attempts:
        with pytest.raises((BadValue, NotFound, Refused)) as caught:
            attempt()
        assert caught.value.code == code
        assert "PENANDA" not in f"{caught.value} {caught.value.params}"
    assert desk.events(complaint_id) == before


def test_a_file_that_proves_nobody_s_identity_is_no_such_copy(desk: Desk, complaint_id: str) -> None:
    before = desk.events(complaint_id)
    with pytest.raises(NotFound, match="no such copy"):
        desk.identity_paper(complaint_id, "0" * 64, ADMIN, WHY)
    assert desk.events(complaint_id) == before


def test_of_an_erased_reporter_nothing_is_left_to_look_at(desk: Desk, complaint_id: str) -> None:
    erase = Act(action=Action.ERASE, actor=Actor(role=Role.CENTRAL_ADMIN, id="o1"), ground=Ground.REQUESTED)
    desk.identity(complaint_id, ADMIN, WHY)
    desk.act(complaint_id, erase)
    before = desk.events(complaint_id)
    with pytest.raises(Refused) as caught:
        desk.identity(complaint_id, ADMIN, WHY)
    assert caught.value.code == "erased"
    assert desk.events(complaint_id) == before
    assert seen(desk, complaint_id) == [(Shown.CONTACT, "")]


def test_what_cannot_be_written_down_is_not_shown(
    desk: Desk, complaint_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    before = desk.events(complaint_id)
    with monkeypatch.context() as broken:
        broken.setattr("lapor_desk.store.Transaction.project_noted", fails)
        with pytest.raises(OSError, match="the disk is full"):
            desk.identity(complaint_id, ADMIN, WHY)
    assert desk.events(complaint_id) == before


def test_looks_at_the_same_moment_all_stand_in_the_record(desk: Desk, complaint_id: str) -> None:
    start, shown = threading.Barrier(4), []

    def look(number: int) -> None:
        start.wait()
        shown.append(desk.identity(complaint_id, Actor(role=Role.CENTRAL_ADMIN, id=str(number)), WHY))

    threads = [threading.Thread(target=look, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown == [WHO] * 4
    looked = [event for event in desk.events(complaint_id) if isinstance(event.fact, IdentitySeen)]
    assert {event.actor.id for event in looked} == {"0", "1", "2", "3"}
    with desk.store.reading() as tx:
        assert tx.verify_chain(complaint_id).holds


def test_a_look_is_no_change_to_who_is_just_acting_and_keeps_no_data_longer(
    desk: Desk, complaint_id: str, clock: FrozenClock
) -> None:
    read = desk.complaint(complaint_id).version
    clock.advance(timedelta(days=3))
    desk.identity(complaint_id, ADMIN, WHY)
    with desk.store.reading() as tx:
        row = tx.connection.execute(select(complaints.c.version, complaints.c.updated_at)).one()
    assert (row.version, row.updated_at) == (read + 1, NOW)
    dispose = Act(
        action=Action.DISPOSE,
        actor=Actor(role=Role.CENTRAL_ADMIN, id="o1"),
        agencies=("dinas-contoh",),
        facts=Facts(supervisory=False, abuse_of_authority=False),
    )
    desk.act(complaint_id, dispose, version=read)
    desk.identity(complaint_id, ADMIN, WHY)
    verify = Act(action=Action.VERIFY, actor=ADMIN)
    with pytest.raises(Refused, match=r"changed meanwhile \(Cl.* by the central_admin\)"):
        desk.act(complaint_id, verify, version=read)


def test_the_reporter_reads_that_somebody_looked_and_not_why(desk: Desk, complaint_id: str) -> None:
    code = desk.complaint(complaint_id).code
    told = len(desk.track(code).entries)
    desk.identity(complaint_id, ADMIN, WHY)
    tracking = desk.track(code)
    assert len(tracking.entries) == told + 1
    assert tracking.entries[-1].text == "Admin instansi melihat identitas pelapor: alamat, nomor kontak, dan NIK"
    assert "PENANDA" not in str(tracking)


def test_all_looks_of_a_period_are_listed_without_a_seal_being_opened(
    desk: Desk, complaint_id: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = submitted(desk, "2")
    desk.identity(complaint_id, ADMIN, WHY)
    clock.advance(timedelta(days=1))
    desk.identity(other, Actor(role=Role.COUNTER_OFFICER, id="petugas-2"), WHY)
    monkeypatch.setattr(Vault, "open", lambda *_: pytest.fail("a seal was opened"))
    found = list(looks(desk.store, NOW, NOW + timedelta(days=2)))
    assert [(each.complaint, each.actor.id, each.shown) for each in found] == [
        (complaint_id, "petugas-1", Shown.CONTACT),
        (other, "petugas-2", Shown.CONTACT),
    ]
    assert [each.at for each in found] == [NOW, NOW + timedelta(days=1)]
    assert [each.complaint for each in looks(desk.store, NOW + timedelta(days=1), NOW + timedelta(days=2))] == [other]
    assert not list(looks(desk.store, NOW - timedelta(days=1), NOW))
    with desk.store.reading() as tx:
        assert [event.type for event in tx.outline(other)][-1] == "identity_seen"
