"""Every public value of the core, as Hypothesis may draw it: what :func:`register` tells Hypothesis of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from lapor_core.clocks import Deadline, DeadlineDay, Extension, Pause
from lapor_core.complaint import (
    Actor,
    Agency,
    Attachment,
    Complaint,
    Facts,
    Kind,
    Purpose,
    Rating,
    Reporter,
    Visibility,
)
from lapor_core.decisions import Act
from lapor_core.events import Event
from lapor_core.lifecycle import Action, Outcome, Role
from lapor_core.plugins.contracts import Message
from lapor_core.policy.amounts import Limit
from lapor_core.policy.loading import shipped_policies, shipped_policy
from lapor_core.policy.model import Policy, Tier
from lapor_core.severity import Assessment
from lapor_core.standard import Standard, load_standard
from lapor_core.submission import Submission, Upload
from lapor_core.testing.dates import instants, limits
from lapor_core.testing.lives import example_standard, lives
from lapor_core.testing.strategies import (
    facts,
    keys,
    messages,
    moments,
    reporters,
    submissions,
    texts,
    uploads,
    visibilities,
)

__all__ = ["register", "strategies_by_type"]


def register() -> None:
    """Let ``st.from_type`` and ``st.builds`` know these strategies; nothing is registered by importing this package."""
    for kind, strategy in strategies_by_type().items():
        st.register_type_strategy(kind, strategy)


def strategies_by_type() -> Mapping[type, st.SearchStrategy[Any]]:
    """Return a strategy for every public class of values of :mod:`lapor_core`, and for a plug-in's messages."""
    deadlines = st.builds(_deadline, instants(example_standard()), st.sampled_from(example_standard().policy.tiers))
    policies = st.sampled_from(shipped_policies()).map(shipped_policy)
    return {
        Act: st.builds(Act, action=st.sampled_from(Action), actor=_actors(), text=texts()),
        Actor: _actors(),
        Agency: st.builds(Agency, key=keys(), name=texts(max_size=40), office=st.just("")),
        Assessment: _known_facts().map(example_standard().assess),
        Attachment: _attachments(),
        Complaint: lives().map(lambda life: life.complaint),
        Deadline: deadlines,
        DeadlineDay: deadlines.flatmap(lambda deadline: st.sampled_from(deadline.days)),
        Event: lives().flatmap(lambda life: st.sampled_from(life.events)),
        Extension: st.builds(Extension, limit=_plain_limits(), granted_at=moments(), reason=texts(min_size=0)),
        Facts: facts(),
        Limit: limits(),
        Message: messages(),
        Pause: st.lists(moments(), min_size=2, max_size=2).map(_pause),
        Policy: policies,
        Rating: st.builds(Rating, stars=st.integers(1, 5), outcome=st.sampled_from(Outcome)),
        Reporter: reporters(),
        Standard: policies.map(load_standard),
        Submission: submissions(),
        Tier: policies.flatmap(lambda policy: st.sampled_from(policy.tiers)),
        Upload: uploads(),
        Visibility: visibilities(),
    }


def _actors() -> st.SearchStrategy[Actor]:
    return st.builds(Actor, role=st.sampled_from(Role), id=keys())


def _known_facts() -> st.SearchStrategy[Facts]:
    return st.builds(
        Facts,
        kind=st.sampled_from(Kind),
        supervisory=st.booleans(),
        abuse_of_authority=st.booleans(),
        agencies=st.integers(1, 5),
        extra=st.just({}),
    )


def _attachments() -> st.SearchStrategy[Attachment]:
    return st.builds(
        Attachment,
        digest=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
        name=texts(max_size=40),
        media_type=st.sampled_from(["image/jpeg", "image/png", "application/pdf", "video/mp4"]),
        size=st.integers(0, 20 * 2**20),
        purpose=st.sampled_from(Purpose),
    )


def _plain_limits() -> st.SearchStrategy[Limit]:
    return limits().map(lambda limit: limit.candidates()[0])


def _pause(ends: list[Any]) -> Pause:
    return Pause(start=min(ends), end=max(ends))


def _deadline(start: Any, tier: Tier) -> Deadline:
    return example_standard().deadline("resolve", tier, start=start)
