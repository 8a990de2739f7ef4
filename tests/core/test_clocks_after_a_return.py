"""A complaint that an agency returned and another one gets: whether a clock runs on or starts anew is the policy's choice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Action, Facts, Role, Standard, State, replay
from lapor_core.calendar import indonesia, overlay
from lapor_core.clock_facts import deadline_of
from lapor_core.complaint import Clock
from lapor_core.escalation import due_steps
from lapor_core.events import ClockMoved, ClockStarted, ClockStopped, Extended
from lapor_core.merging import merge, unmerge
from lapor_core.notices import notices_for, write
from lapor_core.ombudsman import Need, readiness
from lapor_core.policy import ClockRule, Limit, RestartOnReturn, Text
from lapor_core.recalculation import moves
from lapor_core.records import from_record, to_record
from lapor_core.testing import Life, acts, example_standard

ONE, TWO, THREE = "dinas-contoh", "badan-contoh", "kantor-contoh"
ANEW = RestartOnReturn.NEW_AGENCY
TITLE = Text(id="Tenggat contoh", en="Example deadline")
NEVER_AGAIN, STARTS_ANEW = example_standard(), example_standard(restart_on_return=ANEW)
EXTENDABLE = example_standard(extension="7 working_days", restart_on_return=ANEW)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LIGHT = Facts(supervisory=False, abuse_of_authority=False)


def handed_to(*agencies: str, standard: Standard = STARTS_ANEW, state: State = State.DISPOSED) -> Life:
    life = Life(standard)
    life.act(Action.DISPOSE, agencies=agencies)
    life.lead_to(state)
    return life


def handed_on(life: Life, *agencies: str, after: timedelta = 4 * DAY) -> Life:
    life.act(Action.RETURN, Role.LIAISON_OFFICER)
    life.act(Action.DISPOSE, agencies=agencies, after=after)
    return life


def runs(life: Life, name: str = "resolve") -> list[Clock]:
    return [clock for clock in life.complaint.clocks if clock.name == name]


def facts(life: Life, kind: type) -> list:
    return [event.fact for event in life.events if isinstance(event.fact, kind)]


def clock(starts: str, *stops: State, limit: str = "5 working_days", **more: object) -> ClockRule:
    changes = {"stops": stops, **more} if stops else more
    return ClockRule(title=TITLE, starts=starts, limit=Limit.parse(limit), restart_on_return=ANEW, **changes)


# What the policy says


def test_where_the_policy_says_nothing_the_clock_runs_on() -> None:
    life = handed_on(handed_to(ONE, standard=NEVER_AGAIN), TWO)
    (only,) = runs(life)
    assert (only.start, only.due_date, only.stopped_at) == (life.complaint.received_at, date(2026, 4, 10), None)
    assert not facts(life, ClockMoved)


def test_where_it_says_so_the_clock_starts_anew_with_the_new_disposition_and_both_runs_stay() -> None:
    life = handed_on(handed_to(ONE), TWO, after=10 * DAY)
    before, after = runs(life)
    assert (before.due_date, before.stopped_at, before.first_start) == (date(2026, 4, 10), life.now, None)
    assert (after.start, after.first_start) == (life.now, life.complaint.received_at)
    assert after.due_date == life.standard.office.add(life.now.date(), 14) == date(2026, 4, 14)
    assert not facts(life, ClockStopped)  # a return is no answer


@pytest.mark.parametrize("state", [State.DISPOSED, State.VERIFIED, State.IN_PROGRESS])
def test_from_wherever_it_is_returned_it_starts_anew_once(state: State) -> None:
    life = handed_on(handed_to(ONE, state=state), TWO)
    life.lead_to(State.IN_PROGRESS)
    assert len(runs(life)) == 2


# Who returns it gains nothing


def test_the_agency_that_returned_it_and_gets_it_back_has_no_more_time() -> None:
    life = handed_on(handed_to(ONE), ONE)
    assert len(runs(life)) == 1


def test_nor_has_one_that_had_it_long_before_or_gets_it_together_with_a_new_one() -> None:
    life = handed_on(handed_to(ONE), TWO)
    start = life.now
    assert runs(handed_on(life, ONE))[-1].start == start
    assert runs(handed_on(life, TWO, THREE))[-1].start == start  # the tier is another one now
    both = handed_on(handed_to(ONE), ONE, TWO)
    assert runs(both)[-1].start == both.complaint.received_at


def test_each_further_agency_starts_it_anew_and_the_first_start_is_remembered() -> None:
    life = handed_on(handed_on(handed_to(ONE), TWO), THREE)
    assert [run.first_start for run in runs(life)] == [None, life.complaint.received_at, life.complaint.received_at]
    assert runs(life)[-1].start == life.now


def test_while_others_still_owe_an_answer_the_promise_stays() -> None:
    life = handed_to(ONE, TWO, state=State.IN_PROGRESS)
    life.act(Action.RETURN, Role.LIAISON_OFFICER, agency=TWO)
    life.act(Action.INVOLVE, agencies=(THREE,))
    assert (life.complaint.state, life.complaint.owing, len(runs(life))) == (State.IN_PROGRESS, (ONE, THREE), 1)


def test_the_last_one_that_goes_returns_it_whole_and_a_new_one_has_the_whole_time() -> None:
    life = handed_to(ONE, TWO)
    life.act(Action.RETURN, Role.LIAISON_OFFICER, agency=TWO)
    handed_on(life, THREE)
    assert [run.start for run in runs(life)] == [life.complaint.received_at, life.now]
    assert len(runs(handed_on(life, TWO))) == 2  # it had it, and gave it back in part


def test_one_that_was_merged_while_it_waited_was_returned_all_the_same() -> None:
    life, main = handed_to(ONE), Life(STARTS_ANEW, complaint="utama")
    life.act(Action.RETURN, Role.LIAISON_OFFICER)
    admin = life.events[1].actor
    main.append(_merged(life, main, admin).main)
    main.append(_parted(life, main, admin).main)
    life.act(Action.DISPOSE, agencies=(TWO,), after=DAY)
    assert [run.start for run in runs(life)] == [life.complaint.received_at, life.now]


def test_one_that_was_merged_and_never_returned_keeps_its_clock() -> None:
    life, main = handed_to(ONE, state=State.IN_PROGRESS), Life(STARTS_ANEW, complaint="utama")
    admin = life.events[1].actor
    main.append(_merged(life, main, admin).main)
    main.append(_parted(life, main, admin).main)
    life.act(Action.DISPOSE, agencies=(TWO,), after=DAY)
    assert len(runs(life)) == 1


def _merged(life: Life, main: Life, admin: object) -> object:
    together = merge(life.complaint, main.complaint, STARTS_ANEW, life.now, actor=admin)
    life.append(together.follower)
    return together


def _parted(life: Life, main: Life, admin: object) -> object:
    together = unmerge(life.complaint, main.complaint, STARTS_ANEW, life.now, actor=admin)
    life.append(together.follower)
    return together


# Pauses, extensions, tiers, steps, rounds


def test_it_has_none_of_the_extensions_of_before_and_may_be_given_its_own() -> None:
    life = handed_to(ONE, standard=EXTENDABLE)
    life.act(Action.EXTEND, Role.CENTRAL_ADMIN)
    assert runs(life)[0].due_date == date(2026, 4, 21)
    handed_on(life, TWO)
    assert [len(run.extensions) for run in runs(life)] == [1, 0]
    assert runs(life)[-1].due_date == life.standard.office.add(life.now.date(), 14)
    life.act(Action.EXTEND, Role.CENTRAL_ADMIN)
    assert runs(life)[-1].due_date == life.standard.office.add(life.now.date(), 21)
    assert len(facts(life, Extended)) == 2


def test_a_pause_of_before_takes_nothing_from_the_new_run_and_one_of_its_own_does() -> None:
    life = handed_to(ONE, state=State.WAITING)
    life.act(Action.REPLY, after=7 * DAY)
    handed_on(life, TWO)
    assert runs(life)[-1].due_date == life.standard.office.add(life.now.date(), 14)
    assert not deadline_of(life.complaint, runs(life)[-1], life.standard, life.now).pauses
    life.lead_to(State.WAITING)
    life.act(Action.REPLY, after=7 * DAY)
    assert runs(life)[-1].due_date > life.standard.office.add(runs(life)[-1].start.date(), 14)


def test_the_time_between_return_and_disposition_is_no_pause_of_the_new_run() -> None:
    """Were it one, a day that is day one and was waited through until the office closed would not count."""
    rule = attrs.evolve(
        STARTS_ANEW.policy.clock("resolve"), pauses=(State.RETURNED,), first_day="included", after_hours="same_day"
    )
    standard = example_standard(clocks={"resolve": rule})
    life = handed_to(ONE, standard=standard)
    life.act(Action.RETURN, Role.LIAISON_OFFICER)
    evening = datetime(2026, 3, 17, 19, tzinfo=life.now.tzinfo)
    life.act(Action.DISPOSE, agencies=(TWO,), after=evening - life.now)
    fresh = standard.deadline("resolve", life.complaint.tier, start=evening)
    assert runs(life)[-1].due == fresh.due


def test_a_policy_may_let_it_stand_still_while_nobody_has_it() -> None:
    rule = attrs.evolve(NEVER_AGAIN.policy.clock("resolve"), pauses=(State.RETURNED,))
    life = handed_on(handed_to(ONE, standard=example_standard(clocks={"resolve": rule})), TWO, after=5 * DAY)
    (only,) = runs(life)
    assert [(fact.clock, fact.reason) for fact in facts(life, ClockMoved)] == [("resolve", "pause")]
    assert only.due_date > date(2026, 4, 10)
    found = deadline_of(life.complaint, only, life.standard, life.now)
    for language, said, unsaid in (
        ("id", "waktu tidak dihitung", "menunggu pelapor"),
        ("en", "stands still", "waiting for"),
    ):
        assert said in found.explain(language)
        assert unsaid not in found.explain(language) + found.svg(language)  # nobody waits for the reporter


def test_a_new_tier_keeps_the_start_of_the_new_run_and_what_is_said_of_it() -> None:
    life = handed_on(handed_to(ONE), TWO)
    start = life.now
    life.act(Action.CLASSIFY, facts=Facts(supervisory=True), after=DAY)
    assert runs(life)[-1].tier == "berat"
    assert (runs(life)[-1].start, runs(life)[-1].first_start) == (start, life.complaint.received_at)


def test_a_tier_that_becomes_known_after_it_counts_from_the_new_disposition_too() -> None:
    life = Life(STARTS_ANEW)
    life.act(Action.DISPOSE, agencies=(ONE,), facts=None)
    handed_on_to_two = {"agencies": (TWO,), "facts": None, "after": DAY}
    life.act(Action.RETURN, Role.LIAISON_OFFICER)
    life.act(Action.DISPOSE, **handed_on_to_two)
    assert not runs(life)
    start = life.now
    life.act(Action.CLASSIFY, facts=LIGHT, after=DAY)
    assert [(run.start, run.first_start) for run in runs(life)] == [(start, life.complaint.received_at)]


def test_the_steps_of_the_ladder_belong_to_the_run() -> None:
    life = handed_to(ONE)
    life.climb(datetime(2026, 4, 8, 12, tzinfo=life.now.tzinfo))
    assert {step for step, place in life.complaint.steps if place == 0}
    handed_on(life, TWO, after=HOUR)
    assert not due_steps(life.complaint, life.standard, life.now)
    life.climb(datetime(2026, 4, 25, 12, tzinfo=life.now.tzinfo))
    assert not [step for step, place in life.complaint.steps if place == 1]
    life.climb(datetime(2026, 5, 4, 12, tzinfo=life.now.tzinfo))
    assert [step for step, place in life.complaint.steps if place == 1]


def test_a_decree_that_comes_later_moves_the_new_run_from_its_own_start() -> None:
    life = handed_on(handed_to(ONE), TWO, after=10 * DAY)
    text = (
        '[[decrees]]\nnumber = "SE contoh"\nissued = 2026-03-26\n[[decrees.days]]\ndate = 2026-03-30\neffect = "off"\n'
    )
    text += 'kind = "election"\nname = { id = "Hari contoh", en = "Example day" }\n'
    office = life.standard.office.with_ledger(overlay(indonesia(), text, "contoh.toml"))
    later = attrs.evolve(life.standard, office=office)
    assert not moves(life.complaint, life.standard, life.now + DAY)
    (move,) = moves(life.complaint, later, life.now + 5 * DAY)
    assert (move.clock.due_date, move.deadline.due_date) == (date(2026, 4, 14), date(2026, 4, 15))
    assert move.deadline.first_start == life.complaint.received_at


def test_a_reopening_begins_with_what_the_agencies_have_and_a_return_in_the_new_round_counts() -> None:
    life = handed_on(handed_to(ONE), TWO)
    life.lead_to(State.RESPONDED)
    life.act(Action.REOPEN)
    assert (runs(life)[-1].round, runs(life)[-1].start, runs(life)[-1].first_start) == (2, life.now, None)
    reopened_at = life.now
    assert len(runs(handed_on(life, ONE))) == 3  # it had it in the round before
    handed_on(life, THREE)
    assert (runs(life)[-1].start, runs(life)[-1].first_start) == (life.now, reopened_at)


# Clocks that start otherwise


def test_a_clock_that_starts_with_the_disposition_starts_anew_while_it_runs() -> None:
    life = handed_on(handed_to(ONE, standard=example_standard(clocks={"answer": clock("disposed")})), TWO)
    assert [run.start for run in runs(life, "answer")][-1] == life.now
    assert len(runs(life, "answer")) == 2


@pytest.mark.parametrize("event", ["verified", "forwarded"])
def test_one_that_starts_later_starts_anew_with_the_disposition_and_no_second_time(event: str) -> None:
    standard = example_standard(clocks={"answer": clock(event)})
    life = handed_on(handed_to(ONE, standard=standard, state=State.IN_PROGRESS), TWO)
    start = life.now
    life.lead_to(State.IN_PROGRESS)
    assert [run.start for run in runs(life, "answer")][1:] == [start]


@pytest.mark.parametrize("event", ["verified", "forwarded"])
def test_one_that_had_not_begun_begins_as_ever(event: str) -> None:
    standard = example_standard(clocks={"answer": clock(event)})
    life = handed_on(handed_to(ONE, standard=standard), TWO)
    assert not runs(life, "answer")
    life.lead_to(State.IN_PROGRESS)
    assert [run.first_start for run in runs(life, "answer")] == [None]


def test_one_that_had_ended_starts_anew_as_well_for_the_new_agency_has_done_nothing_yet() -> None:
    standard = example_standard(clocks={"verify": clock("received", State.VERIFIED, State.REJECTED)})
    life = handed_on(handed_to(ONE, standard=standard, state=State.VERIFIED), TWO)
    first, second = runs(life, "verify")
    assert first.stopped_at is not None
    assert first.stopped_at < second.start == life.now
    assert second.first_start == life.complaint.received_at
    life.lead_to(State.IN_PROGRESS)
    assert len(runs(life, "verify")) == 2


def test_a_clock_that_the_disposition_ends_has_nothing_to_start_anew() -> None:
    standard = example_standard(clocks={"dispose": clock("received", State.DISPOSED)})
    life = handed_on(handed_to(ONE, standard=standard), TWO)
    life.act(Action.VERIFY, after=timedelta(0))
    life.lead_to(State.IN_PROGRESS)
    assert len(runs(life, "dispose")) == 1


def chain(verify: RestartOnReturn) -> Standard:
    first = attrs.evolve(clock("received", State.VERIFIED, State.REJECTED), restart_on_return=verify)
    return example_standard(clocks={"verify": first, "answer": clock("verify")})


def test_a_clock_that_follows_waits_for_the_one_before_where_that_starts_anew_too() -> None:
    life = handed_to(ONE, standard=chain(ANEW), state=State.IN_PROGRESS)
    began = runs(life, "answer")[0].start
    handed_on(life, TWO)
    assert (len(runs(life, "verify")), len(runs(life, "answer"))) == (2, 1)
    life.act(Action.VERIFY)
    assert [(run.start, run.first_start) for run in runs(life, "answer")] == [(began, None), (life.now, began)]
    life.lead_to(State.IN_PROGRESS)
    assert len(runs(life, "answer")) == 2


def test_and_starts_anew_by_itself_where_that_runs_no_more() -> None:
    life = handed_to(ONE, standard=chain(RestartOnReturn.NEVER), state=State.IN_PROGRESS)
    handed_on(life, TWO)
    start = life.now
    life.lead_to(State.IN_PROGRESS)
    assert (len(runs(life, "verify")), [run.start for run in runs(life, "answer")][1:]) == (1, [start])


def test_a_clock_of_the_first_round_does_not_start_anew_in_a_later_one() -> None:
    standard = example_standard(clocks={"long": clock("received", State.CLOSED, limit="90 days", rounds="first")})
    life = handed_to(ONE, standard=standard, state=State.RESPONDED)
    life.act(Action.REOPEN)
    handed_on(life, TWO)
    assert len(runs(life, "long")) == 1


# It can defend itself


def test_every_explanation_says_that_it_was_counted_anew_and_why() -> None:
    life = handed_on(handed_to(ONE), TWO, after=10 * DAY)
    found = deadline_of(life.complaint, runs(life)[-1], life.standard, life.now)
    assert found.first_start == life.complaint.received_at
    assert found.to_json()["started_anew"] == {"reason": "returned", "first_start": "2026-03-13T10:00:00+08:00"}
    said = {
        "id": "Dihitung ulang: laporan dikembalikan dan kini ditangani instansi lain; semula dihitung sejak Jumat, 13 Maret 2026.",
        "en": "Counted anew: the report was returned, and another agency has it now; it was first counted from Friday, 13 March 2026.",
    }
    for language, sentence in said.items():
        assert sentence in found.explain(language)
        assert sentence.partition(":")[0] in found.svg(language).partition("</desc>")[2]
        task = found.ics(language, uid="contoh", now=life.now).replace(b"\r\n ", b"").replace(b"\\", b"").decode()
        assert sentence in task
    assert "dihitung ulang sejak pukul" in found.explain("id")
    assert "diterima pukul" not in found.explain("id")


def test_a_clock_that_runs_on_says_nothing_of_it() -> None:
    life = handed_on(handed_to(ONE, standard=NEVER_AGAIN), TWO)
    found = deadline_of(life.complaint, runs(life)[-1], life.standard, life.now)
    assert found.to_json()["started_anew"] is None
    assert "anew" not in found.explain("en") + found.svg("en")


def test_the_reporter_is_told_and_the_record_keeps_it() -> None:
    life = handed_on(handed_to(ONE), TWO, after=10 * DAY)
    (notice,) = [notice for notice in notices_for(life.events, life.complaint) if notice.template == "counted_anew"]
    assert notice.recipient.role is Role.REPORTER
    event = life.events[notice.sequence - 1]
    assert "14 April 2026" in write("counted_anew", event, life.complaint, life.standard, "en").short
    assert from_record(to_record(event)) == event
    assert replay(life.events) == life.complaint


def test_no_promise_is_mended_by_another_one() -> None:
    """Who was let down before the return was let down: the way to the Ombudsman stays open."""
    life = handed_to(ONE)
    life.now = datetime(2026, 4, 13, 9, tzinfo=life.now.tzinfo)  # the first working day after the due day
    handed_on(life, TWO)
    not_served = next(
        each for each in readiness(life.complaint, life.standard, life.now).conditions if each.need is Need.NOT_SERVED
    )
    assert (not_served.why, not_served.day) == ("overdue", date(2026, 4, 10))
    in_time = handed_on(handed_to(ONE), TWO)
    not_served = next(
        each
        for each in readiness(in_time.complaint, life.standard, in_time.now).conditions
        if each.need is Need.NOT_SERVED
    )
    assert not_served.why == "not_due_yet"


# Laws

DELAYS = st.timedeltas(timedelta(0), timedelta(days=30))
WHERE = st.sampled_from([State.DISPOSED, State.VERIFIED, State.IN_PROGRESS])


@given(before=DELAYS, between=DELAYS, where=WHERE, restart=st.sampled_from(RestartOnReturn))
def test_law_a_return_changes_no_due_day_or_gives_that_of_a_fresh_clock(
    before: timedelta, between: timedelta, where: State, restart: RestartOnReturn
) -> None:
    standard = example_standard(restart_on_return=restart)
    life = handed_to(ONE, standard=standard, state=where)
    promised = runs(life)[-1].due
    life.act(Action.RETURN, Role.LIAISON_OFFICER, after=before)
    assert runs(life)[-1].due == promised
    life.act(Action.DISPOSE, agencies=(TWO,), after=between)
    fresh = standard.deadline("resolve", life.complaint.tier, start=life.now)
    assert runs(life)[-1].due == (promised if restart is RestartOnReturn.NEVER else fresh.due)


@given(data=st.data())
def test_law_a_clock_starts_anew_exactly_when_a_returned_complaint_gets_agencies_that_never_had_it(
    data: st.DataObject,
) -> None:
    life = Life(data.draw(st.sampled_from([STARTS_ANEW, NEVER_AGAIN])))
    had: set[str] = set()
    for _ in range(data.draw(st.integers(1, 4))):
        agencies = tuple(data.draw(st.lists(st.sampled_from([ONE, TWO, THREE]), min_size=1, unique=True)))
        comes_back = life.complaint.state is State.RETURNED
        life.act(Action.DISPOSE, agencies=agencies)
        anew = runs(life)[-1].start == life.now
        assert anew == (comes_back and not had & set(agencies) and life.standard is STARTS_ANEW)
        had |= set(agencies)
        while life.complaint.state is not State.RETURNED:
            life.act(Action.RETURN, Role.LIAISON_OFFICER, agency=life.complaint.agencies[0], after=data.draw(DELAYS))


@given(data=st.data())
def test_law_whatever_is_done_only_the_policy_lets_a_clock_start_anew(data: st.DataObject) -> None:
    standard = data.draw(st.sampled_from([STARTS_ANEW, NEVER_AGAIN]))
    life = handed_to(ONE, standard=standard)
    for _ in range(data.draw(st.integers(1, 6))):
        try:
            life.act(**data.draw(acts(life.complaint)))
        except ValueError:
            continue
    started = facts(life, ClockStarted)
    assert standard is STARTS_ANEW or not [fact for fact in started if fact.first_start is not None]
    assert all(fact.first_start is None or fact.first_start < fact.start for fact in started)
