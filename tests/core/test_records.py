"""Records: every fact comes back as it was written, personal fields stand behind the seal, and nothing else is read."""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapor_core import Action, Actor, Event, Facts, Role, State, records, replay
from lapor_core.complaint import PERSONAL, Reporter, Visibility
from lapor_core.errors import BadValue
from lapor_core.events import FACTS, Fact
from lapor_core.records import SCHEMA, Record, from_record, to_record, without_personal
from lapor_core.testing import Life, facts, lives, moments, reporters, texts, visibilities

OF_TYPE: Mapping[Any, st.SearchStrategy[Any]] = {
    Facts: facts(),
    Reporter: reporters(),
    Visibility: visibilities(),
    str: texts(min_size=0, max_size=20),
    datetime: moments(),
    date: st.dates(date(2018, 1, 1), date(2027, 12, 31)),
    time: st.times(),
}
SECRET = "Rahasia-Contoh-7731"


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of one field's type; the kit's own strategies where it has them."""
    if kind in OF_TYPE:
        return OF_TYPE[kind]
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values(part) for part in parts])
    if origin is tuple:
        return st.lists(values(parts[0]), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(values(parts[0]), max_size=3)
    if attrs.has(kind):
        return built(kind)
    return st.from_type(kind)


def built(cls: type) -> st.SearchStrategy[Any]:
    attrs.resolve_types(cls)
    return st.builds(cls, **{field.name: values(field.type) for field in attrs.fields(cls)})


def events(*classes: type[Fact]) -> st.SearchStrategy[Event]:
    return st.builds(
        Event,
        complaint=texts(max_size=20),
        sequence=st.integers(1, 9_999),
        office=st.just("banjarbaru"),
        actor=st.builds(Actor, role=st.sampled_from(Role), id=texts(min_size=0, max_size=20)),
        happened_at=moments(),
        recorded_at=moments(),
        fact=st.one_of([built(cls) for cls in classes or FACTS.values()]),
    )


EVENTS = {name: events(cls) for name, cls in FACTS.items()}


@pytest.mark.parametrize("name", FACTS)
@settings(max_examples=settings().max_examples // 4)
@given(data=st.data())
def test_every_type_of_fact_comes_back_as_it_was_through_text(name: str, data: st.DataObject) -> None:
    event = data.draw(EVENTS[name])
    record = to_record(event)
    assert (record.type, record.schema) == (name, SCHEMA)
    stored = json.loads(json.dumps([dict(record.public), dict(record.personal)]))
    assert from_record(attrs.evolve(record, public=stored[0], personal=stored[1])) == event


@given(life=lives())
def test_a_whole_life_comes_back(life: Life) -> None:
    assert tuple(from_record(to_record(event)) for event in life.events) == life.events


@given(event=events(), data=st.data())
def test_an_unknown_field_is_refused_by_its_name(event: Event, data: st.DataObject) -> None:
    record = to_record(event)
    side = data.draw(st.sampled_from(["public", "personal"]))
    spoilt = attrs.evolve(record, **{side: {**getattr(record, side), "ghost": SECRET}})
    with pytest.raises(BadValue, match="ghost: unknown key") as caught:
        from_record(spoilt)
    assert SECRET not in str(caught.value)


@given(event=events(), data=st.data())
def test_a_value_of_another_type_is_refused_and_not_repeated(event: Event, data: st.DataObject) -> None:
    record = to_record(event)
    side = data.draw(st.sampled_from([side for side in ("public", "personal") if getattr(record, side)] or ["public"]))
    fields = getattr(record, side)
    if not fields:  # a fact without fields has none to spoil
        return
    name = data.draw(st.sampled_from(sorted(fields)))
    with pytest.raises(BadValue, match=name) as caught:
        from_record(attrs.evolve(record, **{side: {**fields, name: {SECRET: [SECRET]}}}))
    assert caught.value.code == "bad_json"


@given(event=events(), data=st.data())
def test_a_field_without_a_default_must_be_there(event: Event, data: st.DataObject) -> None:
    record = to_record(event)
    required = [field.name for field in attrs.fields(type(event.fact)) if field.default is attrs.NOTHING]
    if not required:
        return
    name = data.draw(st.sampled_from(required))
    sides = {side: {k: v for k, v in getattr(record, side).items() if k != name} for side in ("public", "personal")}
    with pytest.raises(BadValue, match=f"{name}|required"):
        from_record(attrs.evolve(record, **sides))


@given(event=events())
def test_nothing_personal_stands_in_the_open_or_in_a_repr(event: Event) -> None:
    record = to_record(event)
    for field in attrs.fields(type(event.fact)):
        assert (field.name in record.personal) == bool(field.metadata.get(PERSONAL))
        assert field.repr != bool(field.metadata.get(PERSONAL))


def kinds_within(kind: Any) -> Iterator[type]:
    """The attrs classes that a field's type holds."""
    if attrs.has(kind):
        yield kind
    for part in typing.get_args(kind):
        yield from kinds_within(part)


def open_fields(cls: type, path: str) -> Iterator[tuple[str, bool]]:
    """Every field that is stored in the open, however deep, and whether it is marked personal all the same."""
    attrs.resolve_types(cls)
    for field in attrs.fields(cls):
        personal = bool(field.metadata.get(PERSONAL))
        yield f"{path}.{field.name}", personal
        for kind in kinds_within(field.type):
            yield from open_fields(kind, f"{path}.{field.name}")


@pytest.mark.parametrize("name", FACTS)
def test_no_open_field_has_a_personal_one_within(name: str) -> None:
    attrs.resolve_types(FACTS[name])
    fields = [field for field in attrs.fields(FACTS[name]) if not field.metadata.get(PERSONAL)]
    within = {
        place: personal
        for field in fields
        for kind in kinds_within(field.type)
        for place, personal in open_fields(kind, field.name)
    }
    assert [place for place, personal in within.items() if personal] == []


def test_what_people_write_is_marked_personal() -> None:
    """Texts that are no key, code or name of something must be sealed; a new one is added here knowingly."""
    known = {
        *(
            "agency",
            "by",
            "calendar",
            "category",
            "channel",
            "clock",
            "code",
            "entry_channel",
            "fingerprint",
            "limit",
            "policy",
        ),
        *("complaint", "into", "of"),  # ids of complaints
        *("reason", "refusal", "reporter_ref", "rule", "step", "system", "tier"),
    }
    texts_in_the_open = {
        field.name
        for cls in FACTS.values()
        for field in attrs.fields(attrs.resolve_types(cls))
        if field.type in (str, str | None) and not field.metadata.get(PERSONAL)
    }
    assert texts_in_the_open <= known
    assert attrs.fields(FACTS["clock_moved"]).reason.type is str  # a word of ours, "pause", written by no person
    assert all(
        attrs.fields(cls).reason.metadata.get(PERSONAL)
        for name, cls in FACTS.items()
        if name != "clock_moved" and "reason" in {field.name for field in attrs.fields(cls)}
    )


def record(**changes: Any) -> Record:
    return attrs.evolve(to_record(Life().events[0]), **changes)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"type": "recieved"}, "unknown_event", 'did you mean "received"'),
        ({"role": "central-admin"}, "unknown_role", 'did you mean "central_admin"'),
        ({"schema": SCHEMA + 1}, "unknown_schema", f"reads up to schema {SCHEMA}"),
        ({"schema": 0}, "unknown_schema", "has schema 0"),
        ({"happened_at": datetime(2026, 3, 13)}, "naive_datetime", "happened_at"),  # noqa: DTZ001 - the fault
        ({"recorded_at": datetime(2026, 3, 13)}, "naive_datetime", "recorded_at"),  # noqa: DTZ001 - the fault
    ],
)
def test_a_record_of_another_shape_is_refused(changes: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(BadValue, match=message) as caught:
        from_record(record(**changes))
    assert caught.value.code == code


def test_a_personal_field_in_the_open_is_refused_without_showing_it() -> None:
    sealed = record()
    spilt = attrs.evolve(sealed, public={**sealed.public, "narrative": SECRET})
    with pytest.raises(BadValue, match="wrong side of the seal: narrative") as caught:
        from_record(spilt)
    assert SECRET not in str(caught.value)
    with pytest.raises(BadValue, match="wrong side of the seal: code"):
        from_record(attrs.evolve(sealed, personal={**sealed.personal, "code": "x"}))


@given(life=lives())
def test_what_is_left_of_an_erased_record_replays_to_the_same_state_and_names_nobody(life: Life) -> None:
    if life.complaint.state is not State.ERASED:
        life.act(Action.ERASE)
    left = replay(from_record(without_personal(to_record(event))) for event in life.events)
    assert left == attrs.evolve(life.complaint, reporter=left.reporter)
    assert left.reporter == Reporter()


@pytest.mark.parametrize("name", FACTS)
@settings(max_examples=settings().max_examples // 5)
@given(data=st.data())
def test_every_type_of_fact_can_be_read_without_what_is_personal(name: str, data: st.DataObject) -> None:
    record = without_personal(to_record(data.draw(EVENTS[name])))
    assert to_record(from_record(record)).public == record.public


def test_a_record_does_not_show_what_is_to_be_sealed() -> None:
    assert "Lampu jalan" not in repr(record())
    assert "Lampu jalan" in record().personal["narrative"]


def test_an_old_record_is_brought_up_to_date_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 1 called the agencies ``offices``, say; version 2 gave nothing a new name."""
    life = Life()
    life.act(Action.DISPOSE)
    now = to_record(life.events[1])
    old = attrs.evolve(now, schema=1, public={"offices": now.public["agencies"]})
    monkeypatch.setattr(records, "SCHEMA", 3)
    monkeypatch.setattr(
        records, "UPCASTS", {("disposed", 1): lambda public, personal: ({"agencies": public["offices"]}, personal)}
    )
    assert from_record(old) == life.events[1]
    assert old.public == {"offices": ["dinas-contoh"]}


def test_time_and_its_zone_survive() -> None:
    event = Life().events[0]
    back = from_record(to_record(event))
    assert back.happened_at.utcoffset() == event.happened_at.utcoffset() == timedelta(hours=8)


def test_every_fact_class_has_its_name() -> None:
    from lapor_core import events as module

    classes = {
        cls for _, cls in inspect.getmembers(module, inspect.isclass) if issubclass(cls, Fact) and cls is not Fact
    }
    assert classes == set(FACTS.values())
    assert len(FACTS) == len(classes)
