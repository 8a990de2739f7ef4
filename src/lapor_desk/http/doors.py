"""Which channel stands at which path."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial

import attrs

from lapor_core.complaint import Proof
from lapor_core.plugins import Escaped, Hung, Meddled
from lapor_core.plugins.contracts import ASGIApp, Channel, Mounts
from lapor_desk.house import House
from lapor_desk.opening import place_of
from lapor_desk.plugging import TimeLimit

__all__ = ["Mounted", "doors_of"]

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
    """Return a door for every channel that brings an application; one whose application cannot be made stays closed."""
    return tuple(_opened(house))


def _opened(house: House) -> Iterator[Mounted]:
    for channel in house.channels:
        if not isinstance(channel, Mounts):
            continue
        app = _app_of(house, channel)
        if app is None:
            continue
        yield Mounted(
            key=channel.key,
            path=place_of(channel),
            app=app,
            for_officers=bool(getattr(channel, "for_officers", False)),
            from_gateway=_comes_from_a_gateway(channel),
        )


def _app_of(house: House, channel: Mounts) -> ASGIApp | None:
    try:
        app = TimeLimit()(partial(channel.app, house.door(channel)))
    except (Hung, Meddled, Escaped) as error:
        problem = f"app() {error}"
    except Exception as error:  # noqa: BLE001 - a plug-in may raise anything, and costs its own door only
        problem = f"app() raised {type(error).__name__}"
    else:
        if callable(app):
            return app
        problem = f"app() returned {None if app is None else type(app).__name__}, which is no ASGI application"
    _log.error("channel %s stays closed: %s", channel.key, problem)
    house.plugins.close_channel(channel.key, problem, code="bad_contribution")
    return None


def _comes_from_a_gateway(channel: Channel) -> bool:
    """A sender's number is only known to the operator's machine, which hands in what everybody sends."""
    return Proof.SENDER_NUMBER in channel.proofs
