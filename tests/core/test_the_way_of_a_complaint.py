"""The seed's four steps, from a citizen's message to an answer, and what must not happen on the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lapor_core import (
    Act,
    Action,
    Actor,
    Agency,
    Complaint,
    Event,
    Facts,
    Kind,
    Proof,
    Reporter,
    Role,
    State,
    Submission,
    decide,
    due_steps,
    load_standard,
    next_step_at,
    receive,
    replay,
    take_step,
    tracking_code,
)
from lapor_core.errors import BadValue, Incomplete, Refused
from lapor_core.notices import notices_for, write
from lapor_core.records import from_record, to_record

ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 3, 13, 10, 0, tzinfo=ZONE)
HOUR = timedelta(hours=1)
STANDARD = load_standard("banjarbaru", agencies=[Agency(key="dinas-contoh", name="Dinas Contoh")])
MARKER = "Lampu jalan contoh mati"


def sms(**changes: object) -> Submission:
    fields = {
        "channel": "sms",
        "source_id": "1",
        "received_at": NOW,
        "reporter": Reporter(mobile="+6280000000001"),  # invented
        "proofs": frozenset({Proof.SENDER_NUMBER}),
        "kind": Kind.COMPLAINT,
        "narrative": MARKER,
    }
    return Submission(**{**fields, **changes})  # type: ignore[arg-type]  # fields of one test differ in type


def received() -> list[Event]:
    code = tracking_code(b"contoh1")
    return list(receive(sms(), STANDARD, NOW, complaint="c1", code=code, reporter_ref="p1").events)


def after(events: list[Event], action: Action, role: Role, at: datetime, **more: object) -> list[Event]:
    act = Act(action=action, actor=Actor(role=role), **more)  # type: ignore[arg-type]  # as above
    return [*events, *decide(replay(events), act, STANDARD, at)]


def forwarded() -> list[Event]:
    known = Facts(supervisory=False, abuse_of_authority=False)
    events = after(received(), Action.DISPOSE, Role.CENTRAL_ADMIN, NOW + HOUR, agencies=("dinas-contoh",), facts=known)
    events = after(events, Action.VERIFY, Role.AGENCY_ADMIN, NOW + 2 * HOUR)
    return after(events, Action.FORWARD, Role.AGENCY_ADMIN, NOW + 3 * HOUR)


def climb(events: list[Event], now: datetime) -> list[Event]:
    complaint: Complaint = replay(events)
    for due in due_steps(complaint, STANDARD, now):
        events = [*events, *take_step(replay(events), due, STANDARD, now)]
    return events


def test_the_four_steps_of_the_standard() -> None:
    complaint = replay(forwarded())
    assert complaint.state is State.IN_PROGRESS
    assert complaint.tier == "sedang"
    clock = complaint.running("resolve")
    assert clock is not None
    assert clock.start == NOW
    assert clock.due_date.isoformat() == "2026-04-10"
    events = after(forwarded(), Action.RESPOND, Role.LIAISON_OFFICER, NOW + 24 * HOUR, text="Sudah diperbaiki")
    told = notices_for(events[-2:], replay(events))
    assert [(notice.template, notice.recipient.role) for notice in told] == [("answered", Role.REPORTER)]
    assert replay(events).running("resolve") is None


def test_records_give_the_same_events_and_hold_nothing_personal_in_the_open() -> None:
    for event in after(forwarded(), Action.RESPOND, Role.LIAISON_OFFICER, NOW + 24 * HOUR, text=MARKER):
        record = to_record(event)
        assert from_record(record) == event
        assert MARKER not in str(record.public)
        assert "80000000001" not in str(record.public)
        assert MARKER not in repr(event)


@pytest.mark.parametrize(
    ("action", "role", "reason"),
    [
        (Action.RESPOND, Role.LIAISON_OFFICER, "not possible"),
        (Action.DISPOSE, Role.LIAISON_OFFICER, "not for the liaison_officer"),
    ],
)
def test_what_is_refused_says_what_is_allowed_and_to_whom(action: Action, role: Role, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as caught:
        after(received(), action, role, NOW, text="x", agencies=("dinas-contoh",))
    assert "dispose (central_admin)" in str(caught.value)


def test_without_its_proof_or_its_narrative_a_submission_is_incomplete() -> None:
    with pytest.raises(Incomplete) as caught:
        receive(sms(proofs=frozenset(), narrative=" "), STANDARD, NOW, complaint="c", code="x", reporter_ref="p")
    assert [piece.field for piece in caught.value.missing] == ["mobile", "narrative"]


def test_nothing_is_received_after_now() -> None:
    with pytest.raises(BadValue, match="after now"):
        receive(sms(), STANDARD, NOW - HOUR, complaint="c", code="x", reporter_ref="p")


def test_waiting_for_the_reporter_moves_the_due_day_by_the_days_waited() -> None:
    asked = after(forwarded(), Action.ASK, Role.LIAISON_OFFICER, datetime(2026, 3, 16, 9, tzinfo=ZONE), text="Di mana?")
    assert due_steps(replay(asked), STANDARD, datetime(2026, 6, 1, 9, tzinfo=ZONE)) == ()
    replied = after(asked, Action.REPLY, Role.REPORTER, datetime(2026, 3, 25, 17, tzinfo=ZONE), text="Di simpang")
    clock = replay(replied).running("resolve")
    assert clock is not None
    assert clock.due_date.isoformat() == "2026-04-14"  # 17 and 25 March were waited for from opening to closing


def test_an_answer_straight_out_of_a_pause_is_judged_by_the_moved_deadline() -> None:
    asked = after(forwarded(), Action.ASK, Role.LIAISON_OFFICER, datetime(2026, 3, 16, 9, tzinfo=ZONE), text="Di mana?")
    late = datetime(2026, 4, 18, 9, tzinfo=ZONE)  # the deadline was 10 April, and only the reporter was waited for
    answered = after(asked, Action.RESPOND, Role.LIAISON_OFFICER, late, text="Sudah diperbaiki")
    stopped = [event.fact for event in answered if event.type == "clock_stopped"]
    assert [fact.met for fact in stopped] == [True]  # type: ignore[attr-defined]  # a fact of this type has it


def test_the_ladder_reminds_escalates_and_shows_the_ombudsman_once() -> None:
    events = forwarded()
    first = next_step_at(replay(events), STANDARD)
    assert first == datetime(2026, 4, 7, 7, 30, tzinfo=ZONE)
    assert due_steps(replay(events), STANDARD, first - timedelta(seconds=1)) == ()
    late = datetime(2026, 4, 13, 8, tzinfo=ZONE)
    climbed = climb(events, late)
    assert replay(climbed).state is State.ESCALATED
    assert climb(climbed, late + 48 * HOUR) == climbed
    told = [n for n in notices_for(climbed[len(events) :], replay(climbed)) if n.recipient.role is Role.REPORTER]
    assert [notice.template for notice in told] == ["way_further"]
    written = write("way_further", climbed[told[0].sequence - 1], replay(climbed), STANDARD)
    for contact in ("137", "082137373737", "pengaduan@ombudsman.go.id"):
        assert contact in written.text
