"""Complaints about one matter: merged by a human, answered together, each in its own record, and parted again."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from lapor_core import Action, Actor, Facts, Kind, Role, State, Visibility, due_steps
from lapor_core.complaint import Attachment, Ground
from lapor_core.errors import BadValue, Refused
from lapor_core.events import Responded
from lapor_core.merging import Together, let_go, merge, pass_on, unmerge
from lapor_core.notices import notices_for, write
from lapor_core.testing import Life, example_standard, example_submission

STANDARD = example_standard()
ADMIN = Actor(role=Role.CENTRAL_ADMIN, id="admin-contoh")
DAY = timedelta(days=1)
FILE = Attachment(digest="1" * 64, name="contoh.pdf", media_type="application/pdf", size=10)


def one(state: State = State.SUBMITTED, name: str = "contoh-1", **fields: object) -> Life:
    return Life.at(state, STANDARD, example_submission(**fields), complaint=name)


def take(together: Together, follower: Life, main: Life) -> Together:
    follower.append(together.follower)
    main.append(together.main)
    follower.now = main.now = max(follower.now, main.now)
    return together


def merged(follower: Life, main: Life, actor: Actor = ADMIN) -> Together:
    now = max(follower.now, main.now)
    return take(merge(follower.complaint, main.complaint, STANDARD, now, actor=actor), follower, main)


def news(main: Life, follower: Life, action: Action, **fields: object) -> Together:
    events = main.act(action, **fields)
    return take(pass_on(events, main.complaint, follower.complaint, STANDARD, main.now), follower, main)


def pair(state: State = State.SUBMITTED, **fields: object) -> tuple[Life, Life]:
    follower, main = one(state, "ikut", **fields), one(State.IN_PROGRESS, "utama")
    merged(follower, main)
    return follower, main


@pytest.mark.parametrize(
    "state",
    [
        *(State.SUBMITTED, State.HELD, State.DISPOSED, State.VERIFIED, State.IN_PROGRESS, State.ESCALATED),
        State.RETURNED,
    ],
)
def test_one_is_merged_into_another_and_both_know_it(state: State) -> None:
    follower, main = pair(state)
    assert (follower.complaint.state, follower.complaint.merged_into) == (State.MERGED, "utama")
    assert (main.complaint.state, main.complaint.followers) == (State.IN_PROGRESS, ("ikut",))


def test_the_answer_becomes_the_followers_own_and_its_reporter_is_told() -> None:
    follower, main = pair(narrative="Dari pengikut")
    together = news(main, follower, Action.RESPOND, text="Lampu sudah diganti.", attachments=(FILE,))
    assert follower.complaint.state is State.RESPONDED
    assert follower.complaint.answers == ("Lampu sudah diganti.",)
    (answer,) = (event.fact for event in together.follower if event.type == "responded")
    assert answer == Responded(text="Lampu sudah diganti.", agency="dinas-contoh")  # and no file of somebody else's
    assert main.complaint.followers == ()
    (told,) = notices_for(together.follower, follower.complaint)
    assert (told.complaint, told.template, told.recipient.role) == ("ikut", "answered", Role.REPORTER)
    event = follower.events[told.sequence - 1]
    written = write(told.template, event, follower.complaint, STANDARD)
    assert follower.complaint.code in written.text
    assert main.complaint.code not in written.text


def test_a_part_of_the_answer_is_passed_on_and_the_rest_is_waited_for() -> None:
    follower, main = pair()
    main.act(Action.INVOLVE, agencies=("badan-contoh",))
    news(main, follower, Action.RESPOND, agency="dinas-contoh")
    assert (follower.complaint.state, len(follower.complaint.answers)) == (State.MERGED, 1)
    news(main, follower, Action.RESPOND, agency="badan-contoh")
    assert (follower.complaint.state, len(follower.complaint.answers)) == (State.RESPONDED, 2)


def test_a_follower_that_is_answered_goes_on_by_itself_with_the_agencies_that_answered() -> None:
    follower, main = pair()
    news(main, follower, Action.RESPOND)
    follower.act(Action.REOPEN, text="Di tempat saya masih mati.")
    assert follower.complaint.agencies == ("dinas-contoh",)
    assert (follower.complaint.state, follower.complaint.owing) == (State.IN_PROGRESS, ("dinas-contoh",))
    assert follower.complaint.tier == "sedang"
    assert follower.complaint.running("resolve") is not None
    assert main.complaint.state is State.RESPONDED


@pytest.mark.parametrize(("action", "state"), [(Action.REJECT, State.REJECTED), (Action.ARCHIVE, State.ARCHIVED)])
def test_what_ends_the_main_one_without_an_answer_ends_the_follower(action: Action, state: State) -> None:
    follower, main = one(name="ikut"), one(name="utama")
    merged(follower, main)
    news(main, follower, action, text="Tidak relevan")
    assert (follower.complaint.state, main.complaint.state, main.complaint.followers) == (state, state, ())


def test_when_the_main_one_is_withdrawn_the_follower_goes_its_own_way() -> None:
    follower, main = pair()
    news(main, follower, Action.WITHDRAW)
    assert (follower.complaint.state, follower.complaint.merged_into) == (State.SUBMITTED, None)
    assert main.complaint.followers == ()


@pytest.mark.parametrize("action", [Action.ASK, Action.REMIND, Action.CLASSIFY, Action.ESCALATE])
def test_what_concerns_the_main_one_alone_is_not_passed_on(action: Action) -> None:
    follower, main = pair()
    events = follower.events
    news(main, follower, action)
    assert follower.events == events


def test_the_clock_of_a_follower_runs_on_and_is_met_or_missed_by_its_own_day() -> None:
    follower, main = pair(State.IN_PROGRESS)
    due = follower.complaint.clocks[0].due
    assert follower.complaint.running("resolve") is not None
    news(main, follower, Action.RESPOND, after=due + DAY - main.now)
    stopped = [event.fact for event in follower.events if event.type == "clock_stopped"]
    assert [getattr(fact, "met", None) for fact in stopped] == [False]


def test_an_answer_that_is_typed_in_later_was_given_to_the_follower_then_too() -> None:
    follower, main = pair(State.IN_PROGRESS)
    due = follower.complaint.clocks[0].due
    news(main, follower, Action.RESPOND, after=due + DAY - main.now, happened_at=due)
    assert follower.complaint.clocks[0].stopped_at == due


def test_no_ladder_is_climbed_while_it_is_merged_and_the_promise_is_not_lost_by_it() -> None:
    follower, main = pair(State.IN_PROGRESS)
    late = follower.complaint.clocks[0].due + 10 * DAY
    late = late.replace(hour=10)
    assert due_steps(follower.complaint, STANDARD, late) == ()
    together = unmerge(follower.complaint, main.complaint, STANDARD, late, actor=ADMIN)
    take(together, follower, main)
    assert follower.complaint.state is State.SUBMITTED
    assert main.complaint.followers == ()
    assert len(due_steps(follower.complaint, STANDARD, late)) == 3


def test_a_follower_that_withdraws_is_no_longer_waited_for() -> None:
    follower, main = pair()
    assert let_go(main.complaint, follower.complaint, STANDARD, main.now) == ()
    follower.act(Action.WITHDRAW)
    main.append(let_go(main.complaint, follower.complaint, STANDARD, follower.now))
    assert main.complaint.followers == ()
    assert pass_on(main.events, main.complaint, follower.complaint, STANDARD, follower.now) == Together(
        follower=(), main=()
    )


def test_several_follow_one() -> None:
    main = one(State.IN_PROGRESS, "utama")
    followers = [one(name=f"ikut-{number}") for number in range(3)]
    for follower in followers:
        merged(follower, main)
    events = main.act(Action.RESPOND)
    for follower in followers:
        take(pass_on(events, main.complaint, follower.complaint, STANDARD, main.now), follower, main)
    assert {follower.complaint.state for follower in followers} == {State.RESPONDED}
    assert main.complaint.followers == ()


# What cannot be merged


def refusal(follower: Life, main: Life, actor: Actor = ADMIN) -> str:
    with pytest.raises((BadValue, Refused)) as caught:
        merged(follower, main, actor)
    return caught.value.code


@pytest.mark.parametrize("state", [State.RESPONDED, State.CLOSED, State.REJECTED, State.INCOMPLETE, State.ERASED])
def test_nothing_is_merged_into_what_will_not_be_answered(state: State) -> None:
    assert refusal(one(), one(state, "utama")) == "main_not_open"


def test_nothing_is_merged_into_itself_or_into_nothing() -> None:
    life = one()
    assert refusal(life, life) == "main_needed"
    with pytest.raises(BadValue) as caught:
        life.act(Action.MERGE, main=None)
    assert caught.value.code == "main_needed"


def test_there_are_no_chains_of_mergers() -> None:
    follower, main = pair()
    assert refusal(one(name="lain"), follower) == "main_not_open"
    assert refusal(main, one(name="lain")) == "has_followers"


def test_nobody_is_given_the_answer_to_a_secret_complaint() -> None:
    secret = one(State.IN_PROGRESS, "utama", visibility=Visibility(secret=True))
    assert refusal(one(), secret) == "main_secret"
    merged(one(name="ikut", visibility=Visibility(secret=True)), one(State.IN_PROGRESS, "utama"))


def test_merging_is_for_admins() -> None:
    assert refusal(one(), one(State.IN_PROGRESS, "utama"), Actor(role=Role.LIAISON_OFFICER)) == "not_permitted"


def test_it_is_parted_from_the_one_it_was_merged_into_and_from_no_other() -> None:
    follower, main = pair()
    with pytest.raises(BadValue) as caught:
        unmerge(follower.complaint, one(name="lain").complaint, STANDARD, main.now, actor=ADMIN)
    assert caught.value.code == "other_main"


def test_what_others_follow_is_not_erased_under_them() -> None:
    _, main = pair()
    with pytest.raises(Refused) as caught:
        main.act(Action.ERASE, ground=Ground.REQUESTED)
    assert caught.value.code == "has_followers"


def test_the_facts_of_the_matter_are_taken_over_and_those_of_the_report_are_not() -> None:
    follower = one(name="ikut", kind=Kind.ASPIRATION, category="lampu")
    main = one(State.IN_PROGRESS, "utama")
    main.act(Action.CLASSIFY, facts=Facts(supervisory=True))
    merged(follower, main)
    news(main, follower, Action.RESPOND)
    facts = follower.complaint.facts
    assert (facts.kind, facts.category, facts.channel, facts.supervisory) == (Kind.ASPIRATION, "lampu", "sms", True)


def test_a_record_of_a_merger_names_nobody() -> None:
    follower, main = pair(narrative="Marka-Kronologi")
    shown = repr([event.fact for event in follower.events[1:]] + [event.fact for event in main.events])
    assert "Marka" not in shown
    assert attrs.fields(type(follower.events[1].fact)).reason.repr is False
