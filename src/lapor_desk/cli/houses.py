"""The house that a command works on: the configuration with what was said on the command line laid over it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from lapor_core.errors import BadValue, NotFound
from lapor_desk.config import Config, find_config, load_config

if TYPE_CHECKING:
    from lapor_desk.house import House

__all__ = ["configured", "form", "opened"]


def configured(config: Path | None, **said: Any) -> Config:
    """Return the configuration; ``said`` are values of the command line, None where nothing was said.

    Raises:
        LaporError: the file cannot be read or has faults, or a port is none (``bad_port``).
    """
    found = load_config(find_config(config, os.environ, Path.cwd()), os.environ)
    port = said.get("port")
    if isinstance(port, int) and not 0 <= port <= 65_535:
        raise BadValue(f"--port: must be 0 to 65535, not {port}", code="bad_port", value=port)
    return attrs.evolve(found, **{key: value for key, value in said.items() if value is not None})


@contextmanager
def opened(config: Config, *, existing: bool = False) -> Iterator[House]:
    """Open the house for as long as the block lasts.

    Args:
        config: What it is made of.
        existing: Whether it must be there already: what copies or examines a desk shall not make an empty one by a slip.

    Raises:
        LaporError: it cannot be opened; says why. NotFound: there is none (``no_desk``).
    """
    from lapor_desk.house import open_house

    _check_places(config)
    with _drivers():
        if existing:
            form(config)
        house = open_house(config)
    with house:
        yield house


def form(config: Config) -> str:
    """Return the form of the database of a desk that is there, without changing anything.

    Raises:
        LaporError: it cannot be read. NotFound: no desk lies there (``no_desk``).
    """
    from lapor_desk.store import database_url, form_of
    from lapor_desk.store.database import shown_url

    _check_places(config)
    with _drivers():
        found = form_of(config.database)
    if found is None:
        shown = shown_url(database_url(config.database))
        message = f"{shown}: no desk lies there; look at database and --database, or make a new one: lapor serve"
        raise NotFound(message, code="no_desk", url=shown)
    return found


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
