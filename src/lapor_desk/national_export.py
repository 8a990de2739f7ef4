"""Complaints as CSV with the columns of the national service's export, as :mod:`lapor_desk.national_csv` reads it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError
from lapor_core.lifecycle import State
from lapor_core.standard import Standard
from lapor_desk.exporting import Written
from lapor_desk.national_csv import COLUMNS, ZONE, as_cell
from lapor_desk.nationals import INTERNAL, TRACKING
from lapor_desk.store import Store

__all__ = ["national_row", "write_rows"]

_FINISHED = frozenset({State.CLOSED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN, State.ERASED})
_ZONE = ZoneInfo(ZONE)
_BATCH = 200


def write_rows(store: Store, out: TextIO, standard: Standard, *, with_texts: bool = False) -> Iterator[Written]:
    """Write a row of every complaint, and yield what became of each; one that cannot be read has no row.

    Args:
        store: Where they are.
        out: Where to; opened without translation of line ends. Only its owner should be able to read it.
        standard: Whose agencies are written by name; one that it does not know is written by key.
        with_texts: Whether title, narrative and place go out too.
    """
    writer = csv.DictWriter(out, COLUMNS, restval="")  # ends lines as RFC 4180 does, so that both marks are quoted
    writer.writeheader()
    for ids in store.batches(_BATCH):
        with store.reading() as tx:
            loaded = tuple(tx.load_each(ids))
        for complaint_id, complaint in loaded:
            if isinstance(complaint, LaporError):
                yield Written(complaint=complaint_id, problem=str(complaint))
            else:
                writer.writerow(national_row(complaint, standard, with_texts=with_texts))
                yield Written(complaint=complaint_id)


def national_row(complaint: Complaint, standard: Standard, *, with_texts: bool = False) -> dict[str, str]:
    """Return the cells of a complaint by their columns.

    What never happened is empty, and dates stand as the record has them, also where they contradict each other. Times are
    those of Asia/Jakarta, to the second.
    """
    row = {
        "id": complaint.external_ids.get(INTERNAL, ""),
        "TrackingID": complaint.external_ids.get(TRACKING, ""),
        "Kategori": as_cell(complaint.facts.category or ""),
        "DisposisiInstansi": as_cell(_agency(complaint, standard)),
        "Status": _status(complaint),
        "TanggalLaporanMasuk": _date(complaint.received_at),
        "TanggalDisposisi": _date(_disposed_at(complaint)),
        "TanggalLaporanAktivitasTerakhir": _date(complaint.reached_at),
        "TanggalLaporanDitutup": _date(_finished_at(complaint)),
    }
    texts = {"Area": complaint.place, "JudulLaporan": complaint.title, "IsiLaporan": complaint.narrative}
    return row | {name: as_cell(text) for name, text in texts.items() if with_texts}


def _status(complaint: Complaint) -> str:
    """One that was merged is as far as it came itself, until the answer that it waits for is its own."""
    if complaint.state in _FINISHED:
        return "Selesai"
    return "Proses" if complaint.agencies or complaint.answers else "Belum"


def _agency(complaint: Complaint, standard: Standard) -> str:
    """The shape has room for one: the first of several."""
    if not complaint.agencies:
        return ""
    key = complaint.agencies[0]
    return standard.agencies[key].name if key in standard.agencies else key


def _disposed_at(complaint: Complaint) -> datetime | None:
    """The last time, for the agency is that one."""
    return next((visit.since for visit in reversed(complaint.visits) if visit.state is State.DISPOSED), None)


def _finished_at(complaint: Complaint) -> datetime | None:
    """An end that follows another one, as an erasure that of a closed report, is not the one that counts."""
    finished = None
    for visit in complaint.visits:
        finished = (finished or visit.since) if visit.state in _FINISHED else None
    return finished


def _date(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S")
