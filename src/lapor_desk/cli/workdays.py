"""``lapor workdays``: add, count and explain working days for somebody who has a system already."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from lapor_core.calendar import Day, Days, Office
from lapor_core.errors import BadValue
from lapor_core.explanation.words import say
from lapor_core.texts import short_date
from lapor_desk.cli.dates import Language, read_date
from lapor_desk.cli.values import WholeNumber, print_json

__all__ = ["app"]

app = App(name="workdays", help="Add and count working days.")

Json = Annotated[bool, Parameter(negative=())]


@Parameter(name="*")
class Calendar:
    """Whose working days."""

    def __init__(
        self,
        *,
        week: Annotated[WholeNumber, Parameter(help="Days in the working week, 5 or 6.")] = 5,
        collective_leave: Annotated[
            str, Parameter(help="Collective leave is off, working, or off by the decree for civil servants (asn).")
        ] = "off",
        region: Annotated[str | None, Parameter(help="Whose regional decrees count, for example banjarbaru.")] = None,
        zone: Annotated[str, Parameter(help="The office's zone.")] = "Asia/Jakarta",
        as_known_on: Annotated[str | None, Parameter(help="Judge by the decrees issued up to this day.")] = None,
    ) -> None:
        """Take the options."""
        if week not in (5, 6):
            raise BadValue(f"a working week has 5 or 6 days, not {week}", code="bad_week")
        office = Office.indonesia(zone=zone, week=week, region=region, collective_leave=collective_leave)
        self.office = office if as_known_on is None else office.as_known_on(read_date(as_known_on))


@app.command
def add(
    start: str,
    n: Annotated[WholeNumber, Parameter(allow_leading_hyphen=True)],
    /,
    calendar: Calendar | None = None,
    *,
    zero: Literal["stay", "next", "previous"] = "stay",
    json: Json = False,
) -> None:
    """Show the N-th working day after a date, or before it when N is negative.

    Parameters
    ----------
    start
        The date, as 2026-03-13.
    n
        How many working days, a whole number.
    zero
        Where 0 working days lead from a day off: stay on it, or go to the next or the previous working day.
    json
        Print JSON.
    """
    office = (calendar or Calendar()).office
    begun = read_date(start)
    due = office.add(begun, n, zero)
    if json:
        print_json({"date": due.isoformat(), "days": _rows(office.explain(begun, due))})
    else:
        print(due.isoformat())


@app.command
def count(start: str, end: str, /, calendar: Calendar | None = None, *, json: Json = False) -> None:
    """Count the working days after one date up to and including another.

    Parameters
    ----------
    start
        The date after which counting begins.
    end
        The last date that counts.
    json
        Print JSON.
    """
    found = (calendar or Calendar()).office.count(read_date(start), read_date(end))
    if json:
        print_json({"count": found})
    else:
        print(found)


@app.command
def explain(
    start: str, end: str, /, calendar: Calendar | None = None, *, lang: Language = "id", json: Json = False
) -> None:
    """Show each day after one date up to and including another, counted or skipped, and why.

    Parameters
    ----------
    start
        The date after which counting begins.
    end
        The last date.
    lang
        The language: id or en.
    json
        Print JSON.
    """
    days = (calendar or Calendar()).office.explain(read_date(start), read_date(end))
    if json:
        print_json({"count": sum(day.working for day in days), "days": _rows(days)})
        return
    number = 0
    for day in days:
        number += day.working
        why = "" if day.working else " / ".join(e.name.en if lang == "en" else e.name.id for e in day.entries)
        why = why or ("" if day.working else say("day", "weekend", lang))
        decrees = "; ".join(dict.fromkeys(entry.decree for entry in day.entries))
        print(f"{short_date(day.date, lang):<12} {number if day.working else '-':<4} {why:<44} {decrees}".rstrip())


def _rows(days: Days) -> list[dict[str, Any]]:
    return [_row(day) for day in days]


def _row(day: Day) -> dict[str, Any]:
    reason = "working_day" if day.working else "day_off" if day.entries else "weekend"
    return {
        "date": day.date.isoformat(),
        "counted": day.working,
        "reason": reason,
        "name": " / ".join(entry.name.id for entry in day.entries) or None,
        "decree": "; ".join(dict.fromkeys(entry.decree for entry in day.entries)) or None,
    }
