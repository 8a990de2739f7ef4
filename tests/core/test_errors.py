"""Errors cross from process to process as they are."""

from __future__ import annotations

import pickle

import pytest

from lapor_core.errors import BadValue, DocumentFaults, FactsNeeded, Fault, Incomplete, LaporError, Missing, Refused


@pytest.mark.parametrize(
    "error",
    [
        BadValue("not so", code="bad", field="x"),
        Refused("no", code="not_possible"),
        FactsNeeded(["kind", "supervisory"]),
        Incomplete([Missing(field="email", code="missing_verified_email", text="an address")]),
        DocumentFaults([Fault(file="a.toml", line=1, key="x", problem="wrong")]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_that_was_sent_is_the_same_error(error: LaporError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.code, again.params) == (str(error), error.code, error.params)
    assert vars(again) == vars(error)
