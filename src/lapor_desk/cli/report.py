"""``lapor report``: what was promised and what was kept, for the superior."""

from __future__ import annotations

import csv
import json as json_
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from lapor_desk.cli.dates import read_date
from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.progress import watched
from lapor_desk.cli.values import print_json

if TYPE_CHECKING:
    from lapor_core.performance import ClockRow
    from lapor_core.reports import Performance, Report
    from lapor_desk.house import House

__all__ = ["app"]

app = App(name="report", help="What was promised and what was kept, by agency, tier, clock and month.")

Flag = Annotated[bool, Parameter(negative=())]


@app.default
def report(
    *,
    from_: Annotated[str, Parameter(name="--from")],
    until: str,
    agency: str | None = None,
    rows: Flag = False,
    json: Flag = False,
    as_csv: Annotated[bool, Parameter(name="--csv", negative=())] = False,
    config: Path | None = None,
    database: str | None = None,
) -> int:
    """Count the promises that were due from one day to another, each in the month in which it was due.

    All of it stands in the record, judged by the policy and the calendar of its day. Nothing personal is in it. Exit status 1
    when a complaint cannot be read.

    Parameters
    ----------
    from_
        The first day, as 2026-01-01.
    until
        The last day, as 2026-12-31.
    agency
        Only what this agency owed, by its key; with an empty key, what the office itself owed.
    rows
        Every clock in place of the counts: as CSV, or with --json one JSON object per line. Instants are in UTC.
    json
        Print JSON.
    as_csv
        Print CSV, for a spreadsheet.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_core import reports

    asked: dict[str, Any] = {"first": read_date(from_), "last": read_date(until), "agency": agency}
    reports.check_period(asked["first"], asked["last"])
    problems: Counter[str] = Counter()
    with opened(configured(config, database=database)) as house:
        found = _clocks(house, asked["last"], problems)
        if rows:
            _print_rows(reports.due_within(found, **asked), json=json)
        else:
            _print_report(reports.report(found, **asked), json=json, as_csv=as_csv)
    for problem, count in problems.items():
        print(f"complaints that cannot be read: {count} ({problem}); see: lapor audit verify", file=sys.stderr)
    return 1 if problems else 0


def _clocks(house: House, last: date, problems: Counter[str]) -> Iterator[ClockRow]:
    from lapor_desk.reporting import count_received, read_clocks

    for each in watched(read_clocks(house.store, last), "reading", count_received(house.store, last)):
        yield from each.rows
        if each.problem:
            problems[each.problem] += 1


def _print_rows(rows: Iterable[ClockRow], *, json: bool) -> None:
    from lapor_core.structure import to_json

    if json:
        for row in rows:
            print(json_.dumps(to_json(row)))
    else:
        _print_csv(map(_flat, rows), _ROW_COLUMNS)


def _print_report(report: Report, *, json: bool, as_csv: bool) -> None:
    if json:
        counts = {"rows": list(map(_counts, report.rows)), "totals": list(map(_counts, report.totals))}
        print_json({"from": report.first.isoformat(), "until": report.last.isoformat(), **counts})
    elif as_csv:
        _print_csv(map(_counts, report.rows), _COLUMNS)
    else:
        print(f"promises due from {report.first} to {report.last}\n")
        _print_table([*map(_counts, report.rows), *map(_counts, report.totals)])


def _counts(each: Performance) -> dict[str, Any]:
    return {
        "month": each.month,
        "agency": each.agency,
        "tier": each.tier,
        "clock": each.clock,
        "promised": each.promised,
        "met": each.met,
        "missed": each.missed,
        "running": each.running,
        "ended": each.ended,
        "corrected": each.corrected,
        "in_time": None if each.in_time is None else round(each.in_time, 4),
        "median_working_days": each.days(0.5),
        "p90_working_days": each.days(0.9),
    }


_COLUMNS = (
    *("month", "agency", "tier", "clock", "promised", "met", "missed", "running", "ended", "corrected", "in_time"),
    *("median_working_days", "p90_working_days"),
)
_ROW_COLUMNS = (
    *("complaint", "agencies", "tier", "clock", "round", "limit", "started", "due", "due_date", "stopped", "verdict"),
    *("misses", "working_days", "days_late", "pauses", "extensions", "moves", "policy", "calendar"),
)


def _flat(row: ClockRow) -> dict[str, Any]:
    """Return a row for a spreadsheet: of several misses and pauses how many, of names all in one cell."""
    from lapor_core.structure import to_json

    joined = {"agencies": " ".join(row.agencies), "moves": " ".join(row.moves)}
    return {**to_json(row), **joined, "misses": len(row.misses), "pauses": len(row.pauses)}


def _print_csv(rows: Iterable[dict[str, Any]], columns: Iterable[str]) -> None:
    out = csv.DictWriter(sys.stdout, list(columns), lineterminator="\n")
    out.writeheader()
    for row in rows:
        out.writerow(row)


_HEADINGS = {"median_working_days": "median", "p90_working_days": "90 %", "in_time": "in time"}


def _print_table(rows: list[dict[str, Any]]) -> None:
    """Names stand to the left, numbers to the right; of all months or agencies together, the cell says so."""
    lines = [[_HEADINGS.get(column, column) for column in _COLUMNS], *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (
            cell.ljust(width) if place < _NAMES else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells).rstrip())


_NAMES = 4
"""The first columns hold names."""


def _cells(row: dict[str, Any]) -> list[str]:
    shown = row | {
        "month": row["month"] or "all",
        "agency": {None: "all", "": "(office)"}.get(row["agency"], row["agency"]),
        "tier": "all" if row["tier"] is None else row["tier"] or "-",
        "in_time": "-" if row["in_time"] is None else f"{row['in_time']:.1%}",
    }
    return ["-" if shown[column] is None else str(shown[column]) for column in _COLUMNS]
