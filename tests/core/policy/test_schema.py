"""The JSON Schema: made from the model, it accepts every shipped file and refuses what the loader would refuse."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from datetime import date, time
from importlib import resources
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.errors import BadValue, DocumentFaults
from lapor_core.policy import Amount, ExtensionLimit, Limit, Policy
from lapor_core.policy.hints import _aliases
from lapor_core.policy.loading import load_policy, shipped_policies
from lapor_core.policy.schema import policy_schema

SCHEMA = json.loads(json.dumps(policy_schema()))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
FILES = {
    name: (resources.files("lapor_core.policy") / "data" / f"{name}.toml").read_text("utf-8")
    for name in shipped_policies()
}


def plain(value: Any) -> Any:
    """TOML data as an editor hands it to a schema: days and times are texts."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date | time) else value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in data, tables before what stands in them."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


DATA = {name: plain(tomllib.loads(text)) for name, text in FILES.items()}
BAD = (None, 1.5, [1.5], "", "x y", {"tidak_dikenal": 1}, [], True, 7)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_shipped_file_is_accepted(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(DATA[name])] == []


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_key_that_does_not_exist_is_refused_in_every_table(name: str) -> None:
    free = {("clocks",), ("channels",), ("contacts",), ("facts",), ("refusals",)}  # tables whose keys are names
    for path in places(DATA[name]):
        if (
            isinstance(at(DATA[name], path), dict)
            and path not in free
            and path[-1:] not in {("when",), ("agency_limits",)}
        ):
            spoilt = copy.deepcopy(DATA[name])
            at(spoilt, path)["tidak_dikenal"] = True
            assert list(VALIDATOR.iter_errors(spoilt)), path


@pytest.mark.parametrize("name", ["banjarbaru", "lgsco", "ra-11032"])
def test_a_part_that_must_be_there_is_missed(name: str) -> None:
    for key in (
        "id",
        "version",
        "title",
        "confidence",
        "source",
        "time_zone",
        "office",
        "tiers",
        "rules",
        "clocks",
        "channels",
    ):
        spoilt = {part: value for part, value in DATA[name].items() if part != key}
        assert list(VALIDATOR.iter_errors(spoilt)), key


def loads(name: str, path: tuple[Any, ...], value: Any) -> bool:
    """Whether the loader itself takes the mutated data, given as TOML data: what is no TOML is refused as well."""
    from lapor_core.documents import Document
    from lapor_core.policy.checking import gathered
    from lapor_core.structure import structure

    data = tomllib.loads(FILES[name])
    holder = at(data, path[:-1])
    holder[path[-1]] = value
    try:
        structure(Document(name=name, text="", data=data), Policy, gathered(data))
    except DocumentFaults:
        return False
    return True


@given(data=st.data(), name=st.sampled_from(sorted(FILES)))
def test_schema_and_loader_agree_on_a_spoilt_value(data: st.DataObject, name: str) -> None:
    path = data.draw(st.sampled_from([path for path in places(DATA[name]) if path]))
    value = data.draw(st.sampled_from(BAD))
    spoilt = copy.deepcopy(DATA[name])
    at(spoilt, path[:-1])[path[-1]] = value
    accepted = not list(VALIDATOR.iter_errors(spoilt))
    if accepted and value is not None:
        assert loads(name, path, value), (path, value)
    if not accepted and value is not None:
        assert not loads(name, path, value), (path, value)


UNITS = ("working_days", "working_day", "days", "day", "hours", "hour", "office_hours", "office_hour", "weeks", "")
AMOUNTS = st.builds(
    lambda sign, number, gap, unit: f"{sign}{number}{gap}{unit}",
    st.sampled_from(["", "+", "-"]),
    st.sampled_from(["0", "1", "14", "007", "99999", "100000", "000001", "00", "x", ""]),
    st.sampled_from([" ", "  ", ""]),
    st.sampled_from(UNITS),
)
WRITTEN = (
    AMOUNTS
    | st.builds(lambda parts: f"min({', '.join(parts)})", st.lists(AMOUNTS | st.just("agency"), max_size=3))
    | st.just("same_as_base")
)


@pytest.mark.parametrize("kind", [Limit, ExtensionLimit, Amount])
@given(text=WRITTEN)
def test_a_pattern_accepts_exactly_what_the_value_reads(kind: Any, text: str) -> None:
    validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind.__name__}", "$defs": SCHEMA["$defs"]})
    try:
        kind.parse(text)
    except BadValue:
        assert not validator.is_valid(text)
    else:
        assert validator.is_valid(text)


def test_every_part_of_the_model_is_in_the_schema() -> None:
    assert set(SCHEMA["properties"]) == {field.name for field in attrs.fields(Policy)}
    for name, definition in SCHEMA["$defs"].items():
        assert definition["description"], name


def test_every_key_of_a_policy_has_a_sentence() -> None:
    assert [key for key, part in SCHEMA["properties"].items() if not part.get("description")] == []


def test_every_indonesian_word_leads_to_a_key_or_value_of_the_format() -> None:
    keys = {key for part in (SCHEMA, *SCHEMA["$defs"].values()) for key in part.get("properties", {})}
    values = {value for part in SCHEMA["$defs"].values() for value in part.get("enum", ())}
    further = {
        "kind",
        "supervisory",
        "abuse_of_authority",
        "category",
        "channel",
        "received",
        "disposed",
        "verified",
        "forwarded",
        "responded",
        "asked",
        "reopened",
        "erasure_requested",
        "narrative",
        "event_date",
        "event_time",
        "place",
        "uploads",
        "office_hours",
    }
    missing = {name for names in _aliases()["words"].values() for name in names} - keys - values - further
    assert missing == set()


def test_a_policy_that_names_the_schema_for_its_editor_still_loads() -> None:
    load_policy("#:schema policy.schema.json\n" + FILES["banjarbaru"])
