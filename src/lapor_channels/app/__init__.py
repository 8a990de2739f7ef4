"""The channel of the mobile app: accounts, reports with files, tracking and replies, as a JSON API."""

from __future__ import annotations

from collections.abc import Iterable

from lapor_channels.app.channel import App
from lapor_core.plugins import hookimpl
from lapor_core.plugins.contracts import Channel

__all__ = ["App", "lapor_register_channels"]


@hookimpl
def lapor_register_channels() -> Iterable[Channel]:
    """Return the channel of the mobile app."""
    return (App(),)
