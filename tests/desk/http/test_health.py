"""A monitor learns whether the process serves, and whether it can do its work."""

from __future__ import annotations

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
from lapor_desk.durable import Workers
from lapor_desk.house import House
from lapor_desk.http import create_app
from lapor_desk.store import StoreDown
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
