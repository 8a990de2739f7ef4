"""The desk's work in Celery, over a real Redis: all goes out, once, and no kill loses any of it.

Where Redis is not installed this is skipped, but for CI, where it fails. Debian: ``apt-get install redis-server``.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("celery")

from celery import Celery

from lapor_core import Kind, Proof, Reporter, Submission
from lapor_desk.config import load_config
from lapor_desk.house import House, open_house
from lapor_desk.store import Status

REDIS = shutil.which("redis-server")
PATIENCE = 60
pytestmark = pytest.mark.skipif(not REDIS and not os.environ.get("CI"), reason="Redis is not installed")


def test_redis_is_here() -> None:
    assert REDIS, "apt-get install redis-server"


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "nothing happened in time"
        time.sleep(0.05)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """The URL of a Redis of one's own, that listens on no port and keeps nothing."""
    socket = Path("/tmp" if len(str(tmp_path)) > 80 else tmp_path, f"redis-{os.getpid()}.sock")
    command = [REDIS or "", "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        wait_for(socket.exists)
        yield f"redis+socket://{socket}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "lapor.toml"
    path.write_text('outbox = "outbox"\ndatabase = "sqlite:///lapor.db"\nallow_plugins = ["outbox", "app"]\n', "utf-8")
    return path


@pytest.fixture
def house(config: Path) -> Iterator[House]:
    with open_house(load_config(config, {})) as house:
        yield house


Hire = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def hire(examples: Path, broker: str, config: Path, tmp_path: Path) -> Iterator[Hire]:
    """Starts a worker for these queues as the example's page says, in a process group that can be killed."""
    hired: list[subprocess.Popen[bytes]] = []
    environ = {**os.environ, "LAPOR_CONFIG": str(config), "LAPOR_BROKER": broker, "PYTHONDONTWRITEBYTECODE": "1"}

    def start(queues: str, *, beat: bool = False) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "desk_tasks", "worker", "-Q", queues, "-c", "2"]
        command += ["-n", f"{queues}{len(hired)}@%h", "--loglevel", "ERROR"]
        command += ["--beat", "-s", str(tmp_path / "beat")] if beat else []
        hired.append(subprocess.Popen(command, cwd=examples / "in_celery", env=environ, start_new_session=True))
        return hired[-1]

    yield start
    for process in hired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


def submit(house: House, first: int, count: int) -> None:
    for number in range(first, first + count):
        reporter = Reporter(mobile=f"+62800{number:07}")  # invented
        hand_in(house, channel="sms", source_id=str(number), reporter=reporter, proofs=frozenset({Proof.SENDER_NUMBER}))


def hand_in(house: House, **said: Any) -> None:
    house.desk.submit(Submission(received_at=house.clock(), narrative="Lampu jalan contoh mati", **said))


def delivered(house: House) -> int:
    with house.store.reading() as tx:
        return tx.counts().notices[Status.DELIVERED]


def test_celery_delivers_once_and_what_is_killed_goes_out_from_its_successor(
    house: House, broker: str, hire: Hire, tmp_path: Path
) -> None:
    submit(house, 0, 5)
    doomed = hire("lapor,lapor-outbox", beat=True)
    wait_for(lambda: delivered(house) == 5)
    submit(house, 5, 20)
    wait_for(lambda: delivered(house) > 5)
    kill(doomed)
    hire("lapor,lapor-outbox", beat=True)
    Celery(broker=broker).send_task("lapor.sweep", queue="lapor")  # beat does so every minute
    wait_for(lambda: delivered(house) == 25)
    sent = list((tmp_path / "outbox").glob("*.txt"))
    with house.store.reading() as tx:
        assert {path.stem for path in sent} == {
            each.provider_id.removesuffix(".txt") for each in tx.notices_in(Status.DELIVERED)
        }
    assert len(sent) == 25


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a gateway that takes every call and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as listener:  # the system takes calls in, and nobody looks at them
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/cgi-bin/sendsms"


def test_a_notifier_that_hangs_holds_up_no_other(config: Path, silent: str, hire: Hire) -> None:
    outbox = 'outbox = "outbox"\ndatabase = "sqlite:///lapor.db"\nallow_plugins = ["outbox", "app", "sms"]\n'
    sms = f'[plugins.sms]\nsend_url = "{silent}"\nuser = "u"\npassword = "p"\nsender = "1708"\ntimeout_seconds = 600\n'
    config.write_text(outbox + sms, "utf-8")
    both = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
    with open_house(load_config(config, {})) as house:
        submit(house, 0, 4)
        hire("lapor", beat=True)
        hire("lapor-sms")
        hire("lapor-outbox")
        wait_for(lambda: held(house) == 4)
        for number in range(3):
            letters = Reporter(email=f"warga{number}@example.id", mobile=f"+62811{number:07}")  # invented
            hand_in(
                house,
                channel="app",
                source_id=str(number),
                reporter=letters,
                proofs=both,
                title="Lampu",
                kind=Kind.ASPIRATION,
            )
        wait_for(lambda: delivered(house) == 3)
        assert held(house) == 4


def held(house: House) -> int:
    """Return how many notices by SMS are claimed and not settled."""
    with house.store.reading() as tx:
        queued = tx.notices_in(Status.QUEUED)
        return sum(each.medium == "sms" and each.lease_owner is not None for each in queued)
