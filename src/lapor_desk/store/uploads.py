"""Looking at a file before it is believed: what its bytes are, whether that is allowed, and what they say beside the matter.

Allowed are the files citizens bring: photographs, PDF, office documents, short films. What a camera writes beside the picture,
the place above all, is taken out of photographs and films. A file's name decides nothing; a name that contradicts the bytes
is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import attrs

from lapor_core.complaint import Attachment
from lapor_core.errors import BadValue
from lapor_core.submission import Upload
from lapor_desk.store.films import FILMS, blanked, film_type
from lapor_desk.store.papers import paper_type
from lapor_desk.store.pictures import PICTURES, repainted

__all__ = ["ALLOWED", "LARGEST_FILE", "PreparedFile", "prepare"]

LARGEST_FILE = 20 * 2**20
"""In bytes."""

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov", "qt"),
    "video/3gpp": ("3gp",),
    "video/webm": ("webm",),
}
"""The media types that are kept, and the endings under which a file of each may come."""

_LONGEST_NAME = 100
_NOT_IN_NAMES = frozenset('<>:"|?*')


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
    name = _tidy(upload.name)
    try:
        media_type = _media_type(upload.content)
        _check_name(name, media_type)
        content = _cleaned(upload.content, media_type)
    except ValueError as error:
        endings = ", ".join(endings[0] for endings in ALLOWED.values())
        message = f"this file cannot be kept: {error}; allowed: {endings}"
        raise BadValue(message, code="file_not_allowed", field="uploads", allowed=endings) from None
    attachment = Attachment(
        digest=hashlib.sha256(content).hexdigest(),
        name=name,
        media_type=media_type,
        size=len(content),
        purpose=upload.purpose,
    )
    return PreparedFile(attachment=attachment, content=content)


def _media_type(content: bytes) -> str:
    """Return the first kind whose signature the bytes have; what stands behind it must be of that kind too."""
    for begins, kind in _SIGNATURES:
        if content.startswith(begins):
            return kind(content) if callable(kind) else kind
    if film := film_type(content):
        return film
    raise ValueError("its content is of no allowed kind")


def _riff(content: bytes) -> str:
    if content[8:12] != b"WEBP":
        raise ValueError("its content is of no allowed kind")
    return "image/webp"


def _ebml(content: bytes) -> str:
    if b"webm" not in content[:64]:  # its document type stands in the header
        raise ValueError("its content is of no allowed kind")
    return "video/webm"


_SIGNATURES: tuple[tuple[bytes, str | Callable[[bytes], str]], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"RIFF", _riff),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", paper_type),
    (b"\x1aE\xdf\xa3", _ebml),
)
"""The few that are allowed; a library that knows hundreds would only be asked for these."""


def _cleaned(content: bytes, media_type: str) -> bytes:
    if media_type in PICTURES:
        return repainted(content, media_type)
    return blanked(content) if media_type in FILMS else content


def _tidy(name: str) -> str:
    """Return the last part of a name in letters that are seen and that every system takes."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if letter.isprintable() and letter not in _NOT_IN_NAMES).strip(" .")
    stem, dot, ending = seen.rpartition(".")
    return seen if len(seen) <= _LONGEST_NAME else f"{stem[: _LONGEST_NAME - 10]}{dot}{ending[:9]}"


def _check_name(name: str, media_type: str) -> None:
    _, dot, ending = name.rpartition(".")
    if dot and ending.lower() not in ALLOWED[media_type]:
        raise ValueError(f"its name promises another kind than {media_type}, which it is")
