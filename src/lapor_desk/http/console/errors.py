"""What an officer is told of an error, and with which status."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException

from lapor_core.errors import BadValue, FactsNeeded, Incomplete, LaporError, NotFound, OutOfReach, Refused
from lapor_core.texts import error_text
from lapor_desk.http.texts import catalog

__all__ = ["message_of", "status_of"]

_BY_CODE: Mapping[str, int] = {
    "other_origin": 403,
    "not_permitted": 403,
    "erased": 410,
    "file_too_large": 413,
    "too_many_tries": 429,
    "wrong_login": 422,
    "wrong_password": 422,
    "report_busy": 503,
    "store_busy": 503,
    "store_down": 503,
}
_BY_CLASS: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (FactsNeeded, 422),
    (Incomplete, 422),
    (OutOfReach, 422),
    (Refused, 409),
    (BadValue, 422),
)
_CODE_OF = {
    400: "bad_form",
    401: "sign_in_needed",
    404: "not_found",
    405: "not_found",
    413: "file_too_large",
    415: "bad_form",
    429: "too_many_requests",
}


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error; 500 for what is a fault of ours."""
    if isinstance(error, HTTPException):
        return error.status_code
    by_code = _BY_CODE.get(error.code) if isinstance(error, LaporError) else None
    return by_code or next((status for kind, status in _BY_CLASS if isinstance(error, kind)), 500)


def message_of(error: Exception, language: str) -> str:
    """Return the sentence for an error: the console's own, else the one that citizens read too."""
    own = catalog(language)["problem"]
    if isinstance(error, HTTPException):
        seconds = (error.headers or {}).get("Retry-After", "")
        return own[_CODE_OF.get(error.status_code, "internal")].format(seconds=seconds)
    if not isinstance(error, LaporError):
        return own["internal"]
    return own.get(error.code) or error_text(error, language)
