"""Another master key takes the place of the one there is, while the desk runs.

Killed at any point, nothing is lost, and running it again finishes what was begun:

1. The new key is put into the file of keys, before the old one. The database still names the old one.
2. The key of the house is wrapped anew; with it the database names the new key, and every new person comes under it.
3. The persons there are follow, in batches of one transaction each.
4. When no key hangs on an old one, that one leaves the file of keys for a file of its own: back-ups from before need it.

The persons' own keys stay what they are, and so does everything sealed under them, and the keyed digests of look-ups, which
hang on the key of the house.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import ColumnElement, and_, func, select, update

from lapor_core.errors import Refused
from lapor_desk.store.keys import MasterKey
from lapor_desk.store.opening import Store, Transaction
from lapor_desk.store.sealing import KEY_BYTES
from lapor_desk.store.tables import people

__all__ = ["begin", "finish", "left_to_wrap", "prepare", "wrap_anew"]


def prepare(store: Store) -> bool:
    """Put a new key into the file of keys, unless one is there that has not taken its place yet; return whether it was made.

    The desk still wraps with the old one: where machines have files of their own, this one can be copied to them now.

    Raises:
        BadValue: the file cannot be written, or the key was given without one (``unwritable_key_file``).
    """
    keys = store.vault.keys
    with store.transaction() as tx:
        tx.hold_keys()
        keys.refresh()
        if keys.former:
            return False
        keys.write(MasterKey(secrets.token_bytes(KEY_BYTES)), keys.newest)
        return True


def begin(store: Store) -> int:
    """Let the newest key of the file wrap from now on; return how many persons' keys are to be wrapped anew."""
    store.vault.keys.refresh()
    with store.transaction() as tx:
        tx.hold_keys()
        tx.change_wrapping_key(store.vault.keys.newest)
        return left_to_wrap(tx)


def wrap_anew(store: Store, batch: int = 500) -> Iterator[str]:
    """Wrap each person's key with the key that wraps now, ``batch`` in one transaction; yield their ids when it is stored."""
    last = ""
    while True:
        with store.transaction() as tx:
            done = _wrap_batch(tx, last, batch)
        yield from done
        if not done:
            return
        last = done[-1]


def _wrap_batch(tx: Transaction, after: str, batch: int) -> list[str]:
    master = tx.wrapping_key()
    query = select(people.c.id, people.c.wrapped_key, people.c.master).where(
        people.c.id > after, _under_another(master)
    )
    rows = tx.connection.execute(query.order_by(people.c.id).limit(batch)).all()
    for row in rows:
        person = tx.master_key(row.master).unwrap(row.id, row.wrapped_key)
        # Somebody who is erased meanwhile stays erased: their key is no longer the one that was read.
        mine = update(people).where(people.c.id == row.id, people.c.wrapped_key == row.wrapped_key)
        tx.connection.execute(mine.values(tx.person_row(person, master)))
    return [row.id for row in rows]


def finish(store: Store) -> tuple[Path, ...]:
    """Take the old keys out of the file of keys; return the files in which they are kept for back-ups from before.

    Raises:
        Refused: persons' keys still hang on them (``keys_in_use``): nothing was taken out.
    """
    keys = store.vault.keys
    with store.transaction() as tx:
        tx.hold_keys()
        keys.refresh()
        if tx.wrapping_key() != keys.newest or left_to_wrap(tx):
            message = "another change of the master key has begun meanwhile; run this again"
            raise Refused(message, code="keys_in_use")
        kept = tuple(keys.retire(key) for key in keys.former)
        keys.write(keys.newest)
    store.database.empty_log()
    return kept


def left_to_wrap(tx: Transaction) -> int:
    """Return how many persons' keys are wrapped by another key than the one that wraps now."""
    query = select(func.count()).select_from(people).where(_under_another(tx.wrapping_key()))
    count: int = tx.connection.execute(query).scalar_one()
    return count


def _under_another(master: MasterKey) -> ColumnElement[bool]:
    return and_(people.c.master != master.fingerprint, people.c.wrapped_key.is_not(None))
