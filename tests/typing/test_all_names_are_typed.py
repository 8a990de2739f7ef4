"""Every name of the public API stands in a program that mypy checks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import lapor_core

HERE = Path(__file__).parent
PROGRAMS = [path for path in sorted(HERE.glob("*.py")) if not path.name.startswith("test_")]


def names_in(path: Path) -> set[str]:
    """The names a program imports from the library's front door and uses."""
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "lapor_core"
        for alias in node.names
    }
    return imported & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("name", lapor_core.__all__)
def test_each_public_name_is_used_in_a_program_that_is_checked(name: str) -> None:
    assert any(name in names_in(path) for path in PROGRAMS), f"give {name} its types in tests/typing"


def test_every_program_checks_that_mistakes_stay_errors() -> None:
    for path in PROGRAMS:
        assert "# type: ignore[" in path.read_text("utf-8"), path.name
        assert "assert_type(" in path.read_text("utf-8"), path.name
