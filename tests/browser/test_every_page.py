"""Every page, on a telephone and on a laptop, in both languages: for people who see, hear or type differently (WCAG 2.2 AA).

axe-core judges what a program can judge; it is handed to the page by the browser's own channel, past the page's policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import attrs
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from lapor_core import Action, Facts
from lapor_core.submission import Upload

WIDTHS = (1280, 360)
NARROWEST = 320
"""Down to here no page may need scrolling sideways (WCAG 1.4.10): a laptop's page at 400 %."""
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,  # it would fetch the style sheets a second time, which our policy forbids to scripts
}
STANDINGS = ("new", "asked", "late", "answered")

Way = Callable[[Page], object]


@attrs.frozen(kw_only=True)
class Reports:
    """Reports of a house, by where they stand: their codes, and ids."""

    codes: Mapping[str, str]
    ids: Mapping[str, str]


@pytest.fixture(scope="module")
def lived_in(shared_house: Any, photo: bytes) -> Reports:
    """Reports that wait, are asked about, late and answered."""
    ids = {name: shared_house.report(name, uploads=(Upload(name="lampu.jpg", content=photo),)) for name in STANDINGS}
    for name in STANDINGS[1:]:
        facts = Facts(supervisory=False, abuse_of_authority=False)
        shared_house.act(ids[name], "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=facts)
        shared_house.act(ids[name], "admin", Action.VERIFY)
        shared_house.act(ids[name], "admin", Action.FORWARD)
    shared_house.act(ids["asked"], "penghubung", Action.ASK, text="Di depan rumah nomor berapa?")
    for _ in range(8):
        shared_house.house.desk.sweep(shared_house.clock.advance(timedelta(days=5)))
    shared_house.act(ids["answered"], "penghubung", Action.RESPOND, text="Lampu sudah diganti.")
    codes = {name: shared_house.house.desk.complaint(one).code for name, one in ids.items()}
    return Reports(codes=codes, ids=ids)


def opened(address: str) -> Way:
    return lambda page: page.goto(address)


def sent(address: str, button: str, **typed: str) -> Way:
    """Return the way to what is shown after a form was filled in and sent; ``button`` ends its form's action."""

    def send(page: Page) -> None:
        page.goto(address)
        for name, text in typed.items():
            page.locator(f"#{name}").fill(text)
        form = page.locator(f'form[action*="{button}"]' if button else "main form").last
        form.locator("button").click()

    return send


def citizens_pages(reports: Reports, photo: bytes) -> Iterator[tuple[str, Way]]:
    yield "start", opened("./")
    yield "account", opened("account?next=report")
    yield "account, refused", sent("account", "account")
    yield "codes", sent("account", "account", name="Warga Contoh", email="lain@example.id", mobile="081200000002")
    yield "codes, refused", lambda page: page.locator("main button").click()
    yield "report", opened("report")
    yield "report, refused", sent("report", "report", event_date="2030-01-01")
    yield "receipt", sent_report(photo)
    yield "receipt, gone", lambda page: (page.context.clear_cookies(name="lapor_receipt"), page.goto("receipt"))
    yield "track", opened("track")
    yield "track, refused", sent("track", "track", code="kode")
    yield "track, unknown", sent("track", "track", code="0000-0000-000")
    for name, code in reports.codes.items():
        yield f"tracking, {name}", sent("track", "track", code=code)
    yield "tracking, an empty reply", lambda page: empty_reply(page, reports.codes["asked"])
    yield "tracking, an empty rating", lambda page: empty_rating(page, reports.codes["answered"])
    yield "no such page", opened("tidak-ada")


def empty_rating(page: Page, code: str) -> None:
    sent("track", "track", code=code)(page)
    page.locator('form[action*="track/rate"] button').click()


def empty_reply(page: Page, code: str) -> None:
    sent("track", "track", code=code)(page)
    page.locator('form[action*="track/reply"] button').click()


def sent_report(photo: bytes) -> Way:
    def send(page: Page) -> None:
        page.goto("report")
        page.locator("#kind-complaint").check()
        page.locator("#narrative").fill("Lampu jalan contoh padam.")
        page.locator("#uploads").set_input_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo}])
        page.locator("main form button").click()

    return send


def officers_pages(reports: Reports, photo: bytes) -> Iterator[tuple[str, Way]]:
    yield "list", opened("officers/")
    yield "list, narrowed", opened("officers/?state=open&late=1&order=urgent")
    yield "list, empty", opened("officers/?tier=berat")
    yield "list, no such code", sent("officers/", "find", code="0000-0000-000")
    for name, complaint_id in reports.ids.items():
        yield f"complaint, {name}", opened(f"officers/complaints/{complaint_id}")
    yield "complaint, refused", lambda page: refused(page, f"officers/complaints/{reports.ids['new']}")
    yield "complaint, who reported", lambda page: looked(page, f"officers/complaints/{reports.ids['new']}")
    yield "clock", opened(f"officers/complaints/{reports.ids['late']}/clocks/0")
    yield "erasing", opened(f"officers/complaints/{reports.ids['new']}/erase")
    yield "erasing, not sure", sent(f"officers/complaints/{reports.ids['new']}/erase", "erase")
    yield "no such complaint", opened("officers/complaints/tidak-ada")
    yield "notices", opened("officers/notices")
    yield "password, refused", sent("officers/password", "password", present="bukan ini", new="1", again="2")
    yield "numbers", opened("officers/report?from=2026-01-01&until=2026-12-31")
    yield "numbers, none", opened("officers/report?from=2020-01-01&until=2020-12-31")
    yield "numbers, no period", opened("officers/report?from=2026-02-01&until=2026-01-01")
    yield "counter", opened("walk-in/")
    yield "counter, refused", sent("walk-in/", "", email="bukan alamat", identity_number="12")
    yield "counter, receipt", lambda page: sent_visitor(page, photo)
    yield (
        "counter, receipt gone",
        lambda page: (page.context.clear_cookies(name="lapor_receipt"), page.goto("walk-in/receipt")),
    )
    yield "counter, track", opened("walk-in/track")
    yield "counter, tracking", sent("walk-in/track", "track", code=reports.codes["asked"])
    yield "counter, no such page", opened("walk-in/tidak-ada")
    yield "session over", lambda page: session_over(page, f"officers/complaints/{reports.ids['new']}")
    yield "sign in", lambda page: (page.context.clear_cookies(name="lapor_officer"), page.goto("officers/login"))
    yield "sign in, refused", sent("officers/login", "login", login="pusat", password="bukan ini")


def auditors_pages(reports: Reports) -> Iterator[tuple[str, Way]]:
    yield "list of records", opened("officers/")
    yield "an auditor's numbers", opened("officers/report?from=2026-01-01&until=2026-12-31")
    for name, complaint_id in reports.ids.items():
        yield f"record, {name}", opened(f"officers/records/{complaint_id}")
    yield "not an auditor's", opened(f"officers/complaints/{reports.ids['new']}")


def looked(page: Page, place: str) -> None:
    page.goto(place)
    form = page.locator('form[action$="/identity"]')
    page.locator("details").filter(has=form).locator("summary").click()
    form.locator('input[name="reason"]').fill("Menelepon pelapor.")
    form.locator("button").click()


def session_over(page: Page, place: str) -> None:
    page.goto(place)
    page.locator("#act-hold summary").click()
    page.locator("#act-hold textarea").fill("Menunggu peninjauan lapangan oleh petugas.")
    page.context.clear_cookies(name="lapor_officer")
    page.locator("#act-hold button").click()


def refused(page: Page, place: str) -> None:
    page.goto(place)
    page.locator("#act-dispose summary").click()
    page.locator("#act-dispose button").click()


def sent_visitor(page: Page, photo: bytes) -> None:
    page.goto("walk-in/")
    page.locator("#name").fill("Pengunjung Contoh")
    page.locator("#identity").set_input_files([{"name": "ktp.jpg", "mimeType": "image/jpeg", "buffer": photo}])
    page.locator("#kind-complaint").check()
    page.locator("#narrative").fill("Lampu jalan contoh padam.")
    page.locator("main form button").click()


def judged(page: Page) -> Iterator[str]:
    """Yield what is wrong with a page, at each width, with everything open that opens."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.name = ''; one.open = true })")
    page.evaluate(Axe().axe_script)
    for script in page.evaluate("[...document.scripts].map(one => one.getAttribute('src') ?? 'inline')"):
        if not script.endswith("static/lapor.js"):
            yield f"has a script: {script}"
    if page.locator("h1").count() != 1:
        yield f"has {page.locator('h1').count()} first headings"
    for width in (*WIDTHS, NARROWEST):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.scrollingElement.scrollWidth")
        if wide > width:
            yield f"at {width}: is {wide} wide"
        if width == NARROWEST:
            break
        for violation in page.evaluate("rules => axe.run(rules)", RULES)["violations"]:
            places = ", ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:3])
            yield f"at {width}: {violation['impact']}: {violation['id']}: {places}"
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})


def all_judged(page: Page, ways: Iterator[tuple[str, Way]]) -> dict[str, list[str]]:
    found = {}
    for name, way in ways:
        way(page)
        if faults := list(judged(page)):
            found[name] = faults
    return found


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_for_citizens(
    shared_house: Any, lived_in: Reports, visitor: Any, photo: bytes, language: str
) -> None:
    page = visitor(shared_house, language=language)
    page.context.add_cookies(
        [{"name": "lapor_session", "value": shared_house.citizen_token(), "url": shared_house.url}]
    )
    assert all_judged(page, citizens_pages(lived_in, photo)) == {}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_for_officers(
    shared_house: Any, lived_in: Reports, visitor: Any, photo: bytes, language: str
) -> None:
    page = visitor(shared_house, language=language, login="pusat")
    page.context.add_cookies([{"name": "lapor_language", "value": language, "url": shared_house.url}])
    assert all_judged(page, officers_pages(lived_in, photo)) == {}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_for_auditors(shared_house: Any, lived_in: Reports, visitor: Any, language: str) -> None:
    page = visitor(shared_house, language=language, login="auditor")
    page.context.add_cookies([{"name": "lapor_language", "value": language, "url": shared_house.url}])
    assert all_judged(page, auditors_pages(lived_in)) == {}
