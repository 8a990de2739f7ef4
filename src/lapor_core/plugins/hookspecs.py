"""The hooks a plug-in may implement; each returns typed contributions."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from lapor_core.plugins.contracts import Channel, Notifier

__all__ = ["PROJECT", "hookimpl", "hookspec"]

PROJECT = "lapor"
"""The name of the project for pluggy, and the group of entry points in which plug-ins are found."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plug-in as the implementation of the hook whose name it bears."""


@hookspec
def lapor_register_channels() -> Iterable[Channel]:
    """Return the channels this plug-in brings."""
    raise AssertionError("a specification is never called")


@hookspec
def lapor_register_notifiers() -> Iterable[Notifier]:
    """Return the notifiers this plug-in brings."""
    raise AssertionError("a specification is never called")
