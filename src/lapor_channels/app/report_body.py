"""A report as an app writes it, and what of it can be taken into a submission."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, TypeVar

import attrs

from lapor_channels.http import clean
from lapor_core.complaint import Kind, personal
from lapor_core.errors import BadValue
from lapor_core.policy import Policy

__all__ = ["ContentBody", "ReportBody", "fields_of"]

T = TypeVar("T", date, time)

# The library of Python reads more of ISO 8601 than an app can be asked to write: weeks, hours alone, offsets, 24:00.
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


@attrs.frozen(kw_only=True)
class ContentBody:
    """The keys of what is reported; which of them must be there, the policy says.

    Attributes:
        event_date: As ``2026-03-12``.
        event_time: As ``19:30``, on the clocks of the office's zone.
    """

    kind: str | None = None
    title: str = personal(default="")
    narrative: str = personal(default="")
    event_date: str | None = None
    event_time: str | None = None
    place: str = personal(default="")
    agency: str | None = None


@attrs.frozen(kw_only=True)
class ReportBody(ContentBody):
    """The keys of a report: what is reported, and what is hidden of it."""

    anonymous: bool = False
    secret: bool = False


def fields_of(body: ContentBody, policy: Policy, now: datetime) -> tuple[dict[str, Any], list[BadValue]]:
    """Return what is understood, as fields of a submission, and what is wrong, each naming its field.

    Args:
        body: What was written.
        policy: Says which kinds and agencies there are.
        now: In the office's zone; nothing can have happened later.
    """
    fields: dict[str, Any] = {name: clean(getattr(body, name)) for name in ("title", "narrative", "place")}
    faults = []
    readers: Mapping[str, Callable[[str], Any]] = {
        "kind": lambda text: Kind(_one_of(tuple(policy.kinds), text, "kind")),
        "event_date": lambda text: _read(date, DAY, text, "event_date", "bad_date"),
        "event_time": lambda text: _read(time, TIME, text, "event_time", "bad_time"),
        "agency": lambda text: _one_of(tuple(agency.key for agency in policy.agencies), text, "agency"),
    }
    for name, read in readers.items():
        text = getattr(body, name)
        try:
            fields[name] = None if text is None else read(text)
        except BadValue as error:
            faults.append(error)
    faults += _from_the_future(fields.get("event_date"), fields.get("event_time"), now)
    return fields, faults


def _one_of(allowed: tuple[str, ...], text: str, field: str) -> str:
    if text not in allowed:
        message = f"{field}: not one of those that there are ({', '.join(allowed)})"
        raise BadValue(message, code=f"unknown_{field}", field=field, allowed=allowed)
    return text


def _read(kind: type[T], pattern: re.Pattern[str], text: str, field: str, code: str) -> T:
    try:
        if pattern.fullmatch(text):
            return kind.fromisoformat(text)
    except ValueError:
        pass
    raise BadValue(f"{field}: not a {kind.__name__}", code=code, field=field)


def _from_the_future(day: date | None, moment: time | None, now: datetime) -> list[BadValue]:
    if day is None or day < now.date():
        return []
    if day > now.date():
        return [BadValue("event_date: has not come yet", code="in_the_future", field="event_date")]
    is_later = moment is not None and moment > now.time()
    return [BadValue("event_time: has not come yet", code="in_the_future", field="event_time")] if is_later else []
