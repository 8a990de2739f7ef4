"""What a citizen reads in answer to an SMS: Indonesian, for a sender's language is not known, and within GSM's alphabet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import Receipt, Tracking
from lapor_core.texts import error_text, long_date

__all__ = [
    "PIECES",
    "SENTENCES",
    "completed",
    "faulty_completion",
    "faulty_reply",
    "faulty_status",
    "help_text",
    "lacking",
    "receipt",
    "tracking",
]

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "received": "Laporan diterima. Kode {code}.",
        "received_with_pin": "Laporan diterima. Kode {code}, PIN {pin}. Simpan keduanya; PIN tidak dikirim lagi.",
        "status": "Laporan {code}: {status}.",
        "locked": "Rincian: STATUS kode PIN.",
        "due": "Batas jawaban {due}.",
        "due_provisional": "Batas jawaban {due} (sementara).",
        "replied": "Jawaban Anda untuk laporan {code} sudah diterima.",
        "reply_empty": "Tulis jawaban Anda di belakang kode: BALAS {code} teks.",
        "reply_not_taken": "Jawaban Anda tidak tersimpan.",
        "pin_needed": "Laporan ini memakai PIN: BALAS kode PIN teks.",
        "bad_code": "Kode laporan salah ketik. Kode: 11 huruf dan angka, seperti 7KQ2-M4XW-9T3.",
        "to_report": "Untuk melapor, kirim LAPOR dan isi laporan Anda.",
        "lacking": "Laporan {code} belum lengkap: {lacking}. Kirim LENGKAPI {code} lalu keterangannya.",
        "completed": "Laporan {code} sudah lengkap.",
        "complete_empty": "Tulis keterangan di belakang kode: LENGKAPI {code} teks.",
        "complete_not_taken": "Keterangan Anda tidak tersimpan.",
        "help": "Lapor: tulis apa, di mana, kapan. Cek: STATUS kode. Jawab: BALAS kode teks atau LENGKAPI kode teks.",
    }
)
"""By key; each fits one SMS (160 characters) together with the longest code, state and date, and what is lacking."""

PIECES: Mapping[str, str] = MappingProxyType(
    {
        "missing_narrative": "kronologi",
        "missing_event_date": "tanggal kejadian (12-3-2026)",
        "missing_event_time": "jam kejadian (14:30)",
        "missing_place": "tempat kejadian",
        "missing_title": "judul",
        "missing_kind": "jenis laporan",
        "missing_agency": "nama instansi",
        "missing_category": "kategori",
        "missing_uploads": "lampiran (lewat situs)",
    }
)
"""What a report may lack, by the codes of :class:`lapor_core.errors.Missing`, as one writes it into an SMS."""

_ONE_SMS = 160
"""In characters; a longer message costs its sender the next one."""


def receipt(taken: Receipt, address: str = "") -> str:
    """Return the receipt: code and PIN, the last day for an answer once it is known, and where to track it if that fits.

    Of an incomplete report it says instead what is lacking, and how to bring it.
    """
    if taken.lacking and not taken.pin:
        return lacking(taken.code, taken.lacking)
    due = (_say("due", due=long_date(taken.due_date)),) if taken.due_date else ()
    keys = _say("received_with_pin", code=taken.code, pin=taken.pin) if taken.pin else _say("received", code=taken.code)
    said = " ".join((keys, *due))
    with_address = f"{said} {address}".rstrip()
    return with_address if len(with_address) <= _ONE_SMS else said


def lacking(code: str, pieces: Iterable[str]) -> str:
    """Return what a report lacks, by the codes of the pieces, and how to bring it; as many pieces are named as fit one SMS."""
    names = [PIECES.get(piece, piece.removeprefix("missing_")) for piece in pieces]
    whole = _say("lacking", code=code, lacking=", ".join(names))
    while len(whole) > _ONE_SMS and len(names) > 1:
        names.pop()
        whole = _say("lacking", code=code, lacking=f"{', '.join(names)}, dll")
    return whole


def completed(code: str) -> str:
    """Return that nothing is lacking any more."""
    return _say("completed", code=code)


def tracking(found: Tracking) -> str:
    """Return the state of a report, the last day for an answer, and the way further once the report is late.

    Of an incomplete report, return what is lacking.
    """
    if found.lacking:
        return lacking(found.code, found.lacking)
    due = "due_provisional" if found.provisional else "due"
    parts = [_say("status", code=found.code, status=found.status)]
    parts += [_say(due, due=long_date(found.due_date))] if found.due_date else []
    parts += [_say("locked")] if found.locked else []
    return " ".join((*parts, *found.contacts))


def help_text(fee: str, conditions: Iterable[str]) -> str:
    """Return how to report, to ask and to answer, what the service costs, and what else has to be known: an SMS's tariff."""
    return " ".join((_say("help"), *(f"{known.rstrip('.')}." for known in (fee, *conditions) if known)))


def faulty_status(error: LaporError) -> str:
    """Return why there is no state to tell, and how to report, in case the message was meant as one."""
    return f"{_why(error)} {_say('to_report')}"


def faulty_reply(error: LaporError) -> str:
    """Return why a reply was not taken, and how to write it with the PIN where that was missing."""
    why = _say("pin_needed") if error.code == "pin_needed" else _why(error)
    return _not_taken(error, why, "reply_not_taken")


def faulty_completion(error: LaporError) -> str:
    """Return why what was brought was not taken."""
    return _not_taken(error, _why(error), "complete_not_taken")


def _why(error: LaporError) -> str:
    """Return what is wrong, and how a code looks where it is the code."""
    return _say("bad_code") if error.code == "bad_code" else error_text(error)


def _not_taken(error: LaporError, why: str, key: str) -> str:
    """Whoever writes what is no code may have meant a report, and is told how to send one."""
    return " ".join((why, _say(key), *((_say("to_report"),) if error.code == "bad_code" else ())))


def _say(key: str, **params: str) -> str:
    return SENTENCES[key].format(**params)
