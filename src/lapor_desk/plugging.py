"""Plug-ins within limits: what they do takes only so long, changes no environment, and is told in the log."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Mapping
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import attrs

from lapor_core.errors import PluginError
from lapor_core.plugins import Escaped, Hung, Meddled, PluginHost, PluginStatus
from lapor_desk.config import Config

__all__ = ["OUTBOX", "TimeLimit", "beside", "is_unset", "plugin_host", "plugin_settings", "state_of"]

_log = logging.getLogger("lapor.plugins")

OUTBOX = "outbox"
"""The plug-in that keeps messages in a folder; it is given one where the configuration does not name any."""

_SQLITE = re.compile(r"sqlite(?:\+\w+)?:///(?P<path>[^?]*)")

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class TimeLimit:
    """A guard: runs a plug-in's work in a thread that is left behind when it does not come back.

    Attributes:
        loading: How long an import or the call of a registering hook may take.
        asking: How long an answer may take while somebody waits for it.
    """

    loading: timedelta = timedelta(seconds=20)
    asking: timedelta = timedelta(seconds=2)

    def __call__(self, work: Callable[[], T], *, brief: bool = False) -> T:
        """Return what ``work`` returns; see :class:`lapor_core.plugins.Guard`."""
        limit = (self.asking if brief else self.loading).total_seconds()
        before = dict(os.environ)
        call = _Call(work)
        call.thread.start()
        call.thread.join(limit)
        changed = _put_back(before)
        if call.thread.is_alive():
            raise Hung(limit)
        if call.error is not None and not isinstance(call.error, Exception):
            raise Escaped(call.error) from None  # nobody but the plug-in can have raised it, in a thread of its own
        if call.error is not None:
            raise call.error
        if changed:
            raise Meddled(changed)
        return call.results[0]


class _Call(Generic[T]):
    """One call in its thread, and what came of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.results: list[T] = []
        self.error: BaseException | None = None
        self._work = work
        within = copy_context()  # what is traced, goes on there
        self.thread = threading.Thread(target=within.run, args=[self._run], name="lapor-plugin", daemon=True)

    def _run(self) -> None:
        try:
            self.results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - it is raised again by whoever waits for it
            self.error = error


def _put_back(before: Mapping[str, str]) -> frozenset[str]:
    """Make the environment what it was, and return the names of what had changed."""
    changed = frozenset(name for name in before.keys() | os.environ.keys() if before.get(name) != os.environ.get(name))
    for name in changed:
        if name in before:
            os.environ[name] = before[name]
        else:
            os.environ.pop(name, None)
    return changed


def beside(config: Config, what: str) -> Path | None:
    """Return the place of something beside a SQLite database, ``lapor-outbox``; None where the database is another one."""
    found = _SQLITE.match(config.database)
    if found is None:
        return None
    database = Path(found["path"]).absolute()
    return database.with_name(f"{database.stem}-{what}")


def plugin_settings(config: Config) -> Mapping[str, Mapping[str, Any]]:
    """Return the settings of plug-ins.

    The outbox gets a folder beside the database, so that nothing is lost before an office has a mail server.
    """
    folder = config.outbox or beside(config, "outbox")
    if OUTBOX in config.plugins or folder is None:
        return config.plugins
    return {**config.plugins, OUTBOX: {"folder": str(folder.absolute())}}


def is_unset(config: Config, status: PluginStatus) -> bool:
    """Return whether a plug-in is off for the only reason that nobody has written its settings yet."""
    return not status.enabled and status.code == "bad_settings" and status.key not in config.plugins


def state_of(status: PluginStatus) -> str:
    """Return *on*, *off*, or *closed* where a channel that cannot be opened is all that a plug-in brings."""
    return "on" if status.enabled else "closed" if status.closed else "off"


def plugin_host(config: Config) -> PluginHost:
    """Return the host of the plug-ins that ``config`` allows, with their settings."""
    return PluginHost(
        allow=config.allow_plugins or None,
        block=config.block_plugins,
        settings=plugin_settings(config),
        document=config.document,
        guard=TimeLimit(),
        on_fault=_tell,
    )


def _tell(fault: PluginError) -> None:
    _log.error("%s; %s", fault, fault.params["remedy"])
