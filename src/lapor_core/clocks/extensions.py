"""More time, granted by somebody: how often, how much and until when, as the standard allows it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import attrs

from lapor_core.calendar import Office
from lapor_core.clocks.counting import Counted, count_further, later_by
from lapor_core.clocks.pauses import Stretch, aware
from lapor_core.errors import BadValue, require_type
from lapor_core.policy.amounts import Amount, Limit, Unit
from lapor_core.policy.clock_rule import ClockRule, DayEnd, ExtensionRule

__all__ = ["Extension", "extended", "in_order", "latest_of", "longest_further"]


def _one_amount(_: object, field: attrs.Attribute[Limit], value: Limit) -> None:
    require_type(value, Limit, field.name)
    if value.others or value.agency:
        message = f'"{value}": an extension adds one amount, for example "7 working_days"'
        raise BadValue(message, code="bad_amount", name=field.name, value=str(value))


@attrs.frozen(kw_only=True)
class Extension:
    """More time, granted by somebody at an instant (aware) for a reason; counted from the due day it extends."""

    limit: Limit = attrs.field(validator=_one_amount)
    granted_at: datetime = attrs.field(validator=aware)
    reason: str = attrs.field(default="", repr=False)  # may name a person


def extended(
    rule: ClockRule,
    base: Counted,
    extensions: Iterable[Extension],
    office: Office,
    pauses: Sequence[Stretch],
    *,
    granted: Iterable[Extension] = (),
) -> Iterator[Counted]:
    """Yield where each extension ends, in the order in which they were granted; each is counted from the one before.

    Args:
        rule: How the clock runs.
        base: The limit itself, as it was counted.
        extensions: What is to be granted, and is judged by the standard.
        office: Whose days.
        pauses: Stretches that do not count.
        granted: What stands in the record already. It was judged when it was granted: a decree that came later and
            brought the due day forward makes none of it too late.

    Raises:
        BadValue: the standard knows no extension of this clock (code ``no_extension``), there are more than it allows
            (``too_many_extensions``), one came too late (``late_extension``) or adds too much (``long_extension``).
    """
    before, kept = base, in_order(granted)
    for extension in kept:
        before = count_further(rule, extension.limit, before.due, office, pauses)
        yield before
    new = in_order(extensions)
    if not new:
        return
    allowed = _allowed(rule, len(kept) + len(new))
    most = allowed.limit.over(base.limit)
    together = allowed.maximum.over(base.limit) if allowed.maximum is not None else None
    for extension in new:
        _check_in_time(extension, latest_of(allowed.by, before, rule, office))
        found = count_further(rule, extension.limit, before.due, office, pauses)
        if found.due > count_further(rule, most, before.due, office, pauses).due:
            message = f"an extension by {extension.limit} is more than the standard allows, which is {most}"
            raise _too_long(message, extension.limit, most)
        if together is not None and found.due > count_further(rule, together, base.due, office, pauses).due:
            message = (
                f"with {extension.limit} more the extensions add more than the standard allows, which is {together}"
            )
            raise _too_long(message, extension.limit, together)
        before = found
        yield found


def longest_further(
    rule: ClockRule, parts: Sequence[Counted], office: Office, pauses: Sequence[Stretch]
) -> Limit | None:
    """Return how much one more extension may add: less than its limit where what all may add together is nearly used up.

    Args:
        rule: How the clock runs.
        parts: The limit itself and what was granted, as they were counted.
        office: Whose days.
        pauses: Stretches that do not count.

    Returns:
        An amount in the unit of the extension's limit; None when nothing is left, or the standard knows no extension.
    """
    allowed, base, before = rule.extension, parts[0], parts[-1]
    if allowed is None:
        return None
    most = allowed.limit.over(base.limit)
    if allowed.maximum is None:
        return most
    last = count_further(rule, allowed.maximum.over(base.limit), base.due, office, pauses).due

    def too_much(amount: int) -> bool:
        return count_further(rule, Limit(amount, most.unit), before.due, office, pauses).due > last

    left = bisect_left(range(1, most.amount + 1), x=True, key=too_much)
    return Limit(left, most.unit) if left else None


def in_order(extensions: Iterable[Extension]) -> tuple[Extension, ...]:
    """Return extensions in the order in which they were granted."""
    return tuple(sorted(extensions, key=lambda extension: extension.granted_at))


def _allowed(rule: ClockRule, number: int) -> ExtensionRule:
    if rule.extension is None:
        raise BadValue("the standard knows no extension of this clock", code="no_extension")
    if number > rule.extension.times:
        message = f"{number} extensions, and the standard allows {rule.extension.times}"
        raise BadValue(message, code="too_many_extensions", value=number, allowed=rule.extension.times)
    return rule.extension


def _too_long(message: str, given: Limit, most: Limit) -> BadValue:
    amount = {"amount": most.amount, "unit": most.unit.value}
    return BadValue(message, code="long_extension", value=str(given), allowed=str(most), **amount)


def _check_in_time(extension: Extension, latest: datetime) -> None:
    if extension.granted_at > latest:
        at = extension.granted_at.isoformat()
        message = f"an extension granted at {at} comes too late: it had to be by {latest.isoformat()}"
        raise BadValue(message, code="late_extension", value=extension.granted_at, latest=latest)


def latest_of(by: Amount, before: Counted, rule: ClockRule, office: Office) -> datetime:
    """Return the last instant at which an extension may be made."""
    if not by.amount:
        return before.due
    if by.unit is Unit.HOURS:
        return later_by(by.amount, before.due, office)
    back = by.amount if by.unit is Unit.WORKING_DAYS else 0
    day = office.add(before.last, back) if back else before.last + timedelta(days=by.amount)
    closing = office.closing(day) if rule.ends is DayEnd.CLOSING else None
    return closing or office.end_of_day(day)
