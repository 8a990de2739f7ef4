"""A plug-in as it is begun: its tests pass, and each way of breaking it is told by them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lapor_desk.cli import main

BROKEN = {
    "an identity that changes": (
        "channel",
        ("source_id=number,", "source_id=str(now),"),
        "source_id changes with the time; a message that comes twice becomes two complaints",
    ),
    "a message repeated in an error": (
        "channel",
        ("it must have id, name and text", "{message!r}"),
        "an error, or its cause, repeats what the message said",
    ),
    "no verdict": (
        "notifier",
        ("return Delivered(", "Delivered("),
        "send() returned NoneType; it must return Delivered, TryLater or Failed",
    ),
    "an address told": (
        "notifier",
        ('answer.headers.get("X-Message-Id", "")', "message.address"),
        "Delivered repeats the address of the message",
    ),
}


def run_tests(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=120)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both kinds, begun and not touched."""
    folder = tmp_path_factory.mktemp("begun")
    for kind in ("channel", "notifier"):
        assert main(["plugins", "new", kind, "kios_contoh", "--folder", str(folder / kind)]) == 0
    return folder


@pytest.mark.parametrize("kind", ["channel", "notifier"])
def test_its_tests_pass_as_it_is_begun(begun: Path, kind: str) -> None:
    result = run_tests(begun / kind)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("kind", "change", "told"), BROKEN.values(), ids=BROKEN)
def test_its_tests_tell_what_is_broken(
    begun: Path, tmp_path: Path, kind: str, change: tuple[str, str], told: str
) -> None:
    folder = tmp_path / kind
    shutil.copytree(begun / kind, folder)
    source = folder / "src" / "lapor_kios_contoh" / "__init__.py"
    text = source.read_text("utf-8").replace('BadValue("not', 'BadValue(f"not')
    assert change[0] in text
    source.write_text(text.replace(*change), "utf-8")
    if "message!r" in change[1]:
        source.write_text(_with_the_message(source.read_text("utf-8")), "utf-8")
    result = run_tests(folder, "-k", "contract")
    assert result.returncode == 1, result.stdout
    assert told in result.stdout


def _with_the_message(source: str) -> str:
    """The message in an error can be read as text only: bytes would show it too."""
    return source.replace("{message!r}", "{message.decode('utf-8', 'replace')}")
