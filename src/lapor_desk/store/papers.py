"""Office documents: zip archives that say what they are, bring no macros, and do not unfold without end."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection

__all__ = ["MOST_ENTRIES", "MOST_UNFOLDED", "PAPERS", "paper_type"]

MOST_ENTRIES = 5_000
MOST_UNFOLDED = 256 * 2**20
"""In bytes: what all entries of a document may come to."""

_OOXML = "application/vnd.openxmlformats-officedocument."
_PARTS = {
    "word/document.xml": f"{_OOXML}wordprocessingml.document",
    "xl/workbook.xml": f"{_OOXML}spreadsheetml.sheet",
}
_DECLARED = frozenset({"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"})
PAPERS = frozenset({*_PARTS.values(), *_DECLARED})
"""The media types this module knows."""

_ENTRY = b"PK\x01\x02"
_LONGEST_READ = 2**20


def paper_type(content: bytes) -> str:
    """Return the media type of an office document.

    Raises:
        ValueError: it is none that is known, or one with macros, or a bomb; the message says which.
    """
    if content.count(_ENTRY) > MOST_ENTRIES:  # before anything is built of them
        raise ValueError(f"it is an archive of more than {MOST_ENTRIES} entries")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            types, mimetype = (_read(archive, name) for name in ("[Content_Types].xml", "mimetype"))
    except Exception:  # noqa: BLE001 - zipfile and zlib raise whatever hostile bytes lead them to
        raise ValueError("it cannot be read as a document") from None
    _check_size(entries, len(content))
    names = frozenset(entry.filename for entry in entries)
    if _has_macros(names, types):
        raise ValueError("it brings macros")
    if mimetype.decode("latin-1") in _DECLARED:
        return mimetype.decode("latin-1")
    for part, media_type in _PARTS.items():
        if part in names and types:
            return media_type
    raise ValueError("it is an archive of no allowed kind")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return an entry, or nothing when there is none; only methods that can be stopped half-way are read at all."""
    if name not in archive.NameToInfo:
        return b""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(name)
    with archive.open(name) as entry:
        return entry.read(_LONGEST_READ)


def _check_size(entries: Collection[zipfile.ZipInfo], size: int) -> None:
    unfolded = sum(entry.file_size for entry in entries)
    overlap = sum(entry.compress_size for entry in entries) > size  # one portion of bytes, unfolded again and again
    if unfolded > MOST_UNFOLDED or overlap:
        raise ValueError(f"it unfolds to more than {MOST_UNFOLDED} bytes")


def _has_macros(names: frozenset[str], types: bytes) -> bool:
    lower = [name.lower() for name in names]
    stored = any(name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/")) for name in lower)
    return stored or b"vbaproject" in types.lower() or b"macroenabled" in types.lower()
