"""Parts of a policy in words: limits, facts, starts, in Indonesian and English; data in ``words/id.toml`` and ``en.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from lapor_core.policy.amounts import Amount, Limit
from lapor_core.policy.clock_rule import ClockRule, ExtensionRule, Start
from lapor_core.policy.criteria import Value
from lapor_core.policy.known_facts import SERVICE_FACTS
from lapor_core.policy.model import Policy
from lapor_core.texts import LANGUAGES, word

__all__ = [
    "distance_in_words",
    "extension_in_words",
    "fact_title",
    "fact_value",
    "facts_in_words",
    "limit_in_words",
    "say",
    "start_in_words",
    "stated",
]

_UNSTATED = ("", "0", "-", "tidak disebutkan", "not stated")


def say(group: str, key: str, language: str, **values: object) -> str:
    """Return one text with its values in place; an unknown key is shown as it is."""
    return str(_words(language if language in LANGUAGES else "id").get(group, {}).get(key, key)).format(**values)


def stated(text: str, language: str) -> str:
    """Return what a standard writes in a field, or that it is not stated: blank and ``0`` say nothing."""
    return say("value", "nothing", language) if text.strip().casefold() in _UNSTATED else text


def limit_in_words(limit: Limit | None, language: str) -> str:
    """Return *14 hari kerja*, *yang tersingkat dari ...*, or that it is not stated."""
    if limit is None:
        return say("value", "nothing", language)
    parts = [f"{each.amount} {word('unit', each.unit, language)}" for each in limit.candidates()]
    if limit.agency:
        parts.append(say("value", "agency", language))
    return parts[0] if len(parts) == 1 else say("value", "shortest", language, limits=", ".join(parts))


def distance_in_words(distance: Amount, language: str) -> str:
    """Return *-3 hari kerja*, or *+0*."""
    unit = f" {word('unit', distance.unit, language)}" if distance.unit is not None else ""
    return f"{distance.amount:+d}{unit}"


def extension_in_words(rule: ExtensionRule | None, language: str) -> str:
    """Return *1 x 7 hari kerja*, or that it is not stated."""
    if rule is None:
        return say("value", "nothing", language)
    limit = rule.limit.limit
    amount = say("value", "same_as_base", language) if limit is None else limit_in_words(limit, language)
    return f"{rule.times} x {amount}"


def start_in_words(clock: ClockRule, policy: Policy, language: str) -> str:
    """Return *sejak laporan diterima*, or after which other deadline it begins."""
    if isinstance(clock.starts, Start):
        return say("start", clock.starts, language)
    before = policy.clock(clock.starts).title.in_language(language)
    return say("start", "after", language, clock=before)


def fact_title(name: str, policy: Policy, language: str) -> str:
    """Return what an officer is asked: *Berkadar pengawasan*."""
    declared = policy.facts.get(name) or SERVICE_FACTS.get(name)
    return name if declared is None else declared.title.in_language(language)


def fact_value(name: str, value: Value, language: str) -> str:
    """Return a value of a fact in words: *ya*, *pengaduan*, *2*."""
    if isinstance(value, bool):
        return say("value", "true" if value else "false", language)
    if name == "kind":
        return say("kind", str(value), language)
    return str(value) or say("value", "other", language)


def facts_in_words(facts: Mapping[str, Value], policy: Policy, language: str) -> str:
    """Return *Jenis laporan: pengaduan; Berkadar pengawasan: ya*."""
    parts = (
        f"{fact_title(name, policy, language)}: {fact_value(name, value, language)}" for name, value in facts.items()
    )
    return "; ".join(parts) or say("value", "anything", language)


@functools.cache
def _words(language: str) -> Mapping[str, Any]:
    file = resources.files("lapor_core.policy") / "words" / f"{language}.toml"
    return tomllib.loads(file.read_text("utf-8"))
