"""The documentation's promises: reasons for what is not run, every dependency explained, every extra listed."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import attrs
import pytest

from lapor_desk.cli import COMMANDS
from lapor_desk.config import _File

HOUSE = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*HOUSE.glob("README*.md"), *(page for page in (HOUSE / "docs").rglob("*.md") if "_build" not in page.parts)]
)
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
MARK = re.compile(r"^(?:<!--+|%)\s*skip:.*$", re.MULTILINE)
REASONED = re.compile(r"""skip:\s+(?:next|start)\s+(?:"[^"]{8,}"|'[^']{8,}'|if\(.+reason=.+\))|skip:\s+end""")


def distributions() -> set[str]:
    """Return the names of all distributions that pyproject.toml asks for, ours left out."""
    extras, groups = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]
    named = chain(PROJECT["project"]["dependencies"], *extras.values(), *groups.values())
    return {re.split(r"[^\w.-]", entry)[0] for entry in named if isinstance(entry, str)} - {"lapor"}


def test_a_skipped_snippet_says_why() -> None:
    unreasoned = [
        f"{page.name}: {mark}"
        for page in PAGES
        for mark in MARK.findall(page.read_text(encoding="utf-8"))
        if not REASONED.search(mark)
    ]
    assert unreasoned == []


@pytest.mark.parametrize(
    ("mark", "reasoned"),
    [
        ('<!-- skip: next "needs a running desk" -->', True),
        ('% skip: start "shows two shells at once"', True),
        ("% skip: end", True),
        ("<!-- skip: next -->", False),
        ("% skip: start", False),
    ],
)
def test_a_mark_without_a_reason_is_seen(mark: str, reasoned: bool) -> None:  # noqa: FBT001 - a column of the table
    assert MARK.search(mark)
    assert bool(REASONED.search(mark)) is reasoned


@pytest.mark.parametrize("name", sorted(distributions()))
def test_each_dependency_is_explained(name: str) -> None:
    text = (HOUSE / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8")
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)


def test_each_extra_is_listed() -> None:
    text = (HOUSE / "docs" / "reference" / "extras.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([\w-]+)`", text, re.MULTILINE) == list(PROJECT["project"]["optional-dependencies"])


def test_every_python_block_is_tested() -> None:
    """A block marked ``py`` or ``pycon`` would slip past the runner of snippets."""
    for page in PAGES:
        languages = set(re.findall(r"^\s*```([\w+-]+)$", page.read_text(encoding="utf-8"), re.MULTILINE))
        assert languages <= {"console", "json", "mermaid", "powershell", "python", "sh", "text", "toml"}, page


def test_each_key_of_the_configuration_is_explained() -> None:
    text = (HOUSE / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    explained = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    assert explained == {field.name for field in attrs.fields(_File)}


def test_each_command_is_explained() -> None:
    text = (HOUSE / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`lapor ([\w-]+)", text)) == set(COMMANDS)
