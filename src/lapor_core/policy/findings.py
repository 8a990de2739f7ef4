"""What is possible and still surely a mistake: found by the check of a policy, and no reason not to load it."""

from __future__ import annotations

from collections.abc import Iterator

from lapor_core.documents import Path
from lapor_core.errors import did_you_mean
from lapor_core.lifecycle import Action, Role, State
from lapor_core.policy.clock_rule import ClockRule, RestartOnReturn, Rounds, Start
from lapor_core.policy.coverage import uncovered_or_hidden
from lapor_core.policy.known_facts import SERVICE_FACTS
from lapor_core.policy.lengths import surely_longer
from lapor_core.policy.model import Policy

__all__ = ["findings"]

Found = Iterator[tuple[Path, str]]

_BEGINS = {
    Start.RECEIVED: (None, State.SUBMITTED),
    Start.DISPOSED: (Action.DISPOSE, State.DISPOSED),
    Start.VERIFIED: (Action.VERIFY, State.VERIFIED),
    Start.FORWARDED: (Action.FORWARD, State.IN_PROGRESS),
    Start.RESPONDED: (Action.RESPOND, State.RESPONDED),
    Start.ASKED: (Action.ASK, State.WAITING),
    Start.REOPENED: (Action.REOPEN, State.IN_PROGRESS),
    Start.APPEALED: (Action.APPEAL, State.APPEALED),
}
"""Which act an event is, and where the complaint stands after it."""


def findings(policy: Policy) -> Found:
    """Yield what is surely a mistake, each with its key path."""
    yield from _undeclared(policy)
    yield from uncovered_or_hidden(policy)
    yield from _twice(policy)
    yield from _unheard(policy)
    for name, clock in policy.clocks.items():
        yield from _never_starts(policy, name, clock)
        yield from _never_starts_anew(policy, name, clock)
        yield from _erasing(policy, name, clock)
        yield from _never_ends_again(name, clock)
        yield from _too_long(policy, name, clock)


def _undeclared(policy: Policy) -> Found:
    known = (*SERVICE_FACTS, *policy.facts)
    for place, rule in enumerate(policy.rules):
        for name in rule.when:
            if name not in known:
                problem = (
                    f'"{name}": not a fact; {did_you_mean(name, known)}; facts of your own stand under [facts.{name}]'
                )
                yield ("rules", place, "when", name), problem


def _twice(policy: Policy) -> Found:
    names = [tier.name for tier in policy.tiers]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield ("tiers", place, "name"), f'"{name}": another tier has this name'
    steps = [step.key for step in policy.ladder]
    for place, key in enumerate(steps):
        if key in steps[:place]:
            yield ("ladder", place), f'another step stands at "{key}": each is taken once, so join the two'


def _unheard(policy: Policy) -> Found:
    """Yield steps that remind somebody who does not exist, and acts that the service may not take by itself."""
    held = policy.roles - {Role.SYSTEM}
    for place, step in enumerate(policy.ladder):
        for role in step.remind:
            if role not in held:
                names = ", ".join(sorted(held))
                yield (
                    ("ladder", place, "remind"),
                    f'"{role}": nobody holds this role here; roles that are held: {names}',
                )
        if step.act is not None and Role.SYSTEM not in policy.roles_for(step.act):
            own = ", ".join(act for act in Action if Role.SYSTEM in policy.roles_for(act)) or "nothing"
            yield ("ladder", place, "act"), f'"{step.act}": the service does not do this by itself; it may do: {own}'


def _never_starts(policy: Policy, name: str, clock: ClockRule) -> Found:
    at: Path = ("clocks", name)
    if clock.follows is not None:
        before = policy.clocks.get(clock.follows)
        if before is not None and Rounds.ALL not in (before.rounds, clock.rounds) and before.rounds is not clock.rounds:
            yield (*at, "rounds"), f"it never starts: {clock.follows} runs in other rounds than {name}"
        return
    start = Start(clock.starts)
    if start not in _BEGINS:
        return
    act, state = _BEGINS[start]
    if state in clock.stops:
        yield (*at, "stops"), f'it never starts: "{start}" brings the complaint to {state}, which stops this clock'
    if act is not None and not policy.roles_for(act):
        yield (*at, "starts"), f'it never starts: nobody may {act}, so nothing is ever "{start}"'
    if start is Start.REOPENED and clock.rounds is Rounds.FIRST:
        yield (*at, "rounds"), "it never starts: the first round is over once a complaint is reopened"


def _erasing(policy: Policy, name: str, clock: ClockRule) -> Found:
    if clock.starts != Start.ERASURE_REQUESTED:
        return
    if set(clock.stops) != {State.ERASED}:
        problem = (
            'what was asked for is done when the data is erased, and not before: leave stops out, or write ["erased"]'
        )
        yield ("clocks", name, "stops"), problem
    if not policy.roles_for(Action.REQUEST_ERASURE):
        yield ("clocks", name, "starts"), f"it never starts: nobody may {Action.REQUEST_ERASURE}"


def _never_ends_again(name: str, clock: ClockRule) -> Found:
    """A reopened complaint is in progress at once: nobody disposes or verifies it a second time."""
    again = clock.starts == Start.RECEIVED and clock.rounds is not Rounds.FIRST
    if again and not _AFTER_A_REOPENING & set(clock.stops):
        problem = 'it starts again when a complaint is reopened, and no answer ends it then; rounds = "first" keeps it to the first time'
        yield ("clocks", name, "stops"), problem


_AFTER_A_REOPENING = frozenset({State.IN_PROGRESS, State.RESPONDED, State.CLOSED})


def _never_starts_anew(policy: Policy, name: str, clock: ClockRule) -> Found:
    at: Path = ("clocks", name, "restart_on_return")
    if clock.restart_on_return is RestartOnReturn.NEVER:
        return
    if State.DISPOSED in clock.stops:
        yield at, "it never starts anew: the disposition to another agency stops this clock"
    if not policy.roles_for(Action.RETURN):
        yield at, f"it never starts anew: nobody may {Action.RETURN} a complaint"


def _too_long(policy: Policy, name: str, clock: ClockRule) -> Found:
    if clock.extension is None or clock.extension.maximum is None:
        return
    one, together = clock.extension.limit, clock.extension.maximum
    bases = [limit for tier in policy.tiers if (limit := tier.limits.get(name) or clock.limit) is not None]
    if any(surely_longer(one.over(base), together.over(base)) for base in bases):
        yield ("clocks", name, "extension", "limit"), f'"{one}": longer than its maximum, which is {together}'
