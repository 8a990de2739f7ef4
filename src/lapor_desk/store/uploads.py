"""Looking at a file before it is believed: what its bytes are, whether that is allowed, and nothing hidden in its pixels.

Allowed are the files citizens bring: photographs, PDF, office documents, short films. Photographs are painted anew onto an
empty image, so that place, device and every other thing a camera writes beside the picture is gone. A file's name decides
nothing; a name that contradicts the bytes is refused.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePath

import attrs

from lapor_core.complaint import Attachment
from lapor_core.errors import BadValue
from lapor_core.submission import Upload

__all__ = ["ALLOWED", "LARGEST_FILE", "MOST_PIXELS", "PreparedFile", "prepare"]

LARGEST_FILE = 20 * 2**20
"""In bytes."""

MOST_PIXELS = 64_000_000
"""More than telephones take; an image that unfolds to more is taken for a bomb."""


@attrs.frozen(kw_only=True)
class PreparedFile:
    """A file that may be stored: its description, and the bytes to store."""

    attachment: Attachment
    content: bytes = attrs.field(repr=False)


def prepare(upload: Upload, *, largest: int = LARGEST_FILE) -> PreparedFile:
    """Return ``upload`` as it may be stored.

    Raises:
        BadValue: it is too large (``file_too_large``), or is not an allowed file, or not what its name says
            (``file_not_allowed``); ``params["field"]`` is ``uploads``. The file's name is not repeated.
    """
    if len(upload.content) > largest:
        message = f"a file may have at most {largest} bytes, not {len(upload.content)}"
        raise BadValue(message, code="file_too_large", field="uploads", limit=largest, size=len(upload.content))
    media_type = _media_type(upload.content)
    _check_name(upload.name, media_type)
    content = _repainted(upload.content, _IMAGES[media_type]) if media_type in _IMAGES else upload.content
    attachment = Attachment(
        digest=hashlib.sha256(content).hexdigest(),
        name=upload.name,
        media_type=media_type,
        size=len(content),
        purpose=upload.purpose,
    )
    return PreparedFile(attachment=attachment, content=content)


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ODT = "application/vnd.oasis.opendocument.text"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    _WORD: ("docx",),
    _SHEET: ("xlsx",),
    _ODT: ("odt",),
    _ODS: ("ods",),
    "video/mp4": ("mp4", "m4v"),
    "video/3gpp": ("3gp",),
    "video/webm": ("webm",),
}
"""The media types that are kept, and the endings under which a file of each may come."""

_IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_MP4_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"})
_MIMETYPE_ENTRY = 100  # bytes of it that are read


def _zip_entries(content: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, RuntimeError, OSError):
        return frozenset()


def _office(entry: str) -> Callable[[bytes], bool]:
    """An OOXML document holds ``entry`` and no macros."""

    def confirm(content: bytes) -> bool:
        entries = _zip_entries(content)
        return entry in entries and not any(name.lower().endswith("vbaproject.bin") for name in entries)

    return confirm


def _open_document(media_type: str) -> Callable[[bytes], bool]:
    """An OpenDocument file says what it is in its first entry, stored as it is, and brings no scripts."""

    def confirm(content: bytes) -> bool:
        entries = _zip_entries(content)
        if "mimetype" not in entries or any(name.startswith(("Basic/", "Scripts/")) for name in entries):
            return False
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("mimetype") as entry:
            return entry.read(_MIMETYPE_ENTRY) == media_type.encode()

    return confirm


_CONFIRM: Mapping[str, Callable[[bytes], bool]] = {
    _WORD: _office("word/document.xml"),
    _SHEET: _office("xl/workbook.xml"),
    _ODT: _open_document(_ODT),
    _ODS: _open_document(_ODS),
    "application/pdf": lambda content: content.startswith(b"%PDF-"),
    "video/mp4": lambda content: content[8:12] in _MP4_BRANDS,
    "video/3gpp": lambda content: content[8:11] == b"3gp",
}

_ZIPPED = (_WORD, _SHEET, _ODT, _ODS)
"""All of these have the signature of a zip archive: what is inside decides."""


def _media_type(content: bytes) -> str:
    candidates = [*_ZIPPED] if content.startswith(b"PK") else _signatures(content)
    for media_type in candidates:
        confirm = _CONFIRM.get(media_type)
        if media_type in ALLOWED and (confirm is None or confirm(content)):
            return media_type
    raise _not_allowed("its content is of no allowed kind")


def _signatures(content: bytes) -> list[str]:
    import puremagic

    try:
        return [match.mime_type for match in puremagic.magic_string(content)]
    except (puremagic.PureError, ValueError):  # nothing known, or empty
        return []


def _check_name(name: str, media_type: str) -> None:
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending and ending not in ALLOWED[media_type]:
        raise _not_allowed(f"its name promises another kind than {media_type}, which it is")


def _repainted(content: bytes, kind: str) -> bytes:
    """Return the picture alone: turned as it was meant to be seen, on a new image, without any metadata."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _not_allowed(f"it unfolds to more than {MOST_PIXELS} pixels")
            upright = ImageOps.exif_transpose(picture)
            seen = upright.convert(_mode(upright, kind))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _not_allowed(f"it unfolds to more than {MOST_PIXELS} pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError):  # Pillow's ways of saying that it is not whole
        raise _not_allowed("it cannot be read as the image it begins as") from None
    clean = Image.new(seen.mode, seen.size)
    clean.paste(seen)
    buffer = io.BytesIO()
    clean.save(buffer, kind, **({} if kind == "PNG" else {"quality": 90}))
    return buffer.getvalue()


def _mode(picture: object, kind: str) -> str:
    transparent = kind != "JPEG" and getattr(picture, "has_transparency_data", False)
    return "RGBA" if transparent else "RGB"


def _not_allowed(why: str) -> BadValue:
    endings = ", ".join(ending for endings in ALLOWED.values() for ending in endings[:1])
    message = f"this file cannot be kept: {why}; allowed: {endings}"
    return BadValue(message, code="file_not_allowed", field="uploads", allowed=endings)
