"""Bulk arithmetic answers as the scalar one does, row by row, and never clips."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.bulk import MISSING, BulkOffices, days_of
from lapor_core.calendar import Office, overlay
from lapor_core.errors import BadType, BadValue, OutOfReach
from lapor_core.testing.dates import amounts, dates

OFFICE = Office.indonesia(zone="Asia/Makassar")
VERSIONS = (
    OFFICE,
    OFFICE.as_known_on(date(2020, 5, 19)),
    OFFICE.as_known_on(date(2025, 8, 1)),
    Office.indonesia(zone="Asia/Makassar", week=6, region="banjarbaru"),
    Office.indonesia(zone="Asia/Makassar", collective_leave="working"),
)
BULK = BulkOffices(*VERSIONS)
ZEROS = ("stay", "next", "previous")
EDGES = (OFFICE.first, OFFICE.first + timedelta(days=1), OFFICE.last - timedelta(days=1), OFFICE.last)
BEYOND = (date(1, 1, 1), date(1969, 12, 31), date(2002, 12, 31), date(2051, 1, 1), date(9999, 12, 31))

any_dates = st.one_of(dates(), st.sampled_from(EDGES), st.sampled_from(BEYOND))
any_amounts = st.one_of(
    amounts(), st.integers(-13_000, 13_000), st.sampled_from((2**63 - 1, -(2**63), 2**62, -(2**62)))
)
rows = st.lists(st.tuples(any_dates, any_amounts, st.integers(0, len(VERSIONS) - 1)), min_size=1, max_size=30)


def scalar(office: Office, start: date, n: int, zero: str) -> date | None:
    try:
        return office.add(start, n, zero=zero)
    except OutOfReach:
        return None


def counted(office: Office, start: date, end: date) -> int:
    try:
        return office.count(start, end)
    except OutOfReach:
        return MISSING


@given(rows, st.sampled_from(ZEROS))
def test_adding_is_the_scalar_addition_of_each_row(given_rows: list, zero: str) -> None:
    starts, n, version = zip(*given_rows, strict=True)
    expected = [scalar(OFFICE, day, k, zero) for day, k, _ in given_rows]
    assert BULK.add(days_of(starts), np.array(n), zero=zero, bad="mark").tolist() == expected
    expected = [scalar(VERSIONS[v], day, k, zero) for day, k, v in given_rows]
    found = BULK.add(days_of(starts), np.array(n), version=np.array(version), zero=zero, bad="mark")
    assert found.tolist() == expected


@given(st.lists(st.tuples(dates(), st.integers(1, 60), st.integers(0, len(VERSIONS) - 1)), min_size=1, max_size=30))
def test_the_short_way_for_positive_steps_answers_the_same(given_rows: list) -> None:
    starts, n, version = zip(*given_rows, strict=True)
    expected = [VERSIONS[v].add(day, k) for day, k, v in given_rows]
    assert BULK.add(days_of(starts), np.array(n), version=np.array(version)).tolist() == expected
    assert BULK.add(days_of(starts), np.array(n, dtype=np.int16)).tolist() == [
        OFFICE.add(d, k) for d, k, _ in given_rows
    ]


@given(rows, st.data())
def test_counting_is_the_scalar_count_of_each_row(given_rows: list, data: st.DataObject) -> None:
    starts, _, version = zip(*given_rows, strict=True)
    ends = data.draw(st.lists(any_dates, min_size=len(starts), max_size=len(starts)))
    expected = [counted(OFFICE, a, b) for a, b in zip(starts, ends, strict=True)]
    assert BULK.count(days_of(starts), days_of(ends), bad="mark").tolist() == expected
    expected = [counted(VERSIONS[v], a, b) for v, a, b in zip(version, starts, ends, strict=True)]
    assert BULK.count(days_of(starts), days_of(ends), version=np.array(version), bad="mark").tolist() == expected


@pytest.mark.parametrize("n", [14, 1, 0, -1, -14, 20_000])
@pytest.mark.parametrize("zero", ZEROS)
def test_one_amount_for_many_rows_is_looked_up_and_means_the_same(n: int, zero: str) -> None:
    """More rows than there are days: answers for every possible start are made first, and read then."""
    starts = np.arange("2002-12-30", "2051-01-04", dtype="M8[D]").repeat(2)
    starts[5] = np.datetime64("NaT", "D")
    expected = BULK.add(starts, np.full(starts.shape, n), zero=zero, bad="mark")
    found = BULK.add(starts, n, zero=zero, bad="mark")
    assert np.array_equal(found, expected, equal_nan=True)
    assert np.isnat(found[[0, 5, -1]]).all()


def test_every_day_of_the_calendar_agrees_with_the_scalar_table() -> None:
    starts = np.arange("2024-12-20", "2027-01-12", dtype="M8[D]")
    for n in (-3, -1, 0, 1, 2, 14):
        assert BULK.add(starts, n).tolist() == [OFFICE.add(day, n) for day in starts.tolist()]


def test_a_row_without_an_answer_refuses_the_call_and_is_named() -> None:
    starts = days_of([date(2026, 3, 13), date(2050, 12, 30), date(2026, 3, 13)])
    with pytest.raises(OutOfReach, match=r"1 of 3 rows .* row 1 \(2050-12-30, 14\)") as caught:
        BULK.add(starts, 14)
    assert caught.value.params["row"] == 1
    with pytest.raises(OutOfReach, match="row 0"):
        BULK.count(np.array(["NaT"], "M8[D]"), days_of([date(2026, 1, 1)]))


@pytest.mark.parametrize("version", [None, np.array([0, 1])])
def test_nat_is_marked_and_never_clipped(version: np.ndarray | None) -> None:
    starts = np.array(["NaT", "2026-03-13"], "M8[D]")
    assert np.isnat(BULK.add(starts, 14, version=version, bad="mark")).tolist() == [True, False]
    assert BULK.count(starts, starts, version=version, bad="mark").tolist() == [MISSING, 0]


def test_offices_of_different_reach_are_each_answered_within_their_own() -> None:
    text = '[[decrees]]\nnumber = "SKB contoh"\nissued = 2050-10-01\nyear = 2051\ncovers = true\n'
    further = Office.indonesia(zone="Asia/Makassar", ledger=overlay(OFFICE.ledger, text, "contoh.toml"))
    bulk = BulkOffices(OFFICE, further)
    starts = days_of([date(2050, 12, 30)] * 2)
    found = bulk.add(starts, 5, version=np.array([0, 1]), bad="mark")
    assert found.tolist() == [None, further.add(date(2050, 12, 30), 5)]
    assert bulk.count(starts, starts + np.timedelta64(10, "D"), version=np.array([0, 1]), bad="mark")[0] == MISSING


def test_shapes_are_kept() -> None:
    starts = np.arange("2026-01-01", "2026-01-13", dtype="M8[D]").reshape(3, 4)
    found = BULK.add(starts, np.ones((3, 4), dtype=np.int8))
    assert found.shape == (3, 4)
    assert found[1, 2] == np.datetime64(OFFICE.add(date(2026, 1, 7), 1))
    assert BULK.add(starts[:, ::2].T, 1).shape == (2, 3)
    assert BULK.add(starts[:0], 1).shape == (0, 4)
    one = np.array("2026-01-01", "M8[D]")
    assert BULK.count(one, np.array("2026-01-09", "M8[D]")).shape == ()


@pytest.mark.parametrize("n", [1.5, True, np.array([1.0]), np.array([True]), np.array(["1"]), np.array([1], np.uint64)])
def test_a_step_is_a_whole_number(n: object) -> None:
    with pytest.raises(BadType, match="whole numbers"):
        BULK.add(days_of([date(2026, 3, 13)]), n)


def test_only_days_are_days() -> None:
    with pytest.raises(BadType, match="datetime64"):
        BULK.add(np.array(["2026-03-13T10:00"], "M8[s]"), 1)
    with pytest.raises(BadType, match="list"):
        BULK.add(["2026-03-13"], 1)


def test_wrong_words_shapes_and_versions_are_refused() -> None:
    starts = days_of([date(2026, 3, 13)])
    for wrong in ({"zero": "up"}, {"bad": "clip"}, {"version": np.array([5])}, {"version": np.array([0, 0])}):
        with pytest.raises(BadValue):
            BULK.add(starts, 1, **wrong)
    with pytest.raises(BadValue, match="shape"):
        BULK.add(starts, np.array([1, 2]))
    with pytest.raises(BadValue, match="at least one"):
        BulkOffices()


def test_a_calendar_that_begins_before_1970_answers_the_same() -> None:
    """Days before 1970 are negative numbers to numpy: they must lead to their own place, and never to the last one."""
    old = "\n".join(
        f'[[decrees]]\nnumber = "SKB contoh {year}"\nissued = {year - 1}-10-01\nyear = {year}\ncovers = true\n'
        for year in range(1968, 2003)
    )
    office = Office.indonesia(zone="Asia/Makassar", ledger=overlay(OFFICE.ledger, old, "contoh.toml"))
    assert office.first == date(1968, 1, 1)
    starts = np.arange("1967-12-30", "1970-02-01", dtype="M8[D]")
    starts[3] = np.datetime64("NaT", "D")
    for n in (-2, 0, 1, 14):
        expected = [None if day is None else scalar(office, day, n, "stay") for day in starts.tolist()]
        steps = np.full(starts.shape, n)
        assert BulkOffices(office).add(starts, steps, bad="mark").tolist() == expected
        second = np.ones(starts.shape, dtype=np.int64)
        assert BulkOffices(OFFICE, office).add(starts, steps, version=second, bad="mark").tolist() == expected
    many = np.resize(starts, 40_000)
    expected = BulkOffices(office).add(many, np.full(many.shape, 14), bad="mark")
    assert np.array_equal(BulkOffices(office).add(many, 14, bad="mark"), expected, equal_nan=True)
    assert BulkOffices(office).count(starts[:1], starts[9:10], bad="mark").tolist() == [MISSING]
