"""The citizens' web channel: report, receipt and tracking, as pages that work without scripts and on any phone."""

from __future__ import annotations

from collections.abc import Iterable

from lapor_channels.web.channel import Web
from lapor_channels.web.settings import WebSettings
from lapor_core.plugins import hookimpl
from lapor_core.plugins.contracts import Channel

__all__ = ["Web", "WebSettings", "lapor_register_channels"]


@hookimpl
def lapor_register_channels() -> Iterable[Channel]:
    """Return the web channel."""
    return (Web(),)
