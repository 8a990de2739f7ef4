"""What a channel must bring, as a policy file says it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from lapor_core.complaint import Kind, Proof

__all__ = ["KindRequirement", "Requirement"]


@attrs.frozen(kw_only=True)
class KindRequirement:
    """What a channel must bring for one kind of report, where that differs from the others.

    Attributes:
        proofs: The proofs of identity; those of the channel when absent.
        content: Fields that must not be empty; those of the channel when absent.
        text: The sentence of the standard.
    """

    proofs: frozenset[Proof] | None = None
    content: tuple[str, ...] | None = None
    text: str = ""


@attrs.frozen(kw_only=True)
class Requirement:
    """What a channel must bring.

    Attributes:
        proofs: The proofs of identity it must bring, all of them.
        content: Fields of the submission that must not be empty.
        advised: Fields that are asked for, and never required.
        conditions: What is shown to whoever comes by it and not checked, as that an SMS costs the operator's tariff.
        text: The sentence of the standard.
        reading: How it is read where it can be read two ways.
        kinds: What one kind of report must bring instead.
    """

    proofs: frozenset[Proof] = frozenset()
    content: tuple[str, ...] = ("narrative",)
    advised: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    text: str = ""
    reading: str = ""
    kinds: Mapping[Kind, KindRequirement] = attrs.Factory(dict)

    def of(self, kind: Kind | None) -> Requirement:
        """Return what a report of ``kind`` must bring by this channel."""
        own = self.kinds.get(kind) if kind is not None else None
        if own is None:
            return self
        proofs = self.proofs if own.proofs is None else own.proofs
        content = self.content if own.content is None else own.content
        return attrs.evolve(self, proofs=proofs, content=content, text=own.text or self.text)
