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


# An exception from a rule names the rule and carries its reason behind it; the examples below show how.
EXCEPTION = re.compile(
    r"#\s*(?:noqa|type:\s*ignore)\b(?P<codes>\[[\w, -]+\]|:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(?P<reason>.*)"
)


def unreasoned(line: str) -> bool:
    found = EXCEPTION.search(line)
    return found is not None and (not found["codes"] or len(found["reason"].strip(" -#:")) < len("its why"))


def test_each_exception_in_the_code_says_what_and_why() -> None:
    places = [
        f"{path.relative_to(HOUSE)}:{number}: {line.strip()}"
        for folder in ["src", "benchmarks", "docs", "examples"]
        for path in sorted((HOUSE / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if unreasoned(line)
    ]
    assert places == []


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("except Exception:  # noqa: BLE001 - a plug-in may raise anything", False),
        ("import x  # type: ignore[import-untyped]  # ships no types", False),
        ("run()  # noqa: S603, S607 - our own tool", False),
        ("except Exception:  # noqa: BLE001", True),
        ("import x  # type: ignore[import-untyped]", True),
        ("import x  # noqa - some reason without a code", True),
        ("value = 1  # a comment", False),
    ],
)
def test_a_bare_exception_is_seen(line: str, missing: bool) -> None:  # noqa: FBT001 - a column of the table
    assert unreasoned(line) is missing


def test_each_exception_in_the_configuration_says_why() -> None:
    configuration = (HOUSE / "pyproject.toml").read_text(encoding="utf-8")
    ruff = configuration.partition("[tool.ruff.lint]")[2].partition("[tool.ruff.lint.pydocstyle]")[0]
    codes = re.findall(r'^    "[A-Z]+\d*",.*$', ruff, re.MULTILINE)
    assert len(codes) > 20
    assert [line for line in codes if not re.search(r",\s+# \S", line)] == []
