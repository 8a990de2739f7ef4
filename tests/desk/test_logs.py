"""The log names what went wrong and where, and never repeats the words of an exception."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from lapor_desk.logs import JsonFormatter, TextFormatter

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


def test_a_line_of_json_is_one_object() -> None:
    line = json.loads(JsonFormatter().format(record(raised=False)))
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "warning", "logger": "lapor.desk", "message": "complaint c1"}
