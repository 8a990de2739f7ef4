"""Sessions by token."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, insert, select

from lapor_desk.store import Reading, Transaction
from lapor_desk.store.tables import sessions

__all__ = ["close_session", "close_sessions", "open_session", "principal_id"]


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
