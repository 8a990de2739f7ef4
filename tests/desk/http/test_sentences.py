"""Every sentence is there in both languages, with the same values, and none is left over."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import lapor_desk.http
from lapor_core.lifecycle import Action
from lapor_desk.http.console.acting import _FIELDS, Field
from lapor_desk.http.texts import catalog, sentence

FOLDER = Path(lapor_desk.http.__file__).parent
SOURCES = "\n".join(path.read_text("utf-8") for path in FOLDER.rglob("*") if path.suffix in (".py", ".html"))


def keys(language: str) -> dict[tuple[str, str], frozenset[str]]:
    return {
        (group, key): frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
        for group, texts in catalog(language).items()
        for key, text in texts.items()
    }


def test_both_languages_say_the_same_things() -> None:
    assert keys("id") == keys("en")


def test_no_sentence_is_empty_or_forgotten_in_the_other_language() -> None:
    same = {key for key in keys("id") if sentence(*key, "id", **_any(key)) == sentence(*key, "en", **_any(key))}
    assert same <= {("frame", "brand")}
    assert all(sentence(*key, language, **_any(key)).strip() for key in keys("id") for language in ("id", "en"))


def _any(key: tuple[str, str]) -> dict[str, str]:
    return dict.fromkeys(keys("id")[key], "x")


@pytest.mark.parametrize("place", sorted(set(re.findall(r't\("(\w+)", "(\w+)"[,)]', SOURCES))))
def test_each_sentence_a_page_asks_for_is_there(place: tuple[str, str]) -> None:
    assert place in keys("id")


@pytest.mark.parametrize("action", [action for action in Action if Field.TEXT in _FIELDS.get(action, ())])
def test_each_text_that_is_asked_for_has_a_label(action: Action) -> None:
    assert ("act", f"text_{action}") in keys("id")


def test_no_sentence_is_left_over() -> None:
    """The other groups are asked for by names that come from elsewhere: codes of errors, states of clocks, facts."""
    by_name = [(group, key) for group, key in keys("id") if group in ("frame", "login", "list", "case", "time")]
    assert [key for _, key in by_name if not re.search(rf'["\']{key}["\']', SOURCES)] == []
