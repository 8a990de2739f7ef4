"""Which channel stands at which path."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import partial

import attrs

from lapor_core.complaint import Proof
from lapor_core.errors import BadValue
from lapor_core.plugins.contracts import ASGIApp, Channel, Mounts
from lapor_desk.house import House
from lapor_desk.plugging import TimeLimit
from lapor_desk.sites import CONSOLE

__all__ = ["Mounted", "doors_of"]

_OURS = {CONSOLE: "the officers' console", "/health": "the health page", "/ready": "the readiness page"}
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_log = logging.getLogger("lapor.http")


@attrs.frozen(kw_only=True)
class Mounted:
    """An application at its place.

    Attributes:
        key: The channel's key.
        path: Without a slash at its end: empty for the root.
        for_officers: Whether only officers may come in.
        from_gateway: Whether everything comes from one machine, the SMS gateway, however many citizens write.
        single: Whether there is nothing beneath its path.
    """

    key: str
    path: str
    app: ASGIApp = attrs.field(repr=False)
    for_officers: bool = False
    from_gateway: bool = False
    single: bool = False

    def leads_to(self, path: str) -> bool:
        """Return whether what ``path`` asks for is here."""
        return path == self.path or (not self.single and path.startswith(f"{self.path}/"))

    def behind(self, app: ASGIApp) -> Mounted:
        """Return the same door with ``app`` in front of what it opens."""
        return attrs.evolve(self, app=app)


def doors_of(house: House) -> tuple[Mounted, ...]:
    """Return a door for every channel that brings an application; one whose application cannot be made stays closed.

    Raises:
        BadValue: two channels ask for the same path (``path_taken``), or a channel for one that cannot be (``bad_path``).
    """
    channels = [channel for channel in house.channels if isinstance(channel, Mounts)]
    places = _places(channels)
    return tuple(_opened(house, channels, places))


def _opened(house: House, channels: list[Mounts], places: dict[str, str]) -> Iterator[Mounted]:
    for channel in channels:
        try:
            app = TimeLimit()(partial(channel.app, house.door(channel)))
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything, and costs its own door only
            _log.error("channel %s stays closed: app() raised %s", channel.key, type(error).__name__)
            continue
        yield Mounted(
            key=channel.key,
            path=places[channel.key],
            app=app,
            for_officers=bool(getattr(channel, "for_officers", False)),
            from_gateway=_comes_from_a_gateway(channel),
        )


def _comes_from_a_gateway(channel: Channel) -> bool:
    """A sender's number is only known to the operator's machine, which hands in what everybody sends."""
    return Proof.SENDER_NUMBER in channel.proofs


def _places(channels: list[Mounts]) -> dict[str, str]:
    taken = dict(_OURS)
    places: dict[str, str] = {}
    for channel in channels:
        place = _place(channel)
        if place in taken:
            message = f"channel {channel.key} asks for the path {channel.path}, which belongs to {taken[place]}"
            raise BadValue(message, code="path_taken", channel=channel.key, path=channel.path)
        taken[place] = f"channel {channel.key}"
        places[channel.key] = place
    return places


def _place(channel: Mounts) -> str:
    place = channel.path.rstrip("/")
    if not channel.path.startswith("/") or (place and not _PATH.fullmatch(place)):
        message = f'channel {channel.key} asks for the path "{channel.path}"; a path is "/" or like "/app/v1"'
        raise BadValue(message, code="bad_path", channel=channel.key, path=channel.path)
    return place
