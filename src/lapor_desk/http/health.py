"""What an operator's monitor asks: whether the process serves, and whether it can do its work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import ASGIApp
from lapor_desk.durable import Workers
from lapor_desk.house import House
from lapor_desk.http.answers import Receive, Scope, Send
from lapor_desk.store.migrating import HEAD, revision
from lapor_desk.waiting import backlogs

__all__ = ["health_app", "ready_app"]

_NO_STORE = {"Cache-Control": "no-store"}


def health_app() -> ASGIApp:
    """Return the application that says the process serves; it asks nothing and nobody."""

    async def healthy(scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse({"status": "ok"}, headers=_NO_STORE)(scope, receive, send)

    return healthy


def ready_app(house: House, workers: Workers | None) -> ASGIApp:
    """Return the application that says whether everything works, else 503 with the reasons."""

    async def ready(scope: Scope, receive: Receive, send: Send) -> None:
        reasons = await run_in_threadpool(lambda: list(_reasons(house, workers)))
        body = {"status": "unavailable", "reasons": reasons} if reasons else {"status": "ready"}
        await JSONResponse(body, 503 if reasons else 200, _NO_STORE)(scope, receive, send)

    return ready


def _reasons(house: House, workers: Workers | None) -> Iterator[str]:
    try:
        with house.store.reading() as tx:
            form = revision(tx.connection)
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
    yield from _without_files(house)
    if workers is not None and not workers.is_working:
        yield "nobody looks for due notices: the relay has ended"
    if left:
        minutes = max(waiting.oldest or timedelta() for waiting in left) // timedelta(minutes=1)
        yield f"notices that wait: {sum(waiting.due for waiting in left)}, the oldest for {minutes} minutes"


def _without_files(house: House) -> Iterator[str]:
    """A report that brings a photograph cannot be taken in while the place of files is away."""
    try:
        house.store.files.check()
    except LaporError as error:
        yield str(error)
