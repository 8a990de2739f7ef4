"""A sketch of a text: a few marks of which texts with many words in common have some in common (MinHash, in bands).

Broder, *On the resemblance and containment of documents* (1997). Of two texts whose words are alike by the Jaccard measure
``s``, at least one mark is common with a probability of ``1 - (1 - s**2)**24``: 0.90 for 0.3, and 0.06 for 0.05.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

from lapor_core.likeness.comparing import Matter

__all__ = ["sketch"]

_BANDS = 24
_ROWS = 2
"""A mark is made of two words and never of one: single words could be told by how often they occur."""

_NUMBERS = struct.Struct(f"<{_BANDS * _ROWS}Q")


def sketch(matter: Matter) -> tuple[str, ...]:
    """Return the marks of a complaint, by which others that may be alike are found; none where it says nothing.

    Whoever has a mark can try which words would give it. A host that stores marks keys them first.
    """
    place = [f"place {' '.join(sorted(matter.place))}"] if matter.place else []
    return (*_bands(matter.words), *place)


def _bands(words: Iterable[str]) -> list[str]:
    drawn = [_NUMBERS.unpack(hashlib.shake_128(word.encode()).digest(_NUMBERS.size)) for word in sorted(words)]
    if not drawn:
        return []
    least = [min(numbers) for numbers in zip(*drawn, strict=True)]
    return [f"words {band} {least[band * _ROWS]:x} {least[band * _ROWS + 1]:x}" for band in range(_BANDS)]
