"""What one part of a policy says that another part does not know of: each fault with the key path at which it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lapor_core.calendar.regions import resolve_region
from lapor_core.calendar.weeks import as_week
from lapor_core.calendar.zones import as_zone
from lapor_core.documents import Path
from lapor_core.errors import BadValue, LaporError, NotFound, did_you_mean
from lapor_core.lifecycle import Action
from lapor_core.policy.amounts import Limit
from lapor_core.policy.clock_rule import AfterHours, ClockRule, DayEnd, FirstDay, RestartOnReturn, Start
from lapor_core.policy.model import Policy
from lapor_core.policy.offices import INDONESIA, foreign_calendar
from lapor_core.policy.plausible import implausible

__all__ = ["contradictions"]

Found = Iterator[tuple[Path, str]]


def contradictions(policy: Policy) -> Found:
    """Yield every place at which the policy cannot be right, and why."""
    yield from implausible(policy)
    yield from _of_office(policy)
    yield from _of_rules(policy)
    yield from _of_ladder(policy)
    for name, clock in policy.clocks.items():
        yield from _of_clock(policy, name, clock)


def _of_office(policy: Policy) -> Found:
    office = policy.office
    questions: tuple[tuple[Path, Callable[[], object]], ...] = (
        (("time_zone",), lambda: as_zone(policy.time_zone)),
        (("office", "week"), lambda: as_week(office.week)),
        (("office", "calendar"), lambda: office.calendar == INDONESIA or foreign_calendar(office.calendar)),
        (("office", "region"), lambda: office.region is None or resolve_region(office.region)),
        (("office", "hours"), lambda: office.hours is None or office.hours.schedule()),
        (("office", "ramadan_hours"), lambda: office.ramadan_hours is None or office.ramadan_hours.schedule()),
    )
    for path, ask in questions:
        try:
            ask()
        except LaporError as error:
            yield path, str(error)
    if office.region is not None and office.calendar != INDONESIA:
        yield (
            ("office", "region"),
            f'decrees of regions stand in the calendar "{INDONESIA}", not in "{office.calendar}"',
        )


def _of_rules(policy: Policy) -> Found:
    tiers = [tier.name for tier in policy.tiers]
    for index, rule in enumerate(policy.rules):
        if rule.tier not in tiers:
            yield ("rules", index, "tier"), f'"{rule.tier}": not a tier; {did_you_mean(rule.tier, tiers)}'


def _of_ladder(policy: Policy) -> Found:
    for index, step in enumerate(policy.ladder):
        if step.clock not in policy.clocks:
            problem = f'"{step.clock}": not a clock; {did_you_mean(step.clock, policy.clocks)}'
            yield ("ladder", index, "clock"), problem
        if step.act is Action.ERASE:
            yield (
                ("ladder", index, "act"),
                "a person is erased on a ground, by an officer or after the retention; no step does it",
            )
        for contact in step.show_reporter:
            if contact not in policy.contacts:
                problem = f'"{contact}": not a contact; {did_you_mean(contact, policy.contacts)}'
                yield ("ladder", index, "show_reporter"), problem


def _of_clock(policy: Policy, name: str, clock: ClockRule) -> Found:
    at: Path = ("clocks", name)
    limits = [*(tier.limits.get(name) for tier in policy.tiers), clock.limit]
    if not any(limits):
        yield at, "no tier gives it a limit, and it has none of its own"
    if name in {event.value for event in Start}:
        yield at, f'a clock cannot be called "{name}": that is an event which starts clocks'
    if clock.agency_limits and not any(limit.agency for limit in limits if limit):
        yield (*at, "agency_limits"), 'no limit of this clock is written "min(..., agency)"'
    for agency, limit in clock.agency_limits.items():
        if limit.others or limit.agency:
            yield (*at, "agency_limits", agency), f'"{limit}": an agency promises one amount'
    if _over_before_it_starts(clock, [limit for limit in (*limits, *clock.agency_limits.values()) if limit]):
        problem = (
            'what comes after closing would be late as it comes: where the first of 1 day is "included" and the day "ends" '
            f'at "{DayEnd.CLOSING}", it is "{AfterHours.NEXT_WORKING_DAY}"'
        )
        yield (*at, "after_hours"), problem
    yield from (((*at, "starts"), problem) for problem in _of_start(policy, name, clock))
    yield from (((*at, "restart_on_return"), problem) for problem in _of_restart(policy, name, clock))


def _over_before_it_starts(clock: ClockRule, limits: Iterable[Limit]) -> bool:
    """Tell whether the only day of a limit can be over, at its closing, when the clock starts on it."""
    if (clock.first_day, clock.ends, clock.after_hours) != (FirstDay.INCLUDED, DayEnd.CLOSING, AfterHours.SAME_DAY):
        return False
    plain = (each for limit in limits for each in limit.candidates())
    return any(each.amount == 1 and not each.unit.in_hours for each in plain)


def _of_start(policy: Policy, name: str, clock: ClockRule) -> Iterator[str]:
    """Say why a clock that starts when another ends would never start."""
    if clock.follows is None:
        return
    before = policy.clocks.get(clock.follows)
    if before is None:
        words = [*Start, *(other for other in policy.clocks if other != name)]
        yield f'"{clock.follows}": neither an event nor a clock; {did_you_mean(clock.follows, words)}'
        return
    try:
        policy.chain(name)
    except NotFound:  # told where it stands, at a clock further up
        return
    except BadValue as error:
        yield str(error)
        return
    if not set(before.stops) - set(clock.stops):
        yield f"every state that ends {clock.follows} ends {name} as well, so that it never starts; give each its own stops"
    for tier in policy.tiers:
        if (tier.limits.get(name) or clock.limit) and not (tier.limits.get(clock.follows) or before.limit):
            yield f"{clock.follows} has no limit for the tier {tier.name}, so that {name} never starts"


_BEFORE_AN_ANSWER = (Start.RECEIVED, Start.DISPOSED, Start.VERIFIED, Start.FORWARDED, Start.REOPENED)
"""What happens while an agency may still say that a complaint is not its own."""


def _of_restart(policy: Policy, name: str, clock: ClockRule) -> Iterator[str]:
    """Say why a clock has nothing to do with an agency that returns a complaint."""
    if clock.restart_on_return is RestartOnReturn.NEVER:
        return
    try:
        first = policy.clock(policy.chain(name)[0]).starts
    except (NotFound, BadValue):  # told where it stands
        return
    if first not in _BEFORE_AN_ANSWER:
        events = ", ".join(_BEFORE_AN_ANSWER)
        yield f'it starts with "{first}", which no other agency takes over; only clocks that start with one of these may: {events}'
