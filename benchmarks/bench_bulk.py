"""Working days by the million, side by side with numpy's busday functions and a plain copy, in one run.

Bounds: adding N per row, checked, at least 20 times numpy's busday_offset and within 10 times a copy that no cache
holds; with a decree version per row within twice that.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from time import perf_counter

import numpy as np

from lapor_core.bulk import BulkOffices
from lapor_core.calendar import Effect, Office

office = Office.indonesia(zone="Asia/Makassar")
everyday = np.arange("2019-01-01", "2029-01-01", dtype="M8[D]")
off = [day for day in everyday.tolist() if any(entry.effect is Effect.OFF for entry in office.day(day).entries)]
busdays = np.busdaycalendar(holidays=np.array(off, "M8[D]"))


def best(call: Callable[[], object], rows: int, runs: int) -> float:
    """Nanoseconds per row, best of some runs: noise only adds."""
    times = []
    for _ in range(runs):
        began = perf_counter()
        call()
        times.append(perf_counter() - began)
    return min(times) / rows * 1e9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few rows, and no verdict: only show that it works")
    small = parser.parse_args().small
    size, runs = (100_000, 1) if small else (20_000_000, 5)
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
    copy = best(lambda: np.copyto(target, starts), size, runs)
    per_row = best(lambda: bulk.add(starts, n), size, runs)
    one = best(lambda: bulk.add(starts, 14), size, runs)
    versions = best(lambda: bulk.add(starts, n, version=version), size, runs)
    count = best(lambda: bulk.count(starts, ends), size, runs)
    busday = best(offset, len(starts[some]), runs)
    busday_count = best(lambda: np.busday_count(starts[some], ends[some], busdaycal=busdays), len(starts[some]), runs)
    print(f"{size:,} rows; 40 versions built in {built * 1e3:.0f} ms")
    for what, cost in [
        ("copy, int64", copy),
        ("add, one N", one),
        ("add, N per row", per_row),
        ("add, N and decree version per row", versions),
        ("count", count),
        ("numpy busday_offset, N per row", busday),
        ("numpy busday_count", busday_count),
    ]:
        print(f"{what:36} {cost:7.2f} ns a row")
    print(f"N per row against busday_offset      {busday / per_row:7.1f} times as fast   (at least 20)")
    print(f"N per row against a copy             {per_row / copy:7.1f} times the cost    (at most 10)")
    print(f"decree version per row against that  {versions / per_row:7.2f} times the cost    (at most 2)")
    good = busday >= 20 * per_row and per_row <= 10 * copy and versions <= 2 * per_row
    return 0 if small or good else 1


if __name__ == "__main__":
    sys.exit(main())
