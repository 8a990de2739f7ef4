"""Two complaints compared, trait by trait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

import attrs

from lapor_core.complaint import Complaint, personal
from lapor_core.likeness.measure import Measure, shipped_measure
from lapor_core.likeness.words import words_in
from lapor_core.texts import decimal, word

__all__ = ["Likeness", "Matter", "Sign", "Trait", "likeness", "matter_of"]


class Trait(StrEnum):
    """What two complaints can have in common."""

    REPORTER = "reporter"
    WORDS = "words"
    PLACE = "place"
    HAPPENED = "happened"
    RECEIVED = "received"
    AGENCY = "agency"
    CATEGORY = "category"


@attrs.frozen(kw_only=True)
class Matter:
    """What of a complaint is compared with others.

    Attributes:
        reporter: Opaque reference to the person; None where it must not count.
        words: The words of its title, its narrative and its place, as :func:`words_in` gives them.
        place: The words of its place alone.
        happened: The day of the event.
        received: When it was received (aware).
        agencies: Those it was handed to, by key.
    """

    reporter: str | None = None
    words: frozenset[str] = personal()
    place: frozenset[str] = personal(default=frozenset())
    happened: date | None = None
    received: datetime
    agencies: frozenset[str] = frozenset()
    category: str | None = None


@attrs.frozen(kw_only=True)
class Sign:
    """One thing that two complaints have in common.

    Attributes:
        value: By how much, above 0 and up to 1.
        days: How many days lie between them, for a trait of time.
    """

    trait: Trait
    value: float
    days: int | None = None

    def text(self, language: str = "id") -> str:
        """Return it as an officer reads it: *kata-kata serupa: 0,72*."""
        key = f"{self.trait}_same" if self.value == 1 or self.days == 0 else self.trait
        return word("likeness", key, language).format(value=decimal(self.value, language), days=self.days)


@attrs.frozen(kw_only=True)
class Likeness:
    """How alike two complaints are.

    Attributes:
        score: From 0 to 1.
        signs: By what; the same for both.
        enough: Whether an officer should be told of it.
    """

    score: float
    signs: tuple[Sign, ...]
    enough: bool


def matter_of(complaint: Complaint, *, knows_reporter: bool = True) -> Matter:
    """Return what of ``complaint`` is compared; for a reader who may not know who reported, the person does not count.

    Of an anonymous complaint the person counts for nobody: beside a named one of theirs, it would say who they are.
    """
    return Matter(
        reporter=complaint.reporter_ref if knows_reporter and not complaint.visibility.anonymous else None,
        words=words_in(complaint.title, complaint.narrative, complaint.place),
        place=words_in(complaint.place),
        happened=complaint.event_date,
        received=complaint.received_at,
        agencies=frozenset(complaint.agencies),
        category=complaint.facts.category,
    )


def likeness(one: Matter, other: Matter, measure: Measure | None = None) -> Likeness:
    """Return how alike two complaints are; which of them comes first does not matter.

    The score is the weighted mean over the traits that are known of both. That another person reports says nothing against
    it; that the same one does brings two complaints nearer, and that alone is enough only when they came within about a day.
    """
    measure = measure or shipped_measure()
    traits = tuple(_traits(one, other, measure))
    whole = sum(measure.weights[sign.trait] for sign in traits)
    score = sum(measure.weights[sign.trait] * sign.value for sign in traits) / whole
    person = _person(one, other, measure)
    score += (1 - score) * measure.lift * sum(sign.value for sign in person)
    signs = tuple(sign for sign in (*person, *traits) if sign.value > 0)
    return Likeness(score=min(score, 1.0), signs=signs, enough=score >= measure.enough)


def _traits(one: Matter, other: Matter, measure: Measure) -> Iterator[Sign]:
    yield Sign(trait=Trait.WORDS, value=_common(one.words, other.words))
    if one.place and other.place:
        yield Sign(trait=Trait.PLACE, value=_common(one.place, other.place))
    if one.happened is not None and other.happened is not None:
        yield _near(Trait.HAPPENED, abs(one.happened - other.happened), measure)
    else:
        yield _near(Trait.RECEIVED, abs(one.received - other.received), measure)
    if one.agencies and other.agencies:
        yield Sign(trait=Trait.AGENCY, value=float(not one.agencies.isdisjoint(other.agencies)))
    if one.category is not None and other.category is not None:
        yield Sign(trait=Trait.CATEGORY, value=float(one.category == other.category))


def _person(one: Matter, other: Matter, measure: Measure) -> tuple[Sign, ...]:
    if one.reporter is None or one.reporter != other.reporter:
        return ()
    near = _near(Trait.REPORTER, abs(one.received - other.received), measure)
    return (attrs.evolve(near, days=None),)


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which share of the words of both stands in both (Dice's coefficient); nothing is like nothing."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _near(trait: Trait, apart: timedelta, measure: Measure) -> Sign:
    days = apart / timedelta(days=1)
    return Sign(trait=trait, value=max(0.0, 1 - days / measure.days[trait]), days=int(days))
