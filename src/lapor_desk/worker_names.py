"""What workers are called, so that it can be told from a name whether the process behind it is still there."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

__all__ = ["is_gone", "machine", "worker_name"]


def worker_name() -> str:
    """Return a name for a worker of this process that no other one has, now or later."""
    name = f"{machine()}-{os.getpid()}-{secrets.token_hex(4)}"
    _named_here.add(name)
    return name


_named_here: set[str] = set()
"""The workers of this process: each is there as long as the process is."""


def machine() -> str:
    """Return a name for what gives processes their numbers: hosts may share a name, and containers a number 1."""
    boot, space = "", ""
    with suppress(OSError):  # only Linux tells
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")[:8]
        space = "".join(filter(str.isdigit, str(Path("/proc/self/ns/pid").readlink())))
    return ".".join(part for part in (socket.gethostname()[:60], boot, space) if part)


def is_gone(worker: str) -> bool:
    """Return whether ``worker`` was a process of this machine that is there no more; in doubt it is there."""
    host, _, rest = worker.rpartition("-")[0].rpartition("-")
    if os.name != "posix" or host != machine() or not rest.isdigit():
        return False
    if int(rest) == os.getpid():  # ours now: in a container, every first process has the number 1
        return worker not in _named_here
    try:
        os.kill(int(rest), 0)  # no signal is sent; only whether one could be is looked at
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # somebody else's process; a number that is none
        return False
    return False
