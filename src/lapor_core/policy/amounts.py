"""Amounts of time as a standard writes them: ``14 working_days``, ``3 hours``, ``-3 working_days``."""

from __future__ import annotations

import re
from enum import StrEnum

import attrs

from lapor_core.errors import BadValue

__all__ = ["Amount", "Limit", "Unit"]

_SHAPE = re.compile(r"(?P<amount>[+-]?\d{1,5})(?: +(?P<unit>[a-z_]+))?")


class Unit(StrEnum):
    """What is counted: *hari kerja*, *hari*, *jam* on the clock on the wall, or hours during which the office is open."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    HOURS = "hours"
    OFFICE_HOURS = "office_hours"


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


@attrs.frozen
class Limit:
    """How long a clock runs: a positive whole number of a unit. A ``0`` in a standard is *not stated*, never a limit."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: object) -> Limit:
        """Read ``14 working_days``.

        Raises:
            BadValue: not an amount, without a unit, or not positive (code ``bad_amount``).
        """
        amount, unit = _read(text, "a limit")
        if unit is None or amount < 1:
            message = f'"{text}": a limit is a positive whole number with a unit ({", ".join(Unit)})'
            raise BadValue(message, code="bad_amount")
        return cls(amount, unit)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}"


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
