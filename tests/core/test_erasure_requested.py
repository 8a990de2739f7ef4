"""A reporter asks for erasure at any time; the hours of the law run until the data is gone, whatever else happens."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from lapor_core import Action, Role, State, load_standard
from lapor_core.errors import Refused
from lapor_core.escalation import due_steps, next_step_at
from lapor_core.events import ClockStopped, ErasureRequested
from lapor_core.notices import notices_for
from lapor_core.ombudsman import readiness
from lapor_core.policy import ClockRule, Limit, Start, Text
from lapor_core.policy.amounts import Amount
from lapor_core.policy.contradictions import contradictions
from lapor_core.policy.findings import findings
from lapor_core.policy.model import LadderStep
from lapor_core.standard import Standard
from lapor_core.testing import Life, example_standard

HOUR = timedelta(hours=1)
RULE = ClockRule(
    title=Text(id="Tenggat penghapusan", en="Erasure"), starts="erasure_requested", limit=Limit.parse("72 hours")
)


def standard() -> Standard:
    plain = example_standard(clocks={"erasure": RULE})
    step = LadderStep(clock="erasure", at=Amount.parse("-24 hours"), remind=(Role.CENTRAL_ADMIN,), anytime=True)
    return attrs.evolve(plain, policy=attrs.evolve(plain.policy, ladder=(*plain.policy.ladder, step)))


STANDARD = standard()


def test_a_clock_of_erasure_ends_with_nothing_but_the_erasing() -> None:
    assert RULE.stops == (State.ERASED,)


@pytest.mark.parametrize("state", [State.INCOMPLETE, State.SUBMITTED, State.IN_PROGRESS, State.CLOSED, State.REJECTED])
@pytest.mark.parametrize("role", [Role.REPORTER, Role.COUNTER_OFFICER, Role.CENTRAL_ADMIN])
def test_it_is_asked_for_in_any_state_and_the_state_stays(state: State, role: Role) -> None:
    life = Life.at(state, STANDARD)
    first, *_ = life.act(Action.REQUEST_ERASURE, role, text="Mohon dihapus")
    assert first.fact == ErasureRequested(text="Mohon dihapus")
    assert life.complaint.state is state
    clock = life.complaint.running("erasure")
    assert clock is not None
    assert clock.due - clock.start == 72 * HOUR


def test_of_an_erased_complaint_nothing_is_left_to_ask_for_and_no_agency_asks() -> None:
    life = Life.at(State.ERASED, STANDARD)
    with pytest.raises(Refused, match="not possible"):
        life.act(Action.REQUEST_ERASURE)
    with pytest.raises(Refused, match="not for the liaison_officer"):
        Life.at(State.IN_PROGRESS, STANDARD).act(Action.REQUEST_ERASURE, Role.LIAISON_OFFICER)


def test_neither_an_answer_nor_a_reopening_nor_asking_again_stops_the_hours() -> None:
    life = Life.at(State.IN_PROGRESS, STANDARD)
    life.act(Action.REQUEST_ERASURE)
    asked = life.complaint.running("erasure")
    for action in (Action.RESPOND, Action.CLOSE, Action.REOPEN, Action.REQUEST_ERASURE):
        life.act(action)
    assert life.complaint.running("erasure") == asked


@pytest.mark.parametrize(("hours", "met"), [(70, True), (80, False)])
def test_the_erasing_meets_the_clock_or_misses_it(hours: int, *, met: bool) -> None:
    life = Life.at(State.CLOSED, STANDARD)
    life.act(Action.REQUEST_ERASURE)
    events = life.act(Action.ERASE, after=hours * HOUR)
    stopped = [event.fact for event in events if isinstance(event.fact, ClockStopped)]
    assert [(fact.clock, fact.met) for fact in stopped] == [("erasure", met)]
    assert not life.complaint.running_clocks


def test_its_steps_are_climbed_though_the_complaint_is_over_and_no_others_are() -> None:
    life = Life.at(State.CLOSED, STANDARD)
    assert next_step_at(life.complaint, STANDARD) is None
    life.act(Action.REQUEST_ERASURE)
    start = life.now
    assert next_step_at(life.complaint, STANDARD) == start + 48 * HOUR
    assert due_steps(life.complaint, STANDARD, start + 47 * HOUR) == ()
    assert [due.step.clock for due in due_steps(life.complaint, STANDARD, start + 48 * HOUR)] == ["erasure"]
    life.act(Action.ERASE)
    assert next_step_at(life.complaint, STANDARD) is None


def test_the_reporter_and_who_may_erase_are_told() -> None:
    life = Life.at(State.CLOSED, STANDARD)
    events = life.act(Action.REQUEST_ERASURE)
    told = {(notice.template, notice.recipient.role) for notice in notices_for(events, life.complaint, STANDARD.policy)}
    assert told == {("erasure_requested", Role.REPORTER), ("to_erase", Role.CENTRAL_ADMIN)}


def test_a_late_erasure_is_no_answer_that_is_owed() -> None:
    life = Life.at(State.CLOSED, STANDARD)
    life.act(Action.REQUEST_ERASURE)
    later = life.now + 100 * HOUR
    assert "overdue" not in {each.why for each in readiness(life.complaint, STANDARD, later).conditions}


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.RESPONDED, State.CLOSED])
def test_its_hours_are_never_shown_for_the_date_of_the_answer(state: State) -> None:
    life = Life.at(state, STANDARD)
    before = STANDARD.promise(life.complaint)
    life.act(Action.REQUEST_ERASURE)
    assert before is not None
    assert STANDARD.promise(life.complaint) == before


def test_neither_is_the_silence_after_the_answer() -> None:
    national = load_standard("nasional", agencies=STANDARD.agencies.values())
    life = Life.at(State.RESPONDED, national)
    assert life.complaint.running("auto_close") is not None
    promise = national.promise(life.complaint)
    assert promise is not None
    assert promise.name != "auto_close"


def test_a_policy_that_stops_it_otherwise_or_erases_by_a_step_is_told() -> None:
    policy = STANDARD.policy
    wrong = attrs.evolve(RULE, stops=(State.RESPONDED,))
    policy = attrs.evolve(policy, clocks={**policy.clocks, "erasure": wrong})
    assert ("clocks", "erasure", "stops") in [path for path, _ in findings(policy)]
    step = LadderStep(clock="erasure", at=Amount.parse("+0"), act=Action.ERASE)
    policy = attrs.evolve(STANDARD.policy, ladder=(step,))
    assert [path for path, _ in contradictions(policy)] == [("ladder", 0, "act")]
    assert list(contradictions(STANDARD.policy)) == []


def test_the_national_standard_counts_three_days_by_the_hour() -> None:
    clock = load_standard("nasional").policy.clock("erasure")
    assert (clock.starts, str(clock.limit)) == (Start.ERASURE_REQUESTED, "72 hours")
    assert "Pembacaan kami" in clock.reading
