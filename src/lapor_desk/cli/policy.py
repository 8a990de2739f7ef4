"""``lapor policy``: show and check service standards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.policy.loading import load_policy, shipped_policies, shipped_policy
from lapor_desk.cli.values import print_json, read_text

__all__ = ["app"]

app = App(name="policy", help="Show and check service standards.")


@app.command(name="list")
def list_(*, json: Annotated[bool, Parameter(negative=())] = False) -> None:
    """List the policies that ship with the library.

    Parameters
    ----------
    json
        Print JSON.
    """
    policies = [shipped_policy(name) for name in shipped_policies()]
    if json:
        keys = ("id", "title", "version", "confidence")
        print_json([{key: str(getattr(policy, key)) for key in keys} for policy in policies])
        return
    for policy in policies:
        print(f"{policy.id:<16} {policy.version:<4} {policy.confidence.value:<20} {policy.title}")


@app.command
def check(file: Path) -> None:
    """Check a policy file; every fault is shown with its line.

    Parameters
    ----------
    file
        The TOML file.
    """
    policy = load_policy(read_text(file), file.name)
    print(f"{file.name}: {policy.reference}, {len(policy.tiers)} tiers, {len(policy.rules)} rules, no fault")
