"""More time for a running clock: granted as the standard allows, told with its reason, and kept whatever comes later."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Act, Action, Actor, Agency, Facts, Kind, Limit, Role, Standard, State, decide, load_standard
from lapor_core.clock_facts import deadline_of
from lapor_core.errors import BadValue, LaporError, NotFound, Refused
from lapor_core.events import Extended
from lapor_core.extending import extendable
from lapor_core.notices import notices_for, write
from lapor_core.policy import Amount, ClockRule, ExtensionLimit, ExtensionRule, Text, Unit
from lapor_core.recalculation import moved, moves
from lapor_core.records import from_record, to_record, without_personal
from lapor_core.testing import Life, example_standard, example_submission

WITA = ZoneInfo("Asia/Makassar")
DAY = timedelta(days=1)
SEVEN = example_standard(extension="7 working_days")
REASON = "Memerlukan pemeriksaan lapangan."
AGENCIES = [Agency(key="dinas-contoh", name="Dinas Contoh")]


def at_work(standard: Standard = SEVEN, **submission: Any) -> Life:
    return Life.at(State.IN_PROGRESS, standard, example_submission(**submission))


def extend(life: Life, at: datetime | None = None, **fields: Any) -> Extended:
    after = (at - life.now) if at is not None else timedelta(hours=1)
    (event,) = life.act(Action.EXTEND, after=after, text=REASON, **fields)
    assert isinstance(event.fact, Extended)
    return event.fact


def with_rule(**changes: Any) -> Standard:
    """The example standard, with this rule of extensions."""
    rule = attrs.evolve(SEVEN.policy.clock("resolve"), **changes)
    return attrs.evolve(SEVEN, policy=attrs.evolve(SEVEN.policy, clocks={**SEVEN.policy.clocks, "resolve": rule}))


def test_more_time_never_ends_before_what_was_promised() -> None:
    """SKB 281/2021 took back 17 to 19 May; an office that had not loaded it had promised three working days more."""
    received = datetime(2021, 5, 3, 10, tzinfo=WITA)
    life = at_work(SEVEN.as_known_on(date(2021, 1, 10)), received_at=received)
    promised = life.complaint.running("resolve")
    assert promised is not None
    assert promised.due_date == date(2021, 6, 2)
    life.standard = SEVEN
    soon = datetime(2021, 5, 20, 9, tzinfo=WITA)
    for amount in (1, 3):  # by today's calendar they end on 28 May and on 2 June
        with pytest.raises(BadValue, match=r"promised: .* recalculate the clock first") as caught:
            extend(life, at=soon, limit=Limit(amount, Unit.WORKING_DAYS))
        assert caught.value.code == "short_extension"
    assert extend(life, at=soon, limit=Limit(4, Unit.WORKING_DAYS)).due_date == date(2021, 6, 3)


@pytest.mark.parametrize("name", ["malinau", "diy"])
def test_ten_days_and_seven_more_as_two_real_standards_have_it(name: str) -> None:
    standard = load_standard(name, agencies=AGENCIES)
    life = Life(standard, example_submission(channel="other", proofs=frozenset()))
    life.act(Action.DISPOSE, agencies=("dinas-contoh",), facts=Facts(kind=Kind.COMPLAINT, agencies=1))
    before = life.complaint.running("resolve")
    assert before is not None
    assert before.due_date == date(2026, 4, 6)  # 18 to 24 March are days off
    extend(life, clock="resolve")
    clock = life.complaint.running("resolve")
    assert clock is not None
    assert clock.due_date == date(2026, 4, 15)
    deadline = deadline_of(life.complaint, clock, standard, life.now)
    assert (deadline.due, deadline.fingerprint) == (clock.due, clock.fingerprint)
    told = deadline.explain("id").splitlines()
    assert "Rabu, 15 April 2026 (10 hari kerja, ditambah 7 hari kerja" in told[0]
    assert [line.split()[:4] for line in told if "batas semula, diperpanjang 7 hari kerja" in line] == [
        ["Sen", "6", "Apr", "10"]
    ]


@given(
    days=st.integers(1, 12),
    granted=st.datetimes(datetime(2026, 3, 14), datetime(2026, 4, 20), timezones=st.just(WITA)),  # noqa: DTZ001 - bounds
)
def test_it_adds_what_was_granted_to_the_day_it_extends_in_time_and_up_to_the_limit(
    days: int, granted: datetime
) -> None:
    life = at_work()
    before = life.complaint.running("resolve")
    assert before is not None
    limit = Limit(days, Unit.WORKING_DAYS)
    if granted > before.due or days > 7:
        with pytest.raises(BadValue) as caught:
            extend(life, granted, limit=limit)
        assert caught.value.code == ("late_extension" if granted > before.due else "long_extension")
        assert life.complaint.running("resolve") == before
        return
    fact = extend(life, granted, limit=limit)
    assert fact.due_date == SEVEN.office.add(before.due_date, days)
    assert life.complaint.clocks[0].due == fact.due
    assert not extendable(life.complaint, SEVEN, life.now)  # once


ALL_TOGETHER = ExtensionRule(
    limit=ExtensionLimit.parse("7 working_days"), times=3, maximum=ExtensionLimit.parse("10 working_days")
)


def test_what_is_offered_is_what_is_left_of_all_together() -> None:
    life = at_work(with_rule(extension=ALL_TOGETHER))
    assert [str(one.most) for one in extendable(life.complaint, life.standard, life.now)] == ["7 working_days"]
    extend(life, limit=Limit.parse("6 working_days"))
    assert [str(one.most) for one in extendable(life.complaint, life.standard, life.now)] == ["4 working_days"]
    assert extend(life).limit == "4 working_days"  # as much as is left
    assert not extendable(life.complaint, life.standard, life.now)
    with pytest.raises(BadValue) as caught:
        extend(life)
    assert caught.value.code == "long_extension"


@given(
    granted=st.lists(st.integers(1, 5), max_size=2),
    unit=st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS]),
    together=st.integers(1, 12),
    of=st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS]),
)
def test_what_is_offered_may_be_granted_and_one_more_may_not(
    granted: list[int], unit: Unit, together: int, of: Unit
) -> None:
    rule = ExtensionRule(limit=ExtensionLimit(Limit(9, unit)), times=4, maximum=ExtensionLimit(Limit(together, of)))
    life = at_work(with_rule(extension=rule))
    for amount in granted:
        try:
            extend(life, limit=Limit(amount, unit))
        except BadValue:
            break
    offered = max((one.most.amount for one in extendable(life.complaint, life.standard, life.now)), default=0)
    ends: dict[int, datetime] = {}
    for more in range(1, 11):
        act = Act(action=Action.EXTEND, actor=Actor(role=Role.SUPERIOR), text=REASON, limit=Limit(more, unit))
        with contextlib.suppress(BadValue):
            *_, event = decide(life.complaint, act, life.standard, life.now)
            assert isinstance(event.fact, Extended)
            ends[more] = event.fact.due
    assert set(range(1, offered + 1)) <= set(ends)
    assert {ends[more] for more in ends if more > offered} <= {ends.get(offered)}  # a day off at its end brings no more


def test_without_an_amount_it_is_as_much_as_the_standard_allows() -> None:
    assert extend(at_work()).limit == "7 working_days"
    same = ExtensionRule(limit=ExtensionLimit.parse("same_as_base"))
    assert extend(at_work(with_rule(extension=same))).limit == "14 working_days"


@pytest.mark.parametrize(
    ("standard", "state", "fields", "error", "code", "told"),
    [
        (SEVEN, State.IN_PROGRESS, {"limit": Limit.parse("8 working_days")}, BadValue, "long_extension", "7 working"),
        (SEVEN, State.IN_PROGRESS, {"after": 60 * DAY}, BadValue, "late_extension", "had to be by 2026-04-10"),
        (SEVEN, State.WAITING, {}, Refused, "clock_paused", "stands still while the complaint is waiting"),
        (SEVEN, State.IN_PROGRESS, {"clock": "auto_close"}, Refused, "clock_not_running", "running now: resolve"),
        (SEVEN, State.IN_PROGRESS, {"clock": "resolv"}, NotFound, "unknown_clock", 'did you mean "resolve"'),
        (SEVEN, State.IN_PROGRESS, {"text": " "}, BadValue, "text_needed", "extend needs a text"),
        (example_standard(), State.IN_PROGRESS, {}, BadValue, "no_extension", "knows no extension"),
        (
            example_standard(),
            State.IN_PROGRESS,
            {"clock": "resolve", "limit": Limit.parse("1 day")},
            BadValue,
            "no_extension",
            "knows no extension",
        ),
        (SEVEN, State.RESPONDED, {}, Refused, "not_possible", "possible now: "),
        (SEVEN, State.SUBMITTED, {}, Refused, "not_possible", "possible now: "),
        (SEVEN, State.IN_PROGRESS, {"role": Role.LIAISON_OFFICER}, Refused, "not_permitted", "extend (agency_admin,"),
    ],
)
def test_what_the_standard_does_not_allow_is_refused_with_what_it_allows(  # noqa: PLR0917 - a table's columns
    standard: Standard, state: State, fields: dict[str, Any], error: type[LaporError], code: str, told: str
) -> None:
    clocks = {**standard.policy.clocks, "auto_close": ClockRule(title=Text(id="Contoh", en="Example"), starts="asked")}
    life = Life.at(state, attrs.evolve(standard, policy=attrs.evolve(standard.policy, clocks=clocks)))
    before = life.complaint
    with pytest.raises(error) as caught:
        life.act(Action.EXTEND, **fields)
    assert (caught.value.code, told in str(caught.value)) == (code, True), caught.value
    assert life.complaint == before


def test_it_is_granted_as_often_as_the_standard_says_and_together_no_more_than_its_maximum() -> None:
    rule = ExtensionRule(
        limit=ExtensionLimit.parse("7 working_days"), times=2, maximum=ExtensionLimit.parse("10 working_days")
    )
    life = at_work(with_rule(extension=rule))
    extend(life)
    with pytest.raises(BadValue, match="which is 10 working_days"):
        extend(life, limit=Limit.parse("4 working_days"))
    extend(life, limit=Limit.parse("3 working_days"))
    with pytest.raises(BadValue) as caught:
        extend(life, limit=Limit.parse("1 working_day"))
    assert caught.value.code == "too_many_extensions"
    clock = life.complaint.running("resolve")
    assert clock is not None
    assert [one.limit for one in clock.extensions] == ["7 working_days", "3 working_days"]
    assert clock.due_date == SEVEN.office.add(date(2026, 4, 10), 10)


def test_what_is_written_down_afterwards_is_not_refused_for_an_extension_that_came_meanwhile() -> None:
    life = at_work()
    earlier = life.now + timedelta(minutes=1)
    extend(life)
    with pytest.raises(BadValue) as refused:
        life.act(Action.EXTEND, text=REASON, happened_at=earlier)
    assert refused.value.code == "too_many_extensions"
    rule = ExtensionRule(limit=ExtensionLimit.parse("7 working_days"), times=2)
    twice, in_order = (at_work(with_rule(extension=rule)) for _ in range(2))
    extend(twice)
    twice.act(Action.EXTEND, text=REASON, happened_at=earlier)
    for _ in range(2):
        extend(in_order)
    assert twice.complaint.clocks[0].due == in_order.complaint.clocks[0].due
    assert len(twice.complaint.clocks[0].extensions) == 2


def test_the_time_by_which_it_must_be_asked_is_told_beforehand() -> None:
    rule = ExtensionRule(limit=ExtensionLimit.parse("7 working_days"), by=Amount.parse("-1 working_day"))
    life = at_work(with_rule(extension=rule))
    (choice,) = extendable(life.complaint, life.standard, life.now)
    assert (choice.clock.name, str(choice.most)) == ("resolve", "7 working_days")
    assert choice.latest.date() == date(2026, 4, 9)
    assert not extendable(life.complaint, life.standard, choice.latest + timedelta(microseconds=1))
    extend(life, choice.latest)


def test_of_several_clocks_one_is_named() -> None:
    other = attrs.evolve(SEVEN.policy.clock("resolve"), limit=Limit.parse("20 days"))
    policy = attrs.evolve(SEVEN.policy, clocks={**SEVEN.policy.clocks, "announce": other})
    life = at_work(attrs.evolve(SEVEN, policy=policy))
    with pytest.raises(BadValue) as caught:
        extend(life)
    assert (caught.value.code, set(caught.value.params["allowed"])) == ("clock_needed", {"resolve", "announce"})
    resolve = life.complaint.running("resolve")
    extend(life, clock="announce")
    assert life.complaint.running("resolve") == resolve


# What comes later


def test_a_decree_that_comes_later_moves_the_day_and_keeps_the_extension() -> None:
    """Even where the day that was extended moves before the day on which that was granted."""
    standard = example_standard(extension="7 working_days")
    life = at_work(standard, received_at=datetime(2025, 8, 4, 10, tzinfo=WITA))
    (promised,) = (clock for clock in life.complaint.clocks if clock.name == "resolve")
    assert promised.due_date == date(2025, 8, 25)
    extend(life, promised.due)
    earlier = standard.as_known_on(date(2025, 8, 1))  # Monday 18 August is a working day again
    found = moves(life.complaint, earlier, life.now + DAY)
    (move,) = (move for move in found if move.clock.name == "resolve")
    assert move.deadline.due_date == earlier.office.add(date(2025, 8, 22), 7)
    life.append(moved(life.complaint, found, earlier, life.now + DAY))
    assert [one.limit for one in life.complaint.clocks[0].extensions] == ["7 working_days"]
    assert moves(life.complaint, earlier, life.now + DAY) == ()


def test_a_pause_after_it_moves_the_extended_day() -> None:
    life = at_work()
    fact = extend(life, datetime(2026, 3, 16, 10, tzinfo=WITA))
    life.act(Action.ASK, after=datetime(2026, 3, 25, 7, tzinfo=WITA) - life.now)
    life.act(Action.REPLY, Role.REPORTER, after=datetime(2026, 3, 27, 17, tzinfo=WITA) - life.now)
    clock = life.complaint.running("resolve")
    assert clock is not None
    assert clock.due_date == SEVEN.office.add(fact.due_date, 3)
    assert deadline_of(life.complaint, clock, SEVEN, life.now).due == clock.due


def test_a_clock_that_starts_anew_has_no_extension_and_the_old_one_keeps_its_own() -> None:
    life = at_work()
    extend(life)
    life.act(Action.CLASSIFY, facts=Facts(supervisory=True))
    assert [len(clock.extensions) for clock in life.complaint.clocks] == [1, 0]
    extend(life)  # and may be extended once itself
    life.act(Action.RESPOND)
    life.act(Action.REOPEN, Role.REPORTER)
    assert [len(clock.extensions) for clock in life.complaint.clocks if clock.name == "resolve"] == [1, 1, 0]


# What is told


def test_the_reporter_reads_the_new_day_and_why_and_the_agency_the_new_day() -> None:
    life = at_work()
    new = life.act(Action.EXTEND, text=REASON)
    words = {
        (notice.template, language): write(notice.template, new[0], life.complaint, SEVEN, language)
        for notice in notices_for(new, life.complaint)
        for language in ("id", "en")
    }
    for template, language, day in (
        ("extended", "id", "Selasa, 21 April 2026"),
        ("extended", "en", "Tuesday, 21 April 2026"),
        ("more_time", "id", "Selasa, 21 April 2026"),
        ("more_time", "en", "Tuesday, 21 April 2026"),
    ):
        written = words.pop((template, language))
        for text in (written.text, written.short):
            assert day in text
            assert (REASON in text) == (template == "extended")
    assert words == {}


def test_the_reason_is_sealed_and_the_rest_says_by_what_it_was_judged() -> None:
    life = at_work()
    (event,) = life.act(Action.EXTEND, text=REASON)
    record = to_record(event)
    assert record.personal == {"reason": REASON}
    assert record.public["policy"] == SEVEN.policy.reference
    assert record.public["calendar"] == deadline_of(life.complaint, life.complaint.clocks[0], SEVEN, life.now).calendar
    assert from_record(record) == event
    assert from_record(without_personal(record)).fact == attrs.evolve(event.fact, reason="")  # type: ignore[misc]
