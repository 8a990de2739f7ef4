"""All that was recorded of a clock, checked and counted: the one way to a deadline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from lapor_core.calendar import Office
from lapor_core.clocks.counting import Counted, count
from lapor_core.clocks.deadline import Deadline
from lapor_core.clocks.extensions import Extension, extended, in_order
from lapor_core.clocks.pauses import Pause, merged
from lapor_core.errors import BadValue, all_of, require_aware, require_type
from lapor_core.policy.amounts import Limit
from lapor_core.policy.clock_rule import ClockRule

__all__ = ["compute"]


def compute(
    *,
    name: str,
    rule: ClockRule,
    limit: Limit,
    start: datetime,
    office: Office,
    policy: str,
    tier: str | None = None,
    own: Limit | None = None,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Extension] = (),
    granted: Iterable[Extension] = (),
    now: datetime | None = None,
    first_start: datetime | None = None,
) -> Deadline:
    """Return when a clock is due that began at ``start``.

    Args:
        name: The clock's name in the policy.
        rule: How it runs.
        limit: How long; of several (``min``) the one that ends first.
        start: The instant of the event that starts it (aware).
        office: Whose calendar it runs on.
        policy: ``id@version``.
        tier: The tier it is judged by.
        own: What the reported agency has promised itself, for limits that take it into account.
        pauses: Stretches that do not count.
        extensions: Extensions, judged by what the standard allows.
        granted: Extensions before them that stand in a record: they were judged when they were granted.
        now: The present (aware); needed with pauses or extensions, for what lies in the future has not happened.
        first_start: When it began the first time (aware), of a clock that starts anew after a return.

    Raises:
        BadValue: ``start`` is naive (``naive_datetime``); a pause has no end yet (``open_pause``) or lies in the future
            (``future_pause``); an extension lies in the future (``future_extension``), came too late
            (``late_extension``), adds more than the standard allows (``long_extension``, ``too_many_extensions``), or the
            standard knows none (``no_extension``); ``now`` is missing where it is needed (``now_needed``).
        BadType: a value of another type (``wrong_type``, ``not_a_datetime``).
        OutOfReach: the calendar does not reach that far.
    """
    if not (isinstance(rule, ClockRule) and isinstance(limit, Limit) and isinstance(office, Office)):
        _refuse_types(rule, limit, office)
    begun = office.local(require_aware(start, "start"))
    pauses, extensions = all_of(pauses, Pause, "pauses"), all_of(extensions, Extension, "extensions")
    granted = all_of(granted, Extension, "granted")
    added = (*in_order(granted), *in_order(extensions)) if granted or extensions else ()
    if pauses or added or now is not None:
        _check_past(
            pauses, extensions, now
        )  # what was granted stands in the record, whatever is written down afterwards
    paused = merged(pauses, office) if pauses else ()
    limits = limit.candidates(own)
    found = [count(rule, each, begun, office, paused) for each in limits]
    base = min(found, key=_due) if len(found) > 1 else found[0]
    parts = (base, *extended(rule, base, extensions, office, paused, granted=granted)) if added else (base,)
    return Deadline(
        clock=name,
        title=rule.title,
        tier=tier,
        limit=base.limit,
        chosen_from=limits if len(limits) > 1 else (),
        start=begun,
        first_start=None if first_start is None else office.local(first_start),
        due=parts[-1].due,
        due_date=parts[-1].last,
        policy=policy,
        rule=rule,
        office=office,
        pauses=pauses,
        extensions=added,
        parts=parts,
    )


def _refuse_types(rule: object, limit: object, office: object) -> None:
    require_type(rule, ClockRule, "rule")
    require_type(limit, Limit, "limit")
    require_type(office, Office, "office")


def _due(counted: Counted) -> datetime:
    return counted.due


def _check_past(pauses: Sequence[Pause], extensions: Sequence[Extension], now: datetime | None) -> None:
    if now is None:
        message = "pauses and extensions are taken only with now, for what lies in the future has not happened"
        raise BadValue(message, code="now_needed")
    require_aware(now)
    for what, moment in _moments(pauses, extensions):
        if moment > now:
            message = f"{what} at {moment.isoformat()} lies in the future; it is {now.isoformat()}"
            raise BadValue(message, code=f"future_{what.rpartition(' ')[2]}", value=moment, now=now)


def _moments(pauses: Sequence[Pause], extensions: Sequence[Extension]) -> Iterator[tuple[str, datetime]]:
    for pause in pauses:
        yield "a pause", pause.end if pause.end is not None else pause.start
    for extension in extensions:
        yield "an extension", extension.granted_at
