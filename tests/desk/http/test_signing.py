"""Officers sign in with care, and are never led away from the site."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from limits import parse
from starlette.testclient import TestClient

from lapor_core.plugins.contracts import ASGIApp
from lapor_core.testing import FrozenClock
from lapor_desk.house import House
from lapor_desk.http import create_app
from lapor_desk.http.budgets import Budgets
from lapor_desk.http.paths import safe_next
from lapor_desk.officers import Officer, Officers

PASSWORD = "rahasia-contoh"
HTML = {"accept": "text/html"}
LOGIN = {"login": "pusat", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _people(people: Mapping[str, Officer]) -> None:
    """Every test here has officers."""


@pytest.fixture
def client(app: ASGIApp) -> TestClient:
    return TestClient(app, base_url="https://lapor.example.id", follow_redirects=False)


def test_the_way_to_a_page_leads_through_the_login_and_back(stranger: Any) -> None:
    page = stranger.get("/officers/?state=open")
    assert page.response.url.path == "/officers/login"
    arrived = stranger.send(page, "login", **LOGIN)
    assert (arrived.status, str(arrived.response.url)) == (200, "https://lapor.example.id/officers/?state=open")
    assert "Petugas pusat" in arrived.text
    left = stranger.send(arrived, "logout")
    assert left.response.url.path == "/officers/login"
    assert stranger.get("/officers/").response.url.path == "/officers/login"


def test_signing_out_ends_the_session_on_the_server_too(stranger: Any) -> None:
    page = stranger.send(stranger.get("/officers/login"), "login", **LOGIN)
    token = stranger.client.cookies["lapor_officer"]
    stranger.send(page, "logout")
    answer = stranger.client.get("/officers/", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(("scheme", "secure"), [("https", True), ("http", False)])
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: ASGIApp, scheme: str, secure: bool) -> None:  # noqa: FBT001 - a column of the table
    client = TestClient(app, base_url=f"{scheme}://lapor.example.id", follow_redirects=False)
    cookie = client.post("/officers/login", data=LOGIN).headers["set-cookie"]
    assert "; HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert ("; Secure" in cookie) is secure
    assert "expires" not in cookie.lower()  # a shared computer forgets it with its browser


def test_what_people_reach_by_https_sets_secure_cookies_whatever_a_proxy_leaves_unsaid(house: House) -> None:
    house = attrs.evolve(house, config=attrs.evolve(house.config, public_url="https://lapor.example.id"))
    client = TestClient(create_app(house), base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert "; Secure" in client.post("/officers/login", data=LOGIN).headers["set-cookie"]
    assert "; Secure" in client.post("/account/leave").headers["set-cookie"]


def test_a_new_session_ends_the_one_before(client: TestClient) -> None:
    client.post("/officers/login", data=LOGIN)
    first = client.cookies["lapor_officer"]
    client.post("/officers/login", data=LOGIN)
    assert client.cookies["lapor_officer"] != first
    assert client.get("/officers/", headers={"authorization": f"Bearer {first}"}).status_code == 401


@pytest.mark.parametrize(
    "data",
    [
        {"login": "pusat", "password": "salah-sekali"},
        {"login": "entah", "password": PASSWORD},
        {"login": "", "password": ""},
        {"login": "pusat"},
        {"login": '"><script>', "password": "\x00"},
        {"login": "\ud800".encode("utf-8", "surrogatepass").hex(), "password": "%ff"},
    ],
)
def test_who_is_not_known_is_told_the_same(client: TestClient, data: dict[str, str]) -> None:
    answer = client.post("/officers/login", data=data, headers=HTML)
    assert answer.status_code == 422
    assert "Nama pengguna atau kata sandi salah." in answer.text
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert not data.get("password") or data["password"] not in answer.text


def test_a_disabled_officer_is_told_the_same(client: TestClient, house: House) -> None:
    house.officers.disable("pusat")
    answer = client.post("/officers/login", data=LOGIN, headers=HTML)
    assert answer.status_code == 422
    assert "Nama pengguna atau kata sandi salah." in answer.text


def test_an_officer_changes_the_password_and_is_alone_with_it(browser: Callable[[str], Any], stranger: Any) -> None:
    officer, elsewhere = browser("pusat"), browser("pusat")
    page = officer.get("/officers/password")
    new = "rahasia-yang-baru"
    changed = officer.send(page, "password", present=PASSWORD, new=new, again=new)
    assert (changed.status, "Kata sandi Anda sudah diganti." in changed.text) == (200, True)
    assert elsewhere.get("/officers/").response.url.path == "/officers/login"
    assert stranger.send(stranger.get("/officers/login"), "login", **LOGIN).status == 422
    assert stranger.send(stranger.get("/officers/login"), "login", login="pusat", password=new).status == 200


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"present": "salah-sekali"}, "Kata sandi sekarang salah."),
        ({"again": "rahasia-yang-lain"}, "Kedua kata sandi baru tidak sama."),
        ({"new": "pendek", "again": "pendek"}, "Kata sandi tidak memenuhi syarat."),
    ],
)
def test_a_password_that_cannot_be_changed_stays(
    browser: Callable[[str], Any], stranger: Any, typed: dict[str, str], told: str
) -> None:
    officer, new = browser("pusat"), "rahasia-yang-baru"
    page = officer.send(
        officer.get("/officers/password"), "password", **{"present": PASSWORD, "new": new, "again": new} | typed
    )
    assert (page.status, told in page.text) == (422, True)
    assert not any(word in page.html for word in (PASSWORD, new, *typed.values()))
    assert officer.get("/officers/").response.url.path == "/officers/"
    assert stranger.send(stranger.get("/officers/login"), "login", **LOGIN).status == 200


def test_present_passwords_are_not_guessed_at_either(browser: Callable[[str], Any]) -> None:
    officer = browser("pusat")
    page, new = officer.get("/officers/password"), "rahasia-yang-baru"
    for _ in range(11):
        told = officer.send(page, "password", present="salah-sekali", new=new, again=new)
    assert (told.status, "15 menit lagi" in told.text) == (429, True)


def test_a_password_is_no_text_that_is_given_back_when_the_session_is_over(browser: Callable[[str], Any]) -> None:
    officer, new = browser("pusat"), "rahasia yang sangat panjang sekali"
    page = officer.get("/officers/password")
    officer.client.cookies.clear()
    told = officer.send(page, "password", present=new, new=new, again=new)
    assert (told.status, new in told.html) == (401, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "https://lapor.example.id"},
    ],
)
def test_a_login_from_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/officers/login", data=LOGIN, headers=headers | HTML)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data; boundary=x", "multipart/form-data; charset=klingon; boundary=x", "text/plain"],
)
def test_a_login_that_is_no_form_is_refused(client: TestClient, content_type: str) -> None:
    answer = client.post("/officers/login", content=b"login=pusat", headers={"content-type": content_type} | HTML)
    assert answer.status_code == 415


def test_a_login_of_any_length_costs_nothing(client: TestClient) -> None:
    answer = client.post("/officers/login", data=LOGIN | {"password": "x" * 20_000}, headers=HTML)
    assert answer.status_code == 413


def test_guessing_one_login_is_stopped(client: TestClient) -> None:
    for _ in range(10):
        assert client.post("/officers/login", data=LOGIN | {"password": "salah-sekali"}).status_code == 422
    answer = client.post("/officers/login", data=LOGIN, headers=HTML)
    assert answer.status_code == 429
    assert "Anda dapat mencoba lagi 15 menit lagi." in answer.text


def test_who_guesses_elsewhere_shuts_no_officer_out(app: ASGIApp) -> None:
    far = TestClient(app, base_url="https://lapor.example.id", client=("192.0.2.1", 1), follow_redirects=False)
    for _ in range(11):
        told = far.post("/officers/login", data=LOGIN | {"password": "salah-sekali"}).status_code
    assert told == 429
    near = TestClient(app, base_url="https://lapor.example.id", client=("198.51.100.7", 1), follow_redirects=False)
    assert near.post("/officers/login", data=LOGIN).status_code == 303


def test_guessing_many_logins_from_one_address_is_stopped(house: House) -> None:
    client = TestClient(create_app(house, budgets=Budgets(sign_ins=parse("3/minute"))), follow_redirects=False)
    told = [client.post("/officers/login", data={"login": f"a{n}", "password": "x"}) for n in range(4)]
    assert [answer.status_code for answer in told] == [422, 422, 422, 429]
    assert int(told[-1].headers["retry-after"]) > 0


def test_a_session_ends_with_the_working_day(stranger: Any, clock: FrozenClock) -> None:
    stranger.send(stranger.get("/officers/login"), "login", **LOGIN)
    clock.advance(timedelta(hours=11))
    assert stranger.get("/officers/").response.url.path == "/officers/login"


def test_who_is_signed_in_is_led_on(browser: Callable[[str], Any]) -> None:
    page = browser("pusat").get("/officers/login?next=/officers/%3Flate%3D1")
    assert str(page.response.url).endswith("/officers/?late=1")


EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/%5c/evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    "/officers/\r\nSet-Cookie: x=1",
    "evil.example",
    "@evil.example",
    ".//evil.example",
    "/..//evil.example",
    "/../../evil.example/",
    "",
]


def where(base: str, location: str) -> str:
    """Return the host a browser goes to: it reads a backslash as a slash, and leaves out tabs and ends of lines."""
    read = "".join(letter for letter in location if letter not in "\t\r\n").replace("\\", "/")
    return urlsplit(urljoin(base, read)).netloc


@pytest.mark.parametrize("wished", EVIL)
def test_no_login_leads_away_from_the_site(client: TestClient, wished: str) -> None:
    answer = client.post("/officers/login", data=LOGIN | {"next": wished})
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert "set-cookie: x" not in str(answer.headers).lower()
    assert where("https://lapor.example.id/officers/login", location) == "lapor.example.id"
    assert location.startswith("../")


@given(st.text(max_size=30) | st.text(alphabet="/\\.:@#?%\t\r\n ae", max_size=12))
@example("//")
@example("/\\")
def test_whatever_is_wished_for_stays_on_the_site(wished: str) -> None:
    chosen = safe_next(wished, "/officers/")
    assert chosen in (wished, "/officers/")
    assert where("https://lapor.example.id/officers/login", "../" + chosen.lstrip("/")) == "lapor.example.id"
    assert not chosen.startswith("//")
    assert chosen.isprintable()


@given(st.from_regex(r"/(walk-in|officers)(/[a-z0-9]{1,8}){0,3}(\?[a-z]=[a-z0-9%]{0,5})?", fullmatch=True))
def test_a_page_of_ours_is_where_it_leads(wished: str) -> None:
    assert safe_next(wished, "/officers/") == wished


def test_english_is_a_wish_that_is_kept(stranger: Any) -> None:
    assert 'lang="id"' in stranger.get("/officers/login").html
    assert "Sign in" in stranger.get("/officers/login?lang=en").html
    page = stranger.get("/officers/login")
    assert 'lang="en"' in page.html
    assert 'lang="id"' in stranger.get("/officers/login?lang=id").html


def test_a_browser_that_prefers_english_still_opens_an_indonesian_console(stranger: Any) -> None:
    answer = stranger.client.get("/officers/login", headers={"accept-language": "en-GB"} | HTML)
    assert answer.headers["content-language"] == "id"
    assert "fr" not in stranger.client.get("/officers/login?lang=fr", headers=HTML).headers["content-language"]


def test_few_passwords_are_checked_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 64 MiB, and an attacker sends hundreds."""
    at_once, most, lock = 0, 0, threading.Lock()

    def slowly(self: Officers, login: str, password: str, *, address: str) -> str:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)
        with lock:
            at_once -= 1
        return "token"

    monkeypatch.setattr(Officers, "sign_in", slowly)
    app = create_app(house, budgets=Budgets(sign_ins=parse("100/minute")))
    with TestClient(app, follow_redirects=False) as client, ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: client.post("/officers/login", data=LOGIN).status_code, range(12)))
    assert set(told) == {303}
    assert most <= 2


PLACES = ["/officers/", "/officers/login", "/officers/no-such-page", "/no-such-page", "/officers/static/desk.css"]


@pytest.mark.parametrize("path", PLACES)
def test_every_page_of_ours_is_guarded_by_headers(browser: Callable[[str], Any], path: str, house: House) -> None:
    app = create_app(attrs.evolve(house, channels=()))
    client = TestClient(app, cookies=dict(browser("pusat").client.cookies))
    answer = client.get(path, headers=HTML)
    assert answer.headers["x-content-type-options"] == "nosniff"
    if "text/html" in answer.headers["content-type"]:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text
        assert "style=" not in answer.text
