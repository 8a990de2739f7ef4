"""What ails a desk: each check looks at one thing and yields findings, every one with its remedy. Nothing is changed."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

import attrs
from sqlalchemy import func, select

from lapor_core.errors import did_you_mean
from lapor_core.lifecycle import Action, Role, State, allowed, is_over
from lapor_core.plugins import Medium
from lapor_core.standard import Standard
from lapor_desk.counting import counted
from lapor_desk.house import House
from lapor_desk.officers import officers_in
from lapor_desk.plugging import OUTBOX, is_unset, state_of
from lapor_desk.store import Reading, Status, StoreDown, database_url
from lapor_desk.store.tables import attachments, complaint_agencies, complaints, notices, people
from lapor_desk.sweeping import Sweeper
from lapor_desk.waiting import backlogs

__all__ = ["CHECKS", "Finding", "examine"]

_DAY = timedelta(days=1)
_ENOUGH = 1 << 30
"""Bytes that should be free where the database and the attachments lie."""

_SKEW = timedelta(seconds=5)
_SAMPLE = 200
_UNSWEPT = timedelta(minutes=10)
_FEW = 20
_REACH = "mend the folder's rights, or files and [s3] in lapor.toml, or wait until the service is back"
_SOON = timedelta(days=92)
"""So long before a year begins, its decree has been issued in every year so far; before that there is nothing to load."""

_OF_AN_AGENCY = frozenset({Role.LIAISON_OFFICER, Role.SUPERIOR})


@attrs.frozen(kw_only=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        check: The check's name.
        problem: What is amiss, in one sentence; nothing personal.
        remedy: What mends it, in one line.
        serious: False for what is only to be known.
    """

    check: str
    problem: str
    remedy: str
    serious: bool = True


def examine(house: House, now: datetime) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Yield the name of every check and what it found at ``now`` (aware).

    Raises:
        StoreDown: the database or a folder went away meanwhile (``store_down``).
    """
    for name, check in CHECKS.items():
        yield name, tuple(attrs.evolve(found, check=name) for found in check(house, now))


def _finding(problem: str, remedy: str, *, serious: bool = True) -> Finding:
    return Finding(check="", problem=problem, remedy=remedy, serious=serious)


def _plugins(house: House, _: datetime) -> Iterator[Finding]:
    """One that nobody has set up is only mentioned; one that was set up and does not run is a fault."""
    config = house.config
    for status in house.plugins.report():
        wanted = status.key in config.plugins or status.key in config.allow_plugins
        meant = status.key in config.block_plugins or (bool(config.allow_plugins) and not wanted)
        if status.reason and not meant:
            if is_unset(config, status):
                yield _finding(f"{status.key} is not set up", f"[plugins.{status.key}] in lapor.toml", serious=False)
                continue
            remedy = status.remedy or f'block_plugins = ["{status.key}"] in lapor.toml, if it is not wanted'
            problem = f"{status.key} is {state_of(status)}: {status.reason}"
            yield _finding(problem, remedy, serious=wanted and not status.enabled)
    for name, said in (("allow_plugins", "allowed"), ("block_plugins", "blocked")):
        for key in sorted(set(getattr(config, name)) - set(house.plugins.keys)):
            problem = f'"{key}" is {said} and not installed; {did_you_mean(key, house.plugins.keys)}'
            yield _finding(problem, f"correct {name} in lapor.toml", serious=name == "allow_plugins")


def _media(house: House, _: datetime) -> Iterator[Finding]:
    """A medium that only the outbox serves is to be known: without it nobody gets a one-time code, and so nobody reports."""
    for medium in sorted(Medium):
        messenger = house.engine.courier.choose(medium)
        if messenger is not None and messenger.key == OUTBOX:
            problem = f"nothing sends {medium}: its messages, one-time codes too, are written into the outbox and reach nobody"
            yield _finding(problem, f"[plugins.{medium}] in lapor.toml", serious=False)
    queued = select(notices.c.medium, func.count()).where(notices.c.status == Status.QUEUED.value)
    with house.store.reading() as tx:
        waiting = tx.connection.execute(queued.group_by(notices.c.medium)).all()
    for medium, count in waiting:
        if house.engine.courier.choose(medium) is None:
            problem = (
                f"{counted(count, 'notice waits', 'notices wait')} for the medium {medium}, which no notifier serves"
            )
            yield _finding(problem, "install a notifier for it, or set one up under [plugins] in lapor.toml")


def _waiting(house: House, now: datetime) -> Iterator[Finding]:
    for backlog in backlogs(house.engine, now):
        waiting = backlog.waiting
        if not backlog.is_long or waiting.oldest is None:
            continue
        known = f"the oldest for {waiting.oldest // timedelta(minutes=1)} minutes"
        if backlog.held_by is None:
            problem = f"{counted(waiting.due, 'notice is', 'notices are')} due and nobody delivers, {known}"
            yield _finding(problem, "run lapor serve, lapor work, or lapor work --once from cron")
        else:
            problem = f"{counted(waiting.due, 'notice waits', 'notices wait')}, {known}: {backlog.notifier} sends {backlog.held_by} at most"
            yield _finding(problem, f"raise the rate under [notifiers.{backlog.notifier}], or wait", serious=False)


def _steps(house: House, now: datetime) -> Iterator[Finding]:
    """The sweep takes every step within a minute, but for complaints that cannot be judged; these it puts off by the hour."""
    with house.store.reading() as tx:
        late = len(tx.due_for_step(now - _UNSWEPT, _SAMPLE))
    if late:
        number = ("at least " if late == _SAMPLE else "") + counted(late, "complaint", "complaints")
        problem = f"a step of {number} has been due for more than {_UNSWEPT // timedelta(minutes=1)} minutes, and nobody takes it"
        yield _finding(problem, "run lapor serve, lapor work, or lapor work --once from cron")
    unjudged = Sweeper(store=house.store, standard_of=house.desk.standard_of).unjudged(now, _SAMPLE)
    for why, ids in groupby(sorted(unjudged, key=lambda one: (unjudged[one], one)), key=lambda one: unjudged[one]):
        first, *others = ids
        named = f"complaint {first}" + (f" and {counted(len(others), 'other', 'others')}" if others else "")
        problem = f"no step is taken of {named}, for it cannot be judged what is due: {why}"
        yield _finding(problem, "read in the log what is told of this complaint, and tell whoever looks after the desk")


def _settled(house: House, now: datetime) -> Iterator[Finding]:
    """Every stuck notice waits for a person; a failed one is news for a week."""
    stuck = notices.c.status == Status.STUCK.value
    failed = (notices.c.status == Status.FAILED.value) & (notices.c.settled_at > now - 7 * _DAY)
    query = select(notices.c.status, notices.c.last_error, func.count(), func.min(notices.c.id)).where(stuck | failed)
    with house.store.reading() as tx:
        rows = tx.connection.execute(query.group_by(notices.c.status, notices.c.last_error)).all()
    for status, reason, count, first in rows:
        named = f"1 notice is {status}" if count == 1 else f"{count} notices are {status}, {first} among them"
        again = (
            f"lapor notices retry {first}"
            if count == 1
            else f"lapor notices list {status}, then lapor notices retry ID"
        )
        yield _finding(f"{named}: {reason or 'no reason was given'}", f"mend the cause, then: {again}")


def _calendar(house: House, now: datetime) -> Iterator[Finding]:
    first = house.standard.office.local(now).date()
    offices = {office for standard in house.desk.standards for office in (standard.office, *standard.offices.values())}
    doubts = {doubt.en for office in offices for doubt in office.provisional_reasons(first, first + 365 * _DAY)}
    soon = {doubt.en for office in offices for doubt in office.provisional_reasons(first, first + _SOON)}
    for doubt in sorted(doubts):
        remedy = "load the decree under decrees in lapor.toml when it is out, then: lapor recalculate --dry-run"
        yield _finding(doubt, remedy, serious=doubt in soon)


def _agencies(house: House, _: datetime) -> Iterator[Finding]:
    if not house.standard.agencies:
        yield _finding("no agency is configured, so nothing can be disposed", "name them as [[agencies]] in lapor.toml")


def _admins(house: House, _: datetime) -> Iterator[Finding]:
    """What nobody can dispose, or verify, is never worked at."""
    steps = (
        (State.SUBMITTED, Action.DISPOSE, "dispose what was submitted"),
        (State.DISPOSED, Action.VERIFY, "verify what was disposed"),
    )
    with house.store.reading() as tx:
        for state, action, what in steps:
            roles = sorted(dict(allowed(state))[action] - {Role.SYSTEM})
            if not any(officers_in(tx, role) for role in roles):
                problem = f"nobody can {what}: no officer is {' or '.join(roles)}"
                yield _finding(problem, f"lapor officers add LOGIN --role {roles[0]}")


def _officers(house: House, _: datetime) -> Iterator[Finding]:
    reminded = sorted(
        {role for step in house.standard.policy.ladder for role in step.remind} - {Role.REPORTER, Role.SYSTEM}
    )
    with house.store.reading() as tx:
        agencies = _agencies_at_work(tx)
        for role in reminded:
            for agency in agencies if role in _OF_AN_AGENCY else [None]:
                if not officers_in(tx, role, agency):
                    of = f" of {agency}" if agency else ""
                    option = f" --agency {agency}" if agency else ""
                    problem = f"the ladder reminds the {role}{of}, which nobody is"
                    yield _finding(problem, f"lapor officers add LOGIN --role {role}{option}")


def _agencies_at_work(tx: Reading) -> list[str]:
    """Return the agencies that have complaints to answer."""
    open_states = [state.value for state in State if not is_over(state)]
    mine = complaint_agencies.join(complaints, complaints.c.id == complaint_agencies.c.complaint_id)
    query = select(complaint_agencies.c.agency).select_from(mine).where(complaints.c.state.in_(open_states)).distinct()
    return sorted(tx.connection.execute(query).scalars())


def _space(house: House, _: datetime) -> Iterator[Finding]:
    for folder in sorted({_near(path) for path in _folders(house)}):
        free = shutil.disk_usage(folder).free
        if free < _ENOUGH:
            problem = f"{folder} has {free >> 20} MiB left, and a desk should have {_ENOUGH >> 20}"
            yield _finding(problem, "make room on this disk, or move files and database to a larger one")


def _folders(house: House) -> Iterator[Path]:
    url = database_url(house.config.database)
    if url.get_backend_name() == "sqlite":
        yield Path(url.database or "").absolute().parent
    if isinstance(house.files, Path):
        yield house.files.absolute()
    yield house.checkpoints.absolute()


def _near(path: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return path if path.is_dir() else _near(path.parent)


def _files(house: House, _: datetime) -> Iterator[Finding]:
    """A sample of attachments shows whether this is the place where they were put."""
    try:
        house.store.files.check()
    except StoreDown as error:
        yield _finding(f"attachments cannot be kept at {house.files}: {error}", _REACH)
        return
    at = secrets.token_hex(16)
    query = select(attachments.c.person_id, attachments.c.digest).order_by(attachments.c.person_id)
    query = query.join(people).where(people.c.erased_at.is_(None))
    with house.store.reading() as tx:
        sample = list(tx.connection.execute(query.where(attachments.c.person_id >= at).limit(_FEW)))
        sample += tx.connection.execute(query.where(attachments.c.person_id < at).limit(_FEW - len(sample)))
    missing = sum(not house.store.files.holds(person, digest) for person, digest in sample)
    if missing:
        problem = f"{missing} of {len(sample)} attachments that were looked for are missing at {house.files}"
        yield _finding(
            problem, "set files in lapor.toml to the place where they are, or bring them back from a back-up"
        )


def _keys(house: House, _: datetime) -> Iterator[Finding]:
    """A back-up from the middle of a change of keys opens with the newer one, and half of its persons do not."""
    wrapped = select(people.c.master, func.count()).where(people.c.wrapped_key.is_not(None)).group_by(people.c.master)
    with house.store.reading() as tx:
        used = sorted(map(tuple, tx.connection.execute(wrapped)))
    for master, count in used:
        if house.store.vault.keys.find(master) is None:
            key_is = counted(count, "person's key hangs", "persons' keys hang")
            problem = f"{key_is} on the master key {master}, which the file of keys does not hold: nothing of theirs can be read"
            path = house.store.vault.keys.path or "lapor.key"
            yield _finding(problem, f"add that key, kept as {path}.{master}, to {path} as a further line")
    if house.store.vault.keys.former:
        problem = "a change of the master key has begun and is not finished: its file holds more than one key"
        yield _finding(problem, "lapor keys rotate")


def _clock(house: House, now: datetime) -> Iterator[Finding]:
    """A database that lies in a file has the clock of this machine."""
    if house.store.database.is_sqlite:
        return
    with house.store.reading() as tx:
        theirs: datetime = tx.connection.execute(select(func.clock_timestamp())).scalar_one()
    skew = abs(house.clock() - theirs)
    if skew > _SKEW + (house.clock() - now):
        problem = f"the clocks of this machine and of the database are {skew.total_seconds():.0f} seconds apart"
        yield _finding(problem, "let both follow a time server (timedatectl set-ntp true)")


def _chains(house: House, _: datetime) -> Iterator[Finding]:
    """A sample, from a place in the register that nobody can foresee; ids are random."""
    at = secrets.token_hex(16)
    query = select(complaints.c.id).order_by(complaints.c.id).limit(_SAMPLE)
    with house.store.reading() as tx:
        ids = list(tx.connection.execute(query.where(complaints.c.id >= at)).scalars())
        ids += tx.connection.execute(query.where(complaints.c.id < at).limit(_SAMPLE - len(ids))).scalars()
        broken = [chain for chain in map(tx.verify_chain, ids) if not chain.holds]
    for chain in broken:
        yield _finding(f"the record of complaint {chain.complaint} is broken: {chain.problem}", "lapor audit verify")


def _policies(house: House, _: datetime) -> Iterator[Finding]:
    """A standard that is out of force takes in no more complaints as of right; one day somebody must set the next one."""
    with house.store.reading() as tx:
        query = select(complaints.c.policy, func.count()).group_by(complaints.c.policy)
        used: dict[str, int] = dict(map(tuple, tx.connection.execute(query)))
    loaded = {standard.policy.reference for standard in house.desk.standards}
    for reference in sorted(used.keys() - loaded):
        number = counted(used[reference], "complaint was", "complaints were")
        problem = f"{number} received under {reference}, which is not loaded"
        yield _finding(problem, "name its file under former_policies in lapor.toml")
    yield from _out_of_force(house.standard, house.clock())


def _out_of_force(standard: Standard, now: datetime) -> Iterator[Finding]:
    until = standard.policy.valid_until
    if until is not None and standard.office.local(now).date() > until:
        problem = f"the policy {standard.policy.reference} was in force until {until.isoformat()}"
        yield _finding(problem, "set policy in lapor.toml to the one in force, and this one under former_policies")


CHECKS: Mapping[str, Callable[[House, datetime], Iterator[Finding]]] = MappingProxyType(
    {
        "policies": _policies,
        "plug-ins": _plugins,
        "calendar": _calendar,
        "agencies": _agencies,
        "admins": _admins,
        "officers": _officers,
        "media": _media,
        "waiting": _waiting,
        "steps": _steps,
        "notices": _settled,
        "space": _space,
        "files": _files,
        "keys": _keys,
        "clock": _clock,
        "chains": _chains,
    }
)
"""Every check by its name, in the order in which they are shown."""
