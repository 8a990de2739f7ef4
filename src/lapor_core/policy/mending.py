"""A faulty policy made whole as far as can be guessed, so that its other faults come to light in the same check.

What is misspelt is taken for what was probably meant; what cannot be guessed is left out. Nothing of this is ever judged
by: the policy that comes out of it serves to look for further faults, and is thrown away.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from lapor_core.documents import Path
from lapor_core.policy.hints import suggestion

__all__ = ["Draft"]

_ABSENT = "is required and missing"
_UNKNOWN = "unknown key"
_IN_PLACE_OF: Mapping[str, Any] = {
    "id": "-",
    "version": "-",
    "title": "-",
    "source": "-",
    "confidence": "from_memory",
    "time_zone": "Asia/Jakarta",
    "office": {"name": "-"},
    "tiers": [],
    "rules": [],
    "clocks": {},
    "channels": {},
}
"""What stands in for a part that a policy must have."""


@attrs.define
class Draft:
    """A copy of a document's data that is being mended; it remembers where each part stood.

    Attributes:
        data: The data, changed in place.
        unsure: The sections that lost something that could not be guessed: what refers to them is not looked at.
        supplied: The parts that stood there under a misspelt name.
    """

    data: dict[str, Any]
    unsure: set[str] = attrs.field(factory=set)
    supplied: set[Path] = attrs.field(factory=set)
    _places: dict[int, list[int]] = attrs.field(factory=dict)
    _names: dict[tuple[int, str], str] = attrs.field(factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Draft:
        """Return a draft of ``data``, which stays as it is."""
        return cls(copy.deepcopy(dict(data)))

    def original(self, path: Path) -> Path:
        """Return where the part at ``path`` stood before anything was mended."""
        found: list[str | int] = []
        at: Any = self.data
        for step in path:
            if isinstance(step, int):
                found.append(self._places.get(id(at), range(step + 1))[step])
                at = at[step] if isinstance(at, list) and step < len(at) else None
            else:
                found.append(self._names.get((id(at), step), step))
                at = at.get(step) if isinstance(at, Mapping) else None
        return tuple(found)

    def mend(self, faults: Iterable[tuple[Path, str]]) -> bool:
        """Mend every fault; return whether there was anything to mend."""
        told = list(faults)
        for path, problem in told:
            if problem.startswith(_UNKNOWN):
                self._rename(path, suggestion(problem))
        lost = {self._lost(path, problem) for path, problem in told if not problem.startswith(_UNKNOWN)}
        for path in sorted(filter(None, lost), key=_order, reverse=True):
            self.unsure.add(str(path[0]))
            self._drop(path)
        for name in set(_IN_PLACE_OF) - set(self.data):
            self.unsure.add(name)
            self.data[name] = copy.deepcopy(_IN_PLACE_OF[name])
        return bool(told)

    def _rename(self, path: Path, name: str | None) -> None:
        holder, key = self._at(path[:-1]), path[-1]
        if not isinstance(holder, dict) or not isinstance(key, str) or key not in holder:
            return
        value = holder.pop(key)
        if name is not None and name not in holder:
            holder[name] = value
            self._names[id(holder), name] = key
            self.supplied.add((*path[:-1], name))

    def _lost(self, path: Path, problem: str) -> Path | None:
        """Return what must be left out for this fault, or None when it is mended already."""
        if _ABSENT in problem:
            return None if len(path) < 2 or self._at(path) is not None else self._item(path[:-1])
        close = suggestion(problem)
        if problem.startswith(f'"{path[-1]}": not') and isinstance(path[-1], str):  # the key itself is no allowed word
            self._rename(path, close)
            return None
        holder = self._at(path[:-1])
        if close is not None and isinstance(holder, dict | list) and isinstance(self._at(path), str):
            holder[path[-1]] = close  # type: ignore[index]  # the path leads there, as _at has just seen
            return None
        return self._item(path)

    def _item(self, path: Path) -> Path:
        """Return the nearest part around ``path`` that can be left out by itself: one of several words, an item, or a key."""
        words = self._at(path[:-1])
        if isinstance(words, list) and len(words) > 1 and isinstance(self._at(path), str):
            return path
        return path[:2] if len(path) > 1 else path

    def _drop(self, path: Path) -> None:
        holder, key = self._at(path[:-1]), path[-1]
        if isinstance(holder, list) and isinstance(key, int) and key < len(holder):
            places = self._places.setdefault(id(holder), list(range(len(holder))))
            del holder[key], places[key]
        elif isinstance(holder, dict):
            holder.pop(str(key), None)

    def _at(self, path: Path) -> Any:
        at: Any = self.data
        for step in path:
            try:
                at = at[step]
            except (KeyError, IndexError, TypeError):
                return None
        return at


def _order(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (0, part) for part in path)
