"""How alike two complaints are, and by which signs: what an officer is shown who may know of one matter twice.

Nothing is decided here. A human merges (:mod:`lapor_core.merging`), or says that two complaints are not about the same.
"""

from lapor_core.likeness.comparing import Likeness, Matter, Sign, Trait, likeness, matter_of
from lapor_core.likeness.measure import Measure, shipped_measure
from lapor_core.likeness.sketching import sketch
from lapor_core.likeness.words import words_in

__all__ = [
    "Likeness",
    "Matter",
    "Measure",
    "Sign",
    "Trait",
    "likeness",
    "matter_of",
    "shipped_measure",
    "sketch",
    "words_in",
]
