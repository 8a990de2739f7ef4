"""What is due and what is late, every morning by cron: no desk, no database, one CSV file in and a list out.

    python overdue.py complaints.csv --now 2026-04-09T07:00+08:00 --within 3

The file has the columns ``code,kind,agencies,received``; ``--now`` is the present when it is not given. The exit status is 1
when something is late, so that cron writes a letter.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from lapor_core import Facts, Kind, Standard, load_standard

__all__ = ["Line", "lines"]


@attrs.frozen(kw_only=True)
class Line:
    """One complaint whose answer is due soon, or was.

    Attributes:
        left: Working days that are left; negative when it is late.
    """

    code: str
    tier: str
    due: datetime
    left: int


def lines(rows: Iterable[dict[str, str]], standard: Standard, now: datetime, within: int) -> Iterator[Line]:
    """Yield what is due within so many working days of ``now`` (aware), or late, the most urgent first."""
    found = (_line(row, standard, now) for row in rows)
    yield from sorted((line for line in found if line.left <= within), key=lambda line: line.due)


def _line(row: dict[str, str], standard: Standard, now: datetime) -> Line:
    facts = Facts(kind=Kind(row["kind"]), supervisory=False, abuse_of_authority=False, agencies=int(row["agencies"]))
    assessment = standard.assess(facts)
    deadline = standard.deadline("resolve", assessment, start=datetime.fromisoformat(row["received"]))
    left = standard.office.count(standard.office.local_date(now), deadline.due_date)
    return Line(code=row["code"], tier=assessment.tier.name, due=deadline.due, left=left)


def main() -> int:
    """Read the file, print the list, and return 1 when something is late."""
    parser = argparse.ArgumentParser(description="What is due and what is late.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--now", type=datetime.fromisoformat, default=None)
    parser.add_argument("--within", type=int, default=3)
    asked = parser.parse_args()
    standard = load_standard("banjarbaru")
    now = asked.now or datetime.now(ZoneInfo(standard.policy.time_zone))
    with asked.file.open(encoding="utf-8", newline="") as file:
        found = tuple(lines(csv.DictReader(file), standard, now, asked.within))
    for line in found:
        state = "late" if line.due < now else f"working days left: {line.left}"
        print(f"{line.code}  {line.tier:<7}  {line.due:%Y-%m-%d}  {state}")
    return int(any(line.due < now for line in found))


if __name__ == "__main__":
    sys.exit(main())
