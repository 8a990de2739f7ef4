"""The files that come with one message: how many, and each looked at before it is believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lapor_core.complaint import Attachment
from lapor_core.errors import BadValue, require_type
from lapor_core.submission import Upload
from lapor_desk.store import PreparedFile, prepare

__all__ = ["MOST_FILES", "attachments_of", "prepared"]

MOST_FILES = 20
"""How many files one message may carry, whichever channel brings it."""


def prepared(uploads: Sequence[Upload]) -> tuple[PreparedFile, ...]:
    """Return files as they may be stored.

    Raises:
        BadValue: there are too many (``too_many_files``), or one cannot be taken: ``params["place"]`` says which, counted
            from 1.
        BadType: they are no files (``wrong_type``).
    """
    require_type(uploads, Sequence, "uploads")
    for upload in uploads:
        require_type(upload, Upload, "each of uploads")
    if len(uploads) > MOST_FILES:
        message = f"at most {MOST_FILES} files may come with one message, not {len(uploads)}"
        raise BadValue(message, code="too_many_files", field="uploads", limit=MOST_FILES)
    return tuple(_prepared(upload, place) for place, upload in enumerate(uploads, 1))


def _prepared(upload: Upload, place: int) -> PreparedFile:
    try:
        return prepare(upload)
    except BadValue as error:
        raise BadValue(f"file {place}: {error}", code=error.code, **error.params | {"place": place}) from None


def attachments_of(files: Iterable[PreparedFile]) -> tuple[Attachment, ...]:
    """Return what a record says of stored files."""
    return tuple(file.attachment for file in files)
