"""``lapor lifecycle`` shows what the table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapor_core.lifecycle import State
from lapor_core.lifecycle_diagram import as_svg
from lapor_desk.cli import main


def test_every_state_is_shown_with_where_it_leads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lifecycle", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert all(f"({state})" in shown for state in State)
    assert "[Central admin]" in shown


def test_the_picture_is_the_one_of_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "life.svg"
    assert main(["lifecycle", "--svg", str(file)]) == 0
    assert file.read_text("utf-8") == as_svg("id")
    assert main(["lifecycle", "--svg", str(tmp_path / "none" / "x.svg")]) == 2
    assert "cannot be written" in capsys.readouterr().err
