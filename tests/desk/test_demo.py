"""The demo plays its story through the real doors, and notices when a promise is not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest

from lapor_core.errors import BadValue
from lapor_desk.cli import main
from lapor_desk.cli.demo import _make_anew
from lapor_desk.demo.checks import checks_of
from lapor_desk.demo.clock import StoryClock
from lapor_desk.demo.pages import read_page
from lapor_desk.demo.play import Play
from lapor_desk.demo.post import one_time_code
from lapor_desk.demo.story import Story, read_story
from lapor_desk.demo.world import opened_world

STORY = read_story()
WITH_PHOTOGRAPH = "taman"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    with opened_world(tmp_path_factory.mktemp("demo"), STORY) as world:
        play = Play.of(STORY, world)
        play.run(lambda *_: None)
        yield play


def test_every_promise_is_kept(played: Play) -> None:
    checks = checks_of(played)
    assert [check.what for check in checks if not check.kept] == []
    assert len(checks) > 20


def test_each_kind_of_message_came_by_its_own_door_and_each_tier_is_there(played: Play) -> None:
    with played.world.house.store.reading() as tx:
        listed = tx.listed()
    assert {one.channel for one in listed} == {"sms", "web", "app", "walk_in"}
    assert {one.tier for one in listed} == {"ringan", "sedang", "berat"}


def test_letters_are_real_and_bear_no_code_in_a_link(played: Play) -> None:
    letters = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in played.world.post.folder.iterdir()
    ]
    assert letters
    for letter in letters:
        assert letter["Message-ID"]
        assert str(letter["To"]).endswith("@example.id>") or str(letter["To"]).endswith("@example.id")


def test_a_broken_promise_is_named(played: Play) -> None:
    contact = played.world.phones
    hidden = contact.with_name("gone")
    contact.rename(hidden)
    try:
        broken = [check.what for check in checks_of(played) if not check.kept]
    finally:
        hidden.rename(contact)
    assert broken == ["lampu: the reporter was told of the answer"]


def only(story: Story, report: str) -> Story:
    """Return the story of one report; the whole of it takes its time and is played above."""
    scenes = tuple(scene for scene in story.scenes if scene.report == report)
    return attrs.evolve(story, scenes=scenes, promises={report: story.promises[report]})


def test_the_command_prints_what_happened_as_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("lapor_desk.demo.story.read_story", lambda: only(STORY, WITH_PHOTOGRAPH))
    assert main(["demo", "--json", "--lang", "en"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [report["tier"] for report in shown["reports"]] == [STORY.promises[WITH_PHOTOGRAPH].tier]
    assert all(check["kept"] for check in shown["checks"])
    assert (tmp_path / "lapor-demo" / "lapor.db").is_file()


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "surat.txt").write_text("penting", "utf-8")
    with pytest.raises(BadValue, match="not an earlier demo"):
        _make_anew(tmp_path)
    assert (tmp_path / "surat.txt").read_text("utf-8") == "penting"
    fresh = tmp_path / "demo"
    _make_anew(fresh)
    (fresh / "lapor.db").touch()
    _make_anew(fresh)
    assert not (fresh / "lapor.db").exists()


def test_the_storys_clock_never_goes_back() -> None:
    now = datetime(2026, 3, 13, tzinfo=ZoneInfo("Asia/Makassar"))
    clock = StoryClock(now)
    clock.set(now.replace(year=2025))
    assert clock() == now


def test_pages_and_messages_are_read_as_people_read_them() -> None:
    page = read_page(
        '<form action="x"><input type="hidden" name="csrf" value="1"><input name="a"></form><p>Kode 12</p>'
    )
    assert (page.form("a").action, dict(page.form("a").hidden), page.text) == ("x", {"csrf": "1"}, "Kode 12")
    with pytest.raises(LookupError):
        page.form("b")
    assert one_time_code("Kode Anda 123456.") == "123456"
    with pytest.raises(LookupError):
        one_time_code("tanpa kode")
