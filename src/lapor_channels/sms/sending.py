"""The notifier ``sms``: hands a message to Kannel's ``sendsms`` and says what became of it.

By POST, so that number, words and password stand in no URL and in no proxy's log (Kannel 1.4.5, User Guide, "Using the HTTP
interface to send SMS messages").
"""

from __future__ import annotations

import functools
import re
import ssl
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote

import attrs

from lapor_channels.http import clean
from lapor_channels.sms.message import KEY
from lapor_channels.sms.settings import SmsSettings
from lapor_core.plugins.contracts import Delivered, Failed, Medium, Message, TryLater, Verdict

__all__ = ["SmsNotifier"]

_ADDRESS = re.compile(r"\+[1-9][0-9]{6,14}")
_ACCEPTED = 202
_OF_THE_OFFICE = frozenset({401, 403, 404, 405, 407, 408, 429})
"""Refusals that say nothing about the message: a wrong password, a wrong URL. The notice waits until that is mended."""

_REPORTS = 1 | 2 | 16
"""Which reports are asked for: delivered to the phone, not delivered, refused by the operator."""


@attrs.frozen(kw_only=True)
class SmsNotifier:
    """The notifier ``sms``; it serves no medium until a ``send_url`` is set.

    Attributes:
        options: What an office has set under ``[plugins.sms]``.
    """

    key: ClassVar[str] = KEY
    settings: ClassVar[type] = SmsSettings

    options: SmsSettings = attrs.Factory(SmsSettings)

    @property
    def media(self) -> frozenset[str]:
        """SMS, when it can be sent."""
        return frozenset({Medium.SMS}) if self.options.send_url else frozenset()

    def configure(self, settings: SmsSettings) -> SmsNotifier:
        """Return this notifier with the office's settings."""
        return attrs.evolve(self, options=settings)

    def send(self, message: Message, now: datetime) -> Verdict:  # noqa: ARG002  # the contract gives it, Kannel has its own
        """Hand the message to Kannel. What Kannel says in words is not repeated, for it may name the number."""
        text = clean(message.text).replace("\t", " ")
        if not _ADDRESS.fullmatch(message.address):
            return Failed(why="the address is not a number in international form")
        if not text:
            return Failed(why="there is no text to send")
        return self._post(text, dict(self._headers(message, text)))

    def _headers(self, message: Message, text: str) -> Iterator[tuple[str, str]]:
        yield "Content-Type", "text/plain; charset=UTF-8"
        yield "X-Kannel-Username", self.options.user
        yield "X-Kannel-Password", self.options.password
        yield "X-Kannel-From", self.options.sender
        yield "X-Kannel-To", message.address
        yield "X-Kannel-Coding", "0" if _is_seven_bit(text) else "2"
        if self.options.dlr_url:
            yield "X-Kannel-DLR-Url", self.options.dlr_url.replace("{key}", _escaped(message.key))
            yield "X-Kannel-DLR-Mask", str(_REPORTS)

    def _post(self, text: str, headers: dict[str, str]) -> Verdict:
        import httpx2  # here, so that a desk that only receives never loads it

        # Kannel stands nearby: a proxy of the environment would only read along.
        client = httpx2.Client(timeout=self.options.timeout_seconds, trust_env=False, verify=_tls())
        try:
            with client:
                status = client.post(self.options.send_url, content=text.encode(), headers=headers).status_code
        except httpx2.TimeoutException:
            return TryLater(why=f"Kannel did not answer within {self.options.timeout_seconds} s")
        except httpx2.HTTPError as error:
            return TryLater(why=f"Kannel cannot be reached ({type(error).__name__})")
        return _verdict(status)


def _verdict(status: int) -> Verdict:
    if status == _ACCEPTED:
        return Delivered()  # Kannel 1.4.5 gives no id of its own
    if status in _OF_THE_OFFICE:
        return TryLater(why=f"Kannel answered {status}: check send_url, user, password and user-allow-ip")
    if 400 <= status < 500:
        return Failed(why=f"Kannel answered {status}: it will not take this message, whatever happens")
    if status >= 500:
        return TryLater(why=f"Kannel answered {status}")
    return TryLater(why=f"send_url answered {status}; Kannel's sendsms answers {_ACCEPTED}")


def _is_seven_bit(text: str) -> bool:
    """Return whether GSM's seven-bit alphabet surely has every letter: it has all of ASCII but the backtick.

    It has some more, such as é; a message with these goes as UCS-2, whole but in more parts. Where the alphabet lacks a
    letter, Kannel would send a question mark in its place.
    """
    return text.isascii() and "`" not in text


def _escaped(key: str) -> str:
    """Return a notice's key as Kannel's URL can hold it: ``%`` begins an escape code there, and ``%%`` is a plain one."""
    return quote(key, safe="", errors="replace").replace("%", "%%")


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
