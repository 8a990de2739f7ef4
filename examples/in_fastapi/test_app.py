# ruff: noqa: D103, S101 - in tests a name is its sentence, and an assertion the report
"""The office's app answers by the rules, and citizens find the desk in it."""

from collections.abc import Iterator

import pytest
from app import office_app
from fastapi.testclient import TestClient

from lapor_desk.config import Config


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    database = tmp_path_factory.mktemp("office") / "lapor.db"
    with TestClient(office_app(Config(database=f"sqlite:///{database}"))) as client:
        yield client


def test_a_deadline_follows_the_standard(client: TestClient) -> None:
    asked = {"kind": "complaint", "agencies": 1, "received": "2026-03-13T10:00:00+08:00"}
    answer = client.get("/due", params=asked)
    assert answer.json()["tier"] == "sedang"
    assert answer.json()["due"] == "2026-04-10"


def test_what_the_rules_refuse_has_a_code(client: TestClient) -> None:
    asked = {"kind": "complaint", "agencies": 1, "received": "2026-03-13T10:00:00"}
    answer = client.get("/due", params=asked)
    assert (answer.status_code, answer.json()["detail"]["code"]) == (422, "naive_datetime")


def test_the_desk_is_where_it_was_mounted(client: TestClient) -> None:
    assert "LAPOR" in client.get("/lapor/").text
    assert client.get("/lapor/health").status_code == 200
    assert client.get("/lapor/officers/").status_code == 401  # they sign in first
