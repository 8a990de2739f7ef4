"""``lapor policy`` and ``lapor classify`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lapor_core.policy import Unit
from lapor_core.policy.loading import shipped_policies, shipped_policy
from lapor_desk.cli import main

DATA = Path(str(__import__("lapor_core.policy", fromlist=["x"]).__path__[0]), "data")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*argv: str) -> tuple[int, str, str]:
        status = main(argv)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def answer(run: Any, *argv: str) -> Any:
    status, out, err = run(*argv)
    assert (status, err) == (0, "")
    return json.loads(out)


def test_the_list_names_every_shipped_policy_with_how_sure_it_is(run: Any) -> None:
    rows = answer(run, "policy", "list", "--json")
    assert [row["id"] for row in rows] == list(shipped_policies())
    for row in rows:
        policy = shipped_policy(row["id"])
        assert (row["title"], row["version"]) == (policy.title, policy.version)
        assert row["confidence"] == policy.confidence.value
        assert row["source"]
    assert all(row["id"] in run("policy", "list")[1] for row in rows)


def test_the_list_can_be_asked_for_a_day(run: Any) -> None:
    assert len(answer(run, "policy", "list", "--on", "2026-03-13", "--json")) == len(shipped_policies())
    assert run("policy", "list", "--on", "kemarin")[0] == 2


@pytest.mark.parametrize("name", shipped_policies())
def test_every_shipped_policy_is_shown_and_checked(run: Any, name: str) -> None:
    status, out, _ = run("policy", "show", name)
    assert status == 0
    assert all(rule.text in out for rule in shipped_policy(name).rules)
    status, out, err = run("policy", "check", str(DATA / f"{name}.toml"))
    assert (status, err) == (0, "")
    assert "no fault" in out
    assert answer(run, "policy", "check", "--json", str(DATA / f"{name}.toml")) == []


def test_what_is_not_stated_is_shown_as_such(run: Any) -> None:
    out = run("policy", "show", "banjarbaru")[1]
    assert "Nomor SK: tidak disebutkan" in out
    assert "Waktu penyelesaian: tidak disebutkan" in out
    assert "SMS ke 1708 dikenai tarif operator" in out


def test_what_is_counted_is_shown_in_words(run: Any, tmp_path: Path) -> None:
    out = run("policy", "show", "malinau")[1]
    assert "dapat diperpanjang 1 x 7 hari kerja" in out
    assert "resolve 10 hari kerja" in out
    assert "Tenggat tahap 2, sejak laporan dibuka kembali, 20 hari kerja" in run("policy", "show", "lgsco")[1]
    assert not [unit for unit in Unit if f" {unit}" in out]
    shown = run("policy", "show", "bea-cukai")[1]
    assert "sejak laporan diterima, 5 hari kerja; ditepati kantor" in shown
    assert "sejak pelapor ditanya, 14 hari; ditepati pelapor" in shown
    text = (DATA / "malinau.toml").read_text("utf-8")
    file = tmp_path / "malinau.toml"
    file.write_text(
        text.replace('starts = "received"', 'starts = "received"\nrestart_on_return = "new_agency"'), "utf-8"
    )
    assert (
        "dihitung ulang bila laporan dikembalikan dan instansi lain yang menanganinya"
        in run("policy", "show", str(file))[1]
    )


def test_the_check_tells_every_fault_with_its_line_and_exits_with_2(run: Any, tmp_path: Path) -> None:
    text = (DATA / "banjarbaru.toml").read_text("utf-8")
    file = tmp_path / "rusak.toml"
    file.write_text(text.replace('tier = "sedang"', 'tier = "sedag"').replace('"137"', '"x"'), "utf-8")
    status, out, err = run("policy", "check", str(file))
    assert (status, out) == (2, "")
    lines = err.splitlines()
    assert len(lines) == 2  # one for each slip: that no rule gives "sedang" only follows from the first
    assert all(line.startswith("rusak.toml:") for line in lines)
    assert any('rules[4].tier: "sedag": not a tier; did you mean "sedang"?' in line for line in lines)
    status, out, _ = run("policy", "check", "--json", str(file))
    assert status == 2
    assert {fault["key"] for fault in json.loads(out)} >= {"rules[4].tier", "contacts.ombudsman.telephone"}


def test_a_file_that_is_not_there_is_refused(run: Any) -> None:
    assert run("policy", "check", "tidak-ada.toml")[0] == 2


def test_a_diff_speaks_to_citizens_in_both_languages(run: Any) -> None:
    assert (
        "10 hari kerja menjadi 14 hari kerja. Warga menunggu lebih lama."
        in run("policy", "diff", "malinau", "magetan")[1]
    )
    assert "Citizens wait longer." in run("policy", "diff", "malinau", "magetan", "--lang", "en")[1]
    assert run("policy", "diff", "malinau", "malinau")[1] == "Tidak ada yang berubah bagi warga.\n"
    found = answer(run, "policy", "diff", "malinau", "magetan", "--json")
    assert (found["before"], found["after"]) == ("malinau@1", "magetan@1")
    assert {"code", "path", "id", "en"} == set(found["changes"][0])


@pytest.fixture
def complaints(tmp_path: Path) -> Path:
    file = tmp_path / "laporan.jsonl"
    rows = [
        {"id": "a", "facts": {"kind": "complaint", "supervisory": True}, "received": "2026-03-13T10:00+08:00"},
        {"facts": {"kind": "aspiration"}, "received": "2026-03-13T10:00+08:00"},
        {"facts": {"kind": "complaint"}, "received": "2026-03-13T10:00+08:00"},
    ]
    file.write_text("\n".join([*map(json.dumps, rows), ""]), "utf-8")
    return file


def test_a_dry_run_says_which_tiers_and_deadlines_would_differ(run: Any, complaints: Path) -> None:
    file = str(DATA / "nasional.toml")
    found = answer(run, "policy", "simulate", file, "--complaints", str(complaints), "--json")
    assert {key: found[key] for key in ("in_force", "policy", "complaints", "differ")} == {
        "in_force": "banjarbaru@1",
        "policy": "nasional@1",
        "complaints": 3,
        "differ": 3,
    }
    first = found["outcomes"][0]
    assert (first["id"], first["before"]["tier"], first["after"]["tier"]) == ("a", "berat", "berkadar pengawasan")
    assert first["before"]["due"]["resolve"] == "2026-05-05T23:59:59+08:00"
    assert found["outcomes"][1]["id"] == "2"
    assert found["outcomes"][2]["before"]["needed"] == ["supervisory", "abuse_of_authority", "agencies"]
    assert "3 of 3 complaints would differ" in run("policy", "simulate", file, "--complaints", str(complaints))[1]
    same = answer(run, "policy", "simulate", str(DATA / "banjarbaru.toml"), "--complaints", str(complaints), "--json")
    assert same["differ"] == 0


def test_every_line_that_cannot_be_read_is_told(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "laporan.jsonl"
    lines = (
        "{",
        "[]",
        '{"facts": {}}',
        '{"facts": {"kind": "aduan"}, "received": "2026-03-13T10:00+08:00"}',
        '{"facts": {}, "received": "2026-03-13T10:00"}',
        '{"facts": {}, "received": "2026-03-13T10:00+08:00", "diterima": 1}',
    )
    file.write_text("\n".join(lines), "utf-8")
    status, out, err = run("policy", "simulate", str(DATA / "nasional.toml"), "--complaints", str(file))
    assert (status, out) == (2, "")
    assert [line.split("  ")[0] for line in err.splitlines()] == [f"laporan.jsonl:{number}" for number in range(1, 7)]


def test_the_schema_that_is_printed_is_one_and_says_what_is_required(run: Any) -> None:
    schema = answer(run, "policy", "schema")
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "tiers" in schema["required"]


def test_a_classification_gives_tier_rule_matches_and_legal_basis(run: Any) -> None:
    facts = '{"kind": "complaint", "supervisory": false, "abuse_of_authority": false, "agencies": 2}'
    found = answer(run, "classify", "--facts", facts, "--json")
    assert (found["tier"], found["needed"]) == ("berat", [])
    assert "lintas sektoral" in found["rule"]
    assert found["matched"] == [found["rule"]]
    assert found["legal_basis"].endswith(found["rule"])


def test_facts_that_are_needed_are_an_answer(run: Any) -> None:
    found = answer(run, "classify", "--facts", '{"kind": "complaint", "supervisory": false}', "--json")
    assert found["tier"] is None
    assert [each["fact"] for each in found["needed"]] == ["abuse_of_authority", "agencies"]
    assert found["needed"][0]["title"] == "Ada indikasi penyalahgunaan wewenang"
    status, out, _ = run("classify", "--facts", '{"kind": "complaint"}', "--lang", "en")
    assert status == 0
    assert "supervisory: Of supervisory grade (false = no, true = yes)" in out


def test_a_policys_own_facts_are_given_beside_the_others(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "fakta.json"
    file.write_text('{"supervisory": false, "nature": "light"}', "utf-8")
    assert answer(run, "classify", "--policy", "kalbar", "--facts", str(file), "--json")["tier"] == "ringan"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ('{"kindd": "complaint"}', 'did you mean "kind"?'),
        ('{"kind": "aduan"}', "kind"),
        ('{"kind": "complaint", "kind": "aspiration"}', "given twice"),
        ("[1]", "one JSON object"),
        ('{"agencies": 0}', "at least one agency"),
        ('{"agencies": true}', "agencies"),
    ],
)
def test_facts_that_cannot_be_are_refused(run: Any, facts: str, told: str) -> None:
    status, out, err = run("classify", "--facts", facts)
    assert (status, out) == (2, "")
    assert told in err
