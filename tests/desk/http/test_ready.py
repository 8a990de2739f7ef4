"""Whether the desk says truly that it can work, on both databases, when what it stands on goes away for real."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from lapor_desk.config import Config
from lapor_desk.house import open_house
from lapor_desk.http import create_app
from lapor_desk.store import Database, StoreDown, database_url
from lapor_desk.store.migrating import VERSION_TABLE


def told(client: TestClient) -> tuple[int, list[str]]:
    answer = client.get("/ready")
    assert client.get("/health").status_code == 200
    return answer.status_code, answer.json().get("reasons", [])


@pytest.fixture
def on_it(url: str, tmp_path: Path) -> Config:
    return Config(database=url, key_file=tmp_path / "lapor.key", files=tmp_path / "files", outbox=tmp_path / "outbox")


@pytest.mark.parametrize(("statement", "reason"), [("DROP TABLE", "no tables of lapor"), ("DELETE FROM", "no tables")])
def test_a_database_whose_migrations_are_gone_is_not_ready(on_it: Config, statement: str, reason: str) -> None:
    with open_house(on_it) as house:
        client = TestClient(create_app(house))
        assert told(client) == (200, [])
        with house.store.transaction() as tx:
            tx.connection.execute(text(f"{statement} {VERSION_TABLE}"))
        status, (said,) = told(client)
    assert status == 503
    assert reason in said


def test_a_database_that_came_back_in_part_is_not_ready(on_it: Config) -> None:
    with open_house(on_it) as house:
        client = TestClient(create_app(house))
        with house.store.transaction() as tx:
            tx.connection.execute(text("DROP TABLE lapor_turns"))
        status, (said,) = told(client)
    assert status == 503
    assert said.endswith("tables of lapor are missing in it: lapor_turns")


@pytest.mark.parametrize("check", ["check_writable", "check_room"])
def test_a_database_that_takes_no_writes_is_not_ready(
    on_it: Config, monkeypatch: pytest.MonkeyPatch, check: str
) -> None:
    def fails(_: Database) -> None:
        raise StoreDown("it cannot be written", code="store_down", reason="read_only")

    with open_house(on_it) as house:
        monkeypatch.setattr(Database, check, fails)
        assert told(TestClient(create_app(house))) == (503, ["it cannot be written"])


def test_a_database_that_is_away_is_not_ready(on_it: Config, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    postgres = request.getfixturevalue("postgres") if on_it.database.startswith("postgres") else None
    with open_house(on_it) as house:
        client = TestClient(create_app(house))
        assert told(client) == (200, [])
        if postgres is None:
            house.store.close()
            for path in tmp_path.glob("lapor.db*"):
                path.unlink()
            (tmp_path / "lapor.db").write_bytes(b"no database" * 100)
        else:
            postgres.drop(on_it.database)
        status, (said,) = told(client)
        if postgres is not None:
            postgres.run(f"CREATE DATABASE {database_url(on_it.database).database}")
    assert status == 503
    assert "database cannot do its work" in said
