"""The desk's work in Celery, over a real Redis: all goes out, once, and no kill loses any of it.

Where Redis is not installed this is skipped, but for CI, where it fails. Debian: ``apt-get install redis-server``.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("celery")

from celery import Celery

from lapor_core import Proof, Reporter, Submission
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


@pytest.fixture
def hire(examples: Path, broker: str, config: Path, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts Celery as the example's page says, in a process group that can be killed."""
    hired: list[subprocess.Popen[bytes]] = []
    environ = {**os.environ, "LAPOR_CONFIG": str(config), "LAPOR_BROKER": broker, "PYTHONDONTWRITEBYTECODE": "1"}

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "desk_tasks", "worker", "--beat", "-c", "2"]
        command += ["-s", str(tmp_path / "beat"), "--loglevel", "ERROR"]
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
        house.desk.submit(
            Submission(
                channel="sms",
                source_id=str(number),
                received_at=house.clock(),
                reporter=Reporter(mobile=f"+62800{number:07}"),  # invented
                proofs=frozenset({Proof.SENDER_NUMBER}),
                narrative=f"Lampu jalan contoh {number} mati",
            )
        )


def delivered(house: House) -> int:
    with house.store.reading() as tx:
        return tx.counts().notices[Status.DELIVERED]


def test_celery_delivers_once_and_what_is_killed_goes_out_from_its_successor(
    house: House, broker: str, hire: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    submit(house, 0, 5)
    doomed = hire()
    wait_for(lambda: delivered(house) == 5)
    submit(house, 5, 20)
    wait_for(lambda: delivered(house) > 5)
    kill(doomed)
    hire()
    Celery(broker=broker).send_task("lapor.sweep")  # beat does so every minute
    wait_for(lambda: delivered(house) == 25)
    sent = list((tmp_path / "outbox").glob("*.txt"))
    with house.store.reading() as tx:
        assert {path.stem for path in sent} == {
            each.provider_id.removesuffix(".txt") for each in tx.notices_in(Status.DELIVERED)
        }
    assert len(sent) == 25
