"""What has served its purpose is forgotten when its time has come, and not a day before."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from sqlalchemy import func, select, update

from lapor_core import Act, Action, Actor, Proof, Reporter, Role, Submission, load_standard
from lapor_core.complaint import Complaint, Ground
from lapor_core.errors import DocumentFaults
from lapor_core.events import Erased
from lapor_core.testing import FrozenClock
from lapor_desk.auditing import chains
from lapor_desk.brakes import Brake
from lapor_desk.config import Config, load_config
from lapor_desk.desk import Desk
from lapor_desk.house import open_house
from lapor_desk.retention import AT_ONCE, forget_expired
from lapor_desk.sessions import open_session
from lapor_desk.store import Store
from lapor_desk.store.tables import complaints, sessions

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
DAY = timedelta(days=1)
STANDARD = load_standard("banjarbaru")
ADMIN = Actor(role=Role.CENTRAL_ADMIN, id="petugas-1")


def is_erased(store: Store, complaint: Complaint) -> bool:
    with store.reading() as tx:
        return tx.is_erased(complaint.reporter_ref)


@pytest.fixture
def submit(desk: Desk, clock: FrozenClock) -> Callable[[str], Complaint]:
    """Takes in a report by SMS from a number of our invention, of which each ends so."""
    numbers = itertools.count()

    def submit(number: str) -> Complaint:
        submission = Submission(
            channel="sms",
            source_id=str(next(numbers)),
            received_at=clock(),
            reporter=Reporter(mobile=f"+628000000000{number}"),
            proofs=frozenset({Proof.SENDER_NUMBER}),
            narrative="Lampu jalan contoh mati",
        )
        code = desk.submit(submission).code
        with desk.store.reading() as tx:
            return desk.complaint(tx.find(code) or "")

    return submit


def test_a_reporter_is_erased_when_all_complaints_have_been_over_for_long_enough(
    desk: Desk, clock: FrozenClock, submit: Callable[[str], Complaint]
) -> None:
    store, begun = desk.store, clock()
    running, merged, old = submit("1"), submit("2"), submit("3")
    desk.act(merged.id, Act(action=Action.MERGE, actor=ADMIN, main=running))  # its main one may not be answered yet
    desk.withdraw(old.code)
    clock.advance(2 * DAY)
    fresh = submit("4")
    desk.withdraw(fresh.code)
    now = begun + 11 * DAY
    assert desk.erase_old(now, 10) == 1
    assert [is_erased(store, each) for each in (running, fresh, old, merged)] == [False, False, True, False]
    assert desk.erase_old(now, 10) == 0
    last = desk.events(old.id)[-1]
    assert last.fact == Erased(ground=Ground.RETENTION_OVER)
    assert last.actor.role is Role.SYSTEM
    assert all(chain.holds for chain in chains(store))


def test_of_many_reporters_some_are_erased_at_a_time_and_none_is_left_in_the_end(
    desk: Desk, clock: FrozenClock, submit: Callable[[str], Complaint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lapor_desk.retention.AT_ONCE", 2)
    for number in "123":
        desk.withdraw(submit(number).code)
    assert [desk.erase_old(clock() + 99 * DAY, 10) for _ in range(3)] == [2, 1, 0]


def test_a_reporter_with_one_complaint_that_goes_on_is_kept(
    desk: Desk, clock: FrozenClock, submit: Callable[[str], Complaint]
) -> None:
    one, other = submit("1"), submit("1")
    assert one.reporter_ref == other.reporter_ref
    desk.withdraw(one.code)
    assert desk.erase_old(clock() + 99 * DAY, 10) == 0
    desk.withdraw(other.code)
    assert desk.erase_old(clock() + 99 * DAY, 10) == 1


def test_who_cannot_be_erased_stops_nobody(
    desk: Desk, clock: FrozenClock, submit: Callable[[str], Complaint], caplog: pytest.LogCaptureFixture
) -> None:
    """The register is derived, and may be wrong: what counts is the record."""
    one, other = submit("1"), submit("2")
    desk.withdraw(one.code)
    long_ago = {"state": "closed", "updated_at": NOW}
    with desk.store.transaction() as tx:
        tx.connection.execute(update(complaints).where(complaints.c.id == other.id).values(long_ago))
    assert desk.erase_old(clock() + 99 * DAY, 10) == 1
    assert "still_needed" in caplog.text
    assert not is_erased(desk.store, other)


def test_what_expired_yesterday_is_kept_and_what_expired_before_is_gone(store: Store) -> None:
    with store.transaction() as tx:
        for hours in (1, -1, -23, -25, -99):
            open_session(tx, "officer", "petugas", NOW + timedelta(hours=hours))
        for hours in (-1, -25):
            Brake(kind="test", most=1, within=DAY).count(tx, str(hours), NOW + timedelta(hours=hours))
    assert forget_expired(store, NOW) == 3
    with store.reading() as tx:
        assert tx.connection.execute(select(func.count()).select_from(sessions)).scalar_one() == 3


def test_the_desk_forgets_by_itself_only_when_the_office_has_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def erase_old(_: Desk, __: datetime, days: int) -> int:
        asked.append(days)
        return AT_ONCE if len(asked) == 1 else 0

    monkeypatch.setattr(Desk, "erase_old", erase_old)
    for number, days in enumerate([None, 365]):
        config = Config(database=f"sqlite:///{tmp_path}/{number}.db")
        with open_house(attrs.evolve(config, retention=days), clock=FrozenClock(NOW)) as house:
            house.desk.sweep(NOW - timedelta(days=1))
            assert asked == []  # the day before tells that the clock can be believed
            for minutes in range(
                3
            ):  # as many as could be erased in one go were erased, so it looks for others once more
                house.desk.sweep(NOW + timedelta(minutes=minutes))
    assert asked == [365, 365]


def test_a_retention_of_no_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lapor.toml"
    path.write_text("retention = 0\n", "utf-8")
    with pytest.raises(DocumentFaults, match="at least one day"):
        load_config(path, {})
