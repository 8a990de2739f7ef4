"""Films from telephones: what they say beside pictures and sound, the place above all, is blanked out.

MP4, QuickTime and 3GPP files are boxes in boxes (ISO/IEC 14496-12). A box that describes is renamed to ``free`` and filled
with zeros in its place, so that no other byte moves and no index of the film has to be written anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

__all__ = ["FILMS", "blanked", "film_type"]

FILMS = frozenset({"video/3gpp", "video/mp4", "video/quicktime"})
"""The media types this module knows."""

_MP4 = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"})
_WITHIN = frozenset({b"moov", b"trak", b"moof", b"traf"})
"""Boxes whose own boxes are looked at."""
_DESCRIBING = frozenset({b"meta", b"udta", b"uuid"})
_MOST_BOXES = 10_000


@attrs.frozen
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


def film_type(content: bytes) -> str:
    """Return the media type of a film by its brand, or nothing when it is none."""
    if content[4:8] != b"ftyp":
        return ""
    brand = content[8:12]
    if brand.startswith(b"3gp"):
        return "video/3gpp"
    return "video/quicktime" if brand == b"qt  " else "video/mp4" if brand in _MP4 else ""


def blanked(content: bytes) -> bytes:
    """Return the film without what it says of itself.

    Raises:
        ValueError: it is no whole film; the message says so.
    """
    film = bytearray(content)
    for count, box in enumerate(_boxes(content)):
        if count > _MOST_BOXES:
            raise ValueError("it cannot be read as a film")
        if box.kind in _DESCRIBING:
            film[box.start + 4 : box.start + 8] = b"free"
            film[box.body : box.end] = bytes(box.end - box.body)
    return bytes(film)


def _boxes(content: bytes) -> Iterator[_Box]:
    """Yield the boxes in the order of the file; what is in a box that holds others comes right after it."""
    start = 0
    while start < len(content):
        box = _box(content, start)
        yield box
        start = box.body if box.kind in _WITHIN else box.end


def _box(content: bytes, start: int) -> _Box:
    size, kind = int.from_bytes(content[start : start + 4]), content[start + 4 : start + 8]
    header = 8
    if size == 1:  # the size did not fit, and follows
        size, header = int.from_bytes(content[start + 8 : start + 16]), 16
    elif size == 0:  # to the end
        size = len(content) - start
    if size < header or start + size > len(content):
        raise ValueError("it cannot be read as a film")
    return _Box(kind, start, start + header, start + size)
