"""The report to the superior in a browser: choose a period, read the table, take the file, print the page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from lapor_core import Action, Facts

LIGHT = Facts(supervisory=False, abuse_of_authority=False)


def test_the_numbers_of_a_period_are_shown_taken_along_and_printed(house: Any, visitor: Any) -> None:
    for number, action in enumerate((Action.RESPOND, Action.WITHDRAW)):
        report = house.report(f"contoh {number}")
        house.act(report, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
        house.act(report, "admin", Action.VERIFY)
        house.act(report, "admin", Action.FORWARD)
        house.clock.advance(timedelta(hours=1))
        house.act(report, "penghubung" if action is Action.RESPOND else "loket", action, text="Contoh.")
    page = visitor(house, login="pusat")
    page.goto("officers/")
    page.get_by_role("link", name="Rekapitulasi").click()
    page.get_by_label("Jatuh tempo sejak").fill("2026-04-01")
    page.get_by_label("Jatuh tempo sampai").fill("2026-04-30")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.get_by_text("100,0% tepat waktu, dari 1")).to_be_visible()
    row = page.get_by_role("row", name="2026-04")
    expect(row.get_by_role("rowheader")).to_have_text("2026-04")
    expect(row).to_contain_text("dicabut 1")
    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV").click()
    assert waited.value.suggested_filename == "lapor-2026-04-01-2026-04-30.csv"
    heading, *rows = Path(waited.value.path()).read_text("utf-8").splitlines()
    assert (heading.split(",")[:3], len(rows)) == (["kept_by", "month", "agency"], 1)
    page.emulate_media(media="print")
    expect(page.get_by_role("table").last).to_be_visible()
    expect(page.get_by_role("button", name="Tampilkan")).to_be_hidden()
