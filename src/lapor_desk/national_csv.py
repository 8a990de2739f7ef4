"""Complaints out of an export of the national service (SP4N-LAPOR!), as CSV with its columns; every row is answered for.

The columns are those of the open data of 2012-15: two ids per complaint, texts beside their ids, dates that may be missing, and
dates that contradict each other. What the export does not say is not made up: a complaint that is finished there is put away
here with that as its reason, and not answered by somebody who never answered it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import attrs

from lapor_core.complaint import personal
from lapor_core.errors import BadValue, NotFound
from lapor_core.standard import Standard
from lapor_desk.lines import is_utf8

__all__ = ["COLUMNS", "ZONE", "BadRow", "NationalRow", "as_cell", "read_rows"]

ZONE = "Asia/Jakarta"
"""The national service's own: of dates and times that bear none."""

COLUMNS = (
    "id",
    "TrackingID",
    "KategoriID",
    "Kategori",
    "DisposisiInstansiID",
    "DisposisiInstansi",
    "AreaID",
    "Area",
    "Status",
    "TanggalLaporanMasuk",
    "TanggalDisposisi",
    "TanggalLaporanAktivitasTerakhir",
    "TanggalLaporanDitutup",
    "JudulLaporan",
    "IsiLaporan",
)
"""The columns of the open data in their order, and then those of the two texts, which the open data leaves out."""

_MASUK, _DISPOSISI, _DITUTUP = "TanggalLaporanMasuk", "TanggalDisposisi", "TanggalLaporanDitutup"
_AKTIVITAS = "TanggalLaporanAktivitasTerakhir"
NEEDED = ("id", "TrackingID", "Status", "TanggalLaporanMasuk")
_KNOWN_STATUS = {"belum": "open", "proses": "disposed", "selesai": "closed"}
_NULLS = frozenset({"", "null", "none", "nan", "nat", "\\n", "0000-00-00", "0000-00-00 00:00:00"})
_MARK = "'"
_MARKED = ("=", "+", "-", "@", _MARK)
_FORMS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y")
_OLDEST = datetime(2011, 1, 1, tzinfo=UTC)
"""Before this the service was not there (its first form began in 2011)."""


@attrs.frozen(kw_only=True)
class BadRow:
    """A row that cannot be taken: its line in the file, and why. Nothing of the report's text is repeated."""

    line: int
    reason: str


@attrs.frozen(kw_only=True)
class NationalRow:
    """A row that can be taken.

    Attributes:
        national_id: The column ``id``.
        tracking_id: The column ``TrackingID``: what the citizen holds.
        status: ``open``, ``disposed`` or ``closed``.
        agency: Key of the agency it was disposed to.
        received_at, disposed_at, closed_at: Aware instants.
    """

    line: int
    national_id: str
    tracking_id: str
    status: str
    category: str | None
    agency: str | None
    title: str = personal(default="")
    narrative: str = personal(default="")
    place: str = personal(default="")
    received_at: datetime
    disposed_at: datetime | None
    closed_at: datetime | None


def read_rows(
    lines: Iterable[str], standard: Standard, now: datetime, zone: ZoneInfo
) -> Iterator[NationalRow | BadRow]:
    """Yield every row of the file, good or bad, in its order.

    Args:
        lines: The file's lines; columns are separated by commas, semicolons or tabs.
        standard: Whose agencies the column ``DisposisiInstansi`` may name, by name or by key.
        now: The present instant (aware): nothing happened after it.
        zone: Of instants that bear none.

    Raises:
        BadValue: a column is missing that every export has (``missing_columns``), or one stands twice
            (``repeated_columns``); or the first line names no columns (``no_header``).
    """
    numbered = iter(lines)
    header = next(numbered, "").removeprefix("\ufeff")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(numbered, delimiter=delimiter, strict=True)
    names = _names(header, delimiter)
    seen: dict[str, int] = {}
    while True:
        fields: list[str] = []
        line = reader.line_num + 2  # the header, and counting from 1
        try:
            fields = next(reader)
            if fields:
                yield _once(_row(line, _cells(names, fields), standard, now, zone), seen)
        except StopIteration:
            return
        except csv.Error as error:
            last = reader.line_num + 1  # an open quotation mark takes everything up to the next one
            yield BadRow(
                line=line, reason=f"no row of a CSV file: {error}{f', up to line {last}' if last > line else ''}"
            )
        except (BadValue, NotFound) as error:
            yield BadRow(line=line, reason=str(error))


def _names(header: str, delimiter: str) -> list[str]:
    """Return the names of the columns; what else the line says is not repeated: it may be somebody's report."""
    if not header.strip():
        raise BadValue("the file is empty: its first line names the columns", code="no_header")
    try:
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter, strict=True))]
    except csv.Error as error:
        raise BadValue(f"the first line does not name columns: {error}", code="no_header") from error
    if lacking := [name for name in NEEDED if name not in names]:
        message = f"columns are missing in the first line: {', '.join(lacking)}; needed are {', '.join(NEEDED)}"
        raise BadValue(message, code="missing_columns", columns=tuple(lacking))
    if repeated := [name for name in COLUMNS if names.count(name) > 1]:
        message = f"columns stand twice in the first line: {', '.join(repeated)}; leave one of each"
        raise BadValue(message, code="repeated_columns", columns=tuple(repeated))
    return names


def _cells(names: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    if len(fields) != len(names):
        raise _bad(f"it has {len(fields)} columns, and the header {len(names)}")
    for place, field in enumerate(fields, 1):
        if not is_utf8(field):
            raise _bad(f"column {place} is not UTF-8 text; save the file as UTF-8")
    return dict(zip(names, fields, strict=True))


def _once(row: NationalRow, seen: dict[str, int]) -> NationalRow:
    if row.tracking_id in seen:
        raise _bad(f"TrackingID {row.tracking_id} stands in line {seen[row.tracking_id]} already")
    seen[row.tracking_id] = row.line
    return row


def _row(line: int, fields: Mapping[str, str], standard: Standard, now: datetime, zone: ZoneInfo) -> NationalRow:
    received = _instant(fields, _MASUK, zone)
    if received is None:
        raise _bad("TanggalLaporanMasuk is empty: nobody can say since when it waits")
    disposed = _instant(fields, _DISPOSISI, zone)
    status = _status(fields["Status"])
    active = _instant(fields, _AKTIVITAS, zone)
    closed = _instant(fields, _DITUTUP, zone)
    ended = _DITUTUP if closed is not None or status != "closed" else _AKTIVITAS
    closed = active if ended == _AKTIVITAS else closed
    _check_order((_MASUK, received), (_DISPOSISI, disposed), (ended, closed), now)
    if status == "closed" and closed is None:
        raise _bad("Status is Selesai, and neither TanggalLaporanDitutup nor TanggalLaporanAktivitasTerakhir says when")
    if status == "disposed" and disposed is None:
        raise _bad("Status is Proses, and TanggalDisposisi is empty")
    agency = _agency(_text(fields, "DisposisiInstansi"), standard)
    if status == "disposed" and agency is None:
        raise _bad("Status is Proses, and DisposisiInstansi is empty")
    return NationalRow(
        line=line,
        national_id=_number(fields, "id"),
        tracking_id=_number(fields, "TrackingID"),
        status=status,
        category=_text(fields, "Kategori") or None,
        agency=agency,
        title=_text(fields, "JudulLaporan"),
        narrative=_text(fields, "IsiLaporan"),
        place=_text(fields, "Area"),
        received_at=received,
        disposed_at=disposed,
        closed_at=closed if status == "closed" else None,
    )


def _check_order(
    first: tuple[str, datetime],
    disposed: tuple[str, datetime | None],
    closed: tuple[str, datetime | None],
    now: datetime,
) -> None:
    if first[1] < _OLDEST:
        raise _bad(f"{first[0]} is {first[1].date().isoformat()}, before the service began")
    before, earlier = first
    for name, moment in (disposed, closed):
        if moment is None:
            continue
        if moment < earlier:
            days = (earlier - moment).total_seconds() / 86_400
            raise _bad(f"{name} lies {days:.2f} days before {before}")
        before, earlier = name, moment
    if earlier > now:
        raise _bad(f"{before} has not come yet: {earlier.date().isoformat()}")


def _instant(fields: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    text = fields.get(name, "").strip()
    if text.lower() in _NULLS:
        return None
    moment = _parsed(text)
    if moment is None:
        raise _bad(f'{name}: "{text[:40]}" is not a date')
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
    return None


def _status(text: str) -> str:
    status = _KNOWN_STATUS.get(text.strip().lower())
    if status is None:
        raise _bad(f'Status: "{text.strip()[:40]}" is not one of Belum, Proses, Selesai')
    return status


def _agency(name: str, standard: Standard) -> str | None:
    if not name:
        return None
    for agency in standard.agencies.values():
        if name.casefold() in (agency.key.casefold(), agency.name.casefold()):
            return agency.key
    message = f'DisposisiInstansi: "{name[:80]}" is not an agency of this desk; add it under [[agencies]] in lapor.toml'
    raise NotFound(message, code="unknown_agency", name=name)


def _number(fields: Mapping[str, str], name: str) -> str:
    text = fields[name].strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise _bad(f'{name}: "{text[:40]}" is not a number')
    return text


def _text(fields: Mapping[str, str], name: str) -> str:
    text = fields.get(name, "").strip()
    if text.lower() in _NULLS:
        return ""
    return text[1:] if text.startswith(_MARK) and as_cell(text[1:]) == text else text


def as_cell(text: str) -> str:
    """Return a text as it stands in a cell, without the space around it; :func:`read_rows` reads it back alike.

    A spreadsheet would run a text that begins with ``=``, ``+``, ``-`` or ``@``, and one that spells a missing value would be
    read as none: these have an apostrophe before them, and so have those that begin with one themselves. Half a character (a lone surrogate), which no
    file can hold, becomes a question mark.
    """
    plain = text.strip().encode(errors="replace").decode()
    marked = plain.startswith(_MARKED) or (plain and plain.lower() in _NULLS)
    return f"{_MARK}{plain}" if marked else plain


def _bad(reason: str) -> BadValue:
    return BadValue(reason, code="bad_row")
