"""The bar of progress is for whoever looks at the screen; what a command prints goes where it was sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from lapor_desk.cli.progress import watched


def printing() -> Iterator[int]:
    for number in range(3):
        print(f"line {number}")
        yield number


def test_what_is_printed_under_a_bar_goes_to_the_file_it_was_sent_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert list(watched(printing(), "counting", 3)) == [0, 1, 2]
    shown = capsys.readouterr()
    assert shown.out == "line 0\nline 1\nline 2\n"
    assert "counting" in shown.err


def test_without_a_screen_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(watched(printing(), "counting", 3)) == [0, 1, 2]
    assert capsys.readouterr().err == ""
