"""What the memory of ``lapor serve`` does as complaints come in: at the first thousand, and at a hundred thousand.

A desk as it comes, on SQLite in an empty folder, runs in a process of its own. SMS are handed in at its real door, some at a
time, each from another number; in the same process it judges them, stores them, sends the receipts into the outbox and
sweeps. Its resident memory is read each time so many have been taken in; at the first thousand when all of their receipts
are out too, for a desk that has just begun has not opened all of its connections and threads. The bound: at the end less
than 1.3 times what it was at the first thousand.
"""

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlencode, urlsplit

import psutil

BOUND = 1.3
SENDERS = 4
LAPOR = (sys.executable, "-c", "import sys; from lapor_desk.cli import main; sys.exit(main())")
TEXT = "LAPOR lampu jalan contoh nomor {number} di depan balai kota contoh padam sejak kemarin malam. "
_sender = threading.local()


@contextmanager
def served(folder: Path) -> Iterator[tuple[psutil.Process, str]]:
    """Run a desk in ``folder``; yield its process and where it listens."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [*LAPOR, "serve", "--port", "0"]
    with (folder / "log").open("w") as log:
        desk = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert desk.stdout is not None
        greeting = desk.stdout.readline()
        yield psutil.Process(desk.pid), urlsplit(greeting.split()[2]).netloc
    finally:
        desk.terminate()
        desk.wait()


def send(address: str, number: int) -> None:
    """Hand one SMS in, as Kannel does: it keeps its connections, and comes again where one was closed meanwhile."""
    sms = {"id": f"bench-{number}", "from": f"+62800{number:07}", "text": TEXT.format(number=number) * 3}  # invented
    while True:
        if not hasattr(_sender, "connection"):
            _sender.connection = http.client.HTTPConnection(address, timeout=60)
        try:
            _sender.connection.request("GET", f"/sms/kannel?{urlencode(sms)}")
            answer = _sender.connection.getresponse()
        except http.client.RemoteDisconnected:
            del _sender.connection
            continue
        body = answer.read().decode()
        assert answer.status == 200, body
        return


def wait_for_receipts(outbox: Path, count: int) -> None:
    while sum(1 for _ in outbox.iterdir()) < count:
        sleep(0.5)


def measured(folder: Path, marks: list[int]) -> Iterator[tuple[int, float]]:
    """Yield, for each mark, megabytes of the desk when it has taken in that many."""
    with served(folder) as (desk, address), ThreadPoolExecutor(SENDERS) as senders:
        taken = 0
        for mark in marks:
            for _ in senders.map(lambda number: send(address, number), range(taken, mark)):
                pass
            if not taken:
                wait_for_receipts(folder / "lapor-outbox", mark)
            taken = mark
            yield mark, desk.memory_info().rss / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few complaints, and no verdict: only show that it works")
    parser.add_argument("--last", type=int, default=100_000, help="how many complaints there are at the end")
    said = parser.parse_args()
    first, every, last = (50, 50, 200) if said.small else (1_000, 5_000, said.last)
    base = size = 0.0
    with tempfile.TemporaryDirectory(prefix="lapor-bench-") as folder:
        began = perf_counter()
        for count, size in measured(Path(folder), sorted({first, *range(every, last + 1, every)})):
            base = base or size
            line = f"{count:9,} complaints  {size:7.1f} MB  {size / base:5.2f} times   after {perf_counter() - began:,.0f} s"
            print(line, flush=True)
    print(f"from {first:,} to {last:,}: {size / base:.2f} times (bound < {BOUND})")
    return 0 if said.small or size < BOUND * base else 1


if __name__ == "__main__":
    sys.exit(main())
