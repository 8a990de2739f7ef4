"""Waiting until what was written is on the disk, and not only in the system's memory."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["sync_file", "sync_folder"]


def sync_file(path: Path) -> None:
    """Wait for a file's content."""
    _sync(path, os.O_RDWR)


def sync_folder(path: Path) -> None:
    """Wait for the names in a folder; Windows does so by itself and opens no folder."""
    if os.name == "posix":
        _sync(path, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
