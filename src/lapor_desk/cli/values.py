"""What is typed on a command line, read strictly: ``1.5`` is not the whole number 2."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import indent
from typing import Annotated, Any

from cyclopts import Parameter, Token

from lapor_core.errors import BadValue

__all__ = ["WholeNumber", "print_json", "print_json_list", "read_text", "whole_number", "write_file"]

_DIGITS = re.compile(r"[+-]?[0-9]{1,18}")


def whole_number(text: str) -> int:
    """Return ``text`` as a whole number: ASCII digits with an optional sign, and nothing else.

    Raises:
        BadValue: code ``not_a_whole_number``: ``1.5``, ``1e3``, ``1_000`` and the empty text.
    """
    if not _DIGITS.fullmatch(text):
        message = f'"{text[:40]}": not a whole number; write digits, for example 14'
        raise BadValue(message, code="not_a_whole_number", value=text[:40])
    return int(text)


def _convert(_: Any, tokens: Sequence[Token]) -> int:
    return whole_number(tokens[0].value)


WholeNumber = Annotated[int, Parameter(converter=_convert)]
"""The type of a command's argument that is a whole number; the parser's own reading of ``int`` rounds."""


def read_text(path: Path) -> str:
    """Return the text of a file that was named on the command line or in the configuration.

    Raises:
        BadValue: code ``unreadable_file``: it is absent, not a file, not allowed or not UTF-8.
    """
    try:
        return path.read_text("utf-8-sig")  # Windows editors begin a file with a mark
    except UnicodeDecodeError as error:
        raise BadValue(f"{path}: not UTF-8 text", code="unreadable_file", path=str(path)) from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}"
        raise BadValue(message, code="unreadable_file", path=str(path)) from error


def write_file(path: Path, content: bytes) -> None:
    """Write what a command was asked to write.

    Raises:
        BadValue: code ``unwritable_file``: its folder is absent, or not allowed.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise BadValue(message, code="unwritable_file", path=str(path)) from error


def print_json(value: object) -> None:
    """Print JSON data; on a console that is not UTF-8 every other character is escaped, so that nothing is lost."""
    print(_as_json(value))


def print_json_list(values: Iterable[object]) -> None:
    """Print a list as JSON, each value as it comes; when that is broken off, what was printed ends as a list all the same."""
    between = "["
    try:
        for value in values:
            print(f"{between}\n{indent(_as_json(value), '  ')}", end="")
            between = ","
    finally:
        print("[]" if between == "[" else "\n]")


def _as_json(value: object) -> str:
    wide = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(value, ensure_ascii=not wide, indent=2)
