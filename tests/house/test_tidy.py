"""Nothing that belongs to one machine, and nothing unfinished, stands in the tree."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
SKIPPED = {
    ".git",
    ".hypothesis",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    "__pycache__",
    "_build",
    "dist",
}

# Written in pieces, so that this file does not find itself.
MACHINE = re.compile("|".join(["/ro" + "ot/", r"/wo" + r"rk/", "/ho" + "me/[a-z]", r"[A-Z]:\\Us" + "ers"]))
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(com|org)", "index" + "-url"])
)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")


def tree() -> list[Path]:
    """Return the files under version control or, in an unpacked source distribution, all that are no by-product."""
    if (HOUSE / ".git").exists():
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, text=True, check=True)
        return [HOUSE / name for name in listing.stdout.split("\0") if name and (HOUSE / name).is_file()]
    return [path for path in HOUSE.rglob("*") if path.is_file() and not SKIPPED & set(path.parts)]


def hits(pattern: re.Pattern[str], paths: list[Path]) -> Iterator[str]:
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # an image or another binary file
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                yield f"{path.relative_to(HOUSE)}:{number}: {line.strip()}"


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY], ids=["machine", "registry"])
def test_the_tree_names_no_machine_and_no_registry(pattern: re.Pattern[str]) -> None:
    assert list(hits(pattern, tree())) == []


def test_nothing_in_src_is_unfinished() -> None:
    assert list(hits(UNFINISHED, sorted((HOUSE / "src").rglob("*.*")))) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE, "cd /ro" + "ot/lapor"),
        (REGISTRY, "https://py" + "pi.org/simple"),
        (UNFINISHED, "raise NotImplemented" + "Error"),
        (UNFINISHED, "# TO" + "DO: later"),
    ],
)
def test_the_search_can_find(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)
    assert not pattern.search("the tools of the house; what is left to a plug-in")
