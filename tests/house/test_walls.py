"""The walls of the house: they stand, and each falls loudly when it is breached on purpose."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
CORE = HOUSE / "src" / "lapor_core"

BREACHES = [
    pytest.param("core", "lapor_core/breach.py", "import lapor_desk", "lapor_desk", id="core-to-desk"),
    pytest.param("core", "lapor_core/breach.py", "import lapor_channels", "lapor_channels", id="core-to-channels"),
    pytest.param("apart", "lapor_channels/breach.py", "import lapor_desk", "lapor_desk", id="channels-to-desk"),
    pytest.param("apart", "lapor_desk/breach.py", "import lapor_channels", "lapor_channels", id="desk-to-channels"),
    pytest.param("pluggy", "lapor_core/breach.py", "import pluggy", "pluggy", id="pluggy"),
    pytest.param("jinja2", "lapor_core/breach.py", "from jinja2 import Environment", "jinja2", id="jinja2"),
    pytest.param("testing", "lapor_core/breach.py", "import hypothesis", "hypothesis", id="hypothesis"),
    pytest.param("pure", "lapor_core/breach.py", "import urllib.request", "urllib", id="urllib"),
    pytest.param("pure", "lapor_core/breach.py", "def f():\n    import sqlite3", "sqlite3", id="sqlite3-in-function"),
    pytest.param("pure", "lapor_core/breach.py", "from logging import getLogger", "logging", id="logging"),
    pytest.param("pure", "lapor_core/breach.py", "import sqlalchemy", "sqlalchemy", id="sqlalchemy"),
]


def lint_imports(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache", "--no-logo", *arguments],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house / "src"), "PYTHONUTF8": "1", "COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    shutil.copy(HOUSE / "pyproject.toml", house)
    shutil.copytree(HOUSE / "src", house / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return house


def test_the_walls_stand() -> None:
    answer = lint_imports(HOUSE)
    assert answer.returncode == 0, answer.stdout
    assert "0 broken" in answer.stdout


@pytest.mark.parametrize(("contract", "path", "code", "culprit"), BREACHES)
def test_a_breach_is_seen(copy: Path, contract: str, path: str, code: str, culprit: str) -> None:
    breach = copy / "src" / path
    breach.write_text(code + "\n", encoding="utf-8")
    try:
        answer = lint_imports(copy, "--contract", contract)
    finally:
        breach.unlink()
    assert answer.returncode == 1, answer.stdout
    assert f"{path.removesuffix('.py').replace('/', '.')} -> {culprit}" in answer.stdout


# What no import contract can see: the clock, the environment, files and randomness reached through harmless modules.

FORBIDDEN_ATTRIBUTES = {
    ("date", "today"): "the clock",
    ("datetime", "now"): "the clock",
    ("datetime", "today"): "the clock",
    ("datetime", "utcnow"): "the clock",
    ("os", "environ"): "the environment",
    ("os", "getenv"): "the environment",
    ("os", "urandom"): "randomness",
    ("uuid", "uuid1"): "randomness",
    ("uuid", "uuid4"): "randomness",
}
FORBIDDEN_NAMES = {
    "breakpoint": "the console",
    "getenv": "the environment",
    "input": "the console",
    "open": "a file",
    "print": "the console",
    "urandom": "randomness",
    "uuid1": "randomness",
    "uuid4": "randomness",
}


def impurities(source: str) -> Iterator[str]:
    """Yield ``line: what is reached`` for everything that ties a pure module to the world around it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            reached = FORBIDDEN_ATTRIBUTES.get((owner, node.attr))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            reached = FORBIDDEN_NAMES.get(node.func.id)
        elif isinstance(node, ast.Global):
            reached = "mutable module state"
        else:
            continue
        if reached:
            yield f"{node.lineno}: {reached}"


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: path.relative_to(CORE).as_posix())
def test_the_core_is_pure(path: Path) -> None:
    assert list(impurities(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\nnow = datetime.now(zone)",
        "import datetime\nnow = datetime.datetime.now()",
        "from datetime import date\ndate.today()",
        "import os\nos.environ['LAPOR_CONFIG']",
        "import uuid\nuuid.uuid4()",
        "from uuid import uuid4\nuuid4()",
        "open('policy.toml')",
        "print('terlambat')",
        "def remember():\n    global seen",
    ],
)
def test_an_impurity_is_seen(code: str) -> None:
    assert list(impurities(code))
