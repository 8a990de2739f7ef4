"""Complaints that live: led by hand through their table, or drawn by Hypothesis, each step decided as in earnest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from lapor_core.codes import RANDOM_BYTES, tracking_code
from lapor_core.complaint import Actor, Agency, Attachment, Complaint, Facts, Ground, Kind, Proof, Rating, Reporter
from lapor_core.decisions import Act, decide, receive
from lapor_core.errors import BadValue, LaporError
from lapor_core.escalation import due_steps, take_step
from lapor_core.events import Event
from lapor_core.evolution import replay_on
from lapor_core.lifecycle import PERMISSIONS, TABLE, Action, Outcome, Role, State
from lapor_core.misses import missed
from lapor_core.policy import ClockRule, ExtensionLimit, ExtensionRule, Limit, RestartOnReturn, Unit
from lapor_core.policy.loading import shipped_policy
from lapor_core.standard import Standard, load_standard
from lapor_core.submission import Submission
from lapor_core.testing.strategies import texts, visibilities

__all__ = ["Life", "acts", "example_standard", "example_submission", "lives"]

_HOUR = timedelta(hours=1)
_MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
_AGENCIES = ("dinas-contoh", "badan-contoh", "kantor-contoh")
_FACTS = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False, agencies=1)
_PHOTO = Attachment(digest="0" * 64, name="contoh.jpg", media_type="image/jpeg", size=1024)


def example_standard(
    *,
    extension: str = "",
    restart_on_return: RestartOnReturn = RestartOnReturn.NEVER,
    clocks: Mapping[str, ClockRule] = MappingProxyType({}),
) -> Standard:
    """Return the Banjarbaru standard with three invented agencies.

    Args:
        extension: How much the clock ``resolve`` may be extended once, ``7 working_days``; the standard itself knows none.
        restart_on_return: Whether ``resolve`` starts anew when another agency gets a returned complaint.
        clocks: Further clocks, by name.
    """
    names = {"dinas-contoh": "Dinas Contoh", "badan-contoh": "Badan Contoh", "kantor-contoh": "Kantor Contoh"}
    policy = shipped_policy("banjarbaru")
    more = ExtensionRule(limit=ExtensionLimit.parse(extension)) if extension else None
    resolve = attrs.evolve(policy.clock("resolve"), extension=more, restart_on_return=restart_on_return)
    policy = attrs.evolve(policy, clocks={**policy.clocks, "resolve": resolve, **clocks})
    return load_standard(policy, agencies=[Agency(key=key, name=name) for key, name in names.items()])


def example_submission(**changes: Any) -> Submission:
    """Return an invented SMS, received on Friday 13 March 2026 at 10.00 WITA, with ``changes``."""
    fields: dict[str, Any] = {
        "channel": "sms",
        "source_id": "contoh",
        "received_at": _MORNING,
        "reporter": Reporter(mobile="+628100000001"),  # invented: no operator has 810
        "proofs": frozenset({Proof.SENDER_NUMBER}),
        "kind": Kind.COMPLAINT,
        "narrative": "Lampu jalan contoh mati sejak Senin.",
    }
    return Submission(**fields | changes)


class Life:
    """A complaint in a test: acts are decided, their events appended, and time goes on.

    Args:
        standard: What it is judged by; :func:`example_standard` when not given.
        submission: What it began with; :func:`example_submission` when not given.
        complaint: Its id.
        partial: Whether the submission may be incomplete.

    Attributes:
        events: Its record so far.
        complaint: What the record has made of it.
        now: The present instant of this life.
    """

    def __init__(
        self,
        standard: Standard | None = None,
        submission: Submission | None = None,
        *,
        complaint: str = "contoh-1",
        partial: bool = False,
    ) -> None:
        submission = submission or example_submission()
        self.standard = standard or example_standard()
        self.now = submission.received_at
        begun = receive(
            submission,
            self.standard,
            self.now,
            complaint=complaint,
            code=tracking_code(complaint.encode()[-RANDOM_BYTES:].rjust(RANDOM_BYTES)),
            reporter_ref=f"orang-{complaint}",
            partial=partial,
        )
        self.events, self.complaint = begun.events, begun.complaint

    @classmethod
    def at(
        cls,
        state: State,
        standard: Standard | None = None,
        submission: Submission | None = None,
        *,
        complaint: str = "contoh-1",
    ) -> Self:
        """Return a complaint that stands in ``state``; an incomplete one came without its narrative."""
        submission = submission or example_submission()
        if state is State.INCOMPLETE:
            return cls(standard, attrs.evolve(submission, narrative=""), complaint=complaint, partial=True)
        life = cls(standard, submission, complaint=complaint)
        life.lead_to(state)
        return life

    def act(
        self, action: Action, role: Role | None = None, *, after: timedelta = _HOUR, **fields: Any
    ) -> tuple[Event, ...]:
        """Take an action and return its events.

        Args:
            action: The action.
            role: Who takes it; the first role that may when None.
            after: How much time passes before; none of it when the action is refused.
            **fields: Fields of the act; what the action needs and is not given, is invented.
        """
        actor = Actor(role=role or min(PERMISSIONS[action]), id="petugas-contoh")
        act = Act(action=action, actor=actor, **self._needed(action) | fields)
        events = decide(self.complaint, act, self.standard, self.now + after)
        self.now += after
        return self.append(events)

    def climb(self, now: datetime) -> tuple[Event, ...]:
        """Let time come to ``now``: clocks are missed, and every step of the ladder that is due is taken; return the events."""
        self.now = now
        taken = self.append(missed(self.complaint, self.standard, now))
        while steps := due_steps(self.complaint, self.standard, now):
            taken += self.append(take_step(self.complaint, steps[0], self.standard, now))
        return taken

    def lead_to(self, state: State) -> Complaint:
        """Take the shortest way of the table to ``state`` and return the complaint as it is there."""
        for action in _way(self.complaint.state, state):
            self.act(action)
        return self.complaint

    def append(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Append events that were decided elsewhere, and return them."""
        new = tuple(events)
        self.events += new
        self.complaint = replay_on(self.complaint, new)
        return new

    def _needed(self, action: Action) -> dict[str, Any]:
        """Return what an act must bring for its action; what the action has no use for does no harm."""
        agencies = self.complaint.agencies
        others = tuple(key for key in self.standard.agencies if key not in agencies)
        return {
            "text": "Keterangan contoh.",
            "agencies": others[:1] if action is Action.INVOLVE else agencies or others[:1],
            "agency": agencies[0] if len(agencies) > 1 else None,
            "facts": _FACTS if action in (Action.DISPOSE, Action.CLASSIFY) else None,
            "attachments": (_PHOTO,) if action is Action.ATTACH else (),
            "rating": Rating(stars=4, outcome=Outcome.SETTLED),
            "submission": example_submission(),
            "main": Life(self.standard, complaint="utama").complaint if action is Action.MERGE else None,
            "ground": Ground.REQUESTED,
        }


def _way(start: State, goal: State) -> tuple[Action, ...]:
    """Return the shortest way from state to state over the table, which leads through no other complaint."""
    ways: dict[State, tuple[Action, ...]] = {start: ()}
    ahead = deque([start])
    while goal not in ways:
        if not ahead:
            raise BadValue(f"no way leads from {start} to {goal}", code="not_possible", action=goal, state=start)
        here = ahead.popleft()
        for action, state in TABLE[here].items():
            if state not in ways and here is not State.MERGED:
                ways[state] = (*ways[here], action)
                ahead.append(state)
    return ways[goal]


@st.composite
def acts(draw: st.DrawFn, complaint: Complaint, *, legal: bool = True) -> dict[str, Any]:
    """Return arguments of :meth:`Life.act` for a complaint: an action, a role, the time that passes, and fields.

    Args:
        draw: Given by Hypothesis.
        complaint: As it stands.
        legal: Whether the table must allow the action to the role, as far as it allows any.
    """
    row = TABLE[complaint.state]
    going_on = [action for action, state in row.items() if len(TABLE[state]) > 1]
    action = draw(st.sampled_from([*going_on * 3, *row]) if legal and row else st.sampled_from(Action))
    role = draw(st.sampled_from(sorted(PERMISSIONS[action])) if legal else st.sampled_from(Role))
    agencies = st.lists(st.sampled_from(_AGENCIES), min_size=1, max_size=3, unique=True).map(tuple)
    clocks = [clock.name for clock in complaint.clocks]
    ratings = st.builds(Rating, stars=st.integers(1, 5), outcome=st.sampled_from(Outcome))
    return {
        "action": action,
        "role": role,
        "after": draw(st.timedeltas(timedelta(0), timedelta(days=9)) | st.timedeltas(timedelta(0), _HOUR)),
        "text": draw(texts(max_size=80)),
        "agencies": draw(agencies),
        "agency": draw(st.sampled_from(complaint.agencies)) if complaint.agencies else None,
        "facts": draw(st.none() | st.builds(Facts, supervisory=st.booleans(), abuse_of_authority=st.booleans())),
        "attachments": draw(st.sampled_from([(), (_PHOTO,)])),
        "rating": draw(ratings),
        "ground": draw(st.sampled_from(Ground)),
        "clock": draw(st.none() | st.sampled_from(clocks) if clocks else st.none()),
        "limit": draw(st.none() | st.builds(Limit, st.integers(1, 9), st.sampled_from(Unit))),
    }


@st.composite
def lives(draw: st.DrawFn, standard: Standard | None = None, *, most: int = 8) -> Life:
    """Return complaints that have come some way: led to any state, then on by legal acts with any time between.

    Args:
        draw: Given by Hypothesis.
        standard: What they are judged by; :func:`example_standard` when None.
        most: How many acts at most.
    """
    kind = draw(st.sampled_from([None, *Kind]))
    submission = example_submission(kind=kind, visibility=draw(visibilities()))
    life = Life.at(draw(st.sampled_from(State)), standard, submission)
    for _ in range(draw(st.integers(0, most))):
        try:
            life.act(**draw(acts(life.complaint)))
        except LaporError:  # it is at its end, or something is not known yet: nothing has happened
            continue
    return life
