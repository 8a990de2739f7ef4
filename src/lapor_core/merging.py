"""Several complaints about one matter: a human merges one into another, whose answer becomes its own; it can be undone.

Each keeps its record, its code, its reporter and its clocks, which run on: what was promised to a reporter is kept or missed
whether or not others complained of the same. What happens to the main complaint is passed on to those that follow it,
into their own records, so that each reporter is told in the ordinary way.

A host writes what is returned here in the same transaction as the events it follows from: after an act on a complaint
that others follow, :func:`pass_on` for each of them; after an act by which a merged complaint goes its own way,
:func:`let_go` for the main one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from lapor_core import events as happened
from lapor_core.acts import Act
from lapor_core.complaint import Actor, Complaint
from lapor_core.decisions import decide, write_down
from lapor_core.errors import BadValue
from lapor_core.evolution import replay_on
from lapor_core.lifecycle import Action, Role, State
from lapor_core.standard import Standard

__all__ = ["Together", "let_go", "merge", "pass_on", "unmerge"]

_BY_ITSELF = Actor(role=Role.SYSTEM, id="merging")
_PASSED_ON = (happened.Responded, happened.RespondedInPart, happened.Rejected, happened.Archived)


@attrs.frozen(kw_only=True)
class Together:
    """The events of both complaints; a host stores all of them or none.

    Attributes:
        follower: For the record of the complaint that is merged or unmerged.
        main: For the record of the one it is, or was, merged into.
    """

    follower: tuple[happened.Event, ...]
    main: tuple[happened.Event, ...]


def merge(
    follower: Complaint,
    main: Complaint,
    standard: Standard,
    now: datetime,
    *,
    actor: Actor,
    reason: str = "",
    main_standard: Standard | None = None,
) -> Together:
    """Merge ``follower`` into ``main``.

    Args:
        follower: The complaint that will wait for the other one's answer.
        main: The one it is merged into.
        standard: What ``follower`` is judged by.
        now: When it is written down (aware).
        actor: Who merges them.
        reason: Why.
        main_standard: What ``main`` is judged by, where it was received under another one.

    Raises:
        Refused: not possible or not permitted now, as :func:`lapor_core.decide` says; ``main`` will not be answered any more
            (``main_not_open``) or is secret (``main_secret``); ``follower`` has followers of its own (``has_followers``).
        BadValue: both are the same (``main_needed``), or ``now`` is naive.
    """
    act = Act(action=Action.MERGE, actor=actor, text=reason, main=main)
    merged = decide(follower, act, standard, now)
    return Together(
        follower=merged,
        main=write_down(main, [happened.Followed(complaint=follower.id)], main_standard or standard, now, actor=actor),
    )


def unmerge(
    follower: Complaint,
    main: Complaint,
    standard: Standard,
    now: datetime,
    *,
    actor: Actor,
    reason: str = "",
    main_standard: Standard | None = None,
) -> Together:
    """Let ``follower`` go its own way again; it waits to be disposed anew, and its clocks have never stopped.

    The arguments are those of :func:`merge`.

    Raises:
        Refused: not possible or not permitted now. BadValue: it was merged into another one (``other_main``).
    """
    if follower.merged_into != main.id:
        message = f"complaint {follower.id} is not merged into {main.id}"
        raise BadValue(message, code="other_main", complaint=follower.id)
    unmerged = decide(follower, Act(action=Action.UNMERGE, actor=actor, text=reason), standard, now)
    after = replay_on(follower, unmerged)
    return Together(follower=unmerged, main=let_go(main, after, main_standard or standard, now, actor=actor))


def pass_on(
    news: Iterable[happened.Event],
    main: Complaint,
    follower: Complaint,
    standard: Standard,
    now: datetime,
    *,
    main_standard: Standard | None = None,
) -> Together:
    """Return what the news of ``main`` make of a complaint that follows it: an answer, an end, or its own way again.

    Args:
        news: New events of ``main``.
        main: The main complaint after them.
        follower: A complaint that is merged into it.
        standard: What ``follower`` is judged by.
        now: When it is written down (aware).
        main_standard: What ``main`` is judged by, where it was received under another one.
    """
    own: list[happened.Event] = []
    for event in news:
        if follower.state is State.MERGED and follower.merged_into == main.id:
            passed = _passed(event, main, follower, standard, now)
            own += passed
            follower = replay_on(follower, passed)
    return Together(follower=tuple(own), main=let_go(main, follower, main_standard or standard, now))


def let_go(
    main: Complaint, follower: Complaint, standard: Standard, now: datetime, *, actor: Actor = _BY_ITSELF
) -> tuple[happened.Event, ...]:
    """Return the events of ``main`` by which it is no longer waited for by ``follower``; none while it still is."""
    waits = follower.state is State.MERGED and follower.merged_into == main.id
    if waits or follower.id not in main.followers:
        return ()
    return write_down(main, [happened.Unfollowed(complaint=follower.id)], standard, now, actor=actor)


def _passed(
    event: happened.Event, main: Complaint, follower: Complaint, standard: Standard, now: datetime
) -> tuple[happened.Event, ...]:
    if isinstance(event.fact, happened.Withdrawn):
        fact = happened.Unmerged(of=main.id)
        return write_down(follower, [fact], standard, now, actor=_BY_ITSELF, happened_at=event.happened_at)
    if not isinstance(event.fact, _PASSED_ON):
        return ()
    known = attrs.evolve(main.facts, kind=None, category=None, channel=None)
    facts = (*_involving(main, follower), _without_files(event.fact))
    return write_down(follower, facts, standard, now, actor=event.actor, known=known, happened_at=event.happened_at)


def _involving(main: Complaint, follower: Complaint) -> Iterator[happened.Fact]:
    """Whoever has answered the main complaint has answered this one, and owes the next answer if it is reopened."""
    new = tuple(key for key in main.agencies if key not in follower.agencies)
    if new:
        yield happened.Involved(agencies=new)


def _without_files(fact: happened.Fact) -> happened.Fact:
    """Files belong to the reporter of the main complaint, under whose key they are sealed."""
    if isinstance(fact, happened.Responded | happened.RespondedInPart):
        return attrs.evolve(fact, attachments=())
    return fact
