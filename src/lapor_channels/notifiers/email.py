"""The plug-in ``email``: notices go out through the office's own mail server."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import attrs

from lapor_channels.notifiers.letters import write_letter
from lapor_channels.notifiers.settings import EmailSettings
from lapor_channels.notifiers.smtp import hand_over
from lapor_core.errors import BadValue
from lapor_core.plugins import hookimpl
from lapor_core.plugins.contracts import Failed, Medium, Message, Notifier, TryLater, Verdict

__all__ = ["Email", "lapor_register_notifiers"]


@attrs.frozen(kw_only=True)
class Email:
    """The notifier ``email``.

    Attributes:
        server: What an office has set under ``[plugins.email]``; None before it has.
        tls: What the server's certificate is held against.
    """

    key: ClassVar[str] = "email"
    media: ClassVar[frozenset[str]] = frozenset({Medium.EMAIL})
    settings: ClassVar[type] = EmailSettings

    server: EmailSettings | None = None
    tls: ssl.SSLContext | None = None

    def configure(self, settings: EmailSettings) -> Email:
        """Return this notifier with the office's mail server.

        Raises:
            BadValue: The file of certificates cannot be used (code ``bad_ca_file``).
        """
        return attrs.evolve(self, server=settings, tls=settings.tls())

    def send(self, message: Message, now: datetime) -> Verdict:
        """Hand the message to the mail server; the same key has the same Message-ID at every attempt."""
        if self.server is None or self.tls is None:
            return TryLater(why="[plugins.email] is not set")
        try:
            letter = write_letter(message, self.server.sender, now)
        except BadValue as error:
            return Failed(why=str(error))
        return hand_over(letter, self.server, self.tls)


@hookimpl
def lapor_register_notifiers() -> Iterable[Notifier]:
    """Return the notifier for e-mail."""
    return (Email(),)
