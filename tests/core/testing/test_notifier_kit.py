"""The notifier kit lets a sound notifier in and stops each broken one at the law it breaks."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from lapor_core.plugins import Delivered, Failed, Message, TryLater, Verdict
from lapor_core.testing import RecordingNotifier, check_notifier


class Pager:
    key = "pager"
    media = frozenset({"sms", "email", "pager"})

    def send(self, message: Message, now: datetime) -> Verdict:
        if "\n" in message.address or not message.text:
            return Failed(why="the address or the text cannot be sent")
        return Delivered(provider_id=message.key)


def test_sound_notifiers_pass() -> None:
    check_notifier(Pager)
    check_notifier(RecordingNotifier)


class Raises(Pager):
    def send(self, message: Message, now: datetime) -> Verdict:
        message.address.encode("ascii")
        return Delivered()


class Forgets(Pager):
    def send(self, message: Message, now: datetime) -> Any:
        return None


class SaysTrue(Pager):
    def send(self, message: Message, now: datetime) -> Any:
        return True


class TellsTheAddress(Pager):
    def send(self, message: Message, now: datetime) -> Verdict:
        return Failed(why=f"550 no such user: {message.address}")


class TellsTheText(Pager):
    def send(self, message: Message, now: datetime) -> Verdict:
        return TryLater(why=f"could not encode {message.text}")


class GoesBack(Pager):
    def send(self, message: Message, now: datetime) -> Verdict:
        return TryLater(why="busy", after=timedelta(seconds=-1))


class Numbers(Pager):
    def send(self, message: Message, now: datetime) -> Any:
        return Delivered(provider_id=7)  # type: ignore[arg-type]


class Changes(Pager):
    def send(self, message: Message, now: datetime) -> Verdict:
        message.values["sent"] = "yes"  # type: ignore[index]
        return Delivered()


class Mute(Pager):
    media = frozenset[str]()


BROKEN = {
    Raises: "notifier 'pager': send() raised UnicodeEncodeError; it must return Delivered, TryLater or Failed",
    Forgets: "notifier 'pager': send() returned NoneType; it must return Delivered, TryLater or Failed",
    SaysTrue: "notifier 'pager': send() returned bool; it must return",
    TellsTheAddress: "notifier 'pager': Failed repeats the address of the message",
    TellsTheText: "notifier 'pager': TryLater repeats the ",  # text, or a subject or a value that stands in it too
    GoesBack: "notifier 'pager': TryLater.after must be a timedelta that is not negative, or None",
    Numbers: "notifier 'pager': Delivered must carry text, not int",
    Changes: "notifier 'pager': it changed the message it was given",
    Mute: "notifier 'pager': it serves no medium",
}


def test_a_notifier_in_the_place_of_its_maker_is_named_with_what_to_give() -> None:
    with pytest.raises(AssertionError, match="give what makes the notifier: Pager, or lambda"):
        check_notifier(Pager())  # type: ignore[arg-type]  # that is the fault


@pytest.mark.parametrize(("make", "message"), BROKEN.items(), ids=[each.__name__ for each in BROKEN])
def test_a_broken_notifier_is_stopped(make: type[Pager], message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        check_notifier(make)
    assert message in str(caught.value)
