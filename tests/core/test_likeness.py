"""How alike two complaints are: laws over random ones, and how well the shipped measure tells invented ones apart."""

from __future__ import annotations

import itertools
import random
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lapor_core.complaint import Complaint
from lapor_core.errors import BadValue
from lapor_core.likeness import Matter, Sign, Trait, likeness, matter_of, shipped_measure, sketch, words_in
from lapor_core.testing import keys, lives, moments

MORNING = datetime(2026, 3, 13, 9, tzinfo=UTC)
TELLINGS = tomllib.loads(Path(__file__).with_name("tellings.toml").read_text("utf-8"))["tellings"]
WORDS = ("lampu", "mati", "gelap", "pasar", "selokan", "banjir", "parkir", "pungutan", "antrean", "jembatan", "sekolah")

some_words = st.frozensets(st.sampled_from(WORDS), max_size=6)
matters = st.builds(
    Matter,
    reporter=st.none() | st.sampled_from(["a", "b"]),
    words=some_words,
    place=some_words,
    happened=st.none() | st.dates(date(2026, 3, 1), date(2026, 3, 31)),
    received=moments(datetime(2026, 3, 1), datetime(2026, 4, 30)),  # noqa: DTZ001 - the strategy wants its bounds naive
    agencies=st.frozensets(st.sampled_from(["dinas-contoh", "dinas-misal"]), max_size=2),
    category=st.none() | keys(),
)
prose = st.lists(st.sampled_from((*WORDS, "yang", "dgn", "mengangkut", "Rp10.000", "km3")), min_size=1).map(" ".join)


def said(text: str, **more: Any) -> Matter:
    return Matter(words=words_in(text), **({"received": MORNING} | more))


@given(matters, matters)
def test_it_is_the_same_from_both_sides_and_between_0_and_1(one: Matter, other: Matter) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other).score <= 1


@given(matters)
def test_what_says_something_is_wholly_like_itself(one: Matter) -> None:
    found = likeness(one, one)
    assert found.score == pytest.approx(1 if one.words else found.score)
    assert found.enough or not one.words


@given(matters, matters, matters)
def test_every_sign_counts_for_and_none_against(one: Matter, other: Matter, third: Matter) -> None:
    """Who reports counts only for likeness, and the score hangs on nothing but the two."""
    before = likeness(one, other)
    likeness(one, third)
    assert likeness(one, other) == before
    stranger = attrs.evolve(other, reporter="somebody else")
    assert likeness(one, stranger).score <= before.score
    assert all(0 < sign.value <= 1 for sign in before.signs)


@given(matters, matters)
def test_a_reader_who_may_not_know_the_person_learns_nothing_of_it(one: Matter, other: Matter) -> None:
    hidden = [attrs.evolve(each, reporter=None) for each in (one, other)]
    strangers = [attrs.evolve(one, reporter="x"), attrs.evolve(other, reporter="y")]
    assert likeness(*hidden) == likeness(*strangers)
    assert Trait.REPORTER not in {sign.trait for sign in likeness(*hidden).signs}


@given(st.integers(2, 400), st.booleans(), st.booleans())
def test_the_same_person_alone_is_not_enough_unless_near_in_time(days: int, agency: bool, happened: bool) -> None:  # noqa: FBT001 - drawn
    told = {"reporter": "a", "category": "umum"}
    told |= {"agencies": frozenset({"dinas-contoh"})} if agency else {}
    told |= {"happened": MORNING.date()} if happened else {}
    one = said("lampu mati", **told)
    other = said("selokan banjir", **told | {"received": MORNING + timedelta(days=days)})
    assert not likeness(one, other).enough or happened
    apart = attrs.evolve(other, happened=MORNING.date() + timedelta(days=days) if happened else None)
    assert not likeness(one, apart).enough
    assert likeness(one, attrs.evolve(other, received=MORNING)).enough


@given(prose, st.randoms(use_true_random=False))
@example("Lampu jalan mati", random.Random(0))
def test_case_marks_and_spaces_do_not_matter(text: str, chance: random.Random) -> None:
    between = [" ", "  ", "\n", ", ", " - ", "! "]
    changed = "".join(word.upper() + chance.choice(between) for word in text.split())
    assert words_in(changed) == words_in(text)


@given(prose, prose)
def test_words_of_several_texts_are_those_of_each(one: str, other: str) -> None:
    assert words_in(one, other) == words_in(one) | words_in(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lampu jln di dpn pasar", "Lampu jalan di depan pasar."),
        ("Sampah belum diangkut", "mengangkut sampah"),
        ("diminta Rp10.000", "DIMINTA RP 10000"),
        ("jalan km3", "Jl. KM 3"),
        ("tlg yg sdh dgn utk", ""),
    ],
)
def test_shorthand_and_affixes_do_not_matter(one: str, other: str) -> None:
    assert words_in(one) == words_in(other)


@given(matters, st.randoms(use_true_random=False))
def test_a_sketch_hangs_on_the_words_alone(one: Matter, chance: random.Random) -> None:
    shuffled = list(one.words)
    chance.shuffle(shuffled)
    assert sketch(attrs.evolve(one, words=frozenset(shuffled), reporter=None, received=MORNING)) == sketch(one)
    assert bool(sketch(one)) == bool(one.words or one.place)
    assert len(set(sketch(one))) == len(sketch(one))


def test_marks_are_the_more_in_common_the_more_words_are() -> None:
    words = [f"kata{number}" for number in range(60)]
    others = [f"lain{number}" for number in range(60)]
    marks = [
        set(sketch(Matter(words=frozenset([*words[:kept], *others[kept:]]), received=MORNING)))
        for kept in (60, 54, 40, 0)
    ]
    common = [len(marks[0] & some) for some in marks]
    assert common == sorted(common, reverse=True)
    assert (common[0], common[-1]) == (24, 0)


@settings(max_examples=20)
@given(lives())
def test_a_complaint_is_compared_by_what_it_says(life: Any) -> None:
    complaint: Complaint = life.complaint
    matter = matter_of(complaint)
    assert matter.reporter == (None if complaint.visibility.anonymous else complaint.reporter_ref)
    assert matter_of(complaint, knows_reporter=False).reporter is None
    assert matter.words == words_in(complaint.title, complaint.narrative, complaint.place) >= matter.place
    assert complaint.narrative not in repr(matter) or not complaint.narrative.strip()


def test_signs_are_told_in_words() -> None:
    one = said("lampu mati pasar", place=words_in("pasar"), reporter="a", happened=MORNING.date(), category="umum")
    other = attrs.evolve(one, words=words_in("lampu padam pasar"), agencies=frozenset({"dinas-contoh"}))
    told = [sign.text() for sign in likeness(one, other).signs]
    assert told == [
        "pelapor yang sama, pada saat yang sama",
        "kata-kata serupa: 0,67",
        "tempat sama",
        "hari kejadian sama",
        "kategori sama",
    ]
    assert Sign(trait=Trait.WORDS, value=0.725).text("en") == "similar words: 0.72"
    assert Sign(trait=Trait.RECEIVED, value=0.5, days=7).text() == "diterima berselang 7 hari"
    assert Sign(trait=Trait.RECEIVED, value=0.99, days=0).text() == "diterima berselang kurang dari satu hari"


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("trait", Trait)
def test_every_sign_has_its_words(trait: Trait, language: str) -> None:
    binary = trait in {Trait.AGENCY, Trait.CATEGORY}
    for value in (1.0,) if binary else (0.5, 1.0):
        text = Sign(trait=trait, value=value, days=3).text(language)
        assert text != trait
        assert "_same" not in text
        assert "{" not in text


def matter(telling: Mapping[str, Any]) -> Matter:
    place = telling.get("place", "")
    happened = MORNING.date() + timedelta(days=telling["happened"]) if "happened" in telling else None
    return Matter(
        reporter=telling["by"],
        words=words_in(telling["text"], place),
        place=words_in(place),
        happened=happened,
        received=MORNING + timedelta(days=telling["day"]),
        agencies=frozenset({telling["agency"]} if "agency" in telling else ()),
    )


def pairs(tellings: Sequence[Mapping[str, Any]], are_same: Callable[[Matter, Matter], bool]) -> tuple[float, float]:
    """Return the precision and the recall of what calls two tellings the same."""
    both = list(itertools.combinations([(each.get("matter"), matter(each)) for each in tellings], 2))
    right = {place for place, ((one, _), (other, _)) in enumerate(both) if one is not None and one == other}
    found = {place for place, ((_, one), (_, other)) in enumerate(both) if are_same(one, other)}
    assert right
    return len(found & right) / len(found), len(found & right) / len(right)


def is_suggested(one: Matter, other: Matter) -> bool:
    is_found = one.reporter == other.reporter or not set(sketch(one)).isdisjoint(sketch(other))
    return is_found and likeness(one, other).enough


def test_invented_tellings_of_one_matter_are_told_from_others() -> None:
    """The first ones are what the measure was settled by; those written after it say more of how well it does."""
    first = [telling for telling in TELLINGS if telling.get("set") != "after"]
    after = [telling for telling in TELLINGS if telling.get("set") == "after"]
    precision, recall = pairs(first, is_suggested)
    assert (precision >= 0.9, recall >= 0.9) == (True, True), (precision, recall)
    precision, recall = pairs(after, is_suggested)
    assert (precision >= 0.75, recall >= 0.75) == (True, True), (precision, recall)


def test_the_marks_find_most_of_what_is_enough_alike_and_little_else() -> None:
    precision, recall = pairs(TELLINGS, lambda one, other: not set(sketch(one)).isdisjoint(sketch(other)))
    assert recall >= 0.9
    assert precision >= 0.25  # of 2,278 pairs, 29 are about the same: few others are looked at in vain


def test_a_heavier_trait_counts_more() -> None:
    one, other = said("lampu mati pasar"), said("lampu padam pasar", received=MORNING + timedelta(days=20))
    words_alone = attrs.evolve(shipped_measure(), weights=dict.fromkeys(Trait, 0.0) | {"words": 1.0})
    assert likeness(one, other, words_alone).score == pytest.approx(2 / 3)
    assert likeness(one, other).score < 2 / 3


@pytest.mark.parametrize(
    "change",
    [
        {"weights": {"words": 1.0}},
        {"weights": dict.fromkeys(Trait, 1.0) | {"words": 0.0}},
        {"weights": dict.fromkeys(Trait, 1.0) | {"place": -1.0}},
        {"days": {"happened": 0.0, "received": 1.0, "reporter": 1.0}},
        {"days": {"received": 1.0}},
        {"lift": 1.5},
        {"enough": -0.1},
    ],
)
def test_a_measure_that_cannot_be_used_is_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(BadValue) as caught:
        attrs.evolve(shipped_measure(), **change)
    assert (caught.value.code, caught.value.params["field"]) == ("bad_measure", next(iter(change)))
