"""A real house with every shipped channel, its officers, and a browser that fills in forms as people do."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from httpx2 import Response
from PIL import Image
from starlette.testclient import TestClient

from lapor_core import Act, Action, Actor, Agency, Complaint, Facts, Kind, Proof, Reporter, Role, Submission
from lapor_core.complaint import Purpose
from lapor_core.plugins.contracts import ASGIApp
from lapor_core.submission import Upload
from lapor_core.testing import FrozenClock
from lapor_desk import officers as officers_module
from lapor_desk.config import Config
from lapor_desk.house import House, open_house
from lapor_desk.http import create_app
from lapor_desk.http.budgets import Budgets
from lapor_desk.officers import Officer
from lapor_desk.sessions import open_session

WITA = ZoneInfo("Asia/Makassar")
PASSWORD = "rahasia-contoh"
AGENCIES = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="dinas-teladan", name="Dinas Teladan"))
PEOPLE: Mapping[str, tuple[Role, str | None]] = {
    "pusat": (Role.CENTRAL_ADMIN, None),
    "admin": (Role.AGENCY_ADMIN, None),
    "penghubung": (Role.LIAISON_OFFICER, "dinas-contoh"),
    "atasan": (Role.SUPERIOR, "dinas-contoh"),
    "tetangga": (Role.LIAISON_OFFICER, "dinas-teladan"),
    "inspektorat": (Role.INSPECTORATE, None),
    "loket": (Role.COUNTER_OFFICER, None),
    "auditor": (Role.AUDITOR, None),
}
"""Logins, with the role of each and its agency."""

HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def _passwords_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 is slow on purpose; tests/desk/test_officers.py and the test of a running desk have it as it is."""
    monkeypatch.setattr(officers_module, "_hashed", lambda password: f"hash of {password}")
    monkeypatch.setattr(officers_module, "_is_right", lambda password, phc: phc == f"hash of {password}")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 3, 13, 10, tzinfo=WITA))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(database=f"sqlite:///{tmp_path}/lapor.db", agencies=AGENCIES)


@pytest.fixture
def house(config: Config, clock: FrozenClock) -> Iterator[House]:
    with open_house(config, clock=clock) as house:
        yield house


@pytest.fixture
def people(house: House) -> Mapping[str, Officer]:
    return {
        login: house.officers.add(login, PASSWORD, role, agency=agency, name=f"Petugas {login}")
        for login, (role, agency) in PEOPLE.items()
    }


@pytest.fixture
def app(house: House) -> ASGIApp:
    return create_app(house, budgets=Budgets())


@attrs.define
class Form:
    """A form of a page: where it goes, and what stands in it; lists are what is ticked or chosen."""

    action: str
    method: str
    fields: dict[str, list[str]]
    ids: list[str]

    def filled(self, **values: str | list[str]) -> dict[str, Any]:
        """Return what a browser sends when these fields are filled in, and the rest is left as it is."""
        data: dict[str, Any] = {**self.fields}
        for name, value in values.items():
            data[name.replace("__", "-")] = value
        return data


class Page(HTMLParser):
    """What a test looks for in a page."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response
        self.status: int = response.status_code
        self.html: str = response.text
        self.text = ""
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._option: tuple[str, bool] | None = None
        self.feed(response.text)

    def form(self, ending: str) -> Form:
        """Return the form whose action ends so."""
        found = [form for form in self.forms if form.action.endswith(ending)]
        assert found, f"no form {ending} among {[form.action for form in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.append((tag, given))
        if tag == "a":
            self.links.append(given.get("href") or "")
        elif tag == "form":
            self._form = Form(given.get("action") or "", given.get("method") or "get", {}, [])
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, given)

    def _field(self, form: Form, tag: str, given: dict[str, str | None]) -> None:
        name, kind = given.get("name") or "", given.get("type") or "text"
        if tag == "input" and (kind not in ("checkbox", "radio") or "checked" in given) and kind != "file":
            form.fields.setdefault(name, []).append(given.get("value") or "")
        elif tag == "textarea":
            self._area = name
            form.fields[name] = [""]
        elif tag == "select":
            self._select = name
            form.fields[name] = [""]
        elif tag == "option" and self._select is not None and "selected" in given:
            form.fields[self._select] = [given.get("value") or ""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._area is not None and self._form is not None:
            self._form.fields[self._area][0] += data.removeprefix("\n")


@attrs.frozen
class Browser:
    """A browser; as an officer when there is one."""

    client: TestClient

    def get(self, path: str) -> Page:
        return Page(self.client.get(path, headers=HTML))

    def send(self, page: Page, ending: str, files: Any = None, **values: str | list[str]) -> Page:
        """Fill in the form of a page whose action ends so, and send it."""
        form = page.form(ending)
        target = page.response.url.join(form.action)
        headers = {**HTML, "origin": str(page.response.url.copy_with(raw_path=b"")).rstrip("/")}
        return Page(self.client.post(target, data=form.filled(**values), files=files, headers=headers))


@pytest.fixture
def stranger(app: ASGIApp) -> Browser:
    return Browser(TestClient(app, base_url="https://lapor.example.id"))


@pytest.fixture
def browser(app: ASGIApp, house: House, people: Mapping[str, Officer]) -> Callable[[str], Browser]:
    """Return the browser of an officer who is signed in."""

    def of(login: str) -> Browser:
        client = TestClient(app, base_url="https://lapor.example.id")
        client.cookies.set("lapor_officer", token_of(house, people[login]))
        return Browser(client)

    return of


def token_of(house: House, officer: Officer) -> str:
    with house.store.transaction() as tx:
        return open_session(tx, "officer", officer.id, house.clock() + timedelta(hours=1))


@pytest.fixture
def token(house: House) -> Callable[[Officer], str]:
    return lambda officer: token_of(house, officer)


@pytest.fixture
def submit(house: House) -> Callable[..., str]:
    """Return what hands a report in, and gives the complaint's id."""

    def submit(**changes: Any) -> str:
        fields: dict[str, Any] = {
            "channel": "web",
            "source_id": secrets.token_hex(4),
            "received_at": house.clock(),
            "reporter": Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6280000000001"),  # invented
            "proofs": frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE}),
            "kind": Kind.COMPLAINT,
            "title": "Lampu jalan padam",
            "narrative": "Lampu jalan contoh padam sejak tiga malam.",
            "event_date": date(2026, 3, 10),
            "agency": "dinas-contoh",
        }
        receipt = house.desk.submit(Submission(**fields | changes))
        with house.store.reading() as tx:
            found = tx.find(receipt.code)
        assert found is not None
        return found

    return submit


@pytest.fixture
def act(house: House, people: Mapping[str, Officer]) -> Callable[..., Complaint]:
    """Return what lets an officer act, past the pages."""

    def act(
        complaint_id: str, login: str, action: Action, *, uploads: tuple[Upload, ...] = (), **said: Any
    ) -> Complaint:
        actor = Actor(role=people[login].role, id=people[login].id)
        return house.desk.act(complaint_id, Act(action=action, actor=actor, **said), uploads=uploads)

    return act


LIGHT = Facts(supervisory=False, abuse_of_authority=False)


@pytest.fixture
def forwarded(submit: Callable[..., str], act: Callable[..., Complaint]) -> Callable[..., str]:
    """Return what hands a report in and leads it to the reported agency."""

    def forwarded(**changes: Any) -> str:
        complaint_id = submit(**changes)
        act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
        act(complaint_id, "admin", Action.VERIFY)
        act(complaint_id, "admin", Action.FORWARD)
        return complaint_id

    return forwarded


@pytest.fixture
def photo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "JPEG")
    return drawn.getvalue()


@pytest.fixture
def upload(photo: bytes) -> Callable[..., Upload]:
    return lambda name="foto.jpg", purpose=Purpose.EVIDENCE: Upload(name=name, content=photo, purpose=purpose)
