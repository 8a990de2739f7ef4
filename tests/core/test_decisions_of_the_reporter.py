"""The reporter's side: completing, adding files, rating with what has become of the matter, appealing; and erasing."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from lapor_core import Action, Kind, Proof, Reporter, Role, State, Visibility, receive
from lapor_core import events as happened
from lapor_core.complaint import Attachment, Ground, Rating
from lapor_core.errors import BadValue, Incomplete, Refused
from lapor_core.lifecycle import Outcome
from lapor_core.policy.amounts import Limit
from lapor_core.policy.model import Requirement
from lapor_core.records import to_record
from lapor_core.testing import Life, example_standard, example_submission

STANDARD = example_standard()
HOUR = timedelta(hours=1)
FILE = Attachment(digest="1" * 64, name="contoh.pdf", media_type="application/pdf", size=10)


# Incomplete (belum lengkap)


def partial(**fields: object) -> Life:
    return Life(STANDARD, example_submission(**{"narrative": "", "kind": None} | fields), partial=True)


def test_a_partial_message_has_its_code_and_waits_to_be_completed() -> None:
    life = partial()
    assert life.complaint.state is State.INCOMPLETE
    assert life.complaint.lacking == ("missing_narrative",)
    assert len(life.complaint.code) == len("H1TY-6TSD-FV2")
    assert life.complaint.clocks == ()


def test_what_completes_it_makes_it_submitted_and_time_is_counted_from_then() -> None:
    life = partial(kind=Kind.ASPIRATION)
    brought = example_submission(
        narrative="Lampu mati", place="Simpang Contoh", event_date=date(2026, 3, 12), kind=None
    )
    events = life.act(Action.COMPLETE, Role.REPORTER, after=30 * HOUR, submission=brought, attachments=(FILE,))
    assert [event.type for event in events] == ["completed", "classified", "clock_started"]
    complaint = life.complaint
    assert (complaint.state, complaint.lacking) == (State.SUBMITTED, ())
    assert (complaint.narrative, complaint.place, complaint.event_date) == (
        "Lampu mati",
        "Simpang Contoh",
        brought.event_date,
    )
    assert complaint.attachments == (FILE,)
    assert complaint.facts.kind is Kind.ASPIRATION
    assert complaint.clocks[0].start == life.now == complaint.received_at + 30 * HOUR


def test_no_clock_runs_before_it_is_complete_be_its_limit_the_same_for_all() -> None:
    rule = attrs.evolve(STANDARD.policy.clocks["resolve"], limit=Limit.parse("3 working_days"))
    policy = attrs.evolve(STANDARD.policy, clocks={"verify": rule})
    standard = attrs.evolve(STANDARD, policy=policy)
    life = Life(standard, example_submission(narrative=""), partial=True)
    assert life.complaint.clocks == ()
    assert Life(standard).complaint.clocks[0].name == "verify"
    life.act(Action.COMPLETE)
    assert [(clock.name, clock.start) for clock in life.complaint.clocks] == [("verify", life.now)]


def test_what_was_there_stays_beside_what_is_brought() -> None:
    policy = attrs.evolve(STANDARD.policy, channels={"sms": Requirement(content=("narrative", "event_date"))})
    standard = attrs.evolve(STANDARD, policy=policy)
    life = Life(standard, example_submission(title="Lampu", narrative="Mati."), partial=True)
    assert life.complaint.lacking == ("missing_event_date",)
    life.act(
        Action.COMPLETE,
        submission=example_submission(title="Lain", narrative="Sejak Senin.", event_date=date(2026, 3, 9)),
    )
    assert (life.complaint.title, life.complaint.narrative) == ("Lampu", "Mati.\n\nSejak Senin.")


def test_only_what_was_lacking_must_be_brought_and_all_of_it() -> None:
    policy = attrs.evolve(STANDARD.policy, channels={"sms": Requirement(content=("narrative", "place", "event_date"))})
    life = Life(attrs.evolve(STANDARD, policy=policy), example_submission(narrative="", place="Simpang"), partial=True)
    brought = example_submission(channel="web", narrative="Lampu mati", place="", proofs=frozenset())
    with pytest.raises(Incomplete) as caught:
        life.act(Action.COMPLETE, submission=brought)
    assert [piece.field for piece in caught.value.missing] == ["event_date"]
    life.act(Action.COMPLETE, submission=attrs.evolve(brought, event_date=date(2026, 3, 9)))
    assert life.complaint.state is State.SUBMITTED


def test_what_completes_it_must_be_there() -> None:
    with pytest.raises(BadValue) as caught:
        partial().act(Action.COMPLETE, submission=None)
    assert caught.value.code == "submission_needed"


@pytest.mark.parametrize("proofs", [frozenset(), frozenset({Proof.IDENTITY_COPY})])
def test_whoever_reports_must_be_known_in_any_case(proofs: frozenset[Proof]) -> None:
    with pytest.raises(Incomplete):
        partial(proofs=proofs)


def test_a_message_is_partial_only_where_the_channel_says_so_and_something_is_missing() -> None:
    with pytest.raises(Incomplete):
        Life(STANDARD, example_submission(narrative=""))
    assert Life(STANDARD, partial=True).complaint.state is State.SUBMITTED


def test_an_incomplete_one_is_not_disposed() -> None:
    with pytest.raises(Refused, match="dispose is not possible while the complaint is incomplete"):
        partial().act(Action.DISPOSE)


# Files


def test_files_can_be_added_while_it_is_open_and_move_nothing() -> None:
    life = Life.at(State.IN_PROGRESS)
    clock = life.complaint.clocks
    life.act(Action.ATTACH, Role.REPORTER, attachments=(FILE,), text="")
    assert (life.complaint.state, life.complaint.attachments, life.complaint.clocks) == (
        State.IN_PROGRESS,
        (FILE,),
        clock,
    )
    with pytest.raises(BadValue, match="at least one file"):
        life.act(Action.ATTACH, Role.REPORTER, attachments=())
    with pytest.raises(Refused):
        Life.at(State.CLOSED).act(Action.ATTACH, Role.REPORTER, attachments=(FILE,))


# Rating


@pytest.mark.parametrize(
    ("start", "outcome", "types", "state"),
    [
        (State.RESPONDED, Outcome.SETTLED, ["rated", "closed"], State.CLOSED),
        (State.RESPONDED, Outcome.UNSETTLED, ["rated", "reopened", "clock_started"], State.IN_PROGRESS),
        (State.RESPONDED, Outcome.DISPUTED, ["rated", "appealed"], State.APPEALED),
        (State.CLOSED, Outcome.SETTLED, ["rated"], State.CLOSED),
        (State.CLOSED, Outcome.UNSETTLED, ["rated", "reopened", "clock_started"], State.IN_PROGRESS),
        (State.CLOSED, Outcome.DISPUTED, ["rated", "appealed"], State.APPEALED),
    ],
)
def test_what_has_become_of_the_matter_decides_what_follows(
    start: State, outcome: Outcome, types: list[str], state: State
) -> None:
    life = Life.at(start)
    events = life.act(Action.RATE, Role.REPORTER, rating=Rating(stars=2, outcome=outcome), text="Belum diperbaiki.")
    assert [event.type for event in events] == types
    assert life.complaint.state is state
    assert life.complaint.rating == Rating(stars=2, outcome=outcome)


def test_the_counter_rates_for_a_visitor_and_nobody_else_does() -> None:
    Life.at(State.RESPONDED).act(Action.RATE, Role.COUNTER_OFFICER, rating=Rating(stars=1, outcome=Outcome.UNSETTLED))
    with pytest.raises(Refused, match=r"rate \(counter_officer, reporter\)"):
        Life.at(State.RESPONDED).act(Action.RATE, Role.LIAISON_OFFICER)


def test_whoever_is_content_need_not_say_why_and_whoever_is_not_must() -> None:
    Life.at(State.RESPONDED).act(Action.RATE, rating=Rating(stars=5, outcome=Outcome.SETTLED), text="")
    for outcome in (Outcome.UNSETTLED, Outcome.DISPUTED):
        with pytest.raises(BadValue, match="rate needs a text"):
            Life.at(State.RESPONDED).act(Action.RATE, rating=Rating(stars=1, outcome=outcome), text=" ")
    with pytest.raises(BadValue) as caught:
        Life.at(State.RESPONDED).act(Action.RATE, rating=None)
    assert caught.value.code == "rating_needed"


@pytest.mark.parametrize("stars", [0, 6, -1, True, 2.0, "3"])
def test_a_rating_has_one_to_five_stars(stars: object) -> None:
    with pytest.raises(BadValue, match="1 to 5 stars"):
        Rating(stars=stars, outcome=Outcome.SETTLED)  # type: ignore[arg-type]  # that is the fault


def test_a_settled_clock_is_not_started_again_by_a_rating() -> None:
    life = Life.at(State.RESPONDED)
    clocks = life.complaint.clocks
    life.act(Action.RATE, rating=Rating(stars=5, outcome=Outcome.SETTLED))
    assert life.complaint.clocks == clocks


# Appeal


def test_an_appeal_is_answered_by_somebody_above() -> None:
    life = Life.at(State.APPEALED)
    with pytest.raises(Refused, match="review is not for the liaison_officer"):
        life.act(Action.REVIEW, Role.LIAISON_OFFICER)
    life.act(Action.REVIEW, Role.INSPECTORATE, text="Tanggapan sudah tepat.")
    assert life.complaint.state is State.RESPONDED
    assert life.complaint.answers[-1] == "Tanggapan sudah tepat."


def test_an_appeal_may_be_sent_back_to_work() -> None:
    life = Life.at(State.APPEALED)
    life.act(Action.REOPEN, Role.INSPECTORATE)
    assert (life.complaint.state, life.complaint.round) == (State.IN_PROGRESS, 2)
    assert life.complaint.running("resolve") is not None


# Erasing


def test_erasing_leaves_what_happened_and_nothing_of_the_person() -> None:
    submission = example_submission(
        reporter=Reporter(name="Warga Contoh", mobile="+628100000001"),  # invented
        title="Judul",
        place="Tempat",
        event_date=date(2026, 3, 12),
        visibility=Visibility(anonymous=True),
    )
    life = Life.at(State.RESPONDED, STANDARD, submission)
    life.act(Action.ATTACH, attachments=(FILE,))
    clocks = life.complaint.clocks
    life.act(Action.ERASE, Role.CENTRAL_ADMIN, ground=Ground.CONSENT_WITHDRAWN)
    complaint = life.complaint
    assert complaint.state is State.ERASED
    assert complaint.reporter == Reporter()
    assert (complaint.title, complaint.narrative, complaint.place, complaint.event_date) == ("", "", "", None)
    assert (complaint.answers, complaint.attachments) == ((), ())
    assert (complaint.clocks, complaint.tier, complaint.code) == (clocks, "sedang", life.events[0].fact.code)


def test_erasing_ends_every_clock_with_whether_it_was_met() -> None:
    life = Life.at(State.IN_PROGRESS)
    events = life.act(Action.ERASE, ground=Ground.REQUESTED)
    assert [(event.type, getattr(event.fact, "met", None)) for event in events] == [
        ("erased", None),
        ("clock_stopped", True),
    ]


def test_erasing_has_a_ground_and_is_not_the_reporters_own_act() -> None:
    with pytest.raises(BadValue, match="requested, consent_withdrawn, purpose_ended, retention_over"):
        Life().act(Action.ERASE, ground=None)
    with pytest.raises(Refused, match="erase is not for the reporter"):
        Life().act(Action.ERASE, Role.REPORTER, ground=Ground.REQUESTED)


def test_the_ground_stands_in_the_open_for_the_key_will_be_gone() -> None:
    (event,) = Life.at(State.CLOSED).act(Action.ERASE, ground=Ground.RETENTION_OVER)
    assert to_record(event).public == {"ground": "retention_over"}
    assert to_record(event).personal == {}


@pytest.mark.parametrize("state", State)
def test_what_is_still_needed_is_not_erased_for_having_been_kept_long_enough(state: State) -> None:
    life = Life.at(state)
    over = state in (State.CLOSED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN)
    for ground in (Ground.PURPOSE_ENDED, Ground.RETENTION_OVER):
        if not over and state is not State.ERASED:
            with pytest.raises(Refused) as caught:
                life.act(Action.ERASE, ground=ground)
            assert caught.value.code == "still_needed"
    if over:
        life.act(Action.ERASE, ground=Ground.PURPOSE_ENDED)
        assert life.complaint.state is State.ERASED


def test_receiving_in_part_is_said_at_the_door() -> None:
    submission = example_submission(narrative=" ")
    begun = receive(
        submission, STANDARD, submission.received_at, complaint="c", code="x", reporter_ref="p", partial=True
    )
    first = begun.events[0].fact
    assert isinstance(first, happened.Received)
    assert first.lacking == ("missing_narrative",)
