"""A report as a spreadsheet: the same columns for the command, its JSON and the console's download."""

from __future__ import annotations

import csv
import io
from typing import Any

from lapor_core.performance import Result
from lapor_core.reports import Performance, Report

__all__ = ["COLUMNS", "counts_of", "csv_of"]

COLUMNS = (
    *("kept_by", "month", "agency", "tier", "clock", "promised", *Result),
    *("corrected", "share_in_time", "median_working_days", "p90_working_days"),
)
"""What stands in each row; for each result there is a column with how many came to it."""


def counts_of(each: Performance) -> dict[str, Any]:
    """Return what was counted as plain data, by :data:`COLUMNS`; None where there is nothing to say, or it is of all together."""
    return {
        "kept_by": each.kept_by.value,
        "month": each.month,
        "agency": each.agency,
        "tier": each.tier,
        "clock": each.clock,
        "promised": each.promised,
        **{result.value: each.of(result) for result in Result},
        "corrected": each.corrected,
        "share_in_time": None if each.in_time is None else round(each.in_time, 4),
        "median_working_days": each.days(0.5),
        "p90_working_days": each.days(0.9),
    }


def csv_of(report: Report) -> str:
    """Return the rows of a report as CSV with one line of headings: what the office had to keep, then what reporters had to."""
    out = io.StringIO()
    sheet = csv.DictWriter(out, list(COLUMNS), lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(map(counts_of, (*report.office.rows, *report.reporter.rows)))
    return out.getvalue()
