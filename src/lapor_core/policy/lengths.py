"""Which of two limits is longer, where that can be said without a calendar."""

from __future__ import annotations

from lapor_core.policy.amounts import Limit, Unit

__all__ = ["surely_longer"]


def surely_longer(limit: Limit, other: Limit) -> bool:
    """Tell whether one amount is longer whatever the calendar: as many working days last at least as long as days."""
    if limit.others or limit.agency or other.others or other.agency:
        same = (limit.others, limit.agency) == (other.others, other.agency)
        return same and limit.unit is other.unit and limit.amount > other.amount
    comparable = limit.unit is other.unit or (limit.unit, other.unit) == (Unit.WORKING_DAYS, Unit.DAYS)
    return comparable and limit.amount > other.amount
