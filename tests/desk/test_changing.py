"""What is merged changes together: in one transaction, each in its own record, whoever else acts at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from lapor_core import (
    Act,
    Action,
    Actor,
    Agency,
    Complaint,
    Event,
    Facts,
    Kind,
    Proof,
    Reporter,
    Role,
    State,
    Submission,
    load_standard,
)
from lapor_core.errors import LaporError, NotFound, Refused
from lapor_core.plugins import PluginHost
from lapor_core.testing import FrozenClock
from lapor_desk import changing
from lapor_desk.auditing import chains
from lapor_desk.desk import Desk
from lapor_desk.store import Status, Store

RECEIVED = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
AGENCIES = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="dinas-misal", name="Dinas Misal"))
STANDARD = load_standard("banjarbaru", agencies=AGENCIES)
SEDANG = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
Submit = Callable[..., str]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, STANDARD, clock=FrozenClock(RECEIVED))


@pytest.fixture
def submit(desk: Desk) -> Submit:
    """Return what hands in an SMS of a new sender and gives the complaint's id."""
    sent: list[str] = []

    def submit(to: Desk = desk) -> str:
        sent.append(f"+62800000000{len(sent):02}")  # invented
        receipt = to.submit(
            Submission(
                channel="sms",
                source_id=str(len(sent)),
                received_at=RECEIVED,
                reporter=Reporter(mobile=sent[-1]),
                proofs=frozenset({Proof.SENDER_NUMBER}),
                narrative="Lampu jalan contoh mati",
            )
        )
        with to.store.reading() as tx:
            return str(tx.find(receipt.code))

    return submit


def act(desk: Desk, complaint: str, action: Action, role: Role = Role.CENTRAL_ADMIN, **more: Any) -> Complaint:
    options = {name: more.pop(name) for name in ("version", "agency_of") if name in more}
    given = Act(action=action, actor=Actor(role=role, id="petugas-contoh"), **more)
    return desk.act(complaint, given, version=options.get("version"), agency=options.get("agency_of"))


def merge(desk: Desk, follower: str, main: str, **more: Any) -> Complaint:
    return act(desk, follower, Action.MERGE, main=desk.complaint(main), **more)


def at_work(desk: Desk, complaint: str) -> str:
    act(desk, complaint, Action.DISPOSE, agencies=("dinas-contoh",), facts=SEDANG)
    act(desk, complaint, Action.VERIFY, Role.AGENCY_ADMIN)
    act(desk, complaint, Action.FORWARD, Role.AGENCY_ADMIN)
    return complaint


def told(desk: Desk, complaint: str) -> list[str]:
    with desk.store.reading() as tx:
        return [
            notice.template
            for notice in tx.notices_of(complaint)
            if notice.role == Role.REPORTER and notice.status is Status.QUEUED
        ]


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(LaporError) as caught:
        attempt()
    return caught.value.code


def test_both_sides_of_a_merger_are_stored(desk: Desk, submit: Submit) -> None:
    follower, main = submit(), submit()
    after = merge(desk, follower, main, text="Lampu yang sama")
    assert (after.state, after.merged_into) == (State.MERGED, main)
    assert desk.complaint(main).followers == (follower,)
    assert act(desk, follower, Action.UNMERGE).state is State.SUBMITTED
    assert desk.complaint(main).followers == ()
    assert all(chain.holds for chain in chains(desk.store))


def test_a_merger_that_fails_on_one_side_is_stored_on_none(
    desk: Desk, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower, main = submit(), submit()
    before = desk.events(follower), desk.events(main)
    written: list[Any] = []

    def fails_at_the_second(*args: Any, **kwargs: Any) -> Complaint:
        if written:
            raise OSError("the disk is full")
        written.append(args)
        return record(*args, **kwargs)

    record = changing.record
    monkeypatch.setattr(changing, "record", fails_at_the_second)
    with pytest.raises(OSError, match="full"):
        merge(desk, follower, main)
    assert (desk.events(follower), desk.events(main)) == before


def test_an_answer_reaches_every_follower_and_each_reporter_is_told(store: Store, submit: Submit) -> None:
    seen: list[tuple[str, str]] = []

    class Watched(PluginHost):
        def observe(self, event: Event, complaint: Complaint) -> None:
            seen.append((complaint.id, event.type))

    desk = Desk(store, STANDARD, clock=FrozenClock(RECEIVED), plugins=Watched(entry_points=()))
    main, followers = at_work(desk, submit(desk)), [submit(desk) for _ in range(3)]
    for follower in followers:
        merge(desk, follower, main)
    act(desk, main, Action.RESPOND, Role.LIAISON_OFFICER, text="Sudah diganti.")
    for follower in followers:
        complaint = desk.complaint(follower)
        assert (complaint.state, complaint.answers) == (State.RESPONDED, ("Sudah diganti.",))
        assert told(desk, follower) == ["received", "merged", "answered"]
        assert (follower, "responded") in seen
    assert desk.complaint(main).followers == ()


@pytest.mark.parametrize(
    ("action", "state", "template"),
    [
        (Action.REJECT, State.REJECTED, "rejected"),
        (Action.ARCHIVE, State.ARCHIVED, "archived"),
        (Action.WITHDRAW, State.SUBMITTED, "unmerged"),
    ],
)
def test_what_ends_the_main_one_is_no_secret_to_its_followers(
    desk: Desk, submit: Submit, action: Action, state: State, template: str
) -> None:
    follower, main = submit(), submit()
    merge(desk, follower, main)
    act(desk, main, action, Role.COUNTER_OFFICER if action is Action.WITHDRAW else Role.CENTRAL_ADMIN, text="Ganda")
    assert desk.complaint(follower).state is state
    assert told(desk, follower)[-1] == template
    assert desk.complaint(main).followers == ()


def test_who_withdraws_is_no_longer_waited_for_and_is_not_named_by_it(desk: Desk, submit: Submit) -> None:
    follower, main = submit(), submit()
    merge(desk, follower, main)
    desk.withdraw(desk.complaint(follower).code)
    assert desk.complaint(main).followers == ()
    left = desk.events(main)[-1]
    assert (left.type, left.actor) == ("unfollowed", Actor(role=Role.SYSTEM, id="merging"))
    act(desk, main, Action.REJECT, text="Tidak relevan")
    assert desk.complaint(follower).state is State.WITHDRAWN


def test_each_is_judged_by_the_standard_it_was_received_under(store: Store, submit: Submit) -> None:
    clock = FrozenClock(RECEIVED)
    old = attrs.evolve(STANDARD, policy=attrs.evolve(STANDARD.policy, id="lama"))
    follower = submit(Desk(store, old, clock=clock))
    desk = Desk(store, STANDARD, clock=clock, former=[old])
    main = submit(Desk(store, STANDARD, clock=clock))
    merge(desk, follower, main)
    act(desk, main, Action.REJECT, text="Tidak relevan")
    assert {event.office for event in desk.events(follower)} == {"lama"}
    assert {event.office for event in desk.events(main)} == {"banjarbaru"}


def test_there_are_no_chains_and_no_circles(desk: Desk, submit: Submit) -> None:
    one, other, third = submit(), submit(), submit()
    merge(desk, one, other)
    for follower, main, code in (
        (third, one, "main_not_open"),
        (other, third, "has_followers"),
        (other, one, "has_followers"),
        (third, third, "main_needed"),
    ):
        before = desk.events(follower), desk.events(main)
        assert refusal(lambda follower=follower, main=main: merge(desk, follower, main)) == code  # type: ignore[misc]  # bound at once
        assert (desk.events(follower), desk.events(main)) == before
    with pytest.raises(Refused, match=r"possible now: .*unmerge"):
        merge(desk, one, third)
    with pytest.raises(Refused, match=r"possible now: dispose \(central_admin\)"):
        act(desk, third, Action.UNMERGE)


def test_an_agency_merges_into_its_own_complaints_only(desk: Desk, submit: Submit) -> None:
    main, mine, theirs = at_work(desk, submit()), at_work(desk, submit()), submit()
    officer = {"role": Role.AGENCY_ADMIN, "agency_of": "dinas-contoh"}
    with pytest.raises(NotFound) as caught:
        merge(desk, mine, theirs, **officer)
    assert caught.value.code == "unknown_complaint"
    assert merge(desk, mine, main, **officer).state is State.MERGED


def test_who_merges_what_another_officer_has_merged_meanwhile_is_told(desk: Desk, submit: Submit) -> None:
    follower, main, other = submit(), submit(), submit()
    seen = desk.complaint(follower).version
    merge(desk, follower, main, version=seen)
    assert refusal(lambda: merge(desk, follower, other, version=seen)) == "changed_meanwhile"
    assert (desk.complaint(main).followers, desk.complaint(other).followers) == ((follower,), ())


def test_an_answer_is_not_lost_because_a_follower_changed_at_the_same_moment(
    desk: Desk, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, follower = at_work(desk, submit()), submit()
    merge(desk, follower, main)
    overtaken: list[str] = []

    def once_overtaken(*args: Any, **kwargs: Any) -> Complaint:
        if not overtaken:
            overtaken.append("once")
            raise Refused("somebody was faster by a moment", code="changed_meanwhile", complaint=follower)
        return record(*args, **kwargs)

    record = changing.record
    monkeypatch.setattr(changing, "record", once_overtaken)
    act(desk, main, Action.RESPOND, Role.LIAISON_OFFICER, text="Sudah.", version=desk.complaint(main).version)
    assert (overtaken, desk.complaint(follower).answers) == (["once"], ("Sudah.",))


def test_of_two_officers_who_merge_crosswise_at_once_one_is_refused(
    desk: Desk, submit: Submit, open_again: Callable[[], Store]
) -> None:
    desks = [desk, Desk(open_again(), STANDARD, clock=FrozenClock(RECEIVED))]
    for _ in range(4):
        pair = submit(), submit()
        mains = [desk.complaint(complaint) for complaint in pair]
        outcomes: list[str] = []
        start = threading.Barrier(2)

        def run(number: int, pair: tuple[str, str] = pair, mains: list[Complaint] = mains) -> None:
            start.wait()  # noqa: B023  # the threads of a turn end within it
            try:
                act(desks[number], pair[number], Action.MERGE, main=mains[1 - number])
                outcomes.append("merged")  # noqa: B023  # as above
            except LaporError as error:
                outcomes.append(error.code)  # noqa: B023  # as above

        threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) in (["has_followers", "merged"], ["main_not_open", "merged"])
        states = {complaint: desk.complaint(complaint) for complaint in pair}
        (follower,) = [each for each in states.values() if each.state is State.MERGED]
        assert states[str(follower.merged_into)].followers == (follower.id,)
