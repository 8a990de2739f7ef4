"""Clocks that start when a complaint is taken up again, and when its reporter does not accept the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lapor_core import Action, Agency, Proof, Role, State, load_standard
from lapor_core.clock_facts import deadline_of
from lapor_core.complaint import Clock, Rating
from lapor_core.events import ClockStopped
from lapor_core.lifecycle import Outcome
from lapor_core.policy import ClockRule, Limit, Start, Text
from lapor_core.policy.phrasing import start_in_words
from lapor_core.testing import Life, example_standard, example_submission

AGAIN = ClockRule(title=Text(id="Tenggat sesudah dibuka", en="Second"), starts="reopened", limit=Limit.parse("5 days"))
APPEAL = ClockRule(
    title=Text(id="Tenggat keberatan", en="Appeal"), starts="appealed", limit=Limit.parse("30 working_days")
)
STANDARD = example_standard(clocks={"again": AGAIN, "appeal": APPEAL})
DAY = timedelta(days=1)
AGENCIES = [Agency(key="dinas-contoh", name="Dinas Contoh")]


def runs(life: Life, name: str) -> list[Clock]:
    return [clock for clock in life.complaint.clocks if clock.name == name]


def test_neither_runs_before_its_event() -> None:
    life = Life.at(State.CLOSED, STANDARD)
    assert [clock.name for clock in life.complaint.clocks] == ["resolve"]


def test_a_reopening_starts_its_clock_and_that_of_receipt_beside_it() -> None:
    life = Life.at(State.CLOSED, STANDARD)
    life.act(Action.REOPEN)
    (again,), (_, resolve) = runs(life, "again"), runs(life, "resolve")
    assert (again.start, again.round) == (resolve.start, resolve.round) == (life.now, 2)
    assert again.due == STANDARD.deadline("again", life.complaint.tier, start=life.now).due
    life.act(Action.RESPOND)
    assert not life.complaint.running_clocks


def test_every_reopening_starts_it_again() -> None:
    life = Life.at(State.CLOSED, STANDARD)
    for number in (2, 3):
        life.act(Action.REOPEN)
        assert runs(life, "again")[-1].round == number
        life.lead_to(State.CLOSED)


def test_a_reporter_who_is_not_content_starts_it_too() -> None:
    life = Life.at(State.RESPONDED, STANDARD)
    life.act(Action.RATE, rating=Rating(stars=1, outcome=Outcome.UNSETTLED))
    assert len(runs(life, "again")) == 1
    life = Life.at(State.RESPONDED, STANDARD)
    life.act(Action.RATE, rating=Rating(stars=1, outcome=Outcome.DISPUTED))
    assert len(runs(life, "appeal")) == 1


@pytest.mark.parametrize("state", [State.RESPONDED, State.ANSWERED_BACK, State.CLOSED])
def test_an_appeal_starts_its_clock_and_begins_no_round(state: State) -> None:
    life = Life.at(state, STANDARD)
    life.act(Action.APPEAL)
    (appeal,) = runs(life, "appeal")
    assert (appeal.start, appeal.round, len(runs(life, "resolve"))) == (life.now, 1, 1)
    assert appeal.due_date == STANDARD.office.add(life.now.date(), 30)


@pytest.mark.parametrize(("decision", "role"), [(Action.REVIEW, Role.SUPERIOR), (Action.REOPEN, Role.INSPECTORATE)])
@pytest.mark.parametrize(("after", "met"), [(DAY, True), (90 * DAY, False)])
def test_it_ends_in_time_or_late_when_the_appeal_is_decided(
    decision: Action, role: Role, after: timedelta, *, met: bool
) -> None:
    life = Life.at(State.APPEALED, STANDARD)
    events = life.act(decision, role, after=after)
    assert [event.fact.met for event in events if isinstance(event.fact, ClockStopped)] == [met]
    assert life.complaint.running("appeal") is None


def test_a_second_appeal_is_counted_from_itself() -> None:
    life = Life.at(State.APPEALED, STANDARD)
    life.act(Action.REVIEW)
    life.act(Action.APPEAL, after=5 * DAY)
    assert runs(life, "appeal")[-1].start == life.now


@pytest.mark.parametrize(
    ("state", "name", "said"),
    [
        (State.APPEALED, "appeal", ("keberatan masuk", "the appeal came in")),
        (State.CLOSED, "again", ("dibuka", "reopened")),
    ],
)
def test_the_explanation_says_with_what_it_began(state: State, name: str, said: tuple[str, str]) -> None:
    life = Life.at(state, STANDARD)
    if name == "again":
        life.act(Action.REOPEN)
    found = deadline_of(life.complaint, runs(life, name)[0], STANDARD, life.now)
    assert said[0] in found.explain("id")
    assert said[1] in found.explain("en")


@pytest.mark.parametrize("event", Start)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_event_has_words(event: Start, language: str) -> None:
    assert start_in_words(ClockRule(title=AGAIN.title, starts=event), STANDARD.policy, language) != event


def test_in_a_shipped_standard_the_second_stage_is_counted_from_the_reopening_alone() -> None:
    standard = load_standard("lgsco", agencies=AGENCIES)
    life = Life.at(State.CLOSED, standard)
    life.act(Action.REOPEN)
    assert [(clock.name, clock.start) for clock in life.complaint.running_clocks] == [("stage_2", life.now)]


NATIONAL = load_standard("nasional", agencies=AGENCIES)


@pytest.mark.parametrize("back", [(Action.REOPEN, Action.RESPOND), (Action.APPEAL, Action.REVIEW)])
def test_a_reporter_has_the_whole_silence_after_the_second_answer_too(back: tuple[Action, Action]) -> None:
    """Else a complaint would close itself a day after it, or never."""
    life = Life.at(State.RESPONDED, NATIONAL)
    again, answer = back
    life.act(again, after=9 * DAY)
    assert life.complaint.running("auto_close") is None
    life.act(answer, after=3 * DAY)
    (clock,) = life.complaint.running_clocks
    assert (clock.name, clock.start) == ("auto_close", life.now)


@pytest.mark.parametrize(("name", "once"), [("nasional", "verify"), ("tulungagung", "screen")])
def test_what_is_done_once_is_not_owed_again_after_a_reopening(name: str, once: str) -> None:
    life = Life(load_standard(name, agencies=AGENCIES), example_submission(channel="other", proofs=frozenset(Proof)))
    life.lead_to(State.CLOSED)
    life.act(Action.REOPEN)
    assert life.complaint.running(once) is None
    life.lead_to(State.CLOSED)
    assert not life.complaint.running_clocks
