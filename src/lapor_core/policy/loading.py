"""Policy files to policies: read, structured strictly, and checked against themselves, with every fault at once."""

from __future__ import annotations

import functools
from importlib import resources

from lapor_core.documents import read_document
from lapor_core.errors import DocumentFaults, NotFound, did_you_mean
from lapor_core.policy.checking import gathered, told
from lapor_core.policy.contradictions import contradictions
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
    try:
        policy = structure(document, Policy, gathered(document.data))
    except DocumentFaults as error:
        raise DocumentFaults(told(document, error.faults)) from error
    faults = tuple(document.fault(path, problem) for path, problem in contradictions(policy))
    if faults:
        raise DocumentFaults(told(document, faults))
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
