"""Working days one at a time, side by side with the peers in one run: adding, explaining, counting.

Every engine gets the same days off and the same cases, and must give the same answers before it is timed. Bounds:
adding at N = 14 at least 150 times workalendar and 15 times numpy's busday_offset, adding with the explanation at most
6 times a bare addition, counting over 200 days at least 1,000 times workalendar.
"""

import argparse
import random
import sys
from datetime import date, timedelta

import numpy as np
from timing import portions, side_by_side
from workalendar.core import SAT, SUN, Calendar

from lapor_core.calendar import Effect, Office

FIRST, LAST = date(2020, 1, 1), date(2027, 5, 31)
N, SPAN = 14, timedelta(days=200)

office = Office.indonesia(zone="Asia/Makassar")
everyday = (FIRST + timedelta(days=k) for k in range((date(2028, 12, 31) - FIRST).days))
off = [day for day in everyday if any(entry.effect is Effect.OFF for entry in office.day(day).entries)]


class Peer(Calendar):
    """workalendar's own methods over the same days off."""

    WEEKEND_DAYS = (SAT, SUN)

    def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
        return [(day, "off") for day in off if day.year == year]


peer = Peer()
busdays = np.busdaycalendar(holidays=np.array(off, "M8[D]"))


def numpy_add(day: date, n: int) -> date:
    return np.busday_offset(day, n, roll="backward", busdaycal=busdays).item()


def explained(day: date, n: int) -> object:
    due = office.add(day, n)
    return due, office.explain(day, due)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few cases, and no verdict: only show that it works")
    small = parser.parse_args().small
    rng = random.Random(14)  # noqa: S311 - cases to time
    days = [FIRST + timedelta(days=rng.randrange((LAST - FIRST).days)) for _ in range(200 if small else 8_000)]
    additions, spans = [(day, N) for day in days], [(day, day + SPAN) for day in days]
    few, fewer, rounds = (20, 10, 2) if small else (400, 40, 25)
    for (day, n), span in zip(additions[:few], spans, strict=False):
        assert office.add(day, n) == peer.add_working_days(day, n) == numpy_add(day, n)
        assert office.count(*span) == peer.get_working_days_delta(*span)
    took = side_by_side(
        {
            "add": portions(office.add, additions, 1000),
            "count": portions(office.count, spans, 1000),
            "explain": portions(explained, additions, 200),
            "numpy": portions(numpy_add, additions[:few], 100),
            "workalendar": portions(peer.add_working_days, additions[:few], 8),
            "workalendar count": portions(peer.get_working_days_delta, spans[:fewer], 1),
        },
        rounds,
    )
    rows = [
        ("add", "numpy busday_offset", took["numpy"] / took["add"], 15),
        ("add", "workalendar", took["workalendar"] / took["add"], 150),
        ("count", "workalendar", took["workalendar count"] / took["count"], 1000),
    ]
    more = took["explain"] / took["add"]
    print(f"add, N = {N}        {took['add']:8.0f} ns")
    print(f"count, 200 days    {took['count']:8.0f} ns")
    for what, other, ratio, bound in rows:
        print(f"{what:6} against {other:20} {ratio:8.1f} times as fast   (at least {bound})")
    print(f"add and explain against add         {more:8.1f} times the cost      (at most 6)")
    good = all(ratio >= bound for *_, ratio, bound in rows) and more <= 6
    return 0 if small or good else 1


if __name__ == "__main__":
    sys.exit(main())
