"""Secrets out of the environment and out of files, filled in where a configuration points at them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lapor_core.documents import Document
from lapor_core.documents import Path as KeyPath
from lapor_core.errors import BadValue, Fault

__all__ = ["read_text", "unreadable", "with_secrets"]


def with_secrets(
    document: Document, environ: Mapping[str, str], folder: Path, faults: list[Fault]
) -> Mapping[str, Any]:
    """Return the data with each ``{ env = "NAME" }`` and ``{ file = "path" }`` replaced by what it points at.

    Faults are added to ``faults``; a secret itself is in none of them.
    """

    def fill(value: Any, at: KeyPath) -> Any:
        if isinstance(value, list):
            return [fill(element, (*at, place)) for place, element in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if not _is_secret(value):
            return {key: fill(element, (*at, key)) for key, element in value.items()}
        try:
            return _secret(value, environ, folder)
        except ValueError as error:
            faults.append(document.fault(at, str(error)))
            return ""

    data = dict(document.data)
    for key in ("database", "s3", "plugins"):
        if key in data:
            data[key] = fill(data[key], (key,))
    return data


def _is_secret(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and all(key in ("env", "file") and isinstance(value[key], str) for key in value)


def _secret(value: Mapping[str, str], environ: Mapping[str, str], folder: Path) -> str:
    if "file" in value:
        return read_text(folder / value["file"]).rstrip("\r\n")
    if not environ.get(value["env"]):
        message = f"the environment variable {value['env']} is not set"
        raise BadValue(message, code="secret_not_set", name=value["env"])
    return environ[value["env"]]


def read_text(path: Path) -> str:
    """Return what stands in a file.

    Raises:
        BadValue: it cannot be read, or is no UTF-8 text (``unreadable_file``).
    """
    try:
        return path.read_text("utf-8-sig")  # some editors put a mark before the first letter
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> BadValue:
    """Return what is said of a file that is missing, may not be read, or holds no text."""
    problem = "not UTF-8 text" if isinstance(error, UnicodeError) else f"cannot be read: {error.strerror or error}"
    return BadValue(f"{path}: {problem}", code="unreadable_file", path=str(path))
