"""A FastAPI app of an office, with the whole desk mounted in it and the rules at hand in a route of its own.

Run with ``uvicorn app:app``; the desk keeps its database in this folder.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

from fastapi import FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool

from lapor_core import Facts, Kind
from lapor_core.errors import LaporError
from lapor_desk.config import Config
from lapor_desk.durable import Workers
from lapor_desk.house import open_house
from lapor_desk.http import create_app

__all__ = ["office_app"]


def office_app(config: Config) -> FastAPI:
    """Return the app: what the office has already, the desk below ``/lapor``, and deadlines by the standard's rules."""
    house = open_house(config)
    workers = Workers(house.engine, house.desk.sweep, clock=house.clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        house.on_queued(workers.nudge)
        await run_in_threadpool(workers.start)
        yield
        await run_in_threadpool(workers.stop, timedelta(seconds=5))
        house.close()

    app = FastAPI(title="Kantor Contoh", lifespan=lifespan)

    @app.get("/due")
    def due(kind: Kind, agencies: int, received: datetime, *, supervisory: bool = False) -> dict[str, str | date]:
        """Return the tier of a complaint, and the last day for its answer."""
        facts = Facts(kind=kind, supervisory=supervisory, abuse_of_authority=False, agencies=agencies)
        try:
            assessment = house.standard.assess(facts)
            deadline = house.standard.deadline("resolve", assessment, start=received)
        except LaporError as error:
            raise HTTPException(status_code=422, detail={"code": error.code, "message": str(error)}) from error
        return {"tier": assessment.tier.name, "rule": assessment.rule.text, "due": deadline.due_date}

    app.mount("/lapor", create_app(house, workers))
    return app


def __getattr__(name: str) -> FastAPI:
    """Make ``app`` when a server asks for it, so that importing this module opens no database."""
    if name == "app":
        return office_app(Config())
    raise AttributeError(name)
