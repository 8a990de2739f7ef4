"""The channel ``sms``: what citizens send to the short number, as Kannel hands it over."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import attrs

from lapor_channels.http import json_app
from lapor_channels.sms.grammar import Report, understand
from lapor_channels.sms.kannel import MAX_BODY, Kannel
from lapor_channels.sms.message import KEY, PROOFS, read
from lapor_channels.sms.settings import SmsSettings
from lapor_core.complaint import Proof
from lapor_core.errors import Refused
from lapor_core.plugins.contracts import ASGIApp, Desk
from lapor_core.submission import Submission

__all__ = ["Sms"]


@attrs.frozen(kw_only=True)
class Sms:
    """The channel ``sms``.

    Attributes:
        options: What an office has set under ``[plugins.sms]``.
    """

    key: ClassVar[str] = KEY
    path: ClassVar[str] = "/sms"
    proofs: ClassVar[frozenset[Proof]] = PROOFS
    settings: ClassVar[type] = SmsSettings

    options: SmsSettings = attrs.Factory(SmsSettings)

    def configure(self, settings: SmsSettings) -> Sms:
        """Return this channel with the office's settings."""
        return attrs.evolve(self, options=settings)

    def read(self, message: bytes, now: datetime) -> Submission:
        """Return the report in a query string as Kannel sends it.

        Raises:
            Incomplete: There is no sender.
            BadValue: The message cannot be understood; the code says why.
            Refused: It is a message of another kind, such as ``STATUS kode`` (code ``not_a_report``).
        """
        sms = read(message, now, self.options.secret or "")
        if not isinstance(understand(sms.text), Report):
            raise Refused("the message is a command, not a report", code="not_a_report")
        return sms.submission()

    def app(self, desk: Desk) -> ASGIApp:
        """Return the application over ``desk``: ``/kannel`` takes Kannel's messages, ``/dlr`` its reports of delivery."""
        return json_app(Kannel(desk=desk, settings=self.options).routes(), max_body=MAX_BODY)
