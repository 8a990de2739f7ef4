"""The sentences citizens and officers read when something is wrong, in Indonesian and English."""

from __future__ import annotations

from typing import Any

from lapor_core.errors import Missing
from lapor_core.policy.model import Text

__all__ = ["code_of_status", "error_text", "field_text"]

ERRORS = {
    "incomplete": Text(id="Laporan belum lengkap.", en="The report is not complete."),
    "bad_json": Text(id="Isi permintaan tidak dapat dibaca.", en="The body of the request cannot be understood."),
    "bad_media_type": Text(
        id="Jenis isi permintaan ini tidak diterima. Yang diterima: {allowed}.",
        en="This type of body is not accepted. Accepted: {allowed}.",
    ),
    "bad_fields": Text(id="Ada isian yang perlu diperbaiki.", en="Some of this must be put right."),
    "bad_form": Text(id="Isian formulir tidak dapat dibaca.", en="The form cannot be understood."),
    "bad_value": Text(id="Isian ini tidak sah.", en="This value is not valid."),
    "bad_date": Text(id="Tanggal tidak sah; tulis seperti 2026-03-13.", en="Not a date; write it as 2026-03-13."),
    "bad_time": Text(id="Jam tidak sah; tulis seperti 14:30.", en="Not a time; write it as 14:30."),
    "in_the_future": Text(id="Waktu ini belum tiba.", en="This time has not come yet."),
    "unknown_kind": Text(id="Pilih salah satu jenis laporan.", en="Choose one of the kinds of report."),
    "unknown_agency": Text(id="Pilih salah satu instansi.", en="Choose one of the agencies."),
    "unknown_language": Text(id="Pilih salah satu bahasa.", en="Choose one of the languages."),
    "bad_name": Text(
        id="Tuliskan nama dalam satu baris, paling banyak {limit} huruf.",
        en="Give a name on one line, of at most {limit} characters.",
    ),
    "bad_mobile": Text(
        id="Nomor ponsel tidak sah; tulis seperti 0812xxxxxxxx atau +62812xxxxxxxx.",
        en="Not a mobile number; write it as 0812xxxxxxxx or +62812xxxxxxxx.",
    ),
    "bad_email": Text(id="Alamat email tidak sah.", en="Not an e-mail address."),
    "bad_identity_number": Text(id="NIK terdiri atas 16 angka.", en="An identity number (NIK) has 16 digits."),
    "bad_file": Text(
        id="Berkas ini tidak dapat diterima. Yang diterima: {allowed}.",
        en="This file cannot be accepted. Accepted: {allowed}.",
    ),
    "file_is_other": Text(
        id="Isi berkas tidak sesuai dengan namanya. Yang diterima: {allowed}.",
        en="The file is not what its name says. Accepted: {allowed}.",
    ),
    "file_not_allowed": Text(
        id="Berkas ini tidak dapat diterima. Yang diterima: {allowed}.",
        en="This file cannot be accepted. Accepted: {allowed}.",
    ),
    "file_too_large": Text(id="Berkas terlalu besar.", en="The file is too large."),
    "too_long": Text(
        id="Terlalu panjang: kurangi {over} huruf. Paling banyak {limit} huruf.",
        en="Too long: take out {over} characters. At most {limit} characters.",
    ),
    "text_too_large": Text(id="Tulisan terlalu panjang.", en="The text is too long."),
    "too_large": Text(id="Kiriman terlalu besar.", en="This is too large."),
    "too_many_files": Text(id="Terlalu banyak berkas; paling banyak {limit}.", en="Too many files; at most {limit}."),
    "unknown_file": Text(
        id="Berkas ini tidak ada pada jawaban untuk laporan ini.", en="No answer to this report came with this file."
    ),
    "unknown_code": Text(id="Kode laporan tidak dikenal.", en="This tracking code is not known."),
    "bad_code": Text(
        id="Kode laporan salah ketik: kode terdiri atas 11 huruf dan angka, seperti 7KQ2-M4XW-9T3.",
        en="This code has a typing slip: a code has 11 letters and digits, like 7KQ2-M4XW-9T3.",
    ),
    "bad_pin": Text(
        id="PIN salah ketik. Periksa kembali setiap huruf dan angka.",
        en="This PIN has a typing slip. Check every letter and digit.",
    ),
    "pin_needed": Text(
        id="Laporan ini hanya dapat dibuka dengan kode dan PIN.",
        en="This report opens only with its code and its PIN.",
    ),
    "wrong_pin": Text(id="PIN ini bukan PIN laporan ini.", en="This is not the PIN of this report."),
    "not_the_reporter": Text(
        id="PIN baru hanya dapat diminta oleh akun yang mengirim laporan ini.",
        en="Only the account that sent this report can ask for another PIN.",
    ),
    "no_pin": Text(id="Laporan ini tidak memakai PIN.", en="This report needs no PIN."),
    "wrong_code": Text(id="Kode verifikasi salah.", en="A verification code is wrong."),
    "empty": Text(id="Wajib diisi.", en="This must be filled in."),
    "text_needed": Text(id="Tuliskan isinya, atau alasannya.", en="Write the text, or why."),
    "files_needed": Text(id="Lampirkan sedikitnya satu berkas.", en="Add at least one file."),
    "bad_rating": Text(id="Nilai terdiri atas 1 sampai {most} bintang.", en="A rating has 1 to {most} stars."),
    "unknown_outcome": Text(id="Pilih salah satu hasil.", en="Choose one of the outcomes."),
    "not_possible": Text(
        id="Hal ini tidak dapat dilakukan pada laporan dalam status sekarang.",
        en="This is not possible while the report has its present status.",
    ),
    "expired_code": Text(id="Kode verifikasi sudah kedaluwarsa.", en="The verification code has expired."),
    "too_many_tries": Text(
        id="Terlalu banyak percobaan. Minta kode baru, lalu coba lagi.",
        en="Too many tries. Ask for new codes, then try again.",
    ),
    "too_many_tries_of_late": Text(
        id="Terlalu banyak percobaan. Anda dapat mencoba lagi {minutes} menit lagi.",
        en="Too many tries. You can try again in {minutes} minutes.",
    ),
    "too_many_requests": Text(
        id="Terlalu banyak permintaan; coba lagi nanti.", en="Too many requests; try again later."
    ),
    "sign_in_needed": Text(id="Masuk terlebih dahulu.", en="Sign in first."),
    "bad_sender": Text(
        id="Nomor pengirim bukan nomor pelanggan; kode pendek atau nama tidak diterima.",
        en="The sender is not a subscriber's number; short codes and names are not accepted.",
    ),
    "bad_secret": Text(id="Kata sandi gerbang salah atau tidak ada.", en="The gateway's secret is missing or wrong."),
    "not_allowed": Text(id="Anda tidak berwenang membuka halaman ini.", en="You may not open this."),
    "other_origin": Text(
        id="Formulir ini dikirim dari situs lain; buka halaman ini lagi lalu kirim dari sini.",
        en="This form was sent from another site; open this page again and send it from here.",
    ),
    "key_needed": Text(
        id="Sertakan header Idempotency-Key agar kiriman ulang tidak menjadi laporan kedua.",
        en="Send an Idempotency-Key header, so that a repeat does not become a second report.",
    ),
    "bad_key": Text(
        id="Idempotency-Key terdiri atas 1 sampai {limit} huruf ASCII yang tampak.",
        en="An Idempotency-Key has 1 to {limit} visible ASCII characters.",
    ),
    "not_found": Text(id="Halaman tidak ditemukan.", en="Nothing is here."),
    "method_not_allowed": Text(id="Cara mengakses ini tidak tersedia.", en="This method is not possible here."),
    "internal": Text(
        id="Ada gangguan di pihak kami. Laporan belum tersimpan; coba lagi.",
        en="Something failed on our side. Nothing was stored; try again.",
    ),
}
"""By code. A sentence may use the error's parameters; nothing personal is among them."""

GENERAL = Text(id="Permintaan ini tidak dapat diproses.", en="This request cannot be processed.")

FIELDS = {
    "verified_email": Text(
        id="Alamat email yang sudah diverifikasi diperlukan.", en="A verified e-mail address is needed."
    ),
    "verified_mobile": Text(
        id="Nomor ponsel yang sudah diverifikasi diperlukan.", en="A verified mobile number is needed."
    ),
    "sender_number": Text(id="Nomor pengirim diperlukan.", en="The sender's number is needed."),
    "identity_copy": Text(
        id="Lampirkan fotokopi atau foto identitas.", en="Attach a copy or photo of the identity card."
    ),
    "narrative": Text(id="Tuliskan kronologi laporan.", en="Write what happened."),
    "title": Text(id="Tuliskan judul laporan.", en="Give the report a title."),
    "name": Text(id="Tuliskan nama pelapor.", en="Give the reporter's name."),
    "kind": Text(id="Pilih jenis laporan.", en="Choose the kind of report."),
    "event_date": Text(id="Isi tanggal kejadian.", en="Give the date of the event."),
    "event_time": Text(id="Isi jam kejadian.", en="Say at what time it happened."),
    "place": Text(id="Isi tempat kejadian.", en="Say where it happened."),
    "agency": Text(id="Pilih instansi yang dituju.", en="Choose the agency concerned."),
    "category": Text(id="Isi kategori laporan.", en="Give the category of the report."),
    "uploads": Text(id="Lampirkan berkas.", en="Attach a file."),
}
"""By the code of what is missing, without its ``missing_``, else by the field."""

STATUSES = {
    400: "bad_form",
    401: "sign_in_needed",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "bad_media_type",
}


def error_text(code: str, language: str, **params: Any) -> str:
    """Return the sentence for an error's ``code``; a general one for a code without a sentence of its own."""
    known = f"{code}_of_late" if "minutes" in params else code  # one that passes says when
    sentence = ERRORS.get(known, GENERAL).in_language(language)
    try:
        return sentence.format(**params)
    except (KeyError, IndexError):
        return GENERAL.in_language(language)


def field_text(piece: Missing, language: str) -> str:
    """Return the sentence for one thing that is missing; the policy's own words where we have none."""
    text = FIELDS.get(piece.code.removeprefix("missing_")) or FIELDS.get(piece.field)
    return text.in_language(language) if text else piece.text


def code_of_status(status: int) -> str:
    """Return the code for an error that only has an HTTP status."""
    return STATUSES.get(status, "internal" if status >= 500 else "bad_value")
