"""The log names what went wrong and where, and never repeats the words of an exception."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from lapor_desk.logs import JsonFormatter, Repeats, TextFormatter

MARK = "PENANDA-PRIBADI"


def record(*, raised: bool) -> logging.LogRecord:
    info = None
    if raised:
        try:
            try:
                int(MARK)
            except ValueError as error:
                raise LookupError(MARK) from error
        except LookupError:
            info = sys.exc_info()
    return logging.LogRecord("lapor.desk", logging.WARNING, __file__, 1, "complaint %s", ("c1",), info)


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_an_exception_is_told_by_type_and_place_and_not_by_its_words(formatter: logging.Formatter) -> None:
    line = formatter.format(record(raised=True))
    assert "builtins.LookupError" in line
    assert "builtins.ValueError" in line
    assert "test_logs.py" in line
    assert MARK not in line


def warning(second: float, *values: str, level: int = logging.WARNING) -> logging.LogRecord:
    made = logging.LogRecord("lapor.store", level, __file__, 1, "notice %s", values or ("n1",), None)
    made.created = second
    return made


def test_the_same_warning_is_told_once_a_minute_with_how_often_it_came() -> None:
    repeats = Repeats()
    assert [second for second in range(150) if repeats.filter(warning(second))] == [0, 60, 120]
    later = warning(200)
    assert repeats.filter(later)
    assert later.getMessage() == "notice n1 (and 29 times before, within a minute)"


def test_what_differs_and_what_is_no_warning_is_always_told() -> None:
    repeats = Repeats()
    told = [warning(0), warning(0, "n2"), warning(0, level=logging.INFO), warning(0, level=logging.INFO)]
    assert all(map(repeats.filter, told))


def test_lines_of_an_earlier_minute_are_forgotten() -> None:
    repeats = Repeats()
    for number in range(5000):
        assert repeats.filter(warning(number, str(number)))
    assert len(repeats._told) <= 1000


def test_a_line_of_json_is_one_object() -> None:
    line = json.loads(JsonFormatter().format(record(raised=False)))
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "warning", "logger": "lapor.desk", "message": "complaint c1"}
