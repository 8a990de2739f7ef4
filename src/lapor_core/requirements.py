"""What a submission must bring by its channel, and what it still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lapor_core.complaint import Proof
from lapor_core.errors import Missing
from lapor_core.policy.model import Policy
from lapor_core.submission import Submission

__all__ = ["missing", "without_requirements"]

_FIELD_OF_PROOF = {
    Proof.VERIFIED_EMAIL: ("email", "a verified e-mail address"),
    Proof.VERIFIED_MOBILE: ("mobile", "a verified mobile number"),
    Proof.SENDER_NUMBER: ("mobile", "the number it was sent from"),
    Proof.IDENTITY_COPY: ("identity", "a copy of an identity document"),
}


def missing(submission: Submission, policy: Policy) -> tuple[Missing, ...]:
    """Return what ``submission`` lacks under ``policy``, in the order a form would ask; empty when nothing is.

    Raises:
        NotFound: the policy has no requirements for this channel (code ``channel_without_requirements``).
    """
    requirement = policy.requirement(submission.channel, submission.kind)
    return (*_proofs(submission, requirement.proofs), *_content(submission, requirement.content))


def without_requirements(keys: Iterable[str], policy: Policy) -> tuple[str, ...]:
    """Return which of these channels the policy has no requirements for, sorted: nobody may report by them."""
    return tuple(sorted(key for key in keys if key not in policy.channels and "other" not in policy.channels))


def _proofs(submission: Submission, required: frozenset[Proof]) -> Iterator[Missing]:
    for proof in Proof:
        if proof in required - submission.proofs:
            field, text = _FIELD_OF_PROOF[proof]
            yield Missing(field=field, code=f"missing_{proof}", text=f"this channel must bring {text}")


def _content(submission: Submission, required: Iterable[str]) -> Iterator[Missing]:
    for name in required:
        value = getattr(submission, name)
        if not (value.strip() if isinstance(value, str) else value):
            yield Missing(field=name, code=f"missing_{name}", text="must not be empty")
