"""Where the desk keeps things: events, the register, the queue of notices, keys and files.

::

    store = open_store("sqlite:///lapor.db")
    person = store.vault.new_person()
    with store.transaction() as tx:
        tx.add_person(person)
        tx.append(events)
"""

from __future__ import annotations

from lapor_desk.store.counts import Counts, Waiting
from lapor_desk.store.database import Database, StoreBusy, StoreDown, database_url
from lapor_desk.store.files import Files, StoredFile
from lapor_desk.store.keys import Keyring, MasterKey, Person
from lapor_desk.store.log import Chain
from lapor_desk.store.migrating import upgrade
from lapor_desk.store.opening import Reading, Store, Transaction, form_of, open_store
from lapor_desk.store.queued import Claim, NewNotice, QueuedNotice, Settlement, Status
from lapor_desk.store.register import Entry, Listed
from lapor_desk.store.shares import Kind, Share
from lapor_desk.store.sketches import Sketch
from lapor_desk.store.uploads import PreparedFile, prepare
from lapor_desk.store.vault import Vault

__all__ = [
    "Chain",
    "Claim",
    "Counts",
    "Database",
    "Entry",
    "Files",
    "Keyring",
    "Kind",
    "Listed",
    "MasterKey",
    "NewNotice",
    "Person",
    "PreparedFile",
    "QueuedNotice",
    "Reading",
    "Settlement",
    "Share",
    "Sketch",
    "Status",
    "Store",
    "StoreBusy",
    "StoreDown",
    "StoredFile",
    "Transaction",
    "Vault",
    "Waiting",
    "database_url",
    "form_of",
    "open_store",
    "prepare",
    "upgrade",
]
