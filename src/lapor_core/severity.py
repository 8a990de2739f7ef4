"""How serious a complaint is: the tier, the rule that decided, and the sentence of the standard behind it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

import attrs

from lapor_core.complaint import Facts, Kind
from lapor_core.errors import BadValue, FactsNeeded, require_type
from lapor_core.policy.criteria import Criterion
from lapor_core.policy.model import Policy, Rule, Tier

__all__ = ["Assessment", "assess"]

_MOST_CASES = 4096


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
        BadValue: no rule of the policy covers these facts (code ``no_rule``).
        BadType: these are no facts (code ``wrong_type``).
    """
    require_type(facts, Facts, "facts")
    fits = [(rule, _fit(rule, facts)) for rule in policy.rules]
    matched = tuple(rule for rule, fit in fits if fit is _Fit.HOLDS)
    undecided = tuple(dict.fromkeys(_undecided(fits, facts)))
    if undecided:
        deciding = _deciding(facts, policy)
        raise FactsNeeded(tuple(name for name in undecided if name in deciding) or undecided)
    if not matched:
        raise BadValue(
            f"no rule of policy {policy.reference} covers these facts", code="no_rule", policy=policy.reference
        )
    rule = matched[0]
    return Assessment(
        tier=policy.tier(rule.tier), rule=rule, matched=matched, legal_basis=f"{policy.title}: {rule.text}", facts=facts
    )


def _fit(rule: Rule, facts: Facts) -> _Fit:
    fit = _Fit.HOLDS
    for name, criterion in rule.when.items():
        value = facts.known(name)
        if value is None:
            fit = _Fit.OPEN
        elif not criterion.holds(value):
            return _Fit.FAILS
    return fit


def _undecided(fits: list[tuple[Rule, _Fit]], facts: Facts) -> Iterator[str]:
    """Yield the unknown facts of each open rule that stands before the first match and would decide another tier."""
    match = next((rule for rule, fit in fits if fit is _Fit.HOLDS), None)
    for rule, fit in fits:
        if rule is match:
            return
        if fit is _Fit.OPEN and (match is None or rule.tier != match.tier):
            yield from (name for name in rule.when if facts.known(name) is None)


def _deciding(facts: Facts, policy: Policy) -> frozenset[str]:
    """Return the unknown facts that could change the tier: for each, there is a case of the others in which it decides.

    Every case is tried, with one value for all that no rule tells apart; a policy with very many has them all asked for.
    """
    rules = [rule for rule in policy.rules if _fit(rule, facts) is not _Fit.FAILS]
    unknown = list(dict.fromkeys(name for rule in rules for name in rule.when if facts.known(name) is None))
    outcomes = [_outcomes(name, rules) for name in unknown]
    if math.prod(map(len, outcomes)) > _MOST_CASES:
        return frozenset(unknown)
    tiers = {case: _tier(rules, case) for case in itertools.product(*outcomes)}
    return frozenset(
        name
        for place, name in enumerate(unknown)
        if any(
            tiers[*case[:place], other, *case[place + 1 :]] != tier
            for case, tier in tiers.items()
            for other in outcomes[place]
        )
    )


_Outcome = frozenset[int]
"""The rules, by their places, that one fact leaves standing."""


def _outcomes(name: str, rules: Sequence[Rule]) -> tuple[_Outcome, ...]:
    """Return what the values a fact can have make of the rules, each result once."""
    criteria = {place: rule.when[name] for place, rule in enumerate(rules) if name in rule.when}
    rest = frozenset(range(len(rules))).difference(criteria)
    values = _values(name, criteria.values())
    found = (rest | {place for place, criterion in criteria.items() if criterion.holds(value)} for value in values)
    return tuple(dict.fromkeys(found))


def _values(name: str, criteria: Iterable[Criterion]) -> Iterator[str | int | bool]:
    """Yield values of a fact that stand for all others: those that are named, those beside a bound, and one more."""
    if name == "kind":
        yield from Kind
        return
    for criterion in criteria:
        bounds = (criterion.at_least, criterion.at_most)
        named = [value for _, value in criterion.one_of or ()]
        yield from named
        for number in (*bounds, *named):
            if isinstance(number, bool):
                yield not number
            elif isinstance(number, int):
                yield from (beside for beside in (number - 1, number, number + 1) if beside > 0 or name != "agencies")
        if any(isinstance(value, str) for value in named):
            yield ""


def _tier(rules: Sequence[Rule], case: Iterable[_Outcome]) -> str | None:
    standing = frozenset.intersection(frozenset(range(len(rules))), *case)
    return rules[min(standing)].tier if standing else None
