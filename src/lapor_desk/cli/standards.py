"""The service standard that a command is told to judge by."""

from __future__ import annotations

from pathlib import Path

from lapor_core.policy.loading import load_policy, shipped_policy
from lapor_core.policy.model import Policy
from lapor_core.standard import Standard, load_standard
from lapor_desk.cli.dates import read_date
from lapor_desk.cli.values import read_text

__all__ = ["chosen_policy", "chosen_standard"]


def chosen_policy(policy: str) -> Policy:
    """Return a shipped policy by its id, or the policy of a file: a path holds a folder or ends on ``.toml``.

    Raises:
        LaporError: the policy is not known, or its file cannot be read or has faults.
    """
    path = Path(policy)
    if path.suffix == ".toml" or len(path.parts) > 1:
        return load_policy(read_text(path), path.name)
    return shipped_policy(policy)


def chosen_standard(policy: str, as_known_on: str | None = None) -> Standard:
    """Return the standard of a shipped policy, or of a policy file.

    Raises:
        LaporError: the policy is not known or has faults, or the day is no date.
    """
    standard = load_standard(chosen_policy(policy))
    return standard if as_known_on is None else standard.as_known_on(read_date(as_known_on))
