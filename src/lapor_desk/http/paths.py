"""Relative ways between pages: nothing here knows under which address or prefix the desk is reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

__all__ = ["SITE_ROOT", "here", "safe_next", "way_home"]

SITE_ROOT = "lapor.root"
"""Key of the ASGI scope of a mounted application: the root under which all of them stand."""

_OWN_PAGE = re.compile(r"/(?!/)[A-Za-z0-9._~/?=&%:+,;@!$'()*-]*")


def way_home(scope: Mapping[str, Any]) -> str:
    """Return the relative way from a page to the root of the site, with a slash at its end."""
    return "../" * (_on_site(scope).count("/") - 1) or "./"


def here(scope: Mapping[str, Any]) -> str:
    """Return the page that was asked for, from the site's root on, with its query, as a URL has it."""
    query = scope.get("query_string", b"").decode("latin-1")
    return quote(_on_site(scope)) + (f"?{query}" if query else "")


def safe_next(wished: str, otherwise: str) -> str:
    """Return ``wished`` when it is a page of this site, as :func:`here` gives it; else ``otherwise``."""
    return wished if _OWN_PAGE.fullmatch(wished) else otherwise


def _on_site(scope: Mapping[str, Any]) -> str:
    root = str(scope.get(SITE_ROOT, scope.get("root_path", ""))).rstrip("/")
    return str(scope["path"]).removeprefix(root) or "/"
