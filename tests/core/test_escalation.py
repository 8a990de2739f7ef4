"""The ladder: each step once per clock, in the clock's own unit, and never in a pause, at creation or at night."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workalendar.europe import UnitedKingdom

from lapor_core import Action, Facts, Role, Standard, State, due_steps, next_step_at, take_step
from lapor_core.calendar import Office
from lapor_core.errors import BadValue
from lapor_core.events import StepTaken
from lapor_core.lifecycle import is_over
from lapor_core.policy.amounts import Amount, Limit
from lapor_core.policy.model import LadderStep
from lapor_core.testing import Life, example_standard, example_submission, instants, lives

ZONE = ZoneInfo("Asia/Makassar")
STANDARD = example_standard()
OFFICE = STANDARD.office
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
UNITS = ("working_days", "days", "hours", "office_hours")
STEPS = st.builds(lambda number, unit: f"{number:+d} {unit}", st.integers(-20, 20), st.sampled_from(UNITS))


MIXED = tuple(
    LadderStep(clock="resolve", at=Amount.parse(at), remind=(Role.SUPERIOR,), anytime=at.startswith("+"))
    for at in ("-3 working_days", "+1 day", "-30 hours", "+2 office_hours", "+0")
)
SOME_ANYTIME = attrs.evolve(STANDARD, policy=attrs.evolve(STANDARD.policy, ladder=MIXED))


def with_ladder(*steps: str, standard: Standard = STANDARD, **fields: object) -> Standard:
    ladder = tuple(LadderStep(clock="resolve", at=Amount.parse(at), **fields) for at in steps)  # type: ignore[arg-type]
    return attrs.evolve(standard, policy=attrs.evolve(standard.policy, ladder=ladder))


def forwarded(standard: Standard = STANDARD, received_at: datetime | None = None) -> Life:
    """A complaint of tier sedang with its agency; received on 13 March, it is due on 10 April 2026."""
    life = Life(standard, example_submission(**({"received_at": received_at} if received_at else {})))
    life.lead_to(State.IN_PROGRESS)
    return life


def taken(life: Life) -> list[tuple[str, int | None]]:
    return sorted(life.complaint.steps)


def instants_of(life: Life, far: datetime) -> list[datetime]:
    return [due.at for due in due_steps(life.complaint, life.standard, far)]


def is_shut(moment: datetime) -> bool:
    opening, closing = OFFICE.opening(moment.date()), OFFICE.closing(moment.date())
    return opening is None or closing is None or not opening <= moment < closing


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=ZONE) + hour * HOUR


# Laws


@given(life=lives(STANDARD), moments=st.lists(instants(STANDARD), max_size=6))
def test_each_step_is_taken_once_per_clock_however_often_the_ladder_is_looked_at(
    life: Life, moments: Iterable[datetime]
) -> None:
    for moment in sorted(moment for moment in moments if moment > life.now):
        life.climb(moment)
        assert due_steps(life.complaint, STANDARD, moment) == ()
        assert life.climb(moment) == ()
    steps = [event.fact.step for event in life.events if isinstance(event.fact, StepTaken) and event.fact.clock]
    assert len(steps) == len([step for step, place in life.complaint.steps if place is not None])


@given(life=lives(STANDARD), now=instants(STANDARD))
def test_no_step_is_due_in_a_pause_when_it_is_over_or_while_the_office_is_shut(life: Life, now: datetime) -> None:
    over = is_over(life.complaint.state)
    if over or life.complaint.state is State.WAITING or is_shut(now):
        assert due_steps(life.complaint, STANDARD, now) == ()
    if over or life.complaint.state is State.WAITING:
        assert next_step_at(life.complaint, STANDARD) is None


@given(life=st.one_of(lives(STANDARD), lives(SOME_ANYTIME)), now=instants(STANDARD))
def test_whoever_looks_when_told_to_finds_a_step_and_nobody_before(life: Life, now: datetime) -> None:
    told = next_step_at(life.complaint, life.standard, now)
    if told is None:
        assert due_steps(life.complaint, life.standard, now) == ()
        return
    assert told >= now
    assert due_steps(life.complaint, life.standard, told)
    assert bool(due_steps(life.complaint, life.standard, now)) == (told == now)


@given(life=lives(SOME_ANYTIME), now=instants(STANDARD))
def test_only_steps_that_wait_for_nobody_are_due_while_the_office_is_shut(life: Life, now: datetime) -> None:
    if is_shut(now):
        assert all(due.step.anytime for due in due_steps(life.complaint, life.standard, now))
    if is_over(life.complaint.state) or life.complaint.state is State.WAITING:
        assert due_steps(life.complaint, life.standard, now) == ()


@given(step=STEPS)
def test_a_step_that_waits_for_nobody_is_reached_no_later_than_one_that_waits(step: str) -> None:
    far = at("2026-06-02")
    waiting = instants_of(forwarded(with_ladder(step)), far)
    eager = instants_of(forwarded(with_ladder(step, anytime=True)), far)
    assert len(eager) <= len(waiting) <= 1  # none of them lies before its clock
    assert all(early <= late for early, late in zip(eager, waiting, strict=False))
    assert all(is_shut(moment) for moment in eager if moment not in waiting)


@given(received=instants(STANDARD), steps=st.lists(STEPS, max_size=4, unique=True))
def test_no_step_is_due_at_creation_and_none_lies_before_its_clock(received: datetime, steps: list[str]) -> None:
    if not date(2018, 1, 1) <= received.date() <= date(2027, 9, 30):
        return
    life = forwarded(with_ladder(*steps), received)
    clock = life.complaint.clocks[0]
    assert due_steps(life.complaint, life.standard, received) == ()
    assert all(
        moment > clock.start
        for moment in instants_of(life, OFFICE.opening(OFFICE.next_working_day(clock.due_date + 40 * DAY)))
    )


@given(step=STEPS)
def test_every_step_is_reached_while_the_office_is_open(step: str) -> None:
    life = forwarded(with_ladder(step))
    for moment in instants_of(life, at("2026-06-02")):
        assert not is_shut(moment)


@given(unit=st.sampled_from(UNITS), one=st.integers(-10, 20), other=st.integers(-10, 20))
def test_a_later_step_is_never_reached_before_an_earlier_one(unit: str, one: int, other: int) -> None:
    early, late = sorted((one, other))
    life = forwarded(with_ladder(f"{early:+d} {unit}", f"{late:+d} {unit}"))
    reached = {due.step.at.amount: due.at for due in due_steps(life.complaint, life.standard, at("2026-06-02"))}
    assert set(reached) == {early, late}
    assert reached[early] <= reached[late]


@given(
    received=instants(STANDARD),
    limit=st.builds(lambda amount, unit: f"{amount} {unit}", st.integers(1, 9), st.sampled_from(UNITS)),
    step=st.builds(
        lambda hours, unit: f"+{hours} {unit}", st.integers(0, 9), st.sampled_from(("hours", "office_hours"))
    ),
    anytime=st.booleans(),
)
def test_a_step_in_hours_that_is_not_ahead_of_the_due_instant_is_never_reached_before_it(
    received: datetime,
    limit: str,
    step: str,
    anytime: bool,  # noqa: FBT001 - drawn
) -> None:
    """Whatever it does then, to close a report by itself, say, would come while the citizen still has time."""
    standard = with_limit(limit, with_ladder(step, anytime=anytime))
    life = Life(standard, example_submission(received_at=received))
    life.act(Action.DISPOSE, after=timedelta(0))
    due = life.complaint.clocks[0].due
    assert all(reached >= due for reached in instants_of(life, due + 99 * DAY))
    assert next_step_at(life.complaint, standard) is not None


# Signed steps in each unit; due on Friday 10 April 2026, at the end of the day


@pytest.mark.parametrize(
    ("step", "reached"),
    [
        ("-3 working_days", "2026-04-07T07:30+08:00"),
        ("-5 working_days", "2026-04-02T07:30+08:00"),  # over Good Friday and a weekend
        ("+0", "2026-04-10T07:30+08:00"),
        ("+0 working_days", "2026-04-10T07:30+08:00"),
        ("+1 working_day", "2026-04-13T07:30+08:00"),
        ("-3 days", "2026-04-07T07:30+08:00"),
        ("-5 days", "2026-04-06T07:30+08:00"),  # 5 April is a Sunday
        ("+1 day", "2026-04-13T07:30+08:00"),  # the 11th is a Saturday
        ("+3 days", "2026-04-13T07:30+08:00"),
        ("-10 hours", "2026-04-10T13:59:59+08:00"),
        ("-20 hours", "2026-04-10T07:30+08:00"),  # four in the morning waits until opening
        ("+1 hour", "2026-04-13T07:30+08:00"),  # one in the morning of a Saturday
        ("-1 office_hour", "2026-04-10T15:30+08:00"),
        ("-9 office_hours", "2026-04-09T14:30+08:00"),
        ("+1 office_hour", "2026-04-13T08:30+08:00"),
    ],
)
def test_a_step_is_reached_at_the_instant_its_unit_says(step: str, reached: str) -> None:
    life = forwarded(with_ladder(step))
    assert instants_of(life, at("2026-06-02")) == [datetime.fromisoformat(reached)]


@pytest.mark.parametrize(
    ("step", "reached"),
    [
        ("-3 working_days", "2026-04-07T00:00+08:00"),
        ("+0", "2026-04-10T00:00+08:00"),
        ("+1 working_day", "2026-04-13T00:00+08:00"),
        ("-5 days", "2026-04-05T00:00+08:00"),  # a Sunday
        ("+1 day", "2026-04-11T00:00+08:00"),  # a Saturday
        ("-20 hours", "2026-04-10T03:59:59+08:00"),
        ("+1 hour", "2026-04-11T00:59:59+08:00"),
        ("-9 office_hours", "2026-04-09T14:30+08:00"),
        ("+0 hours", "2026-04-10T23:59:59+08:00"),
        ("+0 office_hours", "2026-04-10T23:59:59+08:00"),  # and not at the last closing, when nothing is overdue yet
    ],
)
def test_a_step_at_any_time_waits_for_no_office(step: str, reached: str) -> None:
    standard = with_ladder(step, anytime=True)
    life, moment = forwarded(standard), datetime.fromisoformat(reached)
    assert next_step_at(life.complaint, standard) == moment
    assert next_step_at(life.complaint, standard, moment - HOUR) == moment
    assert due_steps(life.complaint, standard, moment - timedelta(seconds=1)) == ()
    assert [due.at for due in due_steps(life.complaint, standard, moment)] == [moment]


def test_an_overdue_step_at_any_time_is_taken_in_the_night_before_the_ones_that_wait() -> None:
    life = forwarded(SOME_ANYTIME)
    night = at("2026-04-12", 2)
    assert next_step_at(life.complaint, SOME_ANYTIME, night) == night
    assert {str(due.step.at) for due in due_steps(life.complaint, SOME_ANYTIME, night)} == {"+0", "+1 days"}
    life.climb(night)
    assert next_step_at(life.complaint, SOME_ANYTIME, night) == at("2026-04-13", 7) + HOUR / 2


def with_limit(limit: str, standard: Standard) -> Standard:
    policy = standard.policy
    tiers = tuple(attrs.evolve(tier, limits={"resolve": Limit.parse(limit)}) for tier in policy.tiers)
    return attrs.evolve(standard, policy=attrs.evolve(policy, tiers=tiers))


def test_nought_of_a_limit_in_hours_is_its_instant_and_not_its_day() -> None:
    for anytime, reached in ((False, at("2026-03-16", 7) + HOUR / 2), (True, at("2026-03-14", 3))):
        standard = with_limit("14 hours", with_ladder("+0", anytime=anytime))
        life = Life(standard, example_submission(received_at=at("2026-03-13", 13)))
        life.act(Action.DISPOSE, after=HOUR)
        assert next_step_at(life.complaint, standard) == reached


def test_nought_office_hours_of_a_limit_that_ends_in_a_break_is_not_before_it() -> None:
    standard = with_limit("3 hours", with_ladder("+0 office_hours"))
    life = Life(standard, example_submission(received_at=at("2026-03-12", 9) + HOUR / 2))
    life.act(Action.DISPOSE, after=HOUR)
    assert next_step_at(life.complaint, standard) == life.complaint.clocks[0].due == at("2026-03-12", 12) + HOUR / 2


def test_a_step_in_hours_has_hours_of_sixty_minutes_when_clocks_are_set() -> None:
    """London, 25 October 2026: the hour from one to two comes twice."""
    office = Office.from_workalendar(UnitedKingdom(), zone="Europe/London")
    zoned = attrs.evolve(with_limit("24 hours", with_ladder("-12 hours", anytime=True)), office=office)
    life = Life(zoned, example_submission(received_at=datetime(2026, 10, 24, 10, tzinfo=ZoneInfo("Europe/London"))))
    life.act(Action.DISPOSE, after=HOUR)
    assert next_step_at(life.complaint, zoned).astimezone(UTC) == life.complaint.received_at.astimezone(UTC) + 12 * HOUR


def test_a_step_of_a_limit_in_hours_keeps_to_office_days() -> None:
    standard = with_limit("3 hours", with_ladder("+0 hours", "+2 hours"))
    life = Life(standard, example_submission(received_at=at("2026-03-13", 13)))
    life.act(Action.DISPOSE, after=HOUR)
    assert life.complaint.clocks[0].due == at("2026-03-13", 16)
    friday_evening, monday = at("2026-03-13", 20), at("2026-03-16", 10)
    assert due_steps(life.complaint, standard, friday_evening) == ()
    assert instants_of(life, monday) == [at("2026-03-13", 16), at("2026-03-16", 7) + HOUR / 2]


# What is due when


def test_an_overdue_step_waits_for_the_morning_when_nobody_looked_in_time() -> None:
    life = forwarded()
    night, monday = at("2026-04-11", 2), at("2026-04-13", 7) + HOUR / 2
    assert due_steps(life.complaint, STANDARD, night) == ()
    assert next_step_at(life.complaint, STANDARD, night) == monday
    assert len(due_steps(life.complaint, STANDARD, monday)) == 3


def test_a_lunch_break_holds_nobody_up() -> None:
    assert due_steps(forwarded().complaint, STANDARD, at("2026-04-07", 12) + HOUR / 2)


def test_steps_come_in_the_order_of_their_instants_and_now_needs_a_zone() -> None:
    standard = with_ladder("+1 working_day", "-3 working_days", "+0")
    life = forwarded(standard)
    order = [str(due.step.at) for due in due_steps(life.complaint, standard, at("2026-04-20"))]
    assert order == ["-3 working_days", "+0", "+1 working_days"]
    with pytest.raises(BadValue, match="no time zone"):
        due_steps(life.complaint, standard, datetime(2026, 4, 20))  # noqa: DTZ001 - that is the fault


def test_a_new_tier_climbs_anew_for_its_own_day_and_a_new_round_too() -> None:
    life = forwarded()
    life.climb(at("2026-04-07"))
    life.climb(at("2026-04-10"))
    life.act(Action.CLASSIFY, facts=Facts(supervisory=True))
    assert next_step_at(life.complaint, STANDARD) == at("2026-04-29", 7) + HOUR / 2
    life.climb(at("2026-04-29"))
    assert taken(life) == [("resolve +0", 0), ("resolve -3 working_days", 0), ("resolve -3 working_days", 1)]
    life.act(Action.RESPOND)
    life.act(Action.CLOSE)
    life.act(Action.REOPEN)
    assert life.complaint.round == 2
    reopened = next_step_at(life.complaint, STANDARD)
    assert reopened is not None
    life.climb(reopened)
    assert ("resolve -3 working_days", 2) in taken(life)


def test_an_answer_ends_the_climb() -> None:
    life = forwarded()
    life.act(Action.RESPOND)
    assert next_step_at(life.complaint, STANDARD) is None


def test_nobody_is_pressed_while_the_reporter_is_waited_for() -> None:
    life = forwarded()
    life.act(Action.ASK)
    assert due_steps(life.complaint, STANDARD, at("2026-04-20")) == ()
    assert next_step_at(life.complaint, STANDARD, at("2026-04-20")) is None


def test_a_pause_puts_the_steps_off_by_what_was_waited() -> None:
    life = forwarded()
    life.act(Action.ASK, after=at("2026-03-16", 7) - life.now)
    life.act(Action.REPLY, after=at("2026-03-25", 17) - life.now)
    assert life.complaint.clocks[0].due_date == date(2026, 4, 15)
    assert next_step_at(life.complaint, STANDARD) == at("2026-04-10", 7) + HOUR / 2


# Taking a step


def test_a_step_tells_whom_it_reminds_and_escalates_once() -> None:
    life = forwarded()
    events = life.climb(at("2026-04-13"))
    facts = [event.fact for event in events if isinstance(event.fact, StepTaken)]
    assert [(fact.remind, fact.show_reporter) for fact in facts] == [
        ((Role.LIAISON_OFFICER,), ()),
        ((Role.LIAISON_OFFICER, Role.SUPERIOR), ()),
        ((Role.AGENCY_ADMIN, Role.INSPECTORATE), ("ombudsman",)),
    ]
    assert life.complaint.state is State.ESCALATED
    assert {event.actor.role for event in events} == {Role.SYSTEM}


@pytest.mark.parametrize("action", [Action.RESPOND, Action.REJECT, Action.ARCHIVE])
def test_a_step_never_does_what_the_system_may_not(action: Action) -> None:
    standard = with_ladder("+0", act=action)
    life = forwarded(standard)
    before = life.complaint.state
    events = life.climb(at("2026-04-10"))
    assert [event.type for event in events] == ["step_taken"]
    assert life.complaint.state is before


def test_a_step_may_close_what_was_answered_and_stayed_without_reply() -> None:
    """The practice of the national service: closed ten working days after the answer."""
    policy = STANDARD.policy
    rule = attrs.evolve(policy.clocks["resolve"], starts="responded", limit=Limit.parse("10 working_days"), stops=())
    rule = attrs.evolve(rule, stops=(State.CLOSED, State.ANSWERED_BACK))
    ladder = (LadderStep(clock="silence", at=Amount.parse("+1 working_day"), act=Action.CLOSE),)
    policy = attrs.evolve(policy, clocks={**policy.clocks, "silence": rule}, ladder=ladder)
    life = forwarded(attrs.evolve(STANDARD, policy=policy))
    life.act(Action.RESPOND)
    told = next_step_at(life.complaint, life.standard)
    assert told == at("2026-04-07", 7) + HOUR / 2
    assert [event.type for event in life.climb(told)] == ["clock_missed", "step_taken", "closed", "clock_stopped"]
    assert life.complaint.state is State.CLOSED


def test_a_step_that_was_decided_twice_at_once_is_refused_the_second_time() -> None:
    life = forwarded()
    due = due_steps(life.complaint, STANDARD, at("2026-04-07"))[0]
    first = take_step(life.complaint, due, STANDARD, at("2026-04-07"))
    second = take_step(life.complaint, due, STANDARD, at("2026-04-07"))
    life.append(first)
    with pytest.raises(BadValue, match="cannot follow"):
        life.append(second)
