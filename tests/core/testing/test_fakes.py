"""The fakes keep the contracts of what they stand for."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given

from lapor_core.complaint import Proof, Reporter
from lapor_core.errors import BadValue, Incomplete, NotFound, Refused
from lapor_core.lifecycle import State
from lapor_core.plugins import Delivered, Desk, Message, Notifier, Receipt, TryLater
from lapor_core.policy.loading import shipped_policy
from lapor_core.submission import Submission
from lapor_core.testing import FrozenClock, MemoryDesk, RecordingNotifier, messages, submissions

WARGA = Reporter(name="Warga Contoh", email="warga@example.org", mobile="+628100000001")
PROVED = frozenset({Proof.SENDER_NUMBER})


def desk_and_receipt() -> tuple[MemoryDesk, Receipt]:
    desk = MemoryDesk()
    received = datetime(2026, 4, 7, 23, 30, tzinfo=UTC)
    submission = Submission(
        channel="sms", source_id="1", received_at=received, reporter=WARGA, proofs=PROVED, narrative="Lampu mati."
    )
    return desk, desk.submit(submission)


def test_the_desk_in_memory_is_a_desk() -> None:
    desk: Desk = MemoryDesk()
    assert desk.policy.channels["other"].proofs == frozenset()
    assert desk.now().tzinfo is not None


@given(submission=submissions(channel="sms", proofs=PROVED))
def test_the_same_submission_is_taken_in_once(submission: Submission) -> None:
    desk = MemoryDesk(clock=FrozenClock(datetime(2028, 1, 3, tzinfo=UTC)))
    first = desk.submit(submission)
    again = desk.submit(attrs.evolve(submission, narrative="lain"))
    assert again == attrs.evolve(first, repeated=True, pin="")
    assert desk.submissions == {first.code: submission}
    assert first.received_at == submission.received_at


def test_what_the_policy_requires_is_asked_for() -> None:
    desk = MemoryDesk()
    bare = Submission(channel="sms", source_id="1", received_at=desk.now(), reporter=WARGA, narrative=" ")
    with pytest.raises(Incomplete) as caught:
        desk.submit(bare)
    assert [piece.field for piece in caught.value.missing] == ["mobile", "narrative"]
    assert not desk.submissions


def test_a_policy_of_ones_own_is_kept_as_it_is() -> None:
    desk = MemoryDesk(shipped_policy("banjarbaru"))
    stray = Submission(channel="kiosk", source_id="1", received_at=desk.now(), reporter=WARGA, narrative="x")
    with pytest.raises(NotFound):
        desk.submit(stray)


def test_a_complaint_is_tracked_through_typing_slips_of_case() -> None:
    desk, receipt = desk_and_receipt()
    assert receipt.received_at.isoformat() == "2026-04-08T07:30:00+08:00"
    tracking = desk.track(receipt.code.lower().replace("-", " "), "en")
    assert (tracking.code, tracking.state) == (receipt.code, State.SUBMITTED)
    assert tracking.status != desk.track(receipt.code, "id").status


def test_unknown_and_mistyped_codes_are_told_apart() -> None:
    desk, receipt = desk_and_receipt()
    with pytest.raises(NotFound) as unknown:
        MemoryDesk().track(receipt.code)
    with pytest.raises(BadValue) as mistyped:
        desk.track(receipt.code[:-1] + ("7" if receipt.code[-1] != "7" else "8"))
    assert (unknown.value.code, mistyped.value.code) == ("unknown_code", "bad_code")


def test_a_reply_is_possible_where_the_life_of_a_complaint_has_one() -> None:
    desk, receipt = desk_and_receipt()
    with pytest.raises(Refused, match="reply is not possible now"):
        desk.reply(receipt.code, "Sudah menyala.")
    desk.move(receipt.code, State.WAITING, "Di mana tepatnya?")
    desk.reply(receipt.code, "Di depan pasar.")
    tracking = desk.track(receipt.code)
    assert tracking.state == State.IN_PROGRESS
    assert [entry.text for entry in tracking.entries] == ["Di mana tepatnya?", "Di depan pasar."]


def test_codes_prove_an_address_and_a_number() -> None:
    desk = MemoryDesk()
    challenge = desk.challenge(WARGA)
    token = desk.confirm(challenge, desk.codes[challenge])
    principal = desk.principal(token)
    assert principal is not None
    assert principal.proofs == {Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE}
    assert principal.reporter == WARGA
    assert desk.principal("session-of-nobody") is None


def refusal(desk: MemoryDesk, challenge: str, codes: dict[Proof, str]) -> str:
    with pytest.raises(Refused) as caught:
        desk.confirm(challenge, codes)
    return caught.value.code


def test_codes_can_be_wrong_tried_too_often_used_and_old() -> None:
    desk = MemoryDesk()
    first, second, third = (desk.challenge(WARGA) for _ in range(3))
    only_one = {Proof.VERIFIED_EMAIL: desk.codes[first][Proof.VERIFIED_EMAIL]}
    assert [refusal(desk, first, only_one) for _ in range(6)] == ["wrong_code"] * 5 + ["too_many_tries"]
    desk.confirm(second, desk.codes[second])
    assert refusal(desk, second, dict(desk.codes[second])) == "expired_code"
    desk.clock.advance(timedelta(minutes=11))
    assert refusal(desk, third, dict(desk.codes[third])) == "expired_code"


def test_a_challenge_needs_somewhere_to_send_a_code() -> None:
    with pytest.raises(BadValue, match="needs an e-mail address or a mobile number"):
        MemoryDesk().challenge(Reporter(name="Warga Contoh"))


def test_a_channels_own_storage_is_small() -> None:
    desk = MemoryDesk()
    assert desk.recall("offset") is None
    desk.keep("offset", b"7")
    assert desk.recall("offset") == b"7"
    with pytest.raises(BadValue, match="at most 65536 bytes"):
        desk.keep("offset", bytes(64 * 1024 + 1))


@given(message=messages())
def test_a_recording_notifier_answers_what_it_was_told(message: Message) -> None:
    busy = TryLater(why="busy")
    notifier = RecordingNotifier(verdicts=[busy])
    assert isinstance(notifier, Notifier)
    assert [notifier.send(message, FrozenClock()()) for _ in range(2)] == [busy, Delivered(provider_id="2")]
    assert notifier.sent == [message, message]


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = FrozenClock()
    assert clock() == clock()
    before = clock()
    assert clock.advance(timedelta(hours=1)) == before + timedelta(hours=1)
    assert clock().tzinfo == before.tzinfo
    with pytest.raises(BadValue, match="no time zone"):
        FrozenClock(datetime(2026, 4, 8))  # noqa: DTZ001
