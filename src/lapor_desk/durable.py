"""The one place that knows DBOS: it runs what the queue of notices holds, and the sweeps, on SQLite and PostgreSQL.

DBOS is never the record of what is to be done. Notices are rows of ours with leases, so what DBOS forgets, or a killed
process leaves behind, is claimed again; and a job that DBOS runs twice finds its claim used. Looking for due notices is
a plain thread, because a schedule would write a row at every look. DBOS is one per process: a host that runs its own
calls :class:`lapor_desk.engine.Engine` from there instead of starting :class:`Workers`. Nothing personal is handed to it,
and what it logs goes to the logger ``dbos``, where the host finds all other logs.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import URL

from lapor_core.errors import Refused
from lapor_desk.engine import Engine
from lapor_desk.store import Claim, StoreBusy, StoreDown
from lapor_desk.store.database import private_file
from lapor_desk.worker_names import is_gone

__all__ = ["SCHEMA", "Workers", "system_database"]

SCHEMA = "lapor_dbos"
"""Where DBOS has its tables in a PostgreSQL database."""

_DELIVER = "lapor.deliver"
_DELIVERIES = "lapor-deliveries"
_SWEEPS = "lapor-sweeps"
_KEEP = timedelta(days=1)
"""How long DBOS's own rows are kept; what matters is in ours."""
_TIDY_EVERY = 3600.0
"""Seconds between two looks for jobs that are done with."""
_MOURN_EVERY = 30.0
"""Seconds between two looks for processes that were killed."""
_CACHE_KIB = 256
_PORTION = 1000

_log = logging.getLogger("lapor.workers")


def system_database(ours: URL) -> str:
    """Return the URL of DBOS's own database: a file beside ours, or a schema of its own in the same PostgreSQL database."""
    if ours.get_backend_name() != "sqlite":
        return ours.set(drivername="postgresql").render_as_string(hide_password=False)
    return ours.set(database=_beside(ours)).render_as_string()


def _beside(ours: URL) -> str:
    return f"{(ours.database or '').removesuffix('.db')}-dbos.sqlite"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Workers:
    """The work of one process: deliveries as they fall due, and a sweep every minute, on one process of all that run.

    Args:
        engine: Claims and delivers.
        sweep: Called with the present instant, on a thread; takes the steps that have come due. It may run on two
            processes at once.
        clock: Gives the present instant.
        concurrency: How many deliveries of one notifier run at once in this process, so that a slow one holds up no other.
        look_every: The pause between two looks into the queue.
        sweep_at: When sweeps run, as a cron expression that begins with seconds; in UTC.
    """

    def __init__(
        self,
        engine: Engine,
        sweep: Callable[[datetime], object],
        *,
        clock: Callable[[], datetime] = _utc_now,
        concurrency: int = 8,
        look_every: timedelta = timedelta(seconds=1),
        sweep_at: str = "0 * * * * *",
    ) -> None:
        self.engine = engine
        self.sweep = sweep
        self.clock = clock
        self._concurrency = concurrency
        self._look_every = look_every.total_seconds()
        self._sweep_at = sweep_at
        self._places = {key: threading.Semaphore(concurrency) for key in engine.courier.keys}
        self._unfinished: list[Claim] = []
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._looking: threading.Thread | None = None
        self._tidy_at = 0.0
        self._mourn_at = 0.0

    def start(self) -> None:
        """Start working, in threads; return at once.

        Raises:
            Refused: workers run in this process already (``already_running``).
            StoreDown: the database has no place for DBOS (``store_down``), or is away.
        """
        self.engine.store.database.check_schema(SCHEMA)
        _take_over(self)
        self._stop.clear()
        self._mourn_at = 0.0
        try:
            database = self.engine.store.database
            if database.is_sqlite:
                private_file(Path(_beside(database.url)).absolute())
            DBOS(config=_config(self))
            DBOS.listen_queues([*self._queues, _SWEEPS])
            DBOS.launch()
            self._register()
        except BaseException:
            self._leave()
            raise
        self._looking = threading.Thread(target=self._look, name="lapor-relay", daemon=True)
        self._looking.start()

    def stop(self, patience: timedelta = timedelta(seconds=10)) -> None:
        """Stop working; what is under way may finish within ``patience``, and the rest is free for others."""
        self._stop.set()
        self._wake.set()
        if self._looking is not None:
            self._looking.join(patience.total_seconds())
            self._looking = None
        self._leave(int(patience.total_seconds()))
        _guarded("release", self.engine.release)

    @property
    def is_working(self) -> bool:
        """Whether somebody here looks for due notices: started, not stopped, and still alive."""
        return self._looking is not None and self._looking.is_alive() and not self._stop.is_set()

    def nudge(self) -> None:
        """Look into the queue now: something was queued that should not wait, a one-time code say."""
        self._wake.set()

    def deliver(self, claim: Claim, notifier: str) -> str:
        """Deliver as soon as the notifier has a place free; return what became of the notice.

        DBOS counts a job as running only from its first line on, so it may give away a place twice while threads are slow to
        start.

        Raises:
            StoreBusy, StoreDown: the database is away; a later look lets go of the claim.
        """
        with self._places.get(notifier) or nullcontext():
            try:
                return self.engine.deliver(claim, self.clock()).value
            except (StoreBusy, StoreDown):
                self._unfinished.append(claim)
                raise

    def run_once(self, now: datetime) -> int:
        """Sweep and deliver everything that is due at ``now``, here and without DBOS; return the number of attempts."""
        self.sweep(now)
        return self.engine.run_once(now)

    @property
    def _most_held(self) -> int:
        """How many notices of one notifier are claimed at once: those that are being sent, and as many that come next."""
        return 2 * self._concurrency

    @property
    def _queues(self) -> tuple[str, ...]:
        """The queues of the notifiers that are here; what is for others is left to processes that have them."""
        return tuple(map(_queue, self.engine.courier.keys))

    def _register(self) -> None:
        for queue in self._queues:
            DBOS.register_queue(queue, worker_concurrency=self._concurrency, polling_interval_sec=self._look_every / 2)
        DBOS.register_queue(_SWEEPS, worker_concurrency=1, polling_interval_sec=1.0)
        DBOS.apply_schedules(
            [
                {
                    "schedule_name": "lapor-sweep",
                    "workflow_fn": _sweep,
                    "schedule": self._sweep_at,
                    "queue_name": _SWEEPS,
                }
            ]
        )

    def _look(self) -> None:
        while not self._stop.is_set():
            try:
                self._mourn()
                self._let_go_of_unfinished()
                self._hand_over()
                self._tidy()
            except Exception as error:  # noqa: BLE001 - the database may be away for a while; the next look tries again
                _log.warning("looking for due notices failed: %s", type(error).__name__)
            self._wake.wait(self._look_every)
            self._wake.clear()

    def _mourn(self) -> None:
        """Let go of what killed processes of this machine had to send: what they held, and what DBOS had just given them.

        A job that another process claimed stands in its name until whoever was given it begins. Who is killed in between
        holds nothing, and nobody else would be given the job; it would wait for its lease to run out.
        """
        if time.monotonic() < self._mourn_at:
            return
        self._mourn_at = time.monotonic() + _MOURN_EVERY
        self.engine.release_gone()
        given = DBOS.list_workflows(status="PENDING", name=_DELIVER, load_input=False, load_output=False)
        others = (job for job in given if job.executor_id not in (None, self.engine.owner))
        lost = [job.workflow_id for job in others if is_gone(job.executor_id or "")]
        if lost:
            self.engine.release_claims([_claim_of(job) for job in lost])
            DBOS.delete_workflows(lost)

    def _let_go_of_unfinished(self) -> None:
        """Free what was given up because the database was away: this process lives, so its lease would hold."""
        while self._unfinished:
            self.engine.release_claims(self._unfinished[:1])
            del self._unfinished[0]

    def _hand_over(self) -> None:
        """Claim no more than can be sent soon, so that no lease runs out in DBOS's queues."""
        now = self.clock()
        self.engine.hand_on(self.engine.relay(now, self._most_held), self._enqueue, now)

    def _enqueue(self, claim: Claim) -> None:
        with SetWorkflowID(_job_id(claim, self.engine.owner)):
            notifier = claim.notifier or ""
            DBOS.enqueue_workflow(_queue(notifier), _deliver, claim.notice_id, claim.number, notifier)

    def _tidy(self) -> None:
        """Forget old jobs of DBOS now and then, also those that a killed process left pending."""
        if time.monotonic() < self._tidy_at:
            return
        self._tidy_at = time.monotonic() + _TIDY_EVERY
        before = (_utc_now() - _KEEP).isoformat()
        while not self._stop.is_set():
            old = DBOS.list_workflows(end_time=before, limit=_PORTION, load_input=False, load_output=False)
            DBOS.delete_workflows([job.workflow_id for job in old])
            if len(old) < _PORTION:
                return

    def _leave(self, patience: int = 0) -> None:
        DBOS.destroy(workflow_completion_timeout_sec=patience)
        _let_go(self)


def _queue(notifier: str) -> str:
    return f"{_DELIVERIES}-{notifier}"


def _job_id(claim: Claim, owner: str) -> str:
    """Return an id that no job ever had: DBOS runs none twice, and a back-up that is restored counts claims from where it stood."""
    return f"{claim}/{owner}"


def _claim_of(job: str) -> Claim:
    notice_id, number = job.split("/")[:2]
    return Claim(notice_id=notice_id, number=int(number))


def _config(workers: Workers) -> DBOSConfig:
    logging.getLogger("dbos").addHandler(logging.NullHandler())  # else it writes past the host's logging
    ours = workers.engine.store.database
    return {
        "name": "lapor",
        "system_database_url": system_database(ours.url),
        "db_engine_kwargs": {"connect_args": {"factory": _Connection}} if ours.is_sqlite else {},
        "dbos_system_schema": SCHEMA,
        "application_version": "1",  # by default a hash of the source: a new release would leave jobs behind
        "executor_id": workers.engine.owner,  # by default "local": a second process would run this one's jobs again
        "max_executor_threads": workers._most_held * len(workers.engine.courier.keys) + 8,  # noqa: SLF001 - this function is a part of the class
        "scheduler_polling_interval_sec": 30.0,
        "log_level": "WARNING",
        "enable_otlp": False,
    }


class _Connection(sqlite3.Connection):
    """A connection that knows the ``unixepoch('subsec')`` of SQLite 3.42: DBOS takes it for granted from Python 3.12 on.

    Of the jobs of a day, none is looked at again once it is done, so a connection keeps few of their pages in memory; DBOS has a
    dozen connections, each of which would fill the 2 MB that SQLite allows it.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute(f"PRAGMA cache_size = -{_CACHE_KIB}").close()
        if sqlite3.sqlite_version_info < (3, 42):
            self.create_function("unixepoch", 1, lambda _: time.time())


_running: list[Workers] = []
"""The workers of this process, at most one: DBOS calls plain functions, and these must find them."""

_running_lock = threading.Lock()


def _take_over(workers: Workers) -> None:
    with _running_lock:
        if _running:
            raise Refused("workers run in this process already; stop them first", code="already_running")
        _running.append(workers)


def _let_go(workers: Workers) -> None:
    with _running_lock:
        if workers in _running:
            _running.remove(workers)


@DBOS.workflow(name=_DELIVER)
def _deliver(notice_id: str, number: int, notifier: str = "") -> str:
    claim = Claim(notice_id=notice_id, number=number)
    return str(_guarded("delivery", lambda: _working().deliver(claim, notifier)))


@DBOS.workflow(name="lapor.sweep")
def _sweep(_scheduled_at: datetime, _context: Any) -> None:
    _guarded("sweep", lambda: _working().sweep(_working().clock()))


def _working() -> Workers:
    return _running[0]


def _guarded(what: str, work: Callable[[], object]) -> object:
    """Do the work; DBOS would keep and log the words of an error, which may be personal. Whatever it was, it is tried again."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the next claim, or the next minute, tries again
        _log.warning("a %s failed: %s", what, type(error).__name__)
        return type(error).__name__
