"""Decree files: TOML text to a ledger, refusing every wrong entry with file, line, key and reason."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any

import attrs

from lapor_core.calendar.contradictions import Contradiction, contradictions
from lapor_core.calendar.decree import Decree
from lapor_core.calendar.ledger import Ledger
from lapor_core.documents import Document, Path, read_document
from lapor_core.errors import DocumentFaults, Fault, did_you_mean
from lapor_core.structure import structure

__all__ = ["indonesia", "overlay", "read_ledger"]


@attrs.frozen
class _Placed:
    """A decree and where it was read; decrees of a base ledger have no place."""

    decree: Decree
    document: Document | None = None
    index: int = 0


def read_ledger(files: Iterable[tuple[str, str]], base: Ledger | None = None) -> Ledger:
    """Read decree files, each ``(name, TOML text)``, into one ledger, over those of ``base``.

    Raises:
        DocumentFaults: every fault of every file, with file, line and key path.
    """
    placed = [_Placed(decree) for decree in base.decrees] if base else []
    faults: list[Fault] = []
    for name, text in files:
        try:
            placed += _placed(read_document(text, name))
        except DocumentFaults as error:
            faults += error.faults
    faults += _contradictions(placed)
    if faults:
        raise DocumentFaults(faults)
    return Ledger(entry.decree for entry in placed)


def overlay(ledger: Ledger, text: str, name: str) -> Ledger:
    """Lay an office's own decree file over a ledger, the day it is announced.

    Raises:
        DocumentFaults: every fault of the file, also where it contradicts the ledger.
    """
    return read_ledger([(name, text)], base=ledger)


@functools.cache
def indonesia() -> Ledger:
    """Return the ledger this library ships: the joint decrees (SKB 3 Menteri) of 2018-2027 and what goes with them."""
    folder = resources.files("lapor_core.calendar") / "data"
    years = (file for file in folder.iterdir() if re.fullmatch(r"\d{4}\.toml", file.name))
    files = sorted(years, key=lambda file: file.name)
    return read_ledger((file.name, file.read_text(encoding="utf-8")) for file in files)


def _placed(document: Document) -> list[_Placed]:
    """Structure each decree by itself, so that one wrong decree does not hide the faults of the next."""
    faults = [
        document.fault((key,), f"unknown key; {did_you_mean(key, ['decrees'])}")
        for key in document.data
        if key != "decrees"
    ]
    tables: Any = document.data.get("decrees")
    if not isinstance(tables, list):
        raise DocumentFaults([*faults, document.fault((), "holds no [[decrees]]; a decree file is a list of them")])
    placed = []
    for index, table in enumerate(tables):
        try:
            decree = structure(document, Decree, table, ("decrees", index))
        except DocumentFaults as error:
            faults += error.faults
        else:
            placed.append(_Placed(decree, document, index))
    if faults:
        raise DocumentFaults(faults)
    return placed


def _contradictions(placed: Sequence[_Placed]) -> list[Fault]:
    found = contradictions([entry.decree for entry in placed])
    return [_fault(placed[one.decree], one) for one in found]


def _fault(entry: _Placed, found: Contradiction) -> Fault:
    if entry.document is None:
        return Fault(file="ledger", line=None, key=entry.decree.number, problem=f"{found.key}: {found.problem}")
    path: Path = ("decrees", entry.index)
    if found.day is not None:
        path += ("days", found.day)
    return entry.document.fault((*path, found.key), found.problem)
