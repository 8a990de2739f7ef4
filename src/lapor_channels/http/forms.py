"""Forms read as they were sent: every text is UTF-8, whatever the request says about itself.

Starlette decodes a multipart form by the ``charset`` that the request names. An invented one becomes a fault of the
server, and bytes that are no UTF-8 become Latin letters without a word.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from lapor_core.errors import BadValue

__all__ = ["form_of", "media_type_of"]


def media_type_of(request: Request) -> str:
    """Return what the request says its body is, in lower case and without parameters; empty when it says nothing."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


LARGEST_TEXT = 4 * 1024 * 1024
"""In bytes, of one field: far more than any field takes, so that what is too long can be shown again to be shortened."""

_TOO_LARGE = "exceeded maximum size"
"""Of all that can be wrong with a form, Starlette says only in words which it was."""


@asynccontextmanager
async def form_of(request: Request, *, max_files: int = 0) -> AsyncIterator[FormData]:
    """Give the form that was sent; its files are closed at the end.

    Args:
        request: A form of either kind; anything else is an empty form.
        max_files: The most files; more of them make the form unreadable, so name more than a field takes.

    Raises:
        BadValue: A text is not UTF-8 (code ``bad_form``); ``params["field"]`` names the field. Or one is larger than
            :data:`LARGEST_TEXT` (``text_too_large``).
        HTTPException: The form cannot be read (400), or is too large (413).
    """
    multipart = media_type_of(request) == "multipart/form-data"
    form = await _read(_byte_by_byte(request) if multipart else request, max_files)
    try:
        yield FormData([_decoded(name, value) for name, value in form.multi_items()]) if multipart else form
    finally:
        await form.close()


async def _read(request: Request, max_files: int) -> FormData:
    try:
        return await request.form(max_files=max_files, max_part_size=LARGEST_TEXT)
    except HTTPException as error:
        if _TOO_LARGE not in error.detail:
            raise
        message = f"a text has more than {LARGEST_TEXT} bytes"
        raise BadValue(message, code="text_too_large", limit=LARGEST_TEXT) from None


def _byte_by_byte(request: Request) -> Request:
    """Return the request with Latin-1 for its character set, in which every byte survives as one letter."""
    headers = [
        (name, value + b"; charset=latin-1" if name == b"content-type" else value)
        for name, value in request.scope["headers"]
    ]
    return Request({**request.scope, "headers": headers}, request.receive)


def _decoded(name: str, value: str | UploadFile) -> tuple[str, str | UploadFile]:
    field = name.encode("latin-1", "replace").decode("utf-8", "replace")
    if isinstance(value, UploadFile):
        value.filename = (value.filename or "").encode("latin-1", "replace").decode("utf-8", "replace")
        return field, value
    try:
        return field, value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        message = f"{field}: the text is not UTF-8"
        raise BadValue(message, code="bad_form", field=field) from None
