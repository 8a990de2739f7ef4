"""What another standard would make of complaints: which tiers and deadlines would differ. A dry run; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from lapor_core.complaint import Facts
from lapor_core.errors import FactsNeeded, LaporError, require_aware
from lapor_core.policy.clock_rule import Rounds, Start
from lapor_core.standard import Standard

__all__ = ["Outcome", "Verdict", "judge", "simulate"]


@attrs.frozen(kw_only=True)
class Verdict:
    """What one standard makes of a complaint.

    Attributes:
        tier: The tier, or None while facts are unknown or no rule covers them.
        needed: The facts that are unknown and could still change the tier.
        problem: Why there is no tier, when no fact is asked for.
        due: When each clock is due that receipt starts, or that follows such a clock, at its latest.
    """

    tier: str | None = None
    needed: tuple[str, ...] = ()
    problem: str | None = None
    due: Mapping[str, datetime] = attrs.Factory(dict)

    def to_json(self) -> dict[str, Any]:
        """Return JSON data: ``tier``, ``needed``, ``problem`` and ``due``, instants as ISO 8601 with offset."""
        due = {clock: moment.isoformat() for clock, moment in self.due.items()}
        return {"tier": self.tier, "needed": list(self.needed), "problem": self.problem, "due": due}


@attrs.frozen(kw_only=True)
class Outcome:
    """One complaint under two standards."""

    before: Verdict
    after: Verdict

    @property
    def differs(self) -> bool:
        """Whether the tier or a deadline would differ."""
        return self.before != self.after


def simulate(facts: Facts, received: datetime, before: Standard, after: Standard) -> Outcome:
    """Return what two standards make of the same complaint.

    Args:
        facts: What is known of it.
        received: When it was received (aware).
        before: The standard in force.
        after: The other one.

    Raises:
        BadValue: ``received`` has no zone (code ``naive_datetime``).
        OutOfReach: a calendar does not reach that far.
    """
    require_aware(received, "received")
    return Outcome(before=judge(facts, received, before), after=judge(facts, received, after))


def judge(facts: Facts, received: datetime, standard: Standard) -> Verdict:
    """Return the tier and the deadlines of a complaint that is received at an instant (aware); raises as :func:`simulate`."""
    try:
        tier = standard.assess(facts).tier.name
    except FactsNeeded as error:
        return Verdict(needed=error.needed)
    except LaporError as error:
        return Verdict(problem=str(error))
    return Verdict(tier=tier, due=dict(_due(standard, tier, received)))


def _due(standard: Standard, tier: str, received: datetime) -> Iterator[tuple[str, datetime]]:
    for name in standard.policy.clocks:
        chain = standard.policy.chain(name)
        rules = [standard.policy.clock(each) for each in chain]
        if rules[0].starts != Start.RECEIVED or any(rule.rounds is Rounds.LATER for rule in rules):
            continue
        if any(standard.limit(each, tier) is None for each in chain):
            continue
        start = received
        for each in chain:
            start = standard.deadline(each, tier, start=start).due
        yield name, start
