"""Plug-ins: channels by which complaints come in, and notifiers by which answers go out.

A plug-in is a module behind an entry point of the group ``lapor``; the name of the entry point is the plug-in's key::

    [project.entry-points.lapor]
    kiosk = "lapor_kiosk"

The module implements hooks, each a function that bears the hook's name and returns typed contributions::

    from lapor_core.plugins import hookimpl

    @hookimpl
    def lapor_register_channels():
        yield Kiosk()

What a contribution must be able to do stands in :mod:`lapor_core.plugins.contracts`. A host finds, checks and calls
plug-ins through :class:`PluginHost`; a plug-in that cannot be used costs only its own result, and
:meth:`PluginHost.report` says why, and what mends it.
"""

from __future__ import annotations

from lapor_core.plugins.contracts import (
    PRINCIPAL,
    WAY_OUT,
    Addresses,
    ASGIApp,
    Channel,
    Configurable,
    Delivered,
    Desk,
    Download,
    Failed,
    Medium,
    Message,
    Mounts,
    Notifier,
    Principal,
    Reads,
    Receipt,
    Stop,
    Tracking,
    TrackingEntry,
    TrackingFile,
    TryLater,
    Verdict,
    WayOut,
    Works,
)
from lapor_core.plugins.guarding import Escaped, Guard, Hung, Meddled
from lapor_core.plugins.hookspecs import PROJECT, hookimpl
from lapor_core.plugins.host import PluginHost, PluginStatus
from lapor_core.plugins.offers import Advice, Choice, Template

__all__ = [
    "PRINCIPAL",
    "PROJECT",
    "WAY_OUT",
    "ASGIApp",
    "Addresses",
    "Advice",
    "Channel",
    "Choice",
    "Configurable",
    "Delivered",
    "Desk",
    "Download",
    "Escaped",
    "Failed",
    "Guard",
    "Hung",
    "Meddled",
    "Medium",
    "Message",
    "Mounts",
    "Notifier",
    "PluginHost",
    "PluginStatus",
    "Principal",
    "Reads",
    "Receipt",
    "Stop",
    "Template",
    "Tracking",
    "TrackingEntry",
    "TrackingFile",
    "TryLater",
    "Verdict",
    "WayOut",
    "Works",
    "hookimpl",
]
