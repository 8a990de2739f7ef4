"""What an office sets for its messengers: ``[plugins.email]`` and ``[plugins.outbox]``."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import attrs

from lapor_channels.notifiers.letters import Sender, header_address
from lapor_core.errors import BadValue

__all__ = ["EmailSettings", "OutboxSettings", "Security"]


class Security(StrEnum):
    """How the connection to the mail server is made safe."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
_HOST = re.compile(r"[^\s/@:]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
"""A name or an address, of IPv6 too; one colon would be a port."""
_LONGEST_NAME = 100
_LONGEST_WAIT = 120


def _is_host(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not _HOST.fullmatch(value):
        message = (
            f"{attribute.name}: must be the name of a mail server, such as mail.example.id, without scheme or port"
        )
        raise BadValue(message, code="bad_host", name=attribute.name)


def _is_address(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    try:
        header_address(value)
    except BadValue as error:
        message = f"{attribute.name}: must be an e-mail address, such as lapor@example.id"
        raise BadValue(message, code=error.code, name=attribute.name) from None


def _is_address_or_empty(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if value:
        _is_address(instance, attribute, value)


def _is_name(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if len(value) > _LONGEST_NAME or value != " ".join(value.split()) or not value.isprintable():
        message = (
            f"{attribute.name}: must be one line of at most {_LONGEST_NAME} characters, without blanks at its ends"
        )
        raise BadValue(message, code="bad_name", name=attribute.name)


def _is_ascii(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not value.isascii():
        raise BadValue(f"{attribute.name}: must be ASCII, for mail servers", code="not_ascii", name=attribute.name)


def _is_whole_path(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not Path(value).is_absolute():
        message = f'{attribute.name} = "{value}": must be a whole path, such as /var/lib/lapor/outbox'
        raise BadValue(message, code="bad_folder", name=attribute.name)


def _between(lowest: int, highest: int) -> Callable[[object, attrs.Attribute[int], int], None]:
    def check(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
        if not lowest <= value <= highest:
            message = f"{attribute.name} = {value}: must be {lowest} to {highest}"
            raise BadValue(message, code="out_of_range", name=attribute.name)

    return check


@attrs.frozen(kw_only=True)
class EmailSettings:
    """The office's mail server, and the address it writes from.

    Attributes:
        host: The mail server's name.
        from_address: The office's address: the sender of every message, and where bounces come back.
        from_name: The office's name, shown beside the address.
        reply_to: Where answers go; to ``from_address`` when empty.
        security: ``starttls``, ``tls``, or ``none`` for a server on the same machine.
        port: 587 for ``starttls``, 465 for ``tls`` and 25 for ``none``, when not set.
        username: Who signs in; nobody when empty.
        password: Never sent over a connection that is not encrypted.
        ca_file: A file of certificates (PEM) to trust instead of the system's, for a server with a certificate of its own.
        timeout: How long one message may take altogether, in seconds; less than the 30 for which the engine waits.

    Raises:
        BadValue: A value cannot be used, or contradicts another one.
    """

    host: str = attrs.field(validator=_is_host)
    from_address: str = attrs.field(validator=_is_address)
    from_name: str = attrs.field(default="", validator=_is_name)
    reply_to: str = attrs.field(default="", validator=_is_address_or_empty)
    security: Security = Security.STARTTLS
    port: int = attrs.field(validator=_between(1, 65_535))
    username: str = attrs.field(default="", validator=_is_ascii)
    password: str = attrs.field(default="", repr=False, validator=_is_ascii)
    ca_file: str = ""
    timeout: int = attrs.field(default=25, validator=_between(1, _LONGEST_WAIT))

    @port.default
    def _usual_port(self) -> int:
        return _PORTS[self.security]

    def __attrs_post_init__(self) -> None:
        if bool(self.username) != bool(self.password):
            raise BadValue("username and password belong together; one of them is missing", code="half_a_login")
        if self.password and self.security is Security.NONE:
            message = 'security = "none" sends no password; use "starttls" or "tls", or leave out username and password'
            raise BadValue(message, code="password_in_clear")

    @property
    def sender(self) -> Sender:
        """Who the letters are from."""
        reply_to = header_address(self.reply_to) if self.reply_to else ""
        return Sender(address=header_address(self.from_address), name=self.from_name, reply_to=reply_to)

    def tls(self) -> ssl.SSLContext:
        """Return what the server's certificate is held against.

        Raises:
            BadValue: ``ca_file`` cannot be read, or holds no certificates (code ``bad_ca_file``).
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
        except OSError as error:
            fault = "no certificates in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
            raise BadValue(f"ca_file: cannot be used: {fault}", code="bad_ca_file") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


@attrs.frozen(kw_only=True)
class OutboxSettings:
    """Where messages are written when nothing else sends them.

    Attributes:
        folder: A folder that is there, as a whole path; it is not made, for a disk that is missing must not go unseen.
        from_address: The office's address; without it an e-mail is a draft that has no sender yet.

    Raises:
        BadValue: The path is not whole (code ``bad_folder``), or the address is none (``bad_address``).
    """

    folder: str = attrs.field(validator=_is_whole_path)
    from_address: str = attrs.field(default="", validator=_is_address_or_empty)

    @property
    def sender(self) -> Sender:
        """Who the letters are from."""
        return Sender(address=header_address(self.from_address) if self.from_address else "")
