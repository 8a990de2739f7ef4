"""A back-up of a desk on SQLite while it runs: the database, the attachments and a checkpoint, and never the key.

In this order nothing is missing: an attachment is on the disk before the event that names it, so files that are copied after
the database hold all that it speaks of.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import attrs
from sqlalchemy import URL

from lapor_core.errors import BadValue, Refused
from lapor_desk.checkpoints import Checkpoint, take_checkpoint
from lapor_desk.places import S3Place
from lapor_desk.store import Store, StoreDown, database_url
from lapor_desk.store.disk import sync_file, sync_folder
from lapor_desk.store.trouble import drivers_name
from lapor_desk.writing import placed

__all__ = ["NOTE", "BackedUp", "back_up", "back_up_former"]

_WHOLE = re.compile("[0-9a-f]{64}")
"""A file that is whole: its name is the digest of what is in it."""

NOTE = """\
A back-up of a LAPOR! desk.

The master key is NOT in here, and nothing personal can be read without it. Keep it in another place.

{attachments}
{known}To restore: copy this folder to where the desk shall be, put the key beside the database as {stem}.key (mode 0600),
put lapor.toml and your own policy and decree files back, and run: lapor doctor
{compare}"""

_FORMER = """\
The database is of an earlier version of lapor, as it was. A newer version brings it up to date at its first start.

"""
_COMPARE = """\
To compare the record with what it was:
lapor audit verify --checkpoint {stem}-checkpoints/{checkpoint}
"""


_WITH_FILES = "The attachments, sealed, are in {stem}-files."
_WITHOUT_FILES = """\
The attachments are NOT in here: they lie in a bucket, {place}. Its own back-up must be of the same time or later;
an older one lacks the newest of them."""


@attrs.frozen(kw_only=True)
class BackedUp:
    """What a back-up holds; ``files`` counts those that were copied this time, None where they lie in no folder.

    ``checkpoint`` is None where the desk is of an earlier version.
    """

    checkpoint: Checkpoint | None
    files: int | None


def back_up(store: Store, files: Path | S3Place, folder: Path, now: datetime) -> BackedUp:
    """Copy everything but the key into ``folder``; one that holds an earlier back-up is brought up to date.

    Args:
        store: A store on SQLite.
        files: Where its attachments lie; those in a bucket are not copied, and the note in the back-up says so.
        folder: Where to; made when it is missing.
        now: The present instant (aware).

    Raises:
        Refused: the database is not SQLite (``not_sqlite``), or its record is broken (``broken_chain``).
        BadValue: ``folder`` is where the desk itself lies (``bad_folder``).
        StoreDown: the copy cannot be written (``store_down``).
    """
    source = _source(store.database.url, files, folder)
    document, checkpoint = take_checkpoint(store, folder / f"{source.stem}-checkpoints", now)
    compare = _COMPARE.format(stem=source.stem, checkpoint=document.name)
    return BackedUp(checkpoint=checkpoint, files=_copied(source, files, folder, compare=compare))


def back_up_former(url: str, files: Path | S3Place, folder: Path) -> BackedUp:
    """Copy a desk of an earlier version as it is, before it is brought up to date, from which there is no way back.

    Whoever installed the new version first has no other one at hand. There is no checkpoint: its record is not read.

    Raises:
        Refused, BadValue, StoreDown: as :func:`back_up`.
    """
    source = _source(database_url(url), files, folder)
    return BackedUp(checkpoint=None, files=_copied(source, files, folder, known=_FORMER))


def _source(url: URL, files: Path | S3Place, folder: Path) -> Path:
    if url.get_backend_name() != "sqlite":
        message = (
            "a PostgreSQL database is backed up with pg_dump; copy the attachments after it, and keep the key apart"
        )
        raise Refused(message, code="not_sqlite")
    source = Path(url.database or "").absolute()
    taken = {source.parent, files.absolute()} if isinstance(files, Path) else {source.parent}
    if folder.absolute() in taken:
        raise BadValue(f"{folder}: the desk itself lies there; name another folder", code="bad_folder")
    return source


def _copied(source: Path, files: Path | S3Place, folder: Path, *, known: str = "", compare: str = "") -> int | None:
    """Copy database and attachments, and write the note; return how many attachments are new."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy_database(source, folder / source.name)
        count = _copy_files(files, folder / f"{source.stem}-files") if isinstance(files, Path) else None
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or drivers_name(error)
        raise StoreDown(
            f"{folder}: the back-up cannot be written: {why}", code="store_down", reason="folder"
        ) from error
    with placed(folder / "README.txt") as note:
        attachments = (_WITH_FILES if isinstance(files, Path) else _WITHOUT_FILES).format(stem=source.stem, place=files)
        note.write(NOTE.format(stem=source.stem, attachments=attachments, known=known, compare=compare).encode())
    return count


def _copy_database(source: Path, target: Path) -> None:
    """Let SQLite copy itself, beside whoever writes, and give the copy its name when it is whole.

    In one step, which reads one state of the database: between two steps it would begin anew whenever somebody has written, and at
    a desk that is at work it would never come to an end.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".lapor-")  # mkstemp makes it 0600
    os.close(handle)
    try:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(name)) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        sync_file(Path(name))
        Path(name).replace(target)
        sync_folder(target.parent)
    finally:
        Path(name).unlink(missing_ok=True)


def _copy_files(source: Path, target: Path) -> int:
    """Copy what is not there yet: a file lies under the digest of what is in it, and never changes.

    Citizens go on writing meanwhile: a file that is being written has no name of its own yet and belongs to no complaint of
    the copied database; one that is gone was erased, and a back-up need not bring it back.
    """
    count = 0
    for path in sorted(path for path in source.rglob("*") if _WHOLE.fullmatch(path.name)):
        copy = target / path.relative_to(source)
        try:
            if copy.is_file() and copy.stat().st_size == path.stat().st_size:
                continue
            original = path.open("rb")
        except FileNotFoundError:
            continue
        with original, placed(copy) as file:
            shutil.copyfileobj(original, file)
        count += 1
    return count
