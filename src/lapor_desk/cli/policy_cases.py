"""Complaints from a file of JSON Lines, for a dry run of a policy: facts and when they were received."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

import attrs

from lapor_core.complaint import Facts
from lapor_core.errors import BadValue, LaporError
from lapor_core.policy.known_facts import FactRule, read_facts
from lapor_desk.cli.dates import read_instant

__all__ = ["Case", "read_cases"]

_SHOWN = 20


@attrs.frozen(kw_only=True)
class Case:
    """One line: the complaint's facts, when it was received (aware), and its id in the file, or the line's number."""

    id: str
    facts: Facts
    received: datetime


def read_cases(text: str, name: str, own: Mapping[str, FactRule]) -> tuple[Case, ...]:
    """Return the complaints of a file, one JSON object a line: ``{"facts": {...}, "received": "2026-03-13T10:00+08:00"}``.

    Args:
        text: The file's text; empty lines are passed over.
        name: The file's name, for faults.
        own: The facts that the policies declare.

    Raises:
        BadValue: lines that cannot be read (code ``bad_cases``), each with its number and why.
    """
    cases, problems = list[Case](), list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                cases.append(_case(line, number, own))
            except (LaporError, ValueError, RecursionError) as error:
                problems.append(f"{name}:{number}  {error}")
    if problems:
        more = [f"{name}: {len(problems) - _SHOWN} more lines cannot be read"] if len(problems) > _SHOWN else []
        raise BadValue("\n".join([*problems[:_SHOWN], *more]), code="bad_cases")
    return tuple(cases)


def _case(line: str, number: int, own: Mapping[str, FactRule]) -> Case:
    data = json.loads(line)
    if not isinstance(data, dict) or not isinstance(data.get("facts"), dict):
        message = 'must be an object with "facts" and "received"'
        raise BadValue(message, code="bad_cases")
    unknown = ", ".join(sorted(set(data) - {"id", "facts", "received"}))
    if unknown:
        message = f"unknown keys: {unknown}; allowed: (id, facts, received)"
        raise BadValue(message, code="bad_cases")
    received = data.get("received")
    if not isinstance(received, str):
        message = 'received must be an instant with its zone, for example "2026-03-13T10:00+08:00"'
        raise BadValue(message, code="bad_cases")
    return Case(
        id=str(data.get("id", number)),
        facts=read_facts(data["facts"], own),
        received=read_instant(received, "received"),
    )
