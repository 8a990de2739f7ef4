"""What a mail server's answer means: for this notice, for all of them, or for now."""

import itertools
import socket
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_channels.notifiers.email import Email
from lapor_channels.notifiers.settings import EmailSettings, Security
from lapor_channels.notifiers.smtp import Part, judge, queue_id
from lapor_core.plugins import Delivered, Failed, Message, TryLater


def notifier(port: int, **settings: Any) -> Email:
    plain = {"host": "127.0.0.1", "port": port, "from_address": "lapor@example.id", "security": Security.NONE}
    return Email().configure(EmailSettings(**plain | {"timeout": 1} | settings))


@pytest.fixture
def verdict(script: Any, make_message: Callable[..., Message], now: datetime) -> Callable[..., Any]:
    def ask(**answers: str) -> Any:
        return notifier(script(**answers).port).send(make_message(), now)

    return ask


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"RCPT": "251 will forward"},
        {"RCPT": "252 cannot verify, will try"},
        {"EHLO": "502 not implemented"},  # an old server, which knows HELO
    ],
)
def test_a_message_that_was_taken_is_delivered(verdict: Callable[..., Any], answers: dict[str, str]) -> None:
    assert verdict(**answers) == Delivered(provider_id="4cPjFt0Zz1")


@pytest.mark.parametrize("goodbye", ["drop", "silence", "421 too busy for goodbyes", "\xff\x00 ???"])
def test_a_bad_goodbye_neither_undoes_a_delivery_nor_holds_it_up(
    script: Any, make_message: Callable[..., Message], now: datetime, goodbye: str
) -> None:
    began = time.monotonic()
    assert isinstance(notifier(script(QUIT=goodbye).port, timeout=20).send(make_message(), now), Delivered)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "answers",
    [
        {"RCPT": "550 5.1.1 <warga7@example.org>: no such user"},
        {"RCPT": "550 no such user"},
        {"RCPT": "550 5.1.1 unknown to this relay"},
        {"RCPT": "550 5.4.1 recipient address rejected"},
        {"RCPT": "552 5.2.2 mailbox full"},
        {"RCPT": "553 5.1.3 bad address"},
        {"RCPT": "556 5.1.10 domain takes no mail"},
        {"END": "554 5.6.0 content refused"},
        {"END": "552 5.3.4 too big"},
        {"DATA": "554 5.5.1 no valid recipients"},
    ],
)
def test_what_is_wrong_with_one_recipient_fails_this_notice(
    verdict: Callable[..., Any], answers: dict[str, str]
) -> None:
    said = verdict(**answers)
    assert isinstance(said, Failed)
    assert "warga7" not in said.why


@pytest.mark.parametrize(
    "answers",
    [
        {"CONNECT": "554 5.7.1 go away"},
        {"MAIL": "530 5.7.0 log in first"},
        {"MAIL": "550 5.1.8 no such domain"},
        {"MAIL": "553 5.7.1 not your address"},
        {"RCPT": "530 5.7.0 log in first"},
        {"RCPT": "554 5.7.1 <warga7@example.org>: relay access denied"},
        {"RCPT": "550 5.7.26 not authenticated"},
        {"RCPT": "553 5.1.8 <lapor@example.id>: sender refused"},
        {"RCPT": "550 relay not permitted"},
        {"RCPT": "550 Sender verify failed"},
        {"RCPT": "550-Verification failed\r\n550 Please authenticate first"},
        {"RCPT": "503 5.5.1 bad sequence"},
        {"RCPT": "504 5.5.2 helo refused"},
        {"END": "550 5.7.26 not authenticated"},
        {"EHLO": "550 unknown host", "HELO": "550 unknown host"},
    ],
)
def test_what_is_wrong_with_the_office_is_tried_again_and_names_the_settings(
    verdict: Callable[..., Any], answers: dict[str, str]
) -> None:
    said = verdict(**answers)
    assert isinstance(said, TryLater)
    assert said.why.endswith("check [plugins.email]")
    assert "@" not in said.why


@pytest.mark.parametrize(
    "answers",
    [
        {"CONNECT": "421 4.3.2 shutting down"},
        {"MAIL": "451 4.3.0 try again"},
        {"RCPT": "450 4.2.0 <warga7@example.org>: greylisted"},
        {"RCPT": "452 4.2.2 mailbox full"},
        {"DATA": "451 4.3.0 try again"},
        {"END": "451 4.7.1 try again"},
        {"END": "421 4.3.2 shutting down"},
    ],
)
def test_not_now_is_tried_again(verdict: Callable[..., Any], answers: dict[str, str]) -> None:
    [reply] = answers.values()
    said = verdict(**answers)
    assert isinstance(said, TryLater)
    assert said.why.endswith(reply[:9])
    assert "@" not in said.why


STEPS = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END"]
FAULTS = ["drop", "silence", "\xff\x00 ???", "2", "999 no such class", "x" * 10_000]


@pytest.mark.parametrize(
    ("step", "fault"), [*itertools.product(STEPS, FAULTS), ("CONNECT", "299 unusual"), ("DATA", "299 unusual")]
)
def test_a_server_that_hangs_up_or_says_nothing_or_nonsense_is_tried_again(
    verdict: Callable[..., Any], step: str, fault: str
) -> None:
    said = verdict(**{step: fault, "HELO": fault})
    assert isinstance(said, TryLater), said


def test_a_server_that_is_too_slow_altogether_never_gets_the_message(
    script: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    """It would take the message when the engine has given it up, and be handed the same again."""
    server = script()
    server.pause = 0.4
    began = time.monotonic()
    said = notifier(server.port, timeout=1).send(make_message(), now)
    assert said == TryLater(why="no answer from the mail server in time")
    assert time.monotonic() - began < 5
    assert server.content == []


def test_all_answers_together_have_one_limit(script: Any, make_message: Callable[..., Message], now: datetime) -> None:
    server = script(RCPT="silence")
    server.pause = 0.6  # greeting, EHLO and MAIL come within 2 seconds, and leave little for RCPT
    began = time.monotonic()
    said = notifier(server.port, timeout=2).send(make_message(), now)
    assert said == TryLater(why="no answer from the mail server in time")
    assert time.monotonic() - began < 3.5


def test_nobody_there_is_tried_again(make_message: Callable[..., Message], now: datetime) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert notifier(port).send(make_message(), now) == TryLater(
        why="no connection to the mail server: Connection refused"
    )


def test_a_name_nobody_knows_is_tried_again(make_message: Callable[..., Message], now: datetime) -> None:
    said = notifier(25, host="mail.invalid").send(make_message(), now)
    assert isinstance(said, TryLater)
    assert said.why.startswith("no connection to the mail server")


def test_a_name_that_cannot_be_one_is_tried_again(make_message: Callable[..., Message], now: datetime) -> None:
    said = notifier(25, host="mail..example").send(make_message(), now)
    assert said == TryLater(why="the mail server cannot be understood; check [plugins.email]")


def test_one_conversation_is_one_message_and_a_goodbye(
    script: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    server = script()
    notifier(server.port).send(make_message(), now)
    assert server.verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


def test_a_refused_recipient_gets_no_message(script: Any, make_message: Any, now: datetime) -> None:
    server = script(RCPT="550 5.1.1 no such user")
    notifier(server.port).send(make_message(), now)
    assert server.verbs == ["EHLO", "MAIL", "RCPT", "QUIT"]


def test_no_password_is_sent_where_starttls_is_refused(script: Any, make_message: Any, now: datetime) -> None:
    server = script(EHLO="250-mail.example.id\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN", STARTTLS="454 4.7.0 no TLS now")
    safe = notifier(server.port, security=Security.STARTTLS, username="loket", password="kata-sandi-contoh")
    assert isinstance(safe.send(make_message(), now), TryLater)
    assert server.verbs == ["EHLO", "STARTTLS", "QUIT"]


@given(
    part=st.sampled_from(Part),
    code=st.integers(-1, 999),
    reply=st.binary(max_size=40) | st.just(b"5.1.1 warga@example.org"),
)
def test_a_refusal_is_final_only_for_a_recipient_or_a_message(part: Part, code: int, reply: bytes) -> None:
    said = judge(part, code, reply)
    assert isinstance(said, TryLater | Failed)
    if isinstance(said, Failed):
        assert part in (Part.RECIPIENT, Part.MESSAGE)
        assert 550 <= code < 560
    assert "@" not in said.why


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        (b"2.0.0 Ok: queued as 4cPjFt0Zz1", "4cPjFt0Zz1"),
        (b"OK id=1tGbCd-0000000abcd-2xYz", "1tGbCd-0000000abcd-2xYz"),
        (b"2.6.0 <abc@example.id> [InternalId=12345678901234, Hostname=mail.example.id] Queued mail", "12345678901234"),
        (b"2.0.0 4B7A1k2L012345 Message accepted for delivery", "4B7A1k2L012345"),
        (b"Ok 010201901f2e7c5a-0c1d2e3f-0000", "010201901f2e7c5a-0c1d2e3f-0000"),
        (b"OK", ""),
        (b"", ""),
        (b"queued as warga7@example.org", ""),
        (b"id=warga7@example.org", ""),
        (b"\xff\xfe", ""),
    ],
)
def test_the_servers_own_name_for_a_letter_is_read_from_its_reply(reply: bytes, name: str) -> None:
    assert queue_id(reply) == name


@given(reply=st.binary(max_size=200))
def test_any_reply_has_a_name_that_can_be_kept_or_none(reply: bytes) -> None:
    name = queue_id(reply)
    assert len(name) <= 64
    assert "@" not in name
