"""What an operator's monitor asks: whether the process serves, and whether it can do its work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import ASGIApp
from lapor_desk.durable import Workers
from lapor_desk.house import House
from lapor_desk.http.answers import Receive, Scope, Send
from lapor_desk.store.migrating import HEAD, check_tables, revision
from lapor_desk.waiting import backlogs

__all__ = ["health_app", "ready_app"]

_KEEP = timedelta(seconds=30)
"""How long what was seen of a bucket counts."""

_NO_STORE = {"Cache-Control": "no-store"}


def health_app() -> ASGIApp:
    """Return the application that says the process serves; it asks nothing and nobody."""

    async def healthy(scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse({"status": "ok"}, headers=_NO_STORE)(scope, receive, send)

    return healthy


def ready_app(house: House, workers: Workers | None) -> ASGIApp:
    """Return the application that says whether everything works, else 503 with the reasons.

    However many ask, one looks at a time: while something hangs, those who ask shall not take the threads that citizens need.
    """
    one_at_a_time = asyncio.Lock()
    files = _Files(house)

    async def ready(scope: Scope, receive: Receive, send: Send) -> None:
        async with one_at_a_time:
            reasons = await run_in_threadpool(lambda: list(_reasons(house, workers, files)))
        body = {"status": "unavailable", "reasons": reasons} if reasons else {"status": "ready"}
        await JSONResponse(body, 503 if reasons else 200, _NO_STORE)(scope, receive, send)

    return ready


class _Files:
    """The place of files: a report that brings a photograph cannot be taken in while it is away.

    A bucket is asked twice a minute at most: each question costs, and may hang for as long as a report would.
    """

    def __init__(self, house: House) -> None:
        self._store = house.store
        self._keep = 0.0 if isinstance(house.files, Path) else _KEEP.total_seconds()
        self._seen: tuple[float, str | None] | None = None

    def trouble(self) -> str | None:
        """Return why files cannot be kept, or None when they can."""
        now = time.monotonic()
        if self._seen is None or now - self._seen[0] >= self._keep:
            self._seen = (now, self._look())
        return self._seen[1]

    def _look(self) -> str | None:
        try:
            self._store.files.check()
        except LaporError as error:
            return str(error)
        return None


def _reasons(house: House, workers: Workers | None, files: _Files) -> Iterator[str]:
    try:
        with house.store.reading() as tx:
            form = revision(tx.connection)
            if form == HEAD:
                check_tables(tx.connection)
        if form != HEAD:
            yield (
                "the database has the form of another version of lapor"
                if form
                else "the database has no tables of lapor"
            )
            return
        house.store.database.check_writable()
        house.store.database.check_room()
        left = [backlog.waiting for backlog in backlogs(house.engine, house.clock()) if backlog.is_left]
    except LaporError as error:
        yield str(error)
        return
    if trouble := files.trouble():
        yield trouble
    if workers is not None and not workers.is_working:
        yield "nobody looks for due notices: the relay has ended"
    if left:
        minutes = max(waiting.oldest or timedelta() for waiting in left) // timedelta(minutes=1)
        yield f"notices that wait: {sum(waiting.due for waiting in left)}, the oldest for {minutes} minutes"
