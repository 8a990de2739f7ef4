"""The work of a desk as Celery tasks, for an office that has Celery already: no DBOS, the same queue of record.

Each task is one plain call of the library. Each notifier has a queue of its own, and each queue its own worker, so that a
slow mail server holds up no SMS.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

from celery import Celery

from lapor_desk.config import find_config, load_config
from lapor_desk.house import House, open_house
from lapor_desk.store import Claim

__all__ = ["app", "deliver", "give", "queue_of", "relay", "sweep"]

app = Celery("lapor", broker=os.environ.get("LAPOR_BROKER", "redis://127.0.0.1:6379/0"))
app.conf.task_ignore_result = True  # what became of a notice stands in its row
app.conf.broker_connection_retry_on_startup = True
app.conf.task_default_queue = "lapor"  # looks and sweeps, which wait for no notifier
app.conf.beat_schedule = {
    # a look that was not taken in time is not made up for: the next one sees the same
    "look": {"task": "lapor.relay", "schedule": 2.0, "options": {"expires": 2}},
    "sweep": {"task": "lapor.sweep", "schedule": 60.0, "options": {"expires": 60}},
}


def queue_of(notifier: str) -> str:
    """Return the name of the queue of a notifier, by its key; a worker of its own takes from it: ``-Q lapor-email``."""
    return f"lapor-{notifier}"


@functools.cache
def house() -> House:
    """Open the house once per process, and only after Celery has forked: connections are not shared."""
    return open_house(load_config(find_config(None, os.environ, Path()), os.environ))


@app.task(name="lapor.relay")
def relay() -> None:
    """Claim what is due and hand it to the workers; the broker sees ids and nothing personal."""
    engine, now = house().engine, house().clock()
    engine.hand_on(engine.relay(now), give, now)


def give(claim: Claim) -> None:
    """Queue one claim for the worker of its notifier; where the broker is away, it is given back and due again."""
    deliver.apply_async((claim.notice_id, claim.number), queue=queue_of(claim.notifier or ""))


@app.task(name="lapor.deliver")
def deliver(notice_id: str, number: int) -> None:
    """Send one notice. A task that comes twice, or too late, finds its claim used and does nothing."""
    house().engine.deliver(Claim(notice_id=notice_id, number=number), house().clock())


@app.task(name="lapor.sweep")
def sweep() -> None:
    """Take the steps that have come due, and let go of what killed processes of this machine held."""
    house().engine.release_gone()
    house().desk.sweep(house().clock())
