"""Lives: what is led through the table is decided as in earnest, and refused as in earnest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Action, Role, State, replay
from lapor_core.errors import BadValue, LaporError, Refused
from lapor_core.testing import Life, acts, example_standard, example_submission

STANDARD = example_standard()


@pytest.mark.parametrize("state", State)
def test_a_life_can_begin_in_any_state(state: State) -> None:
    life = Life.at(state, STANDARD)
    assert life.complaint.state is state
    assert replay(life.events) == life.complaint


def test_the_way_of_the_standard_is_taken_and_no_other_complaint_is_needed() -> None:
    assert [event.type for event in Life.at(State.RESPONDED, STANDARD).events if not event.type.startswith("cl")] == [
        "received",
        "disposed",
        "verified",
        "forwarded",
        "responded",
    ]


def test_what_is_refused_takes_no_time() -> None:
    life = Life(STANDARD)
    before = life.now
    with pytest.raises(Refused):
        life.act(Action.RESPOND, after=timedelta(days=1))
    assert (life.now, len(life.events)) == (before, 1)
    life.act(Action.HOLD, after=timedelta(days=1))
    assert life.now == before + timedelta(days=1)


def test_where_no_way_leads_is_said() -> None:
    with pytest.raises(BadValue, match="no way leads from closed to held"):
        Life.at(State.CLOSED, STANDARD).lead_to(State.HELD)


@given(data=st.data(), state=st.sampled_from(State))
def test_legal_acts_are_allowed_by_the_table(data: st.DataObject, state: State) -> None:
    life = Life.at(state, STANDARD)
    given = data.draw(acts(life.complaint))
    if state is not State.ERASED:
        try:
            life.act(**given)
        except LaporError as error:
            refused = error.code
        else:
            refused = ""
        assert refused not in ("not_possible", "not_permitted")


def test_examples_are_invented() -> None:
    submission = example_submission(narrative="Contoh lain")
    assert submission.narrative == "Contoh lain"
    assert submission.reporter.mobile.startswith("+62810")  # no operator has it
    assert all("contoh" in key for key in STANDARD.agencies)
    assert Life(STANDARD).act(Action.DISPOSE, Role.CENTRAL_ADMIN)[0].actor.id == "petugas-contoh"
