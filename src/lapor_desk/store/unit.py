"""What every part of a transaction stands on: the connection, the vault, and the keys of the persons it has met."""

from __future__ import annotations

import functools
from collections.abc import Mapping
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
        self.connection.execute(insert(people).values(self.person_row(person)))
        self._met[person.id] = person

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
        statement = _insert_ignoring(table, self.connection.dialect.name)
        counted = {"preserve_rowcount": True}  # of an INSERT, SQLAlchemy keeps no count unless it is asked to
        return self.connection.execute(statement, dict(values), execution_options=counted).rowcount == 1


@functools.cache
def _insert_ignoring(table: Table, dialect: str) -> Insert:
    """Return the statement without its values: built once, it is looked up in SQLAlchemy's cache in a fifth of the time."""
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
