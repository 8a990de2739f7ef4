"""Plain data to frozen classes, strictly: nothing is coerced, nothing is dropped, and every fault is told at once."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Facts
from lapor_core.documents import key_of, read_document
from lapor_core.errors import BadValue, DocumentFaults
from lapor_core.structure import from_json, structure, to_json


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@attrs.frozen(kw_only=True)
class Inner:
    text: str = ""
    number: int = 0


@attrs.frozen(kw_only=True)
class Outer:
    name: str
    ratio: float = 0.5
    yes: bool = False
    colour: Colour = Colour.RED
    day: date | None = None
    at: time | None = None
    moment: datetime | None = None
    many: tuple[str, ...] = ()
    inner: tuple[Inner, ...] = ()
    either: int | bool | str | None = None
    colours: frozenset[Colour] = frozenset()


attrs.resolve_types(Inner)
attrs.resolve_types(Outer)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=6,
)
OUTERS = st.builds(
    Outer,
    inner=st.lists(st.builds(Inner), max_size=2).map(tuple),
    many=st.lists(st.text(), max_size=3).map(tuple),
    ratio=st.floats(allow_nan=False),
)


def problems_of(data: Any) -> tuple[str, ...]:
    try:
        from_json(data, Outer)
    except BadValue as error:
        problems: tuple[str, ...] = error.params["problems"]
        return problems
    return ()


@given(value=OUTERS)
def test_what_is_written_is_read_as_the_same(value: Outer) -> None:
    again = from_json(to_json(value), Outer)
    assert again == value
    assert type(again.either) is type(value.either)


@given(value=OUTERS, name=st.sampled_from([field.name for field in attrs.fields(Outer)]), data=JSON)
def test_a_value_is_taken_as_it_is_or_refused_by_its_place(value: Outer, name: str, data: Any) -> None:
    spoilt = {**to_json(value), name: data}
    problems = problems_of(spoilt)
    assert all(problem.startswith(name) for problem in problems)
    if not problems:
        written = to_json(from_json(spoilt, Outer))[name]
        assert json.dumps(written) == json.dumps(sorted(set(data)) if name == "colours" else data)


@given(data=JSON)
def test_whatever_comes_is_read_or_refused(data: Any) -> None:
    problems_of(data)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"name": {}}, "name: must be text, not a table"),
        ({"name": 1}, "name: must be text, not a whole number"),
        ({"name": "x", "ratio": 1}, "ratio: must be a number, not a whole number"),
        ({"name": "x", "yes": 1}, "yes: must be true or false, not a whole number"),
        ({"name": "x", "colour": "rde"}, 'colour: "rde": not a colour; did you mean "red"?'),
        ({"name": "x", "day": "13-03-2026"}, "day: must be an ISO 8601 date"),
        ({"name": "x", "many": "abc"}, "many: must be a list, not text"),
        ({"name": "x", "inner": [{"text": "a"}, {"text": 1}]}, "inner[1].text: must be text, not a whole number"),
        ({"name": "x", "inner": [{"txet": "a"}]}, 'inner[0].txet: unknown key; did you mean "text"?'),
        ({"name": "x", "either": 1.5}, "either: must be one of: a whole number, true or false, text; not a number"),
        ({}, "name: is required and missing"),
        ({"name": "x", "inner": ["a"]}, "inner[0]: must be a table, not text"),
        ([], "Outer: must be a table, not a list"),
        (None, "Outer: must be a table, not nothing"),
    ],
)
def test_each_fault_is_told_with_its_place_and_what_is_allowed(data: Any, problem: str) -> None:
    with pytest.raises(BadValue) as caught:
        from_json(data, Outer)
    assert problem in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(BadValue) as caught:
        from_json({"name": 1, "yes": "ja", "ghost": True, "inner": [{"number": "1"}]}, Outer)
    assert [problem.partition(":")[0] for problem in caught.value.params["problems"]] == [
        "name",
        "yes",
        "inner[0].number",
        "ghost",
    ]


@pytest.mark.parametrize("extra", [[], "x", {"x": 1.5}, {"x": None}, {"x": ["y"]}])
def test_facts_of_a_hosts_own_are_a_table_of_plain_values(extra: Any) -> None:
    with pytest.raises(BadValue, match="extra"):
        from_json({"extra": extra}, Facts)


@pytest.mark.parametrize("value", [True, 1, "1"])
def test_a_fact_of_a_hosts_own_keeps_its_type(value: Any) -> None:
    again = from_json(to_json(Facts(extra={"x": value})), Facts)
    assert type(again.extra["x"]) is type(value)


def test_a_fault_in_a_file_has_its_line() -> None:
    document = read_document('name = "x"\n\n[[inner]]\ntext = "a"\n\n[[inner]]\ntext = 1\nghost = 2\n', "contoh.toml")
    with pytest.raises(DocumentFaults) as caught:
        structure(document, Outer, document.data)
    assert str(caught.value).splitlines() == [
        "contoh.toml:7  inner[1].text: must be text, not a whole number",
        "contoh.toml:8  inner[1].ghost: unknown key; allowed: (text, number)",
    ]


@pytest.mark.parametrize("text", ["x =", "x = 1\nx = 2", "\x00", "[" * 2000, "x = " + "9" * 5000])
def test_what_is_no_toml_is_refused_by_the_files_name(text: str) -> None:
    with pytest.raises(DocumentFaults, match=r"contoh\.toml(:\d+)?  not valid TOML"):
        read_document(text, "contoh.toml")


@given(path=st.lists(st.integers(0, 9) | st.sampled_from(["rules", "when"]), min_size=1, max_size=4).map(tuple))
def test_a_key_path_reads_as_it_is_written_in_code(path: tuple[int | str, ...]) -> None:
    key = key_of(path)
    parts = [
        int(part) if part.isdigit() else part for part in key.replace("[", ".").replace("]", "").split(".") if part
    ]
    assert tuple(parts) == path


def test_the_line_is_that_of_the_nearest_part_that_exists() -> None:
    document = read_document("# above\n\n[a]\nb = [\n  1,\n  2,\n]\nc.d = 3\n", "contoh.toml")
    assert document.line(("a", "b", 1)) == 4
    assert document.line(("a", "c", "d")) == 8
    assert document.line(("a", "ghost")) == 3
    assert document.line(("ghost",)) is None
    assert str(document.fault(("a", "b", 1), "wrong")) == "contoh.toml:4  a.b[1]: wrong"


@attrs.frozen(kw_only=True)
class Bounded:
    count: int = attrs.field(validator=attrs.validators.ge(1))
    name: str = attrs.field(default="", validator=attrs.validators.matches_re("[a-z]*"))


def test_what_a_validator_of_attrs_says_is_a_sentence_and_no_tuple():
    with pytest.raises(DocumentFaults) as caught:
        structure(read_document("count = 0", "x.toml"), Bounded, {"count": 0})
    assert [fault.problem for fault in caught.value.faults] == ["'count' must be >= 1: 0"]
    with pytest.raises(DocumentFaults) as caught:
        structure(read_document('count = 1\nname = "A"', "x.toml"), Bounded, {"count": 1, "name": "A"})
    (fault,) = caught.value.faults
    assert fault.problem.startswith("'name' must match regex")
    assert "Attribute(" not in fault.problem


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = \n", 2), ("a = [1,\n2", 2), ("a = 1\n\na = 2", 3), ("[x\ny]", 1), ("a =", 1)]
)
def test_a_slip_of_the_pen_is_named_by_file_and_line(text: str, line: int):
    with pytest.raises(DocumentFaults) as caught:
        read_document(text, "kota.toml")
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("kota.toml", line)
    assert str(fault).startswith(f"kota.toml:{line}  not valid TOML")
