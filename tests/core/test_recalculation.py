"""A decree that comes after the promise moves it, says by which day, and does so once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Action, Role, State
from lapor_core.errors import BadValue
from lapor_core.events import ClockMoved
from lapor_core.notices import notices_for, write
from lapor_core.policy.amounts import Limit
from lapor_core.recalculation import CONFIRMED, DECREE, POLICY, moved, moves
from lapor_core.standard import Standard
from lapor_core.testing import Life, example_standard, example_submission, lives

WITA = ZoneInfo("Asia/Makassar")
TODAY = example_standard()
BEFORE = TODAY.as_known_on(date(2025, 8, 1))
"""Before the decree of 7 August 2025, which made Monday 18 August a day of collective leave."""

BEGUN = datetime(2025, 8, 4, 10, tzinfo=WITA)
DAY = timedelta(days=1)


def promised(standard: Standard = BEFORE, received: datetime = BEGUN) -> Life:
    life = Life(standard, example_submission(received_at=received))
    life.lead_to(State.IN_PROGRESS)
    return life


def running(life: Life) -> dict[str, datetime]:
    return {clock.name: clock.due for clock in life.complaint.clocks if clock.stopped_at is None}


def test_a_day_off_that_was_decreed_later_moves_the_promise_and_is_named() -> None:
    life = promised()
    (move,) = moves(life.complaint, TODAY, life.now + DAY)
    assert move.reason == DECREE
    assert (move.clock.due_date, move.deadline.due_date) == (date(2025, 8, 22), date(2025, 8, 25))
    (day,) = move.days
    assert (day.date, day.counts) == (date(2025, 8, 18), False)
    assert day.decrees == ("SKB 933/2025, 1/2025, 3/2025",)


def test_a_decree_that_is_taken_back_counts_its_day_again() -> None:
    life = promised(TODAY)
    (move,) = moves(life.complaint, BEFORE, life.now + DAY)
    assert move.deadline.due_date == date(2025, 8, 22)
    (day,) = move.days
    assert (day.date, day.counts, day.decrees) == (date(2025, 8, 18), True, ("SKB 933/2025, 1/2025, 3/2025",))


def test_what_was_moved_moves_no_more_and_the_old_instant_stays_in_the_record() -> None:
    life = promised()
    old = running(life)
    now = life.now + DAY
    events = life.append(moved(life.complaint, moves(life.complaint, TODAY, now), TODAY, now))
    assert [event.fact.reason for event in events if isinstance(event.fact, ClockMoved)] == [DECREE]
    assert moves(life.complaint, TODAY, now) == ()
    assert running(life) != old
    assert any(event.fact.due in old.values() for event in life.events if hasattr(event.fact, "due"))


def test_another_limit_in_the_policy_is_no_decrees_doing() -> None:
    life = promised(TODAY)
    policy = TODAY.policy
    tiers = tuple(
        attrs.evolve(tier, limits={**tier.limits, "resolve": Limit.parse("20 working_days")}) for tier in policy.tiers
    )
    corrected = attrs.evolve(TODAY, policy=attrs.evolve(policy, tiers=tiers))
    found = {move.clock.name: move for move in moves(life.complaint, corrected, life.now + DAY)}
    assert found["resolve"].reason == POLICY
    assert found["resolve"].days == ()


def test_a_promise_that_was_provisional_and_is_decreed_now_is_confirmed_and_nobody_is_told() -> None:
    life = promised(TODAY.as_known_on(date(2024, 1, 1)), datetime(2025, 1, 6, 10, tzinfo=WITA))
    assert all(clock.provisional for clock in life.complaint.clocks if clock.stopped_at is None)
    now = life.now + DAY
    found = moves(life.complaint, TODAY, now)
    unmoved = [move for move in found if move.deadline.due == move.clock.due]
    assert all(move.reason == CONFIRMED for move in unmoved)
    events = life.append(moved(life.complaint, unmoved, TODAY, now))
    assert notices_for(events, life.complaint) == ()


def test_a_clock_that_stands_still_is_left_for_the_end_of_its_pause() -> None:
    life = promised()
    life.act(Action.ASK)
    assert life.complaint.state in TODAY.policy.clock("resolve").pauses
    assert [move for move in moves(life.complaint, TODAY, life.now + DAY) if move.clock.name == "resolve"] == []


def test_the_reporter_and_the_liaison_officer_are_told_once_in_both_languages() -> None:
    life = promised()
    now = life.now + DAY
    events = life.append(moved(life.complaint, moves(life.complaint, TODAY, now), TODAY, now))
    told = notices_for(events, life.complaint)
    assert [(notice.template, notice.recipient.role) for notice in told] == [
        ("deadline_moved", Role.REPORTER),
        ("deadline_moved", Role.LIAISON_OFFICER),
    ]
    for roles in ((), (Role.REPORTER,), (Role.INSPECTORATE, Role.CENTRAL_ADMIN)):
        policy = attrs.evolve(TODAY.policy, tell_moved=roles)
        assert [notice.recipient.role for notice in notices_for(events, life.complaint, policy)] == list(roles)
    words = [write("deadline_moved", events[0], life.complaint, TODAY, language) for language in ("id", "en")]
    assert "Senin, 25 Agustus 2025" in words[0].text
    assert all("25" in written.short and life.complaint.code in written.short for written in words)


def test_the_present_must_be_aware() -> None:
    with pytest.raises(BadValue, match="no time zone"):
        moves(promised().complaint, TODAY, datetime(2025, 8, 5))  # noqa: DTZ001 - what is refused


@given(
    life=st.sampled_from([date(2025, 1, 1), date(2025, 8, 1), date(2025, 12, 1), date(2026, 6, 1)]).flatmap(
        lambda day: lives(TODAY.as_known_on(day))
    ),
    later=st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_recalculation_is_idempotent_touches_only_clocks_and_every_decree_is_named(
    life: Life, later: timedelta
) -> None:
    now = life.now + later
    found = moves(life.complaint, TODAY, now)
    before = life.complaint
    life.append(moved(before, found, TODAY, now))
    assert moves(life.complaint, TODAY, now) == ()
    assert attrs.evolve(life.complaint, clocks=before.clocks, version=before.version) == before
    for move in found:
        if move.reason == DECREE and move.deadline.limit.unit.value == "working_days":
            assert move.days
            assert all(day.decrees for day in move.days)


@given(life=lives(TODAY), later=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_without_a_new_decree_or_another_policy_nothing_moves(life: Life, later: timedelta) -> None:
    assert moves(life.complaint, TODAY, life.now + later) == ()
