"""The service standard that a command is told to judge by."""

from __future__ import annotations

from pathlib import Path

from lapor_core.policy.loading import load_policy
from lapor_core.standard import Standard, load_standard
from lapor_desk.cli.dates import read_date
from lapor_desk.cli.values import read_text

__all__ = ["chosen_standard"]


def chosen_standard(policy: str, as_known_on: str | None = None) -> Standard:
    """Return the standard of a shipped policy, or of a policy file when ``policy`` ends on ``.toml``.

    Raises:
        LaporError: the policy is not known or has faults, or the day is no date.
    """
    path = Path(policy)
    chosen = load_policy(read_text(path), path.name) if path.suffix == ".toml" else policy
    standard = load_standard(chosen)
    return standard if as_known_on is None else standard.as_known_on(read_date(as_known_on))
