"""Which complaints a list shows: what an officer wished for, as a query of the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

import attrs
from sqlalchemy import ColumnElement, case, func, select

from lapor_core.lifecycle import State, is_open
from lapor_desk.store import Reading
from lapor_desk.store.tables import complaint_agencies, complaints

__all__ = ["MINE", "PAGE_SIZE", "Found", "Order", "Wish", "find"]

MINE = "mine"
PAGE_SIZE = 25
_LAST_PAGE = 10_000


class Order(StrEnum):
    """What stands first."""

    NEWEST = "newest"
    URGENT = "urgent"


@attrs.frozen(kw_only=True)
class Wish:
    """What an officer wants to see.

    Attributes:
        state: A state, ``open`` for all in which an answer is owed, ``mine`` for those in which it is the officer's turn, or
            empty for all.
        agency: The key of an agency, or empty for all.
        tier: The name of a tier, or empty for all.
        late: Whether only what is past its due instant.
        page: From 1.
    """

    state: str = ""
    agency: str = ""
    tier: str = ""
    late: bool = False
    order: Order = Order.NEWEST
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wish:
        """Return what a query asks for; what cannot be is left out, for a link may be old."""
        state, order, page = query.get("state", ""), query.get("order", ""), query.get("page", "")
        return cls(
            state=state if state in {"open", MINE, *State} else "",
            agency=_printable(query.get("agency", "")),
            tier=_printable(query.get("tier", "")),
            late=query.get("late", "") == "1",
            order=Order(order) if order in set(Order) else Order.NEWEST,
            page=min(max(int(page), 1), _LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether this is anything else than all complaints, the newest first."""
        return attrs.evolve(self, page=1) != Wish()

    def query(self, **changes: Any) -> str:
        """Return this wish, changed, as the query of a link; what is usual is left out."""
        wished = attrs.evolve(self, **{"page": 1, **changes})
        values = attrs.asdict(wished, filter=lambda field, value: value != field.default)
        return "?" + urlencode({name: 1 if value is True else str(value) for name, value in values.items()})


def _printable(text: str) -> str:
    """Return a text as it can be asked for; no name of ours has other characters, and PostgreSQL refuses some."""
    return text if text.isprintable() else ""


@attrs.frozen(kw_only=True)
class Found:
    """One page of complaints, and how many there are.

    Attributes:
        ids: In the order wished for.
        total: On all pages together.
        states: How many stand in each state, whatever state was wished for.
        late: How many of those wished for are late.
    """

    ids: tuple[str, ...]
    total: int
    states: Mapping[State, int]
    late: int

    @property
    def pages(self) -> int:
        """The number of pages; at least one."""
        return max(1, -(-self.total // PAGE_SIZE))

    def of(self, states: Collection[State]) -> int:
        """Return how many stand in one of ``states``."""
        return sum(number for state, number in self.states.items() if state in states)


def find(tx: Reading, wish: Wish, agency: str | None, now: datetime, mine: Collection[State] = ()) -> Found:
    """Return what ``wish`` asks for at ``now`` (aware); for an officer of ``agency`` only its own complaints.

    Args:
        tx: The register.
        wish: What is asked for.
        agency: The agency of the officer, or None.
        now: The present instant (aware).
        mine: The states in which it is the officer's turn.
    """
    scope = [*_of_agency(agency or ""), *_of_agency(wish.agency)]
    if wish.tier:
        scope.append(complaints.c.tier == wish.tier)
    is_late, wished = complaints.c.due_at < now, _states(wish.state, mine)
    state = [complaints.c.state.in_([known.value for known in wished])] if wish.state else []
    ids = (
        select(complaints.c.id).where(*scope, *state, *([is_late] if wish.late else [])).order_by(*_sorted(wish.order))
    )
    standing, late = _by_state(tx, scope, is_late)
    counted = late if wish.late else standing
    return Found(
        ids=tuple(tx.connection.execute(ids.limit(PAGE_SIZE).offset((wish.page - 1) * PAGE_SIZE)).scalars()),
        total=sum(counted[known] for known in wished),
        states={known: counted[known] for known in State if counted[known]},
        late=sum(late[known] for known in wished),
    )


def _by_state(
    tx: Reading, scope: list[ColumnElement[bool]], is_late: ColumnElement[bool]
) -> tuple[Counter[str], Counter[str]]:
    """Count complaints by state: all in ``scope``, and those of them that are late.

    Of the whole register, the index by state is enough to count all; else one way through the complaints counts both. SQLite would
    go that way in the order of this index, and look every complaint up; to group by something else first keeps it from that.
    """
    state = complaints.c.state
    both = select(state, func.count(), func.count(case((is_late, 1)))).group_by(complaints.c.policy, state)
    standing, late = Counter[str](), Counter[str]()
    for found, number, number_late in tx.connection.execute(both.where(*scope) if scope else both.where(is_late)):
        standing[found] += number if scope else 0
        late[found] += number_late
    if not scope:
        by_index = select(state, func.count()).group_by(state)
        standing.update({row[0]: row[1] for row in tx.connection.execute(by_index)})
    return standing, late


def _of_agency(agency: str) -> list[ColumnElement[bool]]:
    if not agency:
        return []
    mine = select(complaint_agencies.c.complaint_id).where(complaint_agencies.c.agency == agency)
    return [complaints.c.id.in_(mine)]


def _states(state: str, mine: Collection[State]) -> tuple[State, ...]:
    several = {"": tuple(State), "open": tuple(filter(is_open, State)), MINE: tuple(mine)}
    return several[state] if state in several else (State(state),)


def _sorted(order: Order) -> tuple[ColumnElement[Any], ...]:
    """Put first what is due first, and behind it what has no clock yet, the oldest first."""
    if order is Order.URGENT:
        no_clock = complaints.c.due_at.is_(None)
        return (no_clock, complaints.c.due_at, complaints.c.received_at, complaints.c.id)
    return (complaints.c.received_at.desc(), complaints.c.id.desc())
