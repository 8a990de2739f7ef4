"""The engine: claims what is due in the queue of notices, has it sent, and writes down what became of it.

``relay(now)`` and ``deliver(claim, now)`` are plain calls: DBOS runs them (:mod:`lapor_desk.durable`), and Celery, cron or
a test can run them as well. A notice goes out at least once: an attempt is counted before anything is sent, and a worker
that dies between sending and reporting lets its lease run out, so that another one sends again under the same key.
"""

from __future__ import annotations

import logging
import os
import random
import re
import secrets
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import attrs

from lapor_core.errors import require_aware
from lapor_core.plugins.contracts import Delivered, Failed, Message, Notifier, TryLater, Verdict
from lapor_desk.store import Claim, QueuedNotice, Settlement, Status, Store

__all__ = ["Composer", "Courier", "Engine", "Retry", "by_medium", "worker_name"]

Composer = Callable[[QueuedNotice], Message | None]
"""Makes the message of a notice: its address and its words, found out now. None when there is nothing to send any more."""

_log = logging.getLogger("lapor.engine")


@attrs.frozen(kw_only=True)
class Retry:
    """How long to wait before the next attempt: twice as long each time, up to a longest, and then no more.

    Attributes:
        first: After the first attempt.
        longest: Never longer than this.
        attempts: After so many the notice is stuck, and waits for a person.
    """

    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=6)
    attempts: int = 12

    def wait(self, attempt: int, jitter: float) -> timedelta:
        """Return the pause after attempt number ``attempt`` (1, 2, ...), longer by up to half for ``jitter`` in [0, 1)."""
        pause = min(self.first * (1 << min(attempt - 1, 30)), self.longest)
        return pause * (1 + jitter / 2)


def by_medium(notifiers: Iterable[Notifier]) -> dict[str, Notifier]:
    """Return which notifier serves which medium; of several, the first."""
    chosen: dict[str, Notifier] = {}
    for notifier in notifiers:
        for medium in sorted(notifier.media):
            chosen.setdefault(medium, notifier)
    return chosen


def worker_name() -> str:
    """Return a name for this process that no other one has, now or later."""
    return f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"


class Courier:
    """Calls notifiers, each call in a thread of its own and for a limited time; never raises for what they do.

    Args:
        notifiers: By medium.
        patience: How long one call may take.
        most_hanging: A notifier with so many calls that never came back is not called again until one does.
    """

    def __init__(
        self,
        notifiers: Mapping[str, Notifier],
        *,
        patience: timedelta = timedelta(seconds=30),
        most_hanging: int = 4,
    ) -> None:
        self._notifiers = dict(notifiers)
        self._patience = patience.total_seconds()
        self._most_hanging = most_hanging
        self._hanging: dict[str, set[threading.Thread]] = {}
        self._lock = threading.Lock()

    def choose(self, medium: str) -> Notifier | None:
        """Return the notifier that serves ``medium``, if one does."""
        return self._notifiers.get(medium)

    def send(self, notifier: Notifier, message: Message, now: datetime) -> Verdict:
        """Hand ``message`` over and return the verdict; a notifier that raises, hangs or lies gives ``TryLater``."""
        key = notifier.key
        if (hanging := self._count_hanging(key)) >= self._most_hanging:
            return TryLater(why=f"{key}: {hanging} calls have not come back yet")
        call = _Call(notifier, message, now)
        call.thread.start()
        call.thread.join(self._patience)
        if call.thread.is_alive():
            with self._lock:
                self._hanging.setdefault(key, set()).add(call.thread)
            return TryLater(why=f"{key}: no answer within {self._patience:g} seconds")
        return _believed(key, call)

    def _count_hanging(self, key: str) -> int:
        with self._lock:
            self._hanging[key] = {thread for thread in self._hanging.get(key, ()) if thread.is_alive()}
            return len(self._hanging[key])


class _Call:
    """One call in its thread, and what came of it."""

    def __init__(self, notifier: Notifier, message: Message, now: datetime) -> None:
        self.verdict: object = None
        self.raised: str | None = None
        self._work = (notifier, message, now)
        self.thread = threading.Thread(target=self._run, name=f"lapor-{notifier.key}", daemon=True)

    def _run(self) -> None:
        notifier, message, now = self._work
        try:
            self.verdict = notifier.send(message, now)
        except BaseException as error:  # noqa: BLE001 - whatever a plug-in does, it costs only its own result
            self.raised = type(error).__name__  # its text may hold an address


def _believed(key: str, call: _Call) -> Verdict:
    if call.raised is not None:
        return TryLater(why=f"{key}: raised {call.raised}")
    verdict = call.verdict
    if not isinstance(verdict, Delivered | TryLater | Failed):
        return TryLater(why=f"{key}: answered with {type(verdict).__name__}, which is no verdict")
    return verdict


@attrs.frozen(kw_only=True)
class Engine:
    """What a process needs to work the queue.

    Attributes:
        store: Where the queue is.
        compose: Makes the messages.
        courier: Sends them.
        retry: When to try again.
        owner: The name under which this process claims.
        lease: For how long a claim holds; longer than all that is claimed at once can take.
        batch: How many notices are claimed at once.
        jitter: Gives numbers in [0, 1), so that what failed together does not come back together.
    """

    store: Store
    compose: Composer
    courier: Courier
    retry: Retry = attrs.Factory(Retry)
    owner: str = attrs.Factory(worker_name)
    lease: timedelta = timedelta(minutes=10)
    batch: int = 50
    jitter: Callable[[], float] = random.random

    def relay(self, now: datetime, limit: int | None = None) -> tuple[Claim, ...]:
        """Claim what is due at ``now`` (aware) and return the claims; each is good for one :meth:`deliver`.

        Args:
            now: The present instant.
            limit: How many at most; never more than :attr:`batch`.
        """
        require_aware(now)
        with self.store.reading() as tx:  # an idle queue is looked at often, and costs no write
            if not tx.has_due_notice(now):
                return ()
        with self.store.transaction() as tx:
            limit = self.batch if limit is None else min(limit, self.batch)
            most = self.retry.attempts
            return tx.claim_notices(now, owner=self.owner, limit=limit, lease=self.lease, most_attempts=most)

    def deliver(self, claim: Claim, now: datetime) -> Status:
        """Send the notice of ``claim`` and return what has become of it.

        Any number of calls with the same claim is as good as one: what is settled, or claimed by somebody else since, is left
        alone.
        """
        require_aware(now)
        with self.store.reading() as tx:
            notice = tx.notice(claim.notice_id)
        if not _is_held(notice, claim, now):
            return notice.status
        settlement = self._attempt(notice, now)
        with self.store.transaction() as tx:
            tx.settle(claim, settlement, now)
            return tx.notice(claim.notice_id).status

    def run_once(self, now: datetime) -> int:
        """Deliver everything that is due at ``now``, one after the other; return how many attempts were made."""
        made = 0
        while claims := self.relay(now):
            for claim in claims:
                self.deliver(claim, now)
            made += len(claims)
        return made

    def _attempt(self, notice: QueuedNotice, now: datetime) -> Settlement:
        notifier = self.courier.choose(notice.medium)
        if notifier is None:
            return self._settled(notice, None, TryLater(why=f'no notifier serves "{notice.medium}"'), now)
        try:
            message = self.compose(notice)
        except Exception as error:  # noqa: BLE001 - one notice that cannot be composed must not stop the others
            _log.exception("notice %s cannot be composed", notice.id, exc_info=_without_text(error))
            return self._settled(notice, None, TryLater(why=f"composing raised {type(error).__name__}"), now)
        if message is None:
            return self._settled(notice, None, Failed(why="there is nothing to send, or nowhere to send it"), now)
        return self._settled(notice, notifier.key, self.courier.send(notifier, message, now), now)

    def _settled(self, notice: QueuedNotice, notifier: str | None, verdict: Verdict, now: datetime) -> Settlement:
        if isinstance(verdict, Delivered):
            provider_id = str(verdict.provider_id)[:255] or None
            return Settlement(status=Status.DELIVERED, notifier=notifier, provider_id=provider_id)
        error = _clean(verdict.why)
        _log.warning("notice %s, attempt %d: %s", notice.id, notice.attempts, error)
        if isinstance(verdict, Failed):
            return Settlement(status=Status.FAILED, notifier=notifier, error=error)
        if notice.attempts >= self.retry.attempts:
            return Settlement(status=Status.STUCK, notifier=notifier, error=error)
        later = now + self._pause(notice.attempts, verdict)
        return Settlement(status=Status.QUEUED, notifier=notifier, error=error, not_before=later)

    def _pause(self, attempt: int, verdict: TryLater) -> timedelta:
        """The provider's own wish goes first, within reason."""
        if isinstance(verdict.after, timedelta):
            return min(max(verdict.after, timedelta(seconds=1)), timedelta(days=1))
        return self.retry.wait(attempt, self.jitter())


def _is_held(notice: QueuedNotice, claim: Claim, now: datetime) -> bool:
    ours = notice.status is Status.QUEUED and notice.claims == claim.number
    return ours and notice.lease_until is not None and notice.lease_until > now


_PERSONAL = re.compile(r"[^\s<>\"']+@[^\s<>\"']+|\+?\d[\d\s().-]{6,}\d")
"""What looks like an e-mail address or a telephone number: it does not belong in a reason, whoever wrote it there."""


def _clean(why: object) -> str:
    return _PERSONAL.sub("[...]", str(why))[:255]


def _without_text(error: Exception) -> Exception:
    """Return an error with the traceback of ``error`` and its kind, but not its words, which may be personal."""
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)
