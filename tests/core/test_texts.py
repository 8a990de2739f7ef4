"""The words of the service: both languages say the same things, and nothing that can happen lacks its words."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lapor_core
from lapor_core import Action, Kind, Limit, Proof, Role, State, Submission, Unit
from lapor_core.errors import BadValue, FactsNeeded, Incomplete, Missing
from lapor_core.events import FACTS
from lapor_core.policy.loading import shipped_policies, shipped_policy
from lapor_core.testing import Life, example_standard
from lapor_core.texts import LANGUAGES, clock_time, error_text, long_date, short_date, word

TEXTS = {
    language: tomllib.loads((resources.files("lapor_core.texts") / f"{language}.toml").read_text("utf-8"))
    for language in LANGUAGES
}
SOURCES = Path(lapor_core.__file__).parents[1]
FOR_AUTHORS = ("plugins", "testing")
"""Rooms whose errors are read by authors of plug-ins, in English."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def leaves(part: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, part


def codes_in(source: str) -> Iterator[str]:
    """The codes with which a module raises errors or names missing pieces; those put together there are spelled out."""
    made = {
        "f'missing_{proof}'": [f"missing_{proof}" for proof in Proof],
        "f'missing_{name}'": [f"missing_{field.name}" for field in attrs.fields(Submission) if field.name in CONTENT],
        "f'unknown_{what}'": ["unknown_agency", "unknown_office"],
        "f'future_{what.rpartition(' ')[2]}'": ["future_pause", "future_extension"],
    }
    for node in ast.walk(ast.parse(source)):
        for keyword in getattr(node, "keywords", ()):
            if keyword.arg == "code" and isinstance(keyword.value, ast.JoinedStr):
                written = ast.unparse(keyword.value).replace('"', "'")  # which quotes it takes is a matter of version
                yield from made[written]
            elif keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                yield keyword.value.value


CONTENT = {
    *("title", "narrative", "event_date", "event_time", "place", "kind", "agency", "category", "uploads"),
}
CORE = {
    code
    for path in sorted((SOURCES / "lapor_core").rglob("*.py"))
    if not set(FOR_AUTHORS) & set(path.parts)
    for code in codes_in(path.read_text("utf-8"))
}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("id", "Perpanjangan paling lama 7 hari kerja."), ("en", "An extension is at most 7 working days.")],
)
def test_an_extension_that_is_too_long_is_told_in_words(language: str, sentence: str) -> None:
    life = Life.at(State.IN_PROGRESS, example_standard(extension="7 working_days"))
    with pytest.raises(BadValue) as caught:
        life.act(Action.EXTEND, limit=Limit.parse("8 working_days"))
    assert error_text(caught.value, language) == sentence


def test_both_languages_have_the_same_keys() -> None:
    assert [path for path, _ in leaves(TEXTS["id"])] == [path for path, _ in leaves(TEXTS["en"])]


def test_both_languages_fill_in_the_same_values() -> None:
    english = dict(leaves(TEXTS["en"]))
    for path, text in leaves(TEXTS["id"]):
        if isinstance(text, str):
            assert placeholders(text) == placeholders(str(english[path])), path


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        ("state", list(State)),
        ("action", list(Action)),
        ("role", list(Role)),
        ("event", list(FACTS)),
        ("unit", list(Unit)),
    ],
)
def test_everything_that_can_happen_has_its_words_and_nothing_else_has(group: str, keys: list[str]) -> None:
    for language in LANGUAGES:
        assert set(TEXTS[language][group]) == set(keys)
        assert all(TEXTS[language][group].values())
        assert len(set(TEXTS[language][group].values())) == len(keys), "two of them read the same"


def test_the_words_of_an_event_use_what_its_fact_holds() -> None:
    for language in LANGUAGES:
        for name, text in TEXTS[language]["event"].items():
            fields = {field.name for field in attrs.fields(FACTS[name])}
            of_others = {"due": "due_date", "title": "clock", "role": "shown"}
            given = fields | {value for value, field in of_others.items() if field in fields}
            assert placeholders(text) <= given, name


def test_every_channel_of_the_shipped_policies_has_a_name() -> None:
    keys = {key for policy in map(shipped_policy, shipped_policies()) for key in policy.channels if key != "other"}
    assert keys <= set(TEXTS["id"]["channel"])


@pytest.mark.parametrize("code", sorted(CORE))
def test_every_error_of_the_core_can_be_told_to_a_citizen(code: str) -> None:
    for language in LANGUAGES:
        assert TEXTS[language]["error"].get(code), f"{language}.toml needs a text for the error {code}"


def test_the_search_for_codes_finds_them() -> None:
    assert {"naive_datetime", "incomplete", "missing_narrative", "unknown_agency", "bad_code"} <= CORE
    assert len(CORE) > 50


@pytest.mark.skipif(not (SOURCES / "lapor_desk").is_dir(), reason="the desk raises some of them, and is not here")
def test_no_text_is_left_of_an_error_that_nobody_raises() -> None:
    raised = (
        {code for path in SOURCES.rglob("*.py") for code in constants_in(path.read_text("utf-8"))} | CORE | {"other"}
    )
    assert [code for code in TEXTS["id"]["error"] if code not in raised] == []


def constants_in(source: str) -> Iterator[str]:
    """Every text constant: a code may stand in a table as well as in a call."""
    return (str(node.value) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))


# Errors in words


def test_an_error_is_told_with_its_values_in_both_languages() -> None:
    error = FactsNeeded(["kind", "agencies"])
    assert error_text(error) == "Tingkat belum dapat ditentukan; masih diperlukan: kind, agencies."
    assert "kind, agencies" in error_text(error, "en")


def test_an_error_without_words_is_told_in_general_ones() -> None:
    assert error_text(BadValue("x", code="ghost")) == TEXTS["id"]["error"]["other"]


def test_a_value_that_is_absent_leaves_its_place_visible() -> None:
    assert "{needed}" in error_text(BadValue("x", code="facts_needed"))


@given(value=st.text())
def test_braces_in_a_value_do_no_harm(value: str) -> None:
    assert value in error_text(BadValue("x", code="facts_needed", needed=value))


def test_what_a_submission_lacks_names_the_field_and_not_what_stands_in_it() -> None:
    error = Incomplete([Missing(field="narrative", code="missing_narrative", text="must not be empty")])
    assert str(error) == "the submission is incomplete: narrative: must not be empty"
    assert error_text(error) == "Laporan belum lengkap."


# Days and times


@pytest.mark.parametrize(
    ("language", "long", "short", "time"),
    [
        ("id", "Jumat, 10 April 2026", "Jum 10 Apr", "07.30 WITA"),
        ("en", "Friday, 10 April 2026", "Fri 10 Apr", "07:30 WITA"),
        ("nl", "Jumat, 10 April 2026", "Jum 10 Apr", "07.30 WITA"),
    ],
)
def test_days_and_times_are_written_as_people_write_them(language: str, long: str, short: str, time: str) -> None:
    day = date(2026, 4, 10)
    assert long_date(day, language) == long
    assert short_date(day, language) == short
    assert clock_time(datetime(2026, 4, 10, 7, 30, tzinfo=ZoneInfo("Asia/Makassar")), language) == time


@given(day=st.dates(date(2018, 1, 1), date(2030, 12, 31)), language=st.sampled_from(LANGUAGES))
def test_two_days_never_read_the_same(day: date, language: str) -> None:
    names = TEXTS[language]["calendar"]
    weekday, number, month, year = long_date(day, language).replace(",", "").split()
    assert date(int(year), names["months"].index(month) + 1, int(number)) == day
    assert names["weekdays"].index(weekday) == day.weekday()


def test_an_unknown_word_is_shown_as_it_is() -> None:
    assert word("state", "ghost") == "ghost"
    assert word("ghost", "responded") == "responded"
    assert word("state", State.RESPONDED, "en") == "Answered"


def test_every_kind_has_its_name_in_the_policy() -> None:
    assert set(shipped_policy("banjarbaru").kinds) == set(Kind)
