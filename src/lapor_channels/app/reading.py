"""What an app sends: an object in JSON, alone or as one part of a form whose other parts are files."""

from __future__ import annotations

from typing import TypeVar

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from lapor_channels.http.apps import MEGABYTE
from lapor_channels.http.bodies import body_of, read_json
from lapor_channels.http.files import FileRule, uploads_from
from lapor_channels.http.forms import form_of, media_type_of
from lapor_core.errors import BadValue
from lapor_core.submission import Upload

__all__ = ["receive", "receive_with_files"]

T = TypeVar("T")

JSON = "application/json"
MULTIPART = "multipart/form-data"
UPLOADS = "uploads"
MOST_PARTS = 100  # more than any setting allows, so that a file too many is told at its field


async def receive(request: Request, cls: type[T]) -> T:
    """Return the JSON body of a request as a value of ``cls``.

    Raises:
        BadValue: code ``bad_media_type``, ``too_large`` (beyond a megabyte) or ``bad_json``, which names the keys.
    """
    if media_type_of(request) != JSON:
        raise _other_type(JSON)
    return read_json(await body_of(request), cls)


async def receive_with_files(request: Request, cls: type[T], part: str, rule: FileRule) -> tuple[T, tuple[Upload, ...]]:
    """Return what was written as a value of ``cls``, and the files that came with it.

    Args:
        request: JSON, or a form with the JSON in the part called ``part`` and the files in parts called ``uploads``.
        cls: An attrs class.
        part: The name of the part.
        rule: Which files are taken.

    Raises:
        BadValue: as :func:`receive` does; also code ``bad_form``, naming the part, and the codes of
            :func:`~lapor_channels.http.files.uploads_from`.
    """
    if media_type_of(request) != MULTIPART:
        if media_type_of(request) != JSON:
            raise _other_type(f"{JSON}, {MULTIPART}")
        return await receive(request, cls), ()
    async with form_of(request, max_files=MOST_PARTS) as form:
        _check_parts(form, part)
        written = read_json(await _bytes_of(form, part), cls, part)
        return written, await uploads_from(form, UPLOADS, rule)


def _check_parts(form: FormData, part: str) -> None:
    for name in form:
        if name not in {part, UPLOADS}:
            message = f"{name}: not a part of this form"
            raise BadValue(message, code="bad_form", field=name, allowed=(part, UPLOADS))
    if len(form.getlist(part)) != 1:
        message = f"{part}: the form must have one such part, not {len(form.getlist(part))}"
        raise BadValue(message, code="bad_form", field=part)
    if any(value and isinstance(value, str) for value in form.getlist(UPLOADS)):
        raise BadValue(f"{UPLOADS}: a part must be a file, with its name", code="bad_form", field=UPLOADS)


async def _bytes_of(form: FormData, part: str) -> bytes:
    value = form[part]
    size = value.size or 0 if isinstance(value, UploadFile) else len(value.encode())
    if size > MEGABYTE:
        raise BadValue(f"{part}: larger than {MEGABYTE} bytes", code="too_large", field=part, limit=MEGABYTE)
    return await value.read() if isinstance(value, UploadFile) else value.encode()


def _other_type(accepted: str) -> BadValue:
    return BadValue(f"the body must be {accepted}", code="bad_media_type", allowed=accepted)
