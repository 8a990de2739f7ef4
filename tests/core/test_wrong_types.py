"""Whoever calls the core without a type checker is told by name what is wrong, and nothing that was given is repeated."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import attrs
import pytest

from lapor_core import (
    Act,
    Action,
    Actor,
    Extension,
    Facts,
    Rating,
    Reporter,
    Role,
    Upload,
    decide,
    due_steps,
    load_standard,
    next_step_at,
    receive,
    replay,
    take_step,
)
from lapor_core.calendar import Office, OfficeHours, Schedule, indonesia
from lapor_core.codes import normalise_code
from lapor_core.errors import BadType, BadValue, OutOfReach
from lapor_core.records import from_record, to_record
from lapor_core.testing import example_standard, example_submission

STANDARD, SUBMISSION = example_standard(), example_submission()
NOW = SUBMISSION.received_at
BEGUN = receive(SUBMISSION, STANDARD, NOW, complaint="1", code="KODE", reporter_ref="warga-1")
CENTRE = Actor(role=Role.CENTRAL_ADMIN)
GIVEN: Any = "rahasia"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Facts(supervisory=GIVEN), "supervisory must be a bool, not str"),
        (lambda: STANDARD.assess(GIVEN), "facts must be a Facts, not str"),
        (lambda: STANDARD.deadline("resolve", GIVEN and 3, start=NOW), "judged must be an Assessment, a Tier,"),
        (lambda: Actor(role=GIVEN), r"role must be a Role such as Role\.REPORTER \(Role\('reporter'\)"),
        (lambda: Act(action=GIVEN, actor=CENTRE), "action must be an Action such as"),
        (lambda: Act(action=Action.DISPOSE, actor=GIVEN), "actor must be an Actor, not str"),
        (lambda: Act(action=Action.DISPOSE, actor=CENTRE, agencies=GIVEN), "agencies must be a tuple, not str"),
        (lambda: attrs.evolve(SUBMISSION, reporter=GIVEN), "reporter must be a Reporter, not str"),
        (lambda: attrs.evolve(SUBMISSION, proofs=GIVEN), "proofs must be a frozenset, not str"),
        (lambda: attrs.evolve(SUBMISSION, kind=GIVEN), "kind must be a Kind such as"),
        (lambda: attrs.evolve(SUBMISSION, visibility=GIVEN), "visibility must be a Visibility, not str"),
        *(
            (lambda field=field, value=value: attrs.evolve(SUBMISSION, **{field: value}), said)
            for field, value, said in (
                ("narrative", 7, "narrative must be a str, not int"),
                ("narrative", None, "narrative must be a str, not NoneType"),
                ("narrative", b"x", "narrative must be a str, not bytes"),
                ("title", ["x"], "title must be a str, not list"),
                ("place", None, "place must be a str, not NoneType"),
                ("agency", 7, "agency must be a str, not int"),
                ("category", ["x"], "category must be a str, not list"),
                ("channel", 7, "channel must be a str, not int"),
                ("source_id", 7, "source_id must be a str, not int"),
                ("entry_channel", 7, "entry_channel must be a str, not int"),
                ("event_date", "2026-03-13", "event_date must be a date, not str"),
                ("event_date", NOW, "event_date must be a date, not datetime"),
                ("event_time", "10:00", "event_time must be a time, not str"),
                ("proofs", frozenset({"sender_number"}), "each of proofs must be a Proof such as"),
                ("uploads", None, "uploads must be a tuple, not NoneType"),
                ("uploads", [], "uploads must be a tuple, not list"),
                ("uploads", (b"x",), "each of uploads must be an Upload, not bytes"),
            )
        ),
        (lambda: Reporter(mobile=GIVEN and 628100000001), "mobile must be a str, not int"),
        (lambda: Reporter(name=GIVEN and None), "name must be a str, not NoneType"),
        (lambda: Reporter(language=GIVEN and None), "language must be a str, not NoneType"),
        (lambda: Reporter(addresses=GIVEN), "addresses must be a Mapping, not str"),
        (lambda: Reporter(addresses={"merpati": GIVEN and 7}), "each value of addresses must be a str, not int"),
        (lambda: Upload(content=GIVEN), "content must be a bytes, not str"),
        (lambda: Upload(content=b"", name=GIVEN and None), "name must be a str, not NoneType"),
        (lambda: Upload(content=b"", purpose=GIVEN), "purpose must be a Purpose such as"),
        (lambda: Rating(stars=1, outcome=GIVEN), "outcome must be an Outcome such as"),
        (lambda: Act(action=Action.REPLY, actor=CENTRE, text=GIVEN and 7), "text must be a str, not int"),
        (
            lambda: Act(action=Action.COMPLETE, actor=CENTRE, submission=GIVEN),
            "submission must be a Submission, not str",
        ),
        (lambda: normalise_code(GIVEN and None), "code must be a str, not NoneType"),
        (lambda: receive(GIVEN, STANDARD, NOW, complaint="1", code="K", reporter_ref="w"), "submission must be a"),
        (lambda: receive(SUBMISSION, GIVEN, NOW, complaint="1", code="K", reporter_ref="w"), "standard must be a"),
        (
            lambda: receive(SUBMISSION, STANDARD, NOW, complaint=GIVEN and 1, code="K", reporter_ref="w"),
            "complaint must",
        ),
        (lambda: replay(GIVEN and BEGUN), "events must be an Iterable, not Begun"),
        (lambda: decide(GIVEN and BEGUN, Act(action=Action.VERIFY, actor=CENTRE), STANDARD, NOW), "not Begun"),
        (lambda: decide(BEGUN.complaint, GIVEN, STANDARD, NOW), "act must be an Act, not str"),
        (lambda: replay(GIVEN and [to_record(BEGUN.events[0])]), "event must be an Event, not Record"),
        (lambda: to_record(GIVEN), "event must be an Event, not str"),
        (lambda: from_record(GIVEN), "record must be a Record, not str"),
        (lambda: load_standard(GIVEN and None), "policy must be a Policy, not NoneType"),
        (lambda: load_standard("banjarbaru", agencies=GIVEN), "each of agencies must be an Agency, not str"),
        (lambda: load_standard("banjarbaru", agencies=GIVEN and 1), "agencies must be an Iterable, not int"),
        (lambda: load_standard("banjarbaru", offices={"a": GIVEN}), "office must be an Office, not str"),
        (
            lambda: STANDARD.deadline("resolve", "sedang", start=NOW, pauses=GIVEN and None),
            "pauses must be an Iterable",
        ),
        (
            lambda: STANDARD.deadline("resolve", "sedang", start=NOW, pauses=[GIVEN]),
            "each of pauses must be a Pause, not str",
        ),
        (
            lambda: STANDARD.deadline("resolve", "sedang", start=NOW, granted=[GIVEN]),
            "each of granted must be an Extension",
        ),
        (lambda: Extension(limit=GIVEN, granted_at=NOW), "limit must be a Limit, not str"),
        (lambda: Office.indonesia(zone="Asia/Makassar", hours=GIVEN), "hours must be an OfficeHours, not str"),
        (lambda: Office.indonesia(zone="Asia/Makassar", ledger=GIVEN), "ledger must be a Ledger, not str"),
        (lambda: Office.indonesia(zone="Asia/Makassar", days_off=GIVEN), "own days must be a LocalDay, not str"),
        (lambda: OfficeHours(ordinary=GIVEN), "ordinary must be a Schedule, not str"),
        (lambda: Schedule(usual=GIVEN), "usual must be a DayHours, not str"),
        (lambda: indonesia().overlaid_with([GIVEN]), "each of decrees must be a Decree, not str"),
        (lambda: due_steps(GIVEN, STANDARD, NOW), "complaint must be a Complaint, not str"),
        (lambda: next_step_at(BEGUN.complaint, GIVEN, NOW), "standard must be a Standard, not str"),
        (lambda: take_step(BEGUN.complaint, GIVEN, STANDARD, NOW), "due must be a DueStep, not str"),
    ],
)
def test_a_value_of_another_type_is_refused_where_it_comes_in(call: Callable[[], object], said: str) -> None:
    with pytest.raises(BadType, match=said) as caught:
        call()
    assert caught.value.code == "wrong_type"
    assert GIVEN not in str(caught.value)


def test_a_text_that_ends_as_a_file_does_is_the_path_of_a_policy() -> None:
    with resources.as_file(resources.files("lapor_core.policy") / "data" / "malinau.toml") as file:
        assert load_standard(str(file)) == load_standard(file) == load_standard("malinau")


@pytest.mark.parametrize("year", [1, 1999, 2002])
def test_what_was_received_on_a_day_that_no_calendar_knows_is_refused_before_it_is_taken_in(year: int) -> None:
    then = NOW.replace(year=year)
    with pytest.raises(OutOfReach, match="outside the calendar"):
        receive(attrs.evolve(SUBMISSION, received_at=then), STANDARD, NOW, complaint="1", code="K", reporter_ref="w")


@pytest.mark.parametrize(
    "given",
    [
        {"channel": "c" * 65, "entry_channel": "sms"},
        {"entry_channel": "c" * 65},
        {"reporter": attrs.evolve(SUBMISSION.reporter, addresses={"m" * 33: "sarang-contoh"})},
        {"reporter": attrs.evolve(SUBMISSION.reporter, addresses={"": "sarang-contoh"})},
    ],
)
def test_a_name_that_no_register_can_hold_is_refused_before_it_is_taken_in(given: dict[str, Any]) -> None:
    with pytest.raises(BadValue, match="characters") as caught:
        receive(attrs.evolve(SUBMISSION, **given), STANDARD, NOW, complaint="1", code="K", reporter_ref="w")
    assert caught.value.code == "bad_key"
