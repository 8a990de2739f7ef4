"""Files that come in with a form: read, looked at, and refused when they are not what they say."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType

import attrs
import puremagic
from PIL import Image
from starlette.datastructures import FormData, UploadFile

from lapor_channels.http.problems import bad_fields
from lapor_core.complaint import Purpose
from lapor_core.errors import BadValue
from lapor_core.submission import Upload

__all__ = ["EVIDENCE", "IDENTITY", "UPLOADS", "FileRule", "files_in", "media_type", "require_file", "uploads_from"]

PHOTOS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
        "image/png": (".png",),
        "image/webp": (".webp",),
    }
)
PAPERS: Mapping[str, tuple[str, ...]] = MappingProxyType({"application/pdf": (".pdf",)})
FILMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"video/mp4": (".mp4", ".m4v"), "video/quicktime": (".mov",), "video/3gpp": (".3gp",), "video/webm": (".webm",)}
)
VERIFIED = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


@attrs.frozen(kw_only=True)
class FileRule:
    """Which files a field takes.

    Attributes:
        types: The media types it takes, each with the endings of names that go with it.
        limit: The largest file, in bytes.
        count: The most files.
        shown: How the types are named to people.
    """

    types: Mapping[str, tuple[str, ...]]
    limit: int
    count: int
    shown: str


EVIDENCE = FileRule(
    types=MappingProxyType({**PHOTOS, **PAPERS, **FILMS}),
    limit=20 * 1024 * 1024,
    count=10,
    shown="JPEG, PNG, WebP, PDF, MP4, MOV, 3GP, WebM",
)
"""Photo, document or video, as the service standard asks for; how large a file may be it does not say, this is ours."""

IDENTITY = FileRule(
    types=MappingProxyType({**PHOTOS, **PAPERS}), limit=10 * 1024 * 1024, count=1, shown="JPEG, PNG, WebP, PDF"
)
"""The copy of an identity card."""


UPLOADS = "uploads"
"""The field of evidence, in every form and of every error that speaks of a file."""


def files_in(form: FormData, field: str) -> list[UploadFile]:
    """Return the files of a form's field; one that was left empty is none."""
    return [part for part in form.getlist(field) if isinstance(part, UploadFile) and (part.filename or part.size)]


async def uploads_from(
    form: FormData, field: str = UPLOADS, rule: FileRule = EVIDENCE, purpose: Purpose = Purpose.EVIDENCE
) -> tuple[Upload, ...]:
    """Return the files of a form's field, each looked at; a file field left empty gives none.

    Raises:
        BadValue: code ``bad_file``, ``file_is_other``, ``too_large`` or ``too_many_files``; ``params["field"]`` names
            the field, and ``params["place"]`` which of its files, counted from 1. Of several that are wrong one error
            (``bad_fields``) holds all.
    """
    sent = files_in(form, field)
    if len(sent) > rule.count:
        message = f"{field}: at most {rule.count} files"
        raise BadValue(message, code="too_many_files", field=field, limit=rule.count)
    uploads = [Upload(name=part.filename or "", content=await part.read(), purpose=purpose) for part in sent]
    faults = [fault for place, upload in enumerate(uploads, 1) if (fault := _fault(upload, rule, field, place))]
    if faults:
        raise faults[0] if len(faults) == 1 else bad_fields(faults)
    return tuple(uploads)


def _fault(upload: Upload, rule: FileRule, field: str, place: int) -> BadValue | None:
    try:
        require_file(upload, rule, field)
    except BadValue as error:
        return BadValue(str(error), code=error.code, **error.params | {"place": place})
    return None


def require_file(upload: Upload, rule: FileRule, field: str) -> str:
    """Return the media type of a file that ``rule`` allows, found in its bytes.

    Raises:
        BadValue: It is too large (``too_large``), of a type that is not taken (``bad_file``), or its name promises
            another type than its bytes hold (``file_is_other``).
    """
    if len(upload.content) > rule.limit:
        message = f"{field}: a file may have at most {rule.limit} bytes"
        raise BadValue(message, code="too_large", field=field, limit=rule.limit)
    found = media_type(upload.content)
    if found not in rule.types:
        message = f"{field}: the file is {found or 'of an unknown type'}; allowed: {', '.join(rule.types)}"
        raise BadValue(message, code="bad_file", field=field, allowed=rule.shown)
    ending = PurePath(upload.name.replace("\\", "/")).suffix.lower()
    if ending and ending not in rule.types[found]:
        message = f"{field}: the file is {found}, and its name ends as that of another type"
        raise BadValue(message, code="file_is_other", field=field, allowed=rule.shown)
    return found


def media_type(content: bytes) -> str:
    """Return what the bytes are, by their signature and, for images, by their structure; empty when nothing fits."""
    try:
        found = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return ""
    kind = found[0].mime_type if found else ""
    return kind if kind not in VERIFIED or _is_image(content, VERIFIED[kind]) else ""


def _is_image(content: bytes, kind: str) -> bool:
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            image.verify()
    except Exception:  # noqa: BLE001 (hostile bytes make a decoder raise nearly anything; all of it means "no image")
        return False
    return True
