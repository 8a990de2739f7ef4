"""Which channels a desk opens. One that cannot be opened stays closed, is told of by name, and shuts nobody else's door."""

from __future__ import annotations

import re

from lapor_core.plugins import Channel, Mounts, PluginHost
from lapor_core.policy import Policy
from lapor_core.requirements import without_requirements
from lapor_desk.sites import CONSOLE

__all__ = ["open_channels", "place_of"]

_OURS = {CONSOLE: "the officers' console", "/health": "the health page", "/ready": "the readiness page"}
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


def open_channels(plugins: PluginHost, policy: Policy) -> tuple[Channel, ...]:
    """Return the channels that can be opened under ``policy``; why another one cannot, ``plugins.report()`` says.

    Nobody may report by a channel for which the standard does not say what it must bring
    (``channel_without_requirements``), and no two applications stand at one path (``path_taken``, ``bad_path``).
    """
    _close_without_requirements(plugins, policy)
    _close_without_a_place(plugins)
    return plugins.channels()


def place_of(channel: Mounts) -> str:
    """Return the path at which a channel is mounted, without a slash at its end: empty for the root."""
    return channel.path.rstrip("/")


def _close_without_requirements(plugins: PluginHost, policy: Policy) -> None:
    for key in without_requirements([channel.key for channel in plugins.channels()], policy):
        plugins.close_channel(
            key,
            f"policy {policy.reference} has no requirements for it; it has them for {', '.join(policy.channels)}",
            code="channel_without_requirements",
            remedy=f"give the policy a row [channels.{key}] or [channels.other], or block the plug-in if it is not wanted",
        )


def _close_without_a_place(plugins: PluginHost) -> None:
    """A path that two channels ask for is the shipped one's, and otherwise that of the plug-in whose key comes first."""
    taken = dict(_OURS)
    mounted = [channel for channel in plugins.channels() if isinstance(channel, Mounts)]
    for channel in sorted(mounted, key=lambda channel: not plugins.is_shipped(channel.key)):
        place = place_of(channel)
        if place and not _PATH.fullmatch(place):
            problem = f'it asks for the path "{channel.path}"; a path is "/" or like "/app/v1"'
            plugins.close_channel(channel.key, problem, code="bad_path")
        elif place in taken:
            problem = f'it asks for the path "{channel.path}", which belongs to {taken[place]}'
            plugins.close_channel(channel.key, problem, code="path_taken")
        else:
            taken[place] = f'the channel "{channel.key}"'
