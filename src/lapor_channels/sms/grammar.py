"""What a citizen means by an SMS: a report, unless the message says plainly that it is something else.

Pure and total: every text means one of five things. A keyword counts only at the beginning, in any case and with any
punctuation around it, and only together with what belongs to it:

===============================  ===========================================
``STATUS kode``, ``CEK kode``    how far the report with this code has come;
                                 a code alone asks the same, and a PIN may
                                 stand behind the code
``BALAS kode teks``              an answer to the agency that asked
``LENGKAPI kode teks``           what an incomplete report lacks; where a report
                                 needs a PIN, this text or an answer begins
                                 with it
``BANTUAN``, ``HELP``            how to use the service
``LAPOR ...`` and all the rest   a report, in the citizen's own words
===============================  ===========================================

Nobody's report may be taken for a command: *Status tanah saya*, *Cek jalan RT 05*, *Lengkapi lampu jalan* and *Bantuan
sosial belum cair* are reports. A keyword and nothing else asks for help.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import attrs

from lapor_core.codes import normalise_code
from lapor_core.complaint import personal
from lapor_core.errors import BadValue
from lapor_core.pins import normalise_pin, split_pin

__all__ = ["Complete", "Help", "Meaning", "Reply", "Report", "Status", "understand"]


@attrs.frozen
class Report:
    """A report: the whole message, keyword included."""

    text: str = personal()


@attrs.frozen
class Status:
    """The citizen asks for the state of a report; a mistyped code or PIN is here as it was typed."""

    code: str
    pin: str = personal(default="")


@attrs.frozen
class Reply:
    """The citizen answers the agency; a mistyped code is here as it was typed, and the text may be empty.

    Whether the text begins with a PIN or with a word of nine letters, only the desk can tell.
    """

    code: str
    text: str = personal()


@attrs.frozen
class Complete:
    """The citizen brings what a report lacks; a mistyped code is here as it was typed, and the text may be empty."""

    code: str
    text: str = personal()


@attrs.frozen
class Help:
    """The citizen asks how the service is used."""


Meaning: TypeAlias = Report | Status | Reply | Complete | Help

# Possessive (+ after a quantifier): what separates is never given back, so no message takes long to understand.
_KEYWORD_ALONE = re.compile(
    r"[\W_]*+(?:lapor|bantuan|help|(?:status|cek|balas|lengkapi)[\W_]*+(?:(?:kode|laporan)[\W_]*+)*+)[\W_]*+",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"""[\W_]*+(?:(?P<keyword>status|cek|balas|lengkapi)[\W_]*+)?
        (?:(?:kode|laporan)[\W_]++)*+                       # "STATUS kode ...", as the instructions say it
        (?P<code>[0-9a-z]{4}[\W_]{0,3}[0-9a-z]{4}[\W_]{0,3}[0-9a-z]{3}   # in the groups in which a code is given out
                |[0-9a-z]+(?:-[0-9a-z]+)*)(?![^\W_])                      # or with a letter too many or too few
        [\W_]*+(?P<rest>.*+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_WITH_TEXT: Mapping[str, type[Reply | Complete]] = MappingProxyType({"balas": Reply, "lengkapi": Complete})
_NEARLY_A_CODE = range(10, 13)
"""The lengths of a code from which a letter is missing, or that has one too many."""


def understand(text: str) -> Meaning:
    """Return what a message means; in doubt it is a report."""
    if _KEYWORD_ALONE.fullmatch(text):
        return Help()
    found = _COMMAND.fullmatch(text)
    if found is None:
        return Report(text)
    keyword, rest = (found["keyword"] or "").casefold(), found["rest"].strip()
    pin, behind = split_pin(rest)
    nothing_else = not rest or (not behind and _is_pin(pin))
    code = _code(found["code"], expected=keyword in _WITH_TEXT or (keyword != "" and nothing_else))
    if code is None or not (keyword or nothing_else):
        return Report(text)
    return _WITH_TEXT[keyword](code, rest) if keyword in _WITH_TEXT else Status(code, pin)


def _is_pin(typed: str) -> bool:
    try:
        return bool(normalise_pin(typed))
    except BadValue:
        return False


def _code(typed: str, *, expected: bool) -> str | None:
    """Return the code that was meant, or None when ``typed`` is more likely a word or a telephone number.

    One word in 32 of a code's length passes for a code. So what is not of letters and digits both, or has a slip, is a code
    only where one is ``expected``: a keyword stands before it, and there is no report behind it that could be lost.
    """
    plain = re.sub(r"[\W_]", "", typed)
    mixed = not plain.isalpha() and not plain.isdigit()
    try:
        code = normalise_code(plain)
    except BadValue:
        return plain if expected and mixed and len(plain) in _NEARLY_A_CODE else None
    return code if expected or mixed else None
