"""What every part of a transaction stands on: the connection, the vault, and the keys of the persons it has met."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lapor_core.errors import NotFound, Refused
from lapor_desk.store.tables import accounts, people, sessions
from lapor_desk.store.vault import Person, Vault

__all__ = ["ReadUnit", "WriteUnit"]


class ReadUnit:
    """One transaction that reads.

    Attributes:
        connection: For queries of one's own on :mod:`lapor_desk.store.tables`.
        vault: Seals, opens and makes look-up digests.
    """

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self.connection = connection
        self.vault = vault
        self._met: dict[str, Person] = {}

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
        if person_id not in self._met:
            row = self.connection.execute(select(people.c.wrapped_key).where(people.c.id == person_id)).first()
            if row is None:
                return None
            self._met[person_id] = self._unwrapped(person_id, row.wrapped_key)
        return self._met[person_id]

    def is_erased(self, person_id: str) -> bool:
        """Return whether this person's key has been shredded."""
        found = self.connection.execute(select(people.c.erased_at).where(people.c.id == person_id)).scalar()
        return found is not None

    def _unwrapped(self, person_id: str, wrapped: bytes | None) -> Person:
        if wrapped is None:
            message = f"the personal data of person {person_id} has been erased"
            raise Refused(message, code="erased", person=person_id)
        return self.vault.master.unwrap(person_id, wrapped)


class WriteUnit(ReadUnit):
    """One transaction that writes."""

    def add_person(self, person: Person) -> None:
        """Store a new person, whom :meth:`Vault.new_person` made."""
        self.add_people([person])

    def add_people(self, persons: Iterable[Person]) -> None:
        """Store several new persons at once."""
        known = {person.id: person for person in persons}
        if known:
            self.connection.execute(_NEW_PEOPLE, [self.person_row(person) for person in known.values()])
            self._met |= known

    def person_row(self, person: Person) -> dict[str, Any]:
        """Return a person as a row of the table of people."""
        master = self.vault.master
        return {"id": person.id, "wrapped_key": master.wrap(person), "master": master.fingerprint}

    def erase_person(self, person_id: str, now: datetime) -> None:
        """Shred a person's key: what was sealed for them stays as ciphertext that nobody can open again.

        Their account and sessions go too; :meth:`Store.clear_away` deletes the files, and their list, after the transaction.
        """
        shredded = update(people).where(people.c.id == person_id, people.c.erased_at.is_(None))
        self.connection.execute(shredded.values(wrapped_key=None, erased_at=now))
        self._met.pop(person_id, None)
        mine = select(accounts.c.id).where(accounts.c.person_id == person_id)
        self.connection.execute(delete(sessions).where(sessions.c.principal_id.in_(mine)))
        self.connection.execute(delete(accounts).where(accounts.c.person_id == person_id))

    def insert_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert a row unless one with its key is there; return whether it was inserted.

        In PostgreSQL this waits for another transaction that is inserting the same key.
        """
        return self.insert_all_new(table, [values]) == 1

    def insert_all_new(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert the rows whose keys are not there yet, and return how many these were; as :meth:`insert_new` otherwise."""
        if not rows:
            return 0
        statement = _insert_ignoring(table, self.connection.dialect.name)
        counted = {"preserve_rowcount": True}  # of an INSERT, SQLAlchemy keeps no count unless it is asked to
        return self.connection.execute(statement, rows, execution_options=counted).rowcount

    def insert_or_replace(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows, each in place of the one that has its key."""
        if rows:
            self.connection.execute(_insert_replacing(table, self.connection.dialect.name), rows)


# Built once: to build a statement costs more than to run it, and this one runs at every intake.
_NEW_PEOPLE = insert(people)


@functools.cache
def _insert_ignoring(table: Table, dialect: str) -> Insert:
    """Return the statement without its values: built once, it is looked up in SQLAlchemy's cache in a fifth of the time."""
    return _INSERTS[dialect](table).on_conflict_do_nothing()


@functools.cache
def _insert_replacing(table: Table, dialect: str) -> Insert:
    statement = _INSERTS[dialect](table)
    others = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)


_INSERTS: Mapping[str, Callable[[Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
