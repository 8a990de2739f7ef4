"""The picture of the life is the table: nothing more, nothing less, and the page shows it as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lapor_core import TABLE, Action, State
from lapor_core.lifecycle import PERMISSIONS
from lapor_core.lifecycle_diagram import as_markdown, as_mermaid, as_svg
from lapor_core.texts import LANGUAGES, word

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "lifecycle.md"
SVG = "{http://www.w3.org/2000/svg}"
LEADING = {(one, other) for one, row in TABLE.items() for other in row.values() if other is not one}


def drawn(language: str) -> ET.Element:
    return ET.fromstring(as_svg(language))


def boxes(picture: ET.Element) -> dict[tuple[float, ...], list[str]]:
    """Each box with the texts that begin or are centred within it."""
    found: dict[tuple[float, ...], list[str]] = {}
    for rect in picture.findall(f"{SVG}rect")[1:]:
        x, y, width, height = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
        found[x, y, x + width, y + height] = [
            text.text or ""
            for text in picture.findall(f"{SVG}text")
            if x <= float(text.get("x", "")) <= x + width and y <= float(text.get("y", "")) <= y + height
        ]
    return found


def arrows(picture: ET.Element) -> Iterator[tuple[tuple[float, float], ...]]:
    for path in picture.findall(f"{SVG}path"):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d", ""))]
        yield tuple(zip(numbers[::2], numbers[1::2], strict=True))


def test_the_page_shows_what_the_table_gives() -> None:
    page = PAGE.read_text("utf-8")
    table = page.partition("<!-- table -->\n\n")[2].partition("\n<!-- end of table -->")[0]
    assert table == as_markdown("en")
    assert PAGE.with_suffix(".svg").read_text("utf-8") == as_svg("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_mermaid_has_an_arrow_for_all_that_leads_on_and_no_other(language: str) -> None:
    lines = as_mermaid(language).splitlines()
    shown = {
        tuple(re.findall(r"[a-z_]+", line.partition(":")[0])) for line in lines if "-->" in line and "[*]" not in line
    }
    assert shown == {(str(one), str(other)) for one, other in LEADING}
    for one, row in TABLE.items():
        for action, other in row.items():
            if other is not one:
                (line,) = (line for line in lines if line.startswith(f"    {one} --> {other}:"))
                assert word("action", action, language).lower() in line
    assert lines[0] == "stateDiagram-v2"
    assert [line for line in lines if "[*]" in line] == ["    [*] --> incomplete", "    [*] --> submitted"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_says_of_each_action_where_it_is_possible_where_it_leads_and_who_may(language: str) -> None:
    found: set[tuple[str, str, str]] = set()
    for row in as_markdown(language).splitlines()[2:]:
        action, sources, target, roles = (cell.strip() for cell in row.strip("|").split("|"))
        name = re.findall(r"`([a-z_]+)`", action)[0]
        to = re.findall(r"`([a-z_]+)`", target)
        found |= {(source, name, to[0] if to else source) for source in re.findall(r"`([a-z_]+)`", sources)}
        assert roles.split(", ") == [
            word("role", role, language)
            for role in type(next(iter(PERMISSIONS[Action(name)])))
            if role in PERMISSIONS[Action(name)]
        ]
    assert found == {(str(one), str(action), str(other)) for one, row in TABLE.items() for action, other in row.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_has_every_state_and_every_way(language: str) -> None:
    picture = drawn(language)
    texts = boxes(picture).values()
    named = {(word("state", state, language), str(state)): state for state in State}
    with_arrows = {named[key] for lines in texts if (key := (" ".join(lines[:-1]), lines[-1])) in named}
    listed = set(State) - with_arrows
    for state in listed:
        assert any(lines and lines[0] == word("state", state, language) for lines in texts), state
    between = [pair for pair in LEADING if not set(pair) & listed]
    assert len(list(arrows(picture))) == len(between) + 2  # and the two beginnings
    shown = " ".join(text for lines in texts for text in lines)
    for one, other in LEADING:
        if other in listed:
            (lines,) = (lines for lines in texts if lines and lines[0] == word("state", other, language))
            assert one in " ".join(lines) or "*" in " ".join(lines), (one, other)
        if one in listed and other in with_arrows:
            assert f"→ {other}" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_arrow_runs_through_a_box(language: str) -> None:
    picture = drawn(language)
    for first, *between, last in arrows(picture):
        middle = between[0] if between else first
        for step in range(2, 39):
            share = step / 40
            x, y = (
                (1 - share) ** 2 * a + 2 * share * (1 - share) * b + share**2 * c
                for a, b, c in zip(first, middle, last, strict=True)
            )
            hit = [
                lines
                for (left, top, right, bottom), lines in boxes(picture).items()
                if left < x < right and top < y < bottom
            ]
            assert not hit, (first, last, hit)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_boxes_overlap_and_all_lie_on_the_sheet(language: str) -> None:
    picture = drawn(language)
    width, height = float(picture.get("width", "")), float(picture.get("height", ""))
    found = list(boxes(picture))
    for number, (left, top, right, bottom) in enumerate(found):
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        for other in found[number + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_a_strict_page_may_hold_it() -> None:
    for language in LANGUAGES:
        text = as_svg(language)
        assert not re.search(r"<(script|style|image|use|foreignObject|a)\b|style=|href=|on[a-z]+=", text)
        assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
        assert "<title" in text
        assert "stateDiagram-v2" in text  # for a screen reader
