"""What the record says of each clock: once, for good, and by whose rules; no policy comes in when it is read."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapor_core import Action, Event, Facts, Role, State, decide, replay
from lapor_core.acts import Act
from lapor_core.complaint import Actor, Complaint
from lapor_core.errors import BadValue, LaporError
from lapor_core.events import ClockMissed, ClockMoved, ClockPaused, ClockResumed, ClockStarted, ClockStopped, Extended
from lapor_core.evolution import ACTION_OF
from lapor_core.misses import missed, next_miss_at
from lapor_core.performance import ENDED_OTHERWISE, ClockRow, Result, Verdict, clock_rows
from lapor_core.policy import Keeper, Limit, RestartOnReturn
from lapor_core.records import from_record, to_record, without_personal
from lapor_core.reports import due_within, report
from lapor_core.standard import Standard, load_standard
from lapor_core.testing import Life, acts, example_standard, example_submission, lives

WITA = ZoneInfo("Asia/Makassar")
HOUR, DAY, MOMENT = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


def held_up(pauses: tuple[State, ...] = (State.WAITING, State.HELD)) -> Standard:
    """Banjarbaru with an extension, a clock that pauses in two states, and one of hours that the office itself owes."""
    standard = example_standard(extension="7 working_days")
    resolve = attrs.evolve(standard.policy.clock("resolve"), pauses=pauses)
    verify = attrs.evolve(
        resolve,
        limit=Limit.parse("24 hours"),
        stops=(State.DISPOSED, State.REJECTED, State.ARCHIVED),
        pauses=(),
        extension=None,
    )
    return attrs.evolve(standard, policy=attrs.evolve(standard.policy, clocks={"resolve": resolve, "sorting": verify}))


STANDARD = held_up()


def with_others(standard: Standard) -> Standard:
    """The same with a clock that reporters keep, one that begins with the answer, and one of a request of erasure."""
    rule = standard.policy.clock("resolve")
    plain = {"limit": Limit.parse("10 working_days"), "pauses": (), "extension": None}
    others = {
        "reply": attrs.evolve(rule, starts="asked", kept_by=Keeper.REPORTER, **plain),
        "silence": attrs.evolve(
            rule, starts="responded", kept_by=Keeper.REPORTER, stops=(State.ANSWERED_BACK, State.CLOSED), **plain
        ),
        "erasure": attrs.evolve(rule, starts="erasure_requested", stops=(State.ERASED,), **plain),
    }
    others["reply"] = attrs.evolve(others["reply"], stops=(State.IN_PROGRESS, State.RESPONDED, State.WITHDRAWN))
    return attrs.evolve(standard, policy=attrs.evolve(standard.policy, clocks={**standard.policy.clocks, **others}))


MANY = with_others(held_up((State.WAITING, State.HELD, State.DISPOSED, State.VERIFIED)))
"""In which a clock may start in the middle of a pause, and one state that pauses may follow another."""

NEW = (ClockPaused, ClockResumed, ClockMissed)


@st.composite
def long_lives(draw: st.DrawFn) -> Life:
    """Complaints of which clocks are missed, paused, moved and started anew, with sweeps between the acts."""
    life: Life = draw(lives(MANY, most=4))
    for _ in range(draw(st.integers(0, 3))):
        life.climb(life.now + draw(st.timedeltas(timedelta(0), 40 * DAY)))
        try:
            life.act(**draw(acts(life.complaint)))
        except LaporError:  # it is at its end, or not allowed so: nothing has happened
            continue
    return life


def rows_of(life: Life, clock: str = "resolve") -> list[ClockRow]:
    return [row for row in clock_rows(life.events) if row.clock == clock]


def facts_of(life: Life, kind: type) -> list[Any]:
    return [event.fact for event in life.events if isinstance(event.fact, kind)]


@settings(max_examples=settings().max_examples // 2)
@given(life=long_lives())
def test_the_record_of_clocks_is_whole_and_needs_nothing_else(life: Life) -> None:
    every_clock_that_was_started_is_met_or_missed_or_running_or_ended(life)
    each_has_the_one_result_that_its_end_and_its_verdict_allow(life)
    pauses_are_the_stretches_in_which_the_complaint_stood_so(life)
    a_clock_that_stands_still_says_so_and_one_that_runs_does_not(life)
    records_of_before_count_equally(life)
    nothing_personal_is_needed_to_read_it(life)


def every_clock_that_was_started_is_met_or_missed_or_running_or_ended(life: Life) -> None:
    rows = clock_rows(life.events)
    started = [event.fact for event in life.events if isinstance(event.fact, ClockStarted)]
    assert [(row.clock, row.tier, row.limit, row.started) for row in rows] == [
        (fact.clock, fact.tier, fact.limit, fact.start) for fact in started
    ]
    for place, row in enumerate(rows):
        facts = own_facts(life.events, place)
        stops = [fact for fact in facts if isinstance(fact, ClockStopped)]
        last = [fact for fact in facts if isinstance(fact, ClockMoved | Extended | ClockMissed)][-1:]
        superseded = any(isinstance(fact, ClockStarted) for fact in facts[1:])
        if stops:
            assert row.verdict is (Verdict.MET if stops[0].met else Verdict.MISSED)
        elif last and isinstance(last[0], ClockMissed):
            assert row.verdict is Verdict.MISSED
        else:
            assert row.verdict is (Verdict.ENDED if superseded else Verdict.RUNNING)
        assert (row.stopped is None) == (not stops and not superseded)
        assert len(row.misses) == len({miss.due for miss in row.misses})
        assert (row.policy, bool(row.calendar)) == (STANDARD.policy.reference, True)


GIVEN_UP = {State.WITHDRAWN, State.REJECTED, State.ARCHIVED, State.MERGED, State.ERASED}


def each_has_the_one_result_that_its_end_and_its_verdict_allow(life: Life) -> None:
    """By the facts alone: where the complaint stood when the clock was stopped, and what the record says of its time."""
    ends = [stop_of(life.events, place) for place in range(len(life.complaint.clocks))]
    for row, end in zip(clock_rows(life.events), ends, strict=True):
        assert row.result in FITTING[row.verdict]
        assert bool(row.ended_by) == (row.stopped is not None)
        assert row.kept_by is MANY.policy.clock(row.clock).kept_by
        if end is None:
            assert row.result not in (Result.IN_TIME, Result.LATE)
        elif end in GIVEN_UP and row.clock != "erasure":
            assert row.result not in (Result.IN_TIME, Result.LATE)
            assert row.result is Result.LAPSED or row.result.value == row.ended_by == end.value
        elif row.kept_by is Keeper.OFFICE:
            assert row.result in (Result.IN_TIME, Result.LATE)


FITTING = {
    Verdict.MET: {Result.IN_TIME, *ENDED_OTHERWISE} - {Result.ANEW},
    Verdict.MISSED: {Result.LATE, Result.OVERDUE, Result.LAPSED},
    Verdict.RUNNING: {Result.RUNNING, Result.MERGED},
    Verdict.ENDED: {Result.ANEW},
}


def stop_of(events: tuple[Event, ...], place: int) -> State | None:
    """Return where the complaint stood when this clock was stopped; None where it was not."""
    stops = [fact for fact in own_facts(events, place) if isinstance(fact, ClockStopped)]
    at = [number for number, event in enumerate(events) if stops and event.fact is stops[0]]
    return replay(events[: at[0]]).state if at else None


def own_facts(events: tuple[Event, ...], place: int) -> list[Any]:
    """Return the facts of the clock that started as the ``place``-th, up to that which ends it; by the facts alone."""
    count, name, mine = -1, None, []
    for fact in (event.fact for event in events):
        count += isinstance(fact, ClockStarted)
        if count == place and name is None:
            name = fact.clock  # type: ignore[attr-defined]  # it has just been counted
        if name is not None and getattr(fact, "clock", None) == name:
            mine.append(fact)
            if len(mine) > 1 and isinstance(fact, ClockStarted | ClockStopped):
                break
    return mine


def pauses_are_the_stretches_in_which_the_complaint_stood_so(life: Life) -> None:
    complaint = life.complaint
    begun = [event.happened_at for event in life.events if isinstance(event.fact, ClockStarted)]
    for row, at in zip(clock_rows(life.events), begun, strict=True):
        stretches = [
            (since, min(filter(None, (until, row.stopped)), default=None))
            for since, until in stretched(complaint, MANY.policy.clock(row.clock).pauses)
            if (until is None or until > at) and (row.stopped is None or since < row.stopped)
        ]
        assert lasting(row.pauses) == lasting(stretches)


def lasting(pauses: Iterable[tuple[datetime, datetime | None]]) -> list[tuple[datetime, datetime | None]]:
    """Return those that took any time: of acts at the same instant, nobody can say which pause ended and which went on."""
    return [pause for pause in pauses if pause[0] != pause[1]]


def stretched(complaint: Complaint, pausing: tuple[State, ...]) -> list[tuple[datetime, datetime | None]]:
    """Return the visits in such states, those that follow each other joined."""
    runs = [list(run) for here, run in groupby(complaint.visits, lambda visit: visit.state in pausing) if here]
    return [(run[0].since, run[-1].until) for run in runs]


def a_clock_that_stands_still_says_so_and_one_that_runs_does_not(life: Life) -> None:
    for clock in life.complaint.running_clocks:
        pausing = MANY.policy.clock(clock.name).pauses
        assert (clock.paused_since is not None) == (life.complaint.state in pausing)


def records_of_before_count_equally(life: Life) -> None:
    """Without the facts and the fields that came later, the complaint is the same, and so is every verdict on what stopped."""
    old = tuple(as_before(life.events))
    now, before = life.complaint, replay(old)
    same = ("name", "tier", "start", "due", "due_date", "fingerprint", "extensions", "stopped_at", "round")
    assert [[getattr(clock, name) for name in same] for clock in before.clocks] == [
        [getattr(clock, name) for name in same] for clock in now.clocks
    ]
    assert before.visits == now.visits
    for row, earlier in zip(clock_rows(life.events), clock_rows(old), strict=True):
        unjudged = row.verdict is Verdict.MISSED and earlier.verdict in (Verdict.RUNNING, Verdict.ENDED)
        assert earlier.verdict is row.verdict or unjudged
        if not unjudged and not begun_with_others(life, row):
            assert (earlier.result, earlier.kept_by) == (row.result, row.kept_by)
        assert (earlier.due, earlier.stopped, earlier.moves) == (row.due, row.stopped, row.moves)
        assert not earlier.policy or row.extensions  # that of an extension has always been written down
        assert (earlier.working_days, earlier.misses, earlier.pauses) == (None, (), ())


def begun_with_others(life: Life, row: ClockRow) -> bool:
    """Tell whether several acts happened at the instant from which a clock counts: old records cannot say which it was."""
    acts = [event for event in life.events if event.happened_at == row.started and type(event.fact) in ACTION_OF]
    return len(acts) > 1


def as_before(events: tuple[Event, ...]) -> list[Event]:
    """Return the record as a version without the later facts and fields would have written it."""
    kept = [event for event in events if not isinstance(event.fact, NEW)]
    plain = [attrs.evolve(event, sequence=number) for number, event in enumerate(kept, 1)]
    later = {"policy", "calendar", "working_days", "days_late", "kept_by"}
    old = []
    for event in plain:
        record = to_record(event)
        public = {
            key: value
            for key, value in record.public.items()
            if key not in later or event.type in ("received", "extended")
        }
        old.append(from_record(attrs.evolve(record, public=public)))
    return old


def nothing_personal_is_needed_to_read_it(life: Life) -> None:
    bare = [from_record(without_personal(to_record(event))) for event in life.events]
    assert clock_rows(bare) == clock_rows(life.events)


def test_no_policy_and_no_calendar_can_come_in_when_it_is_read() -> None:
    assert list(inspect.signature(clock_rows).parameters) == ["events"]
    assert list(inspect.signature(report).parameters) == ["rows", "first", "last", "agency"]


def overdue(standard: Standard = STANDARD) -> Life:
    """A complaint of tier sedang with its agency, due on 10 April 2026, an hour past its time."""
    life = Life(standard)
    life.lead_to(State.IN_PROGRESS)
    life.now = due(life) + HOUR
    return life


def due(life: Life, clock: str = "resolve") -> datetime:
    running = life.complaint.running(clock)
    assert running is not None
    return running.due


def test_a_miss_is_found_at_the_first_moment_after_the_due_instant_and_once() -> None:
    life = overdue()
    assert next_miss_at(life.complaint, STANDARD) == due(life) + MOMENT
    assert missed(life.complaint, STANDARD, due(life)) == ()
    (event,) = life.append(missed(life.complaint, STANDARD, life.now))
    assert (event.happened_at, event.recorded_at, event.actor.role) == (due(life) + MOMENT, life.now, Role.SYSTEM)
    running = life.complaint.running("resolve")
    assert running is not None
    assert event.fact == ClockMissed(clock="resolve", due=running.due, policy=running.policy, calendar=running.calendar)
    assert missed(life.complaint, STANDARD, life.now + DAY) == ()
    assert next_miss_at(life.complaint, STANDARD) is None
    (row,) = rows_of(life)
    assert (row.verdict, row.stopped, row.agencies) == (Verdict.MISSED, None, ("dinas-contoh",))


def test_the_answer_that_comes_late_says_by_how_much_and_what_it_took() -> None:
    life = overdue()
    life.climb(life.now)
    life.act(Action.RESPOND, after=4 * DAY)  # Wednesday 15 April
    (row,) = rows_of(life)
    assert (row.verdict, row.days_late, row.working_days) == (Verdict.MISSED, 3, 17)
    assert (row.policy, row.agencies) == ("banjarbaru@1", ("dinas-contoh",))


def test_what_was_waited_for_is_not_counted_as_work() -> None:
    life = Life(STANDARD)
    life.lead_to(State.IN_PROGRESS)
    life.act(Action.ASK, after=DAY)
    life.act(Action.REPLY, after=14 * DAY)
    life.act(Action.RESPOND, after=DAY)
    (row,) = rows_of(life)
    ((since, until),) = row.pauses
    assert until is not None
    assert (until - since, row.verdict, row.moves) == (14 * DAY, Verdict.MET, ("pause",))
    office = STANDARD.office
    spent = office.count(row.started.date(), life.now.astimezone(WITA).date())
    paused = office.count(since.astimezone(WITA).date(), until.astimezone(WITA).date() - DAY)
    assert row.working_days == spent - paused
    assert [type(fact) for fact in facts_of(life, (*NEW, ClockMoved))] == [ClockPaused, ClockMoved, ClockResumed]  # type: ignore[arg-type]


def test_every_fact_of_a_clock_says_by_which_policy_and_calendar() -> None:
    life = overdue()
    life.climb(life.now)
    life.act(Action.ASK, after=DAY)
    life.act(Action.REPLY, after=DAY)
    life.act(Action.RESPOND)
    told = facts_of(life, (ClockStarted, ClockMoved, *NEW, ClockStopped))
    assert {type(fact) for fact in told} >= {ClockStarted, *NEW, ClockStopped}
    (clock,) = {(getattr(fact, "policy", ""), getattr(fact, "calendar", "")) for fact in told}
    assert clock == (STANDARD.policy.reference, life.complaint.clocks[0].calendar)
    assert all(clock)


def test_a_deadline_that_was_missed_and_moved_later_was_missed_then_and_may_be_met() -> None:
    life = overdue()
    life.climb(life.now)
    asked = due(life) - 2 * DAY
    begin = Act(action=Action.ASK, actor=Actor(role=Role.LIAISON_OFFICER), text="Contoh?", happened_at=asked)
    life.append(decide(life.complaint, begin, STANDARD, life.now))  # typed in only now
    assert missed(life.complaint, STANDARD, life.now + DAY) == ()  # it stands still
    life.act(Action.REPLY, after=6 * DAY)
    life.act(Action.RESPOND)
    (row,) = rows_of(life)
    assert (row.verdict, row.moves, len(row.misses)) == (Verdict.MET, ("pause",), 1)
    assert row.misses[0].due < row.due
    (total,) = report([row], **YEAR).office.totals
    assert (total.of(Result.IN_TIME), total.judged, total.corrected, total.in_time) == (1, 1, 1, 1.0)


def test_what_is_moved_later_can_be_missed_again() -> None:
    life = overdue()
    life.climb(life.now)
    asked = due(life) - 2 * DAY
    begin = Act(action=Action.ASK, actor=Actor(role=Role.LIAISON_OFFICER), text="Contoh?", happened_at=asked)
    life.append(decide(life.complaint, begin, STANDARD, life.now))
    life.act(Action.REPLY, after=6 * DAY)
    life.climb(due(life) + HOUR)
    (row,) = rows_of(life)
    assert (row.verdict, [miss.due < row.due for miss in row.misses]) == (Verdict.MISSED, [True, False])


def test_a_new_tier_does_not_undo_a_miss() -> None:
    life = overdue()
    life.climb(life.now)
    life.act(Action.CLASSIFY, facts=Facts(agencies=2, supervisory=True))
    first, second = rows_of(life)
    assert (first.verdict, first.stopped, second.verdict) == (Verdict.MISSED, life.now, Verdict.RUNNING)


def test_what_another_tier_took_the_place_of_in_time_was_never_judged() -> None:
    life = Life(STANDARD)
    life.lead_to(State.IN_PROGRESS)
    life.act(Action.CLASSIFY, facts=Facts(agencies=2, supervisory=True))
    first, second = rows_of(life)
    assert (first.verdict, first.result, first.ended_by) == (Verdict.ENDED, Result.ANEW, "classified")
    assert (second.verdict, second.result, second.ended_by) == (Verdict.RUNNING, Result.RUNNING, "")


def national() -> Life:
    life = Life(load_standard("nasional", agencies=list(STANDARD.agencies.values())))
    life.lead_to(State.IN_PROGRESS)
    return life


def results_of(life: Life) -> dict[str, tuple[Result, str]]:
    return {row.clock: (row.result, row.ended_by) for row in clock_rows(life.events)}


@pytest.mark.parametrize(
    ("action", "result"),
    [(Action.WITHDRAW, Result.WITHDRAWN), (Action.ERASE, Result.ERASED), (Action.RESPOND, Result.IN_TIME)],
)
def test_an_office_looks_no_better_because_citizens_gave_up(action: Action, result: Result) -> None:
    life = Life(STANDARD)
    life.lead_to(State.IN_PROGRESS)
    life.act(action, after=DAY)
    (row,) = rows_of(life)
    assert (row.verdict, row.result) == (Verdict.MET, result)
    (total,) = report([row], **YEAR).office.totals
    done = result is Result.IN_TIME
    assert (total.in_time, total.days(0.5)) == ((1.0, row.working_days) if done else (None, None))


@pytest.mark.parametrize("action", [Action.WITHDRAW, Action.ERASE])
def test_what_was_late_before_it_was_given_up_was_late(action: Action) -> None:
    life = overdue()
    life.climb(life.now)
    (row,) = rows_of(life)
    assert row.result is Result.OVERDUE
    life.act(action, after=DAY)
    (row,) = rows_of(life)
    assert (row.verdict, row.result) == (Verdict.MISSED, Result.LAPSED)
    assert report([row], **YEAR).office.totals[0].in_time == 0.0


@pytest.mark.parametrize(("action", "result"), [(Action.REJECT, "rejected"), (Action.ARCHIVE, "archived")])
def test_a_refusal_is_no_answer(action: Action, result: str) -> None:
    life = Life(STANDARD)
    life.act(action, after=HOUR)
    assert [(row.result.value, row.ended_by) for row in rows_of(life, "sorting")] == [(result, result)]


def test_what_is_merged_waits_and_has_its_result_with_the_answer() -> None:
    life = Life(STANDARD)
    life.lead_to(State.IN_PROGRESS)
    life.act(Action.MERGE)
    assert [row.result for row in rows_of(life)] == [Result.MERGED]
    life.act(Action.UNMERGE)
    assert [row.result for row in rows_of(life)] == [Result.RUNNING]


def test_the_time_that_reporters_have_is_theirs_and_closing_it_for_them_is_no_doing_of_theirs() -> None:
    life = national()
    life.act(Action.RESPOND)
    rows = {row.clock: row for row in clock_rows(life.events)}
    assert {name for name, row in rows.items() if row.kept_by is Keeper.REPORTER} == {"auto_close"}
    silent = Life(life.standard)
    silent.lead_to(State.RESPONDED)
    silent.now = due(silent, "auto_close") + 7 * DAY
    silent.climb(silent.now)
    assert results_of(silent)["auto_close"] == (Result.OVERDUE, "")
    silent.act(Action.CLOSE, Role.SYSTEM)
    assert results_of(silent)["auto_close"] == (Result.LAPSED, "closed")
    life.act(Action.REPLY, after=DAY)
    assert results_of(life)["auto_close"] == (Result.IN_TIME, "replied")
    assert results_of(life)["resolve"] == (Result.IN_TIME, "responded")
    made = report(clock_rows(life.events), **YEAR)
    assert {each.clock for each in made.reporter.totals} == {"auto_close"}
    assert "auto_close" not in {each.clock for each in made.office.totals}


def test_the_promise_to_erase_is_kept_by_erasing_and_no_other_is() -> None:
    life = national()
    life.act(Action.REQUEST_ERASURE)
    life.act(Action.ERASE, after=HOUR)
    found = results_of(life)
    assert (found["erasure"], found["resolve"]) == ((Result.IN_TIME, "erased"), (Result.ERASED, "erased"))
    assert found["verify"] == (Result.IN_TIME, "disposed")


def test_whoever_owed_it_when_it_was_missed_is_named_whoever_answers_then() -> None:
    life = Life(STANDARD)
    life.act(Action.DISPOSE, agencies=("dinas-contoh", "badan-contoh"))
    life.lead_to(State.IN_PROGRESS)
    life.act(Action.RESPOND, agency="dinas-contoh")
    life.climb(due(life) + HOUR)
    (late,) = [row for row in rows_of(life) if row.stopped is None]
    assert late.agencies == ("badan-contoh",)
    life.act(Action.RESPOND, agency="badan-contoh")
    assert rows_of(life)[-1].agencies == ("badan-contoh",)
    (sorting,) = rows_of(life, "sorting")
    assert (sorting.agencies, sorting.verdict, sorting.working_days) == ((), Verdict.MET, 0)


def test_an_answer_in_time_is_the_doing_of_those_who_owed_it_last() -> None:
    life = Life(STANDARD)
    life.act(Action.DISPOSE, agencies=("dinas-contoh",))
    life.lead_to(State.RESPONDED)
    (row,) = rows_of(life)
    assert (row.verdict, row.agencies, row.days_late) == (Verdict.MET, ("dinas-contoh",), 0)


@cache
def answered() -> ClockRow:
    life = Life(STANDARD)
    life.lead_to(State.RESPONDED)
    return rows_of(life)[0]


def row(**changes: Any) -> ClockRow:
    return attrs.evolve(answered(), **changes)


def test_a_report_counts_by_agency_tier_clock_and_month_and_once_in_the_total() -> None:
    together = row(agencies=("badan-contoh", "dinas-contoh"), working_days=3)
    late = row(verdict=Verdict.MISSED, result=Result.LATE, working_days=20, days_late=6)
    next_year = row(due_date=date(2027, 1, 4))
    office = row(agencies=(), verdict=Verdict.RUNNING, result=Result.RUNNING, working_days=None)
    found = report([together, late, next_year, office], **YEAR)
    kinds = (Result.IN_TIME, Result.LATE, Result.RUNNING)
    assert [(each.agency, each.month, *map(each.of, kinds)) for each in found.office.rows] == [
        ("", "2026-04", 0, 0, 1),
        ("badan-contoh", "2026-04", 1, 0, 0),
        ("dinas-contoh", "2026-04", 1, 1, 0),
    ]
    (total,) = found.office.totals
    assert (total.promised, total.in_time, total.days(0.5), total.days(0.9)) == (3, 0.5, 3, 20)
    assert [each.agency for each in report([together, late], **YEAR, agency="badan-contoh").office.rows] == [
        "badan-contoh"
    ]
    assert report([together], **YEAR, agency="").office.rows == ()


def test_of_what_nobody_wrote_down_nothing_is_said() -> None:
    (total,) = report([row(working_days=None, result=Result.RUNNING)], **YEAR).office.totals
    assert (total.in_time, total.days(0.5)) == (None, None)
    assert report([], **YEAR).office.totals == ()


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    for ask in (report, lambda rows, **days: list(due_within(rows, **days))):
        with pytest.raises(BadValue, match="ends before it begins") as caught:
            ask([], first=date(2026, 2, 1), last=date(2026, 1, 1))
        assert caught.value.code == "bad_period"


@st.composite
def found_rows(draw: st.DrawFn) -> ClockRow:
    return row(
        working_days=draw(st.none() | st.integers(0, 30)),
        result=draw(st.sampled_from(Result)),
        kept_by=draw(st.sampled_from(Keeper)),
        clock=draw(st.sampled_from(["resolve", "reply"])),
        agencies=draw(st.sampled_from([(), ("dinas-contoh",), ("badan-contoh",)])),
        due_date=draw(st.dates(date(2025, 12, 1), date(2027, 1, 31))),
    )


@given(found=st.lists(found_rows()), data=st.data())
def test_sums_are_conserved_whatever_comes_first_and_the_median_is_one_of_the_days(
    found: list[ClockRow], data: st.DataObject
) -> None:
    made = report(found, **YEAR)
    assert made == report(data.draw(st.permutations(found)), **YEAR)
    due = [each for each in found if each.due_date.year == 2026]
    for keeper, table in ((Keeper.OFFICE, made.office), (Keeper.REPORTER, made.reporter)):
        mine = [each for each in due if each.kept_by is keeper]
        for counted in (table.rows, table.totals):
            assert sum(each.promised for each in counted) == len(mine)
            assert {result: sum(each.of(result) for each in counted) for result in Result} == {
                result: sum(each.result is result for each in mine) for result in Result
            }
        for total in table.totals:
            same = [each for each in mine if each.clock == total.clock]
            done = sorted(
                each.working_days
                for each in same
                if each.working_days is not None and each.result in (Result.IN_TIME, Result.LATE)
            )
            assert total.days(0.5) == (done[(len(done) + 1) // 2 - 1] if done else None)
            others = total.of(Result.RUNNING) + sum(map(total.of, ENDED_OTHERWISE))
            assert total.judged + others == total.promised == len(same)


def test_the_first_events_of_a_new_complaint_name_policy_and_calendar() -> None:
    life = Life(STANDARD, example_submission())
    started = facts_of(life, ClockStarted)
    assert started
    assert {fact.policy for fact in started} == {"banjarbaru@1"}
    assert all(fact.calendar for fact in started)


def test_a_transfer_ends_the_clock_of_those_who_gave_it_back() -> None:
    anew = attrs.evolve(STANDARD.policy.clock("resolve"), restart_on_return=RestartOnReturn.NEW_AGENCY)
    clocks = {**STANDARD.policy.clocks, "resolve": anew}
    life = Life(attrs.evolve(STANDARD, policy=attrs.evolve(STANDARD.policy, clocks=clocks)))
    life.act(Action.DISPOSE, agencies=("dinas-contoh",))
    life.act(Action.RETURN)
    life.act(Action.DISPOSE, agencies=("badan-contoh",), after=DAY)
    assert [(row.verdict, row.agencies) for row in rows_of(life)] == [
        (Verdict.ENDED, ("dinas-contoh",)),
        (Verdict.RUNNING, ("badan-contoh",)),
    ]
