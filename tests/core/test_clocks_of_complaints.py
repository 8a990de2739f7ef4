"""The clocks of a complaint while things happen to it: started, moved, started anew, followed, stopped."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import attrs
import pytest

from lapor_core import (
    Act,
    Action,
    Actor,
    Agency,
    Complaint,
    Event,
    Facts,
    Kind,
    Proof,
    Reporter,
    Role,
    Standard,
    State,
    Submission,
    decide,
    load_standard,
    receive,
    replay,
)
from lapor_core.calendar import Office, indonesia, overlay
from lapor_core.clock_facts import overdue_undecided
from lapor_core.complaint import Clock
from lapor_core.events import ClockMoved, ClockStarted, ClockStopped
from lapor_core.policy.loading import load_policy

WITA = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 3, 13, 10, tzinfo=WITA)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHIPPED = (resources.files("lapor_core.policy") / "data" / "banjarbaru.toml").read_text("utf-8")
AGENCIES = [Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="dinas-lain", name="Dinas Lain", office="enam")]
LIGHT = Facts(supervisory=False, abuse_of_authority=False)

CHAIN = """
[clocks.verify]
title = { id = "Tenggat verifikasi", en = "Verification deadline" }
limit = "3 working_days"
stops = ["verified", "rejected", "archived", "withdrawn"]

[clocks.follow_up]
title = { id = "Tenggat tindak lanjut", en = "Follow-up deadline" }
starts = "verify"
limit = "5 working_days"
"""

AGENCYS = """
[clocks.answer]
title = { id = "Tenggat jawaban", en = "Answer deadline" }
limit = "min(10 working_days, agency)"
agency_limits = { dinas-contoh = "6 working_days" }

[clocks.visit]
title = { id = "Tenggat kunjungan", en = "Visit deadline" }
limit = "10 working_days"
calendar = "agency"
"""


def standard(more: str = "") -> Standard:
    offices = {"enam": Office.indonesia(zone="Asia/Makassar", week=6)}
    return load_standard(load_policy(SHIPPED + more, "contoh.toml"), agencies=AGENCIES, offices=offices)


USUAL = standard()


class Life:
    """A complaint and what is done to it, hour by hour."""

    def __init__(self, judged_by: Standard = USUAL) -> None:
        self.standard = judged_by
        submission = Submission(
            channel="sms",
            source_id="1",
            received_at=NOW,
            reporter=Reporter(mobile="+6280000000001"),  # invented
            proofs=frozenset({Proof.SENDER_NUMBER}),
            kind=Kind.COMPLAINT,
            narrative="Lampu jalan contoh mati",
        )
        self.events: list[Event] = list(
            receive(submission, judged_by, NOW, complaint="c1", code="x", reporter_ref="p1").events
        )

    def act(self, action: Action, role: Role, at: datetime, **more: object) -> Life:
        act = Act(action=action, actor=Actor(role=role), **more)
        self.events += decide(self.complaint, act, self.standard, at)
        return self

    def forwarded(self) -> Life:
        self.act(Action.DISPOSE, Role.CENTRAL_ADMIN, NOW + HOUR, agencies=("dinas-contoh",), facts=LIGHT)
        self.act(Action.VERIFY, Role.AGENCY_ADMIN, NOW + 2 * HOUR)
        return self.act(Action.FORWARD, Role.AGENCY_ADMIN, NOW + 3 * HOUR)

    @property
    def complaint(self) -> Complaint:
        return replay(self.events)

    def clocks(self, name: str) -> list[Clock]:
        return [clock for clock in self.complaint.clocks if clock.name == name]

    def facts(self, kind: type) -> list:
        return [event.fact for event in self.events if isinstance(event.fact, kind)]


def test_a_second_agency_makes_it_berat_from_the_same_start_and_both_deadlines_stay() -> None:
    life = Life().forwarded()
    at = datetime(2026, 3, 30, 9, tzinfo=WITA)
    life.act(Action.CLASSIFY, Role.AGENCY_ADMIN, at, facts=Facts(agencies=2, supervisory=True))
    before, after = life.clocks("resolve")
    assert (before.tier, before.due_date, before.stopped_at) == ("sedang", date(2026, 4, 10), at)
    assert (after.tier, after.due_date, after.stopped_at) == ("berat", date(2026, 5, 5), None)
    assert before.start == after.start == NOW
    assert [fact.limit for fact in life.facts(ClockStarted)] == ["14 working_days", "30 working_days"]
    assert not life.facts(ClockStopped)  # a new tier is no answer


def test_a_pause_before_the_reclassification_counts_in_the_new_deadline_too() -> None:
    life = Life().forwarded()
    life.act(Action.ASK, Role.LIAISON_OFFICER, datetime(2026, 3, 25, 7, tzinfo=WITA), text="Di mana?")
    life.act(Action.REPLY, Role.REPORTER, datetime(2026, 3, 27, 17, tzinfo=WITA), text="Di simpang")
    assert [fact.reason for fact in life.facts(ClockMoved)] == ["pause"]
    assert life.clocks("resolve")[0].due_date == date(2026, 4, 15)  # 25, 26 and 27 March were waited for
    life.act(Action.CLASSIFY, Role.AGENCY_ADMIN, NOW + 20 * DAY, facts=Facts(supervisory=True))
    assert life.clocks("resolve")[1].due_date == USUAL.office.add(date(2026, 5, 5), 3)


def test_a_clock_that_lasts_keeps_its_due_time_until_the_pause_ends() -> None:
    life = Life().forwarded()
    life.act(Action.ASK, Role.LIAISON_OFFICER, datetime(2026, 3, 25, 7, tzinfo=WITA), text="Di mana?")
    assert life.clocks("resolve")[0].due_date == date(2026, 4, 10)
    life.act(Action.RESPOND, Role.LIAISON_OFFICER, datetime(2026, 5, 4, 9, tzinfo=WITA), text="Sudah")
    assert life.complaint.state is State.RESPONDED


def test_a_clock_that_follows_starts_when_the_other_one_ends_in_time_or_late() -> None:
    for verified, met in ((NOW + 2 * HOUR, True), (datetime(2026, 4, 1, 9, tzinfo=WITA), False)):
        life = Life(standard(CHAIN))
        life.act(Action.DISPOSE, Role.CENTRAL_ADMIN, NOW + HOUR, agencies=("dinas-contoh",), facts=LIGHT)
        assert [clock.name for clock in life.complaint.clocks] == ["verify", "resolve"]
        life.act(Action.VERIFY, Role.AGENCY_ADMIN, verified)
        (follow_up,) = life.clocks("follow_up")
        assert (follow_up.start, follow_up.stopped_at) == (verified, None)
        assert follow_up.due_date == life.standard.office.add(verified.date(), 5)
        assert [(fact.clock, fact.met) for fact in life.facts(ClockStopped)] == [("verify", met)]
        life.act(Action.FORWARD, Role.AGENCY_ADMIN, verified + HOUR)
        assert len(life.clocks("follow_up")) == 1


def test_a_clock_that_follows_does_not_start_when_its_own_end_has_come() -> None:
    life = Life(standard(CHAIN)).act(Action.REJECT, Role.CENTRAL_ADMIN, NOW + HOUR, text="Tidak jelas")
    assert [(clock.name, clock.stopped_at) for clock in life.complaint.clocks] == [("verify", NOW + HOUR)]


def test_a_chain_stands_still_while_its_limit_is_unknown_and_counts_from_the_end_then() -> None:
    tiered = CHAIN.replace('starts = "verify"\nlimit = "5 working_days"', 'starts = "verify"')
    text = (SHIPPED + tiered).replace(
        'resolve = "14 working_days"', 'resolve = "14 working_days"\nfollow_up = "5 days"'
    )
    life = Life(load_standard(load_policy(text, "contoh.toml"), agencies=AGENCIES))
    life.act(Action.DISPOSE, Role.CENTRAL_ADMIN, NOW + HOUR, agencies=("dinas-contoh",))
    life.act(Action.VERIFY, Role.AGENCY_ADMIN, NOW + 2 * HOUR)
    assert not life.clocks("follow_up")
    life.act(Action.CLASSIFY, Role.AGENCY_ADMIN, NOW + 3 * HOUR, facts=LIGHT)
    assert [clock.start for clock in life.clocks("follow_up")] == [NOW + 2 * HOUR]


def test_a_reopened_complaint_has_its_clocks_again_and_the_chain_begins_anew() -> None:
    life = Life(standard(CHAIN)).forwarded()
    life.act(Action.RESPOND, Role.LIAISON_OFFICER, NOW + 4 * HOUR, text="Sudah")
    life.act(Action.CLOSE, Role.REPORTER, NOW + 5 * HOUR).act(
        Action.REOPEN, Role.REPORTER, NOW + 6 * HOUR, text="Belum"
    )
    running = [(clock.name, clock.round) for clock in life.complaint.clocks if clock.stopped_at is None]
    assert sorted(running) == [("resolve", 2), ("verify", 2)]


def test_the_agency_that_is_named_brings_its_own_limit_and_its_own_calendar() -> None:
    life = Life(standard(AGENCYS))
    assert {clock.name: clock.due_date for clock in life.complaint.clocks} == {
        "answer": date(2026, 4, 6),
        "visit": date(2026, 4, 6),
    }
    life.act(Action.DISPOSE, Role.CENTRAL_ADMIN, NOW + HOUR, agencies=("dinas-contoh",), facts=LIGHT)
    assert life.clocks("answer")[-1].due_date == date(2026, 3, 30)
    assert life.clocks("visit")[-1].due_date == date(2026, 4, 6)
    life.act(Action.VERIFY, Role.AGENCY_ADMIN, NOW + 2 * HOUR)
    life.act(Action.FORWARD, Role.AGENCY_ADMIN, NOW + 3 * HOUR, agencies=("dinas-lain",))
    assert life.clocks("answer")[-1].due_date == date(2026, 4, 6)
    assert life.clocks("visit")[-1].due_date == date(2026, 4, 1)  # Saturdays are worked there
    assert {(fact.clock, fact.reason) for fact in life.facts(ClockMoved)} == {("answer", "agency"), ("visit", "agency")}
    assert len(life.facts(ClockStarted)) == 3  # the tier, known since disposition, changes neither limit


def test_a_new_decree_moves_nothing_by_itself() -> None:
    """Recalculation is an act of its own; an answer or a reminder must not move a promise in passing."""
    life = Life().forwarded()
    text = (
        '[[decrees]]\nnumber = "SE contoh"\nissued = 2026-03-14\n[[decrees.days]]\ndate = 2026-03-30\neffect = "off"\n'
    )
    text += 'kind = "election"\nname = { id = "Hari contoh", en = "Example day" }\n'
    office = life.standard.office.with_ledger(overlay(indonesia(), text, "contoh.toml"))
    life.standard = attrs.evolve(life.standard, office=office)
    life.act(Action.CLASSIFY, Role.AGENCY_ADMIN, NOW + 5 * HOUR, facts=LIGHT)
    assert life.clocks("resolve")[-1].due_date == date(2026, 4, 10)
    assert not life.facts(ClockMoved)


@pytest.mark.parametrize(
    ("answered", "met"), [("2026-04-10T23:59:59+08:00", True), ("2026-04-11T00:00:00+08:00", False)]
)
def test_the_last_second_is_in_time(answered: str, met: bool) -> None:  # noqa: FBT001 - a column of the table
    life = Life().forwarded()
    life.act(Action.RESPOND, Role.LIAISON_OFFICER, datetime.fromisoformat(answered), text="Sudah")
    assert [fact.met for fact in life.facts(ClockStopped)] == [met]


def test_a_record_cannot_hold_a_pause_that_lies_ahead() -> None:
    life = Life().forwarded()
    life.act(Action.ASK, Role.LIAISON_OFFICER, NOW + 4 * HOUR, text="Di mana?")
    act = Act(action=Action.REPLY, actor=Actor(role=Role.REPORTER), text="Di simpang", happened_at=NOW + 9 * DAY)
    with pytest.raises(ValueError, match="after now"):
        decide(life.complaint, act, life.standard, NOW + 5 * HOUR)


@pytest.mark.parametrize(
    "facts",
    [LIGHT, Facts(supervisory=True), Facts(kind=Kind.ASPIRATION)],
)
def test_what_nobody_disposes_is_late_once_the_gravest_tier_would_be_and_never_before(facts: Facts) -> None:
    life, last = Life(), datetime(2026, 5, 5, 23, 59, 59, tzinfo=WITA)
    assert not life.complaint.clocks
    assert overdue_undecided(life.complaint, life.standard, last) is None
    late = overdue_undecided(life.complaint, life.standard, last + timedelta(seconds=1))
    assert late is not None
    assert (late.tier, late.due) == ("berat", last)
    life.act(Action.DISPOSE, Role.CENTRAL_ADMIN, last + DAY, agencies=("dinas-contoh",), facts=facts)
    [clock] = life.clocks("resolve")
    assert clock.due <= last  # whatever the tier is in the end, its own deadline was no later
    assert overdue_undecided(life.complaint, life.standard, last + DAY) is None


def test_what_waits_for_nobody_is_not_late_without_a_tier() -> None:
    life, later = Life(), NOW + 90 * DAY
    life.act(Action.WITHDRAW, Role.REPORTER, NOW + HOUR)
    assert overdue_undecided(life.complaint, life.standard, later) is None
    paused = SHIPPED.replace('pauses = ["waiting"]', 'pauses = ["held"]')
    life = Life(load_standard(load_policy(paused, "contoh.toml"), agencies=AGENCIES[:1]))
    life.act(Action.HOLD, Role.CENTRAL_ADMIN, NOW + HOUR, text="Menunggu.")
    assert overdue_undecided(life.complaint, life.standard, later) is None
    life.act(Action.RESUME, Role.CENTRAL_ADMIN, NOW + 10 * DAY)
    late = overdue_undecided(life.complaint, life.standard, later)
    assert late is not None
    assert late.due_date > date(2026, 5, 5)  # what it stood still for does not count
