"""One letter over one SMTP connection (RFC 5321), and what the server's answer means.

What is wrong with the recipient fails for good. What is wrong with the office's own set-up (login, sender, certificate,
relaying) would fail every notice in the queue, so it is tried again, and says where to look. No reason repeats a reply: servers
quote addresses in them.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from lapor_channels.notifiers.letters import Letter
from lapor_channels.notifiers.settings import EmailSettings, Security
from lapor_core.plugins.contracts import Delivered, Failed, TryLater, Verdict

__all__ = ["Part", "hand_over", "judge", "queue_id"]


class Part(StrEnum):
    """What the server was asked to accept."""

    CONNECTION = "the connection"
    LOGIN = "the login"
    SENDER = "the sender"
    RECIPIENT = "the recipient"
    MESSAGE = "the message"


class _Refused(Exception):
    def __init__(self, part: Part, code: int, reply: bytes) -> None:
        super().__init__(part, code)
        self.part = part
        self.code = code
        self.reply = reply


def hand_over(letter: Letter, settings: EmailSettings, tls: ssl.SSLContext) -> Verdict:
    """Hand a letter to the office's mail server and return what became of it."""
    try:
        with _session(settings, tls) as smtp:
            _accepted(Part.SENDER, smtp.mail(settings.sender.address))
            _accepted(Part.RECIPIENT, smtp.rcpt(letter.recipient))
            reply = _accepted(Part.MESSAGE, smtp.data(letter.content))
            return Delivered(provider_id=queue_id(reply))
    except _Refused as refused:
        return judge(refused.part, refused.code, refused.reply)
    except smtplib.SMTPResponseException as refused:
        return judge(_part(refused), refused.smtp_code, _bytes(refused.smtp_error))
    except (OSError, ValueError) as error:  # all of smtplib and ssl is an OSError; decoding may fail, too
        return TryLater(why=_trouble(error))


@contextlib.contextmanager
def _session(settings: EmailSettings, tls: ssl.SSLContext) -> Iterator[_Timely]:
    smtp = _connected(settings, tls)
    try:
        if settings.security is Security.STARTTLS:
            smtp.starttls(context=tls)  # raises where the server offers none: nothing is ever sent in the clear instead
        if settings.username:
            smtp.login(settings.username, settings.password)
        smtp.ehlo_or_helo_if_needed()
        yield smtp
    finally:
        _leave(smtp)


class _Timely(smtplib.SMTP):
    """Waits ``timeout`` seconds for all answers together.

    A slow server that took the message after its sender was given up would be handed it again, and again.
    """

    def __init__(self, host: str, port: int, *, timeout: float, **options: Any) -> None:
        self.limit_to(timeout)
        super().__init__(host, port, timeout=timeout, **options)

    def limit_to(self, seconds: float) -> None:
        """Wait so long from now on, and no longer."""
        self._until = time.monotonic() + seconds

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(max(self._until - time.monotonic(), 0.001))  # zero would mean something else
        return super().getreply()


class _TimelyTls(_Timely, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _connected(settings: EmailSettings, tls: ssl.SSLContext) -> _Timely:
    if settings.security is Security.TLS:
        return _TimelyTls(settings.host, settings.port, timeout=settings.timeout, context=tls)
    return _Timely(settings.host, settings.port, timeout=settings.timeout)


def _leave(smtp: _Timely) -> None:
    """Say goodbye, and do not wait long for an answer: the verdict stands already."""
    smtp.limit_to(1)
    with contextlib.suppress(OSError, ValueError):
        smtp.quit()
    smtp.close()


def _accepted(part: Part, answer: tuple[int, bytes]) -> bytes:
    code, reply = answer
    if not 200 <= code < 300:
        raise _Refused(part, code, reply)
    return reply


# The codes by which a server speaks of the one recipient or letter; any other refusal is about us.
_OF_THE_MAIL = frozenset({550, 551, 552, 553, 554, 556})
_ENHANCED = re.compile(rb"(?:[245]\.\d{1,3}\.\d{1,3})\b")
_OF_THE_OFFICE = re.compile(r"5\.(?:7\.\d+|1\.[78]|3\.[25])")
"""Enhanced codes (RFC 3463) of a refusal that is about us: relaying and policy, the sender's address, the server's own state.

Many servers say these only when they are given a recipient, or the message.
"""
_OF_THE_OFFICE_IN_WORDS = re.compile(rb"\brelay|\bsender\b|\bauthenticat", re.IGNORECASE)
"""The same from a server that gives no enhanced codes, as Exim does not."""


def judge(part: Part, code: int, reply: bytes) -> Verdict:
    """Return the verdict on a refusal.

    Args:
        part: What was refused.
        code: The reply's code.
        reply: Its text, which may begin with an enhanced code.
    """
    found = _ENHANCED.match(reply)
    enhanced = found[0].decode("ascii") if found else ""
    said = f"{code} {enhanced}".strip()
    if 400 <= code < 500:
        return TryLater(why=f"the mail server does not take {part} now: {said}")
    if not 500 <= code < 600:
        return TryLater(why=f"the mail server answered {part} with something that is not SMTP")
    about_us = _OF_THE_OFFICE.fullmatch(enhanced) if enhanced else _OF_THE_OFFICE_IN_WORDS.search(reply)
    if part in (Part.RECIPIENT, Part.MESSAGE) and code in _OF_THE_MAIL and not about_us:
        return Failed(why=f"the mail server refuses {part}: {said}")
    return TryLater(why=f"the mail server refuses {part} from this office: {said}; check [plugins.email]")


def _part(refused: smtplib.SMTPResponseException) -> Part:
    if isinstance(refused, smtplib.SMTPAuthenticationError):
        return Part.LOGIN
    return Part.MESSAGE if isinstance(refused, smtplib.SMTPDataError) else Part.CONNECTION


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode("utf-8", "replace")


def _trouble(error: OSError | ValueError) -> str:
    """Say what kept us from the server, in words that hold nothing a server said."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the mail server's certificate is not accepted: {error.verify_message}; check [plugins.email]"
        case ssl.SSLError():
            return f"no TLS with the mail server ({error.reason}); check security and port in [plugins.email]"
        case smtplib.SMTPNotSupportedError():
            return "the mail server does not offer what [plugins.email] asks for: STARTTLS, or a login"
        case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):
            return "no answer from the mail server in time"
        case smtplib.SMTPServerDisconnected():
            return "the connection to the mail server was lost"
        case smtplib.SMTPException() | ValueError():
            return "the mail server cannot be understood; check [plugins.email]"
        case _:
            return f"no connection to the mail server: {error.strerror or type(error).__name__}"


_QUEUE_IDS = tuple(
    re.compile(pattern)
    for pattern in (
        rb"queued as <?([\w.-]{4,64})(?![\w.@-])",  # Postfix, Haraka
        rb"\bid=([\w-]{4,64})(?![\w.@-])",  # Exim
        rb"InternalId=(\d{1,30})\b",  # Exchange
        rb"([\w.-]{8,64}) Message accepted for delivery",  # Sendmail
        rb"Ok ([\w-]{16,64})\Z",  # Amazon SES
    )
)


def queue_id(reply: bytes) -> str:
    """Return the name the server gave the letter in its own log; empty when its reply tells none we know."""
    return next((found[1].decode("ascii") for pattern in _QUEUE_IDS if (found := pattern.search(reply))), "")
