"""The plug-ins of an environment, found without importing any; what one distribution has spoiled hides nobody else's."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, EntryPoint

from lapor_core.plugins.found import Found
from lapor_core.plugins.hookspecs import PROJECT

__all__ = ["find"]


def find(entry_points: Iterable[EntryPoint] | None = None) -> tuple[Found, ...]:
    """Return the plug-ins of this environment, sorted by key, without importing any.

    Args:
        entry_points: Looked at instead of those of the environment.
    """
    found = _of_the_environment() if entry_points is None else map(_found, entry_points)
    return tuple(sorted(found, key=lambda one: (one.key, one.distribution)))


def _of_the_environment() -> list[Found]:
    try:
        return [_found(point) for point in importlib.metadata.entry_points(group=PROJECT)]
    except Exception:  # noqa: BLE001  # one distribution with a spoiled file, any at all, and nothing is told of the others
        return [found for distribution in _distributions() for found in _of(distribution)]


def _distributions() -> list[Distribution]:
    """Return every distribution, of several with one name the first on the path."""
    first: dict[str, Distribution] = {}
    for distribution in importlib.metadata.distributions():
        first.setdefault(_said(distribution, "Name") or str(id(distribution)), distribution)
    return list(first.values())


def _of(distribution: Distribution) -> Iterator[Found]:
    try:
        yield from [_found(point) for point in distribution.entry_points if point.group == PROJECT]
    except Exception as error:  # noqa: BLE001  # whatever reading a spoiled file raises
        if _is_ours(distribution):
            name = _said(distribution, "Name")
            problem = f"its entry_points.txt cannot be read ({type(error).__name__}); install it again"
            point = EntryPoint(name, "", PROJECT)
            yield Found(
                key=name,
                distribution=name,
                version=_said(distribution, "Version"),
                entry_point=point,
                problem=problem,
            )


def _is_ours(distribution: Distribution) -> bool:
    """Return whether a file that cannot be read speaks of plug-ins of ours; where it cannot even be told, its name does."""
    try:
        return f"[{PROJECT}]" in (distribution.read_text("entry_points.txt") or "")
    except Exception:  # noqa: BLE001  # as above
        return _said(distribution, "Name").lower().startswith(PROJECT)


def _found(point: EntryPoint) -> Found:
    problem = "" if EntryPoint.pattern.match(point.value) else _names_no_module(point)
    name, version = _said(point.dist, "Name"), _said(point.dist, "Version")
    return Found(key=point.name, distribution=name, version=version, entry_point=point, problem=problem)


def _names_no_module(point: EntryPoint) -> str:
    return f'its entry point "{point.value}" names no module; write {point.name} = "lapor_{point.name}"'


def _said(distribution: Distribution | None, field: str) -> str:
    """Return what a distribution says of itself; nothing where it says nothing, or nobody can read it."""
    try:
        metadata = distribution.metadata if distribution is not None else None
        return metadata[field] if metadata is not None and field in metadata else ""
    except Exception:  # noqa: BLE001  # as above
        return ""
