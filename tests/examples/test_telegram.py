"""An outside plug-in for real: its wheel beside ours in a clean environment, found, tested, and used both ways."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
EXAMPLE = HOUSE / "examples" / "lapor-telegram"


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the programs of an environment that has the two wheels and what they ask for."""
    place = tmp_path_factory.mktemp("clean")
    for source in (HOUSE, EXAMPLE):
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place / "dist", cwd=source)
    run(sys.executable, "-m", "venv", "--without-pip", place / "venv", cwd=place)
    programs = place / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    ours, theirs = (next((place / "dist").glob(f"{name}-*.whl")) for name in ("lapor", "lapor_telegram"))
    wanted = [f"{ours}[desk,testing]", theirs, "pytest-httpserver"]
    pip = (sys.executable, "-m", "pip", "--python", programs / "python")
    run(*pip, "install", "-q", "--no-compile", *wanted, cwd=place)
    return programs


def test_it_appears_with_what_it_brings(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "lapor.toml").write_text('[plugins.telegram]\ntoken = "1:contoh"\n', "utf-8")
    report = {each["key"]: each for each in json.loads(run(clean / "lapor", "plugins", "--json", cwd=tmp_path))}
    telegram = report["telegram"]
    assert "no requirements for it" in telegram.pop("reason")  # the shipped standard was written without it
    assert telegram.pop("remedy").startswith("give the policy a row [channels.telegram]")
    assert telegram == {
        "key": "telegram",
        "kind": "channel, notifier",
        "distribution": "lapor-telegram",
        "version": "0.1.0",
        "hooks": ["lapor_register_channels", "lapor_register_notifiers"],
        "enabled": True,
        "closed": ["telegram"],
    }
    assert report["sms"]["remedy"] == 'pip install "lapor[sms]"'  # its extra is not in this environment


def test_its_own_tests_pass_against_the_installed_wheel(clean: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")  # without the sources beside them
    assert " passed" in run(clean / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", cwd=tmp_path)


def test_it_carries_a_complaint_both_ways(clean: Path, tmp_path: Path) -> None:
    script = shutil.copy(Path(__file__).with_name("both_ways.py"), tmp_path)
    outcome = json.loads(run(clean / "python", "-I", script, tmp_path, cwd=tmp_path))
    assert outcome["state"] == "responded"
    assert outcome["chats"] == [42]
    received, *news, answered = outcome["texts"]
    assert received.startswith("Laporan diterima. Kode: ")
    assert "Sudah diperbaiki." in answered
    assert news


def test_it_is_as_short_as_it_promises() -> None:
    files = (EXAMPLE / "src" / "lapor_telegram").glob("*.py")
    assert sum(len(file.read_text("utf-8").splitlines()) for file in files) < 200
