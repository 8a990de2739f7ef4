"""What an office may set for SMS, under ``[plugins.sms]``: the door and the messenger are configured by one class."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import attrs

from lapor_core.errors import BadValue

__all__ = ["SmsSettings"]


def _not_empty(instance: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    if value == "":
        message = f"{attribute.name} is empty; give one, or leave it out"
        raise BadValue(message, code="empty", name=attribute.name)


_THIS_MACHINE = ("127.0.0.0/8", "::1/128")


def _addresses(instance: object, attribute: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    for text in value:
        try:
            ip_network(text, strict=False)
        except ValueError as error:
            message = f'{attribute.name}: "{text}" is no address; write one as 127.0.0.1 or 10.20.0.0/16'
            raise BadValue(message, code="bad_address", name=attribute.name) from error


def _web_address(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if value and not _is_web_address(value):
        message = f"{attribute.name} must begin with http:// or https:// and name a host"
        raise BadValue(message, code="bad_url", name=attribute.name)


def _header(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not (value.isascii() and value.isprintable() and value == value.strip()):
        message = f"{attribute.name} goes to Kannel in a header: ASCII only, no line breaks, no spaces around it"
        raise BadValue(message, code="bad_header", name=attribute.name)


def _report_address(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    lacking = [part for part in ("{key}", "%d") if value and part not in value]
    if lacking:
        message = f"{attribute.name} lacks {' and '.join(lacking)}; it ends in /sms/dlr?notice={{key}}&state=%d"
        raise BadValue(message, code="bad_report_url", name=attribute.name)


def _seconds(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        message = f"{attribute.name} = {value}: must be at least 1"
        raise BadValue(message, code="not_positive", name=attribute.name)


@attrs.frozen(kw_only=True)
class SmsSettings:
    """Settings of the channel and the notifier ``sms``; without any, messages are taken in and none is sent.

    Attributes:
        secret: What Kannel must bring with every message: whoever reaches the endpoint without one may write in a
            citizen's name.
        allowed_clients: Addresses or networks from which messages are taken. When empty: all that bring the secret, and
            where there is none, this machine alone. Behind a proxy the client is the proxy.
        answer_receipt: Whether the answer to a report carries the receipt. When None, only where no ``send_url`` is set,
            for otherwise the desk's own notice brings the receipt, and the citizen would be told twice.
        send_url: Kannel's ``sendsms``, such as ``http://127.0.0.1:13013/cgi-bin/sendsms``; nothing is sent when empty.
        user: Kannel's ``sendsms-user``.
        password: Its password.
        sender: The number citizens see, such as ``1708``.
        dlr_url: Where Kannel reports what became of a message: ``.../sms/dlr?notice={key}&state=%d``, with the secret as the
            password of the address. ``{key}`` becomes the key of the notice, and Kannel fills in ``%d``. No reports are
            asked for when empty.
        timeout_seconds: How long Kannel may take to answer.

    Raises:
        BadValue: A value cannot be used; the message names it.
    """

    secret: str | None = attrs.field(default=None, repr=False, validator=_not_empty)
    allowed_clients: tuple[str, ...] = attrs.field(default=(), validator=_addresses)
    answer_receipt: bool | None = None
    send_url: str = attrs.field(default="", validator=_web_address)
    user: str = attrs.field(default="", validator=_header)
    password: str = attrs.field(default="", repr=False, validator=_header)
    sender: str = attrs.field(default="", validator=_header)
    dlr_url: str = attrs.field(default="", repr=False, validator=[_web_address, _header, _report_address])
    timeout_seconds: int = attrs.field(default=10, validator=_seconds)

    def __attrs_post_init__(self) -> None:
        """Refuse a messenger that Kannel would turn away at every message, for want of an account or a sender."""
        lacking = [name for name in ("user", "password", "sender") if self.send_url and not getattr(self, name)]
        if lacking:
            message = f"send_url is set, so {' and '.join(lacking)} must be set too"
            raise BadValue(message, code="incomplete_settings", names=tuple(lacking))

    @property
    def answers_receipts(self) -> bool:
        """Whether the answer to a report carries the receipt."""
        return not self.send_url if self.answer_receipt is None else self.answer_receipt

    def allows(self, client: str) -> bool:
        """Return whether messages are taken from this address."""
        if self.secret is not None and not self.allowed_clients:
            return True
        try:
            address = ip_address(client)
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in self._networks())

    def _networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(text, strict=False) for text in self.allowed_clients or _THIS_MACHINE)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
