"""Files as they are handed out: to be kept, never to be shown by a browser among our own pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from lapor_core.plugins.contracts import Download

__all__ = ["DOWNLOAD_HEADERS", "download_response"]

DOWNLOAD_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
}
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]")


def download_response(download: Download) -> Response:
    """Return a file under its own name and as what its bytes were found to be."""
    name = download.file.name
    plain = _NOT_PLAIN.sub("-", name)  # for browsers that know only the older of the two parameters (RFC 6266)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": disposition}
    return Response(download.content, media_type=download.file.media_type, headers=headers)
