"""How serious a complaint is: the tier, the rule that decided, and the sentence of the standard behind it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import attrs

from lapor_core.complaint import Facts
from lapor_core.errors import BadValue, FactsNeeded
from lapor_core.policy.model import Policy, Rule, Tier

__all__ = ["Assessment", "assess"]


class _Fit(Enum):
    """How far the known facts settle a rule."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


@attrs.frozen(kw_only=True)
class Assessment:
    """A tier with its grounds.

    Attributes:
        tier: The tier.
        rule: The rule that decided: the first of the policy that matched.
        matched: Every rule that matched, in the order of the policy.
        legal_basis: The title of the standard and the sentence that decided.
        facts: What it was judged by.
    """

    tier: Tier
    rule: Rule
    matched: tuple[Rule, ...]
    legal_basis: str
    facts: Facts


def assess(facts: Facts, policy: Policy) -> Assessment:
    """Return the tier of ``facts`` under ``policy``: the first rule that matches decides.

    A fact that is unknown is asked for only while it could still change the tier.

    Raises:
        FactsNeeded: facts are unknown that could change the tier; names them.
        BadValue: all facts are known and no rule of the policy covers them (code ``no_rule``).
    """
    fits = [(rule, _fit(rule, facts)) for rule in policy.rules]
    matched = tuple(rule for rule, fit in fits if fit is _Fit.HOLDS)
    needed = tuple(dict.fromkeys(_undecided(fits, facts)))
    if needed:
        raise FactsNeeded(needed)
    if not matched:
        raise BadValue(
            f"no rule of policy {policy.reference} covers these facts", code="no_rule", policy=policy.reference
        )
    rule = matched[0]
    return Assessment(
        tier=policy.tier(rule.tier), rule=rule, matched=matched, legal_basis=f"{policy.title}: {rule.text}", facts=facts
    )


def _fit(rule: Rule, facts: Facts) -> _Fit:
    known = [(criterion, facts.known(name)) for name, criterion in rule.when.items()]
    if any(value is not None and not criterion.holds(value) for criterion, value in known):
        return _Fit.FAILS
    return _Fit.OPEN if any(value is None for _, value in known) else _Fit.HOLDS


def _undecided(fits: list[tuple[Rule, _Fit]], facts: Facts) -> Iterator[str]:
    """Yield the unknown facts of each open rule that stands before the first match and would decide another tier."""
    match = next((rule for rule, fit in fits if fit is _Fit.HOLDS), None)
    for rule, fit in fits:
        if rule is match:
            return
        if fit is _Fit.OPEN and (match is None or rule.tier != match.tier):
            yield from (name for name in rule.when if facts.known(name) is None)
