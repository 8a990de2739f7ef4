"""The queue of record: one row per message to be sent, written with the events that cause it.

Nothing personal stands in it. Whom it goes to and what it says is found out when it is delivered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Row, func, or_, select, true, update

from lapor_core.errors import NotFound, Refused
from lapor_desk.pacing import Rate
from lapor_desk.store.queued import Claim, NewNotice, QueuedNotice, Settlement, Status
from lapor_desk.store.shares import EVERYTHING, Kind, Share
from lapor_desk.store.tables import notices
from lapor_desk.store.turns import TurnReads, TurnWrites

__all__ = [
    "LONGEST_LEASE",
    "QueueReads",
    "QueueWrites",
    "is_due",
]


LONGEST_LEASE = timedelta(hours=2)
"""Longer than any lease, and than the clocks of two machines can reasonably be apart."""


class QueueReads(TurnReads):
    """Looking at the queue."""

    def notice(self, notice_id: str) -> QueuedNotice:
        """Return one notice.

        Raises:
            NotFound: there is no such notice (``unknown_notice``).
        """
        row = self.connection.execute(select(notices).where(notices.c.id == notice_id)).first()
        if row is None:
            message = f'"{notice_id}": no such notice'
            raise NotFound(message, code="unknown_notice", notice=notice_id)
        return _queued(row)

    def notices_of(self, complaint_id: str) -> tuple[QueuedNotice, ...]:
        """Return every notice of a complaint, in the order of the events."""
        query = select(notices).where(notices.c.complaint_id == complaint_id)
        ordered = query.order_by(notices.c.sequence, notices.c.key)
        return tuple(_queued(row) for row in self.connection.execute(ordered))

    def notices_in(self, status: Status, limit: int = 100) -> tuple[QueuedNotice, ...]:
        """Return notices that are ``stuck``, say, the oldest first."""
        query = select(notices).where(notices.c.status == status.value).order_by(notices.c.created_at, notices.c.id)
        return tuple(_queued(row) for row in self.connection.execute(query.limit(limit)))

    def has_due_notice(self, now: datetime, share: Share = EVERYTHING) -> bool:
        """Return whether there is a notice to claim."""
        due = select(notices.c.id).where(*is_due(now), share.condition).limit(1)
        return self.connection.execute(due).first() is not None

    def due_kinds(self, now: datetime, media: Collection[str]) -> tuple[Kind, ...]:
        """Return what kinds of notices are due in ``media``; what it costs follows how many these are."""
        columns = (notices.c.medium, notices.c.template, notices.c.attempts)
        found = select(*columns).where(*is_due(now), notices.c.medium.in_(sorted(media))).distinct()
        return tuple(
            Kind(medium=row.medium, template=row.template, attempts=row.attempts)
            for row in self.connection.execute(found)
        )

    def count_held(self, owner: str, now: datetime) -> dict[str | None, int]:
        """Return how many notices ``owner`` holds a live claim on, by the notifier that is to send them."""
        held = (notices.c.status == Status.QUEUED.value, notices.c.lease_owner == owner, notices.c.lease_until > now)
        counted = select(notices.c.notifier, func.count()).where(*held).group_by(notices.c.notifier)
        return {row[0]: row[1] for row in self.connection.execute(counted)}

    def holders(self) -> tuple[str, ...]:
        """Return who holds a claim, live or run out."""
        held = (notices.c.status == Status.QUEUED.value, notices.c.lease_owner.is_not(None))
        return tuple(self.connection.execute(select(notices.c.lease_owner).where(*held).distinct()).scalars())


class QueueWrites(QueueReads, TurnWrites):
    """Filling the queue, claiming from it and settling it."""

    def enqueue(self, new: Iterable[NewNotice]) -> int:
        """Queue notices; those that are queued already are left alone. Return how many are new."""
        return self.insert_all_new(notices, [_new_row(notice) for notice in new])

    def claim_notices(
        self,
        now: datetime,
        *,
        owner: str,
        limit: int,
        lease: timedelta,
        most_attempts: int,
        share: Share = EVERYTHING,
        first: Collection[str] = (),
        rate: Rate | None = None,
    ) -> tuple[Claim, ...]:
        """Claim notices that are due and that nobody holds; each claim counts as an attempt, whatever becomes of it.

        A notice whose lease ran out too often becomes ``stuck``: it may be what brings its workers down.

        Args:
            now: The present instant (aware).
            owner: Who claims, for people who look at the queue.
            limit: How many at most.
            lease: For how long nobody else may claim them.
            most_attempts: After how many attempts a notice is stuck.
            share: From which part of the queue.
            first: The templates that go before all others.
            rate: How many claims the notifier of the share allows; counted in this transaction, over all processes.
        """
        if rate is not None and share.notifier is not None:
            self.lock_turns()
            limit = min(limit, self.turns_left(share.notifier, rate, now))
        due = self._due(now, limit, share, first)
        self._give_up([row.id for row in due if row.attempts >= most_attempts], now)
        claims = tuple(
            Claim(notice_id=row.id, number=row.claims + 1, notifier=share.notifier)
            for row in due
            if row.attempts < most_attempts
        )
        claimed = update(notices).where(notices.c.id.in_([claim.notice_id for claim in claims]))
        counted = {"attempts": notices.c.attempts + 1, "claims": notices.c.claims + 1, "notifier": share.notifier}
        self.connection.execute(claimed.values(counted | {"lease_until": now + lease, "lease_owner": owner}))
        if rate is not None and share.notifier is not None:
            self.take_turns(share.notifier, rate, [(claim.notice_id, claim.number) for claim in claims], now)
        return claims

    def postpone(self, share: Share, now: datetime, until: datetime, but: Collection[str]) -> int:
        """Let all that is due of ``share`` wait ``until`` then, ``but`` these templates; return how many wait."""
        held = select(notices.c.id).where(*is_due(now), share.condition, notices.c.template.not_in(sorted(but)))
        free = held.with_for_update(skip_locked=True)  # or two that do so at once could wait for each other
        changed = update(notices).where(notices.c.id.in_(free)).values(not_before=until)
        return self.connection.execute(changed).rowcount

    def _due(self, now: datetime, limit: int, share: Share, first: Collection[str]) -> list[Row[Any]]:
        """Return and lock what is to be claimed: of the templates that go ``first``, and then of the others."""
        awaited = notices.c.template.in_(sorted(first))
        found: list[Row[Any]] = []
        for which in (awaited, ~awaited) if first else (true(),):
            if len(found) >= limit:
                break
            query = select(notices.c.id, notices.c.attempts, notices.c.claims).where(
                *is_due(now), share.condition, which
            )
            ordered = query.order_by(notices.c.not_before, notices.c.id).limit(limit - len(found))
            found.extend(self.connection.execute(ordered.with_for_update(skip_locked=True)))
        return found

    def settle(self, claim: Claim, settlement: Settlement, now: datetime) -> bool:
        """Write down what an attempt has come to; return whether it still mattered.

        That a message went out is written whatever has become of its notice since. Any other news of an attempt whose claim
        has passed to somebody else is dropped, for the later attempt decides.
        """
        mine = [notices.c.id == claim.notice_id]
        if settlement.status is Status.DELIVERED:
            mine.append(notices.c.status != Status.DELIVERED.value)
        else:
            mine += [notices.c.status == Status.QUEUED.value, notices.c.claims == claim.number]
        if not settlement.is_attempt:
            mine.append(notices.c.lease_owner.is_not(None))  # an attempt is given back once
        changed = self.connection.execute(update(notices).where(*mine).values(_settled(settlement, now)))
        return changed.rowcount == 1

    def hold(self, claim: Claim, owner: str, *, former: str | None, until: datetime) -> bool:
        """Let ``owner`` hold until then what ``former`` holds, and return whether it does so now.

        When ``owner`` is killed, what it held is free again. It does not hold what was let go of, or taken by a third one, since
        somebody looked.
        """
        held = (notices.c.id == claim.notice_id, notices.c.claims == claim.number, notices.c.lease_owner == former)
        mine = {"lease_owner": owner, "lease_until": until}
        changed = update(notices).where(notices.c.status == Status.QUEUED.value, *held).values(mine)
        return self.connection.execute(changed).rowcount == 1

    def release(self, owner: str) -> int:
        """Let go of all that ``owner`` holds, so that nobody waits for its leases to run out; return how many that were."""
        held = (notices.c.status == Status.QUEUED.value, notices.c.lease_owner == owner)
        return self.connection.execute(update(notices).where(*held).values(_FREE)).rowcount

    def release_claim(self, claim: Claim) -> bool:
        """Let go of one claim, whoever made it; return whether the notice was still held by it."""
        held = (notices.c.id == claim.notice_id, notices.c.claims == claim.number, notices.c.lease_owner.is_not(None))
        changed = update(notices).where(notices.c.status == Status.QUEUED.value, *held).values(_FREE)
        return self.connection.execute(changed).rowcount == 1

    def give_back(self, claim: Claim, owner: str) -> bool:
        """Undo a claim of ``owner`` that nobody has begun: it costs neither an attempt nor a turn; return whether it was held.

        Its number stays used.
        """
        held = (notices.c.id == claim.notice_id, notices.c.claims == claim.number, notices.c.lease_owner == owner)
        changed = update(notices).where(notices.c.status == Status.QUEUED.value, *held).values(_UNTRIED | _FREE)
        was_held = self.connection.execute(changed).rowcount == 1
        if was_held:
            self.give_back_turn(claim.notice_id, claim.number)
        return was_held

    def retry_notice(self, notice_id: str, now: datetime) -> None:
        """Queue a stuck or failed notice again, as if it had not been tried.

        Raises:
            Refused: it is neither (``not_stuck``).
        """
        settled = notices.c.status.in_([Status.STUCK.value, Status.FAILED.value])
        again = {"status": Status.QUEUED.value, "attempts": 0, "not_before": now, "settled_at": None}
        again["claims"] = notices.c.claims + 1  # or late news of an earlier attempt would settle it once more
        changed = update(notices).where(notices.c.id == notice_id, settled).values(again)
        if not self.connection.execute(changed).rowcount:
            message = f"notice {notice_id} is neither stuck nor failed; only such a notice can be queued again"
            raise Refused(message, code="not_stuck", notice=notice_id)

    def cancel_notices(
        self, why: str, now: datetime, *, complaints: Collection[str] = (), keys: Collection[str] = ()
    ) -> int:
        """Cancel what has not been delivered of these complaints, and under these keys; return how many notices that were."""
        open_ones = notices.c.status.not_in([Status.DELIVERED.value, Status.CANCELLED.value])
        cancelled = {"status": Status.CANCELLED.value, "last_error": why, "settled_at": now, **_FREE}
        return sum(
            self.connection.execute(update(notices).where(about, open_ones).values(cancelled)).rowcount
            for about in (notices.c.complaint_id.in_(complaints), notices.c.key.in_(keys))  # apart: each has its index
        )

    def _give_up(self, ids: list[str], now: datetime) -> None:
        why = "every worker that tried it stopped before it could report"
        given_up = {"status": Status.STUCK.value, "last_error": why, "settled_at": now, **_FREE}
        self.connection.execute(update(notices).where(notices.c.id.in_(ids)).values(given_up))


_FREE: dict[str, Any] = {"lease_until": None, "lease_owner": None}
_UNTRIED: dict[str, Any] = {"attempts": notices.c.attempts - 1}


def is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of the rows that may be claimed at ``now``.

    A lease that ends far in the future was written by a clock that has been set back since, and binds nobody.
    """
    free = or_(
        notices.c.lease_until.is_(None), notices.c.lease_until <= now, notices.c.lease_until > now + LONGEST_LEASE
    )
    return notices.c.status == Status.QUEUED.value, notices.c.not_before <= now, free


def _new_row(notice: NewNotice) -> dict[str, Any]:
    key = notice.key
    row = attrs.asdict(notice, filter=attrs.filters.exclude("gathered"), recurse=False) | {
        "key": key,
        "status": Status.QUEUED.value,
        "attempts": 0,
        "claims": 0,
    }
    return row | {"id": hashlib.sha256(key.encode()).hexdigest()[:32]}  # the same notice has the same id everywhere


def _settled(settlement: Settlement, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "status": settlement.status.value,
        "notifier": settlement.notifier,
        "provider_id": settlement.provider_id,
        "last_error": settlement.error,
        **_FREE,
        **({} if settlement.is_attempt else _UNTRIED),
    }
    if settlement.status is Status.QUEUED:
        return row | {"not_before": settlement.not_before or now}
    return row | {"settled_at": now}


def _queued(row: Row[Any]) -> QueuedNotice:
    columns = row._asdict()
    return QueuedNotice(**columns | {"status": Status(columns["status"])})
