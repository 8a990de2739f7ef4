"""The pages on policies say what the format says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import attrs
import pytest

from lapor_core.lifecycle import Action, Role, State
from lapor_core.policy import Contact, ExtensionRule, FactRule, LadderStep, OfficeRule, Policy, Requirement, Rule
from lapor_core.policy.checking import check_policy
from lapor_core.policy.clock_rule import ClockRule
from lapor_core.policy.loading import shipped_policies

DOCS = Path(__file__).parents[3] / "docs"
REFERENCE = (DOCS / "reference" / "policy.md").read_text("utf-8")
HOW_TO = (DOCS / "how-to" / "write-a-policy.md").read_text("utf-8")
READINGS = (DOCS / "explanation" / "readings.md").read_text("utf-8")


@pytest.mark.parametrize(
    "part", [Policy, OfficeRule, Rule, FactRule, ClockRule, ExtensionRule, Requirement, LadderStep, Contact]
)
def test_each_key_of_the_format_is_explained(part: type) -> None:
    rows = re.findall(r"^\| `(\w+)`", REFERENCE, re.MULTILINE)
    assert {field.name for field in attrs.fields(part)} <= set(rows)


def test_each_word_of_the_format_is_listed() -> None:
    for word in (*Action, *Role, *State):
        assert f"`{word}`" in REFERENCE


def test_each_shipped_policy_is_named_among_the_readings() -> None:
    assert [name for name in shipped_policies() if f"`{name}`" not in READINGS] == []


def test_the_policy_that_is_written_step_by_step_has_no_fault_when_it_is_whole() -> None:
    blocks = [
        block for block in re.findall(r"```toml\n(.*?)```", HOW_TO, re.DOTALL) if not block.startswith("#:schema")
    ]
    text = "\n".join(blocks)
    assert check_policy(text, "contoh.toml") == ()
    assert tomllib.loads(text)["id"] == "contoh"
