"""Every fault of a policy file at once, with file, line, key path and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lapor_core.documents import Document, Path, key_of, read_document
from lapor_core.errors import DocumentFaults, Fault, did_you_mean
from lapor_core.policy.contradictions import contradictions
from lapor_core.policy.findings import findings
from lapor_core.policy.hints import hinted, suggestion
from lapor_core.policy.mending import Draft
from lapor_core.policy.model import Policy
from lapor_core.structure import structure

__all__ = ["check_policy", "gathered", "told"]

_PASSES = 12
_ABSENT = "is required and missing"
_PART = re.compile(r"\[(?P<place>[0-9]+)\]|(?P<name>[^.\[\]]+)")
_LEANS_ON = {
    "rules": {"rules", "tiers", "facts", "channels"},
    "tiers": {"tiers", "rules", "facts", "clocks"},
    "clocks": {"clocks", "tiers", "permissions"},
    "ladder": {"clocks", "contacts", "permissions", "office"},
}
"""What a section is judged by, itself unless said otherwise: where one of these lost something, the judgement may be wrong."""


def check_policy(text: str, name: str = "policy.toml") -> tuple[Fault, ...]:
    """Return every fault that can be found, in the order of the file; empty when there is none.

    More is found than keeps a policy from being loaded: tiers that no rule reaches, rules that no facts reach, facts that
    no rule covers, graver facts that lower a tier, reminders to roles that nobody holds, clocks that never start, and
    extensions longer than their maximum.

    Args:
        text: The TOML text.
        name: The file's name, for the faults.
    """
    try:
        document = read_document(text, name)
    except DocumentFaults as error:
        return error.faults
    found = dict.fromkeys(_found(document))
    faults = (_fault(document, path, problem) for path, problem in found)
    return tuple(sorted(faults, key=lambda fault: fault.line or 0))


def told(document: Document, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults of structure as the author of the file sees them, with what was probably meant."""
    return tuple(_fault(document, _path(fault.key), _with_hint(fault, document.data)) for fault in faults)


def gathered(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Move a tier's limits, written as ``resolve = "14 working_days"``, under one key; unknown keys stay and are refused."""
    clocks, tiers = data.get("clocks"), data.get("tiers")
    if not isinstance(tiers, list):
        return data
    names = clocks if isinstance(clocks, dict) else {}
    return {**data, "tiers": [_tier(tier, names) if isinstance(tier, dict) else tier for tier in tiers]}


def _tier(tier: Mapping[str, Any], clocks: Mapping[str, Any]) -> Mapping[str, Any]:
    limits = {key: value for key, value in tier.items() if key in clocks}
    rest = {key: value for key, value in tier.items() if key not in clocks and key != "limits"}
    unknown = {"limits ": tier["limits"]} if "limits" in tier and "limits" not in clocks else {}
    return {**rest, **unknown, "limits": limits}


def _found(document: Document) -> Iterator[tuple[Path, str]]:
    draft = Draft.of(document.data)
    for number in range(_PASSES):
        try:
            policy = structure(document, Policy, gathered(draft.data))
        except DocumentFaults as error:
            faults = [(_as_written(_path(fault.key)), _with_hint(fault, draft.data)) for fault in error.faults]
            known = [(draft.original(path), problem) for path, problem in faults]
            draft.mend(faults)
            for (path, _), each in zip(faults, known, strict=True):
                if not (_ABSENT in each[1] and (path in draft.supplied or (number and str(path[0]) in draft.unsure))):
                    yield each
            continue
        faults = list(_inside(policy, draft))
        misspelt = [(path, problem) for path, problem in faults if suggestion(problem)]
        yield from [(draft.original(path), problem) for path, problem in misspelt or faults]
        if not misspelt:
            return
        draft.mend(
            misspelt
        )  # what it was probably meant to be may be at fault too, and what follows from the slip is no fault


def _inside(policy: Policy, draft: Draft) -> Iterator[tuple[Path, str]]:
    """Yield what one part says that another does not know of, but for parts that had to be guessed at."""
    for path, problem in (*contradictions(policy), *findings(policy)):
        section = str(path[0])
        if not (_LEANS_ON.get(section, {section}) & draft.unsure):
            yield path, hinted(str(path[-1]), problem)


def _with_hint(fault: Fault, data: Mapping[str, Any]) -> str:
    """Return the problem with what was probably meant; a tier may have the clocks' names as keys."""
    path = _path(fault.key)
    if fault.problem.startswith("unknown key") and len(path) == 3 and path[0] == "tiers":
        clocks = data.get("clocks")
        names = [*(clocks if isinstance(clocks, dict) else ()), "name", "text", "reading"]
        return hinted(str(path[-1]), f"unknown key; {did_you_mean(str(path[-1]), names)}")
    return hinted(str(path[-1]) if path else "", fault.problem)


def _fault(document: Document, path: Path, problem: str) -> Fault:
    path = _as_written(path)
    told = hinted(str(path[-1]) if path else "", problem)
    return Fault(file=document.name, line=document.line(path), key=key_of(path), problem=told)


def _as_written(path: Path) -> Path:
    """Return the path as the file has it: a tier's limits are keys of its own there."""
    if path[:1] == ("tiers",) and path[2:3] == ("limits",) and len(path) > 3:
        path = (*path[:2], *path[3:])
    return tuple(part.strip() if isinstance(part, str) else part for part in path)


def _path(key: str) -> Path:
    """Return the key path that :func:`lapor_core.documents.key_of` wrote."""
    return tuple(int(part["place"]) if part["place"] else part["name"] for part in _PART.finditer(key))
