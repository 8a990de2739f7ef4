"""Where attachments may lie that is no folder: a bucket of S3, or of anything that speaks as S3 does."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import attrs

from lapor_core.errors import BadValue

__all__ = ["S3", "Access", "S3Place", "s3_place"]

S3 = "s3://"
"""How the place of files begins that is a bucket."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_.=-]+/)*[A-Za-z0-9_.=-]+")


@attrs.frozen(kw_only=True)
class Access:
    """How a service of S3 is reached: the table ``[s3]`` of ``lapor.toml``.

    Attributes:
        endpoint: Where the service answers, such as ``https://s3.example.id``; buckets are named in the path.
        access_key_id: The name of the key, as the service gave it.
        secret_access_key: The key itself.
        region: Requests are signed for it; a service of one's own mostly keeps to the default.
    """

    endpoint: str
    access_key_id: str = attrs.field(repr=False)
    secret_access_key: str = attrs.field(repr=False)
    region: str = "us-east-1"


@attrs.frozen(kw_only=True)
class S3Place:
    """A place in a bucket.

    Attributes:
        prefix: What the names of all files begin with, without a slash at its ends; nothing for the whole bucket.
    """

    bucket: str
    prefix: str = ""
    access: Access

    def __str__(self) -> str:
        return f"{S3}{self.bucket}{'/' if self.prefix else ''}{self.prefix}"


def s3_place(url: str, access: Access) -> S3Place:
    """Return the place that ``s3://bucket/prefix`` names.

    Raises:
        BadValue: the bucket or the prefix cannot be one (``bad_bucket``), or the endpoint is no address of a server
            (``bad_endpoint``).
    """
    bucket, _, prefix = url.removeprefix(S3).partition("/")
    prefix = prefix.removesuffix("/")
    if not _BUCKET.fullmatch(bucket):
        message = f'"{bucket}": not a bucket; a bucket has 3 to 63 lower-case letters, digits, "." and "-"'
        raise BadValue(message, code="bad_bucket")
    if prefix and (not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/"))):
        message = f'"{prefix}": names in a bucket may have letters, digits, "_", ".", "=", "-" and "/" between them'
        raise BadValue(message, code="bad_bucket")
    if not _is_endpoint(access.endpoint):
        raise BadValue("the endpoint must be like https://s3.example.id", code="bad_endpoint")
    return S3Place(bucket=bucket, prefix=prefix, access=access)


def _is_endpoint(text: str) -> bool:
    """Whatever else an address may hold, a password say, has no place in an endpoint, and is not repeated."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and port != 0
