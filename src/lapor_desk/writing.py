"""Files that commands write: there whole or not at all, and readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from lapor_core.errors import BadValue, LaporError
from lapor_desk.store import StoreDown
from lapor_desk.store.disk import sync_file, sync_folder

__all__ = ["new_file", "placed"]


@contextmanager
def placed(path: Path) -> Iterator[BinaryIO]:
    """Write a file that takes its name only when the block ends well and the content is on the disk.

    Raises:
        StoreDown: it cannot be written (``store_down``).
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".lapor-")  # mkstemp makes it 0600
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        sync_file(Path(name))
        Path(name).replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise (error if isinstance(error, StoreDown) else _unwritable(path, error)) from error
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """Write a text in UTF-8 into a file that is not there yet, onto the disk; what a failure leaves behind is deleted.

    Raises:
        BadValue: it is there, or cannot be written (``unwritable_file``).
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"{path}: is there already; name another file, or delete it first"
        raise BadValue(message, code="unwritable_file", path=str(path)) from error
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
        sync_file(path)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, LaporError):
            raise _not_written(path, error) from error
        raise


def _not_written(path: Path, error: OSError) -> BadValue:
    return BadValue(_why(path, error), code="unwritable_file", path=str(path))


def _unwritable(path: Path, error: OSError) -> StoreDown:
    return StoreDown(_why(path, error), code="store_down")


def _why(path: Path, error: OSError) -> str:
    return f"{path}: cannot be written: {error.strerror or error}"
