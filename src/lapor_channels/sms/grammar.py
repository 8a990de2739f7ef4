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

Nobody's report may be taken for a command: *Status tanah saya*, *Cek jalan RT 05*, *Lengkapi data yang ada* and *Bantuan
sosial belum cair* are reports. A keyword and nothing else asks for help.

Behind every keyword one rule says what looks like a code: what is of letters and digits both, and also letters alone where
they stand in a code's groups, ``ABCD-EFGH-JKM``. Looking so it is a code, and where it has a slip the citizen is told, never
given another report instead. Only behind ``STATUS`` and ``CEK``, which need no words, a slip and words are a report.
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
_GROUPS = (4, 4, 3)
_SUFFIXES = frozenset({"nya", "kah", "lah", "pun", "an", "ku", "mu"})
_DASH = re.compile("[-\u2010-\u2015\u2212]")


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

    One word in 32 of a code's length passes for a code. So what does not look like one, or has a slip, is a code only where
    one is ``expected``: a keyword stands before it, and there is no report behind it that could be lost.
    """
    plain = re.sub(r"[\W_]", "", typed)
    looks_so = _is_grouped(typed) if plain.isalpha() else not plain.isdigit()
    try:
        code = normalise_code(plain)
    except BadValue:
        return plain if expected and looks_so and len(plain) in _NEARLY_A_CODE else None
    return code if expected or looks_so else None


def _is_grouped(typed: str) -> bool:
    """Tell whether letters stand in the groups of a code, one of which may have a letter too many or too few.

    With a suffix as its last group, as in *data-data-nya* and *jual-beli-kah*, it is Indonesian and no code.
    """
    groups = _DASH.split(typed.casefold())
    if len(groups) != len(_GROUPS) or groups[-1] in _SUFFIXES:
        return False
    return sum(abs(len(group) - length) for group, length in zip(groups, _GROUPS, strict=True)) <= 1
