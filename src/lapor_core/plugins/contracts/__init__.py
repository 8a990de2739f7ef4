"""What a plug-in gives and what it is given: the contracts, each small enough to read at one sitting.

A plug-in is a module behind an entry point of the group ``lapor``. It implements hooks of
:mod:`lapor_core.plugins.hookspecs`, and the values they return keep the protocols of these modules. What is optional is a
protocol of its own: a channel that only reads messages implements :class:`Reads`, one that brings a web application
implements :class:`Mounts`, one that wants settings implements :class:`Configurable`.
"""

from __future__ import annotations

from lapor_core.plugins.contracts.channel import ASGIApp, Channel, Mounts, Reads, Scope, Stop, Works
from lapor_core.plugins.contracts.configurable import Configurable
from lapor_core.plugins.contracts.desk import (
    CODES_HOLD,
    PRINCIPAL,
    SESSION_COOKIE,
    WAY_OUT,
    Addresses,
    Desk,
    Download,
    Principal,
    Receipt,
    Tracking,
    TrackingEntry,
    TrackingFile,
    WayOut,
    bearer_of,
)
from lapor_core.plugins.contracts.notifier import (
    Delivered,
    Failed,
    Medium,
    Message,
    Notifier,
    TryLater,
    Verdict,
)

__all__ = [
    "CODES_HOLD",
    "PRINCIPAL",
    "SESSION_COOKIE",
    "WAY_OUT",
    "ASGIApp",
    "Addresses",
    "Channel",
    "Configurable",
    "Delivered",
    "Desk",
    "Download",
    "Failed",
    "Medium",
    "Message",
    "Mounts",
    "Notifier",
    "Principal",
    "Reads",
    "Receipt",
    "Scope",
    "Stop",
    "Tracking",
    "TrackingEntry",
    "TrackingFile",
    "TryLater",
    "Verdict",
    "WayOut",
    "Works",
    "bearer_of",
]
