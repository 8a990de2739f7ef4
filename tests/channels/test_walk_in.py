"""The counter over the desk in memory: who may enter, what is entered, the slip that is printed, and whoever comes back."""

import io
import re
import string
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import attrs
import pytest

pytest.importorskip("starlette")

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import nodes
from PIL import Image
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.routing import Mount
from starlette.testclient import TestClient

from lapor_channels.http.catalogs import LANGUAGES, catalog
from lapor_channels.walk_in import WalkIn, WalkInSettings, lapor_register_channels
from lapor_channels.walk_in.counter import BEHIND_THE_COUNTER, Counter
from lapor_channels.walk_in.visitor import HIDDEN, PAPER, local_instant, read_received
from lapor_core.complaint import Agency, Kind, Proof, Purpose
from lapor_core.errors import BadValue, LaporError
from lapor_core.lifecycle import Role, State
from lapor_core.plugins.contracts import PRINCIPAL, Addresses, Channel, Configurable, Mounts, Principal, Receipt
from lapor_core.policy.loading import shipped_policy
from lapor_core.submission import Submission
from lapor_core.testing import FrozenClock, MemoryDesk, check_channel

WITA = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 4, 8, 9, 0, tzinfo=WITA)
NIK = "0011223344556677"  # invented: there is no province 00
TEXTS = catalog(Counter.package, "id")
PAGES = [
    ("GET", "/"),
    ("POST", "/"),
    ("GET", "/receipt"),
    ("GET", "/track"),
    ("POST", "/track"),
    ("POST", "/track/reply"),
]


class Desk(MemoryDesk):
    """The desk in memory, which also promises a day."""

    def submit(self, submission: Submission) -> Receipt:
        return attrs.evolve(super().submit(submission), due_date=date(2026, 4, 28))


@pytest.fixture
def desk() -> Desk:
    agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
    return Desk(attrs.evolve(shipped_policy("banjarbaru"), agencies=agencies), FrozenClock(NOW))


def officer(role: Role = Role.COUNTER_OFFICER, name: str = "officer-1") -> Principal:
    return Principal(id=name, role=role)


def counter(
    desk: MemoryDesk, who: Principal | None = None, prefix: str = "", *, stranger: bool = False, **limits: Any
) -> TestClient:
    """A browser before a host that mounts the counter and says who calls."""
    inner = WalkIn().configure(WalkInSettings(**limits)).app(desk)
    mounted = Starlette(routes=[Mount(prefix, inner)]) if prefix else inner

    async def host(scope: Any, receive: Any, send: Any) -> None:
        if not stranger:
            scope = {**scope, PRINCIPAL: who or officer()}
        await mounted(scope, receive, send)

    client = TestClient(host, base_url=f"http://testserver{prefix}/")
    client.headers["accept-language"] = "id"
    return client


def picture(kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(buffer, kind)
    return buffer.getvalue()


def filled(client: TestClient, **changes: str) -> dict[str, str]:
    form = re.search(r'name="form" value="([^"]+)"', client.get("").text)[1]
    return {"form": form, "name": "Warga Contoh", "narrative": "Lampu padam sejak Senin."} | changes


def card(content: bytes | None = None, name: str = "ktp.png") -> tuple[str, tuple[str, bytes]]:
    return ("identity", (name, picture() if content is None else content))


def told(page: str) -> list[str]:
    """The fields that the summary of a page links to."""
    return re.findall(r'<li><a href="#(\w+)"', page)


# --- The channel


def test_it_keeps_its_contracts():
    [channel] = lapor_register_channels()
    assert isinstance(channel, Channel)
    assert isinstance(channel, Mounts)
    assert isinstance(channel, Configurable)
    assert (channel.key, channel.path, channel.proofs) == ("walk_in", "/walk-in", {Proof.IDENTITY_COPY})
    assert channel.for_officers is True


def test_it_passes_the_check_for_channels():
    check_channel(WalkIn, paths=["/receipt", "/track/reply"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_files", 0),
        ("receipt_minutes", 0),
        ("paper_days", 0),
        ("paper_days", 10**9),
        ("tracking_page", "lapor.example.id/track"),
        ("tracking_page", "ftp://lapor.example.id/track"),
        ("tracking_page", "https://lapor.example.id/track?code=1"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(name: str, value: int | str):
    with pytest.raises(BadValue, match=name):
        WalkInSettings(**{name: value})


# --- Who may stand behind the counter


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_nobody_is_let_in_without_signing_in(desk: Desk, method: str, path: str):
    page = counter(desk, stranger=True).request(method, path.removeprefix("/"))
    assert (page.status_code, "Masuk terlebih dahulu." in page.text) == (401, True)
    assert "<form" not in page.text


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path"), PAGES)
def test_a_role_stands_behind_the_counter_or_not(desk: Desk, role: Role, method: str, path: str):
    page = counter(desk, officer(role)).request(method, path.removeprefix("/"))
    assert (page.status_code == 403) == (role not in BEHIND_THE_COUNTER)
    assert ("Anda tidak berwenang" in page.text) == (role not in BEHIND_THE_COUNTER)


def test_the_look_of_the_refusal_needs_no_officer(desk: Desk):
    client = counter(desk, stranger=True)
    sheets = [link for link in Links(client.get("").text).found if link.endswith(".css")]
    assert [client.get(sheet).status_code for sheet in sheets] == [200]
    assert "max-age" in client.get("static/walk_in/receipt.css").headers["cache-control"]


# --- What is entered


def test_what_a_visitor_says_becomes_a_submission_and_a_receipt(desk: Desk):
    client = counter(desk)
    fields = filled(
        client,
        mobile="0812-0000-0000",
        email="warga@example.com",
        identity_number="00.1122 3344-556677",
        language="en",
        kind="complaint",
        title="Lampu jalan padam",
        event_date="2026-04-07",
        event_time="19:30",
        place="Jalan Contoh",
        agency="dinas-contoh",
        anonymous="1",
    )
    page = client.post("", data=fields, files=[card(), ("uploads", ("foto.jpg", picture("JPEG")))])
    [(code, made)] = desk.submissions.items()
    assert (made.channel, made.entry_channel, made.received_at, made.entered_at) == ("walk_in", None, NOW, None)
    assert attrs.asdict(made.reporter) == {
        "name": "Warga Contoh",
        "email": "warga@example.com",
        "mobile": "+6281200000000",  # invented
        "identity_number": NIK,
        "language": "en",
        "addresses": {},
    }
    assert made.proofs == {Proof.IDENTITY_COPY}
    assert [(upload.name, upload.purpose) for upload in made.uploads] == [
        ("ktp.png", Purpose.IDENTITY),
        ("foto.jpg", Purpose.EVIDENCE),
    ]
    assert (made.kind, made.title, made.place, made.agency) == (
        Kind.COMPLAINT,
        "Lampu jalan padam",
        "Jalan Contoh",
        "dinas-contoh",
    )
    assert (made.event_date, made.event_time) == (date(2026, 4, 7), time(19, 30))
    assert (made.visibility.anonymous, made.visibility.secret) == (True, False)
    assert (page.url.path, page.url.query) == ("/receipt", b"")
    assert code in page.text


def test_a_name_a_narrative_and_the_card_are_enough(desk: Desk):
    client = counter(desk)
    assert client.post("", data=filled(client), files=[card()]).url.path == "/receipt"
    [made] = desk.submissions.values()
    assert (made.reporter.email, made.reporter.mobile, made.reporter.language) == ("", "", "id")


def test_a_form_posted_twice_makes_one_complaint(desk: Desk):
    client = counter(desk)
    fields = filled(client)
    first = client.post("", data=fields, files=[card()])
    again = client.post("", data=fields, files=[card()])
    assert len(desk.submissions) == 1
    assert TEXTS["receipt.title"] in first.text
    assert TEXTS["receipt.repeated"] in again.text
    client.post("", data=filled(client), files=[card()])
    assert len(desk.submissions) == 2


def test_a_form_is_the_officers_own(desk: Desk):
    fields = filled(counter(desk))
    counter(desk).post("", data=fields, files=[card()])
    page = counter(desk, officer(name="officer-2")).post("", data=fields, files=[card()])
    assert len(desk.submissions) == 2
    assert TEXTS["receipt.repeated"] not in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("name", "Warga\nContoh"),
        ("mobile", "1708"),
        ("email", "warga"),
        ("email", "warga@example.com\r\nBcc: semua@example.com"),
        ("language", "fr"),
        ("kind", "aduan"),
        ("narrative", " \r\n "),
        ("event_date", "2026-02-30"),
        ("event_date", "2026-04-09"),
        ("event_time", "25:00"),
        ("agency", "dinas-lain"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(desk: Desk, field: str, value: str):
    client = counter(desk)
    fields = filled(client, title='Lampu "padam" <b>&', secret="1", mobile="081200000000") | {field: value}
    page = client.post("", data=fields, files=[card()])
    assert (page.status_code, len(desk.submissions)) == (422, 0)
    assert told(page.text) == [field]
    assert f'id="{field}-fault"' in page.text
    assert f'value="{fields["form"]}"' in page.text
    assert "Lampu &#34;padam&#34; &lt;b&gt;&amp;" in page.text
    assert re.search(r'id="secret" value="1"[^>]* checked', page.text)
    assert TEXTS["form.files_again"] in page.text
    assert page.text.count(TEXTS["form.file_again"]) == 1
    assert "<title>Perlu diperbaiki: " in page.text


def test_everything_wrong_is_told_at_once_in_the_order_of_the_form(desk: Desk):
    fields = {"narrative": "", "kind": "x", "mobile": "1", "received_time": "x", "identity_number": "1"}
    page = counter(desk).post("", data=fields, files=[("uploads", ("foto.jpg", b"MZ\x90"))])
    assert told(page.text) == [
        "name",
        "identity",
        "identity_number",
        "mobile",
        "kind",
        "narrative",
        "uploads",
        "received_time",
    ]


# --- The identity card and its number


@pytest.mark.parametrize("files", [[], [card(b"", "")], [card(b"MZ\x90")], [card(b"%PDF-1.7\n", "ktp.png")]])
def test_only_a_valid_copy_of_the_card_is_the_proof(desk: Desk, files: list[Any]):
    client = counter(desk)
    page = client.post("", data=filled(client), files=files)
    assert (page.status_code, told(page.text), len(desk.submissions)) == (422, ["identity"], 0)


def test_a_missing_card_is_told_in_the_language_of_the_page(desk: Desk):
    client = counter(desk)
    assert "Lampirkan fotokopi atau foto identitas." in client.post("", data=filled(client)).text
    assert "Attach a copy or photo of the identity card." in client.post("?lang=en", data=filled(client)).text


def test_evidence_is_no_identity_card(desk: Desk):
    client = counter(desk)
    page = client.post("", data=filled(client), files=[("uploads", ("ktp.png", picture()))])
    assert (told(page.text), len(desk.submissions)) == (["identity"], 0)


def test_one_card_is_enough(desk: Desk):
    client = counter(desk)
    page = client.post("", data=filled(client), files=[card(), card()])
    assert (page.status_code, told(page.text)) == (422, ["identity"])


def test_a_standard_that_asks_for_no_card_gets_none(desk: Desk):
    row = attrs.evolve(desk.policy.channels["walk_in"], proofs=frozenset())
    free = Desk(attrs.evolve(desk.policy, channels={**desk.policy.channels, "walk_in": row}), FrozenClock(NOW))
    client = counter(free)
    client.post("", data=filled(client))
    assert [made.proofs for made in free.submissions.values()] == [frozenset()]


@pytest.mark.parametrize("number", ["001122334455667", "00112233445566778", "00112233445566XX", "٠" * 16])
def test_an_identity_number_has_sixteen_digits(desk: Desk, number: str):
    client = counter(desk)
    page = client.post("", data=filled(client, identity_number=number), files=[card()])
    assert told(page.text) == ["identity_number"]
    assert number not in page.text


def test_an_identity_number_is_never_shown_again(desk: Desk):
    client = counter(desk)
    page = client.post("", data=filled(client, identity_number=NIK, mobile="1"), files=[card()])
    assert told(page.text) == ["identity_number", "mobile"]
    assert HIDDEN in page.text
    assert set(HIDDEN) == {"•"}
    taken = client.post("", data=filled(client, identity_number=NIK), files=[card()])
    for answer in (page, taken, *taken.history):
        assert NIK not in answer.text
        assert NIK not in str(answer.headers)
        assert NIK not in str(answer.url)
    assert all(NIK not in value for value in client.cookies.values())


def test_a_shared_browser_is_asked_to_remember_nothing(desk: Desk):
    page = counter(desk).get("")
    assert 'autocomplete="off" novalidate' in page.text
    for field in ("name", "identity_number", "mobile", "email"):
        assert 'autocomplete="off"' in re.search(rf'<input id="{field}"[^>]*>', page.text)[0]
    assert "no-store" in page.headers["cache-control"]


# --- Letters


def test_a_letter_keeps_the_time_at_which_it_was_received(desk: Desk):
    client = counter(desk)
    letter = filled(client, received_date="2026-04-01", received_time="08.15", event_date="2026-04-01")
    page = client.post("", data=letter, files=[card()])
    [made] = desk.submissions.values()
    assert (made.received_at, made.entered_at) == (datetime(2026, 4, 1, 8, 15, tzinfo=WITA), NOW)
    assert made.channel == "walk_in"
    assert "Rabu, 1 April 2026, pukul 08.15 WITA" in page.text


@pytest.mark.parametrize(
    ("day", "clock", "field", "sentence"),
    [
        ("2026-04-01", "", "received_time", "fault.time_needed"),
        ("", "08:15", "received_date", "fault.date_needed"),
        ("2026-04-09", "08:15", "received_date", None),
        ("2026-04-08", "09:01", "received_time", None),
        ("2025-04-06", "08:15", "received_date", "fault.too_long_ago"),
        ("0001-01-01", "00:00", "received_date", "fault.too_long_ago"),
        ("kemarin", "08:15", "received_date", None),
        ("2026-04-01", "8 pagi", "received_time", None),
    ],
)
def test_a_time_of_receipt_that_cannot_be_is_told_at_its_field(
    desk: Desk, day: str, clock: str, field: str, sentence: str | None
):
    client = counter(desk)
    page = client.post("", data=filled(client, received_date=day, received_time=clock), files=[card()])
    assert (page.status_code, told(page.text), len(desk.submissions)) == (422, [field], 0)
    assert sentence is None or TEXTS[sentence].format(days=366) in page.text
    assert '<details class="group" open>' in page.text


def test_nothing_happens_after_it_was_received(desk: Desk):
    client = counter(desk)
    letter = filled(client, received_date="2026-04-01", received_time="08:15", event_date="2026-04-02")
    page = client.post("", data=letter, files=[card()])
    assert told(page.text) == ["event_date"]
    assert TEXTS["fault.after_received"] in page.text


@pytest.mark.parametrize(("clock", "code"), [(time(2, 30), "time_never"), (time(3, 0), ""), (time(1, 59), "")])
def test_a_time_that_the_clocks_skipped_is_no_time(clock: time, code: str):
    assert refusal(date(2026, 3, 29), clock) == code


@pytest.mark.parametrize(("clock", "code"), [(time(2, 30), "time_twice"), (time(3, 0), ""), (time(1, 59), "")])
def test_a_time_that_the_clocks_showed_twice_is_ambiguous(clock: time, code: str):
    assert refusal(date(2026, 10, 25), clock) == code


def refusal(day: date, clock: time) -> str:
    """The code with which a time is refused at its field; empty when it is taken."""
    zone = ZoneInfo("Europe/Amsterdam")
    typed = {"received_date": day.isoformat(), "received_time": f"{clock:%H:%M}"}
    draft = read_received(FormData(typed), datetime(2026, 12, 1, tzinfo=zone), 366, lambda error: error.code)
    return draft.wrong.get("received_time", "")


@given(
    day=st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    clock=st.times(),
    zone=st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Amsterdam"]).map(ZoneInfo),
)
def test_an_instant_reads_back_as_it_was_written(day: date, clock: time, zone: ZoneInfo):
    try:
        moment = local_instant(day, clock, zone)
    except BadValue:
        return
    back = moment.astimezone(UTC).astimezone(zone)
    assert (back.date(), back.time()) == (day, clock)


@given(
    typed=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(PAPER, st.dates().map(str) | st.times().map(str) | st.text())
    )
)
def test_what_is_received_is_never_in_the_future(typed: dict[str, str]):
    draft = read_received(FormData(typed), NOW, 366, lambda error: error.code)
    received, entered = draft.fields["received_at"], draft.fields.get("entered_at")
    assert NOW - timedelta(days=367) < received <= NOW
    assert (entered == NOW) if received < NOW else (entered is None)
    assert set(draft.wrong) <= set(PAPER)


# --- The receipt


def test_the_slip_says_what_the_visitor_needs_and_nothing_about_the_visitor(desk: Desk):
    client = counter(desk)
    fields = filled(client, mobile="081200000000", email="warga@example.com", title="Judul Contoh", identity_number=NIK)
    page = client.post("", data=fields, files=[card()]).text
    [code] = desk.submissions
    office = desk.policy.office
    needed = [
        code,
        office.name,
        office.address,
        office.telephone,
        office.site,
        desk.policy.fee,
        f"STATUS {code}",
        "1708",
    ]
    needed += ["Rabu, 8 April 2026, pukul 09.00 WITA", "Selasa, 28 April 2026"]
    assert [text for text in needed if text not in page] == []
    personal = ["Warga Contoh", "81200000000", "warga@example.com", "Judul Contoh", "Lampu padam", NIK]
    assert [text for text in personal if text in page] == []


def test_the_slip_of_a_hidden_report_has_its_pin_and_prints_it_again(desk: Desk):
    client = counter(desk)
    page = client.post("", data=filled(client, secret="1"), files=[card()]).text
    [code] = desk.submissions
    pin = re.search(r'class="code" aria-labelledby="pin">([^<]+)<', page)[1]
    assert not desk.track(code, pin=pin).locked
    assert f"STATUS {code} {pin}" in page
    assert (TEXTS["receipt.pin_hint"] in page, TEXTS["receipt.code_hint"] in page) == (True, False)
    assert pin in client.get("receipt").text
    locked = client.post("track", data={"code": code}).text
    assert (TEXTS["track.lost_pin"] in locked, "track/reply" in locked) == (True, False)
    assert "track/reply" not in client.post("track", data={"code": code, "pin": pin[:-1]}).text
    assert f'name="pin" value="{pin}"' in client.post("track", data={"code": code, "pin": pin}).text


def test_what_is_to_be_known_at_the_counter_stands_with_the_form_and_on_the_slip():
    policy = shipped_policy("banjarbaru")
    row = attrs.evolve(policy.channels["walk_in"], conditions=("Parkir berbayar",))
    desk = Desk(attrs.evolve(policy, channels={**policy.channels, "walk_in": row}), FrozenClock(NOW))
    client = counter(desk)
    form, slip = client.get("").text, client.post("", data=filled(client), files=[card()]).text
    assert ["Parkir berbayar" in page for page in (form, slip)] == [True, True]
    assert ["tarif operator" in page for page in (form, slip)] == [False, True]  # the slip names the way by SMS


def test_a_code_stands_in_no_address_and_goes_on_paper(desk: Desk):
    client = counter(desk)
    page = client.post("", data=filled(client), files=[card()])
    [code] = desk.submissions
    assert [answer.headers["location"] for answer in page.history] == ["./receipt"]
    assert [link for link in Links(page.text).found if code in link] == []
    assert "static/walk_in/receipt.css" in page.text
    assert "size: A5" in client.get("static/walk_in/receipt.css").text
    assert client.get("receipt").text == page.text


def test_a_receipt_is_for_its_officer_its_browser_and_not_for_long(desk: Desk):
    client = counter(desk, receipt_minutes=5)
    client.post("", data=filled(client), files=[card()])
    colleague = counter(desk, officer(name="officer-2"))
    colleague.cookies = client.cookies
    assert client.get("receipt").status_code == 200
    assert colleague.get("receipt").status_code == 404
    assert counter(desk).get("receipt").status_code == 404
    desk.clock.advance(timedelta(minutes=6))
    assert client.get("receipt").status_code == 404


def test_the_cookie_of_a_receipt_is_for_its_page_alone_and_lasts_no_longer_than_it(desk: Desk):
    client = counter(desk, prefix="/walk-in", receipt_minutes=5)
    page = client.post("", data=filled(client), files=[card()])
    [cookie] = [answer.headers["set-cookie"] for answer in page.history]
    assert "Path=/walk-in/receipt;" in cookie
    assert "Max-Age=300;" in cookie
    assert "HttpOnly" in cookie


def test_the_drawn_code_is_the_address_of_the_page_alone(desk: Desk):
    slips = []
    for _ in range(2):
        client = counter(desk, tracking_page="https://lapor.example.id/track")
        page = client.post("", data=filled(client), files=[card()]).text
        slips.append(re.search(r"<svg.*?</svg>", page, re.DOTALL)[0])
        assert "lapor.example.id/track" in page
        assert "style=" not in slips[-1]
    assert len(desk.submissions) == 2
    assert slips[0] == slips[1]


def test_without_an_address_of_its_own_the_slip_names_the_hosts(desk: Desk):
    desk.addresses = Addresses(track="https://lapor.example.id/track")
    for setting, shown in (("", "lapor.example.id/track"), ("https://kota.example.id/lacak", "kota.example.id/lacak")):
        client = counter(desk, tracking_page=setting)
        page = client.post("", data=filled(client), files=[card()]).text
        assert f'class="address">{shown}<' in page
        assert "<svg" in page


def test_no_address_no_drawing_and_no_sms_no_number(desk: Desk):
    channels = {key: row for key, row in desk.policy.channels.items() if key != "sms"}
    client = counter(Desk(attrs.evolve(desk.policy, channels=channels), FrozenClock(NOW)))
    page = client.post("", data=filled(client), files=[card()]).text
    assert "<svg" not in page
    assert "STATUS" not in page
    assert desk.policy.office.site in page


# --- Whoever comes back


def test_a_visitor_comes_back_with_a_code_and_replies(desk: Desk):
    client = counter(desk)
    client.post("", data=filled(client), files=[card()])
    [code] = desk.submissions
    desk.move(code, State.WAITING, "Di depan rumah nomor berapa?")
    seen = client.post("track", data={"code": code.lower().replace("-", " ")})
    assert "Di depan rumah nomor berapa?" in seen.text
    assert "Warga Contoh" not in seen.text
    replied = client.post(
        "track/reply", data={"code": code, "text": "Nomor 12."}, files=[("uploads", ("a.png", picture()))]
    )
    assert (replied.url.path, replied.url.query) == ("/track", b"")
    assert TEXTS["track.done_reply"] in replied.text
    assert desk.track(code).state == State.IN_PROGRESS
    assert [upload.purpose for upload in desk.uploads[code]] == [Purpose.EVIDENCE]
    assert code not in client.get("track").text


@pytest.mark.parametrize(("code", "status"), [("0000-0000-000", 404), ("?", 422), ("", 422), ("x" * 10_000, 422)])
def test_a_code_that_leads_nowhere_is_told_at_the_field(desk: Desk, code: str, status: int):
    page = counter(desk).post("track", data={"code": code})
    assert (page.status_code, told(page.text)) == (status, ["code"])


# --- The frame


def test_a_form_of_another_site_is_refused(desk: Desk):
    client = counter(desk)
    page = client.post("", data=filled(client), files=[card()], headers={"sec-fetch-site": "cross-site"})
    assert (page.status_code, len(desk.submissions)) == (403, 0)


def test_a_body_too_large_is_refused_with_the_limit(desk: Desk):
    client = counter(desk, max_files=1, max_file_bytes=1024)
    page = client.post("", data=filled(client), files=[card(bytes(12 * 1024**2))])
    assert (page.status_code, len(desk.submissions)) == (413, 0)
    assert "<h1>Kiriman terlalu besar" in page.text


def test_a_card_may_be_larger_than_the_evidence(desk: Desk):
    client = counter(desk, max_files=1, max_file_bytes=1024)
    page = client.post("", data=filled(client), files=[card(picture() + bytes(9 * 1024**2))])
    assert page.url.path == "/receipt"
    large = client.post("", data=filled(client), files=[card(picture() + bytes(10 * 1024**2))])
    assert told(large.text) == ["identity"]
    assert "10 MB" in large.text


def test_what_the_desk_refuses_keeps_the_form(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    def refused(_: Submission) -> Receipt:
        raise LaporError("no", code="some_day")

    monkeypatch.setattr(desk, "submit", refused)
    client = counter(desk)
    page = client.post("", data=filled(client), files=[card()])
    assert page.status_code == 500
    assert "Lampu padam sejak Senin." in page.text


class Links(HTMLParser):
    """The addresses a page leads to, and what of it breaks the rules: styles, scripts, handlers, doubled ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self.wanted: set[str] = set()
        self.inline: list[str] = []
        self.labelled: set[str] = set()
        self.inputs: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]):
        values = dict(attributes)
        self.found += [values[key] for key in ("href", "action", "src") if values.get(key) is not None]
        self.ids += [values["id"]] if "id" in values else []
        self.wanted |= {name for key in ("aria-describedby", "aria-labelledby") for name in values.get(key, "").split()}
        self.inline += [key for key in values if key == "style" or key.startswith("on")]
        self.inline += [tag] * (tag == "style" or (tag == "script" and not values.get("src")))
        if tag == "label":
            self.labelled.add(values.get("for"))
        if tag in {"input", "textarea", "select"} and values.get("type") != "hidden":
            self.inputs.add(values["id"])


def pages(client: TestClient, desk: Desk, query: str) -> Iterator[tuple[str, str]]:
    """Every template of the channel: where it stands and what it says."""
    answers = [client.get(address + query) for address in ("", "track", "receipt", "tidak/ada")]
    answers.append(client.post(query, data={"form": "x", "identity_number": NIK, "received_date": "x"}))
    answers.append(client.post(query, data={"name": "W", "narrative": "x"}, files=[card()]))
    [code] = desk.submissions
    desk.move(code, State.WAITING)
    answers += [client.post("track" + query, data={"code": typed}) for typed in (code, "x")]
    answers.append(client.post("track/reply" + query, data={"code": code}))
    for page in answers:
        yield page.request.url.path, page.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prefix", ["", "/walk-in", "/a/b"])
def test_every_page_in_every_language_under_every_prefix(desk: Desk, prefix: str, language: str):
    client = counter(desk, prefix=prefix, tracking_page="https://lapor.example.id/track")
    seen = list(pages(client, desk, f"?lang={language}"))
    for path, text in seen:
        links = Links(text)
        assert f'<html lang="{language}">' in text
        assert links.inline == []
        assert len(links.ids) == len(set(links.ids))
        assert links.wanted <= set(links.ids)
        assert links.inputs <= links.labelled
        for target in links.found:
            if target.startswith("tel:"):
                continue
            whole = urljoin(f"http://testserver{path}", target)
            assert urlsplit(whole).path.startswith(prefix + "/")
            assert not target.startswith("/")
            if target.startswith("#"):
                assert target.removeprefix("#") in links.ids
            elif not urlsplit(whole).path.endswith(("/reply", "/rate", "/attach", "/withdraw", "/erasure", "/file")):
                assert client.get(whole).status_code in ({200, 404} if "receipt" in whole else {200}), (path, target)
    assert len(seen) == 9


def test_pages_are_guarded_by_their_headers(desk: Desk):
    client = counter(desk)
    for address in ("", "track", "receipt", "tidak-ada"):
        headers = client.get(address).headers
        assert "'unsafe" not in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "no-store" in headers["cache-control"]


def test_both_catalogs_say_the_same_things():
    english = catalog(Counter.package, "en")
    assert TEXTS.keys() == english.keys()
    for key, text in TEXTS.items():
        holes, others = (
            sorted(name for _, name, _, _ in string.Formatter().parse(words) if name) for words in (text, english[key])
        )
        assert holes == others, key


def test_every_sentence_is_used_and_every_sentence_that_is_used_is_there(desk: Desk):
    environment = Counter(desk=desk, limits=WalkInSettings()).pages.environment
    used = set()
    for name in environment.list_templates(filter_func=lambda name: not name.endswith("forms.html")):
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
        used |= {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
    channels = Path(__file__).parents[2] / "src" / "lapor_channels"
    code = "".join(
        path.read_text("utf-8") for folder in ("walk_in", "http") for path in (channels / folder).glob("*.py")
    )
    made = re.compile(r"(frame|kind)\..+|track\.done_.+|report\.(anonymous|secret)(_hint)?")
    unused = [
        key
        for key in TEXTS
        if not (key in used or key in code or made.fullmatch(key) or key.removeprefix("fault.") in code)
    ]
    assert unused == []
    groups = tuple({key.partition(".")[0] + "." for key in TEXTS})
    asked = {key for key in used if key.startswith(groups) and re.fullmatch(r"[a-z]+\.[a-z_]*[a-z]", key)}
    assert asked - set(TEXTS) <= {"frame.leave"}


def test_a_spoiled_form_id_loses_nothing(desk: Desk):
    client = counter(desk)
    assert client.post("", data=filled(client, form="<x>"), files=[card()]).url.path == "/receipt"


def test_an_id_is_made_for_each_form(desk: Desk):
    client = counter(desk)
    ids = {filled(client)["form"] for _ in range(3)}
    assert len(ids) == 3
    assert all(uuid.UUID(one) for one in ids)
