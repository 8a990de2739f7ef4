"""The rules of every shipped policy over every combination of facts, and the search for what rules leave open."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Facts, Kind, Policy, assess
from lapor_core.policy import FactRule, Rule, Text, Tier
from lapor_core.policy.coverage import MOST_CASES, coverage_of, uncovered_or_hidden
from lapor_core.policy.criteria import Criterion
from lapor_core.policy.loading import shipped_policies, shipped_policy

NAMES = shipped_policies()
SERVICE: dict[str, tuple[Any, ...]] = {
    "kind": tuple(Kind),
    "supervisory": (False, True),
    "abuse_of_authority": (False, True),
    "agencies": (1, 2, 3, 7),
}
AGGRAVATING = ("supervisory", "abuse_of_authority", "agencies")


def choices(policy: Policy) -> dict[str, tuple[Any, ...]]:
    """Everything the facts that the rules mention can be; numbers up to well beyond the last bound."""
    mentioned = dict.fromkeys(name for rule in policy.rules for name in rule.when)
    own = {name: rule.values or tuple(range(15)) for name, rule in policy.facts.items()}
    return {name: SERVICE[name] if name in SERVICE else own[name] for name in mentioned}


def all_facts(policy: Policy) -> Iterator[Mapping[str, Any]]:
    known = choices(policy)
    for values in itertools.product(*known.values()):
        yield dict(zip(known, values, strict=True))


def facts(known: Mapping[str, Any]) -> Facts:
    own = {name: value for name, value in known.items() if name not in SERVICE}
    return Facts(**{name: value for name, value in known.items() if name in SERVICE}, extra=own)


@pytest.mark.parametrize("name", NAMES)
def test_every_combination_of_facts_gets_exactly_one_tier(name: str) -> None:
    policy = shipped_policy(name)
    found = [assess(facts(each), policy) for each in all_facts(policy)]
    assert all(assessment.rule is assessment.matched[0] for assessment in found)
    assert {assessment.tier.name for assessment in found} == {tier.name for tier in policy.tiers}


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_is_reached_by_some_facts(name: str) -> None:
    policy = shipped_policy(name)
    reached = [assess(facts(each), policy).rule for each in all_facts(policy)]
    assert all(any(rule is other for other in reached) for rule in policy.rules)


@pytest.mark.parametrize("name", NAMES)
def test_adding_an_aggravating_fact_never_lowers_the_tier(name: str) -> None:
    policy = shipped_policy(name)
    rank = {tier.name: place for place, tier in enumerate(policy.tiers)}
    own = [fact for fact, rule in policy.facts.items() if rule.aggravating]
    compared = 0
    for known in all_facts(policy):
        for fact in {*AGGRAVATING, *own} & set(known):
            values = choices(policy)[fact]
            for graver in values[values.index(known[fact]) + 1 :]:
                before, after = (assess(facts(each), policy).tier.name for each in (known, {**known, fact: graver}))
                assert rank[before] <= rank[after], (known, fact, graver)
                compared += 1
    assert compared or not ({*AGGRAVATING, *own} & set(choices(policy)))


@pytest.mark.parametrize("name", NAMES)
def test_the_search_finds_nothing_in_a_shipped_policy(name: str) -> None:
    policy = shipped_policy(name)
    assert list(uncovered_or_hidden(policy)) == []
    assert coverage_of(policy).uncovered == ()


# Small policies with planted gaps

BASE = shipped_policy("magetan")
FACTS = {
    "wet": FactRule(title=Text(id="Basah", en="Wet"), aggravating=True),
    "depth": FactRule(title=Text(id="Dalam", en="Depth"), values=(1, 2, 3), aggravating=True),
    "street": FactRule(title=Text(id="Jalan", en="Street"), values=("lane", "road")),
}


def policy_of(rules: list[Rule], tiers: tuple[str, ...] = ("low", "high")) -> Policy:
    return attrs.evolve(
        BASE, tiers=tuple(Tier(name=name, limits={}) for name in tiers), rules=tuple(rules), facts=FACTS
    )


def rule(tier: str, **when: Any) -> Rule:
    return Rule(tier=tier, when={name: Criterion.parse(value) for name, value in when.items()}, text="contoh")


CRITERIA = st.fixed_dictionaries(
    {},
    optional={
        "wet": st.booleans(),
        "depth": st.sampled_from([1, 2, 3, [1, 3], {"at_least": 2}, {"at_most": 1}]),
        "street": st.sampled_from(["lane", "road", ["lane", "road"]]),
    },
)
RULES = st.lists(
    st.builds(lambda tier, when: rule(tier, **when), st.sampled_from(["low", "high"]), CRITERIA), min_size=1, max_size=5
)


def by_hand(policy: Policy) -> dict[tuple[Any, ...], int | None]:
    """Which rule decides, for every combination of the three facts, found the slow way."""
    found: dict[tuple[Any, ...], int | None] = {}
    for case in itertools.product(*(fact.values for fact in FACTS.values())):
        known = dict(zip(FACTS, case, strict=True))
        holding = [
            place
            for place, each in enumerate(policy.rules)
            if all(criterion.holds(known[name]) for name, criterion in each.when.items())
        ]
        found[case] = holding[0] if holding else None
    return found


@given(rules=RULES)
def test_the_patterns_describe_exactly_what_no_rule_covers(rules: list[Rule]) -> None:
    policy = policy_of(rules)
    patterns = coverage_of(policy).uncovered
    for case, place in by_hand(policy).items():
        known = dict(zip(FACTS, case, strict=True))
        fits = any(all(known[name] == value for name, value in pattern.items()) for pattern in patterns)
        assert fits == (place is None)


@given(rules=RULES)
def test_a_rule_is_called_hidden_when_it_decides_no_case(rules: list[Rule]) -> None:
    policy = policy_of(rules)
    told = {path[1] for path, problem in uncovered_or_hidden(policy) if path[0] == "rules" and len(path) > 1}
    assert told == set(range(len(rules))) - set(by_hand(policy).values())


@given(rules=RULES)
def test_a_graver_fact_that_lowers_the_tier_is_told(rules: list[Rule]) -> None:
    policy = policy_of(rules)
    decided = by_hand(policy)
    rank = {tier.name: place for place, tier in enumerate(policy.tiers)}
    lowered = False
    for (wet, depth, street), place in decided.items():
        for graver in ((True, depth, street), (wet, min(depth + 1, 3), street)):
            other = decided[graver]
            if place is not None and other is not None and (graver > (wet, depth, street)):
                lowered |= rank[rules[other].tier] < rank[rules[place].tier]
    told = any("lowers the tier" in problem for _, problem in uncovered_or_hidden(policy))
    assert told == lowered


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([rule("low")], '"high" is never reached: no rule gives it'),
        ([rule("low"), rule("high", wet=True)], "all that it covers is decided before it, by rules[0]"),
        ([rule("low"), rule("high", wet=True)], '"high" is never reached: no facts reach a rule that gives it'),
        (
            [rule("high", wet=True), rule("low", wet=False, depth={"at_most": 2})],
            "no rule covers wet = false, depth = 3",
        ),
        ([rule("high", depth=[2]), rule("low", depth={"at_least": 4})], "what it asks can never hold together"),
        ([rule("low", wet=True), rule("high")], 'a graver fact lowers the tier: wet = true gives "low"'),
    ],
)
def test_each_gap_is_told_in_the_words_of_the_file(rules: list[Rule], told: str) -> None:
    assert told in "\n".join(problem for _, problem in uncovered_or_hidden(policy_of(rules)))


def test_what_no_rule_covers_is_told_five_times_at_most_and_then_counted() -> None:
    rules = [rule("low", street="lane", depth=number, wet=number == 2) for number in (1, 2, 3)]
    many = [problem for _, problem in uncovered_or_hidden(policy_of(rules)) if problem.startswith("no rule covers")]
    assert len(many) <= 6


def test_rules_that_tell_too_many_cases_apart_are_refused_and_not_tried() -> None:
    facts = {f"fact_{number}": FactRule(title=Text(id="x", en="x")) for number in range(20)}
    wide = attrs.evolve(BASE, facts=facts, rules=(rule("pengaduan", **dict.fromkeys(facts, True)),))
    assert [problem for _, problem in uncovered_or_hidden(wide)] == [
        f"the rules tell {2**20} cases apart, and at most {MOST_CASES} are tried; ask for fewer facts"
    ]
