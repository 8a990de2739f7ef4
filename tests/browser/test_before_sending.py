"""What a citizen is told before a report is sent, and that nothing written is lost on the way."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect


def signed_in(visitor: Any, served: Any, *, scripts: bool) -> Page:
    page: Page = visitor(served, scripts=scripts)
    page.context.add_cookies([{"name": "lapor_session", "value": served.citizen_token(), "url": served.url}])
    page.goto("report")
    return page


def test_room_that_gets_little_is_told_while_writing(shared_house: Any, visitor: Any) -> None:
    page = signed_in(visitor, shared_house, scripts=True)
    narrative, told = page.get_by_label("Kronologi"), page.locator("#narrative + .count")
    expect(narrative).to_have_accessible_description(re.compile(r"Paling banyak 100\.000 huruf\."))
    narrative.fill("Lampu padam.")
    expect(told).to_be_empty()
    narrative.fill("a" * 99_000)
    expect(told).to_have_text("Masih ada ruang untuk 1.000 huruf.")
    narrative.fill("a" * 100_001)
    expect(told).to_have_text("Terlalu panjang: kurangi 1 huruf.")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("alert")).to_contain_text("Terlalu panjang: kurangi 1 huruf.")
    expect(page.get_by_label("Kronologi")).to_have_value("a" * 100_001)


def test_a_file_too_large_is_named_when_it_is_chosen(shared_house: Any, visitor: Any) -> None:
    page = signed_in(visitor, shared_house, scripts=True)
    page.locator("#uploads").evaluate("one => { one.dataset.limit = 10 }")
    files = [
        {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": bytes(size)} for name, size in (("a", 9), ("b", 11))
    ]
    page.get_by_label("Lampiran").set_input_files(files)
    expect(page.locator("#uploads + .fault")).to_have_text("b.jpg: Satu berkas paling besar 20 MB.")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_label("Lampiran")).to_be_focused()  # nothing was sent, so that nothing is lost
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label("Lampiran").set_input_files(files[:1] * 6)
    expect(page.locator("#uploads + .fault")).to_have_text("Terlalu banyak berkas: paling banyak 5.")
    page.get_by_label("Lampiran").set_input_files([])
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("alert")).to_be_focused()


def test_what_was_written_is_there_after_signing_in_again(house: Any, visitor: Any) -> None:
    page = signed_in(visitor, house, scripts=False)
    page.get_by_label("Pengaduan").check()
    page.get_by_label("Kronologi").fill("Lampu jalan contoh padam.")
    page.context.clear_cookies(name="lapor_session")  # as after the days for which a session holds
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("status")).to_contain_text("tulisan Anda tidak hilang")
    page.get_by_label("Nama lengkap").fill("Warga Contoh")
    page.get_by_label("Alamat email").fill("warga@example.id")
    page.get_by_label("Nomor ponsel").fill("081200000001")
    page.get_by_role("button", name="Kirim kode").click()
    page.get_by_label("Kode dari email").fill(house.code("warga@example.id"))
    page.get_by_label("Kode dari SMS").fill(house.code("+6281200000001"))
    page.get_by_role("button", name="Lanjut ke laporan").click()
    expect(page.get_by_role("status")).to_contain_text("isian Anda masih ada")
    expect(page.get_by_label("Pengaduan")).to_be_checked()
    assert "?" not in page.url
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Laporan Anda sudah diterima")
    assert house.reports() == 1


def test_coarse_words_are_a_question_and_no_wall(shared_house: Any, visitor: Any) -> None:
    page = signed_in(visitor, shared_house, scripts=False)
    page.get_by_label("Pengaduan").check()
    page.get_by_label("Kronologi").fill("Petugasnya goblok.")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("goblok")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Laporan Anda sudah diterima")
