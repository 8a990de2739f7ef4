"""Every combination of facts that a policy's rules tell apart, and what the rules make of each."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from lapor_core.documents import Path
from lapor_core.errors import BadValue
from lapor_core.policy.criteria import Criterion, Value
from lapor_core.policy.known_facts import SERVICE_FACTS
from lapor_core.policy.model import Policy

__all__ = ["MOST_CASES", "Case", "Coverage", "coverage_of", "decided_by", "patterns", "uncovered_or_hidden"]

MOST_CASES = 50_000
"""More combinations than this are not tried; a policy with so many is refused by the check, not guessed at."""

_SHOWN = 5

Case = tuple[Value, ...]
"""One value for each fact, in the order of the facts."""

Found = Iterator[tuple[Path, str]]


@attrs.frozen(kw_only=True)
class Coverage:
    """All cases of a policy, one value each for all that its rules do not tell apart.

    Attributes:
        policy: The policy.
        names: The facts its rules mention, in their order.
        values: What each of them can be, from mild to grave where it says so.
        deciding: For each case the place of the rule that decides it, or None.
    """

    policy: Policy
    names: tuple[str, ...]
    values: tuple[tuple[Value, ...], ...]
    deciding: Mapping[Case, int | None] = attrs.field(repr=False)

    def tier(self, case: Case) -> str | None:
        """Return the tier of a case, or None where no rule covers it."""
        place = self.deciding[case]
        return None if place is None else self.policy.rules[place].tier

    def values_of(self, name: str) -> tuple[Value, ...]:
        """Return what a fact can be; nothing when no rule mentions it."""
        return self.values[self.names.index(name)] if name in self.names else ()

    def facts(self, case: Case) -> dict[str, Value]:
        """Return the facts of a case by name."""
        return dict(zip(self.names, case, strict=True))

    @functools.cached_property
    def uncovered(self) -> tuple[Mapping[str, Value], ...]:
        """What no rule covers, as few patterns as describe it: a fact that is absent can be anything."""
        open_ones = [case for case, place in self.deciding.items() if place is None]
        return patterns(self.names, self.values, open_ones)

    def graver(self, name: str) -> Iterator[tuple[Case, Case]]:
        """Yield each case with the one in which a fact is one step graver."""
        place = self.names.index(name)
        for case in self.deciding:
            step = self.values[place].index(case[place]) + 1
            if step < len(self.values[place]):
                yield case, (*case[:place], self.values[place][step], *case[place + 1 :])


def coverage_of(policy: Policy) -> Coverage:
    """Return all cases of ``policy``.

    Raises:
        BadValue: there are more than :data:`MOST_CASES` (code ``too_many_cases``).
    """
    names = tuple(dict.fromkeys(name for rule in policy.rules for name in rule.when))
    values = tuple(_values(name, policy) for name in names)
    if (number := math.prod(map(len, values))) > MOST_CASES:
        message = f"the rules tell {number} cases apart, and at most {MOST_CASES} are tried; ask for fewer facts"
        raise BadValue(message, code="too_many_cases", value=number, allowed=MOST_CASES)
    rules = [[(names.index(name), criterion) for name, criterion in rule.when.items()] for rule in policy.rules]
    deciding = {case: _first(rules, case) for case in itertools.product(*values)}
    return Coverage(policy=policy, names=names, values=values, deciding=deciding)


def uncovered_or_hidden(policy: Policy) -> Found:
    """Yield tiers that no rule reaches, rules that no facts reach, facts that no rule covers, and tiers that are out of order."""
    try:
        coverage = coverage_of(policy)
    except BadValue as error:
        yield ("rules",), str(error)
        return
    reached = set(coverage.deciding.values())
    given = {rule.tier for place, rule in enumerate(policy.rules) if place in reached}
    for place, tier in enumerate(policy.tiers):
        if tier.name not in given:
            named = any(rule.tier == tier.name for rule in policy.rules)
            why = "no facts reach a rule that gives it" if named else "no rule gives it"
            yield ("tiers", place), f'the tier "{tier.name}" is never reached: {why}'
    for place in range(len(policy.rules)):
        if place not in reached:
            yield ("rules", place), _why_hidden(coverage, place)
    for pattern in coverage.uncovered[:_SHOWN]:
        yield ("rules",), f"no rule covers {_shown(pattern)}"
    if len(coverage.uncovered) > _SHOWN:
        yield ("rules",), f"no rule covers {len(coverage.uncovered) - _SHOWN} more combinations of facts"
    yield from _out_of_order(coverage)


def patterns(
    names: Sequence[str], values: Sequence[Sequence[Value]], cases: Sequence[Case]
) -> tuple[Mapping[str, Value], ...]:
    """Return as few patterns as describe ``cases``: facts by name, in which a fact that is absent can be anything."""
    among, found = set(cases), list[tuple[Value | None, ...]]()
    for case in cases:
        if not any(_fits(case, pattern) for pattern in found):
            found.append(_widened(case, values, among))
    return tuple({name: part for name, part in zip(names, each, strict=True) if part is not None} for each in found)


def _widened(case: Case, values: Sequence[Sequence[Value]], among: set[Case]) -> tuple[Value | None, ...]:
    pattern: tuple[Value | None, ...] = case
    for place in range(len(case)):
        wider = (*pattern[:place], None, *pattern[place + 1 :])
        choices = (every if part is None else (part,) for every, part in zip(values, wider, strict=True))
        if all(each in among for each in itertools.product(*choices)):
            pattern = wider
    return pattern


def _values(name: str, policy: Policy) -> tuple[Value, ...]:
    """Return values of a fact that stand for all others, in order."""
    declared = policy.facts.get(name) or SERVICE_FACTS.get(name)
    if declared is not None and declared.values:
        return declared.values
    criteria = [rule.when[name] for rule in policy.rules if name in rule.when]
    named = [value for criterion in criteria for _, value in criterion.one_of or ()]
    texts = dict.fromkeys(value for value in named if isinstance(value, str))
    truths = (False, True) if any(isinstance(value, bool) for value in named) else ()
    if name == "channel":
        texts = dict.fromkeys((*(key for key in policy.channels if key != "other"), *texts))
    open_ended = texts and (name != "channel" or "other" in policy.channels)
    return (*truths, *_numbers(name, criteria, named), *texts, *(("",) if open_ended else ()))


def _numbers(name: str, asked: Sequence[Criterion], named: Iterable[Value]) -> list[int]:
    """Return one number for all that no rule tells apart, the smallest of them; there is at least one agency."""
    bounds = [bound for criterion in asked for bound in (criterion.at_least, criterion.at_most)]
    plain = [number for number in (*bounds, *named) if isinstance(number, int) and not isinstance(number, bool)]
    beside = {number + step for number in plain for step in (-1, 0, 1)}
    first: dict[tuple[bool, ...], int] = {}
    for number in sorted(number for number in beside if number > 0 or name != "agencies"):
        first.setdefault(tuple(criterion.holds(number) for criterion in asked), number)
    return list(first.values())


def _first(rules: Sequence[Sequence[tuple[int, Criterion]]], case: Case) -> int | None:
    holding = (place for place, rule in enumerate(rules) if all(criterion.holds(case[at]) for at, criterion in rule))
    return next(holding, None)


def decided_by(policy: Policy, names: Sequence[str], case: Case) -> str | None:
    """Return the tier of a case whose facts are ``names``, all that the rules mention among them; None without a rule."""
    at = {name: place for place, name in enumerate(names)}
    for rule in policy.rules:
        if all(criterion.holds(case[at[name]]) for name, criterion in rule.when.items()):
            return rule.tier
    return None


def _fits(case: Case, pattern: Sequence[Value | None]) -> bool:
    return all(part is None or part == value for value, part in zip(case, pattern, strict=True))


def _why_hidden(coverage: Coverage, place: int) -> str:
    rule = coverage.policy.rules[place]
    taken = {
        before
        for case, before in coverage.deciding.items()
        if before is not None
        and all(criterion.holds(case[coverage.names.index(name)]) for name, criterion in rule.when.items())
    }
    if not taken:
        return "no facts reach it: what it asks can never hold together"
    earlier = ", ".join(f"rules[{before}]" for before in sorted(taken))
    return f"no facts reach it: all that it covers is decided before it, by {earlier}"


def _out_of_order(coverage: Coverage) -> Found:
    """Yield each aggravating fact that lowers a tier, with one case in which it does."""
    rank = {tier.name: place for place, tier in enumerate(coverage.policy.tiers)}
    for name in coverage.names:
        declared = coverage.policy.facts.get(name) or SERVICE_FACTS.get(name)
        if declared is None or not declared.aggravating:
            continue
        for milder, graver in coverage.graver(name):
            before, after = coverage.tier(milder), coverage.tier(graver)
            if before is not None and after is not None and rank.get(after, 0) < rank.get(before, 0):
                problem = f'{_shown(coverage.facts(graver))} gives "{after}", and the milder {name} gives "{before}"'
                yield ("rules",), f"a graver fact lowers the tier: {problem}"
                break


def _shown(facts: Mapping[str, Value]) -> str:
    """Return facts as a policy file writes them: ``kind = "complaint", agencies = 2``."""
    return ", ".join(f"{name} = {_written(value)}" for name, value in facts.items()) or "anything"


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f'"{value}"' if value else "any other"
