"""Who stands before the counter, and when what is entered was received."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from starlette.datastructures import FormData

from lapor_channels.http import text_of
from lapor_channels.http.contacts import LONGEST_NAME, international, is_email, is_name
from lapor_channels.http.drafts import Draft, Say, read_date, read_time
from lapor_core.complaint import Reporter
from lapor_core.errors import BadValue
from lapor_core.texts import LANGUAGES

__all__ = ["HIDDEN", "PAPER", "VISITOR", "local_instant", "read_received", "read_visitor"]

VISITOR = ("name", "mobile", "email", "identity_number", "language")
PAPER = ("received_date", "received_time")

HIDDEN = "•" * 16
"""What stands for an identity number that was typed: all of it, for its digits tell sex and birthday."""


def read_visitor(form: FormData, say: Say) -> Draft:
    """Read who is visiting; ``fields`` has the ``reporter``. An identity number is never shown again."""
    typed = {name: text_of(form, name) for name in VISITOR}
    typed["language"] = typed["language"] or LANGUAGES[0]
    readers = {
        "name": _name,
        "mobile": _mobile,
        "email": _email,
        "identity_number": _identity_number,
        "language": _language,
    }
    draft = Draft.of(typed, readers, say)
    wrong = draft.wrong if typed["name"] else {"name": say(_bad("a name is needed", "name_needed"))} | draft.wrong
    shown = typed | {"identity_number": HIDDEN if typed["identity_number"] else ""}
    return Draft(typed=shown, fields={"reporter": Reporter(**draft.fields)}, wrong=wrong)


def read_received(form: FormData, now: datetime, days: int, say: Say) -> Draft:
    """Read when a letter was received; what is told at the counter is received ``now``.

    ``fields`` has ``received_at`` in the office's zone, and ``entered_at`` when that is later. A day and a time of day
    make an instant only together, and only where the clocks of the office showed that time exactly once.

    Args:
        form: The form.
        now: The present instant in the office's zone.
        days: How many days ago it may have been at most.
        say: Puts a fault into words.
    """
    typed = {name: text_of(form, name) for name in PAPER}
    draft = Draft.of(typed, {"received_date": read_date, "received_time": read_time}, say)
    wrong, received = draft.wrong, now
    if not wrong and any(typed.values()):
        try:
            received = _received(draft.fields, now, days)
        except BadValue as error:
            wrong = {error.params["field"]: say(error)}
    fields: dict[str, Any] = {"received_at": received}
    return Draft(typed=typed, fields=fields | ({"entered_at": now} if received < now else {}), wrong=wrong)


def local_instant(day: date, clock: time, zone: tzinfo | None) -> datetime:
    """Return the instant at which the clocks of ``zone`` showed that time on that day.

    Raises:
        BadValue: they never did (code ``time_never``), or twice (``time_twice``): clocks were changed then.
    """
    moment = datetime.combine(day, clock, zone)
    before, after = (moment.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    if before == after:
        return moment
    if before > after:
        raise _bad("the clocks showed this time twice", "time_twice", field="received_time")
    raise _bad("the clocks never showed this time", "time_never", field="received_time")


def _received(fields: dict[str, Any], now: datetime, days: int) -> datetime:
    for name, code in (("received_date", "date_needed"), ("received_time", "time_needed")):
        if name not in fields:
            raise _bad("a day and a time belong together", code, field=name)
    day = fields["received_date"]
    if day > now.date():
        raise _bad("the day has not come yet", "in_the_future", field="received_date")
    if day < now.date() - timedelta(days=days):
        raise _bad(f"more than {days} days ago", "too_long_ago", field="received_date", days=days)
    received = local_instant(day, fields["received_time"], now.tzinfo)
    if received > now:
        raise _bad("the time has not come yet", "in_the_future", field="received_time")
    return received


def _name(text: str) -> str:
    return _checked(text, "bad_name", is_name(text), limit=LONGEST_NAME)


def _mobile(text: str) -> str:
    return _checked(international(text), "bad_mobile", bool(international(text)))


def _email(text: str) -> str:
    return _checked(text, "bad_email", is_email(text))


def _identity_number(text: str) -> str:
    """Its shape only: a NIK has no check digit, and some that were given out break the rules of its digits."""
    digits = re.sub(r"[\s.-]", "", text)
    return _checked(digits, "bad_identity_number", re.fullmatch("[0-9]{16}", digits) is not None)


def _language(text: str) -> str:
    return _checked(text, "unknown_language", text in LANGUAGES)


def _checked(value: str, code: str, good: bool, **params: Any) -> str:  # noqa: FBT001 (a helper of the five above)
    if not good:
        raise _bad("not what this field takes", code, **params)
    return value


def _bad(message: str, code: str, **params: Any) -> BadValue:
    return BadValue(message, code=code, **params)
