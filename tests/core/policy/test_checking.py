"""The check of a policy file: every fault at once, with file, line, key path and what is allowed."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.documents import read_document
from lapor_core.errors import DocumentFaults, Fault
from lapor_core.lifecycle import PERMISSIONS, Role
from lapor_core.policy.checking import check_policy
from lapor_core.policy.hints import hinted, meant
from lapor_core.policy.loading import load_policy, shipped_policies

FILES = {
    name: (resources.files("lapor_core.policy") / "data" / f"{name}.toml").read_text("utf-8")
    for name in shipped_policies()
}
SMALL = """\
id = "contoh"
version = "1"
title = "Standar Contoh"
confidence = "sourced"
source = "dibuat untuk pengujian"
time_zone = "Asia/Makassar"

[office]
name = "Dinas Contoh"
email = "pengaduan@example.id"
telephone = "0800 000 000"  # invented

[[tiers]]
name = "ringan"
resolve = "7 working_days"

[[tiers]]
name = "berat"
resolve = "30 working_days"

[[rules]]
tier = "berat"
when = { supervisory = true }
text = "berat"

[[rules]]
tier = "ringan"
when = { supervisory = false }
text = "ringan"

[clocks.resolve]
title = { id = "Tenggat", en = "Deadline" }

[channels.other]
content = ["narrative"]

[[ladder]]
clock = "resolve"
at = "+1 working_day"
remind = ["inspectorate"]
act = "escalate"
show_reporter = ["ombudsman"]

[contacts.ombudsman]
name = "Ombudsman"
telephone = "137"
email = "aduan@example.org"
"""


WITHOUT_INSPECTORATE = "[permissions]\n" + "\n".join(
    f"{action} = {json.dumps(sorted(roles - {Role.INSPECTORATE}))}"
    for action, roles in PERMISSIONS.items()
    if Role.INSPECTORATE in roles
)
"""Permissions that give the inspectorate nothing to do."""


def check(*changes: tuple[str, str], more: str = "") -> tuple[Fault, ...]:
    text = SMALL
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return check_policy(text + more, "contoh.toml")


def only(faults: tuple[Fault, ...]) -> Fault:
    assert len(faults) == 1, "\n".join(map(str, faults))
    return faults[0]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_shipped_policy_has_no_fault(name: str) -> None:
    assert check_policy(FILES[name], f"{name}.toml") == ()


def test_the_small_policy_of_these_tests_has_no_fault() -> None:
    assert check() == ()


@pytest.mark.parametrize(
    ("change", "line", "key", "told"),
    [
        (('source = "', 'sauce = "'), 5, "sauce", 'did you mean "source"?'),
        (('telephone = "0800', 'telefone = "0800'), 11, "office.telefone", 'did you mean "telephone"?'),
        (("when = { supervisory = true }", "apabila = { supervisory = true }"), 23, "rules[0].apabila", 'did you mean "when"?'),
        (('resolve = "7 working_days"', 'resolv = "7 working_days"'), 15, "tiers[0].resolv", 'did you mean "resolve"?'),
        (('resolve = "7 working_days"', 'resolve = "7 hari kerja"'), 15, "tiers[0].resolve", 'did you mean "7 working_days"?'),
        (('resolve = "7 working_days"', 'resolve = "0 working_days"'), 15, "tiers[0].resolve", "a limit is a positive whole number"),
        (('resolve = "7 working_days"', 'limits = { resolve = "7 days" }\nresolve = "7 days"'), 15, "tiers[0].limits", "unknown key"),
        (("supervisory = true", "supervisori = true"), 23, "rules[0].when.supervisori", 'not a fact; did you mean "supervisory"?'),
        (("supervisory = true", 'supervisory = true, kind = "aduan"'), 23, "rules[0].when.kind", 'did you mean "complaint"?'),
        (("supervisory = true", 'supervisory = "ya"'), 23, "rules[0].when.supervisory", "not a value of supervisory; allowed: (false, true)"),
        (("supervisory = true", "supervisory = true, agencies = 0"), 23, "rules[0].when.agencies", "at least 1"),
        (("supervisory = true", "supervisory = true, agencies = { at_least = 3, at_most = 2 }"), 23, "rules[0].when.agencies", "nothing is at least 3 and at most 2"),
        (('tier = "berat"', 'tier = "brat"'), 22, "rules[0].tier", 'not a tier; did you mean "berat"?'),
        (('"inspectorate"', '"inspektorat"'), 40, "ladder[0].remind[0]", 'did you mean "inspectorate"?'),
        (('"inspectorate"', '"system"'), 40, "ladder[0].remind", "nobody holds this role"),
        (('"inspectorate"', '"auditor"'), 40, "ladder[0].remind", "nobody holds this role"),
        (("[[ladder]]", '[permissions]\nreject = ["central_admin", "auditor"]\n\n[[ladder]]'), 38, "permissions.reject", "an auditor looks, and does nothing"),
        (('"escalate"', '"respond"'), 41, "ladder[0].act", "it may do: remind, escalate, close"),
        (('"ombudsman"]', '"ombusman"]'), 42, "ladder[0].show_reporter", 'not a contact; did you mean "ombudsman"?'),
        (('clock = "resolve"', 'clock = "reslove"'), 38, "ladder[0].clock", 'not a clock; did you mean "resolve"?'),
        (("pengaduan@example.id", "pengaduan.example.id"), 10, "office.email", "not an e-mail address"),
        (("0800 000 000", "tidak ada"), 11, "office.telephone", "not a number that can be dialled"),
        (('telephone = "137"', 'telephone = "13"'), 46, "contacts.ombudsman.telephone", "3 to 15 digits"),
        (("aduan@example.org", "aduan@example"), 47, "contacts.ombudsman.email", "not an e-mail address"),
        (('"narrative"', '"kronologi"'), 35, "channels.other.content[0]", 'did you mean "narrative"?'),
        (("Asia/Makassar", "Asia/Makasar"), 6, "time_zone", 'did you mean "Asia/Makassar"?'),
        (('name = "Dinas Contoh"', 'name = "Dinas Contoh"\ncalendar = "XX"'), 10, "office.calendar", "not a calendar"),
        (('confidence = "sourced"', 'confidence = "yakin"'), 4, "confidence", "allowed: (sourced, sourced_second_hand, from_memory)"),
        (('version = "1"', 'version = "1"\nvalid_from = 2026-01-01\nvalid_until = 2025-01-01'), 4, "valid_until", "lies before valid_from"),
    ],
)  # fmt: skip
def test_each_fault_has_its_line_its_key_and_what_is_allowed(
    change: tuple[str, str], line: int, key: str, told: str
) -> None:
    found = [fault for fault in check(change) if fault.key == key and told in fault.problem]
    assert found, "\n".join(map(str, check(change)))
    assert found[0].file == "contoh.toml"
    assert found[0].line == line


@pytest.mark.parametrize(
    ("more", "key", "told"),
    [
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nstarts = "b"\nlimit = "1 day"\nstops = ["verified"]\n[clocks.b]\ntitle = { id = "B", en = "B" }\nstarts = "a"\nlimit = "1 day"\n', "clocks.a.starts", "a -> b -> a"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nstarts = "responded"\nlimit = "1 day"\n', "clocks.a.stops", "it never starts"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nstarts = "disposed"\nlimit = "1 day"\n[permissions]\ndispose = []\n', "clocks.a.starts", "nobody may dispose"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nrounds = "first"\nlimit = "1 day"\nstops = ["verified"]\n[clocks.b]\ntitle = { id = "B", en = "B" }\nstarts = "a"\nrounds = "later"\nlimit = "1 day"\n', "clocks.b.rounds", "it never starts"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nstops = ["disposed"]\n', "clocks.a.stops", "it starts again when a complaint is reopened, and no answer ends it"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\n', "clocks.a", "no tier gives it a limit"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nstarts = "reopened"\nrounds = "first"\n', "clocks.a.rounds", "it never starts: the first round is over"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nstarts = "reopened"\nstops = ["in_progress"]\n', "clocks.a.stops", "it never starts"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nstarts = "appealed"\nstops = ["appealed"]\n', "clocks.a.stops", "it never starts"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nstarts = "appealed"\n[permissions]\nappeal = []\n', "clocks.a.starts", "nobody may appeal"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nstarts = "appealed"\nrestart_on_return = "new_agency"\n', "clocks.a.restart_on_return", "no other agency takes over"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nstarts = "b"\nrestart_on_return = "new_agency"\nstops = ["closed"]\n[clocks.b]\ntitle = { id = "B", en = "B" }\nstarts = "asked"\nlimit = "1 day"\n', "clocks.a.restart_on_return", "no other agency takes over"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nrestart_on_return = "new_agency"\nstops = ["disposed"]\n', "clocks.a.restart_on_return", "it never starts anew: the disposition"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nrestart_on_return = "new_agency"\n[permissions]\nreturn = []\n', "clocks.a.restart_on_return", "nobody may return"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nrestart_on_return = "instansi baru"\n', "clocks.a.restart_on_return", 'not a restart on return; did you mean "new_agency"?'),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nhitung_ulang = "never"\n', "clocks.a.hitung_ulang", 'did you mean "restart_on_return"?'),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 day"\nstarts = "dibuka kembali"\n', "clocks.a.starts", 'did you mean "reopened"?'),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "1 working_day"\nfirst_day = "included"\nends = "closing"\n', "clocks.a.after_hours", "late as it comes"),
        ('[clocks.a]\ntitle = { id = "A", en = "A" }\nlimit = "min(2 days, 1 day)"\nfirst_day = "included"\nends = "closing"\n', "clocks.a.after_hours", 'it is "next_working_day"'),
        ('[clocks.resolve.extension]\nlimit = "7 working_days"\nmaximum = "5 working_days"\n', "clocks.resolve.extension.limit", "longer than its maximum, which is 5 working_days"),
        ('[clocks.resolve.extension]\nlimit = "7 working_days"\nmaximum = "5 days"\n', "clocks.resolve.extension.limit", "longer than its maximum"),
        ('[clocks.resolve.extension]\nlimit = "8 working_days"\nmaximum = "same_as_base"\n', "clocks.resolve.extension.limit", "longer than its maximum"),
        (WITHOUT_INSPECTORATE, "ladder[0].remind", "nobody holds this role here"),
        ('[[tiers]]\nname = "sedang"\nresolve = "14 days"\n', "tiers[2]", "never reached: no rule gives it"),
        ('[[rules]]\ntier = "berat"\nwhen = { supervisory = true }\ntext = "lagi"\n', "rules[2]", "decided before it, by rules[0]"),
        ('[[tiers]]\nname = "ringan"\nresolve = "14 days"\n', "tiers[2].name", "another tier has this name"),
        ('[[ladder]]\nclock = "resolve"\nat = "+1 working_days"\nremind = ["superior"]\n', "ladder[1]", "another step stands at"),
        ('[refusals.x]\ntitle = { id = "X", en = "X" }\nacts = ["close"]\n', "refusals.x.acts[0]", "reject or archive"),
        ('[facts.wet]\ntitle = { id = "Basah", en = "Wet" }\nvalues = ["a", "a"]\n', "facts.wet.values", "stands there twice"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_told(more: str, key: str, told: str) -> None:
    found = [fault for fault in check(more=more) if fault.key == key and told in fault.problem]
    assert found, "\n".join(map(str, check(more=more)))


@pytest.mark.parametrize(
    "more", ['limit = "2 days"', 'limit = "1 hour"', 'limit = "1 day"\nafter_hours = "next_working_day"']
)
def test_a_first_day_that_counts_and_ends_at_closing_is_taken_where_nothing_can_be_late_as_it_comes(more: str) -> None:
    clock = f'[clocks.a]\ntitle = {{ id = "A", en = "A" }}\nfirst_day = "included"\nends = "closing"\n{more}\n'
    assert not [fault for fault in check(more=clock) if fault.key == "clocks.a.after_hours"]


def test_facts_that_no_rule_covers_are_told() -> None:
    faults = check(
        ("when = { supervisory = false }", 'when = { supervisory = false, kind = ["complaint", "aspiration"] }')
    )
    assert [(fault.key, fault.problem) for fault in faults] == [
        ("rules", 'no rule covers supervisory = false, kind = "appreciation"'),
        ("rules", 'no rule covers supervisory = false, kind = "information_request"'),
    ]


def test_a_name_that_is_no_word_of_the_format_is_told_once() -> None:
    fault = only(check(more='[kinds.aduan]\nid = "Pengaduan"\nen = "Complaint"\n'))
    assert (fault.key, fault.line) == ("kinds.aduan", 48)
    assert 'did you mean "complaint"?' in fault.problem


def test_a_role_that_only_the_office_has_is_held() -> None:
    own = ('name = "Dinas Contoh"', 'name = "Dinas Contoh"\nroles = ["inspectorate"]')
    assert check(own, more=WITHOUT_INSPECTORATE) == ()


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    faults = check(
        ('confidence = "sourced"', 'confidence = "yakin"'),
        ("pengaduan@example.id", "pengaduan"),
        ('resolve = "7 working_days"', 'resolve = "7 hari kerja"'),
        ('tier = "berat"\nwhen', 'tingkat = "berat"\nwhen'),
        ('remind = ["inspectorate"]', 'ingatkan = ["inspektorat"]'),
        more='[[tiers]]\nname = "sedang"\nresolve = "14 days"\n',
    )
    assert [(fault.line, fault.key) for fault in faults] == [
        (4, "confidence"),
        (10, "office.email"),
        (15, "tiers[0].resolve"),
        (22, "rules[0].tingkat"),
        (40, "ladder[0].ingatkan"),
        (40, "ladder[0].ingatkan[0]"),
        (48, "tiers[2]"),
    ]


def test_several_faults_of_one_part_are_told_and_what_follows_from_a_slip_is_not() -> None:
    kinds = 'kind = ["aduan", "aspiration", "information_request", "appreciation"]'
    faults = check(
        ('tier = "berat"\n', 'tier = "berad"\n'),
        ("when = { supervisory = true }", f"when = {{ supervisory = true, {kinds} }}"),
        ('clock = "resolve"', 'clock = "resolv"'),
        ('remind = ["inspectorate"]', 'remind = ["inspectorate", "bos"]'),
        ('show_reporter = ["ombudsman"]', 'show_reporter = ["ombudsmen"]'),
    )
    assert [(fault.line, fault.key) for fault in faults] == [
        (22, "rules[0].tier"),
        (23, "rules[0].when.kind"),
        (38, "ladder[0].clock"),
        (40, "ladder[0].remind[1]"),
        (42, "ladder[0].show_reporter"),
    ]


def test_a_missing_part_is_told_once_and_nothing_is_guessed_about_what_refers_to_it() -> None:
    text = re.sub(r"\[\[rules\]\][^\[]*", "", SMALL)
    assert [(fault.key, fault.problem) for fault in check_policy(text)] == [("rules", "is required and missing")]


def test_a_file_that_is_no_toml_is_told_as_such() -> None:
    assert "not valid TOML" in only(check_policy("id = ", "rusak.toml")).problem


@pytest.mark.parametrize(
    "text", ["", "[[rules]]", "tiers = 1", "rules = [1]", "clocks = []", "[office]", 'tiers = ["x"]']
)
def test_whatever_stands_in_a_file_is_told_and_nothing_breaks(text: str) -> None:
    assert check_policy(text)


def refusal(text: str) -> tuple[Fault, ...]:
    try:
        load_policy(text)
    except DocumentFaults as error:
        return error.faults
    return ()


@given(data=st.data(), name=st.sampled_from(sorted(FILES)))
def test_a_file_with_a_line_lost_or_twice_is_loaded_or_refused_as_the_check_says(
    data: st.DataObject, name: str
) -> None:
    lines = FILES[name].splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    text = "\n".join(lines[:place] + data.draw(st.sampled_from([[], [lines[place]] * 2])) + lines[place + 1 :])
    faults = check_policy(text)
    told = {(fault.line, fault.key) for fault in faults}
    refused = refusal(text)
    assert {(fault.line, fault.key) for fault in refused if "required and missing" not in fault.problem} <= told
    assert bool(faults) >= bool(refused)
    assert all(fault.line is None or 1 <= fault.line <= text.count("\n") + 1 for fault in faults)


@given(data=st.data(), name=st.sampled_from(sorted(FILES)))
def test_a_misspelt_key_is_told_with_the_key_that_was_meant(data: st.DataObject, name: str) -> None:
    lines = FILES[name].splitlines()
    keyed = [place for place, line in enumerate(lines) if re.match(r"^[a-z_]{4,} = ", line)]
    place = data.draw(st.sampled_from(keyed))
    key = lines[place].split(" ")[0]
    lines[place] = key[:-1] + "qx" + lines[place][len(key) :]
    text = "\n".join(lines)
    tomllib.loads(text)
    told = [
        fault
        for fault in check_policy(text)
        if fault.line == place + 1 and fault.problem.startswith(("unknown key", f'"{key[:-1]}qx": not'))
    ]
    assert any(f'did you mean "{key}"' in fault.problem or f"{key}," in fault.problem for fault in told)


@pytest.mark.parametrize(
    ("word", "allowed", "found"),
    [
        ("aduan", ["appreciation", "complaint"], "complaint"),
        ("Pengaduan", ["complaint"], "complaint"),
        ("Permintaan Informasi", ["information_request"], "information_request"),
        ("tingkat", ["tier", "when"], "tier"),
        ("tingkat", ["tiers", "rules"], "tiers"),
        ("no-sk", ["decree"], "decree"),
        ("aduan", ["tiers"], None),
        ("entah", ["complaint"], None),
    ],
)
def test_an_indonesian_word_leads_to_what_is_allowed_there(word: str, allowed: list[str], found: str | None) -> None:
    assert meant(word, allowed) == found


def test_a_problem_that_no_word_explains_stays_as_it_is() -> None:
    assert hinted("key", "is required and missing") == "is required and missing"
    problem = '"14 minggu": not a limit; write a whole number'
    assert hinted("resolve", problem) == problem


def test_a_policy_that_is_refused_when_it_is_loaded_says_what_was_meant_too() -> None:
    text = SMALL.replace("supervisory = true", 'supervisory = true, kind = "aduan"')
    with pytest.raises(DocumentFaults, match='did you mean "complaint"'):
        load_policy(text)
    assert read_document(SMALL, "x").data["id"] == "contoh"
