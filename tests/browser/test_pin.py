"""An anonymous report in a real browser, without scripts: its PIN is shown once, asked for, and had anew when it is lost."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

NARRATIVE = "Lampu jalan contoh padam sejak tiga malam."


def keys_on(page: Page) -> tuple[str, str]:
    keys = page.locator(".slip .code")
    expect(keys).to_have_count(2)  # reading them all does not wait for the page
    code, pin = keys.all_inner_texts()
    return code, pin


def open_with(page: Page, pin: str) -> None:
    page.get_by_label("PIN laporan").fill(pin.lower().replace("-", " "))
    page.get_by_role("button", name="Buka laporan").click()


def test_an_anonymous_report_is_locked_with_its_pin(house: Any, visitor: Any) -> None:
    citizen = visitor(house, scripts=False)
    citizen.context.add_cookies([{"name": "lapor_session", "value": house.citizen_token(), "url": house.url}])
    citizen.goto("report")
    citizen.get_by_label("Pengaduan").check()
    citizen.get_by_label("Kronologi").fill(NARRATIVE)
    citizen.get_by_label("Tanggal kejadian").fill("2026-03-10")
    citizen.locator("#anonymous").check()
    citizen.get_by_role("button", name="Kirim laporan").click()
    code, pin = keys_on(citizen)
    citizen.reload()
    expect(citizen.locator(".slip .code")).to_have_text([code])
    citizen.get_by_role("button", name="Lacak laporan ini").click()
    expect(citizen.get_by_role("heading", name="Laporan ini dikunci dengan PIN")).to_be_visible()
    open_with(citizen, "422-222-222")
    expect(citizen.locator("#pin-fault")).to_contain_text("PIN salah ketik")
    open_with(citizen, pin)
    expect(citizen.locator(".history li")).not_to_have_count(0)
    citizen.get_by_role("link", name="Lacak laporan lain").click()
    citizen.get_by_label("Kode laporan").fill(code)
    citizen.get_by_role("button", name="Lihat laporan").click()
    citizen.get_by_text("PIN hilang?").click()
    citizen.get_by_role("button", name="Minta PIN baru").click()
    same, renewed = keys_on(citizen)
    assert (same, renewed != pin) == (code, True)
    citizen.get_by_role("button", name="Lacak laporan ini").click()
    expect(citizen.locator(".history li").first).to_contain_text("Pelapor meminta PIN baru")
    assert pin not in citizen.url + house.post("warga@example.id")


def test_an_impatient_second_click_costs_nobody_the_pin(house: Any, visitor: Any) -> None:
    """Only the first receipt has it: a second one, shown in its place, would leave a visitor at the counter without for ever."""
    citizen = visitor(house, scripts=True)
    citizen.context.add_cookies([{"name": "lapor_session", "value": house.citizen_token(), "url": house.url}])
    citizen.goto("report")
    citizen.get_by_label("Pengaduan").check()
    citizen.get_by_label("Kronologi").fill(NARRATIVE)
    citizen.locator("#secret").check()
    sent: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route)

    citizen.route(re.compile(r"/report$"), hold)
    button = citizen.get_by_role("button", name="Kirim laporan")
    button.evaluate("one => { one.click(); setTimeout(() => one.click(), 50) }")
    citizen.wait_for_timeout(500)  # for a second request, if there is one
    (only,) = sent
    only.continue_()
    keys_on(citizen)
