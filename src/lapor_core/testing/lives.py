"""Complaints that live: led by hand through their table, or drawn by Hypothesis, each step decided as in earnest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from lapor_core.codes import RANDOM_BYTES, tracking_code
from lapor_core.complaint import Actor, Agency, Attachment, Complaint, Facts, Kind, Proof, Reporter
from lapor_core.decisions import Act, decide, receive
from lapor_core.errors import LaporError
from lapor_core.escalation import due_steps, take_step
from lapor_core.events import Event
from lapor_core.evolution import replay, replay_on
from lapor_core.lifecycle import PERMISSIONS, TABLE, Action, Role, State
from lapor_core.standard import Standard, load_standard
from lapor_core.submission import Submission
from lapor_core.testing.strategies import texts, visibilities

__all__ = ["Life", "acts", "example_standard", "example_submission", "lives"]

_HOUR = timedelta(hours=1)
_MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
_AGENCIES = ("dinas-contoh", "badan-contoh", "kantor-contoh")
_FACTS = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False, agencies=1)
_PHOTO = Attachment(digest="0" * 64, name="contoh.jpg", media_type="image/jpeg", size=1024)


def example_standard() -> Standard:
    """Return the Banjarbaru standard with three invented agencies."""
    names = {"dinas-contoh": "Dinas Contoh", "badan-contoh": "Badan Contoh", "kantor-contoh": "Kantor Contoh"}
    return load_standard("banjarbaru", agencies=[Agency(key=key, name=name) for key, name in names.items()])


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

    Attributes:
        events: Its record so far.
        complaint: What the record has made of it.
        now: The present instant of this life.
    """

    def __init__(
        self, standard: Standard | None = None, submission: Submission | None = None, *, complaint: str = "contoh-1"
    ) -> None:
        submission = submission or example_submission()
        self.standard = standard or example_standard()
        self.now = submission.received_at
        code = tracking_code(complaint.encode()[-RANDOM_BYTES:].rjust(RANDOM_BYTES))
        self.events = receive(
            submission, self.standard, self.now, complaint=complaint, code=code, reporter_ref=f"orang-{complaint}"
        )
        self.complaint = replay(self.events)

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
        act = Act(action=action, actor=actor, **_needed(action, self.complaint) | fields)
        events = decide(self.complaint, act, self.standard, self.now + after)
        self.now += after
        return self.append(events)

    def climb(self, now: datetime) -> tuple[Event, ...]:
        """Let time come to ``now`` and take every step of the ladder that is due then; return their events."""
        self.now = now
        taken: tuple[Event, ...] = ()
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


def _needed(action: Action, complaint: Complaint) -> dict[str, Any]:
    """Return what an act must bring for its action; what the action has no use for does no harm."""
    several = len(complaint.agencies) > 1
    return {
        "text": "Keterangan contoh.",
        "agencies": complaint.agencies or _AGENCIES[:1],
        "agency": complaint.agencies[0] if several else None,
        "facts": _FACTS if action in (Action.DISPOSE, Action.CLASSIFY) else None,
    }


def _way(start: State, goal: State) -> tuple[Action, ...]:
    """Return the shortest way from state to state, over the table."""
    ways: dict[State, tuple[Action, ...]] = {start: ()}
    ahead = deque([start])
    while goal not in ways:
        here = ahead.popleft()
        for action, state in TABLE[here].items():
            if state not in ways:
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
    going_on = [action for action, state in row.items() if TABLE[state]]
    action = draw(st.sampled_from([*going_on * 3, *row]) if legal and row else st.sampled_from(Action))
    role = draw(st.sampled_from(sorted(PERMISSIONS[action])) if legal else st.sampled_from(Role))
    agencies = st.lists(st.sampled_from(_AGENCIES), min_size=1, max_size=3, unique=True).map(tuple)
    return {
        "action": action,
        "role": role,
        "after": draw(st.timedeltas(timedelta(0), timedelta(days=9)) | st.timedeltas(timedelta(0), _HOUR)),
        "text": draw(texts(max_size=80)),
        "agencies": draw(agencies),
        "agency": draw(st.sampled_from(complaint.agencies)) if complaint.agencies else None,
        "facts": draw(st.none() | st.builds(Facts, supervisory=st.booleans(), abuse_of_authority=st.booleans())),
        "attachments": draw(st.sampled_from([(), (_PHOTO,)])),
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
    life = Life(standard, example_submission(kind=kind, visibility=draw(visibilities())))
    life.lead_to(draw(st.sampled_from(State)))
    for _ in range(draw(st.integers(0, most))):
        try:
            life.act(**draw(acts(life.complaint)))
        except LaporError:  # it is at its end, or its tier cannot be decided yet: nothing has happened
            continue
    return life
