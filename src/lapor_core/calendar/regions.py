"""Regions as slug paths: ``kalimantan-selatan``, ``kalimantan-selatan/banjarbaru``, and whom a scope binds."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from importlib import resources

import attrs

from lapor_core.documents import read_document
from lapor_core.errors import BadValue, NotFound, did_you_mean
from lapor_core.structure import structure

__all__ = ["NATIONAL", "Region", "binds", "regions", "resolve_region"]

NATIONAL = "national"

_PATH = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*){0,2}")


@attrs.frozen(kw_only=True)
class Region:
    """A province, or a regency or city with decrees of its own; ``zone`` follows Keppres 41/1987."""

    slug: str
    name: str
    zone: str


@attrs.frozen(kw_only=True)
class _File:
    regions: tuple[Region, ...]


@functools.cache
def regions() -> tuple[Region, ...]:
    """Return the 38 provinces (since Law 29/2022) and the regencies and cities that our decree files mention."""
    text = (resources.files("lapor_core.calendar") / "data" / "regions.toml").read_text(encoding="utf-8")
    document = read_document(text, "regions.toml")
    return structure(document, _File, document.data).regions


def binds(scope: str, region: str | None) -> bool:
    """Tell whether a decree of this scope binds an office in ``region`` (``None``: national days only)."""
    return scope == NATIONAL or (region is not None and (region == scope or region.startswith(scope + "/")))


def resolve_region(given: str, scopes: Iterable[str] = ()) -> str:
    """Return the full path of a region given as a path, or as the last part of a path that is known.

    A city or unit that no decree has mentioned is accepted under a known province: it keeps its wider scopes' days.

    Args:
        given: ``"kalimantan-selatan/banjarbaru"`` or ``"banjarbaru"``.
        scopes: The paths that the decrees at hand mention.

    Raises:
        BadValue: not a slug path, or a last part that several paths share (codes ``bad_region``, ``ambiguous_region``).
        NotFound: code ``unknown_region``.
    """
    if not isinstance(given, str) or not _PATH.fullmatch(given):
        message = f"region {given!r} is not a path of slugs, for example kalimantan-selatan/banjarbaru"
        raise BadValue(message, code="bad_region", value=str(given))
    known = {region.slug for region in regions()} | {scope for scope in scopes if scope != NATIONAL}
    if given in known or given.partition("/")[0] in known:
        return given
    found = sorted(path for path in known if path.endswith("/" + given))
    if len(found) > 1:
        message = f'region "{given}" may be any of {", ".join(found)}; give the whole path'
        raise BadValue(message, code="ambiguous_region", value=given, allowed=tuple(found))
    if not found:
        raise _unknown(given, known)
    return found[0]


def _unknown(given: str, known: set[str]) -> NotFound:
    names = sorted({*known, *(path.rpartition("/")[2] for path in known)})
    return NotFound(f'region "{given}" is not known; {did_you_mean(given, names)}', code="unknown_region", value=given)
