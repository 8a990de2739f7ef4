"""The engine: claims what is due in the queue of notices, has it sent, and writes down what became of it.

``relay(now)`` and ``deliver(claim, now)`` are plain calls: DBOS runs them (:mod:`lapor_desk.durable`), and Celery, cron or
a test can run them as well. A notice goes out at least once: an attempt is counted before anything is sent, and a worker
that dies between sending and reporting lets its lease run out, so that another one sends again under the same key.

Each notifier has a share of the queue, its quiet hours and its rate. Who sends a notice is decided when it is claimed, and
what is claimed counts against the rate in the same transaction.
"""

from __future__ import annotations

import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo

import attrs

from lapor_core.errors import BadValue, require_aware
from lapor_core.plugins.contracts import Delivered, Failed, Message, TryLater, Verdict
from lapor_desk.courier import Courier, by_medium
from lapor_desk.pacing import ALWAYS, Pace
from lapor_desk.store import Claim, Kind, QueuedNotice, Reading, Settlement, Share, Status, Store, StoreBusy, StoreDown
from lapor_desk.store.queue import LONGEST_LEASE
from lapor_desk.worker_names import is_gone, worker_name

__all__ = ["Composer", "Courier", "Engine", "Retry", "by_medium"]

Composer = Callable[[QueuedNotice], Message | None]
"""Makes the message of a notice: its address and its words, found out now. None when there is nothing to send any more."""

_PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts to write down what has been sent; together longer than a server takes to start again."""

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


def _believable(_: object, attribute: attrs.Attribute[timedelta], value: timedelta) -> None:
    if not timedelta(0) < value <= LONGEST_LEASE / 2:  # the other half is for clocks that differ
        message = f"{attribute.name} = {value}: must be more than 0 and at most {LONGEST_LEASE / 2}"
        raise BadValue(message, code="bad_lease")


@attrs.frozen(kw_only=True)
class Engine:
    """What a process needs to work the queue.

    Attributes:
        store: Where the queue is.
        compose: Makes the messages.
        courier: Sends them.
        paces: When each notifier may send, and how fast, by its key.
        zone: Whose wall clock tells quiet hours.
        retry: When to try again.
        owner: The name under which this process claims.
        lease: For how long a claim holds; longer than all that is claimed at once can take, and at most an hour.
        batch: How many notices of one notifier this process claims ahead.
        jitter: Gives numbers in [0, 1), so that what failed together does not come back together.
        timer: Counts seconds, to tell how long a run has taken.
        sleep: Waits for so many seconds.

    Raises:
        BadValue: a lease of no length, or a longer one (``bad_lease``).
    """

    store: Store
    compose: Composer
    courier: Courier
    paces: Mapping[str, Pace] = attrs.Factory(dict)
    zone: tzinfo = UTC
    retry: Retry = attrs.Factory(Retry)
    owner: str = attrs.Factory(worker_name)
    lease: timedelta = attrs.field(default=timedelta(minutes=10), validator=_believable)
    batch: int = 50
    jitter: Callable[[], float] = random.random
    timer: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep

    def relay(self, now: datetime, limit: int | None = None) -> tuple[Claim, ...]:
        """Claim what is due at ``now`` (aware) and return the claims; each is good for one :meth:`deliver`.

        Args:
            now: The present instant.
            limit: How many notices of one notifier this process may hold at most, with those that it holds already; never
                more than :attr:`batch`.
        """
        most = self.batch if limit is None else min(limit, self.batch)
        return self._relay(self.shares(require_aware(now)), now, most)

    def shares(self, now: datetime) -> tuple[Share, ...]:
        """Return who sends what of that which is due at ``now`` (aware); what nobody serves is the last share."""
        able = self.courier.able
        media: dict[str, set[str]] = defaultdict(set)
        kinds: dict[str, set[Kind]] = defaultdict(set)
        for medium, keys in able.items():
            if len(keys) == 1:
                media[keys[0]].add(medium)
        for kind in self._kinds_to_choose_for(now, [medium for medium, keys in able.items() if len(keys) > 1]):
            if chosen := self.courier.choose(kind.medium, kind.template, kind.attempts + 1):
                kinds[chosen.key].add(kind)
        served = (
            Share(notifier=key, media=frozenset(media[key]), kinds=frozenset(kinds[key]))
            for key in sorted(media.keys() | kinds.keys())
        )
        return (*served, Share.rest(able))

    def deliver(self, claim: Claim, now: datetime) -> Status:
        """Send the notice of ``claim`` and return what has become of it.

        Any number of calls with the same claim is as good as one: what is settled, or claimed by somebody else since, is left
        alone.

        Raises:
            StoreBusy, StoreDown: the database is away; whoever lets go of the claim lets it be tried again sooner.
        """
        require_aware(now)
        with self.store.reading() as tx:
            notice = tx.notice(claim.notice_id)
        if not _is_held(notice, claim, now):
            return notice.status
        if not self._hold(notice, claim, now):
            return notice.status
        return self._write_down(claim, self._attempt(notice, now), now)

    def release(self) -> int:
        """Let go of what this process holds and will not send any more; return how many notices that were."""
        with self.store.transaction() as tx:
            return tx.release(self.owner)

    def hand_on(self, claims: Iterable[Claim], give: Callable[[Claim], object], now: datetime) -> None:
        """Have ``give`` hand every claim to whoever runs it; what nobody serves is put off here (``now`` is aware).

        What cannot be handed on is given back: nobody else could claim it as long as its lease runs, and this process lives.

        Raises:
            Exception: whatever ``give`` raised.
        """
        waiting = list(claims)
        try:
            while waiting:
                if waiting[0].notifier is None:
                    self.deliver(waiting[0], now)
                else:
                    give(waiting[0])
                del waiting[0]
        finally:
            if waiting:
                self.give_back(waiting)

    def give_back(self, claims: Collection[Claim]) -> int:
        """Undo claims of this process that it could not hand on and nobody has begun; return how many these were.

        They are due again as if they had never been claimed.
        """
        with self.store.transaction() as tx:
            return sum(tx.give_back(claim, self.owner) for claim in claims)

    def release_claims(self, claims: Collection[Claim]) -> int:
        """Let go of claims that nobody is going to use; return how many of them still mattered."""
        with self.store.transaction() as tx:
            return sum(tx.release_claim(claim) for claim in claims)

    def release_gone(self) -> int:
        """Let go of what killed processes of this machine held, instead of waiting for their leases to run out.

        Returns:
            How many notices are free again.
        """
        with self.store.reading() as tx:
            gone = [owner for owner in tx.holders() if owner != self.owner and is_gone(owner)]
        if not gone:
            return 0
        with self.store.transaction() as tx:
            return sum(tx.release(owner) for owner in gone)

    def run_once(self, now: datetime) -> int:
        """Deliver everything that may go out at ``now``; return how many attempts were made.

        Notices of one notifier go one after the other, and those of several side by side. A run that takes long moves on with
        the time, so that what it claims late is its own as long as what it claimed first.
        """
        made = 0
        present = self._moving(require_aware(now))
        while busy := [share.notifier for share, _ in self._ready(self.shares(present()), present(), self.batch)]:
            if len(busy) == 1:
                made += self._drain(busy[0], present)
            else:
                with ThreadPoolExecutor(len(busy), thread_name_prefix="lapor-once") as pool:
                    made += sum(pool.map(lambda notifier: self._drain(notifier, present), busy))
        return made

    def _drain(self, notifier: str | None, present: Callable[[], datetime]) -> int:
        made = 0
        while claims := self._claim_of(notifier, present()):
            for claim in claims:
                self.deliver(claim, present())
            made += len(claims)
        return made

    def _claim_of(self, notifier: str | None, now: datetime) -> tuple[Claim, ...]:
        return self._relay([share for share in self.shares(now) if share.notifier == notifier], now, self.batch)

    def _moving(self, now: datetime) -> Callable[[], datetime]:
        """Return what gives the present instant from ``now`` on, in steps that are short for a lease."""
        begun, step = self.timer(), self.lease / 10
        return lambda: now + timedelta(seconds=self.timer() - begun) // step * step

    def _kinds_to_choose_for(self, now: datetime, media: Collection[str]) -> tuple[Kind, ...]:
        if not media:
            return ()
        with self.store.reading() as tx:
            return tx.due_kinds(now, media)

    def _relay(self, shares: Collection[Share], now: datetime, most: int) -> tuple[Claim, ...]:
        claims: list[Claim] = []
        for share, room in self._ready(shares, now, most):
            claims += self._claim(share, room, now)
        return tuple(claims)

    def _ready(self, shares: Collection[Share], now: datetime, most: int) -> list[tuple[Share, int]]:
        """Return the shares to claim from, and how much; an idle queue is looked at often, and costs no write."""
        with self.store.reading() as tx:
            held = tx.count_held(self.owner, now)
            rooms = [(share, most - held.get(share.notifier, 0)) for share in shares]
            return [(share, room) for share, room in rooms if room > 0 and self._is_ready(tx, share, now)]

    def _is_ready(self, tx: Reading, share: Share, now: datetime) -> bool:
        rate = self.pace(share.notifier).rate
        if rate is not None and share.notifier is not None and not tx.turns_left(share.notifier, rate, now):
            return False
        return tx.has_due_notice(now, share)

    def _claim(self, share: Share, room: int, now: datetime) -> tuple[Claim, ...]:
        pace = self.pace(share.notifier)
        free_from = pace.free_from(now, self.zone)
        with self.store.transaction() as tx:
            if free_from > now:
                tx.postpone(share, now, free_from, but=pace.at_any_hour)
            return tx.claim_notices(
                now,
                owner=self.owner,
                limit=room,
                lease=self.lease,
                most_attempts=self.retry.attempts,
                share=share,
                first=pace.at_any_hour,
                rate=pace.rate,
            )

    def pace(self, notifier: str | None) -> Pace:
        """Return the pace of a notifier; without any where the office says nothing of it."""
        return self.paces.get(notifier or "", ALWAYS)

    def _hold(self, notice: QueuedNotice, claim: Claim, now: datetime) -> bool:
        """Return whether the notice is this worker's to send; it need not have claimed it, nor just now."""
        ends = notice.lease_until
        if notice.lease_owner == self.owner and ends is not None and ends > now + self.lease / 2:
            return True
        with self.store.transaction() as tx:
            return tx.hold(claim, self.owner, former=notice.lease_owner, until=now + self.lease)

    def _attempt(self, notice: QueuedNotice, now: datetime) -> Settlement:
        claimed_for = self.courier.messenger(notice.notifier, notice.medium)
        messenger = claimed_for or self.courier.choose(notice.medium, notice.template, notice.attempts)
        if messenger is None:
            return self._unserved(notice, now)
        try:
            message = self.compose(notice)
        except Exception as error:  # noqa: BLE001 - one notice that cannot be composed must not stop the others
            _log.exception("notice %s cannot be composed", notice.id, exc_info=_without_text(error))
            return self._settled(notice, None, TryLater(why=f"composing raised {type(error).__name__}"), now)
        if message is None:
            return self._settled(notice, None, Failed(why="there is nothing to send, or nowhere to send it"), now)
        return self._settled(notice, messenger.key, self.courier.send(messenger, message, now), now)

    def _write_down(self, claim: Claim, settlement: Settlement, now: datetime) -> Status:
        """What went out and is not written down goes out again, so a database that is away for a moment is waited for."""
        for pause in _PAUSES:
            try:
                return self._settle(claim, settlement, now)
            except (StoreBusy, StoreDown):
                self.sleep(pause)
        return self._settle(claim, settlement, now)

    def _settle(self, claim: Claim, settlement: Settlement, now: datetime) -> Status:
        with self.store.transaction() as tx:
            tx.settle(claim, settlement, now)
            return tx.notice(claim.notice_id).status

    def _settled(self, notice: QueuedNotice, notifier: str | None, verdict: Verdict, now: datetime) -> Settlement:
        if isinstance(verdict, Delivered):
            return Settlement(status=Status.DELIVERED, notifier=notifier, provider_id=verdict.provider_id or None)
        error = verdict.why
        _log.warning("notice %s, attempt %d: %s", notice.id, notice.attempts, error)
        if isinstance(verdict, Failed):
            return Settlement(status=Status.FAILED, notifier=notifier, error=error)
        if notice.attempts >= self.retry.attempts:
            return Settlement(status=Status.STUCK, notifier=notifier, error=error)
        later = now + self._pause(notice.attempts, verdict)
        return Settlement(status=Status.QUEUED, notifier=notifier, error=error, not_before=later)

    def _unserved(self, notice: QueuedNotice, now: datetime) -> Settlement:
        """It waits for a notifier however long that takes, and has all its attempts then."""
        why = f'no notifier serves "{notice.medium}"'
        _log.warning("notice %s, claim %d: %s", notice.id, notice.claims, why)
        later = now + self.retry.wait(notice.claims, self.jitter())
        return Settlement(status=Status.QUEUED, error=why, not_before=later, is_attempt=False)

    def _pause(self, attempt: int, verdict: TryLater) -> timedelta:
        """The provider's own wish goes first, within reason."""
        if verdict.after is not None:
            return min(max(verdict.after, timedelta(seconds=1)), timedelta(days=1))
        return self.retry.wait(attempt, self.jitter())


def _is_held(notice: QueuedNotice, claim: Claim, now: datetime) -> bool:
    ours = notice.status is Status.QUEUED and notice.claims == claim.number
    return ours and notice.lease_until is not None and notice.lease_until > now


def _without_text(error: Exception) -> Exception:
    """Return an error with the traceback of ``error`` and its kind, but not its words, which may be personal."""
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)
