"""What somebody wrote before their session had ended: carried through the pages where one signs in, by the forms themselves.

Nothing of it is stored and nothing stands in a URL. Files cannot be carried; no browser sends them twice by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import FormData

from lapor_channels.http import text_of
from lapor_channels.http.drafts import REPORT

__all__ = ["kept_in"]

_FIELDS = (*REPORT, "form")
_PREFIX = "kept-"


def kept_in(form: FormData) -> Mapping[str, str]:
    """Return the fields of a report that a form carries under the names ``kept-...``; empty where it carries none."""
    found = {name: text_of(form, f"{_PREFIX}{name}") for name in _FIELDS}
    return found if any(found.values()) else {}
