"""Severity under the Banjarbaru standard, over every combination of facts, known and unknown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import attrs
import pytest

from lapor_core import Facts, Kind, Policy, assess, load_policy
from lapor_core.errors import BadType, BadValue, FactsNeeded
from lapor_core.policy.loading import shipped_policy

POLICY = shipped_policy("banjarbaru")
RANK = {tier.name: rank for rank, tier in enumerate(POLICY.tiers)}
CHOICES = {
    "kind": (None, *Kind),
    "supervisory": (None, False, True),
    "abuse_of_authority": (None, False, True),
    "agencies": (None, 1, ("dinas-contoh",), 2, ("dinas-contoh", "badan-contoh"), 5),
}
AGGRAVATING = {"supervisory": (False, True), "abuse_of_authority": (False, True), "agencies": (1, 2)}


def combinations(*, unknown: bool) -> Iterator[Facts]:
    choices = [[choice for choice in values if unknown or choice is not None] for values in CHOICES.values()]
    for values in product(*choices):
        yield Facts(**dict(zip(CHOICES, values, strict=True)))  # type: ignore[arg-type]  # the fields differ in type


ALL = tuple(combinations(unknown=True))
KNOWN = tuple(combinations(unknown=False))


def completions(facts: Facts, names: tuple[str, ...]) -> Iterator[Facts]:
    """Every way in which the unknown facts among ``names`` may turn out."""
    open_ones = [name for name in names if getattr(facts, name) is None]
    for values in product(*([choice for choice in CHOICES[name] if choice is not None] for name in open_ones)):
        yield attrs.evolve(facts, **dict(zip(open_ones, values, strict=True)))


def tier_of(facts: Facts) -> str | None:
    try:
        return assess(facts, POLICY).tier.name
    except FactsNeeded:
        return None


def test_known_facts_give_exactly_one_tier() -> None:
    assert {tier_of(facts) for facts in KNOWN} == set(RANK)


def questions_about(facts: Facts) -> tuple[str, ...]:
    try:
        assess(facts, POLICY)
    except FactsNeeded as error:
        return error.needed
    return ()


def test_unknown_facts_give_a_tier_or_a_question() -> None:
    for facts in ALL:
        needed = questions_about(facts)
        assert bool(needed) == (tier_of(facts) is None)
        assert all(getattr(facts, name) is None for name in needed)


def test_a_tier_comes_with_the_rule_that_decided_and_its_sentence() -> None:
    for facts in KNOWN:
        assessment = assess(facts, POLICY)
        assert assessment.rule is assessment.matched[0]
        assert assessment.rule.text in assessment.legal_basis
        assert assessment.facts == facts


def test_a_tier_that_is_given_cannot_be_changed_by_what_is_unknown() -> None:
    for facts in ALL:
        tier = tier_of(facts)
        if tier is not None:
            assert {tier_of(known) for known in completions(facts, tuple(CHOICES))} == {tier}


def test_a_fact_is_asked_for_when_it_could_change_the_tier_and_only_then() -> None:
    """It could when there is a case of all the others in which it decides."""
    for facts in ALL:
        for name in CHOICES:
            decides = any(
                len({tier_of(known) for known in completions(case, (name,))}) > 1
                for case in completions(facts, tuple(other for other in CHOICES if other != name))
            )
            assert (name in questions_about(facts)) == decides, (facts, name)


def test_a_tier_is_asked_about_until_it_is_certain() -> None:
    for facts in ALL:
        certain = len({tier_of(known) for known in completions(facts, tuple(CHOICES))}) == 1
        assert (tier_of(facts) is not None) == certain, facts


def test_an_aggravating_fact_never_lowers_the_tier() -> None:
    for facts in KNOWN:
        for name, (mild, grave) in AGGRAVATING.items():
            before, after = (tier_of(attrs.evolve(facts, **{name: value})) for value in (mild, grave))
            assert before is not None
            assert after is not None
            assert RANK[before] <= RANK[after]


@pytest.mark.parametrize(
    ("facts", "tier", "sentence"),
    [
        (Facts(kind=Kind.ASPIRATION, agencies=3), "ringan", "apresiasi, aspirasi, dan permintaan informasi"),
        (Facts(kind=Kind.COMPLAINT, supervisory=True), "berat", "pengaduan berkadar pengawasan"),
        (Facts(kind=Kind.COMPLAINT, abuse_of_authority=True), "berat", "indikasi penyalahgunaan wewenang"),
        (Facts(kind=Kind.COMPLAINT, agencies=("a", "b")), "berat", "lintas sektoral"),
        (
            Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False, agencies=("a", "a")),
            "sedang",
            "tidak berkadar pengawasan, penyelesaian oleh satu instansi",
        ),
    ],
)
def test_the_sentence_that_decided_is_told(facts: Facts, tier: str, sentence: str) -> None:
    assessment = assess(facts, POLICY)
    assert assessment.tier.name == tier
    assert sentence in assessment.rule.text


def test_what_is_asked_for_is_named_once_and_in_the_order_of_the_policy() -> None:
    with pytest.raises(FactsNeeded) as caught:
        assess(Facts(), POLICY)
    assert caught.value.needed == ("kind", "supervisory", "abuse_of_authority", "agencies")
    with pytest.raises(FactsNeeded, match="abuse_of_authority"):
        assess(Facts(kind=Kind.COMPLAINT, supervisory=False, agencies=1), POLICY)


def with_one_rule(when: str) -> Policy:
    """A standard of the smallest kind, with one tier and one rule."""
    return load_policy(
        f"""
        id = "kecil"
        version = "1"
        title = "Standar Contoh"
        confidence = "from_memory"
        source = "dibuat untuk pengujian"
        time_zone = "Asia/Jakarta"
        channels.other = {{}}
        office.name = "Dinas Contoh"
        clocks.resolve.title = {{ id = "Tenggat", en = "Deadline" }}
        tiers = [{{ name = "satu", resolve = "5 days" }}]
        rules = [{{ tier = "satu", when = {when}, text = "contoh" }}]
        """
    )


def test_facts_that_no_rule_covers_are_refused_by_the_policys_name() -> None:
    with pytest.raises(BadValue, match="no rule of policy kecil@1") as caught:
        assess(Facts(kind=Kind.COMPLAINT), with_one_rule('{ kind = "aspiration" }'))
    assert caught.value.code == "no_rule"


def test_a_policy_may_judge_by_facts_of_its_own() -> None:
    policy = with_one_rule('{ flooded = true, households = { at_least = 10 }, channel = ["sms", "kiosk"] }')
    assert assess(Facts(channel="kiosk", extra={"flooded": True, "households": 12}), policy).tier.name == "satu"
    with pytest.raises(FactsNeeded, match="households"):
        assess(Facts(channel="kiosk", extra={"flooded": True}), policy)
    for extra in ({"flooded": 1, "households": 12}, {"flooded": True, "households": 9}):
        with pytest.raises(BadValue, match="no rule"):
            assess(Facts(channel="kiosk", extra=extra), policy)


# Facts


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "aduan"}, "unknown_kind"),
        ({"kind": "complaint"}, "unknown_kind"),  # a text is no kind: it would be taken for an unknown one
        ({"agencies": True}, "bad_agencies"),
        ({"agencies": 1.0}, "bad_agencies"),
        ({"agencies": ["dinas-contoh"]}, "bad_agencies"),
        ({"agencies": 0}, "no_agency"),
        ({"agencies": ()}, "no_agency"),
        ({"agencies": -1}, "no_agency"),
    ],
)
def test_facts_that_are_none_are_refused_with_what_is_allowed(given: dict[str, object], code: str) -> None:
    with pytest.raises((BadType, BadValue)) as caught:
        Facts(**given)  # type: ignore[arg-type]  # that is the fault
    assert caught.value.code == code


def test_an_agency_that_is_named_twice_is_one() -> None:
    assert Facts(agencies=("dinas-contoh", "dinas-contoh")).agency_count == 1
    assert Facts().agency_count is None


def test_a_fact_of_the_hosts_own_stands_before_one_of_the_same_name() -> None:
    facts = Facts(category="jalan", extra={"category": "lampu", "agencies": 7}, agencies=2)
    assert (facts.known("category"), facts.known("agencies"), facts.known("ghost")) == ("lampu", 2, None)
