"""The citizens' web channel over a desk of its own: every page, under a prefix, in both languages, with good and bad input."""

import html
import io
import re
import string
import sys
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import attrs
import pytest

pytest.importorskip("starlette")

from jinja2 import nodes
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from lapor_channels.http.allowing import may_do
from lapor_channels.http.catalogs import LANGUAGES
from lapor_channels.http.catalogs import catalog as catalog_of
from lapor_channels.http.contacts import international
from lapor_channels.http.drafts import LONGEST_TEXT, WRITTEN
from lapor_channels.http.forms import LARGEST_TEXT
from lapor_channels.web import Web, WebSettings, lapor_register_channels
from lapor_channels.web.site import WebSite
from lapor_channels.web.start import whatsapp_address
from lapor_core.complaint import Agency, Kind, Proof, Reporter
from lapor_core.errors import BadValue, Incomplete, NotFound, Refused
from lapor_core.lifecycle import Action, Role, State
from lapor_core.plugins.contracts import (
    PRINCIPAL,
    SESSION_COOKIE,
    Addresses,
    Channel,
    Configurable,
    Mounts,
    Principal,
    Receipt,
    Tracking,
    TrackingEntry,
)
from lapor_core.policy.loading import shipped_policy
from lapor_core.requirements import missing
from lapor_core.submission import Submission, Upload

WITA = ZoneInfo("Asia/Makassar")
PROOFS = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
CITIZEN = Reporter(name="Warga Contoh", email="warga@example.com", mobile="+6281200000000")  # invented
PREFIXES = ["", "/layanan", "/a/b"]


def catalog(language: str) -> Mapping[str, str]:
    return catalog_of("lapor_channels.web", language)


class Desk:
    """As much of a desk as the pages need: it remembers what it was handed."""

    def __init__(self) -> None:
        agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
        self.policy = attrs.evolve(shipped_policy("banjarbaru"), agencies=agencies)
        self.addresses = Addresses()
        self.time = datetime(2026, 3, 13, 10, 5, tzinfo=WITA)
        self.submissions: dict[str, Submission] = {}
        self.attempts = 0
        self.replies: list[tuple[str, str, tuple[Upload, ...]]] = []
        self.challenged: list[Reporter] = []
        self.signed_out: list[str] = []
        self.kept: dict[str, bytes] = {}
        self.refuse_reply = False
        self.tracked = Tracking(
            code="BJB-7K3M-9Q",
            state=State.WAITING,
            status="Menunggu jawaban Anda",
            received_at=self.time,
            due_date=date(2026, 4, 10),
            provisional=True,
            late=True,
            entries=(TrackingEntry(at=self.time, text="Laporan diterima"),),
            contacts=("Ombudsman RI: 137",),
        )

    def now(self) -> datetime:
        return self.time

    def submit(self, submission: Submission) -> Receipt:
        self.attempts += 1
        if lacking := missing(submission, self.policy):
            raise Incomplete(lacking)
        repeated = submission.source_id in self.submissions
        self.submissions.setdefault(submission.source_id, submission)
        return Receipt(code="BJB-7K3M-9Q", received_at=self.time, due_date=date(2026, 4, 10), repeated=repeated)

    def track(self, code: str, language: str = "id", *, pin: str = "") -> Tracking:
        if code == "BJB-7K3M-9Q":
            return self.tracked
        if code.startswith("BJB"):
            raise NotFound("no such code", code="unknown_code")
        raise BadValue("not a code", code="bad_code")

    def reply(self, code: str, text: str, uploads: tuple[Upload, ...] = (), *, pin: str = "") -> None:
        self.track(code)
        if self.refuse_reply:
            raise Refused("not now", code="not_now")
        self.replies.append((code, text, uploads))

    def challenge(self, reporter: Reporter) -> str:
        self.challenged.append(reporter)
        return "challenge-1"

    def confirm(self, challenge: str, codes: Mapping[Proof, str]) -> str:
        if codes != dict.fromkeys(PROOFS, "123456"):
            raise Refused("a code is wrong", code="wrong_code")
        return "token-1"

    def principal(self, token: str) -> Principal | None:
        if token == "officer":
            return Principal(id="officer-1", role=Role.AGENCY_ADMIN, proofs=PROOFS)
        if token == "half":
            return Principal(id="p-2", role=Role.REPORTER, proofs=frozenset({Proof.VERIFIED_EMAIL}))
        return Principal(id=token, role=Role.REPORTER, proofs=PROOFS, reporter=CITIZEN) if "token" in token else None

    def sign_out(self, token: str) -> None:
        self.signed_out.append(token)

    def recall(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def keep(self, key: str, value: bytes) -> None:
        self.kept[key] = value


def host(desk: Desk, prefix: str = "", web: Web | None = None):
    """A host as the contract describes it: it mounts the app and turns the cookie into a principal."""
    inner = (web or Web()).app(desk)
    mounted = Starlette(routes=[Mount(prefix, inner)]) if prefix else inner

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            cookies = dict(scope["headers"]).get(b"cookie", b"").decode()
            if found := re.search(rf"{SESSION_COOKIE}=([^;]+)", cookies):
                scope[PRINCIPAL] = desk.principal(found[1])
        await mounted(scope, receive, send)

    return app


def browser(
    desk: Desk, prefix: str = "", *, signed_in: bool = True, web: Web | None = None, **options: Any
) -> TestClient:
    client = TestClient(host(desk, prefix, web), base_url=f"http://testserver{prefix}/", **options)
    client.headers["accept-language"] = "id"
    if signed_in:
        client.cookies.set(SESSION_COOKIE, "token-1")
    return client


@pytest.fixture
def desk() -> Desk:
    return Desk()


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(buffer, "JPEG")
    return buffer.getvalue()


def form_id(page: str) -> str:
    return re.search(r'name="form" value="([^"]+)"', page)[1]


def filled(client: TestClient, **changes: str) -> dict[str, str]:
    fields = {
        "form": form_id(client.get("report").text),
        "kind": "complaint",
        "title": "Lampu jalan padam",
        "narrative": "Lampu padam sejak Senin.",
        "event_date": "2026-03-12",
        "event_time": "19:30",
        "place": "Jalan Contoh",
        "agency": "dinas-contoh",
    }
    return fields | changes


# --- The channel


def test_it_keeps_its_contracts():
    [channel] = lapor_register_channels()
    assert isinstance(channel, Channel)
    assert isinstance(channel, Mounts)
    assert isinstance(channel, Configurable)
    assert (channel.key, channel.path, channel.proofs) == ("web", "/", PROOFS)
    assert channel.configure(WebSettings(max_files=2)).limits.max_files == 2


@pytest.mark.parametrize("name", ["max_files", "max_file_bytes", "receipt_minutes"])
def test_limits_are_positive(name: str):
    with pytest.raises(BadValue, match=name):
        WebSettings(**{name: 0})


# --- The start page


def test_the_start_page_says_what_the_standard_says(desk: Desk):
    page = browser(desk, signed_in=False).get("").text
    policy = desk.policy
    told = [policy.office.name, policy.office.address, policy.office.telephone, policy.office.site, policy.fee]
    told += [policy.product, *policy.procedure]
    told += [
        *policy.conditions_of("sms"),
        *(rule.text for rule in policy.rules),
        *(row.text for row in policy.channels.values()),
    ]
    told += ["7 hari kerja", "14 hari kerja", "30 hari kerja", "137", "082137373737", "pengaduan@ombudsman.go.id"]
    assert [text for text in told if text not in page] == []
    assert 'href="https://wa.me/6282137373737"' in page


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("0812 0000 0011", "https://wa.me/6281200000011"),
        ("+63 917 000 0000", "https://wa.me/639170000000"),
        ("137", "tel:137"),
    ],
)  # invented
def test_a_number_for_whatsapp_opens_it_where_it_is_a_mobile_number(number: str, address: str):
    assert whatsapp_address(number) == address


@pytest.mark.parametrize("page", ["", "account", "report", "track"])
def test_every_page_says_who_gives_the_service_and_that_it_costs_nothing(desk: Desk, page: str):
    foot = browser(desk).get(page).text.split("<footer")[1]
    policy = desk.policy
    told = [policy.office.name, policy.office.address, policy.office.telephone, policy.fee]
    assert [text for text in told if text not in foot] == []


@pytest.mark.parametrize("page", ["report", "receipt", "track"])
def test_what_is_to_be_known_of_this_channel_stands_on_its_pages_and_nothing_of_others(desk: Desk, page: str):
    web = attrs.evolve(desk.policy.channels["web"], conditions=("Kuota <data> ditanggung sendiri",))
    everywhere = "Salinan dikenai biaya"
    desk.policy = attrs.evolve(desk.policy, conditions=(everywhere,), channels={**desk.policy.channels, "web": web})
    client = browser(desk)
    if page == "report":
        shown = client.get("report").text
    elif page == "receipt":
        shown = client.post("report", data=filled(client)).text
    else:
        shown = client.post("track", data={"code": desk.tracked.code}).text
    assert [everywhere in shown, "Kuota &lt;data&gt; ditanggung sendiri" in shown] == [True, True]
    assert "SMS ke 1708" not in shown


# --- Who reports


def test_an_account_is_two_codes_and_a_cookie(desk: Desk):
    client = browser(desk, signed_in=False, follow_redirects=False)
    asked = client.post(
        "account", data={"name": "Warga Contoh", "email": "warga@example.com", "mobile": "0812-0000-0000"}
    )
    assert asked.status_code == 200
    assert 'name="challenge" value="challenge-1"' in asked.text
    assert desk.challenged == [CITIZEN]
    done = client.post(
        "account/confirm", data={"challenge": "challenge-1", "email_code": "123 456", "mobile_code": "123456"}
    )
    assert (done.status_code, done.headers["location"]) == (303, "../report")
    cookie = done.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=token-1;")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/;" in cookie
    assert "Secure" not in cookie
    assert client.get("report").status_code == 200


def test_a_new_session_ends_the_one_before(desk: Desk):
    client = browser(desk, follow_redirects=False)
    before = client.cookies[SESSION_COOKIE]
    client.post("account/confirm", data={"challenge": "challenge-1", "email_code": "123456", "mobile_code": "123456"})
    assert desk.signed_out == [before]


def test_the_cookie_is_secure_and_for_the_mount_alone(desk: Desk):
    client = TestClient(host(desk, "/layanan"), base_url="https://testserver/layanan/", follow_redirects=False)
    codes = {"challenge": "challenge-1", "email_code": "123456", "mobile_code": "123456"}
    cookie = client.post("account/confirm", data=codes).headers["set-cookie"]
    assert "Path=/layanan/;" in cookie
    assert "Secure" in cookie


def test_a_wrong_code_asks_again_and_keeps_the_challenge(desk: Desk):
    client = browser(desk, signed_in=False)
    codes = {"challenge": "challenge-1", "email_code": "123456", "mobile_code": "000000"}
    page = client.post("account/confirm", data=codes)
    assert page.status_code == 409
    assert "Kode verifikasi salah" in page.text
    assert 'value="challenge-1"' in page.text
    assert SESSION_COOKIE not in client.cookies


def test_an_empty_code_is_told_at_its_field(desk: Desk):
    page = browser(desk, signed_in=False).post("account/confirm", data={"challenge": "c", "email_code": "1"})
    assert page.status_code == 422
    assert 'id="mobile_code-fault"' in page.text
    assert 'id="email_code-fault"' not in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("email", "warga"),
        ("email", "warga@example.com\r\nBcc: semua@example.com"),
        ("email", "a@b@example.com"),
        ("mobile", "1708"),
        ("mobile", "62 21 1500"),
        ("mobile", "warga"),
    ],
)
def test_an_account_needs_all_three(desk: Desk, field: str, value: str):
    typed = {"name": "Warga Contoh", "email": "warga@example.com", "mobile": "081200000000"} | {field: value}
    page = browser(desk, signed_in=False).post("account", data=typed)
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert f'id="{field}-fault"' in page.text
    assert desk.challenged == []


@pytest.mark.parametrize("written", ["081234567890", "62812-3456-7890", "+62 812 3456 7890", "812 3456 7890"])
def test_numbers_become_international(written: str):
    assert international(written) == "+6281234567890"  # invented


def test_leaving_ends_the_session_and_forgets_it(desk: Desk):
    client = browser(desk, follow_redirects=False)
    token = client.cookies[SESSION_COOKIE]
    left = client.post("account/leave")
    assert (left.status_code, desk.signed_out) == (303, [token])
    assert f'{SESSION_COOKIE}=""' in left.headers["set-cookie"]
    assert "Max-Age=0" in left.headers["set-cookie"]


# --- The report


@pytest.mark.parametrize("token", [None, "unknown", "officer", "half"])
def test_a_stranger_is_led_to_the_account(desk: Desk, token: str | None):
    client = browser(desk, signed_in=False, follow_redirects=False)
    if token:
        client.cookies.set(SESSION_COOKIE, token)
    answer = client.get("report")
    assert (answer.status_code, answer.headers["location"]) == (303, "./account?next=report")
    assert catalog("id")["account.first"] in client.get("account?next=report").text
    assert desk.attempts == 0


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's first form, as its browser would send them."""
    form = page[page.index("<form", page.index("<main")) :].partition("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: html.unescape(value) for name, value in fields}


def test_what_was_written_outlives_the_session(desk: Desk):
    client = browser(desk)
    typed = filled(client, narrative='Lampu "padam"\n& gelap', anonymous="1")
    client.cookies.clear()
    asked = client.post("report", data=typed, files=[("uploads", ("foto.jpg", picture()))])
    assert (asked.status_code, asked.url.query, desk.attempts) == (401, b"", 0)
    assert "tulisan Anda tidak hilang" in asked.text
    who = {"name": "Warga Contoh", "email": "warga@example.com", "mobile": "081200000000"}
    wrong = client.post("account", data=hidden(asked.text) | who | {"email": "bukan alamat"})
    codes = client.post("account", data=hidden(wrong.text) | who)
    assert "Kode tidak tiba?" in codes.text
    again = client.post("account", data=hidden(codes.text) | {"back": "1"})
    assert (again.status_code, 'aria-invalid="true"' in again.text) == (200, False)
    codes = client.post("account", data=hidden(again.text) | who)
    mistyped = client.post("account/confirm", data=hidden(codes.text) | {"email_code": "1", "mobile_code": "2"})
    right = {"email_code": "123456", "mobile_code": "123456"}
    for _ in range(2):  # the page may be loaded again
        form = client.post("account/confirm", data=hidden(mistyped.text) | right)
        assert (form.status_code, form.url.query) == (200, b"")
        assert "isian Anda masih ada" in form.text
    assert form_id(form.text) == typed["form"]
    assert 'value="anonymous"' not in form.text
    assert re.search(r'id="anonymous"[^>]* checked', form.text)
    assert "Lampu &#34;padam&#34;\n&amp; gelap</textarea>" in form.text
    assert client.post("report", data=typed).url.path == "/receipt"


def test_a_text_that_is_too_long_is_shown_again_to_be_shortened(desk: Desk):
    client = browser(desk)
    for field, limit in WRITTEN.items():
        text = "a" * (limit + 7)
        page = client.post("report", data=filled(client, **{field: text}))
        assert page.status_code == 422
        assert "Terlalu panjang: kurangi 7 huruf." in page.text
        assert text in page.text
        assert client.post("report", data=filled(client, **{field: text[7:]})).url.path == "/receipt"
    for size, status in ((2_000_000, 422), (LARGEST_TEXT + 1, 413)):
        page = client.post(
            "report", data=filled(client, narrative="a" * size), files=[("uploads", ("a.jpg", picture()))]
        )
        assert page.status_code == status
    assert "<h1>Tulisan terlalu panjang" in page.text
    reply = browser(desk, signed_in=False).post(
        "track/reply", data={"code": "BJB-7K3M-9Q", "text": "b" * (LONGEST_TEXT + 1)}
    )
    assert (reply.status_code, "kurangi 1 huruf" in reply.text, "b" * 999 in reply.text) == (422, True, True)


def test_each_wrong_file_is_named_with_its_reason(desk: Desk):
    client = browser(desk, web=small(max_file_bytes=4096))
    files = [
        ("uploads", ("surat <1>.exe", b"MZ")),
        ("uploads", ("foto.jpg", picture())),
        ("uploads", ("besar.jpg", picture() + bytes(4096))),
        ("uploads", ("bukan.pdf", picture())),
    ]
    page = client.post("report", data=filled(client), files=files)
    fault = re.search(r'id="uploads-fault"[^>]*>(.*?)</p>', page.text, re.DOTALL)[1]
    assert [line.split(":")[0] for line in fault.splitlines()] == ["surat &lt;1&gt;.exe", "besar.jpg", "bukan.pdf"]
    assert "Satu berkas paling besar 4 kB" in fault.splitlines()[1]
    assert "tidak sesuai dengan namanya" in fault.splitlines()[2]
    assert (page.status_code, "foto.jpg" in page.text, desk.attempts) == (422, False, 0)


def test_a_file_that_the_desk_refuses_is_named(desk: Desk):
    def refuse(submission: Submission) -> Receipt:
        raise BadValue("no", code="file_not_allowed", field="uploads", allowed="jpg", place=2)

    desk.submit = refuse
    client = browser(desk)
    files = [("uploads", (name, picture())) for name in ("a.jpg", "b.jpg")]
    page = client.post("report", data=filled(client), files=files)
    assert "b.jpg: Berkas ini tidak dapat diterima." in page.text
    assert "Lampu padam sejak Senin." in page.text


def test_coarse_words_are_asked_about_once_and_never_refused(desk: Desk):
    client = browser(desk)
    typed = filled(client, narrative="Petugasnya gobloook sekali.")
    page = client.post("report", data=typed)
    assert (page.status_code, desk.attempts) == (200, 0)
    assert "<strong>gobloook</strong>" in page.text
    assert "Petugasnya gobloook sekali.</textarea>" in page.text
    assert hidden(page.text) == {"form": typed["form"], "reviewed": "1"}
    sent = client.post("report", data=typed | hidden(page.text))
    assert sent.url.path == "/receipt"
    with_file = client.post(
        "report", data=filled(client) | {"title": "Goblok"}, files=[("uploads", ("a.jpg", picture()))]
    )
    assert with_file.url.path == "/receipt"
    assert next(iter(desk.submissions.values())).narrative == "Petugasnya gobloook sekali."


def test_a_report_becomes_a_submission_and_a_receipt(desk: Desk):
    client = browser(desk)
    fields = filled(client, anonymous="1")
    page = client.post("report", data=fields, files=[("uploads", ("foto.jpg", picture(), "image/jpeg"))])
    [made] = desk.submissions.values()
    assert (made.channel, made.kind, made.agency) == ("web", Kind.COMPLAINT, "dinas-contoh")
    assert (made.title, made.narrative, made.place) == (fields["title"], fields["narrative"], fields["place"])
    assert (made.event_date, made.event_time.hour, made.event_time.minute) == (date(2026, 3, 12), 19, 30)
    assert (made.visibility.anonymous, made.visibility.secret) == (True, False)
    assert (made.reporter, made.proofs, made.received_at) == (CITIZEN, PROOFS, desk.time)
    assert [upload.name for upload in made.uploads] == ["foto.jpg"]
    assert made.uploads[0].content == picture()
    assert page.url.path == "/receipt"
    assert "BJB" not in str(page.url)
    for shown in (
        "BJB-7K3M-9Q",
        "B J B - 7 K 3 M - 9 Q",
        "Jumat, 13 Maret 2026, pukul 10.05 WITA",
        "Jumat, 10 April 2026",
    ):
        assert shown in page.text
    assert client.get("receipt").text == page.text


def test_posting_twice_makes_one_report(desk: Desk):
    client = browser(desk)
    fields = filled(client)
    client.post("report", data=fields)
    again = client.post("report", data=fields)
    assert (desk.attempts, len(desk.submissions)) == (2, 1)
    assert catalog("id")["receipt.repeated"] in again.text
    client.post("report", data=filled(client))
    assert len(desk.submissions) == 2


def test_another_person_with_the_same_form_id_makes_another_report(desk: Desk):
    client = browser(desk)
    fields = filled(client)
    client.post("report", data=fields)
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, "token-2")
    page = client.post("report", data=fields)
    assert len(desk.submissions) == 2
    assert catalog("id")["receipt.repeated"] not in page.text


def test_a_spoiled_form_id_loses_nothing(desk: Desk):
    client = browser(desk)
    assert client.post("report", data=filled(client, form="<x>")).url.path == "/receipt"
    assert [uuid.UUID(key) for key in desk.submissions]


def test_a_receipt_is_for_this_browser_and_not_for_long(desk: Desk):
    client = browser(desk)
    client.post("report", data=filled(client))
    assert browser(desk).get("receipt").status_code == 404
    desk.time += timedelta(minutes=31)
    gone = client.get("receipt")
    assert gone.status_code == 404
    assert "BJB" not in gone.text


@pytest.mark.parametrize("forged", ["", "x", "eyJjb2RlIjoiWCJ9.AAAA"])
def test_a_forged_receipt_is_not_shown(desk: Desk, forged: str):
    client = browser(desk)
    client.cookies.set("lapor_receipt", forged)
    assert client.get("receipt").status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "aduan"),
        ("narrative", " \r\n "),
        ("narrative", "\x00"),
        ("event_date", "kemarin"),
        ("event_date", "2026-02-30"),
        ("event_date", "2026-03-14"),
        ("event_time", "25:00"),
        ("agency", "dinas-lain"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(desk: Desk, field: str, value: str):
    client = browser(desk)
    fields = filled(client, secret="1", title='Lampu "padam" <b>&') | {field: value}
    page = client.post("report", data=fields)
    assert (page.status_code, desk.attempts) == (422, 0)
    assert re.findall(r'href="#(\w+)"', page.text.replace("#main", "")) == [field]
    assert f'id="{field}-fault"' in page.text
    assert form_id(page.text) == fields["form"]
    assert "Lampu &#34;padam&#34; &lt;b&gt;&amp;" in page.text
    assert re.search(r'id="secret" value="1"[^>]* checked', page.text)
    assert not re.search(r'id="anonymous" value="1"[^>]* checked', page.text)
    assert catalog("id")["form.files_again"] in page.text
    assert "<title>Perlu diperbaiki: " in page.text


def test_everything_wrong_is_told_at_once_in_the_order_of_the_form(desk: Desk):
    client = browser(desk)
    fields = filled(client, event_time="x", narrative="", kind="x")
    page = client.post("report", data=fields, files=[("uploads", ("foto.jpg", b"MZ\x90 not a photo"))])
    assert re.findall(r'<li><a href="#(\w+)"', page.text) == ["kind", "narrative", "event_time", "uploads"]


@pytest.mark.parametrize("written", ["2026-03-12", "12-03-2026", "12/03/2026", "12.03.2026"])
def test_dates_as_people_write_them(desk: Desk, written: str):
    client = browser(desk)
    client.post("report", data=filled(client, event_date=written, event_time="19.30"))
    [made] = desk.submissions.values()
    assert (made.event_date, made.event_time.hour) == (date(2026, 3, 12), 19)


def test_only_the_narrative_is_required(desk: Desk):
    client = browser(desk)
    page = client.post("report", data={"form": str(uuid.uuid4()), "narrative": "Terima kasih"})
    assert page.url.path == "/receipt"


def test_what_the_desk_still_misses_is_told_at_its_field(desk: Desk):
    desk.policy = attrs.evolve(
        desk.policy,
        channels={"web": attrs.evolve(desk.policy.channels["web"], content=("narrative", "place", "uploads"))},
    )
    client = browser(desk)
    page = client.post("report", data=filled(client, place=""))
    assert page.status_code == 422
    assert re.findall(r'<li><a href="#(\w+)"', page.text) == ["place", "uploads"]


# --- Files


def small(**limits: int) -> Web:
    return Web(limits=WebSettings(**limits))


def test_a_file_too_large_says_the_limit_and_keeps_the_form(desk: Desk):
    client = browser(desk, web=small(max_file_bytes=2048))
    noise = picture() + bytes(4096)
    page = client.post("report", data=filled(client), files=[("uploads", ("foto.jpg", noise))])
    assert (page.status_code, desk.attempts) == (413, 0)
    assert "2 kB" in page.text
    assert "Lampu padam sejak Senin." in page.text


def test_a_file_too_many_is_told(desk: Desk):
    client = browser(desk, web=small(max_files=2))
    page = client.post("report", data=filled(client), files=[("uploads", ("a.jpg", picture()))] * 3)
    assert (page.status_code, desk.attempts) == (422, 0)
    assert "paling banyak 2" in page.text
    assert 'id="uploads-fault"' in page.text


def test_a_body_too_large_is_refused_with_the_limits(desk: Desk):
    client = browser(desk, web=small(max_files=1, max_file_bytes=1024))
    page = client.post("report", data=filled(client), files=[("uploads", ("a.jpg", bytes(2 * 1024**2)))])
    assert (page.status_code, desk.attempts) == (413, 0)
    assert "1 kB" in page.text
    assert "<h1>Kiriman terlalu besar" in page.text


def test_a_body_of_unknown_length_is_counted_while_it_is_read(desk: Desk):
    client = browser(desk, web=small(max_files=1, max_file_bytes=1024))
    parts = [b'--x\r\nContent-Disposition: form-data; name="uploads"; filename="a"\r\n\r\n', *[bytes(65536)] * 32]
    headers = {"content-type": "multipart/form-data; boundary=x"}
    page = client.post("report", content=iter(parts), headers=headers)
    assert (page.status_code, desk.attempts) == (413, 0)
    assert "<h1>Kiriman terlalu besar" in page.text


def test_a_file_field_left_empty_is_no_file(desk: Desk):
    client = browser(desk)
    client.post("report", data=filled(client), files=[("uploads", ("", b""))])
    assert [made.uploads for made in desk.submissions.values()] == [()]


# --- Tracking


def test_tracking_shows_what_the_desk_says_and_keeps_the_code_out_of_urls(desk: Desk):
    client = browser(desk, signed_in=False)
    page = client.post("track", data={"code": " BJB-7K3M-9Q "})
    assert (page.status_code, page.url.path, page.url.query) == (200, "/track", b"")
    for shown in ("Menunggu jawaban Anda", "Jumat, 10 April 2026", "Laporan diterima", "Ombudsman RI: 137"):
        assert shown in page.text
    for key in ("track.late", "track.provisional", "track.reply_text"):
        assert catalog("id")[key] in page.text
    assert "BJB" not in " ".join(Links(page.text).found)


def test_tracking_shows_under_which_numbers_other_systems_know_the_report(desk: Desk):
    desk.tracked = attrs.evolve(desk.tracked, external_ids={"sp4n_tracking": "9165816", "lmw": "A-7<b>"})
    page = browser(desk, signed_in=False).post("track", data={"code": "BJB-7K3M-9Q"}).text
    assert "<dt>Nomor laporan SP4N-LAPOR!</dt><dd>9165816</dd>" in page
    assert "<dt>lmw</dt><dd>A-7&lt;b&gt;</dd>" in page


def test_tracking_says_what_an_incomplete_report_lacks(desk: Desk):
    client = browser(desk, signed_in=False)
    assert catalog("id")["track.lacking"] not in client.post("track", data={"code": "BJB-7K3M-9Q"}).text
    desk.tracked = attrs.evolve(desk.tracked, state=State.INCOMPLETE, lacking=("missing_event_date", "missing_place"))
    page = client.post("track", data={"code": "BJB-7K3M-9Q"}).text
    for told in (catalog("id")["track.lacking"], "Isi tanggal kejadian.", "Isi tempat kejadian."):
        assert told in page


@pytest.mark.parametrize(("code", "status"), [("BJB-0000-00", 404), ("?", 422), ("", 422), ("x" * 10_000, 422)])
def test_a_code_that_leads_nowhere_is_told_at_the_field(desk: Desk, code: str, status: int):
    page = browser(desk, signed_in=False).post("track", data={"code": code})
    assert page.status_code == status
    assert 'href="#code"' in page.text
    assert 'aria-describedby="code-hint code-fault"' in page.text


@pytest.mark.parametrize("state", list(State))
def test_a_reply_is_offered_where_the_life_allows_it(desk: Desk, state: State):
    desk.tracked = attrs.evolve(desk.tracked, state=state)
    page = browser(desk, signed_in=False).post("track", data={"code": "BJB-7K3M-9Q"}).text
    assert (
        ('name="text"' in page)
        == (Action.REPLY in may_do(state))
        == (state in {State.WAITING, State.HELD, State.RESPONDED})
    )


def test_a_reply_leads_back_to_the_report_once(desk: Desk):
    client = browser(desk, signed_in=False)
    reply = {"code": "BJB-7K3M-9Q", "text": "Masih padam."}
    page = client.post("track/reply", data=reply, files=[("uploads", ("foto.jpg", picture()))])
    assert [(code, text, len(files)) for code, text, files in desk.replies] == [("BJB-7K3M-9Q", "Masih padam.", 1)]
    assert (page.status_code, page.url.path) == (200, "/track")
    assert catalog("id")["track.done_reply"] in page.text
    assert "BJB" not in client.get("track").text


def test_a_reply_that_is_refused_keeps_its_text(desk: Desk):
    desk.refuse_reply = True
    page = browser(desk, signed_in=False).post("track/reply", data={"code": "BJB-7K3M-9Q", "text": "Masih padam."})
    assert page.status_code == 409
    assert catalog("id")["track.refused"] in page.text
    assert "Masih padam." in page.text


def test_an_empty_reply_and_a_strange_file_are_told(desk: Desk):
    files = [("uploads", ("a.exe", b"MZ"))]
    page = browser(desk, signed_in=False).post("track/reply", data={"code": "BJB-7K3M-9Q"}, files=files)
    assert page.status_code == 422
    assert 'id="text-fault"' in page.text
    assert 'id="uploads-fault"' in page.text
    assert desk.replies == []


def test_a_reply_to_nothing_is_not_found(desk: Desk):
    page = browser(desk, signed_in=False).post("track/reply", data={"code": "BJB-0000-00", "text": "x"})
    assert page.status_code == 404
    assert desk.replies == []


# --- The frame


def test_an_unknown_page_and_a_wrong_method(desk: Desk):
    client = browser(desk)
    missing_page = client.get("tidak/ada")
    assert missing_page.status_code == 404
    assert "Halaman tidak ditemukan" in missing_page.text
    assert client.delete("report").status_code == 405
    assert client.get("track/reply").status_code == 405
    assert client.post("receipt").status_code == 405


@pytest.mark.parametrize("address", ["account/", "report/", "static", "static/web"])
def test_nothing_leads_to_an_absolute_address(desk: Desk, address: str):
    answer = browser(desk, follow_redirects=False).get(address)
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


def test_a_form_of_another_site_is_refused(desk: Desk):
    client = browser(desk)
    fields = filled(client)
    for headers in ({"origin": "https://example.org"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert client.post("report", data=fields, headers=headers).status_code == 403
    assert desk.attempts == 0
    assert client.post("report", data=fields, headers={"origin": "http://testserver"}).status_code == 200


def test_pages_are_guarded_by_their_headers(desk: Desk):
    client = browser(desk)
    for page in ("", "account", "report", "track", "tidak-ada"):
        headers = client.get(page).headers
        assert "'unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "no-store" in headers["cache-control"]
    assert "max-age" in client.get("static/web/web.css").headers["cache-control"]


def test_a_fault_of_ours_shows_nothing_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any) -> None:
        raise RuntimeError("warga@example.com")

    monkeypatch.setattr(desk, "submit", broken)
    client = browser(desk, raise_server_exceptions=False)
    page = client.post("report", data=filled(client))
    assert page.status_code == 500
    assert "warga@example.com" not in page.text
    assert catalog("id")["error.retry"] in page.text


class Links(HTMLParser):
    """The addresses a page leads to, and what of it breaks the rules: styles, scripts, handlers, doubled ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.inline: list[str] = []
        self.labelled: set[str] = set()
        self.inputs: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]):
        values = dict(attributes)
        self.found += [values[key] for key in ("href", "action", "src") if values.get(key) is not None]
        self.ids += [values["id"]] if "id" in values else []
        self.wanted += [name for key in ("aria-describedby", "aria-labelledby") for name in values.get(key, "").split()]
        self.inline += [key for key in values if key == "style" or key.startswith("on")]
        self.inline += [tag] * (tag == "style" or (tag == "script" and not values.get("src")))
        if tag == "label":
            self.labelled.add(values.get("for"))
        if tag in {"input", "textarea", "select"} and values.get("type") != "hidden":
            self.inputs.append(values["id"])


def pages(client: TestClient, desk: Desk, query: str = "") -> Iterator[tuple[str, str]]:
    """Every template of the channel: where it stands and what it says."""
    for address in ("", "account", "account?next=report", "report", "track", "receipt", "tidak/ada"):
        mark = "&" if "?" in address else "?"
        page = client.get(address + (mark + query if query else ""))
        yield page.request.url.path, page.text
    query = f"?{query}" if query else ""
    posts = {
        "account": {"name": "Warga", "email": "w@example.com", "mobile": "081200000000"},
        "account/confirm": {"challenge": "c"},
        "report": {"form": "x"},
        "track": {"code": "BJB-7K3M-9Q"},
        "track/reply": {"code": "BJB-7K3M-9Q"},
    }
    for address, fields in posts.items():
        page = client.post(address + query, data=fields)
        yield page.request.url.path, page.text
    page = client.post("report" + query, data={"form": str(uuid.uuid4()), "narrative": "x"})
    yield page.request.url.path, page.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_page_in_every_language_under_every_prefix(desk: Desk, prefix: str, language: str):
    client = browser(desk, prefix)
    seen = list(pages(client, desk, f"lang={language}"))
    for path, text in seen:
        links = Links(text)
        assert f'<html lang="{language}">' in text
        assert links.inline == []
        assert len(links.ids) == len(set(links.ids))
        assert set(links.wanted) <= set(links.ids)
        assert set(links.inputs) <= links.labelled
        for target in links.found:
            if target.startswith(("tel:", "mailto:", "https:")):
                continue
            whole = urljoin(f"http://testserver{path}", target)
            parts = urlsplit(whole)
            assert parts.path.startswith(prefix + "/")
            assert not target.startswith("/")
            if target.startswith("#"):
                assert parts.fragment in links.ids
            elif not parts.path.endswith(("/leave", "/reply", "/rate", "/attach", "/withdraw", "/erasure", "/file")):
                assert client.get(whole).status_code in ({200, 404} if "receipt" in parts.path else {200}), (
                    path,
                    target,
                )
    assert len(seen) == 13


def test_a_chosen_language_stays_chosen(desk: Desk):
    page = browser(desk).post("report?lang=en", data={"form": str(uuid.uuid4()), "narrative": "x"})
    assert str(page.url).endswith("/receipt?lang=en")
    assert "Tracking code" in page.text
    own = [
        link for link in Links(page.text).found if "static" not in link and "lang=id" not in link and ":" not in link
    ]
    assert [link for link in own if not link.startswith("#") and not link.endswith("lang=en")] == []


def test_a_prefix_that_a_proxy_takes_away_does_not_matter(desk: Desk):
    page = browser(desk).get("track")  # behind the proxy it is /layanan/track for the citizen, /track for us
    for target in Links(page.text).found:
        assert (
            target.startswith("tel:")
            or urljoin("http://testserver/layanan/track", target).startswith("http://testserver/layanan/track#")
            or urlsplit(urljoin("http://testserver/layanan/track", target)).path.startswith("/layanan/")
        )


def test_both_catalogs_say_the_same_things():
    assert catalog("id").keys() == catalog("en").keys()
    for key, text in catalog("id").items():
        holes, others = (
            [name for _, name, _, _ in string.Formatter().parse(words) if name] for words in (text, catalog("en")[key])
        )
        assert sorted(holes) == sorted(others), key


def test_every_sentence_is_used_and_no_page_holds_one_of_its_own(desk: Desk):
    environment = WebSite(desk=desk, limits=WebSettings()).pages.environment
    used, loose = set(), []
    for name in environment.list_templates(filter_func=lambda name: not name.endswith("forms.html")):
        source = environment.loader.get_source(environment, name)
        tree = environment.parse(source[0])
        used |= {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
        written = "".join(
            part.data
            for node in tree.find_all(nodes.Output)
            for part in node.nodes
            if isinstance(part, nodes.TemplateData)
        )
        loose += [(name, word) for word in re.findall(r">([^<>]*[A-Za-z]{2,}[^<>]*)<", written)]
    assert loose == []
    channels = Path(sys.modules[Web.__module__].__file__).parents[1]
    code = "".join(path.read_text("utf-8") for folder in ("web", "http") for path in (channels / folder).glob("*.py"))
    unused = [key for key in catalog("id") if key not in used and key not in code and not grouped(key)]
    assert unused == []


def grouped(key: str) -> bool:
    """Whether a page makes the key at run time: a step by its number, a kind by its name."""
    return bool(
        re.fullmatch(r"(frame|units|channel|kind)\..+|.+_\d|track\.done_.+|report\.(anonymous|secret)(_hint)?", key)
    )
