"""Every shipped policy against golden vectors: facts and instants in, tier and due instants out, each with its sentence.

The vectors are data. A clerk counts their sentences day by day and minute by minute from the days off that each file
lists, typed from the decrees and laws, and knows nothing of the engine's calendars: file, clerk and engine must agree.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from lapor_core import Facts, Kind, load_standard
from lapor_core.clocks import Extension
from lapor_core.policy import Limit
from lapor_core.policy.loading import shipped_policies

FOLDER = Path(__file__).parent / "vectors"
FILES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OWN = ("kind", "supervisory", "abuse_of_authority", "agencies", "category", "channel")


@attrs.frozen
class Clerk:
    """Somebody with a calendar on the wall: the days off of one file, a five-day week, and the hours of the door."""

    off: frozenset[date]
    hours: tuple[tuple[time, time], ...] = ()

    def works(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.off

    def due(self, count: str, start: datetime, *, first_counts: bool = False, moves: bool = True) -> datetime:
        amount, unit = count.split()
        if unit == "hours":
            return start + timedelta(hours=int(amount))
        if unit == "office_hours":
            return self._minutes(int(amount) * 60, start)
        day = start.date() - DAY if first_counts else start.date()
        left = int(amount)
        while left:
            day += DAY
            left -= unit == "days" or self.works(day)
        while moves and unit == "days" and not self.works(day):
            day += DAY
        return datetime.combine(day, time(23, 59, 59), start.tzinfo)

    def _minutes(self, left: int, at: datetime) -> datetime:
        while left:
            open_now = self.works(at.date()) and any(begin <= at.time() < end for begin, end in self.hours)
            left -= open_now
            at += MINUTE
        return at


def clerk_of(data: Mapping[str, Any]) -> Clerk:
    return Clerk(frozenset(data.get("off", ())), tuple((begin, end) for begin, end in data.get("hours", ())))


def facts_of(given: Mapping[str, Any]) -> Facts:
    plain = {name: value for name, value in given.items() if name in OWN}
    if "kind" in plain:
        plain["kind"] = Kind(plain["kind"])
    return Facts(**plain, extra={name: value for name, value in given.items() if name not in OWN})


def each() -> Iterator[Any]:
    for name, data in FILES.items():
        for number, vector in enumerate(data["vectors"], 1):
            yield pytest.param(name, data, vector, id=f"{name}-{number}")


EACH = tuple(each())


def test_every_shipped_policy_has_vectors() -> None:
    assert set(FILES) == set(shipped_policies())
    assert all(len(data["vectors"]) >= 2 for data in FILES.values())


@pytest.mark.parametrize(("name", "data", "vector"), EACH)
def test_the_engine_answers_as_the_vector_says(name: str, data: Mapping[str, Any], vector: Mapping[str, Any]) -> None:
    standard = load_standard(name)
    assessment = standard.assess(facts_of(vector["facts"]))
    assert assessment.tier.name == vector["tier"]
    clock, extensions = vector["clock"], []
    if "own" in vector:  # what the reported agency has promised itself
        rule = attrs.evolve(standard.policy.clock(clock), agency_limits={"contoh": Limit.parse(vector["own"])})
        policy = attrs.evolve(standard.policy, clocks={**standard.policy.clocks, clock: rule})
        standard = attrs.evolve(standard, policy=policy)
    if "extended" in vector:
        extensions = [Extension(limit=Limit.parse(vector["extended"]), granted_at=vector["granted"])]
    deadline = standard.deadline(
        clock,
        assessment,
        start=vector["start"],
        extensions=extensions,
        agency="contoh" if "own" in vector else None,
        now=vector.get("granted"),
    )
    assert deadline.due == vector["due"]
    assert deadline.due.utcoffset() == vector["due"].utcoffset()


@pytest.mark.parametrize(("name", "data", "vector"), EACH)
def test_a_clerk_who_counts_day_by_day_agrees(name: str, data: Mapping[str, Any], vector: Mapping[str, Any]) -> None:
    clerk = clerk_of(data)
    start = vector["start"].astimezone(vector["due"].tzinfo)
    moves = vector.get("day_off_end", "moves") == "moves"
    first_counts = vector.get("first_day") == "included"
    due = min(
        clerk.due(count, start, first_counts=first_counts, moves=moves)
        for count in (vector["count"], *([vector["own"]] if "own" in vector else []))
    )
    if "extended" in vector:
        due = clerk.due(vector["extended"], due, moves=moves)
    assert due == vector["due"]


@pytest.mark.parametrize(("name", "data", "vector"), EACH)
def test_a_vector_names_a_sentence_that_stands_in_the_policy(
    name: str, data: Mapping[str, Any], vector: Mapping[str, Any]
) -> None:
    policy = load_standard(name).policy
    said = {part.text for part in (*policy.tiers, *policy.rules, *policy.clocks.values())}
    said |= {clock.extension.text for clock in policy.clocks.values() if clock.extension is not None}
    assert vector["sentence"] in said


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_limit_and_every_extension_of_a_policy_is_tried_by_a_vector(name: str) -> None:
    policy = load_standard(name).policy
    tried = {(vector["tier"], vector["clock"]) for vector in FILES[name]["vectors"]}
    assert {(tier.name, clock) for tier in policy.tiers for clock in tier.limits} <= tried
    assert {clock for clock, rule in policy.clocks.items() if rule.limit is not None} <= {clock for _, clock in tried}
    extended = {vector["clock"] for vector in FILES[name]["vectors"] if "extended" in vector}
    assert extended == {clock for clock, rule in policy.clocks.items() if rule.extension is not None}
