"""Where an office's pages are found from outside: the addresses that letters, text messages and receipts name."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lapor_core.plugins.contracts import Addresses, Channel, Mounts

__all__ = ["CONSOLE", "addresses_of", "host_problem", "proxy_problem", "url_problem"]

CONSOLE = "/officers"
"""Where officers work."""

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def addresses_of(public_url: str, channels: Iterable[Channel]) -> Addresses:
    """Return where people find the pages; none where the office has not said under which address it is reached."""
    if not public_url:
        return Addresses()
    root = public_url.rstrip("/")
    doors = (channel for channel in channels if isinstance(channel, Mounts))
    pages = (f"{root}{door.path.rstrip('/')}/{page}" for door in doors if (page := _track_page(door)))
    return Addresses(track=next(pages, ""), console=f"{root}{CONSOLE}/")


def _track_page(channel: Mounts) -> str:
    """What the contract leaves to each channel, whether it has such a page at all."""
    return str(getattr(channel, "track_page", ""))


def url_problem(url: str) -> str | None:
    """Return why ``url`` cannot be an office's public address, or None when it can.

    Codes and passwords are sent there, so it is https; without TLS it is this machine alone.
    """
    wanted = 'must be an address such as "https://lapor.example.go.id", without "?", "#" or a user name'
    try:
        parts = urlsplit(url)
        _ = parts.port  # a wrong port is told only when it is asked for
    except ValueError:
        return wanted
    if not url.isascii() or not url.isprintable() or any(letter in url for letter in ' "<>\\^`{|}?#@'):
        return wanted
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return wanted
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        return "must begin with https://: reports and passwords are sent there; http:// is for this machine alone (127.0.0.1)"
    return None


def host_problem(host: str) -> str | None:
    """Return why ``host`` is nothing to listen on, or None when it is.

    Nothing at all would mean every address of the machine, which is to be said.
    """
    if _HOST.fullmatch(host) or _is_address(host):
        return None
    return 'must be one address or name, such as "127.0.0.1" (this machine alone), "0.0.0.0" (every address) or "::1"; a port stands under port'


def proxy_problem(proxy: str) -> str | None:
    """Return why nobody can be known by ``proxy`` as a trusted one, or None when somebody can.

    A caller is an address: a name would never fit, and all citizens would have the address of the proxy.
    """
    wanted = 'must be an address ("10.0.0.7"), a network ("10.0.0.0/8") or "*" for whoever calls, one to an entry; a name is none'
    if proxy == "*":
        return None
    try:
        network = ipaddress.ip_network(proxy, strict=False)
    except ValueError:
        return wanted
    if "/" in proxy and network.network_address != ipaddress.ip_interface(proxy).ip:
        return f'"{proxy}": an address inside a network; write "{network}", or the address alone'
    return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
