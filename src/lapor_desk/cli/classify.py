"""``lapor classify``: which tier a complaint falls into, and by which sentence of the standard."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.complaint import Facts
from lapor_core.errors import BadValue
from lapor_core.structure import from_json
from lapor_desk.cli.standards import chosen_standard
from lapor_desk.cli.values import print_json, read_text

__all__ = ["app"]

app = App(name="classify", help="Which tier a complaint falls into, and by which sentence.")


@app.default
def classify(*, policy: str = "banjarbaru", facts: str, json: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Classify a complaint by its facts.

    Parameters
    ----------
    policy
        A shipped policy, or the path of a policy file.
    facts
        The facts as JSON, or the path of a file that holds them.
    json
        Print JSON.
    """
    assessment = chosen_standard(policy).assess(_facts(facts))
    if json:
        print_json(
            {
                "tier": assessment.tier.name,
                "rule": assessment.rule.text,
                "matched": [rule.text for rule in assessment.matched],
                "legal_basis": assessment.legal_basis,
            }
        )
        return
    print(f"{assessment.tier.name}: {assessment.rule.text}")
    print(assessment.legal_basis)
    if assessment.rule.reading:
        print(assessment.rule.reading)


def _facts(given: str) -> Facts:
    text = given if given.lstrip().startswith(("{", "[")) else read_text(Path(given))
    try:
        data = json_text.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadValue(f"the facts are not JSON: {error}", code="bad_json") from error
    if not isinstance(data, dict):
        raise BadValue('the facts must be one JSON object, for example {"kind": "complaint"}', code="bad_json")
    return from_json(data, Facts)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A fact that is given twice is refused: JSON would keep the last one without a word."""
    facts = dict(pairs)
    if len(facts) < len(pairs):
        message = "a key is given twice"
        raise ValueError(message)
    return facts
