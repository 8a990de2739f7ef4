"""The channel and the notifier with a real Kannel, configured as the how-to says.

Where Kannel is not installed they are skipped, but for CI, where they fail.

Debian: ``apt-get install kannel kannel-extras``; the second brings the fake SMS centre that stands in for the operator.
"""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

pytest.importorskip("httpx2")
pytest.importorskip("phonenumbers")
pytest.importorskip("uvicorn")

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from lapor_channels.sms import Sms, SmsNotifier, SmsSettings
from lapor_core.plugins.contracts import Delivered, Failed, Message, Receipt, TryLater
from lapor_core.submission import Submission
from lapor_core.testing import FrozenClock, MemoryDesk

BEARERBOX, SMSBOX = (shutil.which(box, path="/usr/sbin:/usr/local/sbin") or "" for box in ("bearerbox", "smsbox"))
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
IS_HERE = bool(BEARERBOX and SMSBOX and FAKESMSC.exists())
pytestmark = pytest.mark.skipif(not IS_HERE and not os.environ.get("CI"), reason="Kannel is not installed")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "sms-channel.md"
NUMBER = "+6280000000001"  # invented
PATIENCE = 30.0


def test_kannel_is_here() -> None:
    assert IS_HERE, "apt-get install kannel kannel-extras"


class _RealClock(FrozenClock):
    def __call__(self) -> datetime:
        return datetime.now(UTC)


class Desk(MemoryDesk):
    """A desk by the real clock, whose database is away when the first message comes."""

    def __init__(self) -> None:
        super().__init__(clock=_RealClock())
        self.tries = 0

    def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
        self.tries += 1
        if self.tries == 1:
            raise OSError
        return super().submit(submission, partial=partial)


@attrs.frozen
class Phones:
    """The operator's side: what phones send, and what reaches them."""

    process: subprocess.Popen[str]
    log: list[str] = attrs.field(factory=list)

    @property
    def received(self) -> list[str]:
        return [found[1] for line in self.log if (found := re.search(r"Got message \d+: <(.*)>$", line))]

    def listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log.append(line)

    def send(self, text: str, kind: str = "text", sender: str = NUMBER) -> None:
        assert self.process.stdin
        before = self._sent()
        self.process.stdin.write(f"{sender} 1708 {kind} {text}\n")
        self.process.stdin.flush()
        wait_for(lambda: self._sent() > before)  # it overlooks a line that comes before the last one is sent

    def _sent(self) -> int:
        return sum("fakesmsc: sent message" in line for line in self.log)


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "nothing happened in time"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_ports(count: int) -> list[int]:
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in servers]
    for server in servers:
        server.close()
    return ports


@pytest.fixture
def ports() -> dict[str, int]:
    return dict(zip(("admin", "smsbox", "sendsms", "operator", "desk"), free_ports(5), strict=True))


@pytest.fixture
def desk(ports: dict[str, int]) -> Iterator[Desk]:
    desk = Desk()
    app = Starlette(routes=[Mount("/sms", Sms().configure(settings(ports)).app(desk))])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=ports["desk"], log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    yield desk
    server.should_exit = True
    thread.join(PATIENCE)


def settings(ports: dict[str, int], **options: object) -> SmsSettings:
    return SmsSettings(secret="SECRET", allowed_clients=("127.0.0.1",), answer_receipt=True, **options)


@pytest.fixture
def kannel(ports: dict[str, int], tmp_path: Path) -> Iterator[None]:
    file = tmp_path / "kannel.conf"
    file.write_text(configuration(ports, tmp_path), encoding="utf-8")
    boxes = []
    try:
        for box, port in ((BEARERBOX, ports["smsbox"]), (SMSBOX, ports["sendsms"])):
            boxes.append(
                subprocess.Popen([box, "-v", "4", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            wait_for(lambda port=port: listens(port))
        yield
    finally:
        for process in reversed(boxes):
            process.terminate()
        for process in boxes:
            process.wait(PATIENCE)


def configuration(ports: dict[str, int], folder: Path) -> str:
    """Return the configuration of the how-to, on other ports and with an operator."""
    found = re.search(r"```text\n(group = core.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    text = found[1]
    for old, new in {
        "13000": str(ports["admin"]),
        "13001": str(ports["smsbox"]),
        "13013": str(ports["sendsms"]),
        "8000/": f"{ports['desk']}/",
        "/var/spool/kannel": str(folder),
        "/var/log/kannel": str(folder),
        "http-queue-delay = 60": "http-queue-delay = 1",
    }.items():
        assert old in text
        text = text.replace(old, new)
    operator = f"group = smsc\nsmsc = fake\nsmsc-id = FAKE\nport = {ports['operator']}\nconnect-allow-ip = 127.0.0.1\n"
    return f"{text}\n{operator}"


@pytest.fixture
def phones(kannel: None, ports: dict[str, int]) -> Iterator[Phones]:
    command = [str(FAKESMSC), "-H", "127.0.0.1", "-r", str(ports["operator"])]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe, text=True, errors="replace")
    phones = Phones(process)
    thread = threading.Thread(target=phones.listen)
    thread.start()
    yield phones
    process.kill()
    process.wait(PATIENCE)
    thread.join(PATIENCE)
    for stream in (process.stdin, process.stderr):
        assert stream
        stream.close()


def test_kannel_delivers_comes_again_after_a_fault_and_sends_what_we_hand_over(
    ports: dict[str, int], desk: Desk, phones: Phones
) -> None:
    phones.send("LAPOR jalan di depan  Dinas Contoh rusak & berlubang 50%")
    wait_for(lambda: desk.submissions)
    phones.send("promo", sender="TELKOMSEL")
    phones.send("%d8%3d%de%00%00%20%00r%00u%00s%00a%00k", kind="ucs2")
    wait_for(lambda: len(desk.submissions) == 2)
    first, second = desk.submissions.items()
    assert desk.tries == 3
    assert first[1].narrative == "LAPOR jalan di depan  Dinas Contoh rusak & berlubang 50%"
    assert second[1].narrative == "😀 rusak"
    assert first[1].reporter.mobile == NUMBER
    wait_for(lambda: len(phones.received) == 2)
    assert phones.received[0] == f"1708 {NUMBER} text Laporan diterima. Kode {first[0]}."

    phones.send(f"cek {first[0].lower()}")
    wait_for(lambda: len(phones.received) == 3)
    assert phones.received[2].endswith(f"Laporan {first[0]}: Diterima, menunggu disposisi.")

    account = {"send_url": f"http://127.0.0.1:{ports['sendsms']}/cgi-bin/sendsms", "user": "lapor", "sender": "1708"}
    message = Message(key="k", medium="sms", address=NUMBER, text="Harga [1] – 😀", template="answered")
    right = SmsNotifier(options=settings(ports, password="CHANGE-ME-TOO", **account))
    wrong = SmsNotifier(options=settings(ports, password="CHANGE-ME", **account))
    assert isinstance(wrong.send(message, desk.now()), TryLater)
    assert right.send(attrs.evolve(message, text="Laporan ditanggapi {x} ~"), desk.now()) == Delivered()
    assert right.send(message, desk.now()) == Delivered()
    wait_for(lambda: len(phones.received) == 5)
    reported = {"dlr_url": f"http://kannel:SECRET@127.0.0.1:{ports['desk']}/sms/dlr?notice={{key}}&state=%d"}
    desk.deliveries["k/3"] = Failed(why="not known yet")
    hearing = SmsNotifier(options=settings(ports, password="CHANGE-ME-TOO", **account, **reported))
    assert hearing.send(attrs.evolve(message, key="k/3"), desk.now()) == Delivered()
    wait_for(lambda: desk.deliveries["k/3"] == Delivered())
    assert phones.received[3] == f"1708 {NUMBER} text Laporan ditanggapi {{x}} ~"
    assert phones.received[4].startswith(f"1708 {NUMBER} ucs-2 %00H%00a%00r%00g%00a")
