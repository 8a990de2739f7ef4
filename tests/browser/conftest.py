"""A real house behind a real port, and a real browser: Debian's Chromium, driven by Playwright.

Playwright's own download of a browser is not used. Where no Chromium is installed these tests fail in CI, and are
skipped with the reason elsewhere.
"""

from __future__ import annotations

import email
import email.policy
import io
import os
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright
from sqlalchemy import func, select

from lapor_core import Act, Action, Actor, Agency, Kind, Proof, Reporter, Role, Submission
from lapor_core.testing import FrozenClock
from lapor_desk import officers as officers_module
from lapor_desk.accounts import read_challenge
from lapor_desk.config import Config
from lapor_desk.house import House, open_house
from lapor_desk.http import create_app
from lapor_desk.officers import Officer
from lapor_desk.sessions import open_session
from lapor_desk.store.tables import complaints

PASSWORD = "rahasia-contoh"
AGENCIES = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="dinas-teladan", name="Dinas Teladan"))
WARGA = Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6281200000001")  # invented
PEOPLE: Mapping[str, tuple[Role, str | None]] = {
    "pusat": (Role.CENTRAL_ADMIN, None),
    "admin": (Role.AGENCY_ADMIN, None),
    "penghubung": (Role.LIAISON_OFFICER, "dinas-contoh"),
    "loket": (Role.COUNTER_OFFICER, None),
    "auditor": (Role.AUDITOR, None),
}
"""Logins, with the role of each and its agency."""

FLAGS = (
    "--no-sandbox",  # CI runs as root, and the pages are ours
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever a page asks for elsewhere is not there
)
LOCALES = {"id": "id-ID", "en": "en-GB"}
PATIENCE = 15_000
"""Milliseconds within which a page must have done what is waited for, on a busy machine."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser. Of one module, and not of the session: while it is open its event loop runs in this thread, and
    tests elsewhere have loops of their own.
    """
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@attrs.frozen
class Served:
    """A house that answers at ``url``."""

    house: House
    clock: FrozenClock
    url: str
    outbox: Path
    _read: set[Path] = attrs.field(factory=set, init=False)

    def post(self, address: str) -> str:
        """Send what is queued, and return what came to this e-mail address or number since it was last asked for."""
        self.house.engine.run_once(self.clock())
        texts = {path: _text_of(path) for path in self.outbox.iterdir() if path not in self._read}
        mine = {path: text for path, text in texts.items() if text.startswith(f"To: {address}")}
        self._read.update(mine)
        return "\n".join(mine.values())

    def code(self, address: str) -> str:
        """Return the one-time code that has come to this address."""
        [*_, code] = re.findall(r"\b[0-9]{6}\b", self.post(address))
        return str(code)

    def reports(self) -> int:
        """Return how many reports have been taken in."""
        with self.house.store.reading() as tx:
            return int(tx.connection.execute(select(func.count()).select_from(complaints)).scalar_one())

    def report(self, source_id: str, **said: Any) -> str:
        """Take in a report as from the web form, and return its id."""
        usual = {
            "channel": "web",
            "source_id": source_id,
            "received_at": self.clock(),
            "reporter": WARGA,
            "proofs": frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE}),
            "kind": Kind.COMPLAINT,
            "title": "Lampu jalan padam di depan sekolah dasar negeri contoh yang namanya panjang sekali",
            "narrative": "Lampu jalan contoh padam sejak tiga malam.\n\nWarga takut lewat.",
        }
        receipt = self.house.desk.submit(Submission(**usual | said))
        with self.house.store.reading() as tx:
            return str(tx.find(receipt.code))

    def act(self, complaint_id: str, login: str, action: Action, **said: Any) -> None:
        """Let an officer act, past the pages."""
        officer = self._officer(login)
        self.house.desk.act(complaint_id, Act(action=action, actor=Actor(role=officer.role, id=officer.id), **said))

    def citizen_token(self) -> str:
        """Return the token of a session of a citizen who has brought both codes back."""
        accounts = self.house.accounts
        self.clock.advance(timedelta(minutes=5))  # nobody may ask for codes too often
        challenge = accounts.challenge(WARGA)
        with self.house.store.reading() as tx:
            asked = read_challenge(tx, challenge)
        assert asked is not None
        return accounts.confirm(challenge, asked.codes)

    def officer_token(self, login: str) -> str:
        """Return the token of a session as this officer, past the page where one signs in."""
        with self.house.store.transaction() as tx:
            return open_session(tx, "officer", self._officer(login).id, self.clock() + timedelta(hours=1))

    def _officer(self, login: str) -> Officer:
        return next(one for one in self.house.officers.listed() if one.login == login)


def _text_of(path: Path) -> str:
    if path.suffix == ".txt":
        return path.read_text("utf-8")
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = letter.get_body(("plain",))
    assert body is not None
    return f"To: {letter['To']}\n\n{body.get_content()}"


@contextmanager
def served_house(folder: Path, policy: str = "banjarbaru") -> Iterator[Served]:
    """Open a house with every channel and every officer, and let it answer on a port of loopback."""
    clock = FrozenClock(datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar")))
    config = Config(database=f"sqlite:///{folder}/lapor.db", policy=policy, agencies=AGENCIES)
    with (
        pytest.MonkeyPatch.context() as patched,
        open_house(config, clock=clock) as house,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        # Argon2 is slow on purpose; tests/desk/test_officers.py has it as it is.
        patched.setattr(officers_module, "_hashed", lambda password: f"hash of {password}")
        patched.setattr(officers_module, "_is_right", lambda password, phc: phc == f"hash of {password}")
        for login, (role, agency) in PEOPLE.items():
            house.officers.add(login, PASSWORD, role, agency=agency, name=f"Petugas {login.title()}")
        settings = uvicorn.Config(create_app(house), access_log=False, log_config=None, ws="none")
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield Served(house, clock, f"http://127.0.0.1:{listener.getsockname()[1]}/", folder / "lapor-outbox")
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One house for tests that only look."""
    with served_house(tmp_path_factory.mktemp("house")) as served:
        yield served


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Served]:
    """A house of this test's own."""
    with served_house(tmp_path) as served:
        yield served


@pytest.fixture
def extending_house(tmp_path: Path) -> Iterator[Served]:
    """A house of this test's own whose standard lets a deadline be extended: ten working days, and seven more once."""
    with served_house(tmp_path, "malinau") as served:
        yield served


Visitor = Callable[..., Page]


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Visitor]:
    """Return what opens somebody's browser at a house; what its pages do wrong unseen is told when the test ends."""
    faults: list[str] = []
    contexts = []

    def visit(
        served: Served, *, scripts: bool = True, language: str = "id", login: str = "", width: int = 1280
    ) -> Page:
        context = chromium.new_context(
            base_url=served.url,
            locale=LOCALES[language],
            java_script_enabled=scripts,
            viewport={"width": width, "height": 800},
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if login:
            context.add_cookies([{"name": "lapor_officer", "value": served.officer_token(login), "url": served.url}])
        page = context.new_page()
        _watch(page, served.url, faults)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert faults == []


def _watch(page: Page, home: str, faults: list[str]) -> None:
    """Note errors on the console and in scripts, requests to anywhere else, and pieces of pages that are missing."""

    def said(message: ConsoleMessage) -> None:
        is_status = message.text.startswith("Failed to load resource: the server responded")  # see `answered`
        if message.type in ("error", "warning") and not is_status:
            faults.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith(home):
            faults.append(f"a request left the machine: {request.url}")

    def answered(response: Response) -> None:
        is_page = response.request.resource_type == "document"  # one that refuses what was sent is a page all the same
        if response.status >= (500 if is_page else 400):
            faults.append(f"{response.status} for {response.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", asked)
    page.on("response", answered)


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A photograph, as far as anybody can tell from its bytes."""
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), "#9ec1d9").save(drawn, "JPEG")
    return drawn.getvalue()
