"""Where the desk keeps things: the tables and their migrations, connections to SQLite and PostgreSQL, and the keys."""

from __future__ import annotations

from lapor_desk.store.database import Database, StoreBusy, database_url
from lapor_desk.store.migrating import upgrade
from lapor_desk.store.vault import MasterKey, Person, Vault

__all__ = ["Database", "MasterKey", "Person", "StoreBusy", "Vault", "database_url", "upgrade"]
