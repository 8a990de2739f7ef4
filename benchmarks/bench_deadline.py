"""A whole deadline: policy, start, pauses, and its explanation, ready to be read; beside a bare addition in the same run.

The bound is 25 microseconds on an idle machine. Like the days of a working-day table, the days of a deadline are shared
values that are put together when they are first read; what reading all of them costs is told as well.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from timing import portions, side_by_side

from lapor_core import Deadline, Pause, load_standard

BOUND = 25_000
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WITA = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 12, 1, tzinfo=WITA)
STARTS = [datetime(2026, 1, 5, 10, tzinfo=WITA) + step * DAY for step in range(200)]
standard = load_standard("banjarbaru")


def deadline(start: datetime, *pauses: Pause) -> Deadline:
    return standard.deadline("resolve", "sedang", start=start, pauses=pauses, now=NOW)


def bare(start: datetime) -> date:
    return standard.office.add(start.date(), 14)


def read(how: Callable[[Deadline], object]) -> Callable[..., object]:
    """Return what makes a deadline and reads something of it."""
    return lambda start, pause: how(deadline(start, pause))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few rounds, and no verdict: only show that it works")
    small = parser.parse_args().small
    plain = [(start,) for start in STARTS]
    waited = [(start, Pause(start=start + 3 * DAY, end=start + 9 * DAY + 7 * HOUR)) for start in STARTS]
    took = side_by_side(
        {
            "bare addition": portions(bare, plain, 200),
            "deadline": portions(deadline, plain, 20),
            "deadline with a pause": portions(deadline, waited, 20),
            "and every day of it read": portions(read(lambda found: found.days), waited, 10),
            "and its fingerprint": portions(read(lambda found: found.fingerprint), waited, 10),
            "and written as text": portions(read(lambda found: found.explain("id")), waited, 2),
            "and drawn": portions(read(lambda found: found.svg("id")), waited, 1),
        },
        2 if small else 25,
    )
    for what, cost in took.items():
        print(f"{what:28} {cost / 1000:8.2f} microseconds")
    full = took["deadline with a pause"]
    print(f"the bound of {BOUND / 1000:.0f} microseconds is used to {full / BOUND:.0%}")
    return 0 if small or full <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
