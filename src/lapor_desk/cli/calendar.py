"""``lapor calendar``: show, compare and check the ledger of holiday decrees."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from lapor_core.calendar import ChangedDay, Day, NetDay, Office, difference, indonesia, overlay, resolve_region
from lapor_core.errors import BadValue, OutOfReach
from lapor_core.explanation.words import say
from lapor_core.texts import long_date
from lapor_desk.cli.dates import read_date
from lapor_desk.cli.values import WholeNumber, print_json, read_text
from lapor_desk.counting import counted

__all__ = ["app"]

app = App(name="calendar", help="Show, compare and check the ledger of holiday decrees.")

Json = Annotated[bool, Parameter(negative=())]


@app.command
def show(
    year: WholeNumber, /, *, region: str | None = None, as_known_on: str | None = None, json: Json = False
) -> None:
    """Show the days of a year that are off, or working, by decree.

    Parameters
    ----------
    year
        The year.
    region
        Whose regional decrees count besides the national ones.
    as_known_on
        Judge by the decrees issued up to this day.
    json
        Print JSON.
    """
    ledger = indonesia() if as_known_on is None else indonesia().as_known_on(read_date(as_known_on))
    days = _days_of(year, Office.indonesia(zone="Asia/Jakarta", region=region, ledger=ledger))
    if json:
        print_json([_of_day(day) for day in days])
        return
    for day in days:
        row = _of_day(day)
        print(f"{long_date(day.date):<28} {row['effect']:<8} {row['name']:<52} {row['decree']}")
    for reason in dict.fromkeys(day.provisional for day in days if day.provisional):
        print(say("heading", "provisional", "id", reason=reason.in_language("id")))


@app.command
def diff(
    *,
    known_on: Annotated[tuple[str, str], Parameter(consume_multiple=True, negative=())],
    region: str | None = None,
    json: Json = False,
) -> None:
    """Show which days changed between two days of knowledge, and by which decree.

    Parameters
    ----------
    known_on
        Two dates: what was known on the first, and on the second.
    region
        Whose regional decrees count besides the national ones.
    json
        Print JSON.
    """
    first, second = map(read_date, known_on)
    if second < first:
        raise BadValue(f"--known-on {first} {second}: give the earlier day first", code="bad_order")
    ledger = indonesia()
    changes = difference(ledger.as_known_on(first), ledger.as_known_on(second), _region(region))
    if json:
        print_json([_change(change) for change in changes])
        return
    for change in changes:
        print(f"{change.date}  {_effect(change.before)} -> {_effect(change.after)}  {_why(change)}")


@app.command
def check(file: Path, /) -> None:
    """Check a file of decrees, laid over the shipped ones; every fault is shown with its line.

    Parameters
    ----------
    file
        The TOML file.
    """
    ledger = overlay(indonesia(), read_text(file), file.name)
    print(f"{file.name}: {counted(len(ledger.decrees) - len(indonesia().decrees), 'decree')}, no fault")


def _region(name: str | None) -> str | None:
    return None if name is None else resolve_region(name, indonesia().scopes)


def _days_of(year: int, office: Office) -> list[Day]:
    """Return the days of a year that are not what the week makes of them; years without a decree are provisional."""
    if not office.first.year <= year <= office.last.year:
        message = f"{year} is outside the calendar, which reaches from {office.first.year} to {office.last.year}"
        raise OutOfReach(message, code="out_of_reach", value=year)
    first = date(year, 1, 1)
    return [day for day in (office.day(first), *office.explain(first, date(year, 12, 31))) if day.entries]


def _of_day(day: Day) -> dict[str, Any]:
    """Return one row of the year; ``provisional`` is there only where the day may still change."""
    issued = max((entry.issued for entry in day.entries if entry.issued is not None), default=None)
    row = {
        "date": day.date.isoformat(),
        "effect": day.entries[0].effect.value,
        "kind": day.entries[0].kind.value,
        "name": "; ".join(dict.fromkeys(entry.name.id for entry in day.entries)),
        "decree": "; ".join(dict.fromkeys(entry.decree for entry in day.entries)),
        "issued": issued.isoformat() if issued else None,
    }
    return row if day.provisional is None else {**row, "provisional": str(day.provisional)}


def _row(row: NetDay) -> dict[str, Any]:
    return {
        "date": row.date.isoformat(),
        "effect": row.effect.value,
        "kind": row.kind.value,
        "name": row.name.id,
        "decree": row.decree,
        "issued": row.issued.isoformat() if row.issued else None,
    }


def _change(change: ChangedDay) -> dict[str, Any]:
    return {
        "date": change.date.isoformat(),
        "before": _row(change.before) if change.before else None,
        "after": _row(change.after) if change.after else None,
        "because": [
            {"effect": entry.effect.value, "name": entry.name.id, "decree": entry.decree} for entry in change.because
        ],
    }


def _effect(row: NetDay | None) -> str:
    return f"{row.effect} ({row.name.id})" if row else "as the week says"


def _why(change: ChangedDay) -> str:
    return "; ".join(dict.fromkeys(entry.decree for entry in change.because))
