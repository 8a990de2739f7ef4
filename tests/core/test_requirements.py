"""What each door must bring under the Banjarbaru standard."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Proof, Reporter, Submission
from lapor_core.errors import NotFound
from lapor_core.policy.loading import shipped_policy
from lapor_core.policy.model import Policy, Requirement
from lapor_core.requirements import missing, without_requirements
from lapor_core.testing import submissions

POLICY = shipped_policy("banjarbaru")
NOW = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
DOORS = {
    "web": {Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE},
    "app": {Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE},
    "sms": {Proof.SENDER_NUMBER},
    "walk_in": {Proof.IDENTITY_COPY},
}


def bare(channel: str, **fields: object) -> Submission:
    common = {"channel": channel, "source_id": "1", "received_at": NOW, "reporter": Reporter(), "narrative": ""}
    return Submission(**common | fields)  # type: ignore[arg-type]  # the fields differ in type


def with_row(requirement: Requirement, channel: str = "other") -> Policy:
    return attrs.evolve(POLICY, channels={**POLICY.channels, channel: requirement})


@pytest.mark.parametrize(
    ("channel", "pieces"),
    [
        ("web", ["missing_verified_email", "missing_verified_mobile", "missing_narrative"]),
        ("app", ["missing_verified_email", "missing_verified_mobile", "missing_narrative"]),
        ("sms", ["missing_sender_number", "missing_narrative"]),
        ("walk_in", ["missing_identity_copy", "missing_narrative"]),
    ],
)
def test_each_door_asks_for_what_the_standard_says(channel: str, pieces: list[str]) -> None:
    assert [piece.code for piece in missing(bare(channel), POLICY)] == pieces


@given(data=st.data(), channel=st.sampled_from(sorted(DOORS)))
def test_what_is_missing_is_exactly_what_was_not_brought(data: st.DataObject, channel: str) -> None:
    submission = data.draw(submissions(channel=channel))
    lacking = {piece.code for piece in missing(submission, POLICY)}
    assert lacking == {f"missing_{proof}" for proof in DOORS[channel] - submission.proofs}


@given(submission=submissions(channel="web"), proof=st.sampled_from(Proof))
def test_bringing_more_never_lacks_more(submission: Submission, proof: Proof) -> None:
    richer = attrs.evolve(submission, proofs=submission.proofs | {proof})
    assert set(missing(richer, POLICY)) <= set(missing(submission, POLICY))


@pytest.mark.parametrize("narrative", ["", " ", "\n\t", "\u00a0"])
def test_a_narrative_of_blanks_is_missing(narrative: str) -> None:
    lacking = missing(bare("sms", proofs=frozenset(Proof), narrative=narrative), POLICY)
    assert [(piece.field, piece.code) for piece in lacking] == [("narrative", "missing_narrative")]


def test_a_policy_may_ask_for_more_content_and_what_is_only_advised_is_never_missing() -> None:
    requirement = Requirement(content=("narrative", "event_date", "uploads"), advised=("place",))
    lacking = missing(bare("kiosk", narrative="Lampu mati"), with_row(requirement))
    assert [piece.field for piece in lacking] == ["event_date", "uploads"]


def test_what_is_missing_says_nothing_of_the_person() -> None:
    reporter = Reporter(name="Warga Contoh", email="warga@example.org", mobile="+628000000001")  # invented
    told = str(missing(bare("web", reporter=reporter), POLICY))
    assert not any(secret in told for secret in ("Warga", "example.org", "8000000001"))


def test_a_channel_the_standard_does_not_list_is_refused_with_those_it_lists() -> None:
    with pytest.raises(NotFound, match="web, app, sms, walk_in") as caught:
        missing(bare("kiosk"), POLICY)
    assert caught.value.code == "channel_without_requirements"


def test_the_row_for_other_channels_serves_them_and_no_listed_one() -> None:
    policy = with_row(Requirement())
    assert [piece.field for piece in missing(bare("kiosk"), policy)] == ["narrative"]
    assert [piece.field for piece in missing(bare("sms"), policy)] == ["mobile", "narrative"]


def test_channels_without_requirements_are_known_before_they_are_opened() -> None:
    assert without_requirements(DOORS, POLICY) == ()
    assert without_requirements(["kiosk"], with_row(Requirement())) == ()
    assert without_requirements(["telegraph", "web", "kiosk"], POLICY) == ("kiosk", "telegraph")
