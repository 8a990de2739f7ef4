"""The house that a command works on: the configuration with what was said on the command line laid over it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from lapor_core.errors import BadValue, NotFound
from lapor_desk.config import Config, find_config, load_config
from lapor_desk.sites import host_problem

if TYPE_CHECKING:
    from lapor_desk.house import House

__all__ = ["configured", "form", "is_former", "opened", "say", "shown"]

_IF_NOT = "If one should be there already, stop, and look at database in lapor.toml and --database."


def configured(config: Path | None, **said: Any) -> Config:
    """Return the configuration; ``said`` are values of the command line, None where nothing was said.

    Raises:
        LaporError: the file cannot be read or has faults, a port or a host is none (``bad_port``, ``bad_host``).
    """
    found = load_config(find_config(config, os.environ, Path.cwd()), os.environ)
    port = said.get("port")
    if isinstance(port, int) and not 0 <= port <= 65_535:
        raise BadValue(f"--port: must be 0 to 65535, not {port}", code="bad_port", value=port)
    host = said.get("host")
    if host is not None and (problem := host_problem(host)):
        raise BadValue(f'--host "{host}": {problem}', code="bad_host", value=host)
    return attrs.evolve(found, **{key: value for key, value in said.items() if value is not None})


@contextmanager
def opened(
    config: Config, *, begin: Callable[[str], object] | None = None, new: bool = False, upgrade: bool = False
) -> Iterator[House]:
    """Open the house for as long as the block lasts.

    Args:
        config: What it is made of.
        begin: Where a new desk may begin, what takes the sentence that says so. Without it the desk must be there: who looks at
            one, or changes something in it, shall not make an empty one by a slip.
        new: Whether it must be a new one, though there is a key; see :func:`lapor_desk.store.open_store`.
        upgrade: Whether a database of an earlier version is brought up to date, from which there is no way back. Of all commands
            one does that: a job of cron, say, would do it under the eyes of a desk that still runs.

    Raises:
        LaporError: it cannot be opened; says why. NotFound: there is none (``no_desk``). BadValue: it is of an earlier version
            (``older_database``).
    """
    from lapor_desk.house import open_house
    from lapor_desk.store import form_of
    from lapor_desk.store.migrating import HEAD

    _check_places(config)
    with _drivers():
        found = form(config) if begin is None else form_of(config.database)
        if is_former(found) and not upgrade:
            message = f"the database has the form {found} of an earlier version, and this one needs {HEAD}"
            raise BadValue(
                f"{message}; make a back-up, then start lapor serve, which brings it up to date",
                code="older_database",
                found=found,
                known=HEAD,
            )
        house = open_house(config, new=new)
    with house:
        if begin is not None and found is None:
            begin(f"A new desk begins: {_place(house)}. {_IF_NOT}")
        yield house


def form(config: Config) -> str:
    """Return the form of the database of a desk that is there, without changing anything.

    Raises:
        LaporError: it cannot be read. NotFound: no desk lies there (``no_desk``).
    """
    from lapor_desk.store import form_of

    _check_places(config)
    with _drivers():
        found = form_of(config.database)
    if found is None:
        message = (
            f"{shown(config)}: no desk lies there; look at database and --database, or make a new one: lapor serve"
        )
        raise NotFound(message, code="no_desk", url=shown(config))
    return found


def is_former(found: str | None) -> bool:
    """Return whether a database has the form of an earlier version; what is newer is refused by whoever opens it."""
    from lapor_desk.store.migrating import HEAD

    return found is not None and found < HEAD


def shown(config: Config) -> str:
    """Return the database as it may be printed."""
    from lapor_desk.store import database_url
    from lapor_desk.store.database import shown_url

    return shown_url(database_url(config.database))


def say(sentence: str) -> None:
    """Say on standard error what is not a command's answer."""
    print(sentence, file=sys.stderr)


def _place(house: House) -> str:
    """A path that stands in full shows best in which folder somebody is."""
    database = house.store.database
    return str(database.file) if database.is_sqlite else shown(house.config)


@contextmanager
def _drivers() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("psycopg", "psycopg_binary"):
            raise
        message = 'a PostgreSQL database needs psycopg, which is not installed: pip install "lapor[postgres]"'
        raise BadValue(message, code="missing_extra") from None


def _check_places(config: Config) -> None:
    """Only a SQLite file has a folder of its own, in which the key and the attachments can lie."""
    missing = [name for name in ("key_file", "files") if getattr(config, name) is None]
    if missing and config.database.startswith("postgres"):
        message = f"with a PostgreSQL database, set {' and '.join(missing)} in lapor.toml"
        raise BadValue(message, code="bad_store")
