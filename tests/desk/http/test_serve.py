"""``lapor serve``: a desk that starts with one line, survives being killed, and stops when it is told to."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
import uvicorn

from lapor_core import Reporter, Role
from lapor_desk.cli import main
from lapor_desk.cli import serve as command
from lapor_desk.config import Config
from lapor_desk.durable import Workers
from lapor_desk.house import open_house
from lapor_desk.store import Database, StoreDown

LAPOR = [sys.executable, "-c", "import sys; from lapor_desk.cli import main; sys.exit(main())"]
PATIENCE = 60.0
"""Seconds within which something must have happened on a busy machine."""

AGENCIES = '\n[[agencies]]\nkey = "dinas-contoh"\nname = "Dinas Contoh"\n'


def eventually(happens: Callable[[], Any], what: str) -> Any:
    """Wait until ``happens`` returns something true, and return it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := happens():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} has not happened within {PATIENCE:.0f} seconds")


class Served:
    """A desk that runs in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.log = (folder / "log.txt").open("a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*LAPOR, "serve", "--port", "0", *options],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = re.search(r"http://\S+", self.line)
        assert found, (self.line, self.logged)
        self.url = found.group()
        self.client = httpx2.Client(base_url=self.url, timeout=30, trust_env=False)
        eventually(self.is_healthy, "the first answer")

    def is_healthy(self) -> bool:
        try:
            return self.client.get("/health").status_code == 200
        except httpx2.TransportError:
            return False

    @property
    def logged(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def sms(self, text: str, number: str = "+6281200000001", message_id: str = "1") -> httpx2.Response:  # invented
        query = urlencode({"from": number, "id": message_id, "text": text})
        return self.client.get(f"/sms/kannel?{query}")

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        self.client.close()
        self.log.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Return what starts a desk in the test's folder, with this text as its lapor.toml."""
    running: list[Served] = []

    def start(text: str = "", *options: str) -> Served:
        (tmp_path / "lapor.toml").write_text(text, encoding="utf-8")
        running.append(Served(tmp_path, *options))
        return running[-1]

    yield start
    for served in running:
        served.close()


@pytest.fixture
def gateway() -> Iterator[tuple[str, threading.Event]]:
    """A gateway that takes a call and never answers: its URL, and the event that a call has come."""
    called = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            called.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/cgi-bin/sendsms", called
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
    listener.close()
    for connection in held:
        connection.close()


def letters(folder: Path) -> list[str]:
    return [path.read_text("utf-8") for path in sorted((folder / "lapor-outbox").glob("*.txt"))]


def test_the_first_start_says_where_it_is_and_how_to_go_on(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve(AGENCIES)
    assert re.fullmatch(
        r"LAPOR! desk: http://127\.0\.0\.1:\d+/ {6}database: lapor\.db {6}policy: banjarbaru {6}"
        r"plug-ins: \d channels?, \d notifiers?\n",
        served.line,
    )
    assert served.process.stdout is not None
    told = served.process.stdout.readline()
    assert told.startswith(f"A new desk begins: {tmp_path / 'lapor.db'}. If one should be there already, stop")
    told = served.process.stdout.readline()
    assert told == (
        "not set up: email, see [plugins.email] in lapor.toml; "
        f"until then, its messages go to the outbox, {tmp_path / 'lapor-outbox'}\n"
    )
    told = served.process.stdout.readline()
    assert told == "No officer can sign in yet: lapor officers add LOGIN --role central_admin\n"
    assert served.client.get("/ready").json() == {"status": "ready"}
    assert served.client.get("/").status_code == 200
    assert served.client.get("/track").status_code == 200
    assert served.client.get("/officers/login").status_code == 200
    assert served.client.get("/walk-in/", headers={"accept": "text/html"}).status_code == 303
    assert "server" not in served.client.get("/").headers
    if os.name == "posix":
        assert oct((tmp_path / "lapor.key").stat().st_mode & 0o777) == "0o600"


def test_killed_between_receipt_and_delivery_it_delivers_after_the_next_start(
    serve: Callable[..., Served], gateway: tuple[str, threading.Event], tmp_path: Path
) -> None:
    url, called = gateway
    kannel = (
        f'[plugins.sms]\nsend_url = "{url}"\nuser = "lapor"\npassword = "x"\nsender = "1708"\ntimeout_seconds = 20\n'
    )
    first = serve(AGENCIES + kannel)
    assert first.sms("LAPOR lampu jalan contoh padam").status_code == 200
    assert called.wait(PATIENCE), first.logged  # the notice is on its way, and nobody has said that it arrived
    first.kill()
    assert letters(tmp_path) == []

    second = serve(AGENCIES)
    [letter] = eventually(lambda: letters(tmp_path), "the delivery of what was accepted before")
    assert letter.startswith("To: +6281200000001\n")
    again = second.sms("LAPOR lampu jalan contoh padam")
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}", again.text)
    assert code, again.text
    assert code.group() in letter  # Kannel asks again, and it is the same report
    assert code.group() in second.sms(f"STATUS {code.group()}", message_id="2").text
    time.sleep(1.5)
    assert len(letters(tmp_path)) == 1


def test_what_was_accepted_while_it_was_being_killed_is_there_and_is_told(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    accepted: set[str] = set()
    for life in range(3):
        served = serve(AGENCIES)
        stopped = threading.Event()

        def send(served: Served = served, life: int = life, stopped: threading.Event = stopped) -> None:
            for number in range(200):
                if stopped.is_set():
                    return
                text = f"LAPOR nomor {life}-{number}"
                try:
                    if served.sms(text, message_id=f"{life}-{number}").status_code == 200:
                        accepted.add(f"{life}-{number}")
                except httpx2.TransportError:
                    return

        sender = threading.Thread(target=send)
        sender.start()
        eventually(lambda life=life: any(name.startswith(f"{life}-") for name in accepted), "a receipt")
        time.sleep(0.2 * life)
        served.kill()
        stopped.set()
        sender.join(PATIENCE)
    assert accepted
    last = serve(AGENCIES)
    codes = {}
    for name in sorted(accepted):
        again = last.sms(f"LAPOR nomor {name}", message_id=name)
        codes[name] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}", again.text)[0]
    assert len(set(codes.values())) == len(accepted)
    eventually(
        lambda: all(any(code in letter for letter in letters(tmp_path)) for code in codes.values()),
        "the delivery of every receipt",
    )
    assert last.client.get("/ready").status_code == 200


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_within_seconds(serve: Callable[..., Served], number: signal.Signals) -> None:
    served = serve(AGENCIES)
    served.sms("LAPOR lampu jalan contoh padam")
    begun = time.monotonic()
    served.process.send_signal(number)
    assert served.process.wait(20) == 0
    assert time.monotonic() - begun < 15
    assert "Traceback" not in served.logged


def test_the_log_names_no_citizen(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve(AGENCIES)
    code = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}", served.sms("LAPOR MARKER-KRONOLOGI").text)[0]
    served.client.get(f"/app/v1/reports/{code}")
    served.client.get(f"/track?code={code}")
    served.client.post("/officers/login", data={"login": "MARKER", "password": "MARKER"})
    eventually(lambda: letters(tmp_path), "the delivery")
    logged = served.logged
    assert "GET /sms/kannel 200" in logged
    for secret in ("MARKER", code, "6281200000001", "127.0.0.1"):
        assert secret not in logged


def test_behind_a_trusted_proxy_the_cookie_is_for_https_only(serve: Callable[..., Served], tmp_path: Path) -> None:
    added = subprocess.run(
        [*LAPOR, "officers", "add", "pusat", "--role", "central_admin", "--password-stdin"],
        cwd=tmp_path,
        input="rahasia-contoh\n",
        text=True,
        capture_output=True,
        check=False,
    )
    assert added.returncode == 0, added.stderr
    served = serve("")
    login = {"login": "pusat", "password": "rahasia-contoh"}
    proxied = served.client.post("/officers/login", data=login, headers={"x-forwarded-proto": "https"})
    direct = served.client.post("/officers/login", data=login)
    assert "; Secure" in proxied.headers["set-cookie"]
    assert "; Secure" not in direct.headers["set-cookie"]


# What cannot be served is one message and status 2.


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return what starts a desk that cannot be, and gives its message."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAPOR_CONFIG", raising=False)

    def start(*options: str) -> str:
        port = () if "--port" in options else ("--port", "0")
        assert main(["serve", *port, *options]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert "Traceback" not in told.err
        return told.err.strip()

    return start


def test_a_port_that_is_taken(refused: Callable[..., str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused("--port", str(port))
    assert re.fullmatch(
        rf"cannot listen on 127\.0\.0\.1, port {port}: .*; choose another one with --host and --port", told
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--port", "65536"), "must be 0 to 65535"),
        (("--port", "1.5"), "not a whole number"),
        (("--host", "no-such-host.invalid"), "cannot listen on no-such-host.invalid"),
        (("--database", "mysql://user:geheim@db/x"), "allowed: sqlite:///file.db"),
        (("--database", "sqlite://"), "allowed: sqlite:///file.db"),
        (("--database", "postgresql://user:geheim@127.0.0.1:1/x"), "set key_file and files in lapor.toml"),
        (("--host", ""), '--host "": must be one address or name'),
        (("--policy", "banjarmasin"), 'did you mean "banjarbaru"?'),
        (("--config", "none.toml"), "none.toml: cannot be read"),
    ],
)
def test_options_that_cannot_be(refused: Callable[..., str], options: tuple[str, ...], told: str) -> None:
    message = refused(*options)
    assert told in message
    assert len(message.splitlines()) == 1
    assert "geheim" not in message


def test_a_database_that_is_none(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "lapor.db").write_bytes(b"this is no database, " * 100)
    assert "the database" in refused()


def test_a_server_of_databases_that_is_away(refused: Callable[..., str], tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    (tmp_path / "key").write_bytes(b"")
    (tmp_path / "lapor.toml").write_text(
        'database = "postgresql://lapor:geheim@127.0.0.1:1/lapor"\nkey_file = "new.key"\nfiles = "files"\n',
        encoding="utf-8",
    )
    message = refused()
    assert "database" in message
    assert "geheim" not in message


def test_a_database_or_a_folder_that_cannot_be_written(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be", "utf-8")
    assert "taken" in refused("--database", f"sqlite:///{tmp_path}/taken/lapor.db")

    def fails(_: Database) -> None:
        raise StoreDown("it is read-only", code="store_down")

    monkeypatch.setattr(Database, "check_writable", fails)
    assert "read-only" in refused("--database", f"sqlite:///{tmp_path}/lapor.db")


def test_a_key_that_belongs_to_another_database(refused: Callable[..., str], tmp_path: Path) -> None:
    for name in ("one", "two"):
        open_house(Config(database=f"sqlite:///{tmp_path}/{name}.db")).close()
    (tmp_path / "one.key").write_bytes((tmp_path / "two.key").read_bytes())
    assert "key" in refused("--database", "sqlite:///one.db")


def test_a_key_without_its_database(refused: Callable[..., str], tmp_path: Path) -> None:
    open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db")).close()
    for path in tmp_path.glob("lapor.db*"):
        path.unlink()
    told = refused()
    assert "sqlite:///lapor.db: no desk lies there, and its key does" in told
    assert "lapor serve --new" in told
    assert not (tmp_path / "lapor.db").exists()


def test_a_new_desk_where_one_lies(refused: Callable[..., str], tmp_path: Path) -> None:
    open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db")).close()
    assert "a desk lies there already" in refused("--new")


def test_every_fault_of_the_configuration_with_its_line(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "lapor.toml").write_text('port = "x"\nhots = "x"\n', encoding="utf-8")
    told = refused()
    assert "lapor.toml:1" in told
    assert "lapor.toml:2" in told
    assert 'did you mean "host"' in told


@pytest.mark.parametrize(("proxies", "trusted"), [(("10.0.0.1",), True), ((), False)])
def test_proxies_are_believed_as_the_configuration_says(
    proxies: tuple[str, ...],
    trusted: bool,  # noqa: FBT001 - a column of the table
) -> None:
    settings = command._server(answer_nothing, Config(trusted_proxies=proxies)).config
    assert settings.proxy_headers is trusted
    assert settings.forwarded_allow_ips == list(proxies)
    assert not settings.access_log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_just_before_it_serves_is_not_lost(number: signal.Signals) -> None:
    server = command._server(answer_nothing, Config())
    with socket.create_server(("127.0.0.1", 0)) as listener, command._signals_noted(server):
        signal.raise_signal(number)
        server.run(sockets=[listener])  # which ends at once
    assert server.started


async def answer_nothing(scope: Mapping[str, object], receive: object, send: Callable[..., Awaitable[None]]) -> None:
    """An application that only begins and ends."""
    assert scope["type"] == "lifespan"
    await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


def test_what_is_queued_wakes_the_relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nudged: list[Workers] = []

    def note(workers: Workers) -> None:
        nudged.append(workers)

    monkeypatch.setattr(Workers, "nudge", note)
    with open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db")) as house:
        letter = Reporter(email="warga@example.id")
        monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: house.accounts.challenge(letter))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            command._run(house, listener, "")
    assert len(nudged) == 1


def test_plug_ins_that_are_off_are_named_with_their_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Config(database=f"sqlite:///{tmp_path}/lapor.db", block_plugins=("sms",))
    with open_house(config) as house, socket.create_server(("127.0.0.1", 0)) as listener:
        house.officers.add("pusat", "rahasia-contoh", Role.CENTRAL_ADMIN)
        command._greet(house, listener)
    told = capsys.readouterr().out.splitlines()
    assert any(
        line.startswith("off: plug-in 'sms' ") and 'take "sms" off the list of blocked plug-ins' in line
        for line in told
    )
    assert not any("No officer" in line for line in told)


def test_a_place_of_files_that_cannot_be_used_is_told_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db")) as house,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        command._greet(house, listener)
        assert "Attachments" not in capsys.readouterr().out
        (tmp_path / "lapor-files").rmdir()
        command._greet(house, listener)
    assert f"Attachments cannot be kept at {tmp_path / 'lapor-files'}: the place of files" in capsys.readouterr().out


def test_the_hint_names_the_same_house() -> None:
    assert command._said(None, None) == ""
    assert command._said(Path("kantor.toml"), None) == " --config kantor.toml"
    assert "geheim" not in command._said(None, "postgresql://lapor:geheim@db/lapor")


def test_ipv6_is_shown_as_a_browser_takes_it() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        with command._listening(Config(host="::1", port=0)) as listener:
            assert re.fullmatch(r"\[::1\]:\d+", command._address("::1", listener))
    except Exception as error:  # noqa: BLE001 - a machine without IPv6 on its loopback
        pytest.skip(f"no IPv6 here: {error}")
