"""By how much each trait counts: data, in ``measure.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import attrs

from lapor_core.errors import BadValue

__all__ = ["Measure", "shipped_measure"]


_WEIGHED = ("words", "place", "happened", "received", "agency", "category")
_TIMED = ("happened", "received", "reporter")


def _weights(_: object, attribute: attrs.Attribute[Any], value: Mapping[str, float]) -> None:
    if any(value.get(trait, -1) < 0 for trait in _WEIGHED) or not value["words"]:
        raise _bad(attribute, f"must give each of {', '.join(_WEIGHED)} a weight of 0 or more, and words one above 0")


def _days(_: object, attribute: attrs.Attribute[Any], value: Mapping[str, float]) -> None:
    if any(value.get(trait, 0) <= 0 for trait in _TIMED):
        raise _bad(attribute, f"must give each of {', '.join(_TIMED)} a number of days above 0")


def _share(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if not 0 <= value <= 1:
        raise _bad(attribute, f"must lie between 0 and 1, and is {value!r}")


def _bad(attribute: attrs.Attribute[Any], problem: str) -> BadValue:
    return BadValue(f"{attribute.name} of a measure {problem}", code="bad_measure", field=attribute.name)


@attrs.frozen(kw_only=True)
class Measure:
    """By how much each trait counts.

    Attributes:
        weights: By trait. They stand in relation to each other: what is not known of both complaints is left out.
        days: By trait, how many days apart is not near any more.
        lift: The share of what two complaints lack in likeness that they gain at most when one person brought them.
        enough: From which likeness on two complaints are suggested.

    Raises:
        BadValue: a trait is missing, a number is below 0, words weigh nothing, or a share is above 1 (``bad_measure``).
    """

    weights: Mapping[str, float] = attrs.field(validator=_weights)
    days: Mapping[str, float] = attrs.field(validator=_days)
    lift: float = attrs.field(validator=_share)
    enough: float = attrs.field(validator=_share)


@functools.cache
def shipped_measure() -> Measure:
    """Return the measure this library brings; how well it does, ``docs/explanation/likeness.md`` says."""
    data = tomllib.loads((resources.files("lapor_core.likeness") / "measure.toml").read_text("utf-8"))
    return Measure(
        weights=data["weights"],
        days=data["days"],
        lift=data["reporter"]["lift"],
        enough=data["suggestion"]["enough"],
    )
