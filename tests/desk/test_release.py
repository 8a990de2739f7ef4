"""What a killed worker held is free again as soon as the desk starts anew on the same machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest

from lapor_core import Reporter
from lapor_core.plugins import Message, Verdict
from lapor_core.testing import FrozenClock, RecordingNotifier
from lapor_desk.composing import Composing
from lapor_desk.config import Config
from lapor_desk.courier import Courier, by_medium
from lapor_desk.durable import Workers
from lapor_desk.engine import Engine
from lapor_desk.house import House, open_house
from lapor_desk.store import Status
from lapor_desk.worker_names import is_gone, machine, worker_name

WITA = ZoneInfo("Asia/Makassar")
WARGA = Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6280000000001")  # invented
HOST = machine()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = FrozenClock(datetime(2026, 3, 13, 10, tzinfo=WITA))
    with open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db"), clock=clock) as house:
        yield house


def engine_of(house: House, owner: str) -> Engine:
    return Engine(
        store=house.store,
        compose=Composing(desk=house.desk, clock=house.clock),
        courier=Courier(by_medium([RecordingNotifier()])),
        owner=owner,
    )


@pytest.fixture
def killed() -> str:
    """The name of a worker whose process has just been killed."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    process.kill()
    process.wait()
    return f"{HOST}-{process.pid}-0123abcd"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can be asked without being signalled")
def test_a_killed_process_of_this_machine_is_gone_and_others_are_not(killed: str) -> None:
    assert is_gone(killed)
    assert not is_gone(f"{HOST}-{os.getppid()}-0123abcd")
    assert not is_gone(f"{HOST}-1-0123abcd")
    assert not is_gone(killed.replace(HOST, "another-machine"))
    assert is_gone(f"{HOST}-{os.getpid()}-0123abcd")  # the number of this process, left by an earlier one
    assert not is_gone(worker_name())
    for strange in ("", "x", "a-b-c", f"{HOST}--", f"{HOST}-{2**70}-x"):
        assert not is_gone(strange)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can be asked without being signalled")
def test_what_a_killed_worker_held_goes_out_at_once(house: House, killed: str) -> None:
    house.accounts.challenge(WARGA)
    assert len(engine_of(house, killed).relay(house.clock())) == 2  # claimed, and then the process was killed
    next_one = engine_of(house, worker_name())
    assert next_one.run_once(house.clock()) == 0
    assert next_one.release_gone() == 2
    assert next_one.run_once(house.clock()) == 2
    assert next_one.release_gone() == 0


def test_whoever_sends_holds_what_another_one_claimed(house: House) -> None:
    """Jobs are handed to any process: when the one that sends is killed, its replacement must find what it held."""
    house.accounts.challenge(attrs.evolve(WARGA, mobile=""))
    [claim] = engine_of(house, "claimed-here").relay(house.clock())
    seen: list[str | None] = []

    class Watching(RecordingNotifier):
        def send(self, message: Message, now: datetime) -> Verdict:
            with house.store.reading() as tx:
                seen.append(tx.notice(claim.notice_id).lease_owner)
            return super().send(message, now)

    sender = attrs.evolve(engine_of(house, "sent-here"), courier=Courier(by_medium([Watching()])))
    assert sender.deliver(claim, house.clock()) is Status.DELIVERED
    assert seen == ["sent-here"]


def test_what_a_living_worker_holds_stays_its_own(house: House) -> None:
    house.accounts.challenge(WARGA)
    living = f"{HOST}-{os.getppid()}-0123abcd"
    engine_of(house, living).relay(house.clock())
    mine = engine_of(house, worker_name())
    assert mine.release_gone() == 0
    mine_too = attrs.evolve(mine)
    house.accounts.challenge(attrs.evolve(WARGA, email="lain@example.id", mobile=""))
    assert len(mine.relay(house.clock())) == 1
    assert mine_too.release_gone() == 0  # its own name is no sign that an earlier process died
    assert mine.release() == 1


def test_workers_that_stop_leave_nothing_behind(house: House) -> None:
    house.accounts.challenge(WARGA)
    engine = engine_of(house, worker_name())
    claims = engine.relay(house.clock())
    workers = Workers(engine, house.desk.sweep, clock=house.clock, look_every=timedelta(hours=1))
    workers.start()
    assert workers.is_working
    workers.stop(timedelta(seconds=1))
    assert not workers.is_working
    with house.store.reading() as tx:
        assert [tx.notice(claim.notice_id).lease_owner for claim in claims] == [None, None]
