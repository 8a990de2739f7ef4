"""The trouble-shooting table is what the galleries of broken plug-ins say, word for word.

``LAPOR_WRITE_DOCS=1`` writes it anew.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

HOUSE = Path(__file__).resolve().parents[2]
PAGE = HOUSE / "docs" / "reference" / "troubleshooting-plugins.md"
BEGIN, END = "<!-- the table: tests/desk/test_troubleshooting.py writes it -->\n", "<!-- end of the table -->\n"


def load(path: str) -> ModuleType:
    name = f"gallery_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, HOUSE / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def rows() -> Iterator[tuple[str, str]]:
    broken, hanging = load("tests/core/plugins/test_broken_plugins.py"), load("tests/desk/test_plugins_at_work.py")
    for name, (_, message) in broken.GALLERY.items():
        yield name, message
    for name, (_, message) in broken.ASKED.items():
        yield name, f"{broken.hook_of(name)}() {message}"
    for gallery in (hanging.HANGING, hanging.SLOW):
        for name, (_, message) in gallery.items():
            yield name, message


def table() -> str:
    lines = ["| what is wrong | what is said of it, after the plug-in's name |", "|---|---|"]
    for name, message in sorted(rows()):
        said = message.strip().replace("lapor_bad", "lapor_kiosk").replace("lapor_endless", "lapor_kiosk")
        lines.append(f"| {name} | `` {said.replace('|', '&#124;')} `` |")
    return "\n".join(lines) + "\n"


def test_the_table_is_what_the_galleries_say() -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    written, _, after = rest.partition(END)
    if os.environ.get("LAPOR_WRITE_DOCS"):
        PAGE.write_text(before + BEGIN + table() + END + after, encoding="utf-8")
        pytest.skip("the table was written anew")
    assert written == table()
