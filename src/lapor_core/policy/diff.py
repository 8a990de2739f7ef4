"""What changes for citizens from one version of a standard to the next."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

from lapor_core.policy.amounts import Limit
from lapor_core.policy.change import Change, change, in_words, plain
from lapor_core.policy.clock_rule import ClockRule
from lapor_core.policy.coverage import Case, coverage_of, decided_by, patterns
from lapor_core.policy.diff_doors import changed_doors
from lapor_core.policy.lengths import surely_longer
from lapor_core.policy.model import Policy
from lapor_core.policy.phrasing import extension_in_words, facts_in_words, limit_in_words, start_in_words

__all__ = ["changes"]

_OWN = ("title", "decree", "fee", "valid_from", "valid_until", "time_zone")
_OFFICE = (
    "name",
    "address",
    "telephone",
    "email",
    "site",
    "week",
    "calendar",
    "region",
    "collective_leave",
    "hours",
    "ramadan_hours",
)
_COUNTING = (
    *("first_day", "after_hours", "ends", "day_off_end", "pauses", "stops", "kept_by", "rounds"),
    "restart_on_return",
)


def changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return what changes for citizens from ``before`` to ``after``; sentences and readings alone are no change.

    Raises:
        BadValue: the rules of one of them tell too many cases apart to compare (code ``too_many_cases``).
    """
    parts = (_own, _tiers, _reclassified, _clocks, changed_doors)
    return tuple(found for part in parts for found in part(before, after))


def _own(before: Policy, after: Policy) -> Iterator[Change]:
    pairs = [(name, name, getattr(before, name), getattr(after, name)) for name in _OWN]
    pairs += [(name, f"office.{name}", getattr(before.office, name), getattr(after.office, name)) for name in _OFFICE]
    for name, path, old, new in pairs:
        if old != new:
            yield change("value", path, what=in_words("part", name), before=plain(old), after=plain(new))


def _tiers(before: Policy, after: Policy) -> Iterator[Change]:
    old, new = ([tier.name for tier in policy.tiers] for policy in (before, after))
    yield from (change("tier_removed", f"tiers.{name}", tier=name) for name in old if name not in new)
    for tier in new:
        if tier not in old:
            yield change("tier_added", f"tiers.{tier}", tier=tier)
        for clock, rule in after.clocks.items():
            was, now = _limit(before, tier, clock), _limit(after, tier, clock)
            if was != now:
                yield change(
                    _code(was, now),
                    f"tiers.{tier}.{clock}",
                    clock=rule.title.in_language,
                    tier=tier,
                    before=partial(limit_in_words, was),
                    after=partial(limit_in_words, now),
                )


def _limit(policy: Policy, tier: str, clock: str) -> Limit | None:
    own = next((each.limits.get(clock) for each in policy.tiers if each.name == tier), None)
    common = policy.clocks[clock].limit if clock in policy.clocks else None
    return own or (common if any(each.name == tier for each in policy.tiers) else None)


def _code(was: Limit | None, now: Limit | None) -> str:
    if was is None or now is None:
        return "limit_other"
    return "limit_longer" if surely_longer(now, was) else "limit_shorter" if surely_longer(was, now) else "limit_other"


def _reclassified(before: Policy, after: Policy) -> Iterator[Change]:
    """Compare the tiers of all cases that either of them tells apart."""
    both = [coverage_of(before), coverage_of(after)]
    values = {
        name: tuple(dict.fromkeys(value for each in both for value in each.values_of(name)))
        for name in dict.fromkeys(name for each in both for name in each.names)
    }
    moved: dict[tuple[str | None, str | None], list[Case]] = {}
    for case in itertools.product(*values.values()):
        pair = decided_by(before, tuple(values), case), decided_by(after, tuple(values), case)
        if pair[0] != pair[1]:
            moved.setdefault(pair, []).append(case)
    for (old, new), cases in moved.items():
        for facts in patterns(tuple(values), tuple(values.values()), cases):
            yield change(
                "reclassified",
                "rules",
                facts=partial(facts_in_words, facts, after),
                before=old or in_words("value", "no_rule"),
                after=new or in_words("value", "no_rule"),
            )


def _clocks(before: Policy, after: Policy) -> Iterator[Change]:
    for name, rule in before.clocks.items():
        if name not in after.clocks:
            yield change("clock_removed", f"clocks.{name}", clock=rule.title.in_language)
    for name, rule in after.clocks.items():
        was = before.clocks.get(name)
        if was is None:
            yield change("clock_added", f"clocks.{name}", clock=rule.title.in_language)
        else:
            yield from _clock(name, was, rule, before, after)


def _clock(name: str, was: ClockRule, now: ClockRule, before: Policy, after: Policy) -> Iterator[Change]:
    title, path = now.title.in_language, f"clocks.{name}"
    if was.starts != now.starts:
        old, new = partial(start_in_words, was, before), partial(start_in_words, now, after)
        yield change("clock_starts", f"{path}.starts", clock=title, before=old, after=new)
    for part in _COUNTING:
        old_part, new_part = getattr(was, part), getattr(now, part)
        if old_part != new_part:
            yield change(
                "counting",
                f"{path}.{part}",
                clock=title,
                what=in_words("part", part),
                before=plain(old_part),
                after=plain(new_part),
            )
    former, present = (partial(extension_in_words, rule.extension) for rule in (was, now))
    if former("id") != present("id"):
        yield change("extension", f"{path}.extension", clock=title, before=former, after=present)
