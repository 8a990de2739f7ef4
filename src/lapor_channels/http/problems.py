"""Errors of the library as answers: a status, a stable code, a sentence in the citizen's language, the fields at fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from lapor_channels.http.texts import code_of_status, error_text, field_text
from lapor_core.errors import (
    BadType,
    BadValue,
    FactsNeeded,
    Incomplete,
    LaporError,
    Missing,
    NotFound,
    OutOfReach,
    Refused,
)

__all__ = ["OF_THE_PIN", "FieldFault", "Problem", "bad_fields", "problem_of", "problem_response"]

BY_CODE = {
    "sign_in_needed": 401,
    "bad_secret": 401,
    "not_allowed": 403,
    "other_origin": 403,
    "too_large": 413,
    "text_too_large": 413,
    "bad_media_type": 415,
    "bad_code": 422,
    "bad_pin": 422,
    "pin_needed": 403,
    "wrong_pin": 403,
    "not_the_reporter": 403,
    "bad_fields": 422,
    "bad_file": 422,
    "file_is_other": 422,
    "text_needed": 422,
    "files_needed": 422,
    "too_many_files": 422,
    "key_needed": 428,
    "too_many_tries": 429,
    "too_many_requests": 429,
    "file_not_allowed": 422,
    "file_too_large": 413,
    "store_busy": 503,
    "store_down": 503,
}
BY_CLASS: tuple[tuple[type[LaporError], int], ...] = (
    (Incomplete, 422),
    (FactsNeeded, 422),
    (NotFound, 404),
    (Refused, 409),
    (BadValue, 400),
    (BadType, 400),
    (OutOfReach, 400),
)

FIELD_OF = {
    "bad_code": "code",
    "bad_pin": "pin",
    "pin_needed": "pin",
    "text_needed": "text",
    "unknown_agency": "agency",
    "unknown_code": "code",
    "wrong_pin": "pin",
}
"""The field of an error that speaks of one field, whoever raises it."""


OF_THE_PIN = frozenset({"bad_pin", "pin_needed", "wrong_pin"})
"""Why what was asked with a code and a PIN is refused for the PIN."""


@attrs.frozen(kw_only=True)
class FieldFault(Missing):
    """What is wrong with one field.

    Attributes:
        allowed: The values it takes, where they can be listed.
        place: Which of its files is wrong, counted from 1, where it has files.
    """

    allowed: tuple[str, ...] = ()
    place: int | None = None


@attrs.frozen(kw_only=True)
class Problem:
    """What went wrong, ready to be shown.

    Attributes:
        status: The HTTP status.
        code: Stable; clients may branch on it.
        message: One sentence in the language asked for.
        fields: The fields at fault, each with its own code and sentence.
    """

    status: int
    code: str
    message: str
    fields: tuple[Missing, ...] = ()

    @property
    def by_field(self) -> dict[str, str]:
        """The sentence of each field at fault, for a form that shows it beside the field."""
        texts: dict[str, str] = {}
        for piece in self.fields:
            texts.setdefault(piece.field, piece.text)
        return texts


def bad_fields(faults: Iterable[LaporError]) -> BadValue:
    """Return one error for everything that is wrong with a body; each of ``faults`` names its field in ``params``."""
    all_of_them = tuple(faults)
    return BadValue("; ".join(map(str, all_of_them)), code="bad_fields", faults=all_of_them)


def problem_of(error: LaporError | HTTPException, language: str = "id") -> Problem:
    """Return ``error`` as an answer in ``language``; an unknown kind of error is a 500 without details."""
    if isinstance(error, HTTPException):
        code = code_of_status(error.status_code)
        return Problem(status=error.status_code, code=code, message=error_text(code, language))
    status = BY_CODE.get(error.code) or next((status for kind, status in BY_CLASS if isinstance(error, kind)), 500)
    message = error_text(error.code, language, **error.params)
    return Problem(status=status, code=error.code, message=message, fields=tuple(_fields(error, language)))


def problem_response(error: LaporError | HTTPException, language: str = "id") -> JSONResponse:
    """Return ``error`` as JSON: ``{"error": {"code", "message", "fields": [{"field", "code", "text"}]}}``.

    A field whose values can be listed also has them as ``allowed``, and one of files says which as ``place``.
    """
    problem = problem_of(error, language)
    fields = [_as_json(piece) for piece in problem.fields]
    body = {"error": {"code": problem.code, "message": problem.message, "fields": fields}}
    headers = dict(getattr(error, "headers", None) or {})  # 405 says there which methods are allowed
    if "minutes" in getattr(error, "params", {}):
        headers["Retry-After"] = str(60 * error.params["minutes"])  # type: ignore[union-attr]  # only ours has parameters
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, problem.status, headers)


def _as_json(piece: Missing) -> dict[str, Any]:
    return attrs.asdict(
        piece, filter=lambda attribute, value: attribute.name not in ("allowed", "place") or bool(value)
    )


def _fields(error: LaporError, language: str) -> Iterator[Missing]:
    if isinstance(error, Incomplete):
        for piece in error.missing:
            yield attrs.evolve(piece, text=field_text(piece, language))
    elif error.code == "bad_json":
        for problem in error.params.get("problems", ()):
            field, _, text = problem.partition(": ")
            yield Missing(field=field, code="bad_json", text=text or problem)
    elif error.code == "bad_fields":
        for fault in error.params["faults"]:
            yield from _fields(fault, language)
    elif field := error.params.get("field") or FIELD_OF.get(error.code):
        allowed = error.params.get("allowed")
        text = error_text(error.code, language, **error.params)
        yield FieldFault(
            field=field,
            code=error.code,
            text=text,
            allowed=allowed if isinstance(allowed, tuple) else (),
            place=error.params.get("place"),
        )
