"""What an officer had written when their session was over: shown to be copied, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from lapor_desk.http.guards import is_same_origin

__all__ = ["unsent_texts"]

_LARGEST = 2**20
"""In bytes: strangers send here too, so what is larger is not read at all."""

_SHORTEST = 20
"""In characters: shorter fields are typed again sooner than they are found."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def unsent_texts(request: Request) -> tuple[str, ...]:
    """Return the longer texts of a form that was sent from a page of ours; none of anything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    length = request.headers.get("content-length", "")
    is_read = kind in _FORMS and length.isascii() and length.isdigit() and int(length) <= _LARGEST
    if request.method != "POST" or not is_read or not is_same_origin(request.headers):
        return ()
    try:
        async with request.form(max_fields=100) as form:
            return tuple(_texts(form))
    except (HTTPException, LookupError, UnicodeError):  # it is no form that can be read
        return ()


def _texts(form: FormData) -> Iterator[str]:
    for name, value in form.multi_items():
        if isinstance(value, str) and len(value.strip()) >= _SHORTEST and name not in _NOT_TYPED:
            yield value.strip()


_NOT_TYPED = frozenset({"csrf", "form", "next", "present", "new", "again"})
"""What no officer typed, and passwords, which no page shows."""
