"""Amounts of time as a standard writes them: ``14 working_days``, ``min(3 working_days, agency)``, ``-3 working_days``."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import attrs

from lapor_core.errors import BadValue

__all__ = ["Amount", "ExtensionLimit", "Limit", "Unit"]

_SHAPE = re.compile(r"(?P<amount>[+-]?[0-9]{1,5})(?: +(?P<unit>[a-z_]+))?")
_SHORTEST = re.compile(r"min\((?P<parts>[^()]*)\)")
_AGENCY = "agency"
_SAME = "same_as_base"


class Unit(StrEnum):
    """What is counted: *hari kerja*, *hari*, *jam* on the clock on the wall, or hours during which the office is open."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    HOURS = "hours"
    OFFICE_HOURS = "office_hours"

    @property
    def in_hours(self) -> bool:
        """Whether hours are counted, and not days."""
        return self in (Unit.HOURS, Unit.OFFICE_HOURS)


_SPELLINGS = {unit.value: unit for unit in Unit} | {unit.value.removesuffix("s"): unit for unit in Unit}


def _read(text: object, what: str) -> tuple[int, Unit | None]:
    found = _SHAPE.fullmatch(text.strip()) if isinstance(text, str) else None
    unit = found["unit"] if found else None
    if found is None or (unit is not None and unit not in _SPELLINGS):
        message = (
            f'"{text}": not {what}; write a whole number and a unit ({", ".join(Unit)}), for example "14 working_days"'
        )
        raise BadValue(message, code="bad_amount")
    return int(found["amount"]), None if unit is None else _SPELLINGS[unit]


def _positive(_: object, field: attrs.Attribute[Any], value: int) -> None:
    if type(value) is not int or value < 1:
        message = f"{field.name} of a limit must be a positive whole number, not {value!r}"
        raise BadValue(message, code="bad_amount", value=repr(value))


def _unit(value: Unit | str) -> Unit:
    if value not in _SPELLINGS:
        message = f'"{value}": not a unit of a limit; allowed: {", ".join(Unit)}'
        raise BadValue(message, code="bad_amount", value=str(value), allowed=tuple(Unit))
    return _SPELLINGS[value]


@attrs.frozen
class Limit:
    """How long a clock runs: a positive whole number of a unit. A ``0`` in a standard is *not stated*, never a limit.

    A standard may promise the shorter of several: ``min(3 working_days, agency)`` is three working days, or what the
    reported agency has promised itself when that ends earlier (Philippines, RA 11032). Which of them ends first is
    known once the clock has a start, for units may differ.

    Attributes:
        amount: How many, of the limit that was written first.
        unit: Of what.
        others: Further limits; the one that ends first counts.
        agency: Whether the reported agency's own limit takes part as well.
    """

    amount: int = attrs.field(validator=_positive)
    unit: Unit = attrs.field(converter=_unit)
    others: tuple[Limit, ...] = ()
    agency: bool = False

    @classmethod
    def parse(cls, text: object) -> Limit:
        """Read ``14 working_days``, or ``min(3 working_days, agency)``.

        Raises:
            BadValue: not an amount, without a unit, not positive, or no limit of the standard's own in ``min``
                (code ``bad_amount``).
        """
        found = _SHORTEST.fullmatch(text.strip()) if isinstance(text, str) else None
        return cls._plain(text) if found is None else cls._shortest(str(text), found["parts"])

    @classmethod
    def _plain(cls, text: object) -> Limit:
        amount, unit = _read(text, "a limit")
        if unit is None or amount < 1:
            message = f'"{text}": a limit is a positive whole number with a unit ({", ".join(Unit)})'
            raise BadValue(message, code="bad_amount")
        return cls(amount, unit)

    @classmethod
    def _shortest(cls, text: str, parts: str) -> Limit:
        words = [part.strip() for part in parts.split(",") if part.strip()]
        limits = [cls._plain(word) for word in words if word != _AGENCY]
        if not limits or len(words) < 2:
            message = f'"{text}": min takes a limit, and what else may be shorter: "min(3 working_days, {_AGENCY})"'
            raise BadValue(message, code="bad_amount")
        return cls(limits[0].amount, limits[0].unit, tuple(limits[1:]), _AGENCY in words)

    def candidates(self, own: Limit | None = None) -> tuple[Limit, ...]:
        """Return the plain limits of which the one that ends first counts; ``own`` is what the agency promised itself."""
        if not self.others and not self.agency:
            return (self,)
        first = Limit(self.amount, self.unit)
        return (first, *self.others, own) if self.agency and own is not None else (first, *self.others)

    def __str__(self) -> str:
        plain = f"{self.amount} {self.unit.value}"
        if not self.others and not self.agency:
            return plain
        return f"min({', '.join([plain, *map(str, self.others), *([_AGENCY] if self.agency else [])])})"


@attrs.frozen
class ExtensionLimit:
    """How much one extension may add at most: an amount, or as much as the limit it extends (``same_as_base``)."""

    limit: Limit | None = None

    @classmethod
    def parse(cls, text: object) -> ExtensionLimit:
        """Read ``7 working_days`` or ``same_as_base``.

        Raises:
            BadValue: neither of them (code ``bad_amount``).
        """
        if isinstance(text, str) and text.strip() == _SAME:
            return cls()
        limit = Limit.parse(text)
        if limit != limit.candidates()[0]:
            message = f'"{text}": an extension adds one amount, for example "7 working_days", or "{_SAME}"'
            raise BadValue(message, code="bad_amount")
        return cls(limit)

    def over(self, base: Limit) -> Limit:
        """Return the amount that may be added to a clock whose limit was ``base``."""
        return base if self.limit is None else self.limit

    def __str__(self) -> str:
        return _SAME if self.limit is None else str(self.limit)


@attrs.frozen
class Amount:
    """A signed distance from a due instant; the unit is the clock's own when it is not written (``+0``)."""

    amount: int
    unit: Unit | None = None

    @classmethod
    def parse(cls, text: object) -> Amount:
        """Read ``-3 working_days``, ``+1 working_day`` or ``+0``.

        Raises:
            BadValue: not an amount (code ``bad_amount``).
        """
        amount, unit = _read(text, "a step")
        if unit is None and amount:
            message = f'"{text}": say what is counted ({", ".join(Unit)}); only "+0" needs no unit'
            raise BadValue(message, code="bad_amount")
        return cls(amount, unit)

    def __str__(self) -> str:
        return f"{self.amount:+d} {self.unit.value}" if self.unit else f"{self.amount:+d}"
