"""Lines of a file that somebody else wrote: read one by one, from a pipe too, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from pathlib import Path

from lapor_core.errors import BadValue
from lapor_desk.filling import unreadable

__all__ = ["is_utf8", "lines_of"]

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@contextmanager
def lines_of(path: Path) -> Iterator[Iterator[str]]:
    """Open a file for the lines in it, each with its end as it stands there; a mark at the beginning of the file is left out.

    Bytes that are no UTF-8 stand in their line as lone surrogates (:func:`is_utf8`), so that they cost no other line.

    Raises:
        BadValue: it cannot be read, now or later, or is UTF-16 (``unreadable_file``).
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error
    with file:
        _check_encoding(path, file)
        with TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="") as text:
            yield _lines(path, text)


def is_utf8(line: str) -> bool:
    """Return whether a line of :func:`lines_of` has no bytes in it that are no UTF-8."""
    return line.isascii() or not any("\ud800" <= character <= "\udfff" for character in line)


def _check_encoding(path: Path, file: BufferedReader) -> None:
    try:
        beginning = file.peek(4)[:4]
    except OSError as error:
        raise unreadable(path, error) from error
    if beginning.startswith(_UTF_16) or b"\0" in beginning:
        message = f"{path}: this is UTF-16 or no text; save it as UTF-8 (in a spreadsheet: CSV UTF-8)"
        raise BadValue(message, code="unreadable_file", path=str(path))


def _lines(path: Path, file: TextIOWrapper) -> Iterator[str]:
    try:
        yield from file
    except OSError as error:
        raise unreadable(path, error) from error
