"""Each extra brings what its plug-in or command imports, and nothing that nobody imports."""

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

from lapor_desk.cli import COMMANDS

HOUSE = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
OURS = {"lapor_channels", "lapor_core", "lapor_desk"}

# The extra whose name is not its plug-in's key with a hyphen; None is the base install.
EXTRA_OF: dict[str, str | None] = {"email": None, "outbox": None}

# Never imported by us, and needed all the same.
UNSEEN = {
    "opentelemetry-api": "looked up by name, so that the desk stands without it",
    "psycopg": "SQLAlchemy speaks to PostgreSQL through it",
    "pytest": "the conformance checks rewrite their assertions under it",
    "python-multipart": "Starlette reads forms with it",
    "tzdata": "zoneinfo reads it where the system has no zones",
}

# What a module imports only when the caller asked for an ability of another extra.
OPTIONAL = {"hypothesis", "icalendar", "numpy", "pytest"}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*sorted(OURS), include_external_packages=True, cache_dir=None)


@cache
def distribution_of() -> dict[str, str]:
    return {module: names[0].lower().replace("_", "-") for module, names in packages_distributions().items()}


def imported(module: str) -> set[str]:
    """Return the distributions outside the standard library that a module of ours needs, however deep."""
    parts = {module, *graph().find_descendants(module)}
    reached = parts.union(*(graph().find_upstream_modules(part) for part in parts))
    outside = {name for name in reached if name.split(".")[0] not in OURS | sys.stdlib_module_names}
    return {distribution_of()[name] for name in outside}


def brought(extra: str | None) -> set[str]:
    """Return the distributions that the base install and an extra bring, other extras that it names included."""

    def names(entries: list[str]) -> Iterator[str]:
        for entry in entries:
            if found := re.match(r"lapor\[(.+)\]", entry):
                for other in found[1].split(","):
                    yield from names(EXTRAS[other])
            else:
                yield re.split(r"[^\w.-]", entry)[0]

    return set(names([*PROJECT["dependencies"], *(EXTRAS[extra] if extra else [])]))


@pytest.mark.parametrize("key", sorted(PROJECT["entry-points"]["lapor"]))
def test_a_plug_in_finds_all_it_imports_in_its_extra(key: str) -> None:
    extra = EXTRA_OF.get(key, key.replace("_", "-"))
    needed = imported(PROJECT["entry-points"]["lapor"][key])
    assert needed - OPTIONAL <= brought(extra)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_finds_all_it_imports_in_its_extra(name: str) -> None:
    assert imported(f"lapor_desk.cli.{COMMANDS[name].module or name}") - OPTIONAL <= brought(COMMANDS[name].extra)


def test_nothing_is_brought_that_nobody_imports() -> None:
    used = set().union(*(imported(package) for package in OURS))
    assert brought("all") - used - set(UNSEEN) == set()


def test_a_missing_dependency_would_be_seen() -> None:
    assert "sqlalchemy" not in brought("web")
    assert {"attrs", "starlette"} <= brought("web")
    assert "cattrs" in imported("lapor_core")
