"""From a citizen's first page to the answer, and the counter: in a real browser, as people do it.

Scripts are switched off throughout: nobody needs them. What the one there is adds, test_before_sending.py looks at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, Route, expect

from lapor_core import Action, Facts

EMAIL, MOBILE = "warga@example.id", "081200000001"  # invented
VISITOR_EMAIL = "pengunjung@example.id"
NARRATIVE = "Lampu jalan contoh padam sejak tiga malam.\nWarga takut lewat."
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}")
PORTRAIT_A5 = (420, 595)  # in points


def sign_in_as_citizen(page: Page, served: Any) -> None:
    """Prove an e-mail address and a mobile number by the codes that are sent to them; ends at the form for a report."""
    page.goto("./")
    page.get_by_role("main").get_by_role("link", name="Buat laporan").click()
    page.get_by_label("Nama lengkap").fill("Warga Contoh")
    page.get_by_label("Alamat email").fill(EMAIL)
    page.get_by_label("Nomor ponsel").fill(MOBILE)
    page.get_by_role("button", name="Kirim kode").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masukkan kedua kode")
    page.get_by_label("Kode dari email").fill(served.code(EMAIL))
    page.get_by_label("Kode dari SMS").fill(served.code("+6281200000001"))
    page.get_by_role("button", name="Lanjut ke laporan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Buat laporan")


def photo_file(photo: bytes, name: str = "lampu.jpg") -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo}


def fill_in(page: Page) -> None:
    page.get_by_label("Pengaduan").check()
    page.get_by_label("Judul laporan").fill("Lampu jalan padam")
    page.get_by_label("Kronologi").fill(NARRATIVE)
    page.get_by_label("Tanggal kejadian").fill("2026-03-10")
    page.get_by_label("Tempat kejadian").fill("Jalan Contoh")
    page.get_by_label("Instansi yang dituju").select_option(label="Dinas Contoh")


def code_on(page: Page) -> str:
    code = page.locator(".code").inner_text()
    assert CODE.fullmatch(code)
    return code


def track(page: Page, code: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Lacak laporan").click()
    page.get_by_label("Kode laporan").fill(code.lower())
    page.get_by_role("button", name="Lihat laporan").click()
    expect(page.locator("h1 .code")).to_have_text(code)


def sign_in_as_officer(page: Page, login: str, start: str = "officers/") -> None:
    page.goto(start)
    page.get_by_label("Nama pengguna").fill(login)
    page.get_by_label("Kata sandi").fill("rahasia-contoh")
    page.get_by_role("button", name="Masuk").click()


def open_case(page: Page, code: str) -> None:
    page.get_by_label("Cari dengan kode laporan").fill(code)
    page.get_by_role("button", name="Cari", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lampu jalan padam")


def act(page: Page, name: str, fill: Callable[[Any], None] = lambda form: None) -> None:
    """Open the form of an action, fill it in and send it."""
    form = page.locator("details.act", has=page.locator("summary", has_text=re.compile(f"^{name}$")))
    form.locator("summary").click()
    fill(form)
    form.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("status")).to_have_text(f"{name}: sudah dilakukan.")


def dispose(form: Any) -> None:
    form.get_by_label("Dinas Contoh").check()
    form.get_by_label("Apakah berkadar pengawasan?").select_option(label="Tidak")
    form.get_by_label("Apakah ada indikasi penyalahgunaan wewenang?").select_option(label="Tidak")


def answer(form: Any, photo: bytes) -> None:
    form.get_by_label("Tanggapan").fill("Lampu sudah diganti.")
    form.locator("input[type=file]").set_input_files([photo_file(photo, "lampu baru.jpg")])


def test_a_citizen_reports_and_is_answered(house: Any, visitor: Any, photo: bytes) -> None:
    citizen = visitor(house, scripts=False)
    sign_in_as_citizen(citizen, house)
    fill_in(citizen)
    citizen.get_by_label("Lampiran").set_input_files([photo_file(photo)])
    citizen.get_by_role("button", name="Kirim laporan").click()
    expect(citizen.get_by_role("heading", level=1)).to_have_text("Laporan Anda sudah diterima")
    code = code_on(citizen)
    assert code in house.post(EMAIL)
    assert code not in citizen.url
    citizen.get_by_role("button", name="Lacak laporan ini").click()
    expect(citizen.locator(".status")).to_have_text("Diterima, menunggu disposisi")
    assert code not in citizen.url

    centre = visitor(house, scripts=False)
    sign_in_as_officer(centre, "pusat")
    open_case(centre, code)
    expect(centre.get_by_text(NARRATIVE)).to_be_visible()
    with centre.expect_download() as download:
        centre.get_by_role("link", name="lampu.jpg").first.click()
    assert download.value.path().read_bytes()[:2] == b"\xff\xd8"
    act(centre, "Disposisikan", dispose)
    admin = visitor(house, scripts=False)
    sign_in_as_officer(admin, "admin")
    open_case(admin, code)
    act(admin, "Verifikasi")
    act(admin, "Teruskan")
    liaison = visitor(house, scripts=False)
    sign_in_as_officer(liaison, "penghubung")
    open_case(liaison, code)
    act(liaison, "Tanggapi", lambda form: answer(form, photo))

    letter = house.post(EMAIL)
    assert "Lampu sudah diganti." in letter
    assert "Berkas pada tanggapan ini: lampu baru.jpg." in letter
    track(citizen, code)
    expect(citizen.locator(".status")).to_have_text("Sudah ditanggapi")
    expect(citizen.get_by_text("Tanggapan: Lampu sudah diganti.")).to_be_visible()
    with citizen.expect_download() as download:
        citizen.get_by_role("button", name="Unduh lampu baru.jpg").click()
    assert download.value.suggested_filename == "lampu baru.jpg"
    assert download.value.path().read_bytes()[:2] == b"\xff\xd8"
    assert code not in download.value.url
    citizen.get_by_label("Balasan Anda").fill("Terima kasih, lampu menyala.")
    citizen.get_by_role("button", name="Kirim balasan").click()
    expect(citizen.get_by_role("status")).to_have_text("Balasan Anda sudah terkirim.")


def test_an_officer_gives_more_time_and_the_citizen_reads_until_when_and_why(
    extending_house: Any, visitor: Any
) -> None:
    house = extending_house
    complaint_id = house.report("waktu", title="Lampu jalan padam")
    house.act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",))
    house.act(complaint_id, "admin", Action.VERIFY)
    house.act(complaint_id, "admin", Action.FORWARD)
    code = house.house.desk.complaint(complaint_id).code
    admin = visitor(house, scripts=False, login="admin")
    admin.goto("officers/")
    open_case(admin, code)
    form = admin.locator("details.act", has=admin.locator("summary", has_text="Perpanjang batas jawaban"))
    form.locator("summary").click()
    expect(form).to_contain_text("Tenggat tanggapan: paling lama 7 hari kerja")
    form.get_by_label("Tambahan waktu", exact=True).fill("8")
    form.get_by_label("Mengapa perlu tambahan waktu").fill("Memerlukan pemeriksaan lapangan.")
    form.get_by_role("button", name="Perpanjang batas jawaban").click()
    expect(admin.get_by_role("alert")).to_contain_text("lebih lama daripada yang diizinkan")
    expect(form.get_by_label("Mengapa perlu tambahan waktu")).to_have_value("Memerlukan pemeriksaan lapangan.")
    form.get_by_label("Tambahan waktu", exact=True).fill("7")
    form.get_by_role("button", name="Perpanjang batas jawaban").click()
    expect(admin.get_by_role("status")).to_have_text("Perpanjang batas jawaban: sudah dilakukan.")
    expect(form).to_have_count(0)  # once

    told = "Batas jawaban diperpanjang sampai Rabu, 15 April 2026. Alasan: Memerlukan pemeriksaan lapangan."
    assert "Memerlukan pemeriksaan lapangan." in house.post(EMAIL)
    citizen = visitor(house, scripts=False)
    citizen.goto("track")
    track(citizen, code)
    expect(citizen.locator(".history li").first).to_contain_text(told)


def test_a_citizen_objects_to_an_answer_and_says_why(house: Any, visitor: Any) -> None:
    complaint_id = house.report("keberatan")
    facts = Facts(supervisory=False, abuse_of_authority=False)
    house.act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=facts)
    house.act(complaint_id, "admin", Action.VERIFY)
    house.act(complaint_id, "admin", Action.FORWARD)
    house.act(complaint_id, "penghubung", Action.RESPOND, text="Bukan urusan kami.")
    page = visitor(house, scripts=False)
    page.goto("track")
    track(page, house.house.desk.complaint(complaint_id).code)
    expect(page.locator(".history li").first).to_contain_text("Bukan urusan kami.")
    page.get_by_label("1 – tidak puas").check()
    page.get_by_label("Saya keberatan").check()
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Alasan", exact=True)).to_be_focused()
    page.keyboard.type("Jalan ini jalan kota.")
    expect(page.get_by_label("1 – tidak puas")).to_be_checked()
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("status")).to_have_text("Penilaian Anda sudah tersimpan.")
    expect(page.locator(".history li").first).to_contain_text("keberatan")


def test_what_is_wrong_is_told_at_once_and_what_was_typed_stays(house: Any, visitor: Any) -> None:
    page = visitor(house, scripts=False)
    page.goto("account")
    page.get_by_label("Nama lengkap").fill("Warga Contoh")
    page.get_by_label("Alamat email").fill("bukan alamat")
    page.get_by_role("button", name="Kirim kode").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("Nama lengkap")).to_have_value("Warga Contoh")
    expect(page.get_by_label("Alamat email")).to_have_value("bukan alamat")
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Alamat email")).to_be_focused()
    expect(page.get_by_label("Alamat email")).to_have_accessible_description(re.compile("tidak sah"))

    sign_in_as_citizen(page, house)
    fill_in(page)
    page.get_by_label("Tanggal kejadian").fill("2026-03-20")  # not yet
    page.get_by_label("Kronologi").fill("")
    page.get_by_label("Lampiran").set_input_files([photo_file(b"bukan foto")])
    page.get_by_role("button", name="Kirim laporan").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    expect(summary).to_contain_text("Berkas lampiran harus dipilih lagi")
    expect(page).to_have_title(re.compile("^Perlu diperbaiki: "))
    expect(page.get_by_label("Pengaduan")).to_be_checked()
    expect(page.get_by_label("Judul laporan")).to_have_value("Lampu jalan padam")
    expect(page.get_by_label("Tempat kejadian")).to_have_value("Jalan Contoh")
    expect(page.get_by_label("Instansi yang dituju")).to_have_value("dinas-contoh")
    page.get_by_label("Kronologi").fill(NARRATIVE)
    page.get_by_label("Tanggal kejadian").fill("2026-03-10")
    page.get_by_role("button", name="Kirim laporan").click()
    code = code_on(page)
    track(page, code)
    page.get_by_role("link", name="Lacak laporan lain").click()
    page.get_by_label("Kode laporan").fill("0000-0000-000")
    page.get_by_role("button", name="Lihat laporan").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Kode laporan")).to_have_value("0000-0000-000")


def test_a_second_press_after_a_lost_answer_makes_one_report(house: Any, visitor: Any) -> None:
    page = visitor(house, scripts=False)
    sign_in_as_citizen(page, house)
    fill_in(page)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.fulfill(status=204)  # the browser stays where it is
        else:
            route.continue_()

    page.route("**/report", lose_the_first)
    page.get_by_role("button", name="Kirim laporan").click()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Laporan ini sudah kami terima sebelumnya")
    code_on(page)
    assert (lost, house.reports()) == ([303], 1)


def test_a_receipt_does_not_stay_on_a_shared_computer(house: Any, visitor: Any) -> None:
    page = visitor(house, scripts=False)
    sign_in_as_citizen(page, house)
    fill_in(page)
    page.get_by_role("button", name="Kirim laporan").click()
    code_on(page)
    house.clock.advance(timedelta(minutes=31))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tanda terima ini sudah tidak dapat ditampilkan")
    page.get_by_role("button", name="Keluar").click()
    page.goto("report")
    expect(page.get_by_role("heading", level=1)).to_have_text("Siapa yang melapor?")


def test_the_counter_types_a_visitor_in_and_prints_a_receipt(house: Any, visitor: Any, photo: bytes) -> None:
    page = visitor(house, scripts=False)
    sign_in_as_officer(page, "loket", "walk-in/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Laporan pengunjung")
    page.get_by_label("Nama lengkap").fill("Pengunjung Contoh")
    page.get_by_label("Alamat email").fill(VISITOR_EMAIL)
    page.get_by_label("NIK").fill("12 angka")
    fill_in(page)
    page.get_by_role("button", name="Simpan laporan").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Nama lengkap")).to_have_value("Pengunjung Contoh")
    expect(page.get_by_label("NIK")).to_have_value("")  # of an identity number nothing is shown again
    page.get_by_label("Fotokopi atau foto kartu identitas").set_input_files([photo_file(photo, "ktp.jpg")])
    page.get_by_role("button", name="Simpan laporan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Laporan tersimpan")
    code = code_on(page)
    assert code in house.post(VISITOR_EMAIL)

    pages, box = printed(page)
    assert (pages, box) == (1, PORTRAIT_A5)
    page.emulate_media(media="print")
    expect(page.locator(".slip")).to_be_visible()
    for unprinted in ("header.top", "nav", "footer", ".notice", ".actions"):
        expect(page.locator(unprinted)).to_be_hidden()
    slip = page.locator("main").inner_text()
    assert code in slip
    assert "Pengunjung" not in slip


def printed(page: Page) -> tuple[int, tuple[int, int]]:
    """Return how many pages a page prints on, and the size of the first in points."""
    document = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", document)
    width, height = (round(float(side)) for side in boxes[0])
    return len(re.findall(rb"/Type /Page\b", document)), (width, height)


def test_a_citizens_receipt_prints_on_one_page(house: Any, visitor: Any) -> None:
    page = visitor(house, scripts=False)
    sign_in_as_citizen(page, house)
    fill_in(page)
    page.get_by_role("button", name="Kirim laporan").click()
    code = code_on(page)
    pages, _ = printed(page)
    assert pages == 1
    page.emulate_media(media="print")
    assert code in page.locator("main").inner_text()
    expect(page.get_by_role("button")).to_be_hidden()
