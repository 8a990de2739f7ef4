"""What was typed into a report's form: read, kept as it was typed, and told where it cannot be understood."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

import attrs
from starlette.datastructures import FormData

from lapor_channels.http.requests import text_of
from lapor_core.complaint import Kind, Visibility
from lapor_core.errors import BadValue, LaporError
from lapor_core.policy import Policy

__all__ = [
    "LONGEST_TEXT",
    "REPORT",
    "WRITTEN",
    "Draft",
    "Say",
    "empty_draft",
    "not_after",
    "read_date",
    "read_draft",
    "read_time",
    "source_id",
    "too_long",
]

REPORT = ("kind", "title", "narrative", "event_date", "event_time", "place", "agency", "anonymous", "secret")
"""The fields of a report, in the order of the national form."""

LONGEST_TEXT = 100_000
"""In characters: of a chronology and of a reply. The service standard states no limit; this one and the next are ours."""

WRITTEN: Mapping[str, int] = MappingProxyType({"title": 200, "narrative": LONGEST_TEXT, "place": 500})
"""What is written in the citizen's own words, and the most characters of each."""

DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")  # a browser's own field gives the first; people write the rest
TIMES = ("%H:%M", "%H.%M", "%H:%M:%S")

Say = Callable[[LaporError], str]
Readers = Mapping[str, Callable[[str], Any]]


@attrs.frozen(kw_only=True)
class Draft:
    """A form as it came in.

    Attributes:
        typed: Every field as it was typed, to be shown again.
        fields: What could be understood, as fields of a submission.
        wrong: A sentence for each field that could not.
    """

    typed: dict[str, str] = attrs.field(repr=False)
    fields: dict[str, Any] = attrs.field(repr=False)
    wrong: dict[str, str]

    @classmethod
    def of(cls, typed: dict[str, str], readers: Readers, say: Say) -> Draft:
        """Read each field that was filled in with its reader; what a reader refuses, ``say`` puts into words."""
        fields, wrong = {}, {}
        for name in (name for name in readers if typed[name]):
            try:
                fields[name] = readers[name](typed[name])
            except BadValue as error:
                wrong[name] = say(error)
        return cls(typed=typed, fields=fields, wrong=wrong)

    def joined(self, *others: Draft) -> Draft:
        """Return the draft of the whole form that this part and ``others`` make."""
        parts = (self, *others)
        return Draft(
            typed={name: text for part in parts for name, text in part.typed.items()},
            fields={name: value for part in parts for name, value in part.fields.items()},
            wrong={name: text for part in parts for name, text in part.wrong.items()},
        )


def empty_draft(names: Iterable[str] = REPORT) -> dict[str, str]:
    """Return the fields of a new form, with its one-time id."""
    return dict.fromkeys(names, "") | {"form": str(uuid.uuid4())}


def read_draft(form: FormData, policy: Policy, today: date, say: Say) -> Draft:
    """Read a report; ``today`` is the office's day, after which nothing can have happened."""
    typed = {name: text_of(form, name) for name in (*REPORT, "form")}
    readers: Readers = {
        "kind": lambda text: _kind(text, policy),
        "event_date": lambda text: not_after(today, read_date(text)),
        "event_time": read_time,
        "agency": lambda text: _agency(text, policy),
    }
    draft = Draft.of(typed, readers, say)
    visibility = Visibility(anonymous=bool(typed["anonymous"]), secret=bool(typed["secret"]))
    written = {name: typed[name] for name in WRITTEN}
    wrong = {name: say(error) for name, limit in WRITTEN.items() if (error := too_long(typed[name], limit))}
    fields = {**written, **draft.fields, "visibility": visibility}
    return attrs.evolve(draft, fields=fields, wrong={**wrong, **draft.wrong})


def too_long(text: str, limit: int = LONGEST_TEXT) -> BadValue | None:
    """Return what is wrong with a text of more than ``limit`` characters (code ``too_long``); None when it is not."""
    over = len(text) - limit
    if over <= 0:
        return None
    message = f"the text has {over} characters more than the {limit} that are taken"
    return BadValue(message, code="too_long", limit=limit, over=over)


def source_id(form: str, person: str) -> str:
    """Return the one-time id of a form, made the person's own: nobody gets another's receipt by guessing or copying an id."""
    try:
        return str(uuid.uuid5(uuid.UUID(form), person))
    except ValueError:
        return str(uuid.uuid4())


def read_date(text: str) -> date:
    """Return a date as a browser or a person writes it, the day before the month.

    Raises:
        BadValue: code ``bad_date``.
    """
    return _read(text, DATES, "bad_date").date()


def read_time(text: str) -> time:
    """Return a time of day, to the minute.

    Raises:
        BadValue: code ``bad_time``.
    """
    return _read(text, TIMES, "bad_time").time()


def not_after(today: date, day: date) -> date:
    """Return ``day``.

    Raises:
        BadValue: it comes after ``today`` (code ``in_the_future``).
    """
    if day > today:
        raise BadValue("the day lies in the future", code="in_the_future")
    return day


def _kind(text: str, policy: Policy) -> Kind:
    if text not in policy.kinds:
        raise BadValue("not a kind of this policy", code="unknown_kind", allowed=tuple(policy.kinds))
    return Kind(text)


def _agency(text: str, policy: Policy) -> str:
    keys = tuple(agency.key for agency in policy.agencies)
    if text not in keys:
        raise BadValue("not an agency of this policy", code="unknown_agency", allowed=keys)
    return text


def _read(text: str, patterns: tuple[str, ...], code: str) -> datetime:
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 (only its day or its time of day is used)
        except ValueError:
            continue
    raise BadValue(f"cannot be understood; allowed: {', '.join(patterns)}", code=code)
