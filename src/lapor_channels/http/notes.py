"""Cookies: those of the browser's session, and short notes that a channel wrote itself and signs.

A note spares a tracking code the way through a URL, where histories and logs would keep it. It is signed, not sealed:
whoever holds the browser holds the code it was just shown. So the cookie lasts no longer than the note that is in it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

import attrs
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from lapor_core.plugins.contracts import Desk

__all__ = ["Notes", "drop", "put"]

KEY_NAME = "cookie-key"


def put(
    request: Request, response: Response, name: str, value: str, path: str = "", *, lasting: timedelta | None = None
) -> None:
    """Set a cookie for ``path`` under this site's root, for the browser's session or as long as it is ``lasting``.

    No script can read it.
    """
    response.set_cookie(
        name,
        value,
        max_age=None if lasting is None else int(lasting.total_seconds()),
        path=_under_root(request, path),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def drop(request: Request, response: Response, name: str, path: str = "") -> None:
    """Make the browser forget a cookie that :func:`put` set."""
    secure = request.url.scheme == "https"
    response.delete_cookie(name, path=_under_root(request, path), secure=secure, httponly=True, samesite="lax")


def _under_root(request: Request, path: str) -> str:
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return f"{quote(root)}/{path}"


@attrs.frozen
class Notes:
    """Signed notes; the key is made once and kept by the desk, so every process of an office reads them.

    Its methods call the desk, so they belong into the thread pool.

    Attributes:
        desk: Keeps the key.
        channel: The channel's key; no channel reads another's notes.
    """

    desk: Desk
    channel: str

    def write(self, purpose: str, values: Mapping[str, str], until: datetime) -> str:
        """Return a note that :meth:`read` understands for the same purpose, up to ``until`` (aware)."""
        return str(self._signer(purpose).dumps({**values, "until": until.isoformat()}))

    def read(self, purpose: str, note: str | None) -> Mapping[str, str] | None:
        """Return the values of a note; None when it is absent, forged, for another purpose or too old."""
        try:
            values = self._signer(purpose).loads(note or "")
        except BadSignature:
            return None
        fresh = self.desk.now() <= datetime.fromisoformat(values["until"])
        return values if fresh else None

    def _signer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._key(), salt=f"lapor.{self.channel}.{purpose}")

    def _key(self) -> bytes:
        kept = self.desk.recall(KEY_NAME)
        if kept is not None:
            return kept
        fresh = secrets.token_bytes(32)
        self.desk.keep(KEY_NAME, fresh)
        # Asked for again: another process may have kept its key in between, and all must use the same.
        return self.desk.recall(KEY_NAME) or fresh
