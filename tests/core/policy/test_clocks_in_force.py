"""Clocks that only some standards have, in the life of a complaint: the reporter's own, silence, and a second stage."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from lapor_core import Act, Action, Actor, Agency, Facts, Kind, Role, State, decide, load_standard
from lapor_core.clocks import Extension
from lapor_core.complaint import Complaint
from lapor_core.errors import BadValue, Refused
from lapor_core.policy import ExtensionLimit, Limit
from lapor_core.testing import Life, example_submission

AGENCIES = [Agency(key="dinas-contoh", name="Dinas Contoh")]
DAY = timedelta(days=1)
FACTS = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)


def life(policy: str) -> Life:
    return Life(load_standard(policy, agencies=AGENCIES), example_submission())


def clocks(complaint: Complaint, name: str) -> list[tuple[date, bool]]:
    """The runs of a clock: the due day of each, and whether it still runs."""
    return [(clock.due_date, clock.stopped_at is None) for clock in complaint.clocks if clock.name == name]


def test_the_reporters_own_clock_runs_from_a_question_to_the_reply_and_again_from_the_next() -> None:
    case = life("bea-cukai")
    case.lead_to(State.IN_PROGRESS)
    assert clocks(case.complaint, "complete") == []
    case.act(Action.ASK, Role.LIAISON_OFFICER)
    assert clocks(case.complaint, "complete") == [(date(2026, 3, 27), True)]
    case.act(Action.REPLY, Role.REPORTER, after=3 * DAY)
    assert clocks(case.complaint, "complete") == [(date(2026, 3, 27), False)]
    case.act(Action.ASK, Role.LIAISON_OFFICER, after=DAY)
    assert clocks(case.complaint, "complete") == [(date(2026, 3, 27), False), (date(2026, 3, 31), True)]


def test_the_office_is_in_time_with_its_progress_when_it_asks() -> None:
    case = life("bea-cukai")
    case.lead_to(State.WAITING)
    assert clocks(case.complaint, "progress")[0][1] is False


def test_silence_after_an_answer_closes_the_report_and_a_reply_begins_the_count_anew() -> None:
    case = life("nasional")
    case.act(Action.DISPOSE, Role.CENTRAL_ADMIN, facts=FACTS)
    case.lead_to(State.RESPONDED)
    first = clocks(case.complaint, "auto_close")
    case.act(Action.REPLY, Role.REPORTER, after=2 * DAY)
    case.act(Action.RESPOND, Role.LIAISON_OFFICER, after=4 * DAY)
    again = clocks(case.complaint, "auto_close")
    assert again[0] == (first[0][0], False)
    assert again[1][1] is True
    assert again[1][0] > again[0][0]
    case.climb(case.now + 33 * DAY)  # the office is shut on a Saturday
    assert case.complaint.state is State.CLOSED


def test_a_second_stage_runs_only_after_a_reopening_and_the_first_only_before() -> None:
    case = life("lgsco")
    case.lead_to(State.VERIFIED)
    assert [clock.name for clock in case.complaint.clocks] == ["acknowledge", "stage_1"]
    case.lead_to(State.CLOSED)
    case.act(Action.REOPEN, Role.REPORTER)
    again = [(clock.name, clock.stopped_at is None) for clock in case.complaint.clocks if clock.round == 2]
    assert again == [("stage_2", True)]
    assert clocks(case.complaint, "stage_2")[0][0] > case.now.date() + 25 * DAY


def test_the_most_that_all_extensions_may_add_together_is_kept() -> None:
    standard = load_standard("lgsco")
    rule = standard.policy.clock("stage_1")
    twice = attrs.evolve(
        rule, extension=attrs.evolve(rule.extension, times=3, maximum=ExtensionLimit.parse("12 working_days"))
    )
    policy = attrs.evolve(standard.policy, clocks={**standard.policy.clocks, "stage_1": twice})
    standard = attrs.evolve(standard, policy=policy)
    start = example_submission().received_at

    def due(*amounts: str) -> date:
        given = [
            Extension(limit=Limit.parse(amount), granted_at=start + number * DAY)
            for number, amount in enumerate(amounts, 1)
        ]
        return standard.deadline("stage_1", "complaint", start=start, extensions=given, now=start + 9 * DAY).due_date

    assert due("10 working_days", "2 working_days") == due("6 working_days", "6 working_days")
    with pytest.raises(BadValue, match="12 working_days") as caught:
        due("10 working_days", "3 working_days")
    assert caught.value.code == "long_extension"


def test_at_the_second_stage_whoever_considered_it_before_must_leave_it_to_somebody_else() -> None:
    case = life("lgsco")
    case.lead_to(State.CLOSED)
    case.act(Action.REOPEN, Role.REPORTER)
    assert (case.complaint.considered_by, case.complaint.barred) == ({"petugas-contoh"}, frozenset())
    case.climb(case.now + 4.2 * DAY)  # on Tuesday in London the office is open, and the first working day has passed
    assert case.complaint.barred == {"petugas-contoh"}
    for action in (Action.ASK, Action.RESPOND):
        with pytest.raises(Refused) as caught:
            case.act(action, Role.LIAISON_OFFICER)
        assert caught.value.code == "different_person"
    act = Act(action=Action.RESPOND, actor=Actor(role=Role.SUPERIOR, id="petugas-lain"), text="Tanggapan contoh.")
    case.append(decide(case.complaint, act, case.standard, case.now))
    assert case.complaint.state is State.RESPONDED
