"""``lapor work``: deliveries and sweeps without HTTP, on as many machines as share the database, or once for cron."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from lapor_desk.cli.houses import configured, opened
from lapor_desk.logs import LogFormat, log_to_the_console

if TYPE_CHECKING:
    from lapor_desk.house import House

__all__ = ["app"]

app = App(name="work", help="Deliver notices and take what has come due, without HTTP.")

_PATIENCE = timedelta(seconds=5)
"""How long deliveries under way may take to end when the work is told to stop."""


@app.default
def work(
    *,
    once: Annotated[bool, Parameter(negative=())] = False,
    config: Path | None = None,
    database: str | None = None,
    log_format: LogFormat = "text",
) -> None:
    """Do the work of a desk beside its HTTP doors: deliver what is queued, and take the steps that have come due.

    Parameters
    ----------
    once
        Do what is due now and end, for cron.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    log_format
        Lines for people (text), or one JSON object per line (json).
    """
    log_to_the_console(log_format)
    with opened(configured(config, database=database)) as house:
        house.store.database.check_writable()
        if once:
            _once(house)
        else:
            _until_told(house)


def _once(house: House) -> None:
    house.engine.release_gone()
    now = house.clock()
    moved = house.desk.sweep(now)
    made = house.engine.run_once(house.clock())
    print(f"{moved} complaints took a step, {made} deliveries were tried")


def _until_told(house: House) -> None:
    from lapor_desk.durable import Workers

    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    workers = Workers(house.engine, house.desk.sweep, clock=house.clock)
    house.on_queued(workers.nudge)
    workers.start()
    try:
        print("LAPOR! worker: running", flush=True)
        while not told.wait(1):  # without an end to the wait, Windows would hear no signal
            pass
    finally:
        workers.stop(_PATIENCE)
