"""Working days by the million, side by side with numpy's busday functions and a plain copy, in one run.

Bounds: adding N per row, checked, at least 20 times numpy's busday_offset and within 10 times a copy that no cache
holds; with a decree version per row within twice that.
"""

import argparse
import sys
from datetime import date
from time import perf_counter

import numpy as np
from timing import side_by_side

from lapor_core.bulk import BulkOffices
from lapor_core.calendar import Effect, Office

office = Office.indonesia(zone="Asia/Makassar")
everyday = np.arange("2019-01-01", "2029-01-01", dtype="M8[D]")
off = [day for day in everyday.tolist() if any(entry.effect is Effect.OFF for entry in office.day(day).entries)]
busdays = np.busdaycalendar(holidays=np.array(off, "M8[D]"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few rows, and no verdict: only show that it works")
    small = parser.parse_args().small
    size, rounds = (100_000, 1) if small else (20_000_000, 7)
    rng = np.random.default_rng(14)
    known = [date(2017 + k // 4, 3 * (k % 4) + 1, 1) for k in range(39)]
    began = perf_counter()
    bulk = BulkOffices(office, *map(office.as_known_on, known))
    built = perf_counter() - began
    starts = rng.integers(18_300, 20_900, size).view("M8[D]")
    n = rng.integers(1, 60, size)
    ends = starts + rng.integers(0, 300, size)
    version = rng.integers(0, 40, size)
    some = slice(0, min(size, 500_000))
    offset = lambda: np.busday_offset(starts[some], n[some], roll="backward", busdaycal=busdays)  # noqa: E731 - a name for what is timed below
    assert np.array_equal(bulk.add(starts[some], n[some]), offset())
    target = np.empty_like(starts)
    took = side_by_side(
        {
            "copy, int64": [(lambda: np.copyto(target, starts), size)],
            "add, one N": [(lambda: bulk.add(starts, 14), size)],
            "add, N per row": [(lambda: bulk.add(starts, n), size)],
            "add, N and decree version per row": [(lambda: bulk.add(starts, n, version=version), size)],
            "count": [(lambda: bulk.count(starts, ends), size)],
            "numpy busday_offset, N per row": [(offset, len(starts[some]))],
            "numpy busday_count": [
                (lambda: np.busday_count(starts[some], ends[some], busdaycal=busdays), len(starts[some]))
            ],
        },
        rounds,
    )
    copy, per_row, versions, busday = (
        took[name]
        for name in (
            "copy, int64",
            "add, N per row",
            "add, N and decree version per row",
            "numpy busday_offset, N per row",
        )
    )
    print(f"{size:,} rows; 40 versions built in {built * 1e3:.0f} ms")
    for what, cost in took.items():
        print(f"{what:36} {cost:7.2f} ns a row")
    print(f"N per row against busday_offset      {busday / per_row:7.1f} times as fast   (at least 20)")
    print(f"N per row against a copy             {per_row / copy:7.1f} times the cost    (at most 10)")
    print(f"decree version per row against that  {versions / per_row:7.2f} times the cost    (at most 2)")
    good = busday >= 20 * per_row and per_row <= 10 * copy and versions <= 2 * per_row
    return 0 if small or good else 1


if __name__ == "__main__":
    sys.exit(main())
