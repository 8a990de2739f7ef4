"""A monitor learns whether the process serves, and whether it can do its work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from lapor_core import Reporter
from lapor_core.plugins.contracts import ASGIApp
from lapor_core.testing import FrozenClock
from lapor_desk.config import Config
from lapor_desk.durable import Workers
from lapor_desk.house import House, open_house
from lapor_desk.http import create_app, health
from lapor_desk.places import Access, S3Place
from lapor_desk.store import Files, StoreDown
from lapor_desk.store.migrating import VERSION_TABLE

WARGA = Reporter(name="Warga Contoh", email="warga@example.id")


class Idle(Workers):
    """Workers whose relay is alive or not, as a test says."""

    alive = True

    @property
    def is_working(self) -> bool:
        return self.alive


@pytest.fixture
def workers(house: House) -> Idle:
    return Idle(house.engine, house.desk.sweep, clock=house.clock)


@pytest.fixture
def client(house: House, workers: Idle) -> TestClient:
    return TestClient(create_app(house, workers))


def test_the_process_serves_and_everything_works(client: TestClient) -> None:
    for headers in ({}, {"accept": "text/html"}):
        assert client.get("/health", headers=headers).json() == {"status": "ok"}
        assert client.get("/ready", headers=headers).json() == {"status": "ready"}
    assert client.get("/health").headers["cache-control"] == "no-store"
    assert client.get("/health/x").status_code == 404


def test_health_asks_nobody_while_the_database_is_away_and_ready_says_so(house: House) -> None:
    class Away:
        @contextmanager
        def reading(self) -> Iterator[Any]:
            raise StoreDown("the database cannot do its work", code="store_down")
            yield

    client = TestClient(create_app(attrs.evolve(house, store=Away())))
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "reasons": ["the database cannot do its work"]}


def test_a_database_of_another_version_is_not_ready(house: House, client: TestClient) -> None:
    with house.store.transaction() as tx:
        tx.connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert "another version" in answer.json()["reasons"][0]


def test_a_place_of_files_that_went_away_is_told_and_a_report_still_has_its_page(
    house: House, client: TestClient
) -> None:
    assert isinstance(house.files, Path)
    house.files.rmdir()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert "place of files" in answer.json()["reasons"][0]
    assert client.get("/health").status_code == 200
    house.files.mkdir()
    assert client.get("/ready").status_code == 200


def test_a_bucket_is_asked_twice_a_minute_at_most(
    config: Config, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, now = [], [100.0]

    def away(files: Files) -> None:
        asked.append(files)
        if len(asked) == 1:
            raise StoreDown("the place of files is away", code="store_down")

    monkeypatch.setattr(Files, "check", away)
    monkeypatch.setattr(health.time, "monotonic", lambda: now[0])
    access = Access(endpoint="http://127.0.0.1:9", access_key_id="KUNCI-CONTOH", secret_access_key="rahasia-contoh")
    bucket = S3Place(bucket="contoh", prefix="", access=access)
    with open_house(attrs.evolve(config, files=bucket), clock=clock) as house:
        client = TestClient(create_app(house))
        assert [client.get("/ready").status_code for _ in range(3)] == [503] * 3
        now[0] += 30
        assert [client.get("/ready").status_code for _ in range(3)] == [200] * 3
    assert len(asked) == 2


def test_many_who_ask_at_once_are_answered_by_one_look_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else those who ask while something hangs would take all the threads there are."""
    looking, most = 0, 0

    def slow(_: Files) -> None:
        nonlocal looking, most
        looking += 1
        most = max(most, looking)
        time.sleep(0.01)
        looking -= 1

    monkeypatch.setattr(Files, "check", slow)
    ready = health.ready_app(house, None)

    async def ask() -> None:
        answered: list[Any] = []

        async def keep(message: Any) -> None:
            answered.append(message)

        await ready({"type": "http", "method": "GET", "path": "/ready", "headers": []}, keep, keep)
        assert answered[0]["status"] == 200

    async def all_at_once() -> None:
        await asyncio.gather(*(ask() for _ in range(5)))

    asyncio.run(all_at_once())
    assert most == 1


def test_a_relay_that_has_ended_is_told(client: TestClient, workers: Idle) -> None:
    workers.alive = False
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert "relay" in answer.json()["reasons"][0]


def test_workers_that_were_never_started_are_not_at_work(house: House) -> None:
    assert not Workers(house.engine, house.desk.sweep, clock=house.clock).is_working


def test_without_workers_of_its_own_a_process_is_ready_all_the_same(app: ASGIApp) -> None:
    assert TestClient(app).get("/ready").status_code == 200


def test_a_notice_that_waits_too_long_is_told_without_its_content(
    house: House, client: TestClient, clock: FrozenClock
) -> None:
    house.accounts.challenge(WARGA)
    clock.advance(timedelta(minutes=5))
    assert client.get("/ready").status_code == 200
    clock.advance(timedelta(minutes=2))
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["notices that wait: 1, the oldest for 7 minutes"]
