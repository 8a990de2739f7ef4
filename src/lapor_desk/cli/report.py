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
    from lapor_core.reports import Report, Table
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
        found = _clocks(house, asked["first"], asked["last"], problems)
        if rows:
            _print_rows(reports.due_within(found, **asked), json=json)
        else:
            _print_report(reports.report(found, **asked), json=json, as_csv=as_csv)
    for problem, count in problems.items():
        print(f"complaints that cannot be read: {count} ({problem}); see: lapor audit verify", file=sys.stderr)
    return 1 if problems else 0


def _clocks(house: House, first: date, last: date, problems: Counter[str]) -> Iterator[ClockRow]:
    from lapor_desk.reporting import count_received, read_clocks

    for each in watched(read_clocks(house.store, first, last), "reading", count_received(house.store, last)):
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
    from lapor_desk.report_columns import counts_of, csv_of

    if json:
        tables = {"office": _as_data(report.office), "reporter": _as_data(report.reporter)}
        print_json({"from": report.first.isoformat(), "until": report.last.isoformat(), **tables})
    elif as_csv:
        print(csv_of(report), end="")
    else:
        print(f"promises due from {report.first} to {report.last}\n")
        _print_table([*map(counts_of, report.office.rows), *map(counts_of, report.office.totals)])
        if report.reporter.rows:
            print("\nwhat reporters had to do in time; it speaks for no office\n")
            _print_table([*map(counts_of, report.reporter.rows), *map(counts_of, report.reporter.totals)])
        print("\nin time: done in time, of all that were done or past due")


def _as_data(table: Table) -> dict[str, Any]:
    from lapor_desk.report_columns import counts_of

    return {"rows": list(map(counts_of, table.rows)), "totals": list(map(counts_of, table.totals))}


_ROW_COLUMNS = (
    *("complaint", "agencies", "tier", "clock", "kept_by", "round", "limit", "started", "due", "due_date", "stopped"),
    *("verdict", "result", "ended_by", "misses", "working_days", "days_late", "pauses", "extensions", "moves"),
    *("policy", "calendar"),
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


_SHOWN = (
    *("month", "agency", "tier", "clock", "promised", "in_time", "late", "overdue", "lapsed", "running", "other_end"),
    *("corrected", "share_in_time", "median_working_days", "p90_working_days"),
)
_HEADINGS = {
    "in_time": "done",
    "other_end": "other end",
    "share_in_time": "in time",
    "median_working_days": "median",
    "p90_working_days": "90 %",
}


def _print_table(rows: list[dict[str, Any]]) -> None:
    """Names stand to the left, numbers to the right; of all months or agencies together, the cell says so."""
    lines = [[_HEADINGS.get(column, column) for column in _SHOWN], *(_cells(row) for row in rows)]
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
    from lapor_core.performance import ENDED_OTHERWISE

    share = row["share_in_time"]
    shown = row | {
        "month": row["month"] or "all",
        "agency": {None: "all", "": "(office)"}.get(row["agency"], row["agency"]),
        "tier": "all" if row["tier"] is None else row["tier"] or "-",
        "other_end": sum(row[result] for result in ENDED_OTHERWISE),
        "share_in_time": "-" if share is None else f"{share:.1%}",
    }
    return ["-" if shown[column] is None else str(shown[column]) for column in _SHOWN]
