"""Sessions by token, and a brake on guessing."""

from __future__ import annotations

import hashlib
import math
import secrets
import threading
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from lapor_core.errors import Refused
from lapor_desk.store import Reading, Transaction
from lapor_desk.store.tables import sessions

__all__ = ["Attempts", "close_session", "close_sessions", "open_session", "principal_id"]

_MOST_NAMES = 10_000


def open_session(tx: Transaction, kind: str, holder: str, until: datetime) -> str:
    """Return a token that stands for ``holder`` until an instant (aware); only its hash is stored."""
    token = secrets.token_urlsafe(32)
    row = {"token_hash": _hash(token), "principal_kind": kind, "principal_id": holder, "expires_at": until}
    tx.connection.execute(insert(sessions).values(row))
    return token


def principal_id(tx: Reading, kind: str, token: str, now: datetime) -> str | None:
    """Return whom a token stands for at ``now``; None when it is unknown, expired or of another kind."""
    valid = (
        sessions.c.token_hash == _hash(token),
        sessions.c.principal_kind == kind,
        sessions.c.expires_at > now,
    )
    found: str | None = tx.connection.execute(select(sessions.c.principal_id).where(*valid)).scalar()
    return found


def close_session(tx: Transaction, token: str) -> None:
    """Let a token stand for nobody."""
    tx.connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))


def close_sessions(tx: Transaction, kind: str, holder: str) -> None:
    """Let no token stand for ``holder`` any more."""
    mine = (sessions.c.principal_kind == kind, sessions.c.principal_id == holder)
    tx.connection.execute(delete(sessions).where(*mine))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Attempts:
    """Counts failures by name in this process, and refuses further tries for a while.

    Args:
        most: How many failures are allowed.
        within: In how long a stretch; also how long a name is refused after the last of them.
    """

    def __init__(self, *, most: int, within: timedelta) -> None:
        self._most = most
        self._within = within
        self._failures: dict[str, list[datetime]] = {}
        self._lock = threading.Lock()

    def check(self, name: str, now: datetime) -> None:
        """Refuse a name with too many failures.

        Raises:
            Refused: code ``too_many_tries``; ``params["minutes"]`` says after how many full minutes the next try is free.
        """
        with self._lock:
            self._check(name, now)

    def failed(self, name: str, now: datetime) -> None:
        """Count a failure."""
        with self._lock:
            self._add(name, now)

    def count(self, name: str, now: datetime) -> None:
        """Count a try as a failure before anybody knows how it ends: of many at once, none is free.

        Raises:
            Refused: as :meth:`check` does; then it is not counted.
        """
        with self._lock:
            self._check(name, now)
            self._add(name, now)

    def forget(self, name: str) -> None:
        """Forget the failures of a name that has shown who it is."""
        with self._lock:
            self._failures.pop(name, None)

    def _check(self, name: str, now: datetime) -> None:
        recent = self._recent(name, now)
        if len(recent) >= self._most:
            free = recent[-self._most] + self._within
            minutes = max(1, math.ceil((free - now) / timedelta(minutes=1)))
            raise Refused(f"too many tries; wait {minutes} minutes", code="too_many_tries", minutes=minutes)

    def _add(self, name: str, now: datetime) -> None:
        if len(self._failures) >= _MOST_NAMES:  # whoever tries ten thousand names must not fill the memory
            self._failures = {known: recent for known in self._failures if (recent := self._recent(known, now))}
        self._failures[name] = [*self._recent(name, now), now]

    def _recent(self, name: str, now: datetime) -> list[datetime]:
        """What lies far in the future was counted by a clock that has been set back since."""
        return [at for at in self._failures.get(name, ()) if abs(at - now) < self._within]
