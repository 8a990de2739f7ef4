"""What is done once a day is done once a day, by whichever process gets there, and tried again when it fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lapor_core import load_standard
from lapor_core.errors import BadValue
from lapor_core.testing import FrozenClock
from lapor_desk.checkpoints import kept_checkpoints
from lapor_desk.config import Config
from lapor_desk.daily import UNFINISHED, Daily
from lapor_desk.house import open_house
from lapor_desk.store import Store

OFFICE = load_standard("banjarbaru").office
MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
DAY = timedelta(days=1)


def test_a_chore_is_done_once_a_day_of_the_office(store: Store) -> None:
    seen: list[datetime] = []
    daily = Daily(store, OFFICE, {"contoh": seen.append})
    for hours in (0, 5, 13.9, 14, 20):  # the day ends after 14 hours
        daily.run(MORNING + timedelta(hours=hours))
    assert seen == [MORNING, MORNING + timedelta(hours=14)]


def test_a_chore_that_has_more_to_do_goes_on_at_the_next_look_and_stops_no_other(store: Store) -> None:
    seen: list[datetime] = []
    others: list[datetime] = []
    parts = iter([UNFINISHED, UNFINISHED, None])

    def long(now: datetime) -> object:
        seen.append(now)
        return next(parts)

    daily = Daily(store, OFFICE, {"lama": long, "lain": others.append})
    for minutes in range(5):
        daily.run(MORNING + timedelta(minutes=minutes))
    assert seen == [MORNING + timedelta(minutes=minutes) for minutes in range(3)]
    assert others == [MORNING]


def test_another_process_does_not_do_it_again(store: Store, open_again: Callable[[], Store]) -> None:
    seen: list[datetime] = []
    for each in (store, open_again()):
        Daily(each, OFFICE, {"contoh": seen.append}).run(MORNING)
    assert seen == [MORNING]


def test_a_chore_that_fails_is_tried_again_after_an_hour_and_stops_no_other(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[datetime] = []
    others: list[datetime] = []

    def fail(now: datetime) -> None:
        tried.append(now)
        raise BadValue("PENANDA-PRIBADI", code="contoh")

    daily = Daily(store, OFFICE, {"contoh": fail, "lain": others.append})
    for minutes in (0, 1, 59, 60):
        daily.run(MORNING + timedelta(minutes=minutes))
    assert tried == [MORNING, MORNING + timedelta(hours=1)]
    assert others == [MORNING]
    assert "PENANDA-PRIBADI" not in caplog.text
    assert "BadValue" in caplog.text


def test_what_cannot_be_undone_is_done_only_where_the_desk_was_at_work_in_the_week_before(store: Store) -> None:
    """A clock that runs ahead by years for a day, and is set back, has erased nobody."""
    seen: list[datetime] = []
    daily = Daily(store, OFFICE, {"contoh": seen.append}, irrevocable=["contoh"])
    days = (0, 1, 8, 16, 17, 4000, 18, 19)
    for number in days:
        daily.run(MORNING + number * DAY)
    assert [(moment - MORNING).days for moment in seen] == [1, 8, 17, 19]


def test_the_sweep_of_a_house_takes_a_checkpoint_a_day(tmp_path: Path) -> None:
    clock = FrozenClock(MORNING)
    with open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db"), clock=clock) as house:
        for _ in range(3):
            house.desk.sweep(clock())
            house.desk.sweep(clock.advance(timedelta(minutes=1)))
            clock.advance(DAY)
        assert len(kept_checkpoints(house.checkpoints)) == 3
