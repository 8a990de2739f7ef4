"""Complaints led through any acts, legal and illegal, of any roles, with time moving, beside a model of their own.

The long search: ``HYPOTHESIS_PROFILE=deep pytest tests/core/test_lifecycle_machine.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lapor_core import TABLE, Action, Event, Kind, Role, State, replay
from lapor_core.complaint import Clock, Visibility
from lapor_core.errors import LaporError, Refused
from lapor_core.lifecycle import may
from lapor_core.records import from_record, to_record
from lapor_core.testing import Life, acts, example_standard, example_submission, visibilities

STANDARD = example_standard()
MOST = 4
KINDS = st.sampled_from([None, *Kind])
STATES = st.sampled_from(State)
DELAYS = st.timedeltas(timedelta(0), timedelta(days=20))


@attrs.define(repr=False)
class Model:
    """What must be true of a complaint, kept without any of the library's own bookkeeping."""

    life: Life
    state: State = State.SUBMITTED
    round: int = 1
    pauses: list[tuple[datetime, datetime | None]] = attrs.field(factory=list)
    seen: tuple[Event, ...] = ()
    clocks: tuple[Clock, ...] = ()

    def moved(self, action: Action, at: datetime) -> None:
        before, self.state = self.state, TABLE[self.state][action]
        if before is State.WAITING and self.state is not State.WAITING:
            self.pauses[-1] = (self.pauses[-1][0], at)
        if self.state is State.WAITING and before is not State.WAITING:
            self.pauses.append((at, None))
        self.round += action is Action.REOPEN


class Register(RuleBasedStateMachine):
    """A few complaints side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.models: list[Model] = []

    @initialize(kind=KINDS, visibility=visibilities(), state=STATES)
    def first(self, kind: Kind | None, visibility: Visibility, state: State) -> None:
        self.begin(kind, visibility, state)

    @precondition(lambda self: len(self.models) < MOST)
    @rule(kind=KINDS, visibility=visibilities(), state=STATES)
    def begin(self, kind: Kind | None, visibility: Visibility, state: State) -> None:
        submission = example_submission(kind=kind, visibility=visibility)
        model = Model(Life(STANDARD, submission, complaint=f"contoh-{len(self.models)}"))
        self.models.append(model)
        model.life.lead_to(state)
        self._followed(model, model.life.events)

    @rule(data=st.data())
    def act_as_the_table_allows(self, data: st.DataObject) -> None:
        model = self._one(data, lambda model: bool(TABLE[model.state]))
        if model is not None:
            self._act(model, data.draw(acts(model.life.complaint)))

    @rule(data=st.data())
    def act_as_anybody_may_try(self, data: st.DataObject) -> None:
        model = self._one(data)
        if model is not None:
            self._act(model, data.draw(acts(model.life.complaint, legal=False)))

    @rule(data=st.data(), share=st.floats(0, 1))
    def write_down_afterwards_what_happened_earlier(self, data: st.DataObject, share: float) -> None:
        model = self._one(data, lambda model: bool(TABLE[model.state]))
        if model is not None:
            life, given = model.life, data.draw(acts(model.life.complaint))
            reached = life.complaint.reached_at
            self._act(model, {**given, "happened_at": reached + (life.now + given["after"] - reached) * share})

    @rule(data=st.data(), delay=DELAYS)
    def let_time_pass(self, data: st.DataObject, delay: timedelta) -> None:
        model = self._one(data)
        if model is not None:
            self._followed(model, model.life.climb(model.life.now + delay))

    def _one(self, data: st.DataObject, wanted: Any = lambda _: True) -> Model | None:
        models = [model for model in self.models if wanted(model)]
        return data.draw(st.sampled_from(models)) if models else None

    def _act(self, model: Model, given: dict[str, Any]) -> None:
        life, action = model.life, given["action"]
        before, events, now = life.complaint, life.events, life.now
        permitted = may(model.state, action, given["role"])
        new, refusal = _tried(life, given)
        if refusal is None:
            assert permitted
            self._followed(model, new)
        else:
            assert isinstance(refusal, Refused) != permitted, refusal
            assert not permitted or refusal.code in ("facts_needed", "text_needed", "agencies_needed"), refusal
            assert (life.complaint, life.events, life.now) == (before, events, now)

    def _followed(self, model: Model, new: Iterable[Event]) -> None:
        """Let the model take what happened: the action that each event stands for, by its name."""
        for event in new:
            action = ACTIONS.get(event.type)
            if action is not None:
                model.moved(action, event.happened_at)

    @invariant()
    def the_state_is_the_models_and_replay_gives_it(self) -> None:
        for model in self.models:
            assert model.life.complaint.state is model.state
            assert model.life.complaint.round == model.round
            assert replay(model.life.events) == model.life.complaint

    @invariant()
    def pauses_are_conserved(self) -> None:
        for model in self.models:
            assert list(model.life.complaint.pauses) == model.pauses
            visits = model.life.complaint.visits
            spent = sum(((visit.until or model.life.now) - visit.since for visit in visits), timedelta())
            assert spent == model.life.now - visits[0].since

    @invariant()
    def what_a_clock_has_promised_is_never_changed_afterwards(self) -> None:
        for model in self.models:
            complaint = model.life.complaint
            for old, clock in zip(model.clocks, complaint.clocks, strict=False):
                if old.stopped_at is not None:
                    assert clock == old
                assert (clock.name, clock.tier, clock.start, clock.round) == (old.name, old.tier, old.start, old.round)
            assert len(complaint.clocks) >= len(model.clocks)
            running = [clock.name for clock in complaint.clocks if clock.stopped_at is None]
            assert len(running) == len(set(running))
            model.clocks = complaint.clocks

    @invariant()
    def the_record_only_grows_and_is_in_order(self) -> None:
        for model in self.models:
            events = model.life.events
            assert events[: len(model.seen)] == model.seen
            assert [event.sequence for event in events] == list(range(1, len(events) + 1))
            assert all(event.happened_at <= event.recorded_at for event in events)
            recorded = [event.recorded_at for event in events]
            assert recorded == sorted(recorded)
            for event in events[len(model.seen) :]:
                assert from_record(to_record(event)) == event
                assert event.actor.role in Role
            model.seen = events


def _tried(life: Life, given: dict[str, Any]) -> tuple[tuple[Event, ...], LaporError | None]:
    try:
        return life.act(**given), None
    except LaporError as refusal:
        return (), refusal


ACTIONS = {
    "disposed": Action.DISPOSE,
    "verified": Action.VERIFY,
    "forwarded": Action.FORWARD,
    "classified": Action.CLASSIFY,
    "held": Action.HOLD,
    "resumed": Action.RESUME,
    "returned": Action.RETURN,
    "rejected": Action.REJECT,
    "archived": Action.ARCHIVE,
    "asked": Action.ASK,
    "replied": Action.REPLY,
    "responded": Action.RESPOND,
    "escalated": Action.ESCALATE,
    "closed": Action.CLOSE,
    "reopened": Action.REOPEN,
    "withdrawn": Action.WITHDRAW,
}
"""Written down once more, apart from the library: which action each event stands for."""

TestRegister = pytest.mark.filterwarnings("default")(Register.TestCase)
TestRegister.settings = settings(
    max_examples=max(30, settings().max_examples // 10),
    stateful_step_count=40 if settings().max_examples < 100 else 120,
)
