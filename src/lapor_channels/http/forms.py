"""Forms read as they were sent: every text is UTF-8, whatever the request says about itself.

Starlette decodes a multipart form by the ``charset`` that the request names. An invented one becomes a fault of the
server, and bytes that are no UTF-8 become Latin letters without a word.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from lapor_core.errors import BadValue

__all__ = ["form_of", "media_type_of"]


def media_type_of(request: Request) -> str:
    """Return what the request says its body is, in lower case and without parameters; empty when it says nothing."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


@asynccontextmanager
async def form_of(request: Request, *, max_files: int = 0) -> AsyncIterator[FormData]:
    """Give the form that was sent; its files are closed at the end.

    Args:
        request: A form of either kind; anything else is an empty form.
        max_files: The most files; more of them make the form unreadable, so name more than a field takes.

    Raises:
        BadValue: A text is not UTF-8 (code ``bad_form``); ``params["field"]`` names the field.
        HTTPException: The form cannot be read (400), or is too large (413).
    """
    if media_type_of(request) != "multipart/form-data":
        async with request.form(max_files=max_files) as form:
            yield form
        return
    async with _byte_by_byte(request).form(max_files=max_files) as form:
        yield FormData([_decoded(name, value) for name, value in form.multi_items()])


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
