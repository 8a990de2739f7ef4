"""Bodies in JSON, read strictly: UTF-8, each key once, nothing that other readers understand otherwise."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from starlette.requests import Request

from lapor_channels.http.apps import MEGABYTE
from lapor_channels.http.requests import has_half_characters
from lapor_core.errors import BadValue
from lapor_core.structure import from_json

__all__ = ["body_of", "read_json"]

T = TypeVar("T")

# More than any body of ours has: to be told what is near a wrong key takes time for each of them.
MOST_KEYS = 64
LONGEST_KEY = 64


async def body_of(request: Request, limit: int = MEGABYTE) -> bytes:
    """Return the body of a request, of at most ``limit`` bytes.

    Raises:
        BadValue: code ``too_large``; the rest is not read.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BadValue(f"the body is larger than {limit} bytes", code="too_large", limit=limit)
    return bytes(body)


def read_json(data: bytes, cls: type[T], name: str = "body") -> T:
    """Return the object in ``data`` as a value of the attrs class ``cls``.

    Raises:
        BadValue: code ``bad_json``, naming every faulty key, or ``name`` where the whole is at fault: not UTF-8, not
            JSON, not an object, nested too deeply, a key given twice or not known, a value of another type, ``NaN``, half
            a character (a lone surrogate).
    """
    document = _parsed(data, name)
    if not isinstance(document, dict):
        raise _bad(f"{name}: must be an object")
    return from_json(document, cls)


def _parsed(data: bytes, name: str) -> Any:
    # Without a cause: the causes hold what was sent.
    try:
        return json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_no_number)
    except _NotStrictError as error:
        raise _bad(f"{error.key or name}: {error}") from None
    except UnicodeDecodeError:
        raise _bad(f"{name}: is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _bad(f"{name}: is not JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _bad(f"{name}: is nested too deeply") from None
    except ValueError:
        raise _bad(f"{name}: has a number of too many digits") from None


class _NotStrictError(Exception):
    """What JSON allows and we do not; ``key`` is empty where the whole is at fault."""

    def __init__(self, problem: str, key: str = "") -> None:
        super().__init__(problem)
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_KEYS or any(len(key) > LONGEST_KEY for key, _ in pairs):
        raise _NotStrictError(f"at most {MOST_KEYS} keys of at most {LONGEST_KEY} characters")
    found: dict[str, Any] = {}
    for key, value in pairs:
        if has_half_characters(key):
            raise _NotStrictError("a key has half a character (a lone surrogate)")
        if key in found:
            raise _NotStrictError("is given twice", key)
        if _is_halved(value):
            raise _NotStrictError("has half a character (a lone surrogate)", key)
        found[key] = value
    return found


def _is_halved(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_is_halved, value))
    return isinstance(value, str) and has_half_characters(value)


def _no_number(name: str) -> NoReturn:
    raise _NotStrictError(f"{name} is no number of JSON")


def _bad(problem: str) -> BadValue:
    return BadValue(problem, code="bad_json", problems=(problem,))
