"""What the tables of planted faults share: a copy of a package in which one place is changed."""

import importlib
import itertools
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType

import pytest

Planting = Callable[[ModuleType, str, str, str], AbstractContextManager[ModuleType]]

_numbers = itertools.count()


@pytest.fixture
def planted(tmp_path: Path) -> Planting:
    """Return ``planted(package, module, old, new)``, which yields a copy with one place of one module changed."""

    @contextmanager
    def planting(package: ModuleType, module: str, old: str, new: str) -> Iterator[ModuleType]:
        name = f"planted_{next(_numbers)}"
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        for file in (tmp_path / name).glob("*.py"):
            text = file.read_text("utf-8")
            if file.stem == module:
                assert text.count(old) == 1, f"{module}.py has {text.count(old)} places {old!r}; mend the table"
                text = text.replace(old, new)
            file.write_text(text.replace(package.__name__, name), "utf-8")
        sys.path.insert(0, str(tmp_path))
        try:
            yield importlib.import_module(name)
        finally:
            sys.path.remove(str(tmp_path))
            for found in [key for key in sys.modules if key.partition(".")[0] == name]:
                del sys.modules[found]

    return planting
