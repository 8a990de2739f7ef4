"""The desk's contract: the desk in memory keeps it, and one that does not is told what it did."""

import attrs
import pytest

from lapor_core.complaint import Proof
from lapor_core.lifecycle import Action, State
from lapor_core.plugins import Delivered, Desk, Failed, Receipt, Verdict
from lapor_core.submission import Submission, Upload
from lapor_core.testing import DeskTrial, FrozenClock, MemoryDesk, check_desk


@attrs.frozen(kw_only=True)
class Sms:
    key: str = "sms"
    proofs: frozenset[Proof] = frozenset({Proof.SENDER_NUMBER})


def trial(desk_of: type[MemoryDesk] = MemoryDesk) -> DeskTrial:
    clock = FrozenClock()
    desk = desk_of(clock=clock, channel=Sms())

    def sent() -> str:
        desk.sent("message-1")
        return "message-1"

    return DeskTrial(
        desk=desk,
        channel=Sms(),
        clock=clock,
        codes=lambda challenge: desk.codes[challenge],
        ask=lambda code: desk.move(code, State.WAITING),
        answer=lambda code, files: desk.move(code, State.RESPONDED, files=files),
        sent=sent,
        state_of=lambda key: {Delivered: "delivered", Failed: "failed"}[type(desk.deliveries[key])],
    )


def test_the_desk_in_memory_keeps_the_contract() -> None:
    desk: Desk = MemoryDesk()
    assert desk is not None
    check_desk(trial)


class Forgetful(MemoryDesk):
    def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
        self._known.clear()
        return super().submit(submission, partial=partial)


class Lenient(MemoryDesk):
    def reply(self, code: str, text: str, uploads: tuple[Upload, ...] = (), *, pin: str = "") -> None:
        self._act(code, Action.REPLY, text)


class Deaf(MemoryDesk):
    def report_delivery(self, key: str, verdict: Verdict) -> None:
        """Hear nothing."""


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (Forgetful, "the same submission again has another receipt"),
        (Lenient, "answered NoneType where it must refuse with text_needed"),
        (Deaf, "answered NoneType where it must refuse with unknown_message"),
    ],
)
def test_a_desk_that_breaks_the_contract_is_told(broken: type[MemoryDesk], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check_desk(lambda: trial(broken))
