"""Single values of a policy that cannot be right by themselves: addresses, numbers, days, and what rules ask of facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lapor_core.complaint import Kind
from lapor_core.documents import Path
from lapor_core.errors import did_you_mean
from lapor_core.lifecycle import Action, Role
from lapor_core.policy.criteria import Criterion
from lapor_core.policy.known_facts import SERVICE_FACTS, FactRule
from lapor_core.policy.model import Policy

__all__ = ["CONTENT", "REFUSING", "implausible"]

Found = Iterator[tuple[Path, str]]

CONTENT = (
    "narrative",
    "title",
    "event_date",
    "event_time",
    "place",
    "kind",
    "agency",
    "category",
    "uploads",
)
"""The fields of a submission that a channel may be asked for."""

REFUSING = (Action.REJECT, Action.ARCHIVE)
"""The acts by which a report is not taken up."""

_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-]*[0-9](?: (?:ext|pes)\.? ?[0-9]{1,5})?|\([0-9]{2,5}\) ?[0-9][0-9 .\-]*[0-9]")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}\.)+[A-Za-z]{{2,24}}"
_EMAIL = re.compile(rf"[A-Za-z0-9](?:[A-Za-z0-9._%+\-]{{0,62}}[A-Za-z0-9_])?@{_HOST}")
_SITE = re.compile(rf"(?:https?://)?{_HOST}(?::[0-9]{{1,5}})?(?:/\S*)?")
_DIGITS = (3, 15)


def implausible(policy: Policy) -> Found:
    """Yield every value that cannot be right, with its key path."""
    yield from _addresses(policy)
    yield from _days(policy)
    yield from _facts(policy)
    yield from _channels(policy)
    for action, roles in policy.permissions.items():
        if Role.AUDITOR in roles:
            yield ("permissions", action), f'"{Role.AUDITOR}": an auditor looks, and does nothing'
    for key, refusal in policy.refusals.items():
        for place, act in enumerate(refusal.acts):
            if act not in REFUSING:
                yield ("refusals", key, "acts", place), f'"{act}": a report is not taken up by {" or ".join(REFUSING)}'


def _addresses(policy: Policy) -> Found:
    office = policy.office
    given: list[tuple[Path, str, str]] = [
        (("office", name), name, getattr(office, name)) for name in ("telephone", "email", "site")
    ]
    for key, contact in policy.contacts.items():
        ways = ("telephone", "whatsapp", "email", "site")
        given += [(("contacts", key, name), name, getattr(contact, name)) for name in ways]
    for path, name, value in given:
        problem = _WRONG[name](value) if value else None
        if problem:
            yield path, f'"{value}": {problem}'


def _not_a_number(value: str) -> str | None:
    digits = sum(character.isdigit() for character in value)
    least, most = _DIGITS
    if _NUMBER.fullmatch(value) and value.isascii() and least <= digits <= most:
        return None
    return (
        f'not a number that can be dialled; write {least} to {most} digits, as "137", "0800 000 000" or "+62 800 000"'
    )


def _not_an_email(value: str) -> str | None:
    return None if _EMAIL.fullmatch(value) and ".." not in value else 'not an e-mail address, as "pengaduan@example.id"'


def _not_a_site(value: str) -> str | None:
    return None if _SITE.fullmatch(value) else 'not a web site, as "example.id" or "https://example.id/lapor"'


_WRONG: dict[str, Callable[[str], str | None]] = {
    "telephone": _not_a_number,
    "whatsapp": _not_a_number,
    "email": _not_an_email,
    "site": _not_a_site,
}


def _days(policy: Policy) -> Found:
    if policy.valid_from and policy.valid_until and policy.valid_until < policy.valid_from:
        yield ("valid_until",), f"{policy.valid_until} lies before valid_from, {policy.valid_from}"


def _facts(policy: Policy) -> Found:
    for place, rule in enumerate(policy.rules):
        for name, criterion in rule.when.items():
            declared = policy.facts.get(name) or SERVICE_FACTS.get(name)
            for problem in _asked(name, criterion, declared, policy):
                yield ("rules", place, "when", name), problem
    for name, declared in policy.facts.items():
        if len(set(map(repr, declared.values))) < len(declared.values):
            yield ("facts", name, "values"), "a value stands there twice"


def _asked(name: str, criterion: Criterion, declared: FactRule | None, policy: Policy) -> Iterator[str]:
    """Say what is wrong with what a rule asks of one fact."""
    bounds = [bound for bound in (criterion.at_least, criterion.at_most) if bound is not None]
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        yield f"nothing is at least {bounds[0]} and at most {bounds[1]}"
    given = sorted((value for _, value in criterion.one_of or ()), key=repr)
    if name == "agencies":
        yield from (
            f"{value!r}: how many agencies is a whole number, at least 1" for value in given if not _count(value)
        )
    elif name == "kind":
        yield from _beyond(given, list(Kind), "a kind")
    elif name == "channel" and "other" not in policy.channels:
        yield from _beyond(given, list(policy.channels), "a channel of this policy")
    elif declared is not None and declared.values:
        yield from _beyond(given, declared.values, f"a value of {name}")
        if bounds and not any(_count(value) or value == 0 for value in declared.values):
            yield f"{name} is no number that has bounds; its values: {_words(declared.values)}"


def _beyond(given: Iterable[object], allowed: Iterable[object], what: str) -> Iterator[str]:
    known = list(allowed)
    for value in given:
        if not any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in known):
            if isinstance(value, str) and all(isinstance(other, str) for other in known):
                yield f'"{value}": not {what}; {did_you_mean(value, map(str, known))}'
            else:
                yield f"{_words([value])}: not {what}; allowed: ({_words(known)})"


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _words(values: Iterable[object]) -> str:
    return ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def _channels(policy: Policy) -> Found:
    for key, requirement in policy.channels.items():
        asked: list[tuple[Path, tuple[str, ...]]] = [
            (("channels", key, "content"), requirement.content),
            (("channels", key, "advised"), requirement.advised),
        ]
        asked += [
            (("channels", key, "kinds", kind.value, "content"), own.content or ())
            for kind, own in requirement.kinds.items()
        ]
        for path, names in asked:
            for place, name in enumerate(names):
                if name not in CONTENT:
                    yield (*path, place), f'"{name}": not a field of a report; {did_you_mean(name, CONTENT)}'
