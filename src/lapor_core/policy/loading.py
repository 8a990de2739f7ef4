"""Policy files to policies: read, structured strictly, and checked against themselves, with every fault at once."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from lapor_core.documents import Document, read_document
from lapor_core.errors import DocumentFaults, Fault, NotFound, did_you_mean
from lapor_core.policy.model import Policy
from lapor_core.structure import structure

__all__ = ["load_policy", "shipped_policies", "shipped_policy"]


def load_policy(text: str, name: str = "policy.toml") -> Policy:
    """Return the policy that stands in ``text``.

    Args:
        text: The TOML text.
        name: The file's name, for faults.

    Raises:
        DocumentFaults: with every fault, each with its line and key path.
    """
    document = read_document(text, name)
    policy = structure(document, Policy, _with_limits_gathered(document.data))
    faults = tuple(_contradictions(document, policy))
    if faults:
        raise DocumentFaults(faults)
    return policy


def shipped_policies() -> tuple[str, ...]:
    """Return the ids of the policies that ship with the library, sorted."""
    folder = resources.files("lapor_core.policy") / "data"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@functools.cache
def shipped_policy(policy_id: str) -> Policy:
    """Return a shipped policy by its id.

    Raises:
        NotFound: code ``unknown_policy``, with the ids that exist.
    """
    known = shipped_policies()
    if policy_id not in known:
        message = f'"{policy_id}": not a shipped policy; {did_you_mean(policy_id, known)}'
        raise NotFound(message, code="unknown_policy", name=policy_id, allowed=known)
    file = resources.files("lapor_core.policy") / "data" / f"{policy_id}.toml"
    return load_policy(file.read_text("utf-8"), f"{policy_id}.toml")


def _with_limits_gathered(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Move a tier's limits, written as ``resolve = "14 working_days"``, under one key; unknown keys stay and are refused."""
    clocks = data.get("clocks")
    tiers = data.get("tiers")
    if not isinstance(clocks, dict) or not isinstance(tiers, list):
        return data
    return {**data, "tiers": [_tier(tier, clocks) if isinstance(tier, dict) else tier for tier in tiers]}


def _tier(tier: Mapping[str, Any], clocks: Mapping[str, Any]) -> Mapping[str, Any]:
    limits = {key: value for key, value in tier.items() if key in clocks}
    return {key: value for key, value in tier.items() if key not in clocks} | {"limits": limits}


def _contradictions(document: Document, policy: Policy) -> Iterator[Fault]:
    """Yield what each part says that another part does not know of."""
    tiers = [tier.name for tier in policy.tiers]
    for index, rule in enumerate(policy.rules):
        if rule.tier not in tiers:
            yield document.fault(
                ("rules", index, "tier"), f'"{rule.tier}": not a tier; {did_you_mean(rule.tier, tiers)}'
            )
    for index, step in enumerate(policy.ladder):
        if step.clock not in policy.clocks:
            problem = f'"{step.clock}": not a clock; {did_you_mean(step.clock, policy.clocks)}'
            yield document.fault(("ladder", index, "clock"), problem)
        for contact in step.show_reporter:
            if contact not in policy.contacts:
                problem = f'"{contact}": not a contact; {did_you_mean(contact, policy.contacts)}'
                yield document.fault(("ladder", index, "show_reporter"), problem)
    for name, clock in policy.clocks.items():
        if clock.limit is None and not any(name in tier.limits for tier in policy.tiers):
            yield document.fault(("clocks", name), "no tier gives it a limit, and it has none of its own")
