"""``lapor serve``: the desk for real, in this process, until it is told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from lapor_core.errors import BadValue, LaporError
from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.values import WholeNumber
from lapor_desk.counting import counted
from lapor_desk.logs import LogFormat, log_to_the_console

if TYPE_CHECKING:
    from uvicorn import Server

    from lapor_core.plugins import PluginStatus
    from lapor_core.plugins.contracts import ASGIApp
    from lapor_desk.config import Config
    from lapor_desk.house import House

__all__ = ["app"]

app = App(name="serve", help="Run the desk: web form, app, SMS, counter and officers' console.")

_PATIENCE = timedelta(seconds=5)
"""How long requests and deliveries under way may take to end when the desk is told to stop."""


@app.default
def serve(
    *,
    config: Path | None = None,
    database: str | None = None,
    host: str | None = None,
    port: WholeNumber | None = None,
    policy: str | None = None,
    new: Annotated[bool, Parameter(negative=())] = False,
    log_format: LogFormat = "text",
) -> None:
    """Run the desk. What is not said here, the configuration says.

    Parameters
    ----------
    config
        The configuration file; without it LAPOR_CONFIG, then lapor.toml in this folder.
    database
        sqlite:///lapor.db, or postgresql://user@host/name.
    host
        The address to listen on.
    port
        The port to listen on; 0 takes a free one.
    policy
        A shipped service standard, or the path of a policy file.
    new
        Begin a new desk though there is a key already; refused where a desk lies.
    log_format
        Lines for people (text), or one JSON object per line (json).
    """
    chosen = configured(config, database=database, host=host, port=port, policy=policy)
    log_to_the_console(log_format)
    news: list[str] = []
    with _listening(chosen) as listener, opened(chosen, begin=news.append, new=new, upgrade=True) as house:
        _run(house, listener, _said(config, database), news)


def _run(house: House, listener: socket.socket, said: str, news: Sequence[str] = ()) -> None:
    from lapor_desk.durable import Workers
    from lapor_desk.http import create_app

    house.store.database.check_writable()
    workers = Workers(house.engine, house.desk.sweep, clock=house.clock)
    server = _server(create_app(house, workers), house.config)
    house.on_queued(workers.nudge)
    with _signals_noted(server):
        workers.start()
        fetching = house.channel_work()
        fetching.start()
        try:
            _greet(house, listener, said, news)
            server.run(sockets=[listener])
        finally:
            fetching.stop(_PATIENCE)
            workers.stop(_PATIENCE)


def _server(application: ASGIApp, config: Config) -> Server:
    import uvicorn

    settings = uvicorn.Config(
        application,
        access_log=False,  # it would write queries down, in which telephone numbers and texts of SMS stand; ours does not
        log_config=None,
        server_header=False,
        ws="none",
        proxy_headers=bool(config.trusted_proxies),
        forwarded_allow_ips=list(config.trusted_proxies),
        timeout_graceful_shutdown=int(_PATIENCE.total_seconds()),
    )
    return uvicorn.Server(settings)


@contextmanager
def _listening(config: Config) -> Iterator[socket.socket]:
    """Take the port before anything else: a second desk that is started by mistake should touch nothing."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        listener = socket.create_server((config.host, config.port), family=family, backlog=2048)
    except OSError as error:
        why = str(error.strerror or error).partition(" (while")[0]  # the rest repeats the address
        message = f"cannot listen on {config.host}, port {config.port}: {why}"
        raise BadValue(f"{message}; choose another one with --host and --port", code="cannot_listen") from None
    with listener:
        yield listener


@contextmanager
def _signals_noted(server: Server) -> Iterator[None]:
    """Let a signal be the end of serving, and not of the process: workers stop after it.

    While it serves, the server notes signals itself; one that comes before that is not lost either.
    """

    def note(_: int, __: FrameType | None) -> None:
        server.should_exit = True

    names = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last one is Windows' own
    before: dict[int, Any] = {}
    for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
        before[number] = signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _greet(house: House, listener: socket.socket, said: str = "", news: Sequence[str] = ()) -> None:
    report = house.plugins.report()
    parts = (
        f"LAPOR! desk: http://{_address(house.config.host, listener)}/",
        f"database: {_short(house.config.database)}",
        f"policy: {house.standard.policy.id}",
        f"plug-ins: {counted(len(house.channels), 'channel')}, {counted(len(house.plugins.notifiers()), 'notifier')}",
    )
    print("      ".join(parts), flush=True)
    for sentence in news:
        print(sentence, flush=True)
    for status in report:
        if status.reason:
            print(_off(house, status), flush=True)
    if trouble := _trouble_with_files(house):
        print(trouble, flush=True)
    if not house.standard.agencies:
        print(
            "No agency is configured, so nothing can be disposed: name them as [[agencies]] in lapor.toml", flush=True
        )
    if not any(not officer.disabled for officer in house.officers.listed()):
        print(f"No officer can sign in yet: lapor officers add LOGIN --role central_admin{said}", flush=True)


def _trouble_with_files(house: House) -> str | None:
    """Reports without files are taken in all the same. A bucket that is away may let a start wait: /ready tells of that."""
    try:
        if isinstance(house.files, Path):
            house.store.files.check()
    except LaporError as error:
        return f"Attachments cannot be kept at {house.files}: {error}"
    return None


def _off(house: House, status: PluginStatus) -> str:
    """What nobody has set up is no fault: its first start says what happens without it."""
    from lapor_desk.plugging import OUTBOX, is_unset, plugin_settings, state_of

    if not is_unset(house.config, status):
        return f"{state_of(status)}: {status.reason}; {status.remedy}"
    folder = plugin_settings(house.config).get(OUTBOX, {}).get("folder")
    outbox = f"; until then, its messages go to the outbox, {folder}" if folder and "notifier" in status.kind else ""
    return f"not set up: {status.key}, see [plugins.{status.key}] in lapor.toml{outbox}"


def _said(config: Path | None, database: str | None) -> str:
    """Return the options with which another command finds the same house."""
    return (f" --config {config}" if config else "") + (f" --database {_shown(database)}" if database else "")


def _address(host: str, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _shown(database: str) -> str:
    from lapor_desk.store.database import database_url, shown_url

    return shown_url(database_url(database))


def _short(database: str) -> str:
    """Return a database as a person names it: a SQLite file by its path, from this folder on where it lies in it."""
    shown = _shown(database)
    if not shown.startswith("sqlite:///"):
        return shown
    path, here = Path(shown.removeprefix("sqlite:///")), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
