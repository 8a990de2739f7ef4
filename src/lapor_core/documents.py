"""TOML documents that can say on which line a fault stands.

Policies, decrees and configuration are read the same way: parsed by :mod:`tomllib`, structured strictly into frozen
classes, and every fault reported at once with file, line and key path.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from lapor_core.errors import DocumentFaults, Fault

__all__ = ["Document", "Path", "key_of", "read_document"]

_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)$")
"""How tomllib says where it gave up."""

Path = tuple[str | int, ...]
"""Where a value stands: ``("rules", 2, "when", "kind")``, counted from zero."""


@attrs.frozen(kw_only=True)
class Document:
    """A parsed TOML text with its name, able to find the line of any key path."""

    name: str
    text: str
    data: Mapping[str, Any]

    def fault(self, path: Path, problem: str) -> Fault:
        """Return a fault at ``path``; the line is that of the nearest part of the path that exists."""
        return Fault(file=self.name, line=self.line(path), key=key_of(path), problem=problem)

    def line(self, path: Path) -> int | None:
        """Return the 1-based line on which the value at ``path``, or its nearest existing parent, begins.

        Found by parsing ever longer beginnings of the text until the path is there, so that the grammar of TOML is
        never guessed at. Slow, and used for faults only.
        """
        while path and not _has(self.data, path):
            path = path[:-1]
        if not path:
            return None
        for start, beginning in _beginnings(self.text):
            if _has(beginning, path):
                return start
        return None


def read_document(text: str, name: str) -> Document:
    """Parse ``text``; a syntax error becomes a :class:`~lapor_core.errors.DocumentFaults` naming ``name``."""
    try:
        return Document(name=name, text=text, data=tomllib.loads(text))
    except (ValueError, RecursionError) as error:  # also a number too long to read, and lists too deep
        found = _PLACE.search(str(error))
        line = int(found[1] or len(text.splitlines())) if found else None
        raise DocumentFaults([Fault(file=name, line=line, key="", problem=f"not valid TOML: {error}")]) from error


def key_of(path: Path) -> str:
    """Return ``rules[2].when.kind`` for ``("rules", 2, "when", "kind")``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _beginnings(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield each beginning of the text that parses, with the line on which its last statement starts."""
    lines = text.splitlines(keepends=True)
    start = 1
    for end in range(1, len(lines) + 1):
        if lines[end - 1].lstrip().startswith("#") and end == start:
            start = end + 1
            continue
        try:
            data = tomllib.loads("".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        yield start, data
        start = end + 1


def _has(data: object, path: Sequence[str | int]) -> bool:
    for part in path:
        if isinstance(part, int):
            if not isinstance(data, list) or part >= len(data):
                return False
            data = data[part]
        elif isinstance(data, Mapping) and part in data:
            data = data[part]
        else:
            return False
    return True
