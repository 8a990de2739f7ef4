"""Ids of other systems: noted by those who exchange complaints, corrected by noting anew, taken back by an empty one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Action, Actor, Complaint, Role, State, load_standard, receive
from lapor_core.errors import BadValue, LaporError, Refused
from lapor_core.external_ids import LONGEST_ID, NOTING, checked_external_id, note_external_ids
from lapor_core.privacy import Reader, view
from lapor_core.testing import Life, example_submission, keys, lives

CENTRE = Actor(role=Role.CENTRAL_ADMIN, id="petugas")
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}", fullmatch=True)


def noted(life: Life, told: dict[str, str], actor: Actor = CENTRE) -> Life:
    events = note_external_ids(life.complaint, told, actor=actor, office="contoh", now=life.now)
    life.append(events)
    return life


@given(life=lives(), told=st.dictionaries(keys(), IDS, max_size=3), later=st.dictionaries(keys(), IDS, max_size=3))
def test_what_was_told_last_counts_and_nothing_else_of_the_complaint_changes(
    life: Life, told: dict[str, str], later: dict[str, str]
) -> None:
    if life.complaint.state is State.ERASED:
        return
    before = life.complaint
    noted(life, told)
    noted(life, later)
    assert life.complaint.external_ids == {**before.external_ids, **told, **later}
    assert (life.complaint.state, life.complaint.clocks) == (before.state, before.clocks)
    assert note_external_ids(life.complaint, later, actor=CENTRE, office="contoh", now=life.now) == ()
    noted(life, dict.fromkeys({**told, **later}, ""))
    assert not life.complaint.external_ids.keys() & {*told, *later}


def test_spaces_and_the_number_sign_around_an_id_are_left_out() -> None:
    assert checked_external_id("sp4n_tracking", " #9165816 ") == "9165816"
    assert checked_external_id("lmw", "LMW/2025-07.1:a") == "LMW/2025-07.1:a"
    assert checked_external_id("lmw", "a" * LONGEST_ID) == "a" * LONGEST_ID


@pytest.mark.parametrize("typed", ["a" * (LONGEST_ID + 1), "91 65", "９１", "-1", "1\n2", "<b>", "x\0", "é"])
def test_an_id_that_cannot_be_one_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(BadValue) as caught:
        checked_external_id("sp4n_tracking", typed)
    assert caught.value.code == "bad_external_id"
    assert typed not in str(caught.value)


@pytest.mark.parametrize("system", ["", "SP4N", "sp4n id", "1a", "a" * 33])
def test_a_system_without_a_plain_name_is_refused(system: str) -> None:
    with pytest.raises(BadValue) as caught:
        checked_external_id(system, "1")
    assert caught.value.code == "bad_external_system"


@pytest.mark.parametrize("role", Role)
def test_only_those_who_exchange_complaints_note_their_ids(role: Role) -> None:
    life = Life()
    if role in NOTING:
        assert noted(life, {"sp4n_tracking": "1"}, Actor(role=role)).complaint.external_ids == {"sp4n_tracking": "1"}
    else:
        with pytest.raises(Refused) as caught:
            noted(life, {"sp4n_tracking": "1"}, Actor(role=role))
        assert caught.value.code == "not_permitted"


def received(told: object) -> Complaint:
    submission = example_submission(external_ids=told)
    now = submission.received_at
    return receive(
        submission, load_standard("banjarbaru"), now, complaint="c", code="7KQ2-M4XW-9T3", reporter_ref="p"
    ).complaint


def test_a_complaint_of_another_system_comes_with_its_ids() -> None:
    assert received({"desa_contoh": " #D-7/2026 ", "kota_contoh": " "}).external_ids == {"desa_contoh": "D-7/2026"}
    assert "D-7" not in repr(example_submission(external_ids={"desa_contoh": "D-7/2026"}))


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"desa_contoh": "nomor tidak ada"}, "bad_external_id"),
        ({"Desa Contoh": "7"}, "bad_external_system"),
        ({"desa_contoh": 7}, "wrong_type"),
        ({7: "7"}, "wrong_type"),
        ([("desa_contoh", "7")], "wrong_type"),
    ],
)
def test_ids_that_cannot_be_are_refused_before_anything_is_taken_in(told: object, code: str) -> None:
    with pytest.raises(LaporError) as caught:
        received(told)
    assert caught.value.code == code
    assert "nomor tidak ada" not in str(caught.value)


def test_a_disposition_can_tell_the_national_id() -> None:
    life = Life()
    life.act(Action.DISPOSE, agencies=("dinas-contoh",), external_ids={"sp4n_tracking": "#9165816"})
    assert life.complaint.external_ids == {"sp4n_tracking": "9165816"}
    assert life.complaint.state is State.DISPOSED
    with pytest.raises(BadValue, match="an id has 1 to"):
        life.act(Action.VERIFY, external_ids={"sp4n_tracking": "nomor tidak ada"})


def test_of_an_erased_complaint_no_id_is_left_and_none_is_noted() -> None:
    life = noted(Life.at(State.CLOSED), {"sp4n_tracking": "9165816"})
    life.lead_to(State.ERASED)
    assert life.complaint.external_ids == {}
    with pytest.raises(Refused) as caught:
        noted(life, {"sp4n_tracking": "9165816"})
    assert caught.value.code == "not_possible"


@pytest.mark.parametrize("reader", Reader)
def test_no_view_of_a_complaint_shows_it(reader: Reader) -> None:
    life = noted(Life(), {"sp4n_tracking": "9165816"})
    assert "9165816" not in repr(life.complaint)
    assert "9165816" not in str(view(life.complaint, reader))
