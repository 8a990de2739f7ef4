"""Why an answer of the calendar may still change, in the words of those who read it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

__all__ = ["Doubt", "doubt"]


@attrs.frozen
class Doubt:
    """One reason why an answer is provisional; ``str()`` is the English sentence.

    Attributes:
        code: A stable name: ``no_decree``, ``no_keppres``, ``uncertain_days`` or ``no_ramadan``.
        id: The sentence in Indonesian.
        en: The sentence in English.
    """

    code: str
    id: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the sentence in ``language``; Indonesian for any other than ``en``."""
        return self.en if language == "en" else self.id

    def __str__(self) -> str:
        return self.en


_SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "no_decree": (
            "belum ada keputusan tentang hari libur {year}; hari-harinya menurut python-holidays {version}, dan cuti bersama mungkin belum termasuk",
            "no decree on the holidays of {year} is loaded or known; the days are those of python-holidays {version}, and collective leave may be missing",
        ),
        "no_keppres": (
            "belum ada Keppres tentang cuti bersama pegawai ASN {year}; dipakai hari-hari menurut SKB",
            "no Keppres on the collective leave of civil servants in {year} is loaded or known; the SKB's days are used",
        ),
        "uncertain_days": (
            "hari-hari dalam {decree} belum pasti",
            "the days of {decree} are not certain",
        ),
        "no_ramadan": (
            "awal dan akhir Ramadan {year} belum ada dalam data; dipakai jam kerja biasa",
            "when Ramadan of {year} falls is not in the data; ordinary hours are used",
        ),
    }
)


def doubt(code: str, **values: object) -> Doubt:
    """Return the reason called ``code``, with its values in place."""
    indonesian, english = _SENTENCES[code]
    return Doubt(code, indonesian.format(**values), english.format(**values))
