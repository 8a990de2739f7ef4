"""Forms as they are read: from our own pages, in UTF-8, and with clean texts."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from lapor_core.errors import Refused
from lapor_core.submission import Upload
from lapor_desk.http.guards import is_same_origin
from lapor_desk.message_files import MOST_FILES

__all__ = ["files_of", "number_of", "request_form", "require_same_origin", "text_of", "uploads_of", "version_of"]


def require_same_origin(request: Request) -> None:
    """Refuse a form that another site makes a browser send.

    Raises:
        Refused: code ``other_origin``.
    """
    if not is_same_origin(request.headers):
        raise Refused("the form was sent from another site", code="other_origin")


@asynccontextmanager
async def request_form(request: Request) -> AsyncIterator[FormData]:
    """Give the form that was sent; its files are closed at the end.

    Raises:
        HTTPException: it cannot be read (400), or is too large (413).
    """
    try:
        # One file more than may come, so that too many of them are told by the desk and not as a form out of order.
        form = await request.form(max_files=MOST_FILES + 1, max_fields=100)
    except (LookupError, UnicodeError):
        raise HTTPException(400) from None  # the request names a character set that there is not, or is not in it
    try:
        yield form
    finally:
        await form.close()


def text_of(form: FormData, name: str) -> str:
    """Return a field as it can be stored: NFC, lines ended by a line feed, no control characters; empty when it is absent."""
    value = form.get(name)
    return _clean(value) if isinstance(value, str) else ""


def version_of(form: FormData) -> int:
    """Return the version that was seen; without one nothing can be done, for nobody knows what the officer has read."""
    return number_of(form, "version")


def number_of(form: FormData, name: str) -> int:
    """Return a number that our own page sent along.

    Raises:
        HTTPException: 400 where there is none, for then it is not our page.
    """
    text = text_of(form, name)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise HTTPException(400)
    return int(text)


async def uploads_of(form: FormData, name: str) -> tuple[Upload, ...]:
    """Return the files of a field; one that was left empty gives none."""
    sent = files_of(form, name)
    return tuple([Upload(name=_clean(part.filename or ""), content=await part.read()) for part in sent])


def files_of(form: FormData, name: str) -> list[UploadFile]:
    """Return the files of a field as they were sent."""
    return [part for part in form.getlist(name) if isinstance(part, UploadFile) and (part.filename or part.size)]


def _clean(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode("utf-8")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) != "Cc")
    return unicodedata.normalize("NFC", kept).strip()
