"""The courier: whatever a notifier does, it costs only its result, and no reason repeats what a message said."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.plugins import Choice
from lapor_core.plugins.contracts import Delivered, Failed, Message, TryLater, Verdict
from lapor_core.testing import messages
from lapor_desk.courier import Courier, by_medium
from lapor_desk.hanging import Hanging

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
MESSAGE = Message(
    key="k",
    medium="email",
    address="warga@example.org",
    subject="Laporan Anda sudah dijawab",
    text="Yth. Warga Contoh, laporan Anda tentang lampu jalan contoh sudah dijawab.",
    template="answered",
    values={"name": "Warga Contoh", "pin": "4711", "n": "7"},
)


@attrs.frozen(kw_only=True)
class Says:
    """A notifier that does what it is told."""

    does: Callable[[], object]
    key: str = "pos"
    media: frozenset[str] = frozenset({"email", "sms"})

    def send(self, message: Message, now: datetime) -> Verdict:
        return self.does()  # type: ignore[return-value]  # a notifier may lie


def sent(does: Callable[[], object], message: Message = MESSAGE, **options: Any) -> Verdict:
    courier = Courier({"email": Says(does=does)}, **options)
    messenger = courier.choose("email")
    assert messenger is not None
    return courier.send(messenger, message, NOW)


def reason(why: Any, message: Message = MESSAGE) -> str:
    verdict = sent(lambda: Failed(why=why), message)
    assert isinstance(verdict, Failed)
    return verdict.why


# Who serves what


def test_of_several_notifiers_the_first_serves_a_medium() -> None:
    first = Says(does=Delivered, key="a", media=frozenset({"email"}))
    second = Says(does=Delivered, key="b", media=frozenset({"email", "sms"}))
    assert by_medium([first, second]) == {"email": first, "sms": second}
    assert by_medium([second, first]) == {"email": second, "sms": second}
    assert by_medium([]) == {}


@attrs.frozen(kw_only=True)
class LastResort(Says):
    last_resort: bool = True


def test_a_last_resort_serves_only_what_nobody_else_does() -> None:
    outbox = LastResort(does=Delivered, key="outbox")
    post = Says(does=Delivered, key="post", media=frozenset({"email"}))
    assert by_medium([outbox, post]) == {"email": post, "sms": outbox}
    assert by_medium([outbox]) == {"email": outbox, "sms": outbox}
    shy = LastResort(does=Delivered, key="shy", last_resort=False)
    assert by_medium([shy, post]) == {"email": shy, "sms": shy}


def test_where_somebody_sends_a_medium_a_last_resort_cannot_be_chosen() -> None:
    outbox, post = (
        LastResort(does=Delivered, key="outbox"),
        Says(does=Delivered, key="post", media=frozenset({"email"})),
    )
    second = Says(does=Delivered, key="second", media=frozenset({"email"}))
    usual = by_medium([outbox, post, second])
    asked: list[tuple[str, ...]] = []

    def chosen(choice: Choice) -> str:
        asked.append(choice.notifiers)
        return choice.notifiers[-1]

    courier = Courier(usual, all_notifiers=[outbox, post, second], chosen=chosen)
    messengers = [courier.choose(medium) for medium in ("email", "sms")]
    assert [messenger and messenger.key for messenger in messengers] == ["second", "outbox"]
    assert asked == [("post", "second")]
    assert courier.messenger("outbox", "email") is None


def test_for_a_medium_that_nobody_serves_nobody_is_chosen() -> None:
    assert Courier({}).choose("email") is None


# Verdicts


@pytest.mark.parametrize(
    "verdict",
    [
        Delivered(),
        Delivered(provider_id="<20260313.1@mail.example.org>"),
        TryLater(why="pos: 421 too many connections", after=timedelta(minutes=3)),
        Failed(why="pos: 550 no such mailbox"),
    ],
)
def test_a_sound_verdict_comes_through_as_it_is(verdict: Verdict) -> None:
    assert sent(lambda: verdict) == verdict


def raising(error: BaseException) -> Callable[[], object]:
    def does() -> object:
        raise error

    return does


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("warga@example.org"),
        SystemExit("Warga Contoh"),
        KeyboardInterrupt(),
        GeneratorExit(),
        type("WargaContoh" * 50, (Exception,), {})(),
    ],
    ids=lambda error: type(error).__name__[:20],
)
def test_a_notifier_that_raises_is_tried_later_and_its_words_are_not_repeated(error: BaseException) -> None:
    verdict = sent(raising(error))
    assert isinstance(verdict, TryLater)
    assert verdict.why == f"pos: raised {type(error).__name__[:64]}"
    assert len(verdict.why) <= 255


@pytest.mark.parametrize(
    "lie", [None, True, "ok", 250, Delivered, {"status": "ok"}, object()], ids=lambda value: type(value).__name__
)
def test_a_notifier_that_answers_with_something_else_is_tried_later(lie: object) -> None:
    verdict = sent(lambda: lie)
    assert verdict == TryLater(why=f"pos: answered with {type(lie).__name__}, which is no verdict")


class Hostile(str):
    """A text that raises when somebody looks at it."""

    __slots__ = ()

    def __getitem__(self, _: object) -> str:
        raise RuntimeError("warga@example.org")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("warga@example.org")


@pytest.mark.parametrize("verdict", [Failed(why=Hostile("x")), Delivered(provider_id=Hostile("x"))])
def test_a_verdict_that_raises_when_it_is_read_is_tried_later(verdict: Verdict) -> None:
    assert sent(lambda: verdict) == TryLater(why="pos: raised RuntimeError")


@pytest.mark.parametrize("given", [None, 4, b"id", ["id"]], ids=lambda value: type(value).__name__)
def test_what_is_no_text_in_a_verdict_is_left_out(given: Any) -> None:
    assert sent(lambda: Delivered(provider_id=given)) == Delivered()
    assert reason(given) == f"the reason given is {type(given).__name__}, which is no text"
    assert sent(lambda: TryLater(why="x", after=given)) == TryLater(why="x")


@given(text=st.text(st.characters(exclude_categories=()), max_size=400))
def test_texts_of_a_verdict_are_short_lines_for_any_log_and_database(text: str) -> None:
    delivered = sent(lambda: Delivered(provider_id=text))
    assert isinstance(delivered, Delivered)
    for line in (delivered.provider_id, reason(text)):
        assert len(line) <= 255
        assert line.isprintable()


# What is personal


@pytest.mark.parametrize(
    ("why", "kept"),
    [
        ("550 <warga@example.org>: no such user", "550 <[...]>: no such user"),
        ("no route to +62 800 0000 0001", "no route to [...]"),
        ("bad number (0800-000-0001)", "bad number ([...])"),
        ("bad number 6280000000001.", "bad number [...]."),
        ("4.7.1 greylisted for 300 s", "4.7.1 greylisted for 300 s"),
        ("HTTP 503", "HTTP 503"),
        ("hello Warga Contoh", "hello[...]"),
        ("pin 4711 refused", "pin [...] refused"),
        ("7 recipients", "7 recipients"),
        ("spam: tentang lampu jalan contoh", "spam:[...]"),
    ],
)
def test_what_is_personal_is_taken_out_of_a_reason(why: str, kept: str) -> None:
    assert reason(why) == kept


@given(message=messages(), before=st.text(max_size=20), start=st.integers(0, 200), size=st.integers(12, 100))
def test_no_stretch_of_a_message_comes_through_in_a_reason(
    message: Message, before: str, start: int, size: int
) -> None:
    stretch = message.text[start : start + size]
    why = reason(f"{before} {message.address} {stretch}", message)
    assert message.address not in why
    assert len(stretch) < 12 or "".join(c if c.isprintable() else " " for c in stretch) not in why


def test_a_long_reason_is_cut_and_costs_no_time() -> None:
    began = time.perf_counter()
    for unit in ("a", "1 ", "a@", "\x00", "contoh "):
        assert len(reason(unit * 1_000_000)) <= 255
    assert time.perf_counter() - began < 5


# Notifiers that hang


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_notifier_that_hangs_is_not_waited_for(release: threading.Event) -> None:
    began = time.perf_counter()
    verdict = sent(release.wait, patience=timedelta(milliseconds=100))
    assert verdict == TryLater(why="pos: no answer within 0.1 seconds")
    assert time.perf_counter() - began < 5


def test_a_notifier_with_many_hanging_calls_is_not_called_until_one_comes_back(release: threading.Event) -> None:
    calls: list[int] = []

    def hang() -> object:
        calls.append(1)
        release.wait()
        return Delivered()

    courier = Courier({"email": Says(does=hang)}, patience=timedelta(milliseconds=20), hanging=Hanging(most=2))
    messenger = courier.choose("email")
    assert messenger is not None
    verdicts = [courier.send(messenger, MESSAGE, NOW) for _ in range(4)]
    assert len(calls) == 2
    assert verdicts[2:] == [TryLater(why="pos: 2 calls have not come back yet")] * 2
    release.set()
    deadline = time.monotonic() + 5
    while courier.send(messenger, MESSAGE, NOW) != Delivered() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(calls) >= 3


@attrs.define
class Seconds:
    """A timer that is moved by hand."""

    passed: float = 0.0

    def __call__(self) -> float:
        return self.passed


def test_a_notifier_that_is_well_again_is_found_out_though_its_old_calls_hang_for_ever(
    release: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    hangs, calls, timer = [True], [], Seconds()

    def send() -> object:
        calls.append(1)
        if hangs[0]:
            release.wait()
        return Delivered()

    hanging = Hanging(most=2, first=timedelta(minutes=5), longest=timedelta(hours=1), timer=timer)
    courier = Courier({"email": Says(does=send)}, patience=timedelta(milliseconds=20), hanging=hanging)
    messenger = courier.choose("email")
    assert messenger is not None

    def called(after: timedelta) -> bool:
        timer.passed += after.total_seconds()
        before = len(calls)
        courier.send(messenger, MESSAGE, NOW)
        return len(calls) > before

    assert [called(timedelta(0)) for _ in range(3)] == [True, True, False]
    assert [record.getMessage() for record in caplog.records] == [
        "notifier pos is left alone for a while: 2 of its calls hang"
    ]
    assert [called(timedelta(minutes=minutes)) for minutes in (4, 1, 9, 1)] == [False, True, False, True]
    assert [called(timedelta(hours=1)), called(timedelta(minutes=1))] == [True, False]  # it hangs still
    hangs[0] = False
    assert [called(timedelta(hours=1)), called(timedelta(0)), called(timedelta(0))] == [True, True, True]


def test_there_is_an_end_to_the_calls_that_may_hang(release: threading.Event) -> None:
    timer = Seconds()
    hanging = Hanging(most=1, most_ever=3, timer=timer)
    courier = Courier({"email": Says(does=release.wait)}, patience=timedelta(milliseconds=10), hanging=hanging)
    messenger = courier.choose("email")
    assert messenger is not None
    verdicts = []
    for _ in range(5):
        verdicts.append(courier.send(messenger, MESSAGE, NOW))
        timer.passed += 7200
    assert verdicts[3:] == [TryLater(why="pos: 3 calls have not come back yet")] * 2


def test_one_that_hangs_costs_another_nothing(release: threading.Event) -> None:
    hanging, sound = Says(does=release.wait, key="a"), Says(does=Delivered, key="b")
    courier = Courier({"email": hanging, "sms": sound}, patience=timedelta(milliseconds=20), hanging=Hanging(most=1))
    for medium in ("email", "email", "sms"):
        messenger = courier.choose(medium)
        assert messenger is not None
        verdict = courier.send(messenger, MESSAGE, NOW)
        assert (verdict == Delivered()) is (medium == "sms")


def test_the_key_of_a_notifier_is_asked_for_once() -> None:
    class Fickle:
        media = frozenset({"email"})
        asked = 0

        @property
        def key(self) -> str:
            self.asked += 1
            return f"pos{self.asked}"

        def send(self, message: Message, now: datetime) -> Verdict:
            return Failed(why="no")

    courier = Courier({"email": Fickle()})
    messenger = courier.choose("email")
    assert messenger is not None
    assert messenger.key == "pos1"
    courier.send(messenger, MESSAGE, NOW)
    assert messenger.key == "pos1"
