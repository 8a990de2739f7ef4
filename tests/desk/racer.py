"""One of several processes that do the same at once: ``python racer.py ACTION URL FILES [MORE]``.

It says ``ready``, waits for a line, acts, and prints what came of it as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lapor_core import Actor, Role
from lapor_core.errors import Refused
from lapor_core.events import Event, Verified
from lapor_core.plugins.contracts import Delivered, Message, Verdict
from lapor_desk.courier import Courier
from lapor_desk.engine import Engine
from lapor_desk.pacing import Pace, Rate
from lapor_desk.store import Files, MasterKey, QueuedNotice, Store, open_store

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)


def append(store: Store, complaint_id: str, sequence: str) -> str:
    """Append one event, as who has seen all before it."""
    event = Event(
        complaint=complaint_id,
        sequence=int(sequence),
        office="contoh",
        actor=Actor(role=Role.AGENCY_ADMIN, id=str(id(store))),
        happened_at=NOW,
        recorded_at=NOW,
        fact=Verified(),
    )
    try:
        with store.transaction() as tx:
            tx.append([event])
    except Refused as error:
        return error.code
    return "won"


def claim(store: Store, mine: str, count: str) -> list[str]:
    """Hand in the same submissions under complaints of one's own; return whose they became."""
    found = []
    for number in range(int(count)):
        with store.transaction() as tx:
            found.append(tx.claim_intake("sms", str(number), f"{mine}-{number}"))
    return found


def deliver(store: Store) -> list[str]:
    """Deliver all that is due; return the keys of what was sent from here."""
    sent: list[str] = []

    class Post:
        key = "post"
        media = frozenset({"sms"})

        def send(self, message: Message, now: datetime) -> Verdict:
            sent.append(message.key)
            return Delivered()

    def compose(notice: QueuedNotice) -> Message:
        return Message(key=notice.id, medium="sms", address="x", text="x", template="answered")

    Engine(store=store, compose=compose, courier=Courier({"sms": Post()}), batch=3).run_once(NOW)
    return sent


def relay(store: Store, most: str) -> int:
    """Claim as much as the rate allows, in several goes; return how many that were."""

    class Post:
        key = "post"
        media = frozenset({"sms"})

    paces = {"post": Pace(rate=Rate(most=int(most), period=timedelta(minutes=1)))}
    engine = Engine(store=store, compose=lambda _: None, courier=Courier({"sms": Post()}), paces=paces)  # type: ignore[dict-item]  # it is never asked to send
    return sum(len(engine.relay(NOW, limit)) for limit in range(1, 30))


def main(action: str, url: str, files: str, *more: str) -> None:
    store = open_store(url, master=MasterKey(bytes(32)), files=Files.local(Path(files)))
    print("ready", flush=True)
    sys.stdin.readline()
    print(
        json.dumps({"append": append, "claim": claim, "deliver": deliver, "relay": relay}[action](store, *more)),
        flush=True,
    )
    store.close()


main(*sys.argv[1:])
