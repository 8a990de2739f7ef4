"""The desk's use cases on a real database: each is stored whole or not at all, and once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from PIL import Image
from sqlalchemy import func, select

from lapor_core import (
    Act,
    Action,
    Actor,
    Agency,
    Complaint,
    Facts,
    Kind,
    Limit,
    Proof,
    Reporter,
    Role,
    State,
    Submission,
    Upload,
    Visibility,
    load_standard,
)
from lapor_core.complaint import Ground
from lapor_core.errors import BadValue, Incomplete, NotFound, Refused
from lapor_core.events import Advised
from lapor_core.testing import FrozenClock
from lapor_desk import changing, sweeping
from lapor_desk.desk import Desk
from lapor_desk.message_files import MOST_FILES
from lapor_desk.officers import Officers
from lapor_desk.store import Files, MasterKey, Status, Store, StoreBusy, open_store
from lapor_desk.store.tables import attachments, complaints, events, intake, notices, people
from lapor_desk.sweeping import Sweeper

WITA = ZoneInfo("Asia/Makassar")
RECEIVED = datetime(2026, 3, 13, 10, tzinfo=WITA)
AGENCIES = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="dinas-misal", name="Dinas Misal"))
STANDARD = load_standard("banjarbaru", agencies=AGENCIES)
LIGHT_OUT = "Lampu jalan contoh mati"
PASSWORD = "rahasia-contoh"
SEDANG = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(RECEIVED)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/lapor.db", master=MasterKey(bytes(32)), files=Files.memory())
    yield store
    store.close()


@pytest.fixture
def desk(store: Store, clock: FrozenClock) -> Desk:
    officers = Officers(store, clock=clock, agencies=frozenset(STANDARD.agencies))
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN, email="admin@example.id")
    officers.add("contoh", PASSWORD, Role.LIAISON_OFFICER, agency="dinas-contoh", email="contoh@example.id")
    officers.add("misal", PASSWORD, Role.LIAISON_OFFICER, agency="dinas-misal", email="misal@example.id")
    return Desk(store, STANDARD, clock=clock)


def sms(**changes: object) -> Submission:
    fields = {
        "channel": "sms",
        "source_id": "1",
        "received_at": RECEIVED,
        "reporter": Reporter(mobile="+6280000000001"),  # invented
        "proofs": frozenset({Proof.SENDER_NUMBER}),
        "narrative": LIGHT_OUT,
    }
    return Submission(**{**fields, **changes})  # type: ignore[arg-type]  # fields of one test differ in type


def photo(name: str = "foto.png", colour: str = "red") -> Upload:
    written = BytesIO()
    Image.new("RGB", (4, 4), colour).save(written, "PNG")
    return Upload(name=name, content=written.getvalue())


def id_of(desk: Desk, code: str) -> str:
    with desk.store.reading() as tx:
        found = tx.find(code)
    assert found is not None
    return found


def act(desk: Desk, complaint: str, action: Action, role: Role, **more: object) -> Complaint:
    return desk.act(complaint, Act(action=action, actor=Actor(role=role, id="o1"), **more))  # type: ignore[arg-type]  # as above


def forwarded(desk: Desk, **changes: object) -> str:
    complaint = id_of(desk, desk.submit(sms(**changes)).code)
    act(desk, complaint, Action.DISPOSE, Role.CENTRAL_ADMIN, agencies=("dinas-contoh",), facts=SEDANG)
    act(desk, complaint, Action.VERIFY, Role.AGENCY_ADMIN)
    act(desk, complaint, Action.FORWARD, Role.AGENCY_ADMIN)
    return complaint


def queued(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.store.reading() as tx:
        return [(notice.template, notice.role, notice.medium) for notice in tx.notices_in(Status.QUEUED)]


def counts(store: Store) -> dict[str, int]:
    tables = (attachments, complaints, events, intake, notices, people)
    with store.reading() as tx:
        return {
            table.name: tx.connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def test_a_submission_is_stored_with_its_notice_before_the_citizen_has_the_code(desk: Desk) -> None:
    receipt = desk.submit(sms(kind=Kind.ASPIRATION))
    assert (receipt.tier, str(receipt.due_date), receipt.repeated) == ("ringan", "2026-03-31", False)
    complaint = desk.complaint(id_of(desk, receipt.code))
    assert (complaint.state, complaint.narrative) == (State.SUBMITTED, LIGHT_OUT)
    assert queued(desk) == [("received", "reporter", "sms")]


def test_the_same_submission_again_is_the_same_complaint(desk: Desk) -> None:
    first = desk.submit(sms())
    before = counts(desk.store)
    again = desk.submit(sms(narrative="Kata lain"))
    assert (again.code, again.repeated) == (first.code, True)
    assert counts(desk.store) == before


def test_of_many_threads_that_hand_in_the_same_submission_one_makes_the_complaint(desk: Desk) -> None:
    codes: list[str] = []
    threads = [threading.Thread(target=lambda: codes.append(desk.submit(sms()).code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 8
    assert len(set(codes)) == 1
    assert counts(desk.store)["lapor_complaints"] == 1


def test_two_messages_from_one_number_are_of_one_person(desk: Desk) -> None:
    first, second = (desk.complaint(id_of(desk, desk.submit(sms(source_id=source)).code)) for source in "12")
    assert first.reporter_ref == second.reporter_ref


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"proofs": frozenset()}, Incomplete),
        ({"narrative": " "}, Incomplete),
        ({"received_at": RECEIVED + timedelta(seconds=1)}, BadValue),
        ({"agency": "dinas-entah"}, NotFound),
        ({"channel": "merpati"}, NotFound),
        ({"uploads": (Upload(name="foto.jpg", content=b"bukan foto"),)}, BadValue),
        ({"uploads": (photo("surat.pdf"),)}, BadValue),
        ({"uploads": tuple(photo(f"{number}.png") for number in range(MOST_FILES + 1))}, BadValue),
    ],
    ids=["no-proof", "empty", "future", "agency", "channel", "no-photo", "other-name", "too-many"],
)
def test_what_is_refused_leaves_nothing_behind(desk: Desk, changes: dict[str, object], error: type[Exception]) -> None:
    before = counts(desk.store)
    with pytest.raises(error):
        desk.submit(sms(**changes))
    assert counts(desk.store) == before


def test_a_failure_in_the_middle_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = counts(desk.store)
    monkeypatch.setattr("lapor_desk.recording.rows_for", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.submit(sms())
    assert counts(desk.store) == before


def test_a_code_that_is_taken_is_drawn_anew(store: Store, clock: FrozenClock) -> None:
    drawn = iter([b"contoh1", b"contoh1", b"contoh2"])
    desk = Desk(store, STANDARD, clock=clock, random=lambda _: next(drawn))
    first, second = (desk.submit(sms(source_id=source)).code for source in "12")
    assert first != second


def test_files_are_kept_sealed_and_given_back(desk: Desk) -> None:
    complaint = desk.complaint(id_of(desk, desk.submit(sms(uploads=(photo(),))).code))
    (attachment,) = complaint.attachments
    assert attachment.media_type == "image/png"
    assert desk.store.read_file(complaint.reporter_ref, attachment.digest).startswith(b"\x89PNG")


def test_who_becomes_known_while_their_files_are_written_is_one_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, faster = desk.store.keep_files, iter(["2"])

    def overtaken(*arguments: object) -> None:
        keep(*arguments)  # type: ignore[arg-type]  # passed on as they came
        for number in faster:
            desk.submit(sms(source_id=number))

    monkeypatch.setattr(desk.store, "keep_files", overtaken)
    first = desk.complaint(id_of(desk, desk.submit(sms(uploads=(photo(),))).code))
    second = desk.complaint(id_of(desk, desk.submit(sms(source_id="2")).code))
    assert first.reporter_ref == second.reporter_ref
    assert desk.store.read_file(first.reporter_ref, first.attachments[0].digest)


def test_the_four_steps_end_with_a_notice_of_the_answer(desk: Desk, clock: FrozenClock) -> None:
    complaint = forwarded(desk)
    clock.advance(timedelta(days=4))
    answered = act(desk, complaint, Action.RESPOND, Role.LIAISON_OFFICER, text="Sudah diperbaiki")
    assert (answered.state, answered.answers) == (State.RESPONDED, ("Sudah diperbaiki",))
    told = [template for template, role, _ in queued(desk) if role == "reporter"]
    assert sorted(told) == ["answered", "forwarded", "received"]


def test_officers_of_another_agency_find_nothing(desk: Desk) -> None:
    complaint = forwarded(desk)
    with pytest.raises(NotFound, match="no such complaint"):
        desk.complaint(complaint, agency="dinas-misal")
    with pytest.raises(NotFound, match="no such complaint"):
        desk.act(
            complaint,
            Act(action=Action.RESPOND, actor=Actor(role=Role.LIAISON_OFFICER), text="x"),
            agency="dinas-misal",
        )
    assert desk.complaint(complaint, agency="dinas-contoh").state is State.IN_PROGRESS


def test_who_acts_on_what_has_changed_since_is_told(desk: Desk) -> None:
    complaint = id_of(desk, desk.submit(sms()).code)
    seen = desk.complaint(complaint).version
    act(desk, complaint, Action.DISPOSE, Role.CENTRAL_ADMIN, agencies=("dinas-contoh",))
    reject = Act(action=Action.REJECT, actor=Actor(role=Role.AGENCY_ADMIN), text="ganda")
    with pytest.raises(Refused) as caught:
        desk.act(complaint, reject, version=seen)
    assert caught.value.code == "changed_meanwhile"
    assert desk.complaint(complaint).state is State.DISPOSED


def test_a_role_that_may_not_is_refused_and_nothing_is_written(desk: Desk) -> None:
    complaint = id_of(desk, desk.submit(sms()).code)
    before = counts(desk.store)
    with pytest.raises(Refused, match="not for the liaison_officer"):
        act(desk, complaint, Action.DISPOSE, Role.LIAISON_OFFICER, agencies=("dinas-contoh",))
    assert counts(desk.store) == before


def test_the_holder_of_the_code_follows_and_replies(desk: Desk) -> None:
    code = desk.submit(sms()).code
    complaint = id_of(desk, code)
    act(desk, complaint, Action.DISPOSE, Role.CENTRAL_ADMIN, agencies=("dinas-contoh",), facts=SEDANG)
    act(desk, complaint, Action.VERIFY, Role.AGENCY_ADMIN)
    act(desk, complaint, Action.FORWARD, Role.AGENCY_ADMIN)
    act(desk, complaint, Action.ASK, Role.LIAISON_OFFICER, text="Di jalan mana?")
    desk.reply(code.lower().replace("-", " "), "Di Jalan Contoh", [photo()])
    tracking = desk.track(code)
    assert (tracking.state, str(tracking.due_date)) == ("in_progress", "2026-04-10")
    assert [entry.text for entry in tracking.entries][-2:] == ["Instansi bertanya: Di jalan mana?", "Pelapor menjawab"]
    assert len(desk.complaint(complaint).attachments) == 1
    with pytest.raises(Refused):
        desk.reply(code, "Lagi")


def test_unknown_and_mistyped_codes_are_told_apart(desk: Desk) -> None:
    code = desk.submit(sms()).code
    other = "0" if code[0] != "0" else "1"
    with pytest.raises(BadValue):
        desk.track(other + code[1:])
    with pytest.raises(NotFound):
        desk.track("0000-0000-000")


def test_who_waits_for_a_disposition_longer_than_any_tier_is_shown_the_ombudsman(
    desk: Desk, clock: FrozenClock
) -> None:
    code = desk.submit(sms()).code
    clock.advance(timedelta(days=40))
    assert (desk.track(code).late, desk.track(code).due_date, desk.track(code).contacts) == (False, None, ())
    clock.advance(timedelta(days=20))
    tracking = desk.track(code)
    assert (tracking.late, tracking.due_date) == (True, date(2026, 5, 5))
    assert "137" in tracking.contacts[0]
    assert "tingkat laporan belum ditetapkan" in tracking.letter


def test_whoever_is_asked_and_does_not_answer_is_not_told_that_the_office_is_late(
    desk: Desk, clock: FrozenClock
) -> None:
    complaint = forwarded(desk)
    act(desk, complaint, Action.ASK, Role.LIAISON_OFFICER, text="Lampu yang mana?")
    clock.advance(timedelta(days=60))
    desk.sweep(clock())
    tracking = desk.track(desk.complaint(complaint).code)
    assert (tracking.late, tracking.contacts, tracking.due_date) == (False, (), date(2026, 4, 10))


def test_the_sweep_climbs_the_ladder_once_and_shows_the_ombudsman(desk: Desk, clock: FrozenClock) -> None:
    complaint = forwarded(desk)
    assert desk.sweep(clock()) == 0
    clock.advance(timedelta(days=45))
    assert (desk.sweep(clock()), desk.sweep(clock())) == (1, 0)
    assert desk.complaint(complaint).state is State.ESCALATED
    tracking = desk.track(desk.complaint(complaint).code)
    assert tracking.late
    assert all(contact in tracking.contacts[0] for contact in ("137", "082137373737", "pengaduan@ombudsman.go.id"))
    assert "kepada Ombudsman RI. Ombudsman RI: telepon 137, " in tracking.contacts[0]
    assert "telephone 137" in desk.track(desk.complaint(complaint).code, "en").contacts[0]
    assert LIGHT_OUT in tracking.letter
    assert "Ombudsman Republik Indonesia" in tracking.letter
    assert "80000000001" not in tracking.letter  # whoever holds the code learns no more of who reported
    assert ("way_further", "reporter", "sms") in queued(desk)
    assert ("reminder", "liaison_officer", "email") in queued(desk)


def written(desk: Desk, complaint_id: str) -> list[str]:
    return [event.type for event in desk.events(complaint_id)]


def test_what_is_missed_is_written_down_once_where_no_ladder_makes_anybody_look(
    store: Store, clock: FrozenClock
) -> None:
    without = attrs.evolve(STANDARD, policy=attrs.evolve(STANDARD.policy, ladder=()))
    desk = Desk(store, without, clock=clock)
    late, answered = forwarded(desk), forwarded(desk, source_id="2")
    desk.act(answered, Act(action=Action.RESPOND, actor=Actor(role=Role.LIAISON_OFFICER, id="petugas"), text="Sudah."))
    (promise,) = desk.complaint(late).running_clocks
    clock.advance(promise.due - clock())
    assert desk.sweep(clock()) == 0  # the last instant that is in time
    clock.advance(timedelta(microseconds=1))
    assert (desk.sweep(clock()), desk.sweep(clock() + timedelta(days=1))) == (1, 0)
    event = desk.events(late)[-1]
    assert (event.type, event.happened_at, event.recorded_at) == ("clock_missed", clock(), clock())
    assert "clock_missed" not in written(desk, answered)
    assert "terlewati" not in str(
        desk.track(desk.complaint(late).code)
    )  # the citizen is shown that it is late, and once
    with store.reading() as tx:
        waiting = [listed.next_step_at for listed in tx.listed()]
    assert waiting == [None, None]


def test_a_sweep_at_night_leaves_what_is_overdue_for_the_morning(desk: Desk, clock: FrozenClock) -> None:
    complaints = [forwarded(desk, source_id=source) for source in "123"]
    night = datetime(2026, 5, 12, 23, tzinfo=WITA)
    sweeper = Sweeper(store=desk.store, standard_of=desk.standard_of, batch=1)
    clock.advance(night - clock())
    assert sweeper.sweep(night) == 3  # that a promise was missed needs nobody at their desk
    assert [list(written(desk, complaint))[-1] for complaint in complaints] == ["clock_missed"] * 3
    assert sweeper.sweep(night) == 0
    assert sweeper.sweep(night.replace(day=13, hour=8)) == 3
    assert all(desk.complaint(complaint).state is State.ESCALATED for complaint in complaints)


def test_a_sweep_that_meets_an_officers_act_takes_the_step_at_once(
    desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = forwarded(desk)
    clock.advance(timedelta(days=45))
    overtaken: list[str] = []

    def once_overtaken(*args: Any, **kwargs: Any) -> Complaint:
        if not overtaken:
            overtaken.append("once")
            raise Refused("somebody was faster by a moment", code="changed_meanwhile", complaint=complaint)
        return record(*args, **kwargs)

    record = changing.record
    monkeypatch.setattr(changing, "record", once_overtaken)
    assert desk.sweep(clock()) == 1
    assert (overtaken, desk.complaint(complaint).state) == (["once"], State.ESCALATED)


def test_a_complaint_that_cannot_be_judged_does_not_stop_the_sweep(store: Store, clock: FrozenClock) -> None:
    foreign = load_standard(attrs.evolve(STANDARD.policy, version="0"), agencies=AGENCIES)
    old = Desk(store, foreign, clock=clock)
    forwarded(old)
    desk = Desk(store, STANDARD, clock=clock)
    good = forwarded(desk, source_id="2")
    clock.advance(timedelta(days=45))
    assert desk.sweep(clock()) == 1
    assert desk.complaint(good).state is State.ESCALATED
    assert desk.sweep(clock()) == 0
    both = Desk(store, STANDARD, clock=clock, former=[foreign])
    assert both.sweep(clock() + timedelta(hours=2)) == 1


def poisoned(desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, error: Exception) -> tuple[str, str]:
    """Return two complaints of which a step is due; it cannot be judged for the first one, which has been due for longer."""
    bad = forwarded(desk, source_id="1")
    clock.advance(timedelta(minutes=1))
    good = forwarded(desk, source_id="2")
    clock.advance(timedelta(days=45))
    look = sweeping.missed

    def missed(complaint: Complaint, *others: Any) -> Any:
        if complaint.id == bad:
            raise error
        return look(complaint, *others)

    monkeypatch.setattr(sweeping, "missed", missed)
    return bad, good


def test_a_complaint_that_breaks_the_judgement_does_not_stop_the_others(
    desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = poisoned(desk, clock, monkeypatch, KeyError("rahasia-contoh"))
    sweeper = Sweeper(store=desk.store, standard_of=desk.standard_of, batch=1)
    assert sweeper.sweep(clock()) == 1
    assert (desk.complaint(good).state, desk.complaint(bad).state) == (State.ESCALATED, State.IN_PROGRESS)
    assert f"complaint {bad}: its step is put off: KeyError" in caplog.messages
    assert "rahasia-contoh" not in caplog.text
    assert sweeper.unjudged(clock()) == {bad: "KeyError"}
    monkeypatch.undo()
    assert sweeper.unjudged(clock()) == {}
    assert sweeper.sweep(clock() + timedelta(hours=1)) == 1


def test_a_database_that_is_away_puts_no_step_off(
    desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned(desk, clock, monkeypatch, StoreBusy("away", code="store_busy"))
    with pytest.raises(StoreBusy):
        desk.sweep(clock())
    monkeypatch.undo()
    assert desk.sweep(clock()) == 2  # at the next minute, and not after an hour


@pytest.mark.parametrize("secret", [False, True])
def test_of_all_files_only_those_of_answers_are_handed_out_and_none_of_an_erased_person(
    desk: Desk, clock: FrozenClock, *, secret: bool
) -> None:
    wishes = Visibility(anonymous=secret, secret=secret)
    said: dict[str, object] = {"uploads": (photo("bukti.png"),), "visibility": wishes}
    pin = desk.submit(sms(**said)).pin
    complaint_id = forwarded(desk, **said)  # the same submission again
    code, mine = desk.complaint(complaint_id).code, desk.complaint(complaint_id).attachments[0].digest
    answer = Act(action=Action.RESPOND, actor=Actor(role=Role.LIAISON_OFFICER, id="o1"), text="Sudah.")
    desk.act(complaint_id, answer, uploads=(photo("", "blue"),))
    [file] = [file for entry in desk.track(code, pin=pin).entries for file in entry.files]
    assert (file.name, file.media_type) == ("lampiran-1.png", "image/png")
    assert desk.download(code, file.id, pin=pin).content.startswith(b"\x89PNG")
    with pytest.raises(NotFound, match="no answer") as error:
        desk.download(code, mine, pin=pin)
    assert error.value.code == "unknown_file"
    act(desk, complaint_id, Action.ERASE, Role.CENTRAL_ADMIN, ground=Ground.REQUESTED)
    with pytest.raises(NotFound) as error:
        desk.download(code, file.id, pin=pin)
    assert error.value.code == "unknown_file"


def test_a_new_version_takes_effect_on_its_day_and_the_old_keeps_its_complaints(
    store: Store, clock: FrozenClock
) -> None:
    today = RECEIVED.date()
    longer = {"resolve": Limit.parse("10 working_days")}
    tiers = tuple(attrs.evolve(tier, limits=longer) for tier in STANDARD.policy.tiers)
    renewed = attrs.evolve(STANDARD.policy, version="2", tiers=tiers, valid_from=today + timedelta(days=3))
    desk = Desk(store, load_standard(renewed, agencies=AGENCIES), clock=clock, former=[STANDARD])
    before = desk.submit(sms(kind=Kind.ASPIRATION))
    clock.advance(timedelta(days=3))
    after = desk.submit(sms(kind=Kind.ASPIRATION, source_id="2", received_at=clock()))
    letter = desk.submit(sms(kind=Kind.ASPIRATION, source_id="3"))  # typed in late, and received under the old one
    policies = [desk.complaint(id_of(desk, receipt.code)).policy for receipt in (before, after, letter)]
    assert policies == ["banjarbaru@1", "banjarbaru@2", "banjarbaru@1"]
    assert desk.standard.policy.version == "2"


def test_a_coarse_word_is_pointed_out_to_officers_and_refuses_nothing(desk: Desk) -> None:
    receipt = desk.submit(sms(narrative="Lampu mati lagi, petugasnya goblok!"))
    [advised] = [event.fact for event in desk.events(id_of(desk, receipt.code)) if event.type == "advised"]
    assert advised == Advised(by="politeness", text="dengan bahasa yang santun: goblok")
    assert "goblok" not in str(desk.track(receipt.code).entries)
    polite = desk.submit(sms(source_id="2"))
    assert not [event for event in desk.events(id_of(desk, polite.code)) if event.type == "advised"]
