"""The table of the life: total over state, action and role, and what is refused says what is allowed now and to whom."""

from __future__ import annotations

from copy import copy
from itertools import product

import attrs
import pytest

from lapor_core import TABLE, Act, Action, Actor, Role, State, decide, replay
from lapor_core.errors import Refused
from lapor_core.events import FACTS
from lapor_core.evolution import ACTION_OF, replay_on
from lapor_core.lifecycle import AFTER_RATING, PERMISSIONS, Outcome, allowed, is_open, is_over, may, next_state
from lapor_core.testing import Life, example_standard

ALONE = {
    *("advised", "received", "learned", "external_id_noted", "step_taken", "followed", "unfollowed"),
    *("identity_seen", "pin_renewed"),
    *("clock_started", "clock_paused", "clock_resumed", "clock_moved", "clock_missed", "clock_stopped"),
}


def test_the_table_has_a_row_for_every_state_and_leads_to_every_state() -> None:
    assert set(TABLE) == set(State)
    begins = {State.INCOMPLETE, State.SUBMITTED}
    reached = begins | {state for row in TABLE.values() for state in row.values()}
    assert reached == set(State)


def test_every_action_is_possible_somewhere_and_permitted_to_somebody() -> None:
    assert {action for row in TABLE.values() for action in row} == set(Action)
    assert set(PERMISSIONS) == set(Action)
    assert all(PERMISSIONS.values())


def test_every_role_may_do_something_and_an_auditor_nothing() -> None:
    assert set().union(*PERMISSIONS.values()) == set(Role) - {Role.AUDITOR}


def test_every_action_is_recorded_by_facts_and_every_fact_records_one_action_or_stands_alone() -> None:
    assert {name for name, fact in FACTS.items() if fact not in ACTION_OF} == ALONE
    assert set(ACTION_OF.values()) | {Action.REMIND} == set(Action)  # a reminder by hand is a step that was taken


def with_two_agencies(state: State) -> Life:
    life = Life()
    life.act(Action.DISPOSE, agencies=("dinas-contoh", "badan-contoh"))
    life.lead_to(state)
    return life


@pytest.mark.parametrize("state", State)
def test_each_action_of_each_role_follows_the_table_or_is_refused_with_what_is_allowed(state: State) -> None:
    life = Life.at(state, example_standard(extension="7 working_days"))
    for action, role in product(Action, Role):
        acting = copy(life)
        if may(state, action, role):
            if action is Action.EXTEND and state is State.WAITING:  # its clock stands still
                continue
            if action is Action.RETURN_IN_PART:  # with one agency alone it is returned as a whole
                acting = with_two_agencies(state)
            acting.act(action, role)
            after = AFTER_RATING[Outcome.SETTLED] if action is Action.RATE else action
            assert acting.complaint.state is (next_state(state, after) or state)
            assert replay(acting.events) == acting.complaint
            continue
        with pytest.raises(Refused) as caught:
            acting.act(action, role)
        assert caught.value.code == ("not_permitted" if action in TABLE[state] else "not_possible")
        assert acting.complaint == life.complaint
        told = str(caught.value).partition("possible now: ")[2]
        possible = [f"{one} ({', '.join(sorted(roles))})" for one, roles in allowed(state)]
        assert told == ("; ".join(possible) or "nothing, this is its end")


@pytest.mark.parametrize(("state", "role"), list(product(State, Role)))
def test_what_is_allowed_to_a_role_is_what_it_may_do(state: State, role: Role) -> None:
    assert {action for action, _ in allowed(state, role)} == {action for action in Action if may(state, action, role)}


def test_a_reminder_moves_nothing_wherever_it_is_possible() -> None:
    assert all(next_state(state, Action.REMIND) in (None, state) for state in State)


OVER = {State.MERGED, State.CLOSED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN, State.ERASED}


def test_an_answer_is_owed_from_its_completion_until_it_is_given_or_the_complaint_is_over() -> None:
    assert {state for state in State if is_over(state)} == OVER
    assert {state for state in State if not is_open(state)} == OVER | {State.RESPONDED, State.INCOMPLETE}


def test_personal_data_can_be_erased_at_any_time_and_that_is_the_end() -> None:
    assert all(next_state(state, Action.ERASE) is State.ERASED for state in State if state is not State.ERASED)
    assert TABLE[State.ERASED] == {}


def test_the_four_steps_of_the_standard_are_one_path_through_the_table() -> None:
    life = Life()
    way = [
        (Action.DISPOSE, Role.CENTRAL_ADMIN, State.DISPOSED),
        (Action.VERIFY, Role.AGENCY_ADMIN, State.VERIFIED),
        (Action.FORWARD, Role.AGENCY_ADMIN, State.IN_PROGRESS),
        (Action.RESPOND, Role.LIAISON_OFFICER, State.RESPONDED),
    ]
    for action, role, state in way:
        life.act(action, role)
        assert life.complaint.state is state
    assert [visit.state for visit in life.complaint.visits] == [State.SUBMITTED, *(state for *_, state in way)]


def test_only_a_reporter_or_the_counter_speaks_for_the_reporter() -> None:
    speaking = {Action.REPLY, Action.ATTACH, Action.RATE, Action.APPEAL, Action.WITHDRAW}
    assert {role for action in speaking for role in PERMISSIONS[action]} == {Role.REPORTER, Role.COUNTER_OFFICER}


def test_whoever_answered_does_not_review_the_appeal() -> None:
    assert PERMISSIONS[Action.REVIEW] == {Role.SUPERIOR, Role.INSPECTORATE}
    assert Role.LIAISON_OFFICER not in PERMISSIONS[Action.REVIEW]


def test_the_system_may_only_remind_escalate_close_and_erase() -> None:
    assert {action for action, roles in PERMISSIONS.items() if Role.SYSTEM in roles} == {
        Action.REMIND,
        Action.ESCALATE,
        Action.CLOSE,
        Action.ERASE,
    }


def test_a_policy_may_give_an_action_to_other_roles() -> None:
    standard = example_standard()
    policy = attrs.evolve(standard.policy, permissions={Action.VERIFY: frozenset({Role.SUPERIOR})})
    life = Life(attrs.evolve(standard, policy=policy))
    life.act(Action.DISPOSE)
    with pytest.raises(Refused, match=r"verify is not for the agency_admin; .*verify \(superior\)"):
        life.act(Action.VERIFY, Role.AGENCY_ADMIN)
    life.act(Action.VERIFY, Role.SUPERIOR)
    assert life.complaint.state is State.VERIFIED


def test_no_policy_lets_an_auditor_act() -> None:
    standard = example_standard()
    policy = attrs.evolve(standard.policy, permissions={Action.DISPOSE: frozenset({Role.AUDITOR, Role.CENTRAL_ADMIN})})
    life = Life(attrs.evolve(standard, policy=policy))
    with pytest.raises(Refused, match=r"dispose is not for the auditor; .*dispose \(central_admin\)"):
        life.act(Action.DISPOSE, Role.AUDITOR)


def test_a_refusal_is_an_answer_and_changes_nothing() -> None:
    life = Life()
    act = Act(action=Action.RESPOND, actor=Actor(role=Role.LIAISON_OFFICER), text="Sudah")
    with pytest.raises(Refused, match="respond is not possible while the complaint is submitted"):
        decide(life.complaint, act, life.standard, life.now)
    assert replay_on(life.complaint, ()) == replay(life.events)
