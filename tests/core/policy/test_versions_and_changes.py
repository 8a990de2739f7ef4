"""Versions of a standard: which one is in force, what changes for citizens, and what a dry run says of complaints."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from importlib import resources
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Facts, Kind, Policy, assess, load_standard
from lapor_core.errors import BadValue, FactsNeeded, NotFound
from lapor_core.policy.diff import changes
from lapor_core.policy.known_facts import read_facts
from lapor_core.policy.loading import load_policy, shipped_policies, shipped_policy
from lapor_core.policy.simulate import simulate
from lapor_core.policy.versions import in_force_on

SHIPPED = (resources.files("lapor_core.policy") / "data" / "banjarbaru.toml").read_text("utf-8")
POLICY = shipped_policy("banjarbaru")
RECEIVED = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))


def renewed(*pairs: tuple[str, str]) -> Policy:
    text = SHIPPED
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return load_policy(text)


def told(*pairs: tuple[str, str]) -> list[tuple[str, str, str]]:
    return [(change.code, change.text.id, change.text.en) for change in changes(POLICY, renewed(*pairs))]


def versions(*spans: tuple[date | None, date | None]) -> list[Policy]:
    return [
        attrs.evolve(POLICY, version=str(number), valid_from=first, valid_until=last)
        for number, (first, last) in enumerate(spans, 1)
    ]


def test_a_new_version_takes_effect_on_its_day() -> None:
    both = versions((None, None), (date(2026, 7, 1), None))
    assert in_force_on(date(2026, 6, 30), both).version == "1"
    assert in_force_on(date(2026, 7, 1), both).version == "2"
    assert in_force_on(date(2026, 7, 1), reversed(both)).version == "2"


def test_a_version_ends_with_its_last_day() -> None:
    one = versions((date(2026, 1, 1), date(2026, 6, 30)))
    assert in_force_on(date(2026, 6, 30), one).version == "1"
    for day in (date(2025, 12, 31), date(2026, 7, 1)):
        with pytest.raises(NotFound, match=r"banjarbaru@1 from 2026-01-01 to 2026-06-30") as caught:
            in_force_on(day, one)
        assert caught.value.code == "no_policy_in_force"


def test_two_versions_of_the_same_day_are_refused_and_the_same_one_twice_is_not() -> None:
    both = versions((date(2026, 7, 1), None), (date(2026, 7, 1), None))
    with pytest.raises(BadValue, match="banjarbaru@1, banjarbaru@2") as caught:
        in_force_on(date(2026, 7, 1), both)
    assert caught.value.code == "two_policies_in_force"
    assert in_force_on(date(2026, 7, 1), both[:1] * 2).version == "1"


def test_without_any_version_nothing_is_in_force() -> None:
    with pytest.raises(NotFound, match="there is none"):
        in_force_on(date(2026, 7, 1), [])


DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
SPANS = st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=5)


@given(spans=SPANS, day=DAYS)
def test_what_is_in_force_covers_the_day_and_none_that_covers_it_began_later(
    spans: list[tuple[date | None, date | None]], day: date
) -> None:
    known = versions(*spans)
    try:
        found = in_force_on(day, known)
    except NotFound:
        assert not any(policy.in_force(day) for policy in known)
    except BadValue:
        assert sum(policy.in_force(day) for policy in known) > 1
    else:
        assert found.in_force(day)
        begun = found.valid_from or date.min
        assert all((policy.valid_from or date.min) <= begun for policy in known if policy.in_force(day))


@pytest.mark.parametrize("name", shipped_policies())
def test_a_standard_does_not_differ_from_itself(name: str) -> None:
    assert changes(shipped_policy(name), shipped_policy(name)) == ()


@pytest.mark.parametrize("other", shipped_policies())
def test_any_two_standards_can_be_compared_and_every_sentence_is_whole(other: str) -> None:
    for before, after in ((POLICY, shipped_policy(other)), (shipped_policy(other), POLICY)):
        for change in changes(before, after):
            for sentence in (change.text.id, change.text.en):
                assert sentence.endswith(".")
                assert "{" not in sentence
                assert "None" not in sentence
            assert change.to_json() == {
                "code": change.code,
                "path": change.path,
                "id": change.text.id,
                "en": change.text.en,
            }


@pytest.mark.parametrize(
    ("pair", "code", "indonesian", "english"),
    [
        (('resolve = "14 working_days"', 'resolve = "10 working_days"'), "limit_shorter", "Tenggat penyelesaian, tingkat sedang: 14 hari kerja menjadi 10 hari kerja. Warga menunggu lebih singkat.", "Citizens wait less."),
        (('resolve = "14 working_days"', 'resolve = "20 working_days"'), "limit_longer", "14 hari kerja menjadi 20 hari kerja. Warga menunggu lebih lama.", "Citizens wait longer."),
        (('resolve = "14 working_days"', 'resolve = "13 days"'), "limit_shorter", "14 hari kerja menjadi 13 hari. Warga menunggu lebih singkat.", "14 working days becomes 13 days."),
        (('resolve = "14 working_days"', 'resolve = "16 days"'), "limit_other", "14 hari kerja menjadi 16 hari.", "14 working days becomes 16 days."),
        (('starts = "received"', 'starts = "disposed"'), "clock_starts", "Tenggat penyelesaian dihitung sejak laporan didisposisikan, bukan lagi sejak laporan diterima.", "is counted from disposition, no longer from receipt"),
        (('starts = "received"', 'starts = "received"\nfirst_day = "included"'), "counting", "hari pertama: tidak dihitung menjadi dihitung", "the first day: not counted becomes counted"),
        (('fee = "Tidak dipungut biaya"', 'fee = "Rp10.000"'), "value", "Biaya: Tidak dipungut biaya menjadi Rp10.000.", "Fee: Tidak dipungut biaya becomes Rp10.000."),
        (('proofs = ["identity_copy"]', "proofs = []"), "asked_less", "Lewat kanal Loket, pelapor tidak perlu lagi membawa salinan identitas.", "need not bring a copy of an identity document"),
        (('proofs = ["sender_number"]', 'proofs = ["sender_number", "identity_copy"]'), "asked_more", "Lewat kanal SMS 1708, pelapor kini harus membawa salinan identitas.", "must bring a copy of an identity document now"),
        (("SMS ke 1708 dikenai tarif operator", "SMS gratis"), "condition_added", "Kini perlu diketahui: SMS gratis.", "To be known now: SMS gratis."),
        (("SMS ke 1708 dikenai tarif operator", "SMS gratis"), "condition_removed", "Tidak perlu diketahui lagi: SMS ke 1708 dikenai tarif operator.", "No longer to be known:"),
        (('telephone = "137"', 'telephone = "138"'), "contact_changed", "Kontak Ombudsman RI:", "Contact Ombudsman RI:"),
        (('show_reporter = ["ombudsman"]', "show_reporter = []"), "shown_removed", "Pelapor tidak lagi ditunjukkan Ombudsman RI pada Tenggat penyelesaian +1 hari kerja.", "no longer shown Ombudsman RI"),
        (('when = { kind = "complaint", agencies = { at_least = 2 } }', 'when = { kind = "complaint", agencies = { at_least = 4 } }'), "reclassified", "tidak ada aturan", "becomes no rule"),
        (('starts = "received"', 'starts = "received"\nrestart_on_return = "new_agency"'), "counting", "dihitung ulang sesudah dikembalikan: tidak pernah menjadi bila instansi lain yang menanganinya", "counted anew after a return: never becomes if another agency gets it"),
        (('starts = "received"', 'starts = "received"\nkept_by = "reporter"'), "counting", "siapa yang harus menepati: kantor menjadi pelapor", "who has to keep it: the office becomes the reporter"),
        (('remind = ["liaison_officer"]', 'remind = ["superior"]'), "step_changed", "siapa yang diingatkan: Pejabat penghubung menjadi Atasan", "whom it reminds: Liaison officer becomes Superior"),
        (('act = "escalate"\n', ""), "step_changed", "tindakan otomatis: ", "becomes not stated"),
        (('show_reporter = ["ombudsman"]', 'show_reporter = ["ombudsman"]\nanytime = true'), "step_changed", "juga saat kantor tutup: tidak menjadi ya", "also while the office is shut: no becomes yes"),
        (('show_reporter = ["ombudsman"]', 'show_reporter = ["ombudsman"]\ndifferent_person = true'), "step_changed", "dilanjutkan orang lain: tidak menjadi ya", "a different person goes on: no becomes yes"),
        (("[refusals.duplicate]", "[refusals.double]"), "refusal_added", "Laporan yang sama sudah ditangani", "The same report"),
    ],
)  # fmt: skip
def test_each_change_is_told_to_citizens_in_a_sentence(
    pair: tuple[str, str], code: str, indonesian: str, english: str
) -> None:
    found = told(pair)
    assert any(each[0] == code and indonesian in each[1] and english in each[2] for each in found), found


def test_other_sentences_and_readings_change_nothing_for_citizens() -> None:
    assert told(("Pembacaan kami.", "Kami membacanya begitu."), ('version = "1"', 'version = "2"')) == []


FACTS = st.builds(
    Facts,
    kind=st.none() | st.sampled_from(Kind),
    supervisory=st.none() | st.booleans(),
    abuse_of_authority=st.none() | st.booleans(),
    agencies=st.none() | st.integers(1, 4),
)


@given(facts=FACTS)
def test_a_dry_run_says_what_each_standard_says_by_itself(facts: Facts) -> None:
    before, after = load_standard("banjarbaru"), load_standard("nasional")
    outcome = simulate(facts, RECEIVED, before, after)
    for verdict, standard in ((outcome.before, before), (outcome.after, after)):
        try:
            tier = assess(facts, standard.policy).tier.name
        except FactsNeeded as error:
            tier, needed = None, error.needed
        else:
            needed = ()
        assert (verdict.tier, verdict.needed) == (tier, needed)
        if tier is None:
            continue
        assert verdict.due["resolve"] == standard.deadline("resolve", tier, start=RECEIVED).due


@given(facts=FACTS)
def test_a_dry_run_against_the_same_standard_differs_in_nothing(facts: Facts) -> None:
    standard = load_standard("banjarbaru")
    assert not simulate(facts, RECEIVED, standard, standard).differs


def test_a_dry_run_counts_only_clocks_that_receipt_starts_and_their_followers_at_their_latest() -> None:
    outcome = simulate(Facts(), RECEIVED, load_standard("nasional"), load_standard("lgsco"))
    assert outcome.before.needed == ("kind", "supervisory")
    assert set(outcome.after.due) == {"acknowledge", "stage_1"}
    assert outcome.after.due["stage_1"] > outcome.after.due["acknowledge"]


def test_a_dry_run_needs_an_instant_with_its_zone() -> None:
    standard = load_standard("magetan")
    with pytest.raises(BadValue) as caught:
        simulate(Facts(), datetime(2026, 3, 13, 10), standard, standard)  # noqa: DTZ001 - naive on purpose
    assert caught.value.code == "naive_datetime"


@pytest.mark.parametrize(
    ("data", "extra"),
    [
        ({"kind": "complaint", "nature": "light"}, {"nature": "light"}),
        ({"extra": {"nature": "light"}}, {"nature": "light"}),
        ({"nature": "light", "extra": {"other": 1}}, {"nature": "light", "other": 1}),
        ({}, {}),
    ],
)
def test_a_policys_own_facts_are_read_beside_those_of_the_service(
    data: dict[str, object], extra: dict[str, object]
) -> None:
    assert read_facts(data, shipped_policy("kalbar").facts).extra == extra


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"nature": "lite"}, "nature must be one of: light, normative, other"),
        ({"natur": "light"}, 'did you mean "nature"?'),
        ({"kind": "aduan"}, "kind"),
        ({"agencies": 1.5}, "agencies"),
        ({"extra": []}, "extra"),
        ({"nature": True}, "nature must be one of"),
    ],
)
def test_facts_that_are_not_known_are_refused(data: dict[str, object], problem: str) -> None:
    with pytest.raises(BadValue, match=problem.replace("?", r"\?")):
        read_facts(data, shipped_policy("kalbar").facts)


def test_a_list_of_versions_may_be_any_iterable() -> None:
    def one() -> Iterable[Policy]:
        yield POLICY

    assert in_force_on(date(2026, 1, 1), one()) is POLICY
