"""Complaints led through any acts, legal and illegal, of any roles, with time moving, beside a model of their own.

The long search: ``HYPOTHESIS_PROFILE=deep pytest tests/core/test_lifecycle_machine.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lapor_core import TABLE, Action, Actor, Event, Kind, Role, Standard, State, replay
from lapor_core.complaint import Clock, Reporter, Shown, Visibility
from lapor_core.errors import LaporError, Refused
from lapor_core.identity import look
from lapor_core.lifecycle import may
from lapor_core.merging import Together, let_go, merge, pass_on, unmerge
from lapor_core.notices import notices_for, write
from lapor_core.policy import ClockRule, Limit, RestartOnReturn, Text
from lapor_core.privacy import Reader, trail, view
from lapor_core.records import from_record, to_record
from lapor_core.testing import Life, acts, example_standard, example_submission, visibilities

NEVER, ANEW = RestartOnReturn
TITLE = Text(id="Tenggat contoh", en="Example deadline")


def clock(starts: str, limit: str, restart: RestartOnReturn = NEVER, *stops: State) -> ClockRule:
    given: dict[str, Any] = {"stops": stops} if stops else {}
    return ClockRule(title=TITLE, starts=starts, limit=Limit.parse(limit), restart_on_return=restart, **given)


def standard(restart: RestartOnReturn, chained: RestartOnReturn) -> Standard:
    """Clocks that start with every event there is, and one that follows another."""
    done = (State.VERIFIED, State.RESPONDED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN, State.CLOSED)
    clocks = {
        "verify": clock("disposed", "3 working_days", chained, *done),
        "answer": clock("verify", "5 working_days", restart),
        "forward": clock("verified", "8 office_hours", restart, State.IN_PROGRESS, *done[1:]),
        "again": clock("reopened", "10 days", restart),
        "appeal": clock("appealed", "30 working_days"),
    }
    return example_standard(extension="7 working_days", restart_on_return=restart, clocks=clocks)


STANDARDS = {(restart, chained): standard(restart, chained) for restart in (NEVER, ANEW) for chained in (NEVER, ANEW)}
MOST = 4
KINDS = st.sampled_from([None, *Kind])
STATES = st.sampled_from(State)
DELAYS = st.timedeltas(timedelta(0), timedelta(days=20))
ADMIN = Actor(role=Role.CENTRAL_ADMIN, id="admin-contoh")
NAME, NUMBER, MATTER = "Marka-Nama", "628100007731", "Marka-Kronologi"  # the number is invented
REASON = "Marka-Alasan"
MARKED: dict[str, Any] = {"reporter": Reporter(name=NAME, mobile=f"+{NUMBER}"), "narrative": MATTER, "title": MATTER}
LACKING = {
    *("already_involved", "facts_needed", "files_needed", "has_followers", "main_needed", "submission_needed"),
    *("text_needed", "agencies_needed", "still_needed"),
    *("clock_not_running", "clock_paused", "late_extension", "long_extension", "no_extension", "too_many_extensions"),
}
"""Why an act that the table allows may be refused all the same: it does not bring what it must."""


@attrs.define(repr=False)
class Model:
    """What must be true of a complaint, kept without any of the library's own bookkeeping."""

    life: Life
    state: State
    round: int = 1
    pauses: list[tuple[datetime, datetime | None]] = attrs.field(factory=list)
    agencies: set[str] = attrs.field(factory=set)
    had: set[str] = attrs.field(factory=set)
    returned: bool = False
    transferred_at: datetime | None = None
    answered: set[str] = attrs.field(factory=set)
    main: str | None = None
    seen: tuple[Event, ...] = ()
    clocks: tuple[Clock, ...] = ()

    def take(self, event: Event) -> None:
        self._pass_on(event)
        self._count_answers(event)
        action = ACTIONS.get(event.type)
        if action is None:
            return
        before, self.state = self.state, TABLE[self.state][action]
        if before is State.WAITING and self.state is not State.WAITING:
            self.pauses[-1] = (self.pauses[-1][0], event.happened_at)
        if self.state is State.WAITING and before is not State.WAITING:
            self.pauses.append((event.happened_at, None))
        self.round += action is Action.REOPEN
        if action is Action.MERGE:
            self.main = event.fact.into  # type: ignore[attr-defined]  # the type of event says which fact it is

    def check(self) -> None:
        self._state_and_replay()
        self._pauses_are_conserved()
        self._promises_are_never_changed_afterwards()
        self._only_a_return_starts_a_clock_anew()
        self._nobody_is_shown_what_they_may_not_know()
        self._the_record_only_grows_and_is_in_order()

    def _nobody_is_shown_what_they_may_not_know(self) -> None:
        complaint = self.life.complaint
        flags = complaint.visibility
        for reader in Reader:
            shown = str(attrs.asdict(view(complaint, reader)))
            outside = reader is not Reader.REPORTER
            nameless = flags.anonymous or reader in (Reader.PUBLIC, Reader.AUDITOR)
            assert not (outside and nameless and NAME in shown)
            assert not (reader is Reader.PUBLIC and flags.secret and MATTER in shown)
            assert not (outside and NUMBER in shown)
            assert not (reader is Reader.AUDITOR and MATTER in shown)
        told = str([attrs.asdict(trace) for trace in trail(self.life.events[len(self.seen) :])])
        assert not [mark for mark in (NAME, NUMBER, MATTER, REASON, complaint.code) if mark in told]
        for notice in notices_for(self.life.events[len(self.seen) :], complaint):
            event = self.life.events[notice.sequence - 1]
            written = write(notice.template, event, replay(self.life.events[: notice.sequence]), self.life.standard)
            words = written.subject + written.text + written.short + str(written.values) + notice.key
            assert not [mark for mark in (NAME, NUMBER, MATTER, REASON) if mark in words]

    def _state_and_replay(self) -> None:
        complaint = self.life.complaint
        assert complaint.state is self.state
        assert complaint.round == self.round
        assert set(complaint.agencies) == self.agencies
        assert set(complaint.owing) == self.agencies - self.answered
        assert replay(self.life.events) == complaint
        if self.state is State.ERASED:
            assert not complaint.reporter.mobile + complaint.title + complaint.narrative + complaint.place
            assert not [*complaint.answers, *complaint.attachments]

    def _pauses_are_conserved(self) -> None:
        visits = self.life.complaint.visits
        assert list(self.life.complaint.pauses) == self.pauses
        spent = sum(((visit.until or self.life.now) - visit.since for visit in visits), timedelta())
        assert spent == self.life.now - visits[0].since

    def _promises_are_never_changed_afterwards(self) -> None:
        clocks = self.life.complaint.clocks
        for old, clock in zip(self.clocks, clocks, strict=False):
            if old.stopped_at is not None:
                assert clock == old
            assert (clock.name, clock.tier, clock.start, clock.round) == (old.name, old.tier, old.start, old.round)
            assert clock.extensions[: len(old.extensions)] == old.extensions
            assert clock.due > old.due or clock.extensions == old.extensions
        assert len(clocks) >= len(self.clocks)
        running = [clock.name for clock in clocks if clock.stopped_at is None]
        assert len(running) == len(set(running))
        assert not running or self.state not in (State.CLOSED, State.ERASED)
        still = {clock.name for clock in clocks if clock.stopped_at is None and clock.paused_since is not None}
        rules = self.life.standard.policy.clocks
        assert still == {name for name in running if self.state in rules[name].pauses}
        self.clocks = clocks

    def _only_a_return_starts_a_clock_anew(self) -> None:
        rules, received = self.life.standard.policy.clocks, self.life.complaint.milestones.get("received")
        resolve = self.life.complaint.running("resolve")
        for each in self.life.complaint.clocks:
            assert each.first_start is None or rules[each.name].restart_on_return is ANEW
            assert each.first_start is None or each.first_start < each.start
        if resolve is not None and rules["resolve"].restart_on_return is ANEW:
            assert resolve.start == (self.transferred_at or received)
        elif resolve is not None:
            assert resolve.start == received

    def _the_record_only_grows_and_is_in_order(self) -> None:
        events = self.life.events
        assert events[: len(self.seen)] == self.seen
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))
        assert all(event.happened_at <= event.recorded_at for event in events)
        recorded = [event.recorded_at for event in events]
        assert recorded == sorted(recorded)
        assert all(from_record(to_record(event)) == event for event in events[len(self.seen) :])
        self.seen = events

    def _pass_on(self, event: Event) -> None:
        """Keep who has ever had it, and when agencies got it that had not, after it had been returned."""
        named = (
            set(getattr(event.fact, "agencies", ())) if event.type in ("disposed", "forwarded", "involved") else set()
        )
        if event.type == "disposed" and self.returned and not self.had & named:
            self.transferred_at = event.happened_at
        if event.type in ("disposed", "returned"):
            self.returned = event.type == "returned"
        if event.type == "reopened":
            self.transferred_at, self.returned = None, False
        self.had |= named

    def _count_answers(self, event: Event) -> None:
        fact: Any = event.fact
        if event.type in ("disposed", "forwarded"):
            self.agencies = set(fact.agencies)
        if event.type in ("disposed", "reopened"):
            self.answered = set()
        if event.type == "involved":
            self.agencies |= set(fact.agencies)
        if event.type == "returned_in_part":
            self.agencies -= {fact.agency}
        if event.type == "responded_in_part" and fact.settled:
            assert self.agencies - self.answered - {fact.agency}, "the last answer is no part"
            self.answered |= {fact.agency}
        if event.type == "responded":
            alone = fact.agency is None or not self.agencies - self.answered - {fact.agency}
            assert alone or self.state in (State.ANSWERED_BACK, State.MERGED), "others still owe an answer"
            self.answered = set(self.agencies)


class Register(RuleBasedStateMachine):
    """A few complaints side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.models: dict[str, Model] = {}

    @initialize(chosen=st.sampled_from(sorted(STANDARDS)), kind=KINDS, visibility=visibilities(), state=STATES)
    def first(
        self,
        chosen: tuple[RestartOnReturn, RestartOnReturn],
        kind: Kind | None,
        visibility: Visibility,
        state: State,
    ) -> None:
        self.standard = STANDARDS[chosen]
        self.begin(kind, visibility, state)

    @precondition(lambda self: len(self.models) < MOST)
    @rule(kind=KINDS, visibility=visibilities(), state=STATES)
    def begin(self, kind: Kind | None, visibility: Visibility, state: State) -> None:
        name, submission = f"contoh-{len(self.models)}", example_submission(kind=kind, visibility=visibility, **MARKED)
        start = State.INCOMPLETE if state is State.INCOMPLETE else State.SUBMITTED
        model = self.models[name] = Model(Life.at(start, self.standard, submission, complaint=name), state=start)
        if state is not State.MERGED:
            model.life.lead_to(state)
        self._followed(model, model.life.events)

    @rule(data=st.data())
    def act_as_the_table_allows(self, data: st.DataObject) -> None:
        model = self._one(data)
        self._act(model, data.draw(acts(model.life.complaint)))

    @rule(data=st.data())
    def act_as_anybody_may_try(self, data: st.DataObject) -> None:
        model = self._one(data)
        self._act(model, data.draw(acts(model.life.complaint, legal=False)))

    @rule(data=st.data(), share=st.floats(0, 1))
    def write_down_afterwards_what_happened_earlier(self, data: st.DataObject, share: float) -> None:
        model = self._one(data)
        life, given = model.life, data.draw(acts(model.life.complaint))
        reached = life.complaint.reached_at
        self._act(model, {**given, "happened_at": reached + (life.now + given["after"] - reached) * share})

    @precondition(lambda self: any(model.state is State.INCOMPLETE for model in self.models.values()))
    @rule()
    def complete_what_was_incomplete(self) -> None:
        model = next(model for model in self.models.values() if model.state is State.INCOMPLETE)
        self._act(model, {"action": Action.COMPLETE, "role": Role.REPORTER, "submission": example_submission()})

    @rule(data=st.data(), delay=DELAYS)
    def let_time_pass(self, data: st.DataObject, delay: timedelta) -> None:
        model = self._one(data)
        self._followed(model, model.life.climb(model.life.now + delay))

    @rule(
        data=st.data(), role=st.sampled_from(Role), shown=st.sampled_from(Shown), reason=st.sampled_from(["", REASON])
    )
    def look_at_who_reported(self, data: st.DataObject, role: Role, shown: Shown, reason: str) -> None:
        model = self._one(data)
        life, actor = model.life, Actor(role=role, id="petugas-contoh")
        seen, refusal = _tried(
            lambda: look(life.complaint, shown, actor=actor, reason=reason, office="contoh", now=life.now)
        )
        permitted = role in (Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN, Role.COUNTER_OFFICER)
        assert (refusal is None) == (permitted and bool(reason) and model.state is not State.ERASED), refusal
        if seen:
            before = life.complaint
            self._followed(model, life.append([seen]))
            assert attrs.evolve(life.complaint, version=before.version) == before

    @precondition(lambda self: len(self.models) > 1)
    @rule(data=st.data())
    def merge_two(self, data: st.DataObject) -> None:
        pairs = [(one, other) for one in self.models for other in self.models]
        likely = [pair for pair in pairs if self._may_merge(*pair)] or pairs
        names = data.draw(st.sampled_from(likely) | st.sampled_from(pairs))
        follower, main = (self.models[name] for name in names)
        now = max(follower.life.now, main.life.now)
        together, refusal = _tried(
            lambda: merge(follower.life.complaint, main.life.complaint, self.standard, now, actor=ADMIN)
        )
        assert (refusal is None) == self._may_merge(*names), refusal
        self._took_together(together, follower, main, now)

    @precondition(lambda self: any(model.state is State.MERGED for model in self.models.values()))
    @rule(data=st.data())
    def unmerge_one(self, data: st.DataObject) -> None:
        merged = [name for name, model in self.models.items() if model.life.complaint.merged_into]
        follower = self.models[data.draw(st.sampled_from(merged))]
        main = self.models.get(follower.life.complaint.merged_into or "")
        if main is not None:
            now = max(follower.life.now, main.life.now)
            together, refusal = _tried(
                lambda: unmerge(follower.life.complaint, main.life.complaint, self.standard, now, actor=ADMIN)
            )
            assert (refusal is None) == (follower.state is State.MERGED)
            self._took_together(together, follower, main, now)

    def _one(self, data: st.DataObject) -> Model:
        going_on = [name for name, model in self.models.items() if len(TABLE[model.state]) > 1]
        return self.models[data.draw(st.sampled_from([*going_on * 3, *self.models]))]

    def _may_merge(self, one: str, other: str) -> bool:
        follower, main = self.models[one], self.models[other]
        return (
            one != other
            and may(follower.state, Action.MERGE, ADMIN.role)
            and not any(_follows(model, one) for model in self.models.values())
            and main.state not in NOT_OPEN
            and not main.life.complaint.visibility.secret
        )

    def _took_together(self, together: Together | None, follower: Model, main: Model, now: datetime) -> None:
        for model, new in ((follower, together.follower), (main, together.main)) if together else ():
            model.life.append(new)
            model.life.now = max(now, model.life.now)
        if together:
            self._followed(follower, together.follower)
            self._followed(main, together.main)

    def _act(self, model: Model, given: dict[str, Any]) -> None:
        life = model.life
        before, events, now = life.complaint, life.events, life.now
        permitted = may(model.state, given["action"], given["role"])
        new, refusal = _tried(lambda: life.act(**{"main": None, "submission": None} | given))
        if refusal is None:
            assert permitted
            self._followed(model, new or ())
        else:
            assert not permitted or refusal.code in LACKING, refusal
            assert permitted or isinstance(refusal, Refused)
            assert not [mark for mark in (NAME, NUMBER, MATTER) if mark in f"{refusal} {refusal.params}"]
            assert (life.complaint, life.events, life.now) == (before, events, now)

    def _followed(self, model: Model, new: Iterable[Event]) -> None:
        """Let the model take what happened, and those that follow the complaint too."""
        new = tuple(new)
        for event in new:
            model.take(event)
        if model.main is not None and model.state is not State.MERGED:
            main, model.main = self.models[model.main], None
            now = max(main.life.now, model.life.now)
            freed = let_go(main.life.complaint, model.life.complaint, self.standard, now)
            self._took_together(Together(follower=(), main=freed), model, main, now)
        for follower in [self.models[name] for name in sorted(model.life.complaint.followers)]:
            now = max(follower.life.now, model.life.now)
            passed = pass_on(new, model.life.complaint, follower.life.complaint, self.standard, now)
            if passed.follower or passed.main:
                self._took_together(passed, follower, model, now)

    @invariant()
    def what_has_changed_holds(self) -> None:
        for model in self.models.values():
            if model.seen != model.life.events:
                model.check()
        for name, model in self.models.items():
            following = {key for key, other in self.models.items() if _follows(other, name)}
            assert set(model.life.complaint.followers) == following
            assert not following or model.state not in (State.MERGED, State.REJECTED, State.WITHDRAWN, State.ERASED)


def _follows(model: Model, name: str) -> bool:
    return model.state is State.MERGED and model.life.complaint.merged_into == name


def _tried(attempt: Any) -> tuple[Any, LaporError | None]:
    try:
        return attempt(), None
    except LaporError as refusal:
        return None, refusal


NOT_OPEN = {
    *(State.INCOMPLETE, State.RESPONDED, State.MERGED, State.CLOSED, State.REJECTED, State.ARCHIVED),
    *(State.WITHDRAWN, State.ERASED),
}
ACTIONS = {
    "completed": Action.COMPLETE,
    "disposed": Action.DISPOSE,
    "verified": Action.VERIFY,
    "forwarded": Action.FORWARD,
    "involved": Action.INVOLVE,
    "classified": Action.CLASSIFY,
    "extended": Action.EXTEND,
    "held": Action.HOLD,
    "resumed": Action.RESUME,
    "returned": Action.RETURN,
    "returned_in_part": Action.RETURN_IN_PART,
    "rejected": Action.REJECT,
    "archived": Action.ARCHIVE,
    "asked": Action.ASK,
    "replied": Action.REPLY,
    "attached": Action.ATTACH,
    "responded": Action.RESPOND,
    "responded_in_part": Action.RESPOND_IN_PART,
    "escalated": Action.ESCALATE,
    "closed": Action.CLOSE,
    "rated": Action.RATE,
    "reopened": Action.REOPEN,
    "appealed": Action.APPEAL,
    "reviewed": Action.REVIEW,
    "merged": Action.MERGE,
    "unmerged": Action.UNMERGE,
    "withdrawn": Action.WITHDRAW,
    "erased": Action.ERASE,
}
"""Written down once more, apart from the library: which action each event stands for."""

TestRegister = pytest.mark.filterwarnings("default")(Register.TestCase)
DEEP = settings().max_examples >= 1_000
TestRegister.settings = settings(
    max_examples=500 if DEEP else 40,
    stateful_step_count=100 if DEEP else 50,
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.large_base_example],  # an act has many fields
)
