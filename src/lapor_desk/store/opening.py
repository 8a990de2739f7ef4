"""The store as a whole: opened once per process, safe to use from any thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, ColumnElement, select

from lapor_core.errors import BadValue
from lapor_desk.store.counts import CountReads
from lapor_desk.store.database import Database, database_url, shown_url
from lapor_desk.store.files import FileReads, Files, FileWrites
from lapor_desk.store.kept import KeptReads, KeptWrites
from lapor_desk.store.keys import Keyring, MasterKey, Person, key_is_there
from lapor_desk.store.log import LogReads, LogWrites
from lapor_desk.store.migrating import revision, upgrade
from lapor_desk.store.queue import QueueReads, QueueWrites
from lapor_desk.store.register import RegisterReads, RegisterWrites
from lapor_desk.store.sketches import SketchReads, SketchWrites
from lapor_desk.store.tables import attachments, complaints, people
from lapor_desk.store.unit import ReadUnit, WriteUnit
from lapor_desk.store.uploads import PreparedFile
from lapor_desk.store.vault import HOUSE, Vault

__all__ = ["Reading", "Store", "Transaction", "form_of", "open_store"]


class Reading(LogReads, RegisterReads, QueueReads, FileReads, KeptReads, CountReads, SketchReads):
    """Everything that can be read in one transaction, of one state of the database."""


class Transaction(LogWrites, RegisterWrites, QueueWrites, FileWrites, KeptWrites, SketchWrites, Reading):
    """Everything that can be done in one transaction: all of it is stored, or none."""


class Store:
    """A database, its keys, and the files that belong to it."""

    def __init__(self, database: Database, vault: Vault, files: Files) -> None:
        self.database = database
        self.vault = vault
        self.files = files

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Open one write transaction: committed when the block ends well, undone when it raises.

        Keep the block short, and call nobody outside in it: in SQLite there is one writer at a time.

        Raises:
            StoreBusy: another writer did not finish in time (``store_busy``).
            StoreDown: the database cannot do its work (``store_down``).
        """
        with self.database.writing() as connection:
            yield Transaction(connection, self.vault)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Open one transaction that reads a single state of the database."""
        with self.database.reading() as connection:
            yield Reading(connection, self.vault)

    def batches(self, size: int, *conditions: ColumnElement[bool]) -> Iterator[tuple[str, ...]]:
        """Yield the ids of all complaints in the register, or of those that meet ``conditions``, ``size`` at a time.

        Each batch is looked up when the one before has been dealt with, and no transaction lasts in between.
        """
        after = ""
        while ids := self._batch(after, size, conditions):
            yield ids
            after = ids[-1]

    def _batch(self, after: str, size: int, conditions: tuple[ColumnElement[bool], ...]) -> tuple[str, ...]:
        query = select(complaints.c.id).where(complaints.c.id > after, *conditions)
        with self.reading() as tx:
            return tuple(tx.connection.execute(query.order_by(complaints.c.id).limit(size)).scalars())

    def keep_files(self, person: Person, prepared: Iterable[PreparedFile]) -> None:
        """Write files for a person, sealed, before the transaction that attaches them.

        In this order no event ever points to a missing file; a file whose transaction failed harms nobody.
        """
        for file in prepared:
            self.files.put_sealed(self.vault, person, file)

    def read_file(self, person_id: str, digest: str) -> bytes:
        """Return the bytes of a person's attachment.

        Raises:
            NotFound: there is no such person or file. Refused: the person was erased, or the file was changed.
        """
        with self.reading() as tx:
            person = tx.person(person_id)
        return self.files.get_opened(self.vault, person, digest)

    def clear_away(self, person_id: str) -> None:
        """Delete the files of a person who was erased, and what SQLite's log still holds of their key.

        The list of the files goes last: while it is there, :meth:`clear_leftovers` knows that this must be done again.

        Raises:
            StoreDown: the place of files is away (``store_down``).
        """
        self.files.delete_all(person_id)
        with self.transaction() as tx:
            tx.forget_files(person_id)
        self.database.empty_log()

    def clear_leftovers(self) -> int:
        """Clear away after persons who were erased while the place of files was away, or just before a crash; return how many.

        Raises:
            StoreDown: it still is (``store_down``).
        """
        self.database.empty_log()  # of somebody who had no files, nothing but the log may hold anything
        erased = select(attachments.c.person_id).join(people).where(people.c.erased_at.is_not(None)).distinct()
        with self.reading() as tx:
            left = list(tx.connection.execute(erased).scalars())
        for person_id in left:
            self.clear_away(person_id)
        return len(left)

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()


def open_store(
    url: str, *, master: MasterKey | Path | None = None, files: Files | None = None, new: bool = False
) -> Store:
    """Open the database at ``url``, bring its tables up to date, and return the store.

    Several processes may do so at once. Beside a SQLite file, and only there, the key and the folder of attachments have
    places of their own: ``lapor.db`` has ``lapor.key``, made at the first run, and ``lapor-files/``.

    Args:
        url: ``sqlite:///lapor.db``, or ``postgresql://user@host/name``.
        master: The master key, or the file it is read from and at the first run made in; the one beside the SQLite file when
            None.
        files: Where attachments lie; beside the SQLite file when None.
        new: Begin a new desk with the key that lies in its file already. Without it that is refused: where a key is, a desk
            was, and whoever mistyped a path or lost a file shall not go on with an empty one.

    Raises:
        BadValue: the URL cannot be used (``bad_database_url``); the key is not the one this database was made with
            (``wrong_master_key``), others can read its file (``master_key_exposed``), or it is missing
            (``missing_master_key``); there is a key and no desk (``lost_database``), or a desk where a new one was to begin
            (``desk_is_there``); a newer version of this library was here (``newer_database``); PostgreSQL without
            ``master`` or ``files`` (``bad_store``).
        StoreDown: there is no such database, it is none of ours, or tables of ours are missing in it (``store_down``).
    """
    place = database_url(url)
    beside = _beside(place)
    source = master or _need(beside, "master").with_suffix(".key")
    _check_beginning(url, source, new=new)
    database = Database(place)
    try:
        files = files or Files.local(_folder(_need(beside, "files")))
        upgrade(database)
        return Store(database, _vault(database, source), files)
    except BaseException:
        database.close()
        raise


def form_of(url: str) -> str | None:
    """Return the form of the database at ``url`` as it is; None when no desk lies there. Nothing is made or brought up to date.

    Raises:
        BadValue: the URL cannot be used (``bad_database_url``). StoreDown: there is no such database (``store_down``).
    """
    place = database_url(url)
    if place.get_backend_name() == "sqlite":
        path = Path(place.database or "").absolute()
        if not path.exists() or (path.is_file() and not path.stat().st_size):
            return None
    database = Database(place)
    try:
        with database.reading() as connection:
            return revision(connection)
    finally:
        database.close()


def _check_beginning(url: str, source: MasterKey | Path, *, new: bool) -> None:
    """Make sure that no new desk takes the place of one that was lost, and that a new one takes nobody's place.

    The key is looked for first: of several first processes, the one that makes it has made the tables before.
    """
    if not new and (isinstance(source, MasterKey) or not key_is_there(source)):
        return
    if isinstance(source, Path) and not new:
        Keyring.from_file(source, create=False)  # what holds no key is no sign of a desk, and told as what it is
    shown = shown_url(database_url(url))
    is_there = form_of(url) is not None
    if new and is_there:
        message = f"{shown}: a desk lies there already, and no new one can begin; leave --new out"
        raise BadValue(message, code="desk_is_there", url=shown)
    if not new and not is_there:
        message = (
            f"{shown}: no desk lies there, and its key does: {source}; correct the path under database, or bring the database "
            "back from a back-up; to begin a new desk with this key: lapor serve --new"
        )
        raise BadValue(message, code="lost_database", url=shown, path=str(source))


def _beside(place: URL) -> Path | None:
    return Path(place.database or "").absolute() if place.get_backend_name() == "sqlite" else None


def _need(beside: Path | None, what: str) -> Path:
    if beside is None:
        message = f"a PostgreSQL database has no folder of its own; give {what}="
        raise BadValue(message, code="bad_store", what=what)
    return beside


def _folder(beside: Path) -> Path:
    return beside.with_name(f"{beside.stem}-files")


def _vault(database: Database, source: MasterKey | Path) -> Vault:
    """Return the vault; the house's own key is made at the first run, and tells whether a master key is the right one."""
    named = select(people.c.master).where(people.c.id == HOUSE)
    with database.reading() as connection:
        is_new = connection.execute(named).first() is None
    keys = Keyring([source]) if isinstance(source, MasterKey) else Keyring.from_file(source, create=is_new)
    mine = Vault.new_person(HOUSE)
    with database.writing() if is_new else database.reading() as connection:
        unit = WriteUnit(connection, Vault(keys=keys, house=mine))
        if is_new:
            unit.insert_new(people, unit.person_row(mine, keys.newest))
        if keys.find(connection.execute(named).scalar_one()) is None:
            message = "this master key does not open this database; give the key that was made with it"
            raise BadValue(message, code="wrong_master_key")
        house = ReadUnit(connection, unit.vault).person(HOUSE)  # another process may have been first
        return Vault(keys=keys, house=house)
