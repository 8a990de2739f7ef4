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
    Role,
    decide,
    due_steps,
    load_standard,
    next_step_at,
    receive,
    replay,
    take_step,
)
from lapor_core.calendar import Office, OfficeHours, Schedule, indonesia
from lapor_core.errors import BadType
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
