"""What has served its purpose is forgotten when its time has come, and not a day before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from sqlalchemy import func, select, update

from lapor_core.complaint import Complaint
from lapor_core.errors import DocumentFaults
from lapor_core.testing import FrozenClock
from lapor_desk.auditing import chains
from lapor_desk.config import Config, load_config
from lapor_desk.house import open_house
from lapor_desk.retention import erase_old, forget_expired
from lapor_desk.sessions import open_session
from lapor_desk.store import Store
from lapor_desk.store.tables import complaints, sessions

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def is_erased(store: Store, complaint: Complaint) -> bool:
    with store.reading() as tx:
        return tx.is_erased(complaint.reporter_ref)


def change(store: Store, complaint: Complaint, **values: object) -> None:
    with store.transaction() as tx:
        tx.connection.execute(update(complaints).where(complaints.c.id == complaint.id).values(values))


def test_a_reporter_is_erased_when_all_complaints_have_been_over_for_long_enough(
    store: Store, take_in: Callable[..., Complaint]
) -> None:
    running, fresh, old, merged = (take_in() for _ in range(4))
    change(store, fresh, state="closed", updated_at=NOW - 9 * DAY)
    change(store, old, state="withdrawn", updated_at=NOW - 11 * DAY)
    change(store, running, updated_at=NOW - 999 * DAY)
    change(store, merged, state="merged", updated_at=NOW - 99 * DAY)  # its main one may not be answered yet
    assert erase_old(store, NOW, 10) == 1
    assert [is_erased(store, each) for each in (running, fresh, old, merged)] == [False, False, True, False]
    assert erase_old(store, NOW, 10) == 0
    assert all(chain.holds for chain in chains(store))


def test_a_reporter_with_one_complaint_that_goes_on_is_kept(store: Store, take_in: Callable[..., Complaint]) -> None:
    one, other = take_in(), take_in()
    change(store, one, state="closed", updated_at=NOW - 99 * DAY)
    change(store, other, person_id=one.reporter_ref)
    assert erase_old(store, NOW, 10) == 0
    assert not is_erased(store, one)


def test_what_expired_yesterday_is_kept_and_what_expired_before_is_gone(store: Store) -> None:
    with store.transaction() as tx:
        for hours in (1, -1, -23, -25, -99):
            open_session(tx, "officer", "petugas", NOW + timedelta(hours=hours))
    assert forget_expired(store, NOW) == 2
    with store.reading() as tx:
        assert tx.connection.execute(select(func.count()).select_from(sessions)).scalar_one() == 3


def test_the_desk_forgets_by_itself_only_when_the_office_has_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("lapor_desk.house.erase_old", lambda _, __, days: asked.append(days))
    for number, days in enumerate([None, 365]):
        config = Config(database=f"sqlite:///{tmp_path}/{number}.db")
        with open_house(attrs.evolve(config, retention=days), clock=FrozenClock(NOW)) as house:
            house.desk.sweep(NOW - timedelta(days=1))
            assert asked == []  # the day before tells that the clock can be believed
            house.desk.sweep(NOW)
    assert asked == [365]


def test_a_retention_of_no_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lapor.toml"
    path.write_text("retention = 0\n", "utf-8")
    with pytest.raises(DocumentFaults, match="at least one day"):
        load_config(path, {})
