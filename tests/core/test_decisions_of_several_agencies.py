"""Several agencies: an answer is due from each, another may join, and one may say that it is not its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Action, Facts, Role, Standard, State
from lapor_core import events as happened
from lapor_core.errors import BadValue, NotFound, Refused
from lapor_core.testing import Life, example_standard

STANDARD = example_standard()
ONE, TWO, THREE = "dinas-contoh", "badan-contoh", "kantor-contoh"


def handed_to(*agencies: str, state: State = State.IN_PROGRESS, standard: Standard = STANDARD) -> Life:
    life = Life(standard)
    life.act(Action.DISPOSE, agencies=agencies)
    life.lead_to(state)
    return life


def answer(life: Life, agency: str | None, role: Role = Role.LIAISON_OFFICER) -> tuple[happened.Event, ...]:
    return life.act(Action.RESPOND, role, agency=agency)


# An answer from each


def test_it_is_answered_when_all_have_answered() -> None:
    life = handed_to(ONE, TWO, THREE)
    answer(life, TWO)
    assert (life.complaint.state, life.complaint.owing) == (State.IN_PROGRESS, (ONE, THREE))
    answer(life, ONE)
    assert (life.complaint.state, life.complaint.owing) == (State.IN_PROGRESS, (THREE,))
    assert life.complaint.running("resolve") is not None
    events = answer(life, THREE)
    assert [event.type for event in events] == ["responded", "clock_stopped"]
    assert (life.complaint.state, life.complaint.owing) == (State.RESPONDED, ())
    assert len(life.complaint.answers) == 3


@given(order=st.permutations([ONE, TWO, THREE]), again=st.integers(0, 2))
def test_in_whatever_order_they_answer_the_last_one_answers_it(order: list[str], again: int) -> None:
    life = handed_to(ONE, TWO, THREE)
    for agency in order[:again]:
        answer(life, agency)
        answer(life, agency)  # more of the same is no other agency's answer
    for agency in order[again:-1]:
        answer(life, agency)
    assert life.complaint.state is State.IN_PROGRESS
    answer(life, order[-1])
    assert life.complaint.state is State.RESPONDED


def test_a_part_that_is_called_a_part_leaves_the_answer_owed() -> None:
    life = handed_to(ONE)
    life.act(Action.RESPOND_IN_PART, Role.LIAISON_OFFICER, text="Kami periksa besok.")
    assert (life.complaint.state, life.complaint.owing) == (State.IN_PROGRESS, (ONE,))
    assert life.complaint.answers == ("Kami periksa besok.",)
    answer(life, None)
    assert life.complaint.state is State.RESPONDED


def test_the_admin_may_answer_for_all_of_them() -> None:
    life = handed_to(ONE, TWO)
    answer(life, None, Role.AGENCY_ADMIN)
    assert (life.complaint.state, life.complaint.owing) == (State.RESPONDED, ())


def test_of_several_an_officer_says_for_which() -> None:
    life = handed_to(ONE, TWO)
    with pytest.raises(BadValue, match="say which agency does respond: dinas-contoh, badan-contoh") as caught:
        answer(life, None)
    assert caught.value.code == "agency_needed"
    with pytest.raises(BadValue, match='"kantor-contoh": it was not handed to this agency') as caught:
        answer(life, THREE)
    assert caught.value.code == "other_agency"


@pytest.mark.parametrize("state", [State.WAITING, State.ESCALATED])
def test_a_part_moves_it_nowhere(state: State) -> None:
    life = handed_to(ONE, TWO, state=state)
    answer(life, ONE)
    assert life.complaint.state is state


def test_to_a_reply_any_of_them_answers_for_good() -> None:
    life = handed_to(ONE, TWO)
    answer(life, ONE)
    answer(life, TWO)
    life.act(Action.REPLY)
    answer(life, ONE)
    assert life.complaint.state is State.RESPONDED


def test_when_it_is_reopened_all_owe_an_answer_again() -> None:
    life = handed_to(ONE, TWO)
    answer(life, None, Role.AGENCY_ADMIN)
    life.act(Action.REOPEN)
    assert life.complaint.owing == (ONE, TWO)


# Another one joins


def test_a_second_agency_makes_it_graver_and_both_deadlines_are_kept_from_the_same_start() -> None:
    life = handed_to(ONE)
    events = life.act(Action.INVOLVE, agencies=(TWO,))
    assert [event.type for event in events] == ["involved", "classified", "clock_started"]
    before, after = life.complaint.clocks
    assert (before.tier, after.tier) == ("sedang", "berat")
    assert before.start == after.start == life.complaint.received_at
    assert (before.due_date.isoformat(), after.due_date.isoformat()) == ("2026-04-10", "2026-05-05")
    assert (before.stopped_at, after.stopped_at) == (life.now, None)
    assert life.complaint.owing == (ONE, TWO)


@pytest.mark.parametrize("state", [State.DISPOSED, State.VERIFIED, State.IN_PROGRESS, State.WAITING, State.ESCALATED])
def test_whoever_joins_leaves_it_where_it_stands(state: State) -> None:
    life = handed_to(ONE, state=state)
    life.act(Action.INVOLVE, agencies=(TWO, ONE, THREE))
    assert (life.complaint.state, life.complaint.agencies, life.complaint.tier) == (state, (ONE, TWO, THREE), "berat")


def test_whoever_joins_after_others_have_answered_owes_an_answer() -> None:
    life = handed_to(ONE, TWO)
    answer(life, ONE)
    life.act(Action.INVOLVE, agencies=(THREE,))
    assert life.complaint.owing == (TWO, THREE)


def test_nobody_joins_twice_or_from_nowhere() -> None:
    life = handed_to(ONE, TWO)
    with pytest.raises(BadValue, match="handed to dinas-contoh, badan-contoh before") as caught:
        life.act(Action.INVOLVE, agencies=(TWO,))
    assert caught.value.code == "already_involved"
    with pytest.raises(NotFound, match="not an agency"):
        life.act(Action.INVOLVE, agencies=("dinas-lain",))
    with pytest.raises(BadValue, match="name at least one agency"):
        life.act(Action.INVOLVE, agencies=())


def test_an_agency_may_not_bring_in_another() -> None:
    with pytest.raises(Refused, match="not for the liaison_officer"):
        handed_to(ONE).act(Action.INVOLVE, Role.LIAISON_OFFICER, agencies=(TWO,))


# One says that it is not its own


@pytest.mark.parametrize("state", [State.DISPOSED, State.VERIFIED, State.IN_PROGRESS])
def test_one_of_several_goes_and_the_others_go_on(state: State) -> None:
    life = handed_to(ONE, TWO, state=state)
    events = life.act(Action.RETURN, Role.LIAISON_OFFICER, agency=TWO)
    assert [event.type for event in events] == ["returned_in_part"]
    assert (life.complaint.state, life.complaint.agencies) == (state, (ONE,))


def test_what_one_gives_back_makes_nothing_lighter_by_itself() -> None:
    """Else the day would jump back, perhaps behind today, until another agency is found."""
    life = handed_to(ONE, TWO)
    life.act(Action.RETURN, Role.LIAISON_OFFICER, agency=TWO)
    life.act(Action.REMIND)
    assert life.complaint.tier == "berat"
    life.act(Action.CLASSIFY, facts=Facts())
    assert life.complaint.tier == "sedang"


def test_a_transfer_is_one_that_goes_and_one_that_joins_and_the_clock_runs_on() -> None:
    life = handed_to(ONE, TWO)
    clock = life.complaint.running("resolve")
    life.act(Action.RETURN, Role.LIAISON_OFFICER, agency=TWO)
    life.act(Action.INVOLVE, agencies=(THREE,))
    assert life.complaint.agencies == (ONE, THREE)
    assert life.complaint.running("resolve") == clock


def test_the_last_one_that_goes_returns_it_as_a_whole() -> None:
    life = handed_to(ONE, TWO)
    life.act(Action.RETURN, Role.LIAISON_OFFICER, agency=TWO)
    events = life.act(Action.RETURN_IN_PART, Role.LIAISON_OFFICER)
    assert [event.type for event in events] == ["returned"]
    assert life.complaint.state is State.RETURNED
    life.act(Action.DISPOSE, agencies=(THREE,))
    assert (life.complaint.agencies, life.complaint.owing) == ((THREE,), (THREE,))


def test_the_admin_may_return_it_for_all_and_then_names_none() -> None:
    life = handed_to(ONE, TWO)
    life.act(Action.RETURN, Role.AGENCY_ADMIN, agency=None)
    assert life.complaint.state is State.RETURNED
    with pytest.raises(BadValue, match="say which agency does return_in_part"):
        handed_to(ONE, TWO).act(Action.RETURN_IN_PART, Role.AGENCY_ADMIN, agency=None)


def test_an_answer_of_one_that_has_gone_is_no_longer_waited_for() -> None:
    life = handed_to(ONE, TWO)
    answer(life, ONE)
    life.act(Action.RETURN, Role.LIAISON_OFFICER, agency=TWO)
    assert (life.complaint.state, life.complaint.owing) == (State.IN_PROGRESS, ())
    answer(life, ONE)
    assert life.complaint.state is State.RESPONDED
