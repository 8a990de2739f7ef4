"""What every part of a transaction stands on: the connection, the vault, and the keys of the persons it has met."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, Insert, LargeBinary, Row, Select, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lapor_core.errors import NotFound, Refused
from lapor_desk.store.database import StoreDown
from lapor_desk.store.keys import MasterKey, Person
from lapor_desk.store.tables import accounts, complaints, people, sessions, sketches
from lapor_desk.store.vault import HOUSE, Vault

__all__ = ["ReadUnit", "WriteUnit"]


# Built once: to build a statement costs more than to run it, and these run at every intake.
_WRAPPED = select(people.c.id, people.c.wrapped_key, people.c.master).where(
    people.c.id.in_(bindparam("of_ids", expanding=True))
)
_HELD = _WRAPPED.with_for_update(read=True, key_share=True)


class ReadUnit:
    """One transaction that reads.

    Attributes:
        connection: For queries of one's own on :mod:`lapor_desk.store.tables`.
        vault: Seals, opens and makes look-up digests.
    """

    _wrapped: ClassVar[Select[Any]] = _WRAPPED

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self.connection = connection
        self.vault = vault
        self._met: dict[str, Person | None] = {}
        self._looked_up: dict[str, Row[Any]] = {}

    def look_up(self, person_ids: Iterable[str]) -> None:
        """Look several persons up with one statement, so that what follows asks for none of them."""
        new = sorted(set(person_ids) - self._met.keys() - self._looked_up.keys())
        if new:
            self._looked_up |= {row.id: row for row in self.connection.execute(self._wrapped, {"of_ids": new})}

    def person(self, person_id: str) -> Person:
        """Return a person with their key.

        Raises:
            NotFound: there is no such person (``unknown_person``).
            Refused: the person was erased (``erased``).
        """
        person = self.find_person(person_id)
        if person is None:
            message = f'"{person_id}": no such person'
            raise NotFound(message, code="unknown_person", person=person_id)
        return person

    def find_person(self, person_id: str) -> Person | None:
        """Return a person with their key, or None when there is no such person.

        Raises:
            Refused: the person was erased (``erased``).
        """
        if self._meet(person_id) and self._met[person_id] is None:
            message = f"the personal data of person {person_id} has been erased"
            raise Refused(message, code="erased", person=person_id)
        return self._met.get(person_id)

    def is_erased(self, person_id: str) -> bool:
        """Return whether this person's key has been shredded."""
        return self._meet(person_id) and self._met[person_id] is None

    def _meet(self, person_id: str) -> bool:
        """Return whether there is such a person, and remember their key, or that it was shredded."""
        if person_id not in self._met:
            self.look_up([person_id])
            row = self._looked_up.pop(person_id, None)
            if row is None:
                return False
            wrapped: bytes | None = row.wrapped_key
            key = None if wrapped is None else self.master_key(row.master).unwrap(person_id, wrapped)
            self._met[person_id] = key
        return True

    def master_key(self, fingerprint: str) -> MasterKey:
        """Return a master key; one that came while this process ran is looked for in the file of keys.

        Raises:
            StoreDown: it is not there (``unknown_master_key``).
        """
        key = self.vault.keys.find(fingerprint)
        if key is None:
            message = (
                "the master key was changed, and this process cannot find the new one; "
                "bring the file of keys up to date on this machine"
            )
            raise StoreDown(message, code="unknown_master_key")
        return key


class WriteUnit(ReadUnit):
    """One transaction that writes.

    A person who is met in it cannot be erased before it ends: in PostgreSQL by a lock on their row that the rows which refer to
    it take too, in SQLite because there is one writer at a time.
    """

    _wrapped = _HELD

    def add_person(self, person: Person) -> None:
        """Store a new person, whom :meth:`Vault.new_person` made.

        Raises:
            StoreDown: the master key was changed, and this process cannot find the new one (``unknown_master_key``).
        """
        self.add_people([person])

    def add_people(self, persons: Iterable[Person]) -> None:
        """Store several new persons at once, as :meth:`add_person`.

        They are wrapped by the key that wrapped when this process looked last. The statement stores them only while it still
        does, and keeps it from being changed until this transaction ends: a person is never stored under a key that is just
        being put away.
        """
        known = {person.id: person for person in persons}
        if not known:
            return
        if not self._added(known.values(), self.vault.keys.wrapping):  # it was changed since
            self.vault.keys.wrapping = self.wrapping_key()
            self._added(known.values(), self.vault.keys.wrapping)
        self._met |= known

    def _added(self, persons: Collection[Person], master: MasterKey) -> bool:
        rows = [self.person_row(person, master) for person in persons]
        return self.connection.execute(_NEW_PEOPLE, rows).rowcount == len(rows)

    def add_erased(self, person_id: str, now: datetime) -> None:
        """Store somebody who was erased elsewhere, and whose key is nowhere any more."""
        row = {"id": person_id, "wrapped_key": None, "master": self.wrapping_key().fingerprint, "erased_at": now}
        self.connection.execute(insert(people).values(row))
        self._met[person_id] = None

    @staticmethod
    def person_row(person: Person, master: MasterKey) -> dict[str, Any]:
        """Return a person as a row of the table of people."""
        return {"id": person.id, "wrapped_key": master.wrap(person), "master": master.fingerprint}

    def wrapping_key(self) -> MasterKey:
        """Return the master key that wraps: the one that wraps the key of the house, and until this transaction ends no other.

        Raises:
            StoreDown: this process cannot find it (``unknown_master_key``).
        """
        return self.master_key(self.connection.execute(_WRAPPING.with_for_update(read=True)).scalar_one())

    def hold_keys(self) -> None:
        """Wait for every other transaction that stores persons, and let none begin until this one ends."""
        self.connection.execute(_WRAPPING.with_for_update())

    def change_wrapping_key(self, master: MasterKey) -> None:
        """Let ``master`` wrap from now on, which :meth:`hold_keys` must come before."""
        row = self.person_row(self.vault.house, master)
        if self.wrapping_key() != master:
            self.connection.execute(update(people).where(people.c.id == self.vault.house.id).values(row))

    def hold_person(self, person_id: str) -> None:
        """Wait for every other transaction that has met this person, and let none meet them until this one ends."""
        self.connection.execute(select(people.c.id).where(people.c.id == person_id).with_for_update())
        self._look_again(person_id)

    def erase_person(self, person_id: str, now: datetime) -> None:
        """Shred a person's key: what was sealed for them stays as ciphertext that nobody can open again.

        Their account and sessions go too, and the marks by which their complaints were found; :meth:`Store.clear_away` deletes
        the files, and their list, after the transaction. That their complaints say so is for :mod:`lapor_desk.erasing`, which
        calls this.
        """
        shredded = update(people).where(people.c.id == person_id, people.c.erased_at.is_(None))
        self.connection.execute(shredded.values(wrapped_key=None, erased_at=now))
        self._look_again(person_id)
        mine = select(accounts.c.id).where(accounts.c.person_id == person_id)
        self.connection.execute(
            delete(sessions).where(sessions.c.principal_kind == "account", sessions.c.principal_id.in_(mine))
        )
        self.connection.execute(delete(accounts).where(accounts.c.person_id == person_id))
        # The rows are touched first, so that whoever is storing marks of theirs is waited for, and nobody does so afterwards.
        self.connection.execute(update(complaints).where(complaints.c.person_id == person_id).values(sketched_at=now))
        theirs = select(complaints.c.id).where(complaints.c.person_id == person_id)
        self.connection.execute(delete(sketches).where(sketches.c.complaint_id.in_(theirs)))

    def _look_again(self, person_id: str) -> None:
        self._met.pop(person_id, None)
        self._looked_up.pop(person_id, None)

    def insert_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert a row unless one with its key is there; return whether it was inserted.

        In PostgreSQL this waits for another transaction that is inserting the same key.
        """
        return self.insert_all_new(table, [values]) == 1

    def insert_all_new(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert the rows whose keys are not there yet, and return how many these were; as :meth:`insert_new` otherwise."""
        if not rows:
            return 0
        return self.connection.execute(_insert_ignoring(table, self.connection.dialect.name), rows).rowcount

    def inserting(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """Return an INSERT of this database's own kind, which can say what is done where the key is there already."""
        return _INSERTS[self.connection.dialect.name](table)

    def insert_or_replace(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows, each in place of the one that has its key."""
        if rows:
            self.connection.execute(_insert_replacing(table, self.connection.dialect.name), rows)


# In PostgreSQL, the row of the house is locked: shared by those who store persons, and against a change of the master key. In
# SQLite, where a write transaction has the whole database to itself, nothing is asked for.
_WRAPPING = select(people.c.master).where(people.c.id == HOUSE)

# Built once: to build a statement costs more than to run it, and this one runs at every intake.
_NEW_PEOPLE = (
    insert(people)
    .from_select(
        ["id", "wrapped_key", "master"],
        select(bindparam("id", type_=people.c.id.type), bindparam("wrapped_key", type_=LargeBinary), people.c.master)
        .where(people.c.id == HOUSE, people.c.master == bindparam("master"))
        .with_for_update(read=True),
    )
    .execution_options(preserve_rowcount=True)
)


@functools.cache
def _insert_ignoring(table: Table, dialect: str) -> Insert:
    """Return the statement without its values: built once, it is looked up in SQLAlchemy's cache in a fifth of the time."""
    counted = {"preserve_rowcount": True}  # of an INSERT, SQLAlchemy keeps no count unless it is asked to
    return _INSERTS[dialect](table).on_conflict_do_nothing().execution_options(**counted)


@functools.cache
def _insert_replacing(table: Table, dialect: str) -> Insert:
    statement = _INSERTS[dialect](table)
    others = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)


_INSERTS: Mapping[str, Callable[[Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
