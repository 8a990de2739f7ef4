"""The life of a complaint as a user's program sees it through mypy: what goes in, what comes out.

Checked by ``nox -s typing``; never run.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_type
from zoneinfo import ZoneInfo

from lapor_core import (
    TABLE,
    Act,
    Action,
    Actor,
    Agency,
    Attachment,
    Complaint,
    Event,
    Facts,
    Ground,
    Kind,
    Limit,
    Outcome,
    Proof,
    Purpose,
    Rating,
    Reporter,
    Role,
    Standard,
    State,
    Submission,
    Upload,
    Visibility,
    decide,
    due_steps,
    evolve,
    load_standard,
    next_step_at,
    normalise_code,
    ombudsman_letter,
    readiness,
    receive,
    replay,
    take_step,
    tracking_code,
)
from lapor_core.complaint import Clock, Visit
from lapor_core.escalation import DueStep
from lapor_core.events import Fact, Received, Responded
from lapor_core.letters.ombudsman import Letter
from lapor_core.lifecycle import allowed, is_open, may, next_state
from lapor_core.merging import Together, merge, pass_on, unmerge
from lapor_core.notices import Notice, Written, notices_for, write
from lapor_core.ombudsman import Condition, Readiness
from lapor_core.records import Record, from_record, to_record

NOW = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))

# What comes in.

standard = load_standard("banjarbaru", agencies=[Agency(key="dinas-contoh", name="Dinas Contoh")])
assert_type(standard, Standard)
submission = Submission(
    channel="sms",
    source_id="1",
    received_at=NOW,
    reporter=Reporter(mobile="+628100000001"),  # invented
    proofs=frozenset({Proof.SENDER_NUMBER}),
    kind=Kind.COMPLAINT,
    narrative="Lampu jalan contoh mati",
    visibility=Visibility(secret=True),
    uploads=(Upload(content=b"", purpose=Purpose.EVIDENCE),),
)
code = tracking_code(b"contoh1")
assert_type(code, str)
assert_type(normalise_code(code), str)
begun = receive(submission, standard, NOW, complaint="1", code=code, reporter_ref="orang-1", partial=True)
assert_type(begun.complaint, Complaint)
assert_type(begun.events, tuple[Event, ...])
assert_type(begun.events[0].fact, Fact)
assert_type(begun.events[0].happened_at, datetime)

# What it becomes.

complaint = replay(begun.events)
assert_type(complaint, Complaint)
assert_type(evolve(None, begun.events[0]), Complaint)
assert_type(complaint.state, State)
assert_type(complaint.tier, str | None)
assert_type(complaint.clocks, tuple[Clock, ...])
assert_type(complaint.running("resolve"), Clock | None)
assert_type(complaint.visits, tuple[Visit, ...])
assert_type(complaint.owing, tuple[str, ...])
assert_type(complaint.attachments, tuple[Attachment, ...])
assert_type(complaint.rating, Rating | None)
assert_type(complaint.facts, Facts)

# What is done to it.

act = Act(
    action=Action.RESPOND,
    actor=Actor(role=Role.LIAISON_OFFICER),
    text="Sudah",
    agency="dinas-contoh",
    rating=Rating(stars=5, outcome=Outcome.SETTLED),
    ground=Ground.REQUESTED,
    main=complaint,
    submission=submission,
    happened_at=NOW,
)
assert_type(decide(complaint, act, standard, NOW), tuple[Event, ...])
more_time = Act(
    action=Action.EXTEND, actor=act.actor, clock="resolve", limit=Limit.parse("7 working_days"), text="Alasan"
)
assert_type(more_time.clock, str | None)
assert_type(more_time.limit, Limit | None)
assert_type(TABLE, Mapping[State, Mapping[Action, State]])
assert_type(next_state(State.VERIFIED, Action.FORWARD), State | None)
assert_type(may(State.VERIFIED, Action.FORWARD, Role.SYSTEM), bool)
assert_type(is_open(State.CLOSED), bool)
for action, roles in allowed(State.SUBMITTED):
    assert_type(action, Action)
    assert_type(roles, frozenset[Role])

steps = due_steps(complaint, standard, NOW)
assert_type(steps, tuple[DueStep, ...])
assert_type(take_step(complaint, steps[0], standard, NOW), tuple[Event, ...])
assert_type(next_step_at(complaint, standard, NOW + timedelta(hours=1)), datetime | None)

together = merge(complaint, complaint, standard, NOW, actor=act.actor)
assert_type(together, Together)
assert_type(together.main, tuple[Event, ...])
assert_type(pass_on(begun.events, complaint, complaint, standard, NOW), Together)
assert_type(unmerge(complaint, complaint, standard, NOW, actor=act.actor), Together)

# What is kept of it, and told.

assert_type(to_record(begun.events[0]), Record)
assert_type(from_record(to_record(begun.events[0])), Event)
notices = notices_for(begun.events, complaint)
assert_type(notices, tuple[Notice, ...])
assert_type(write("received", begun.events[0], complaint, standard, "en"), Written)
fact = begun.events[0].fact
if isinstance(fact, Received):
    assert_type(fact.received_at, datetime)
    assert_type(fact.kind, Kind | None)

# What the citizen may do when it was not settled.

ready = readiness(complaint, standard, NOW)
assert_type(ready, Readiness)
assert_type(ready.missing, tuple[Condition, ...])
assert_type(ombudsman_letter(complaint, standard, NOW), Letter)

# Each of these must stay an error (warn_unused_ignores): kinds of texts are kept apart, and nothing is guessed.
decide(complaint, act, standard)  # type: ignore[call-arg]  # the present is never looked up
decide(complaint, act, standard, "2026-03-13")  # type: ignore[arg-type]  # an instant is no text
Act(action="respond", actor=act.actor)  # type: ignore[arg-type]  # an action is no text
Act(action=Action.EXTEND, actor=act.actor, limit=7)  # type: ignore[arg-type]  # seven of what?
Act(action=Action.EXTEND, actor=act.actor, limit="7 working_days")  # type: ignore[arg-type]  # a limit is no text
Act(action=Action.EXTEND, actor=act.actor, clock=complaint.running("resolve"))  # type: ignore[arg-type]  # its name is meant
Actor(role="reporter")  # type: ignore[arg-type]  # a role is no text
Rating(stars="5", outcome=Outcome.SETTLED)  # type: ignore[arg-type]  # a number is no text
Submission(channel="sms", source_id="1", received_at=NOW, narrative="x")  # type: ignore[call-arg]  # who reports?
replay(complaint)  # type: ignore[arg-type]  # a complaint is no record
complaint.state = State.CLOSED  # type: ignore[misc]  # what happened is not overwritten
Responded(text="x", agency=None, unknown=1)  # type: ignore[call-arg]  # a fact has its fields
TABLE[State.CLOSED][Action.REOPEN] = State.CLOSED  # type: ignore[index]  # the table stands
