"""What became of each plug-in that was found: what it gave, or why it is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from lapor_core.errors import PluginError
from lapor_core.plugins.checks import CONTRACTS, KINDS
from lapor_core.plugins.found import Found, printable
from lapor_core.plugins.hooks import Implementation

__all__ = ["Given", "Outcome", "PluginStatus", "duplicate", "without_clashes"]


@attrs.frozen(kw_only=True)
class PluginStatus:
    """What became of one plug-in.

    Attributes:
        key: The name of its entry point, and of its section in the configuration.
        kind: What it brings: ``channel``, ``notifier`` or ``channel, notifier``; empty while that is not known.
        distribution: The distribution that brought it; empty when there is none.
        version: That distribution's version.
        hooks: The hooks it implements.
        enabled: Whether it is in use; so it is while anything else than a closed channel of it is.
        reason: Why not, or why a channel of it stays closed; empty when all of it is in use.
        remedy: What mends that.
        code: The code of the error that says why, such as ``bad_settings``.
        closed: The keys of its channels that stay closed, for the host cannot open them.
    """

    key: str
    kind: str = ""
    distribution: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()
    enabled: bool = False
    reason: str = ""
    remedy: str = ""
    code: str = ""
    closed: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Given:
    """One contribution, by the hook that returned it; one plug-in may give several of a ``family``, and no two plug-ins."""

    hook: str
    key: str
    family: str = ""
    value: Any


@attrs.frozen(kw_only=True)
class Outcome:
    """A plug-in that was found, and what came of it: contributions and hooks that can be asked, or a fault."""

    found: Found
    hooks: Mapping[str, Implementation] = attrs.field(factory=dict)
    given: tuple[Given, ...] = ()
    fault: PluginError | None = None

    def keys(self, hook: str) -> tuple[str, ...]:
        """Return the keys of what ``hook`` has given."""
        return tuple(given.key for given in self.given if given.hook == hook)

    def status(
        self, fault: PluginError | None = None, closed: Mapping[str, PluginError] = MappingProxyType({})
    ) -> PluginStatus:
        """Return it as it is reported.

        Args:
            fault: One that was found later than its own.
            closed: Why channels of it stay closed, by their keys.
        """
        off = self.fault or fault
        told = [off] if off is not None else [closed[key] for key in sorted(closed)]
        return PluginStatus(
            key=printable(self.found.key),
            kind=", ".join(KINDS[hook] for hook in self.hooks),
            distribution=printable(self.found.distribution),
            version=printable(self.found.version),
            hooks=tuple(self.hooks),
            enabled=off is None and (not closed or self._brings_more_than(closed)),
            reason="; ".join(map(str, told)),
            remedy="; ".join(dict.fromkeys(each.params["remedy"] for each in told)),
            code=told[0].code if told else "",
            closed=() if off is not None else tuple(sorted(closed)),
        )

    def _brings_more_than(self, closed: Mapping[str, PluginError]) -> bool:
        asked = self.hooks.keys() - CONTRACTS.keys()
        return bool(asked) or any(
            given.hook != "lapor_register_channels" or given.key not in closed for given in self.given
        )


def without_clashes(outcomes: list[Outcome]) -> tuple[Outcome, ...]:
    """Take out the plug-ins that claim the key of another's channel or notifier.

    The plug-in of the same key keeps it: nobody takes the door of ``web`` away by bringing another one of that name.
    Among others nothing says whose it is, and all of them are left out.
    """
    claims = Counter(claim for outcome in outcomes if outcome.fault is None for claim in _claims(outcome))
    clashing = {claim for claim, count in claims.items() if count > 1}
    return tuple(_judged(outcome, clashing, outcomes) for outcome in outcomes)


def duplicate(found: Found, what: str, providers: list[Found], remedy: str) -> PluginError:
    """Return the fault of a plug-in that claims what others claim too, naming all of them."""
    names = " and ".join(dict.fromkeys(str(provider) for provider in providers))
    return found.fault(f"{what} is claimed more than once, by {names}", code="duplicate_key", remedy=remedy)


def _judged(outcome: Outcome, clashing: set[tuple[str, str]], outcomes: list[Outcome]) -> Outcome:
    if outcome.fault is not None:
        return outcome
    for hook, key in _claims(outcome):
        claimants = [other for other in outcomes if other.fault is None and (hook, key) in _claims(other)]
        own_twice = _claims(outcome).count((hook, key)) > 1
        if (hook, key) in clashing and (key != outcome.found.key or own_twice):
            what = f'the {CONTRACTS[hook].kind} "{key}"'
            remedy = "uninstall or block one of them" if len(claimants) > 1 else ""
            fault = duplicate(outcome.found, what, [claimant.found for claimant in claimants], remedy)
            return attrs.evolve(outcome, given=(), fault=fault)
    return outcome


def _claims(outcome: Outcome) -> list[tuple[str, str]]:
    families = {(given.hook, given.family) for given in outcome.given if given.family}
    return [*((given.hook, given.key) for given in outcome.given), *sorted(families)]
