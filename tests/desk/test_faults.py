"""Several processes on one database share the work, and ``kill -9`` of any of them loses nothing.

The suite plays one short run with a fixed seed; ``nox -s faults`` plays many long ones (``LAPOR_FAULTS`` submissions each,
seeds from ``LAPOR_SEEDS``).
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import func, select

from lapor_core import Proof, Reporter, Submission
from lapor_core.plugins.contracts import Delivered, Message, Verdict
from lapor_desk.auditing import chains
from lapor_desk.cli import main
from lapor_desk.config import load_config
from lapor_desk.courier import Courier
from lapor_desk.house import House, open_house
from lapor_desk.store import Status, StoreBusy, StoreDown
from lapor_desk.store.tables import complaints, intake, notices

FEEDER = Path(__file__).with_name("feeder.py")
SUBMISSIONS = int(os.environ.get("LAPOR_FAULTS", "40"))
SEEDS = range(int(os.environ.get("LAPOR_SEEDS", "1")))
PATIENCE = 60 + SUBMISSIONS / 5

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 in Windows")


@pytest.fixture
def config(url: str, tmp_path: Path) -> Path:
    """A configuration whose only notifier writes files, so that what went out can be counted."""
    (tmp_path / "outbox").mkdir()
    path = tmp_path / "lapor.toml"
    path.write_text(
        f'database = "{url}"\nkey_file = "lapor.key"\nfiles = "files"\nport = 0\n'
        'outbox = "outbox"\nallow_plugins = ["outbox", "app"]\n',
        "utf-8",
    )
    return path


class Crew:
    """Processes of ours, each of which can be killed at any instant."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self.workers: list[subprocess.Popen[str]] = []

    def hire(self, command: str) -> subprocess.Popen[str]:
        run = f"import sys; from lapor_desk.cli import main; sys.exit(main([{command!r}, '--config', {str(self._config)!r}]))"
        said = self._config.with_name(f"{command}-{len(list(self._config.parent.glob('*.out')))}.out")
        with said.open("w") as out:
            worker = subprocess.Popen([sys.executable, "-c", run], stdout=out, stderr=subprocess.DEVNULL, text=True)
        while "LAPOR!" not in said.read_text("utf-8"):
            assert worker.poll() is None
            time.sleep(0.05)
        self.workers.append(worker)
        return worker

    def kill_one(self, chance: random.Random) -> str:
        """Kill one and hire another one like it in its place."""
        worker = self.workers.pop(chance.randrange(len(self.workers)))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        return "serve" if "'serve'" in str(worker.args) else "work"

    def dismiss(self) -> list[int]:
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(timeout=60) for worker in self.workers]

    def kill_all(self) -> None:
        for worker in self.workers:
            with suppress(ProcessLookupError):
                worker.kill()
            worker.wait()


@pytest.fixture
def crew(config: Path) -> Iterator[Crew]:
    with open_house(load_config(config, {})):  # the key and the tables, before several processes want them
        pass
    crew = Crew(config)
    yield crew
    crew.kill_all()


def feed(config: Path, chance: random.Random, kills: int, between: Callable[[], None]) -> set[int]:
    """Hand everything in, with feeders that are killed on their way; return what was acknowledged."""
    stored: set[int] = set()
    ends = [*sorted(chance.randrange(1, SUBMISSIONS) for _ in range(kills)), SUBMISSIONS]
    for end in ends:
        first = max(0, len(stored) - 3)  # some are handed in twice: their sender never heard of the first time
        with subprocess.Popen(
            [sys.executable, FEEDER, config, str(first), str(SUBMISSIONS)], stdout=subprocess.PIPE, text=True
        ) as feeder:
            assert feeder.stdout is not None
            for line in feeder.stdout:
                stored.add(int(line.split()[1]))
                if len(stored) >= end and end < SUBMISSIONS:
                    time.sleep(chance.random() / 100)
                    feeder.kill()
        between()
    return stored


@pytest.mark.parametrize("seed", SEEDS)
def test_kill_9_of_any_process_loses_nothing_and_makes_nothing_twice(
    crew: Crew, config: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    for command in ("serve", "work", "work"):
        crew.hire(command)
    stored = feed(config, chance, 2 + SUBMISSIONS // 400, lambda: crew.hire(crew.kill_one(chance)) and None)
    assert stored == set(range(SUBMISSIONS))
    with open_house(load_config(config, {})) as house:
        wait_until_delivered(house)
        with house.store.reading() as tx:
            count = lambda table: tx.connection.execute(select(func.count()).select_from(table)).scalar_one()  # noqa: E731 - one line, used twice
            assert count(complaints) == count(intake) == SUBMISSIONS
            ids = set(tx.connection.execute(select(notices.c.id)).scalars())
        assert all(chain.holds for chain in chains(house.store))
    assert len(ids) == SUBMISSIONS
    assert len(list((tmp_path / "outbox").glob("*.txt"))) == SUBMISSIONS
    assert crew.dismiss() == [0, 0, 0]


def wait_until_delivered(house: House) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with house.store.reading() as tx:
            if tx.counts().notices[Status.DELIVERED] == SUBMISSIONS:
                return
        time.sleep(0.2)
    with house.store.reading() as tx:
        pytest.fail(f"not delivered in time: {tx.counts().notices}")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_postgresql_that_restarts_under_load_loses_nothing_and_makes_nothing_twice(
    postgres: Any, crew: Crew, config: Path, url: str, tmp_path: Path
) -> None:
    """Once it is asked to, and once as in a crash; senders come again, as Kannel and browsers do."""
    durable = (
        f"{url}&options=-c%20synchronous_commit%3Don"  # the server of the tests does without, and a crash would show it
    )
    config.write_text(config.read_text("utf-8").replace(url, durable), "utf-8")
    crew.hire("work")
    taken: list[str] = []
    with open_house(load_config(config, {})) as house:
        senders = [
            threading.Thread(target=send, args=(house, range(first, SUBMISSIONS, 4), taken)) for first in range(4)
        ]
        for sender in senders:
            sender.start()
        for part, how in ((0.2, "fast"), (0.6, "immediate")):
            wait_until(lambda part=part: len(taken) >= part * SUBMISSIONS)
            postgres.restart(how)
        for sender in senders:
            sender.join(PATIENCE)
        assert len(taken) == len(set(taken)) == SUBMISSIONS
        wait_until_delivered(house)
        with house.store.reading() as tx:
            counted = [
                tx.connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (complaints, intake, notices)
            ]
        assert counted == [SUBMISSIONS] * 3
        assert all(chain.holds for chain in chains(house.store))
    assert len(list((tmp_path / "outbox").glob("*.txt"))) == SUBMISSIONS
    assert crew.dismiss() == [0]


def send(house: House, numbers: Iterable[int], taken: list[str]) -> None:
    """Hand submissions in, each until it is acknowledged."""
    for number in numbers:
        while True:
            try:
                taken.append(house.desk.submit(submission(house, number)).code)
                break
            except (StoreDown, StoreBusy):
                time.sleep(0.02)


def submission(house: House, number: int) -> Submission:
    return Submission(
        channel="sms",
        source_id=str(number),
        received_at=house.clock(),
        reporter=Reporter(mobile=f"+62800{number:07}"),  # invented
        proofs=frozenset({Proof.SENDER_NUMBER}),
        narrative=f"Lampu jalan contoh {number} mati",
    )


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it has not come about in time"
        time.sleep(0.01)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_database_that_another_program_locks_costs_time_and_nothing_else(
    config: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lapor_desk.store.database._PATIENCE", 0.2)
    sent: list[str] = []
    locking = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)

    class Post:
        key, media = "sms", frozenset({"sms"})

        def send(self, message: Message, now: datetime) -> Verdict:
            if not sent:
                locking.execute("BEGIN IMMEDIATE")  # between what the provider took and its being written down
            sent.append(message.key)
            return Delivered()

    with open_house(load_config(config, {})) as house:
        locking.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            house.desk.submit(submission(house, 1))
        locking.execute("ROLLBACK")
        code = house.desk.submit(submission(house, 1)).code
        engine = attrs.evolve(house.engine, courier=Courier({"sms": Post()}))
        with pytest.raises(StoreBusy):
            engine.run_once(house.clock())
        locking.execute("ROLLBACK")
        assert engine.run_once(house.clock()) == 0  # its lease holds
        assert engine.run_once(house.clock() + engine.lease * 2) == 1
        assert house.desk.submit(submission(house, 1)).code == code
        with house.store.reading() as tx:
            (notice,) = tx.notices_in(Status.DELIVERED)
    assert sent == [notice.id] * 2
    assert notice.claims == 2  # the repeat is recorded
    locking.close()


def test_work_once_delivers_what_is_due_and_ends(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run([sys.executable, FEEDER, config, "0", "3"], check=True, stdout=subprocess.DEVNULL)
    assert main(["work", "--once", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "0 complaints took a step, 3 deliveries were tried\n"
    assert main(["work", "--once", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "0 complaints took a step, 0 deliveries were tried\n"
