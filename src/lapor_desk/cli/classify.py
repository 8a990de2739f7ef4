"""``lapor classify``: which tier a complaint falls into, and by which sentence of the standard."""

from __future__ import annotations

import json as json_text
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from lapor_core.complaint import Facts
from lapor_core.errors import BadValue, FactsNeeded
from lapor_core.policy import Policy
from lapor_core.policy.known_facts import SERVICE_FACTS, read_facts
from lapor_core.policy.phrasing import fact_title, fact_value
from lapor_core.severity import Assessment, assess
from lapor_desk.cli.dates import Language
from lapor_desk.cli.standards import chosen_policy
from lapor_desk.cli.values import print_json, read_text

__all__ = ["app"]

app = App(name="classify", help="Which tier a complaint falls into, and by which sentence.")


@app.default
def classify(
    *,
    policy: str = "banjarbaru",
    facts: str,
    lang: Language = "id",
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Classify a complaint by its facts. Where facts are missing that could still change the tier, the answer is which.

    Parameters
    ----------
    policy
        A shipped policy, or the path of a policy file.
    facts
        The facts as JSON, or the path of a file that holds them.
    lang
        The language in which facts are asked for: id or en.
    json
        Print JSON: tier, rule, matched, legal_basis and needed; the tier is null while facts are needed.
    """
    standard = chosen_policy(policy)
    given = _facts(facts, standard)
    try:
        assessment = assess(given, standard)
    except FactsNeeded as error:
        _ask(error, standard, lang, json=json)
        return
    if json:
        print_json(_as_data(assessment))
        return
    print(f"{assessment.tier.name}: {assessment.rule.text}")
    print(assessment.legal_basis)
    if assessment.rule.reading:
        print(assessment.rule.reading)


def _as_data(assessment: Assessment) -> dict[str, Any]:
    return {
        "tier": assessment.tier.name,
        "rule": assessment.rule.text,
        "matched": [rule.text for rule in assessment.matched],
        "legal_basis": assessment.legal_basis,
        "reading": assessment.rule.reading or None,
        "needed": [],
    }


def _ask(error: FactsNeeded, policy: Policy, language: str, *, json: bool) -> None:
    """Say which facts are needed: an answer too, for they are the only ones that could still change the tier."""
    if json:
        needed = [{"fact": name, "title": fact_title(name, policy, language)} for name in error.needed]
        print_json({"tier": None, "rule": None, "matched": [], "legal_basis": None, "reading": None, "needed": needed})
        return
    print(str(error))
    for name in error.needed:
        choices = ", ".join(_choices(name, policy, language))
        print(f"  {name}: {fact_title(name, policy, language)}{f' ({choices})' if choices else ''}")


def _choices(name: str, policy: Policy, language: str) -> Iterator[str]:
    declared = policy.facts.get(name) or SERVICE_FACTS.get(name)
    for value in declared.values if declared is not None else ():
        written = str(value).lower() if isinstance(value, bool) else str(value)
        words = fact_value(name, value, language)
        yield written if words == written else f"{written} = {words}"


def _facts(given: str, policy: Policy) -> Facts:
    text = given if given.lstrip().startswith(("{", "[")) else read_text(Path(given))
    try:
        data = json_text.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadValue(f"the facts are not JSON: {error}", code="bad_json") from error
    if not isinstance(data, dict):
        raise BadValue('the facts must be one JSON object, for example {"kind": "complaint"}', code="bad_json")
    return read_facts(data, policy.facts)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A fact that is given twice is refused: JSON would keep the last one without a word."""
    facts = dict(pairs)
    if len(facts) < len(pairs):
        message = "a key is given twice"
        raise ValueError(message)
    return facts
