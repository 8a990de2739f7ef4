"""Every channel stands at its path, knows who calls, and costs only itself when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import attrs
import pytest
from limits import parse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from lapor_core import Proof, Reporter, Role
from lapor_core.plugins.contracts import PRINCIPAL, ASGIApp, Principal
from lapor_desk import accounts as accounts_module
from lapor_desk.house import House
from lapor_desk.http import create_app
from lapor_desk.http.budgets import Budgets
from lapor_desk.officers import Officer
from lapor_desk.people import enrol
from lapor_desk.sessions import open_session
from lapor_desk.store import StoreDown, Vault

HTML = {"accept": "text/html"}


async def shown(request: Request) -> JSONResponse:
    principal = request.scope.get(PRINCIPAL)
    return JSONResponse(
        {
            "root": request.scope["root_path"],
            "path": request.scope["path"],
            "who": [principal.id, principal.role] if principal else None,
            "proofs": sorted(principal.proofs) if principal else [],
            "state": request.scope.get("state", {}).get("pool"),
        }
    )


async def failing(request: Request) -> JSONResponse:
    message = "MARKER-NARRATIVE"
    raise RuntimeError(message)


def plain(desk: object) -> ASGIApp:
    routes = [Route("/", shown, methods=["GET", "POST"]), Route("/fails", failing), Route("/track/{code}", shown)]
    return Starlette(routes=routes)


@attrs.frozen(kw_only=True)
class Door:
    key: str
    path: str
    make: Callable[[Any], ASGIApp] = plain
    proofs: frozenset[Proof] = frozenset()
    for_officers: bool = False

    def app(self, desk: object) -> ASGIApp:
        return self.make(desk)


def served(house: House, *doors: Door, **options: Any) -> TestClient:
    app = create_app(attrs.evolve(house, channels=doors), **options)
    return TestClient(app, base_url="https://lapor.example.id", follow_redirects=False, raise_server_exceptions=True)


WEB = Door(key="web", path="/")
APP = Door(key="app", path="/app/v1/")
SMS = Door(key="sms", path="/sms/kannel", proofs=frozenset({Proof.SENDER_NUMBER}))
COUNTER = Door(key="walk_in", path="/walk-in", for_officers=True)


def test_the_longest_path_wins_and_each_application_knows_its_root(house: House) -> None:
    client = served(house, WEB, APP, SMS, Door(key="short", path="/app"))
    assert client.get("/").json()["root"] == ""
    assert client.get("/app/v1/").json() == {
        "root": "/app/v1",
        "path": "/app/v1/",
        "who": None,
        "proofs": [],
        "state": None,
    }
    assert client.get("/app/").json()["root"] == "/app"
    assert client.get("/app/v1/track/x").json()["root"] == "/app/v1"
    assert client.get("/application").status_code == 404  # it is no part of /app


def test_a_prefix_that_a_proxy_passes_on_stays_in_the_root(house: House) -> None:
    app = create_app(attrs.evolve(house, channels=(WEB, APP, COUNTER)))
    client = TestClient(app, root_path="/lapor", base_url="https://example.id", follow_redirects=False)
    assert client.get("/lapor/app/v1/").json()["root"] == "/lapor/app/v1"
    assert client.get("/lapor/").json()["root"] == "/lapor"
    assert client.get("/lapor/walk-in/", headers=HTML).headers["location"] == "../officers/login?next=/walk-in/"


def test_a_browser_without_the_slash_is_led_on_and_a_program_is_served(house: House) -> None:
    client = served(house, WEB, APP)
    led = client.get("/app/v1?lang=en", headers=HTML)
    assert (led.status_code, led.headers["location"]) == (303, "v1/?lang=en")
    assert client.post("/app/v1").json()["path"] == "/app/v1/"


def test_an_application_that_raises_costs_its_own_page_and_tells_nobody_why(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    client = served(house, WEB, APP)
    for headers in ({}, HTML):
        answer = client.get("/app/v1/fails", headers=headers)
        assert answer.status_code == 500
        assert "MARKER" not in answer.text
    assert client.get("/app/v1/").status_code == 200
    assert "MARKER" not in caplog.text
    assert "app failed" in caplog.text


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_an_application_that_is_no_framework_s_and_raises_is_answered_by_the_host(
    house: House, error: type[BaseException]
) -> None:
    async def broken(scope: object, receive: object, send: object) -> None:
        raise error

    client = served(house, Door(key="kiosk", path="/kiosk", make=lambda _: broken), WEB)
    answer = client.get("/kiosk/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    page = client.get("/kiosk/", headers=HTML)
    assert page.headers["x-request-id"] in page.text  # so that who sees it can name it


def test_an_answer_that_breaks_off_is_not_begun_anew(house: House) -> None:
    async def broken(scope: object, receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    app = create_app(attrs.evolve(house, channels=(Door(key="kiosk", path="/kiosk", make=lambda _: broken),)))
    scope = {"type": "http", "method": "GET", "path": "/kiosk/", "root_path": "", "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start"]


def raising(error: BaseException) -> Callable[[object], ASGIApp]:
    def broken(desk: object) -> ASGIApp:
        raise error

    return broken


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (raising(RuntimeError("MARKER-SECRET")), "app() raised RuntimeError"),
        (raising(SystemExit("MARKER-SECRET")), "app() raised SystemExit"),
        (raising(KeyboardInterrupt()), "app() raised KeyboardInterrupt"),
        (lambda _: None, "app() returned None, which is no ASGI application"),
    ],
)
def test_a_channel_whose_application_cannot_be_made_stays_closed(
    house: House, caplog: pytest.LogCaptureFixture, make: Callable[[object], ASGIApp], told: str
) -> None:
    client = served(house, Door(key="kiosk", path="/kiosk", make=make), WEB)
    assert client.get("/kiosk/").status_code == 404
    assert client.get("/").status_code == 200
    assert f"channel kiosk stays closed: {told}" in caplog.text
    assert "MARKER" not in caplog.text


def test_nobody_brings_a_principal_from_outside(house: House) -> None:
    app = create_app(attrs.evolve(house, channels=(WEB, SMS)))

    async def forging(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, PRINCIPAL: Principal(id="forged", role=Role.CENTRAL_ADMIN)}, receive, send)

    client = TestClient(forging)
    assert client.get("/").json()["who"] is None
    assert client.get("/sms/kannel/").json()["who"] is None


@pytest.fixture
def reporter_token(house: House) -> str:
    proofs = frozenset({Proof.VERIFIED_EMAIL})
    reporter = Reporter(name="Warga Contoh", email="warga@example.id")
    with house.store.transaction() as tx:
        account = enrol(tx, Vault.new_person(), reporter, proofs, house.clock())
        return open_session(tx, "account", account.id, house.clock().replace(year=2027))


@pytest.mark.parametrize("way", ["cookie", "bearer", "both"])
def test_a_reporter_is_known_by_cookie_or_bearer(house: House, reporter_token: str, way: str) -> None:
    client = served(house, WEB)
    cookie = {"cookie": f"lapor_session={reporter_token if way == 'cookie' else 'stale'}"}
    bearer = {"authorization": f"bearer {reporter_token}"}
    headers = {**(cookie if way != "bearer" else {}), **(bearer if way != "cookie" else {})}
    answer = client.get("/", headers=headers).json()
    assert answer["who"][1] == "reporter"
    assert answer["proofs"] == ["verified_email"]


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer", "Bearer unknown", "Bearer \xff"])
def test_a_token_that_stands_for_nobody_makes_a_stranger(house: House, header: str) -> None:
    client = served(house, WEB)
    assert client.get("/", headers={"authorization": header.encode("latin-1")}).json()["who"] is None


def test_an_officer_is_no_reporter_and_a_reporter_no_officer(
    house: House, people: Mapping[str, Officer], token: Callable[[Officer], str], reporter_token: str
) -> None:
    client = served(house, WEB, COUNTER)
    officer = {"authorization": f"Bearer {token(people['loket'])}"}
    assert client.get("/", headers=officer).json()["who"] is None
    assert client.get("/walk-in/", headers=officer).json()["who"] == [people["loket"].id, "counter_officer"]
    assert client.get("/walk-in/", headers={"authorization": f"Bearer {reporter_token}"}).status_code == 401
    assert client.get("/walk-in/", headers={"cookie": f"lapor_officer={reporter_token}"}).status_code == 401
    assert client.get("/walk-in/", headers={"cookie": f"lapor_session={token(people['loket'])}"}).status_code == 401


def test_a_door_for_officers_leads_a_browser_to_sign_in_and_refuses_the_rest(house: House) -> None:
    client = served(house, WEB, COUNTER)
    led = client.get("/walk-in/track/x?lang=en&next=//evil.example", headers=HTML)
    assert led.status_code == 303
    assert led.headers["location"].startswith("../../officers/login?next=/walk-in/track/x%3Flang%3Den%26next%3D")
    for answer in (client.post("/walk-in/", headers=HTML), client.get("/walk-in/"), client.put("/walk-in/fails")):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_disabled_officer_is_out_at_once(
    house: House, people: Mapping[str, Officer], token: Callable[[Officer], str]
) -> None:
    client = served(house, COUNTER)
    headers = {"authorization": f"Bearer {token(people['loket'])}"}
    assert client.get("/walk-in/", headers=headers).status_code == 200
    house.officers.disable("loket")
    assert client.get("/walk-in/", headers=headers).status_code == 401


def test_the_log_has_templates_and_nothing_of_the_caller(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "lapor")
    client = served(house, WEB, APP)
    client.get("/app/v1/track/MARKER-CODE?from=%2B6280000000001", headers={"cookie": "MARKER=1"})
    client.get("/MARKER-UNKNOWN/page?MARKER")
    client.request("MARKER", "/")
    client.get("/health")
    lines = [record.getMessage() for record in caplog.records if record.name == "lapor.http.access"]
    assert "GET /app/v1/track/{code} 200" in lines[0]
    assert "GET /? 404" in lines[1]
    assert "? / 405" in lines[2]
    assert len(lines) == 3  # a monitor asks every few seconds
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("lapor"))
    assert "MARKER" not in ours
    assert "6280000" not in ours
    assert "testclient" not in ours


def test_what_a_channel_opens_when_it_starts_is_there_for_its_requests(house: House) -> None:
    seen: list[str] = []

    def living(desk: object) -> ASGIApp:
        @asynccontextmanager
        async def life(app: object) -> AsyncIterator[Any]:
            seen.append("started")
            yield {"pool": "open"}
            seen.append("stopped")

        return Starlette(routes=[Route("/", shown)], lifespan=life)

    async def unwilling(scope: Any, receive: object, send: object) -> None:
        assert scope["type"] == "http"

    doors = (Door(key="kiosk", path="/kiosk", make=living), Door(key="other", path="/other", make=lambda _: unwilling))
    with served(house, *doors, WEB) as client:
        assert client.get("/kiosk/").json()["state"] == "open"
        assert client.get("/").json()["state"] is None
        assert seen == ["started"]
    assert seen == ["started", "stopped"]


def test_a_channel_that_cannot_start_is_told_and_the_others_are_served(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def failing_to_start(desk: object) -> ASGIApp:
        @asynccontextmanager
        async def life(app: object) -> AsyncIterator[Any]:
            message = "MARKER-PASSWORD"
            raise RuntimeError(message)
            yield

        return Starlette(lifespan=life)

    with served(house, Door(key="kiosk", path="/kiosk", make=failing_to_start), WEB) as client:
        assert client.get("/").status_code == 200
    assert "kiosk" in caplog.text
    assert "MARKER" not in "".join(record.getMessage() for record in caplog.records)


def test_what_one_address_sends_has_a_limit_and_what_it_reads_has_none(house: House) -> None:
    client = served(house, WEB, APP, SMS, budgets=Budgets(citizens=parse("3/minute")))
    assert [client.post(path).status_code for path in ("/", "/app/v1/", "/", "/app/v1/")] == [200, 200, 200, 429]
    refused = client.post("/", headers=HTML)
    assert refused.status_code == 429
    page = client.post("/", headers={"accept": "text/html"})
    assert f"Tunggu {page.headers['retry-after']} detik, lalu muat ulang halaman ini" in page.text
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert client.get("/").status_code == 200
    assert {client.post("/sms/kannel/").status_code for _ in range(10)} == {200}  # not 429: all of it is one gateway


def test_another_address_has_a_budget_of_its_own_and_a_household_has_one(house: House) -> None:
    app = create_app(attrs.evolve(house, channels=(WEB,)), budgets=Budgets(citizens=parse("1/minute")))

    def post(address: str) -> int:
        return TestClient(app, client=(address, 5000)).post("/").status_code

    assert [post("192.0.2.1"), post("192.0.2.1"), post("192.0.2.2")] == [200, 429, 200]
    assert [post("2001:db8::1"), post("2001:db8::ffff"), post("2001:db8:0:1::1")] == [200, 429, 200]
    assert [post("::ffff:192.0.2.7"), post("192.0.2.7"), post("::ffff:192.0.2.8")] == [200, 429, 200]


def test_nobody_speaks_websocket_here(house: House) -> None:
    client = served(house, WEB)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
        pass


def test_while_the_database_is_away_a_stranger_is_served_and_a_session_waits(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    class Away:
        def principal(self, token: str) -> None:
            raise StoreDown("the database is away", code="store_down")

    client = served(attrs.evolve(house, accounts=Away()), WEB)
    assert client.get("/").status_code == 200
    answer = client.get("/", headers={"authorization": "Bearer x"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "the database is away" in caplog.text


def test_one_address_has_codes_sent_so_often_and_no_oftener(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs the office an SMS, and a flood of them goes to a new number every time."""
    monkeypatch.setattr(accounts_module, "_ASKED_FROM", attrs.evolve(accounts_module._ASKED_FROM, most=2))
    near, far = (TestClient(app, client=(address, 1)) for address in ("192.0.2.1", "2001:db8::1"))
    numbers = iter(range(10, 100))

    def ask(client: TestClient, at: str) -> int:
        number = next(numbers)
        who = {"name": "Warga", "email": f"warga{number}@example.id", "mobile": f"0812000000{number}"}  # invented
        return client.post(at, **({"json": who} if at.startswith("/app") else {"data": who})).status_code

    assert [ask(near, "/app/v1/challenges"), ask(near, "/account")] == [201, 200]
    assert [ask(near, "/app/v1/challenges"), ask(near, "/account"), ask(far, "/account")] == [429, 429, 200]
