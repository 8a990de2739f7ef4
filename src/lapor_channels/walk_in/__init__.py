"""The counter: an officer enters what a visitor says or a letter holds, and hands out a printed receipt."""

from __future__ import annotations

from collections.abc import Iterable

from lapor_channels.walk_in.channel import WalkIn
from lapor_channels.walk_in.settings import WalkInSettings
from lapor_core.plugins import hookimpl
from lapor_core.plugins.contracts import Channel

__all__ = ["WalkIn", "WalkInSettings", "lapor_register_channels"]


@hookimpl
def lapor_register_channels() -> Iterable[Channel]:
    """Return the channel of the counter."""
    return (WalkIn(),)
