"""The pages of citizens and of officers have a style sheet each, for a wall stands between them; what must be alike is."""

import re
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "src"
CITIZENS = SOURCES / "lapor_channels/http/static/lapor.css"
OFFICERS = SOURCES / "lapor_desk/http/static/desk.css"


def rules(sheet: Path) -> dict[str, str]:
    """Return the rules of a sheet that hold everywhere, by selector, each in one line."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    everywhere = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", everywhere)
    return {selector.strip(): " ".join(said.split()) for selector, said in found}


@pytest.mark.parametrize(
    "selector",
    [":root", ":focus-visible", ".skip", ".skip:focus", ".field.wrong", ".notice.bad", ".notice.good", ".top", "a"],
)
def test_colours_focus_and_faults_look_the_same_on_both_sides(selector: str):
    assert rules(CITIZENS)[selector] == rules(OFFICERS)[selector] != ""


@pytest.mark.parametrize("sheet", sorted(SOURCES.glob("lapor_*/**/static/*.css")), ids=lambda sheet: sheet.name)
def test_a_colour_of_the_frame_is_named_and_not_written_again(sheet: Path):
    named = set(re.findall(r"#[0-9a-f]{6}", rules(OFFICERS)[":root"])) - {"#ffffff"}
    outside = re.sub(r":root \{.*?\}", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    assert sorted(named & set(re.findall(r"#[0-9a-f]{6}", outside))) == []
