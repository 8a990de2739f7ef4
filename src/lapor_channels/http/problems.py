"""Errors of the library as answers: a status, a stable code, a sentence in the citizen's language, the fields at fault."""

from __future__ import annotations

from collections.abc import Iterator

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

__all__ = ["Problem", "problem_of", "problem_response"]

BY_CODE = {
    "sign_in_needed": 401,
    "bad_secret": 401,
    "not_allowed": 403,
    "other_origin": 403,
    "too_large": 413,
    "bad_file": 422,
    "file_is_other": 422,
    "key_needed": 428,
    "too_many_tries": 429,
    "too_many_requests": 429,
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


def problem_of(error: LaporError | HTTPException, language: str = "id") -> Problem:
    """Return ``error`` as an answer in ``language``; an unknown kind of error is a 500 without details."""
    if isinstance(error, HTTPException):
        code = code_of_status(error.status_code)
        return Problem(status=error.status_code, code=code, message=error_text(code, language))
    status = BY_CODE.get(error.code) or next((status for kind, status in BY_CLASS if isinstance(error, kind)), 500)
    message = error_text(error.code, language, **error.params)
    return Problem(status=status, code=error.code, message=message, fields=tuple(_fields(error, language)))


def problem_response(error: LaporError | HTTPException, language: str = "id") -> JSONResponse:
    """Return ``error`` as JSON: ``{"error": {"code", "message", "fields": [{"field", "code", "text"}]}}``."""
    problem = problem_of(error, language)
    fields = [attrs.asdict(piece) for piece in problem.fields]
    body = {"error": {"code": problem.code, "message": problem.message, "fields": fields}}
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}
    return JSONResponse(body, problem.status, headers)


def _fields(error: LaporError, language: str) -> Iterator[Missing]:
    if isinstance(error, Incomplete):
        for piece in error.missing:
            yield attrs.evolve(piece, text=field_text(piece, language))
    elif error.code == "bad_json":
        for problem in error.params.get("problems", ()):
            field, _, text = problem.partition(": ")
            yield Missing(field=field, code="bad_json", text=text or problem)
    elif field := error.params.get("field"):
        yield Missing(field=field, code=error.code, text=error_text(error.code, language, **error.params))
