"""The workers, with DBOS as it is: they deliver and sweep, stop, die and start again, and no notice is lost or sent twice.

``LAPOR_FAULTS=20`` lets the last test kill twenty workers instead of one.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import psutil
import pytest
from dbos import DBOS, SetWorkflowID
from sqlalchemy import Connection, create_engine, inspect, make_url, text, update

from lapor_core.errors import Refused
from lapor_core.plugins.contracts import Delivered, Message, TryLater, Verdict
from lapor_desk import durable
from lapor_desk.courier import Courier
from lapor_desk.durable import Workers, system_database
from lapor_desk.engine import Composer, Engine
from lapor_desk.pacing import Pace, Rate
from lapor_desk.store import Claim, NewNotice, QueuedNotice, Status, Store, StoreBusy, database_url
from lapor_desk.store.tables import notices as notice_rows
from lapor_desk.worker_names import machine

MARK = "rahasia-contoh"
WORKER = Path(__file__).with_name("worker.py")
EVERY_SECOND = "* * * * * *"
SOON = timedelta(milliseconds=100)
KILLS = int(os.environ.get("LAPOR_FAULTS") or 1)


def compose(notice: QueuedNotice) -> Message:
    return Message(
        key=notice.id, medium="sms", address=f"{MARK}@example.org", text=f"Yth. {MARK}", template=notice.template
    )


@attrs.define
class Post:
    """A notifier that counts who is in it at once."""

    does: Callable[[], Verdict] = Delivered
    key: str = "post"
    media: frozenset[str] = frozenset({"sms"})
    sent: list[str] = attrs.Factory(list)
    inside: int = 0
    most_inside: int = 0
    lock: threading.Lock = attrs.Factory(threading.Lock)

    def send(self, message: Message, now: datetime) -> Verdict:
        with self.lock:
            self.sent.append(message.key)
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        try:
            return self.does()
        finally:
            with self.lock:
                self.inside -= 1


def engine_of(
    store: Store, *posts: Post, composer: Composer = compose, kind: type[Engine] = Engine, **options: Any
) -> Engine:
    courier = Courier({medium: post for post in posts for medium in post.media})
    return kind(store=store, compose=composer, courier=courier, **options)


@pytest.fixture
def workers_of() -> Iterator[Callable[..., Workers]]:
    """Makes workers that are in a hurry, and stops them in the end."""
    made: list[Workers] = []

    def make(engine: Engine, sweep: Callable[[datetime], object] = lambda _: None, **options: Any) -> Workers:
        made.append(Workers(engine, sweep, **{"look_every": SOON, "sweep_at": EVERY_SECOND, **options}))
        return made[-1]

    yield make
    for workers in made:
        if workers in durable._running:
            workers.stop(timedelta(seconds=1))


def queue(store: Store, count: int = 1, medium: str = "sms") -> None:
    now = datetime.now(UTC)
    numbers = itertools.count(time.monotonic_ns())
    with store.transaction() as tx:
        tx.enqueue(
            NewNotice(
                complaint_id="c",
                sequence=next(numbers) % 2**31,
                template="answered",
                role="reporter",
                medium=medium,
                not_before=now,
                created_at=now,
            )
            for _ in range(count)
        )


def delivered(store: Store) -> int:
    with store.reading() as tx:
        return tx.counts().notices[Status.DELIVERED]


def eventually(what: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            pytest.fail("it has not come about in time")
        time.sleep(0.02)


# One process


def test_workers_deliver_sweep_and_stop(store: Store, workers_of: Callable[..., Workers]) -> None:
    before = set(threading.enumerate())
    post, swept = Post(), []
    queue(store, 10)
    workers = workers_of(engine_of(store, post), swept.append)
    workers.start()
    eventually(lambda: delivered(store) == 10)
    queue(store, 10)
    eventually(lambda: delivered(store) == 20)
    eventually(lambda: len(swept) >= 2)
    assert len(set(post.sent)) == len(post.sent) == 20
    assert all(moment.utcoffset() is not None for moment in swept)
    workers.stop(timedelta(seconds=1))
    eventually(lambda: not {thread for thread in threading.enumerate() if thread.is_alive()} - before)
    queue(store)
    time.sleep(0.5)
    assert delivered(store) == 20


def test_workers_can_start_again_but_not_twice(store: Store, workers_of: Callable[..., Workers]) -> None:
    workers = workers_of(engine_of(store, Post()))
    workers.start()
    with pytest.raises(Refused) as caught:
        workers_of(engine_of(store, Post())).start()
    assert caught.value.code == "already_running"
    assert workers.is_working
    workers.stop(timedelta(0))
    workers.start()
    queue(store)
    eventually(lambda: delivered(store) == 1)


def test_workers_whose_start_fails_can_be_started_later(
    store: Store, workers_of: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = workers_of(engine_of(store, Post()))
    with monkeypatch.context() as patch:
        patch.setattr(durable, "system_database", lambda _: "sqlite:////proc/nothing/here.sqlite")
        with pytest.raises(Exception, match="unable to open"):
            workers.start()
    workers.start()
    queue(store)
    eventually(lambda: delivered(store) == 1)


def test_what_should_not_wait_does_not(store: Store, workers_of: Callable[..., Workers]) -> None:
    workers = workers_of(engine_of(store, Post()), look_every=timedelta(seconds=20))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "_look_every", 0.2)  # of DBOS's queue; our own look stays slow
        workers._register, register = lambda: (register(), patch.undo()), workers._register
        workers.start()
    time.sleep(0.3)
    queue(store)
    time.sleep(0.5)
    assert delivered(store) == 0
    workers.nudge()
    eventually(lambda: delivered(store) == 1, seconds=10)


def test_no_more_deliveries_run_at_once_than_were_allowed(store: Store, workers_of: Callable[..., Workers]) -> None:
    def slowly() -> Verdict:
        time.sleep(0.05)
        return Delivered()

    post = Post(slowly)
    queue(store, 12)
    workers_of(engine_of(store, post), concurrency=3).start()
    eventually(lambda: delivered(store) == 12)
    assert 1 <= post.most_inside <= 3
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("dbos-executor")]
    assert len(threads) <= 3 + 8


def test_no_more_run_at_once_when_their_threads_are_slow_to_start(
    store: Store, workers_of: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DBOS counts what runs, and a job runs from its first line on; until then its place looks free."""
    monkeypatch.setattr("dbos._core.ActiveWorkflowById.count_for_queue", lambda *_: 0)
    post = Post(lambda: time.sleep(0.3) or Delivered())
    queue(store, 9)
    workers_of(engine_of(store, post), concurrency=3).start()
    eventually(lambda: delivered(store) == 9)
    assert 1 <= post.most_inside <= 3


def test_a_notifier_that_hangs_does_not_keep_workers_from_stopping(
    store: Store, workers_of: Callable[..., Workers]
) -> None:
    release = threading.Event()

    def hang() -> Verdict:
        release.wait(30)
        return Delivered()

    post = Post(hang)
    queue(store)
    workers = workers_of(engine_of(store, post))
    workers.start()
    eventually(lambda: post.sent)
    began = time.monotonic()
    workers.stop(timedelta(seconds=1))
    assert time.monotonic() - began < 8
    with store.reading() as tx:
        (notice,) = tx.notices_in(Status.QUEUED)
    assert notice.lease_until is None  # free for others
    release.set()
    eventually(lambda: delivered(store) == 1)  # what was said late is written down


def test_a_slow_notifier_holds_up_no_other(store: Store, workers_of: Callable[..., Workers]) -> None:
    release = threading.Event()

    def slowly() -> Verdict:
        release.wait(60)
        return Delivered()

    slow = Post(slowly, key="a-slow-one", media=frozenset({"email"}))
    sound = Post(media=frozenset({"sms"}))
    queue(store, 30, "email")
    workers_of(engine_of(store, slow, sound), concurrency=2).start()
    eventually(lambda: slow.inside == 2)
    queue(store, 12)
    eventually(lambda: delivered(store) == 12)
    assert slow.inside == 2
    release.set()
    eventually(lambda: delivered(store) == 42)


def test_workers_keep_to_a_rate(store: Store, workers_of: Callable[..., Workers]) -> None:
    rate = Rate(most=3, period=timedelta(days=1))
    post = Post()
    queue(store, 9)
    workers_of(engine_of(store, post, paces={"post": Pace(rate=rate)})).start()
    eventually(lambda: delivered(store) == 3)
    time.sleep(0.5)
    assert len(post.sent) == 3


def test_what_nobody_serves_is_put_off_without_a_job(store: Store, workers_of: Callable[..., Workers]) -> None:
    queue(store, medium="fax")
    workers_of(engine_of(store, Post())).start()
    eventually(lambda: notices(store)[0].last_error == 'no notifier serves "fax"')
    assert DBOS.list_workflows(name="lapor.deliver") == []


@attrs.frozen(kw_only=True)
class Flaky(Engine):
    """Its database is away at first."""

    failures: Iterator[int] = attrs.Factory(lambda: iter(range(3)))

    def relay(self, now: datetime, limit: int | None = None) -> tuple[Claim, ...]:
        if next(self.failures, None) is not None:
            raise StoreBusy("away", code="store_busy")
        return super().relay(now, limit)


def test_a_database_that_is_away_for_a_while_costs_nothing(store: Store, workers_of: Callable[..., Workers]) -> None:
    queue(store)
    workers_of(engine_of(store, Post(), kind=Flaky)).start()
    eventually(lambda: delivered(store) == 1)


@attrs.frozen(kw_only=True)
class Cut(Engine):
    """Its database goes away when a delivery has begun."""

    failures: Iterator[int] = attrs.Factory(lambda: iter(range(3)))

    def deliver(self, claim: Claim, now: datetime) -> Status:
        if next(self.failures, None) is not None:
            raise StoreBusy("away", code="store_busy")
        return super().deliver(claim, now)


def test_a_delivery_that_a_database_cut_short_waits_for_no_lease(
    store: Store, workers_of: Callable[..., Workers]
) -> None:
    queue(store, 3)
    workers_of(engine_of(store, Post(), kind=Cut)).start()
    eventually(lambda: delivered(store) == 3)


def test_what_cannot_be_handed_to_dbos_is_given_back_and_loses_no_attempt(
    store: Store, workers_of: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter(range(20))  # more than a notice has attempts
    enqueue = DBOS.enqueue_workflow

    def flaky(*arguments: Any) -> Any:
        if next(failures, None) is not None:
            raise RuntimeError("away")
        return enqueue(*arguments)

    monkeypatch.setattr(DBOS, "enqueue_workflow", flaky)
    queue(store, 3)
    pace = {"post": Pace(rate=Rate(most=3, period=timedelta(days=1)))}  # what was given back used up no turn
    workers_of(engine_of(store, Post(), paces=pace), look_every=SOON / 5).start()
    eventually(lambda: delivered(store) == 3)
    assert [notice.attempts for notice in notices(store)] == [1, 1, 1]


def test_a_back_up_may_be_restored_beside_what_dbos_remembers(store: Store, workers_of: Callable[..., Workers]) -> None:
    queue(store, 2)
    before = workers_of(engine_of(store, Post()))
    before.start()
    eventually(lambda: delivered(store) == 2)
    before.stop(timedelta(seconds=1))
    with store.transaction() as tx:  # as they stood before
        unsent = {"status": "queued", "attempts": 0, "claims": 0, "settled_at": None}
        tx.connection.execute(update(notice_rows).values(unsent))
    workers_of(engine_of(store, Post())).start()
    eventually(lambda: delivered(store) == 2)


def test_a_process_is_given_nothing_for_a_notifier_that_it_has_not(
    store: Store, workers_of: Callable[..., Workers]
) -> None:
    queue(store)
    richer = engine_of(store, Post(key="elsewhere"), owner="another-machine-1-0")
    before = workers_of(richer)
    before.start()  # and so its queue is known to DBOS
    eventually(lambda: delivered(store) == 1)
    before.stop(timedelta(seconds=1))
    queue(store)
    (claim,) = richer.relay(datetime.now(UTC))
    workers_of(engine_of(store, Post())).start()
    with SetWorkflowID("a-job-of-another-machine"):
        DBOS.enqueue_workflow("lapor-deliveries-elsewhere", durable._deliver, claim.notice_id, claim.number)
    for _ in range(2):
        queue(store, 5)
        eventually(lambda: not has_due(store))
        time.sleep(0.6)  # DBOS looks for queues once a second
    with store.reading() as tx:
        held = tx.notice(claim.notice_id)
    assert (held.lease_owner, held.last_error) == ("another-machine-1-0", None)


def has_due(store: Store) -> bool:
    with store.reading() as tx:
        return tx.has_due_notice(datetime.now(UTC))


# What DBOS is told


def test_dbos_is_set_up_so_that_it_runs_nothing_twice_and_calls_nobody(
    store: Store, workers_of: Callable[..., Workers]
) -> None:
    first, second = (workers_of(engine_of(store, Post()), concurrency=5) for _ in range(2))
    told, other = durable._config(first), durable._config(second)
    assert told["executor_id"] != other["executor_id"]  # or one would run what the other has under way
    assert told["application_version"] == other["application_version"]  # or a new release would leave jobs behind
    assert told["enable_otlp"] is False
    assert not {"conductor_key", "conductor_url", "otlp_traces_endpoints", "otlp_logs_endpoints"} & set(told)
    before = set(psutil.Process().net_connections("inet"))  # what other tests of this process have open
    first.start()
    for name, most in (("lapor-deliveries-post", 5), ("lapor-sweeps", 1)):
        assert DBOS.retrieve_queue(name).worker_concurrency == most  # type: ignore[union-attr]  # it was registered
    assert set(psutil.Process().net_connections("inet")) <= before


def test_dbos_has_a_place_of_its_own(url: str) -> None:
    ours, theirs = database_url(url), make_url(system_database(database_url(url)))
    if ours.get_backend_name() == "sqlite":
        assert str(theirs.database) == str(ours.database).replace("lapor.db", "lapor-dbos.sqlite")
    else:
        assert (theirs.database, theirs.query) == (ours.database, ours.query)


@pytest.mark.parametrize(
    ("url", "system"),
    [
        ("sqlite:///lapor.db", "sqlite:///lapor-dbos.sqlite"),
        ("sqlite:///data/desk.sqlite3", "sqlite:///data/desk.sqlite3-dbos.sqlite"),
        ("postgresql://lapor:s%40cret@db/lapor", "postgresql://lapor:s%40cret@db/lapor"),
    ],
)
def test_where_that_is_follows_from_where_ours_is(url: str, system: str) -> None:
    assert system_database(database_url(url)) == system


def raising(*_: object) -> Any:
    raise RuntimeError(MARK)


def test_nothing_personal_reaches_the_tables_or_logs_of_dbos(
    store: Store, workers_of: Callable[..., Workers], caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([raising, lambda: TryLater(why=f"no {MARK}"), Delivered, raising])

    def composed_or_not(notice: QueuedNotice) -> Message:
        return raising() if len(post.sent) > 2 else compose(notice)

    def answer() -> Verdict:
        return next(answers)()

    post = Post(answer)
    swept: list[datetime] = []

    def sweep(now: datetime) -> None:
        swept.append(now)
        raising()

    with caplog.at_level(logging.DEBUG):
        workers = workers_of(engine_of(store, post, composer=composed_or_not), sweep, concurrency=1)
        workers.start()
        logging.getLogger("dbos").setLevel(logging.DEBUG)
        queue(store, 6)
        eventually(lambda: sum(row.attempts for row in notices(store)) == 6 and len(swept) >= 2)
        workers.stop(timedelta(seconds=1))
    logging.getLogger("dbos").setLevel(logging.WARNING)
    assert any(record.name.startswith("dbos") for record in caplog.records)
    assert logging.getLogger("dbos").propagate  # and so the host hears of them
    assert MARK not in caplog.text
    kept = list(values_of_dbos(store))
    assert len(kept) > 50
    assert not [value for value in kept if MARK.encode() in value]
    assert MARK not in repr(notices(store))


def notices(store: Store) -> tuple[QueuedNotice, ...]:
    with store.reading() as tx:
        return tx.notices_of("c")


@contextmanager
def tables_of_dbos(store: Store) -> Iterator[tuple[Connection, str | None]]:
    """Open DBOS's own database; yield a connection and the schema of its tables."""
    url = make_url(system_database(store.database.url))
    schema = None if store.database.is_sqlite else "lapor_dbos"
    engine = create_engine(url if schema is None else url.set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        yield connection, schema
    engine.dispose()


def values_of_dbos(store: Store) -> Iterator[bytes]:
    """Yield all that stands in DBOS's tables, and what is packed in it."""
    with tables_of_dbos(store) as (connection, schema):
        for table in inspect(connection).get_table_names(schema=schema):
            for row in connection.execute(text(f"SELECT * FROM {f'{schema}.' if schema else ''}{table}")):
                for value in map(str, row):
                    yield value.encode()
                    with suppress(binascii.Error, ValueError):
                        yield base64.b64decode(value, validate=True)


def test_old_jobs_of_dbos_are_forgotten(
    store: Store, workers_of: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = workers_of(engine_of(store, Post()), sweep_at="0 0 0 1 1 *")
    workers.start()
    queue(store, 3)
    eventually(lambda: delivered(store) == 3)
    eventually(lambda: len(DBOS.list_workflows(status="SUCCESS")) == 3)
    monkeypatch.setattr(durable, "_PORTION", 2)
    workers._tidy_at = 0.0
    workers._tidy()
    assert len(DBOS.list_workflows()) == 3
    monkeypatch.setattr(durable, "_KEEP", timedelta(seconds=-60))  # all of it is old
    workers._tidy()  # not so soon again
    assert len(DBOS.list_workflows()) == 3
    workers._tidy_at = 0.0
    workers._tidy()
    assert DBOS.list_workflows() == []


# Several processes


class Running:
    """A worker in a process of its own."""

    def __init__(self, url: str, folder: Path, **options: object) -> None:
        self.sent = folder / "sent.txt"
        command = [sys.executable, WORKER, url, folder / "files", self.sent, json.dumps(options)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def works(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "working\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def stop(self) -> int:
        self.process.communicate("stop\n", timeout=30)
        return self.process.returncode


@pytest.fixture
def start(url: str, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(**options: object) -> Running:
        started.append(Running(url, tmp_path, **options))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


def calls(folder: Path) -> list[tuple[str, str]]:
    """Return who called the notifier with which key."""
    path = folder / "sent.txt"
    lines = path.read_text("ascii").splitlines() if path.exists() else []
    return [(pid, key) for pid, key in map(str.split, lines)]


def test_a_second_process_that_starts_while_the_first_works_sends_nothing_twice(
    store: Store, start: Callable[..., Running], tmp_path: Path
) -> None:
    queue(store, 10)
    first = start(takes=0.1, concurrency=2)
    first.works()
    eventually(lambda: len(calls(tmp_path)) > 2)
    second = start(takes=0.1, concurrency=2)
    starting, count = threading.Thread(target=second.works), 10
    starting.start()
    while starting.is_alive():  # the first one has work under way all the time
        queue(store, 3)
        count += 3
        starting.join(0.1)
    queue(store, 20)
    eventually(lambda: delivered(store) == count + 20, seconds=60)
    assert [first.stop(), second.stop()] == [0, 0]
    sent = calls(tmp_path)
    assert len({key for _, key in sent}) == len(sent) == count + 20
    assert {pid for pid, _ in sent} == {str(first.process.pid), str(second.process.pid)}


@pytest.mark.parametrize("where", ["this machine", "another machine"])
def test_what_a_killed_worker_had_under_way_goes_out_under_the_same_key(
    store: Store, start: Callable[..., Running], tmp_path: Path, where: str
) -> None:
    """Of another machine's process nobody here can tell that it is dead, so its lease must run out first."""
    queue(store)
    owner = {"owner": "another-machine-1-0"} if where == "another machine" else {}
    doomed = start(takes=60, lease=4, **owner)
    doomed.works()
    eventually(lambda: calls(tmp_path))
    doomed.kill()
    began = time.monotonic()
    successor = start(lease=4)
    successor.works()
    eventually(lambda: delivered(store) == 1)
    assert where == "this machine" or time.monotonic() - began < 20
    assert successor.stop() == 0
    (_, first), (_, second) = calls(tmp_path)
    assert first == second
    with store.reading() as tx:
        assert tx.notice(first).attempts == 2


def test_what_was_handed_to_dbos_and_not_yet_begun_goes_out_when_its_process_is_killed(
    store: Store, start: Callable[..., Running], tmp_path: Path
) -> None:
    queue(store, 4)
    doomed = start(takes=60, concurrency=2)
    doomed.works()
    eventually(lambda: len(calls(tmp_path)) == 2)
    doomed.kill()
    successor = start(concurrency=2)
    successor.works()
    eventually(lambda: delivered(store) == 4)
    assert successor.stop() == 0
    assert Counter(key for _, key in calls(tmp_path)).most_common(1)[0][1] == 2


def test_what_dbos_had_just_given_to_a_killed_process_waits_for_no_lease(
    store: Store, workers_of: Callable[..., Workers]
) -> None:
    """It was claimed by a process that lives, so nothing but DBOS knows that nobody is going to send it."""
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    queue(store, 3)
    living = engine_of(store, Post(), owner=f"{machine()}-{os.getppid()}-0")
    claims = living.relay(datetime.now(UTC))
    workers = workers_of(engine_of(store, Post()))
    workers.start()
    for claim in claims:
        with SetWorkflowID(str(claim)):
            DBOS.enqueue_workflow("a-queue-of-nobody", durable._deliver, claim.notice_id, claim.number)
    given = "SET status = 'PENDING', executor_id = :killed WHERE queue_name = 'a-queue-of-nobody'"
    with tables_of_dbos(store) as (connection, schema):
        table = f"{schema}.workflow_status" if schema else "workflow_status"
        connection.execute(text(f"UPDATE {table} {given}"), {"killed": f"{machine()}-{killed.pid}-0"})
    workers._mourn_at = 0.0  # the next look comes sooner than in half a minute
    eventually(lambda: delivered(store) == 3)
    assert {notice.claims for notice in notices(store)} == {2}  # what was claimed in vain is recorded
    eventually(lambda: not DBOS.list_workflows(status="PENDING"))


def test_however_often_workers_are_killed_every_notice_goes_out(
    store: Store, start: Callable[..., Running], tmp_path: Path
) -> None:
    concurrency, each = 4, 12
    chance = random.Random(20260313)  # so that a failure comes again
    for _ in range(KILLS):
        queue(store, each)
        doomed = start(takes=0.02, concurrency=concurrency)
        doomed.works()
        time.sleep(chance.uniform(0, 0.6))
        doomed.process.send_signal(signal.SIGKILL)
        doomed.process.wait()
    last = start(concurrency=concurrency)
    last.works()
    eventually(lambda: delivered(store) == KILLS * each, seconds=60)
    assert last.stop() == 0
    sent = Counter(key for _, key in calls(tmp_path))
    assert len(sent) == KILLS * each
    assert sum(sent.values()) - len(sent) <= KILLS * concurrency  # only what was under way can have gone out twice
