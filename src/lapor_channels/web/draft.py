"""What a citizen typed into the report's form: read, kept as it was typed, and told where it cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import attrs
from starlette.datastructures import FormData

from lapor_channels.http import text_of
from lapor_channels.http.texts import error_text
from lapor_core.complaint import Kind, Visibility
from lapor_core.policy import Policy

__all__ = ["Draft", "empty_draft", "read_draft"]

WRITTEN = ("title", "narrative", "place")
ORDER = ("kind", "title", "narrative", "event_date", "event_time", "place", "agency", "uploads")
FIELDS = (*ORDER[:-1], "anonymous", "secret", "form")
DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")  # a browser's own field gives the first; people write the rest
TIMES = ("%H:%M", "%H.%M", "%H:%M:%S")


@attrs.frozen(kw_only=True)
class Draft:
    """A form as it came in.

    Attributes:
        typed: Every field as it was typed, to be shown again.
        fields: What could be understood, as fields of a submission.
        wrong: A sentence for each field that could not.
    """

    typed: Mapping[str, str] = attrs.field(repr=False)
    fields: Mapping[str, Any] = attrs.field(repr=False)
    wrong: Mapping[str, str]

    def in_order(self, wrong: Mapping[str, str]) -> dict[str, str]:
        """Return faults in the order of the form's fields, those of no field last."""
        known = {field: wrong[field] for field in ORDER if field in wrong}
        return known | dict(wrong)


def empty_draft(form: str) -> dict[str, str]:
    """Return the fields of a new form, whose one-time id is ``form``."""
    return dict.fromkeys(FIELDS, "") | {"form": form}


def read_draft(form: FormData, policy: Policy, today: date, language: str) -> Draft:
    """Read a form; ``today`` is the office's day, after which nothing can have happened."""
    typed = {name: text_of(form, name) for name in FIELDS}
    readers: Mapping[str, Callable[[str], Any]] = {
        "kind": lambda text: _kind(text, policy),
        "event_date": lambda text: _past(_read(text, DATES, "bad_date").date(), today),
        "event_time": lambda text: _read(text, TIMES, "bad_time").time(),
        "agency": lambda text: _agency(text, policy),
    }
    fields: dict[str, Any] = {name: typed[name] for name in WRITTEN}
    fields["visibility"] = Visibility(anonymous=bool(typed["anonymous"]), secret=bool(typed["secret"]))
    wrong = {}
    for name in (name for name in readers if typed[name]):
        try:
            fields[name] = readers[name](typed[name])
        except _NotUnderstoodError as error:
            wrong[name] = error_text(error.code, language)
    return Draft(typed=typed, fields=fields, wrong=wrong)


class _NotUnderstoodError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _kind(text: str, policy: Policy) -> Kind:
    if text not in policy.kinds:
        raise _NotUnderstoodError("unknown_kind")
    return Kind(text)


def _agency(text: str, policy: Policy) -> str:
    if text not in {agency.key for agency in policy.agencies}:
        raise _NotUnderstoodError("unknown_agency")
    return text


def _past(day: date, today: date) -> date:
    if day > today:
        raise _NotUnderstoodError("in_the_future")
    return day


def _read(text: str, patterns: tuple[str, ...], code: str) -> datetime:
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 (only its day or its time of day is used)
        except ValueError:
            continue
    raise _NotUnderstoodError(code)
