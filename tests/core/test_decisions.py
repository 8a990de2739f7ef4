"""What follows from an act: never an event that does not follow, never a clock that forgets, never a moment out of order."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Act, Action, Actor, Facts, Kind, Role, State, decide, receive, replay
from lapor_core import events as happened
from lapor_core.errors import BadValue, FactsNeeded, Incomplete, LaporError, NotFound, Refused
from lapor_core.evolution import evolve, replay_on
from lapor_core.policy.manners import Refusal
from lapor_core.policy.wording import Text
from lapor_core.submission import Submission
from lapor_core.testing import Life, acts, example_standard, example_submission, lives, submissions

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STANDARD = example_standard()


# Laws


@given(life=lives(STANDARD))
def test_replaying_is_folding_and_can_be_taken_up_anywhere(life: Life) -> None:
    complaint = None
    for index, event in enumerate(life.events):
        complaint = evolve(complaint, event)
        assert replay_on(replay(life.events[: index + 1]), life.events[index + 1 :]) == life.complaint
    assert complaint == replay(life.events) == life.complaint


@given(data=st.data(), life=lives(STANDARD))
def test_what_is_decided_always_follows_and_what_is_refused_leaves_no_trace(data: st.DataObject, life: Life) -> None:
    before, events = life.complaint, life.events
    try:
        new = life.act(**data.draw(acts(life.complaint, legal=False)))
    except LaporError:
        assert (life.complaint, life.events) == (before, events)
    else:
        assert [event.sequence for event in new] == list(range(before.version + 1, before.version + 1 + len(new)))
        assert replay_on(before, new) == life.complaint


@given(life=lives(STANDARD))
def test_a_life_is_a_walk_over_states_without_a_gap(life: Life) -> None:
    visits = life.complaint.visits
    assert visits[0].since == life.complaint.received_at
    assert all(one.until == other.since for one, other in pairwise(visits))
    assert (visits[-1].state, visits[-1].until) == (life.complaint.state, None)


@given(life=lives(STANDARD))
def test_an_event_that_is_lost_or_doubled_or_of_another_complaint_is_noticed(life: Life) -> None:
    first, second = (*life.events, *Life().act(Action.DISPOSE))[:2]
    for wrong in (first, attrs.evolve(second, sequence=3), attrs.evolve(second, complaint="lain")):
        with pytest.raises(BadValue) as caught:
            evolve(replay([first]), wrong)
        assert caught.value.code == "broken_sequence"


@given(submission=submissions(channel="sms"))
def test_what_is_received_is_what_was_handed_in(submission: Submission) -> None:
    submission = attrs.evolve(submission, proofs=frozenset(example_submission().proofs), agency=None)
    life = Life(STANDARD, submission)
    complaint = life.complaint
    assert (complaint.title, complaint.narrative, complaint.place) == (
        submission.title,
        submission.narrative,
        submission.place,
    )
    assert complaint.received_at == submission.received_at
    assert complaint.facts == Facts(kind=submission.kind, category=submission.category, channel="sms")
    assert complaint.visibility == submission.visibility
    assert complaint.reporter == submission.reporter


# Instants


def test_what_happened_earlier_and_is_typed_in_later_counts_when_it_happened() -> None:
    life = Life()
    life.lead_to(State.IN_PROGRESS)
    due = life.complaint.clocks[0].due
    events = life.act(Action.RESPOND, after=due + 3 * DAY - life.now, happened_at=due - HOUR)
    assert {event.happened_at for event in events} == {due - HOUR}
    assert {event.recorded_at for event in events} == {due + 3 * DAY}
    stopped = events[-1].fact
    assert isinstance(stopped, happened.ClockStopped)
    assert stopped.met


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (lambda life: life.now + HOUR + timedelta.resolution, "from_the_future"),
        (lambda life: life.complaint.reached_at - timedelta.resolution, "before_its_state"),
        (lambda life: life.now.replace(tzinfo=None), "naive_datetime"),
    ],
)
def test_nothing_happens_after_now_or_before_its_state_or_without_a_zone(moment: object, code: str) -> None:
    life = Life()
    life.lead_to(State.IN_PROGRESS)
    with pytest.raises(BadValue) as caught:
        life.act(Action.ASK, happened_at=moment(life))  # type: ignore[operator]  # a function in the table
    assert caught.value.code == code


def test_now_needs_a_zone_and_the_world_does_not_run_backwards() -> None:
    life = Life()
    life.lead_to(State.DISPOSED)
    act = Act(action=Action.VERIFY, actor=Actor(role=Role.AGENCY_ADMIN))
    with pytest.raises(BadValue, match="no time zone"):
        decide(life.complaint, act, STANDARD, datetime(2026, 3, 13, 12))  # noqa: DTZ001 - that is the fault
    with pytest.raises(BadValue, match="disposed only since"):
        decide(life.complaint, act, STANDARD, life.now - HOUR)


# What an act must bring


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.SUBMITTED, Action.HOLD),
        (State.SUBMITTED, Action.REJECT),
        (State.SUBMITTED, Action.ARCHIVE),
        (State.DISPOSED, Action.RETURN),
        (State.IN_PROGRESS, Action.ASK),
        (State.IN_PROGRESS, Action.RESPOND),
        (State.WAITING, Action.REPLY),
        (State.RESPONDED, Action.APPEAL),
        (State.APPEALED, Action.REVIEW),
        (State.CLOSED, Action.REOPEN),
    ],
)
def test_an_answer_a_question_and_a_reason_are_never_empty(state: State, action: Action) -> None:
    life = Life()
    life.lead_to(state)
    with pytest.raises(BadValue, match=f"{action} needs a text") as caught:
        life.act(action, text=" \n")
    assert caught.value.code == "text_needed"


def test_agencies_are_named_known_and_counted_once() -> None:
    life = Life()
    with pytest.raises(BadValue, match=r"name at least one agency \(dinas-contoh, badan-contoh, kantor-contoh\)"):
        life.act(Action.DISPOSE, agencies=())
    with pytest.raises(NotFound, match='did you mean "dinas-contoh"') as caught:
        life.act(Action.DISPOSE, agencies=("dinas-contoh", "dinas-conto"))
    assert caught.value.params["name"] == "dinas-conto"
    life.act(Action.DISPOSE, agencies=("badan-contoh", "dinas-contoh", "badan-contoh"))
    assert life.complaint.agencies == ("badan-contoh", "dinas-contoh")


def test_the_agency_a_citizen_chose_must_be_known() -> None:
    with pytest.raises(NotFound, match="not an agency"):
        Life(STANDARD, example_submission(agency="dinas-lain"))


def test_it_is_not_forwarded_before_its_tier_is_known() -> None:
    life = Life()
    life.act(Action.DISPOSE, facts=None)
    life.act(Action.VERIFY)
    with pytest.raises(FactsNeeded) as caught:
        life.act(Action.FORWARD)
    assert caught.value.needed == ("supervisory", "abuse_of_authority")
    life.act(Action.FORWARD, facts=Facts(supervisory=False, abuse_of_authority=False))
    assert life.complaint.tier == "sedang"


def test_a_submission_that_lacks_something_is_not_received() -> None:
    lacking = example_submission(proofs=frozenset(), narrative="")
    with pytest.raises(Incomplete, match=r"mobile: .*; narrative: must not be empty"):
        receive(lacking, STANDARD, lacking.received_at, complaint="c", code="x", reporter_ref="p")


def test_nothing_is_received_from_the_future_nor_typed_in_then() -> None:
    submission = example_submission()
    later = attrs.evolve(submission, entered_at=submission.received_at + HOUR)
    for case, now in ((submission, submission.received_at - HOUR), (later, submission.received_at)):
        with pytest.raises(BadValue, match="after now") as caught:
            receive(case, STANDARD, now, complaint="c", code="x", reporter_ref="p")
        assert caught.value.code == "from_the_future"


def test_it_is_put_aside_for_a_reason_of_the_policy_or_one_that_is_written() -> None:
    refusal = Refusal(title=Text(id="Tidak relevan dengan kinerja pemerintah", en="No matter of the government"))
    policy = attrs.evolve(STANDARD.policy, refusals={"irrelevant": refusal})
    life = Life(attrs.evolve(STANDARD, policy=policy))
    with pytest.raises(NotFound, match='did you mean "irrelevant"') as caught:
        life.act(Action.REJECT, refusal="irelevant", text="")
    assert caught.value.code == "unknown_refusal"
    rejected = life.act(Action.REJECT, refusal="irrelevant", text="")[0].fact
    assert rejected == happened.Rejected(reason="Tidak relevan dengan kinerja pemerintah", refusal="irrelevant")
    written = Life(STANDARD).act(Action.ARCHIVE, text="Sudah dijawab lewat surat")[0].fact
    assert written == happened.Archived(reason="Sudah dijawab lewat surat")


# Classification


def test_facts_that_become_known_add_up() -> None:
    life = Life()
    life.act(Action.DISPOSE, facts=Facts(supervisory=False))
    assert life.complaint.tier is None
    life.act(Action.VERIFY, facts=Facts(abuse_of_authority=False, extra={"banjir": True}))
    facts = life.complaint.facts
    assert facts == Facts(
        kind=Kind.COMPLAINT,
        supervisory=False,
        abuse_of_authority=False,
        agencies=("dinas-contoh",),
        channel="sms",
        extra={"banjir": True},
    )
    assert life.complaint.tier == "sedang"


def test_facts_that_become_known_where_nothing_is_classified_count_as_soon_as_something_is() -> None:
    life = Life()
    life.act(Action.HOLD, facts=Facts(supervisory=True))
    assert (life.complaint.tier, life.complaint.facts.supervisory) == (None, True)
    life.act(Action.RESUME)
    assert life.complaint.tier == "berat"


def test_a_tier_that_is_known_is_decided_anew_by_what_became_known_meanwhile() -> None:
    life = Life.at(State.RESPONDED)
    assert [event.type for event in life.act(Action.CLOSE, facts=Facts(supervisory=True))] == ["closed", "learned"]
    assert life.complaint.tier == "sedang"
    life.act(Action.REOPEN)
    assert life.complaint.tier == "berat"


def test_classifying_needs_the_facts_that_decide() -> None:
    with pytest.raises(FactsNeeded, match="supervisory"):
        Life().act(Action.CLASSIFY, facts=None)


def test_a_grave_fact_starts_the_longer_clock_from_the_same_start_and_keeps_the_shorter_one() -> None:
    life = Life()
    life.lead_to(State.IN_PROGRESS)
    events = life.act(Action.CLASSIFY, facts=Facts(supervisory=True))
    assert [event.type for event in events] == ["classified", "clock_started"]
    short, long = life.complaint.clocks
    assert (short.tier, long.tier) == ("sedang", "berat")
    assert short.start == long.start == life.complaint.received_at
    assert short.stopped_at == life.now
    assert (short.due_date.isoformat(), long.due_date.isoformat()) == ("2026-04-10", "2026-05-05")


# The record


def test_a_record_that_this_library_did_not_write_is_refused() -> None:
    life = Life()
    verified = attrs.evolve(life.events[0], sequence=2, fact=happened.Verified())
    with pytest.raises(BadValue, match="says verify of complaint contoh-1, which is submitted") as caught:
        evolve(life.complaint, verified)
    assert caught.value.code == "impossible_event"
    with pytest.raises(BadValue, match="first event"):
        replay([attrs.evolve(verified, sequence=1)])
    with pytest.raises(BadValue, match="at least one event"):
        replay([])


def test_a_refused_act_names_nobody() -> None:
    life = Life()
    act = Act(action=Action.RESPOND, actor=Actor(role=Role.REPORTER, id="orang-1"), text="Rahasia contoh")
    with pytest.raises(Refused) as caught:
        decide(life.complaint, act, STANDARD, life.now)
    assert "Rahasia" not in str(caught.value) + repr(caught.value.params) + repr(act)
    assert "orang-1" not in str(caught.value)
