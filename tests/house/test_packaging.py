"""The wheel and the source distribution hold exactly what they should.

Builds them with the environment's own hatchling, unless ``LAPOR_DIST`` names a folder where they lie already.
"""

import email.parser
import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
PACKAGES = ["lapor_channels", "lapor_core", "lapor_desk"]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BASE = {"attrs", "cattrs", "holidays", "jinja2", "pluggy", "tzdata", "workalendar"}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if given := os.environ.get("LAPOR_DIST"):
        return Path(given)
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=HOUSE, check=True)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> zipfile.ZipFile:
    [path] = dist.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return email.parser.Parser().parsestr(wheel.read(name).decode())


def sources() -> set[str]:
    """Return the files that belong in the wheel, as ``lapor_core/...``."""
    src = HOUSE / "src"
    files = (path for package in PACKAGES for path in (src / package).rglob("*") if path.is_file())
    return {path.relative_to(src).as_posix() for path in files if "__pycache__" not in path.parts}


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    info = f"lapor-{PROJECT['version']}.dist-info"
    about = {f"{info}/{name}" for name in ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"]}
    assert set(wheel.namelist()) == sources() | about


def test_what_is_not_code_is_in_the_wheel_too(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert "lapor_core/policy/data/banjarbaru.toml" in names
    assert any(re.fullmatch(r"lapor_core/calendar/data/.+\.toml", name) for name in names)


def test_only_the_kinds_of_files_that_are_meant_ship(wheel: zipfile.ZipFile) -> None:
    kinds = {Path(name).suffix or Path(name).name for name in wheel.namelist() if ".dist-info" not in name}
    assert kinds <= {
        ".css",
        ".html",
        ".j2",
        ".js",
        ".json",
        ".mako",
        ".md",
        ".po",
        ".py",
        ".sql",
        ".svg",
        ".toml",
        ".txt",
        ".typed",
    }


def test_the_base_install_is_what_the_core_needs(metadata: Message) -> None:
    required = metadata.get_all("Requires-Dist") or []
    base = {re.split(r"[^\w.-]", entry)[0] for entry in required if "extra ==" not in entry}
    assert base == BASE
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"


def test_all_brings_every_extra() -> None:
    extras = PROJECT["optional-dependencies"]
    [everything] = extras["all"]
    assert everything == f"lapor[{','.join(sorted(set(extras) - {'all'}))}]"


@pytest.mark.parametrize(("key", "module"), sorted(PROJECT["entry-points"]["lapor"].items()))
def test_each_plug_in_is_where_its_entry_point_says(key: str, module: str) -> None:
    assert re.fullmatch(r"[a-z_]+", key)
    assert importlib.util.find_spec(module) is not None


def test_the_command_is_where_its_script_says() -> None:
    assert PROJECT["scripts"] == {"lapor": "lapor_desk.cli:main"}
    assert importlib.util.find_spec("lapor_desk.cli") is not None


def test_the_source_distribution_can_be_tested_and_built_from(dist: Path) -> None:
    [path] = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"src/{name}" for name in sources()} <= names
    assert {"CHANGELOG.md", "LICENSE", "README.id.md", "README.md", "noxfile.py", "pyproject.toml"} <= names
    assert {".ci/run", "conftest.py", "docs/conf.py", "tests/conftest.py", "tests/house/test_packaging.py"} <= names
    unwanted = re.compile(r"(^|/)(__pycache__|_build|\.venv|\.nox|\.git/|.*\.db$|.*\.egg-info)")
    assert [name for name in names if unwanted.search(name)] == []
