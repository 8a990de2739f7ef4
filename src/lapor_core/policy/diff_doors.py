"""What changes at the doors of a service: what must be brought, whom one can turn to, what is told and refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from lapor_core.policy.change import Change, Words, change, in_words, plain
from lapor_core.policy.model import Contact, LadderStep, Policy, Requirement
from lapor_core.policy.phrasing import distance_in_words
from lapor_core.texts import word

__all__ = ["changed_doors"]

_WAYS = ("name", "telephone", "whatsapp", "email", "site")


def changed_doors(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield what changes in requirements, conditions, contacts, steps and refusals."""
    yield from _conditions("conditions", before.conditions, after.conditions)
    yield from _channels(before, after)
    yield from _contacts(before.contacts, after.contacts)
    yield from _ladder(before, after)
    for key in {**before.refusals, **after.refusals}:
        if (key in before.refusals) != (key in after.refusals):
            code = "refusal_added" if key in after.refusals else "refusal_removed"
            title = (after.refusals if key in after.refusals else before.refusals)[key].title
            yield change(code, f"refusals.{key}", refusal=title.in_language)


def _channels(before: Policy, after: Policy) -> Iterator[Change]:
    """Compare what each door asks for, by the row that serves it: its own, or the one for others."""
    for key in {**before.channels, **after.channels}:
        path = f"channels.{key}"
        if (key in before.channels) != (key in after.channels):
            code = "channel_added" if key in after.channels else "channel_removed"
            yield change(code, path, channel=_channel(key))
        old, new = (policy.channels.get(key, policy.channels.get("other")) for policy in (before, after))
        if old is not None and new is not None:
            was, now = _asked(old), _asked(new)
            for piece in now:
                if piece not in was:
                    yield change("asked_more", path, channel=_channel(key), what=in_words(*piece))
            for piece in was:
                if piece not in now:
                    yield change("asked_less", path, channel=_channel(key), what=in_words(*piece))
            yield from _conditions(path, old.conditions, new.conditions)


def _conditions(path: str, was: tuple[str, ...], now: tuple[str, ...]) -> Iterator[Change]:
    """Compare what citizens are shown and nobody checks."""
    yield from (change("condition_added", path, condition=each) for each in now if each not in was)
    yield from (change("condition_removed", path, condition=each) for each in was if each not in now)


def _asked(requirement: Requirement) -> tuple[tuple[str, str], ...]:
    proofs = sorted(("proof", proof.value) for proof in requirement.proofs)
    return (*proofs, *(("content", name) for name in requirement.content))


def _channel(key: str) -> Words:
    return lambda language: word("channel", key, language)


def _contacts(before: Mapping[str, Contact], after: Mapping[str, Contact]) -> Iterator[Change]:
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        path = f"contacts.{key}"
        if old is None or new is None:
            found = new or old
            yield change(
                "contact_removed" if new is None else "contact_added", path, contact=found.name if found else key
            )
            continue
        was, now = (attrs.astuple(contact, filter=lambda field, _: field.name in _WAYS) for contact in (old, new))
        if was != now:
            ways = (tuple(filter(None, each)) for each in (was, now))
            first, second = (plain(each) for each in ways)
            yield change("contact_changed", path, contact=new.name, before=first, after=second)


def _ladder(before: Policy, after: Policy) -> Iterator[Change]:
    old, new = ({step.key: step for step in policy.ladder} for policy in (before, after))
    for key in {**old, **new}:
        path, step = f"ladder.{key}", _step(key, after if key in new else before)
        if (key in old) != (key in new):
            yield change("step_added" if key in new else "step_removed", path, step=step)
        if key in old and key in new:
            yield from _changed(path, step, old[key], new[key])
        shown_before, shown_after = _shown(old.get(key)), _shown(new.get(key))
        for contact in (*shown_after, *shown_before):
            if (contact in shown_before) != (contact in shown_after):
                code = "shown_added" if contact in shown_after else "shown_removed"
                policy = after if contact in shown_after else before
                yield change(code, path, contact=policy.contacts[contact].name, step=step)


def _changed(path: str, step: Words, was: LadderStep, now: LadderStep) -> Iterator[Change]:
    for part in ("remind", "act", "different_person", "anytime"):
        before, after = getattr(was, part), getattr(now, part)
        if before != after:
            yield change(
                "step_changed", path, step=step, what=in_words("part", part), before=plain(before), after=plain(after)
            )


def _shown(step: LadderStep | None) -> tuple[str, ...]:
    return () if step is None else step.show_reporter


def _step(key: str, policy: Policy) -> Words:
    """Return where a step stands: *Tenggat penyelesaian +1 hari kerja*."""
    step = next(step for step in policy.ladder if step.key == key)

    def words(language: str) -> str:
        return f"{policy.clock(step.clock).title.in_language(language)} {distance_in_words(step.at, language)}"

    return words
