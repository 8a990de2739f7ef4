"""Which version of a standard a complaint falls under: the one in force on the day it is received."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lapor_core.errors import BadValue, NotFound
from lapor_core.policy.model import Policy

__all__ = ["in_force_on"]


def in_force_on(day: date, versions: Iterable[Policy]) -> Policy:
    """Return the version of a standard that is in force on ``day``; of several, the one that took effect last.

    A complaint keeps the version it was received under, whatever comes after.

    Args:
        day: The day of receipt, in the office's zone.
        versions: Versions of one standard, in any order.

    Raises:
        NotFound: none is in force then (code ``no_policy_in_force``).
        BadValue: two took effect on the same day (code ``two_policies_in_force``).
    """
    known = list(versions)
    current = [policy for policy in known if policy.in_force(day)]
    if not current:
        spans = "; ".join(f"{each.reference} {_span(each)}" for each in known) or "there is none"
        message = f"no version is in force on {day}: {spans}"
        raise NotFound(message, code="no_policy_in_force", value=day)
    latest = max(policy.valid_from or date.min for policy in current)
    last = [policy for policy in current if (policy.valid_from or date.min) == latest]
    if len({policy.reference for policy in last}) > 1:
        names = ", ".join(sorted(policy.reference for policy in last))
        message = f"on {day} more than one version is in force, and none of them took effect later: {names}"
        raise BadValue(message, code="two_policies_in_force", value=day, allowed=names)
    return last[0]


def _span(policy: Policy) -> str:
    first = f"from {policy.valid_from}" if policy.valid_from else "from the beginning"
    return f"{first} to {policy.valid_until}" if policy.valid_until else first
