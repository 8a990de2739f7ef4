"""A process that works the queue until it is told to stop or killed: ``python worker.py URL FILES SENT OPTIONS``.

Every call of its notifier is one line in the file SENT, written before the call comes back: ``PID KEY``. OPTIONS is JSON:
``lease`` (seconds), ``takes`` (seconds per call), ``concurrency``, ``owner``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from lapor_core.plugins.contracts import Delivered, Message, Verdict
from lapor_desk.courier import Courier
from lapor_desk.durable import Workers
from lapor_desk.engine import Engine
from lapor_desk.store import Files, MasterKey, QueuedNotice, open_store
from lapor_desk.worker_names import worker_name


class Post:
    """Writes down each call, and takes its time."""

    key = "post"
    media = frozenset({"sms"})

    def __init__(self, sent: str, takes: float) -> None:
        self._sent = os.open(sent, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._takes = takes

    def send(self, message: Message, now: datetime) -> Verdict:
        os.write(self._sent, f"{os.getpid()} {message.key}\n".encode())
        time.sleep(self._takes)
        return Delivered()


def compose(notice: QueuedNotice) -> Message:
    return Message(key=notice.id, medium="sms", address="x", text="x", template=notice.template)


def main(url: str, files: str, sent: str, options: str) -> None:
    told = {"lease": 600.0, "takes": 0.0, "concurrency": 4, "owner": worker_name(), **json.loads(options)}
    engine = Engine(
        store=open_store(url, master=MasterKey(bytes(32)), files=Files.local(Path(files))),
        compose=compose,
        courier=Courier({"sms": Post(sent, told["takes"])}),
        lease=timedelta(seconds=told["lease"]),
        owner=told["owner"],
    )
    workers = Workers(
        engine,
        lambda now: None,
        concurrency=told["concurrency"],
        look_every=timedelta(milliseconds=100),
        sweep_at="* * * * * *",
    )
    workers.start()
    print("working", flush=True)
    sys.stdin.readline()
    workers.stop(timedelta(seconds=2))
    engine.store.close()


main(*sys.argv[1:])
