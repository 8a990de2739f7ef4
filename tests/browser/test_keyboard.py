"""Without a mouse: every page can be gone through with Tab, shows where one is, and its forms can be sent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

FOCUSED = """() => {
    const one = document.activeElement
    if (one === document.body) return null
    const style = getComputedStyle(one), box = one.getBoundingClientRect()
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    return {
        name: one.id || one.name || one.getAttribute("href") || one.textContent.trim(),
        number: [...document.querySelectorAll("*")].indexOf(one),
        shown: one.matches(":focus-visible") && outlined,
        seen: box.width > 0 && box.left >= 0 && box.right <= innerWidth && box.bottom > 0 && box.top < innerHeight,
    }
}"""
REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(one =>
    one.type !== "hidden" && one.checkVisibility() && !(one.type === "radio" && one.parentElement.previousElementSibling?.querySelector("[type=radio]"))
).length"""


def stops(page: Page) -> list[dict[str, Any]]:
    """Go through a page with Tab from its top until it starts again, and return where one stops."""
    found: list[dict[str, Any]] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (found and stop["number"] < found[-1]["number"]):
            return found
        if not found or stop["number"] != found[-1]["number"]:  # a field for a date has stops of its own inside
            found.append(stop)
    raise AssertionError(f"no way out of {found[-1]}")


@pytest.mark.parametrize("address", ["./", "account", "report", "track", "officers/login", "officers/", "walk-in/"])
def test_every_stop_is_shown_and_none_is_left_out(shared_house: Any, visitor: Any, address: str) -> None:
    page = visitor(shared_house, login="" if address == "officers/login" else "pusat")
    page.context.add_cookies(
        [{"name": "lapor_session", "value": shared_house.citizen_token(), "url": shared_house.url}]
    )
    page.goto(address)
    found = stops(page)
    assert [stop["name"] for stop in found if not (stop["shown"] and stop["seen"])] == []
    assert len(found) == page.evaluate(REACHABLE)
    assert found[0]["name"] == "#main"


@pytest.mark.parametrize("address", ["./", "track", "officers/login"])
def test_the_first_stop_leads_past_the_menu(shared_house: Any, visitor: Any, address: str) -> None:
    page = visitor(shared_house)
    page.goto(address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_report_is_written_and_sent_with_the_keyboard_alone(shared_house: Any, visitor: Any) -> None:
    page = visitor(shared_house)
    page.context.add_cookies(
        [{"name": "lapor_session", "value": shared_house.citizen_token(), "url": shared_house.url}]
    )
    page.goto("report")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first kind
    page.keyboard.press("ArrowUp")  # round to the last one
    expect(page.get_by_label("Pengaduan")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Lampu jalan padam")
    page.keyboard.press("Enter")  # sends the form as it is
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link to what is missing
    expect(page.get_by_label("Kronologi")).to_be_focused()
    page.keyboard.type("Lampu jalan contoh padam.")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/receipt$"))


def test_an_officer_acts_with_the_keyboard_alone(shared_house: Any, visitor: Any) -> None:
    page = visitor(shared_house, login="pusat")
    page.goto(f"officers/complaints/{shared_house.report('tahan')}")
    page.get_by_text("Tunda", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Menunggu peninjauan lapangan.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Tunda: sudah dilakukan.")


def test_what_an_officer_must_mend_has_the_focus_and_keeps_what_was_typed(shared_house: Any, visitor: Any) -> None:
    page = visitor(shared_house)
    page.goto("officers/login")
    page.get_by_label("Nama pengguna").fill("pusat")
    page.get_by_label("Kata sandi").fill("bukan ini")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Nama pengguna")).to_have_value("pusat")
    page.get_by_label("Kata sandi").fill("rahasia-contoh")
    page.keyboard.press("Enter")
    page.get_by_label("Cari dengan kode laporan").fill("0000-0000-000")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Cari dengan kode laporan")).to_be_focused()
    expect(page.get_by_label("Cari dengan kode laporan")).to_have_value("0000-0000-000")
    page.goto(f"officers/complaints/{shared_house.report('tanpa instansi')}")
    page.locator("#act-dispose summary").click()
    page.locator("#act-dispose button").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_have_text("Pilih sedikitnya satu instansi.")
