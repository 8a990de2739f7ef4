"""Whether a service standard can be judged by: each complaint has a tier or a question, each tier a deadline that explains itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lapor_core.complaint import Facts
from lapor_core.errors import FactsNeeded, LaporError, OutOfReach
from lapor_core.policy.loading import load_policy
from lapor_core.policy.model import Policy
from lapor_core.requirements import missing
from lapor_core.standard import Standard, load_standard
from lapor_core.submission import Submission
from lapor_core.testing.dates import instants
from lapor_core.testing.hostile import search
from lapor_core.testing.strategies import facts, submissions
from lapor_core.texts import LANGUAGES

__all__ = ["check_policy"]


def check_policy(path: Path | Policy) -> None:
    """Check a service standard.

    The file must have no fault; whatever is known of a complaint, it has a tier of the standard, or the standard asks for
    a fact; every limit gives a deadline that is not before its start and explains itself in both languages; and each
    channel it lists can be asked what it must bring. Hypothesis searches for the fault, under the profile in force.

    Args:
        path: The policy file, or a policy that was read already.

    Raises:
        AssertionError: saying what is wrong.
        DocumentFaults: The file has faults; all of them are listed.
    """
    policy = path if isinstance(path, Policy) else load_policy(path.read_text("utf-8"), path.name)
    standard = load_standard(policy)
    _check_tiers(standard)
    _check_deadlines(standard)
    _check_channels(policy)


def _check_tiers(standard: Standard) -> None:
    tiers = {tier.name for tier in standard.policy.tiers}

    @search()
    @given(known=facts())
    def a_complaint_has_one_tier_or_a_question(known: Facts) -> None:
        judged = _judged(standard, known)
        assert judged == _judged(standard, known), "the same facts are judged in two ways"
        assert judged, "it asks for facts, and for none"
        assert isinstance(judged, tuple) or judged in tiers, f"its tier {judged} is none of the standard"

    a_complaint_has_one_tier_or_a_question()


def _judged(standard: Standard, known: Facts) -> str | tuple[str, ...]:
    """Return the tier's name, or the facts that are asked for."""
    try:
        return standard.assess(known).tier.name
    except FactsNeeded as question:
        return question.needed
    except LaporError as error:
        raise AssertionError(f"no rule decides {known}: {error}") from error


def _check_deadlines(standard: Standard) -> None:
    clocks = list(standard.policy.clocks)
    limited = [(clock, tier) for clock in clocks for tier in standard.policy.tiers if standard.limit(clock, tier.name)]
    assert limited, "it limits nothing: no tier has a limit of any clock"

    @search()
    @given(judged=st.sampled_from(limited), start=instants(standard))
    def a_deadline_explains_itself(judged: tuple[str, object], start: datetime) -> None:
        clock, tier = judged
        try:
            deadline = standard.deadline(clock, tier, start=start)  # type: ignore[arg-type]  # a tier of the standard
        except OutOfReach:
            return
        begun = start.replace(microsecond=0)  # for a day ends with its last whole second
        assert deadline.due >= begun, f"the deadline of {clock} is before its start"
        for language in LANGUAGES:
            assert deadline.explain(language), f"the deadline of {clock} does not explain itself in {language}"

    a_deadline_explains_itself()


def _check_channels(policy: Policy) -> None:
    if not policy.channels:
        return

    @search()
    @given(submission=st.sampled_from(sorted(policy.channels)).flatmap(submissions))
    def a_channel_can_be_asked(submission: Submission) -> None:
        lacking = {piece.field for piece in missing(submission, policy)}
        if submission.proofs >= policy.requirement(submission.channel).proofs and submission.narrative.strip():
            assert lacking <= set(policy.requirement(submission.channel).content), f"it asks for {sorted(lacking)}"

    a_channel_can_be_asked()
