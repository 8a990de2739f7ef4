"""``lapor plugins``: the table, the JSON, and the beginning of a new one."""

from __future__ import annotations

import importlib
import json
from importlib import resources
from pathlib import Path

import pytest

from lapor_desk.cli import main

FIELDS = ["key", "kind", "distribution", "version", "hooks", "enabled", "reason", "remedy", "closed"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAPOR_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def printer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's plug-in whose extra is missing."""
    packages = tmp_path / "packages"
    info = packages / "lapor_printer-0.2.dist-info"
    info.mkdir(parents=True)
    source = "print('MARKER-PRINTED')\nimport no_such_module_of_anybody"
    (packages / "lapor_printer.py").write_text(source, encoding="utf-8")
    needs = "Requires-Dist: no-such-distribution-of-anybody; extra == 'printer'\nProvides-Extra: printer\n"
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: lapor-printer\nVersion: 0.2\n{needs}", "utf-8")
    (info / "entry_points.txt").write_text("[lapor]\nprinter = lapor_printer\n", encoding="utf-8")
    monkeypatch.syspath_prepend(packages)
    importlib.invalidate_caches()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["plugins", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("printer")
def test_the_table_says_what_is_on_and_what_mends_what_is_off(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys).splitlines()
    assert lines[0].split() == ["plug-in", "brings", "from", "state"]
    sms = next(line for line in lines if line.startswith("sms"))
    assert sms.split()[1:3] == ["channel,", "notifier"]
    assert sms.endswith("  on")
    at = next(number for number, line in enumerate(lines) if line.startswith("printer"))
    assert lines[at].endswith("  off")
    assert lines[at + 1].endswith('; pip install "lapor-printer[printer]"')
    assert not lines[at + 2].startswith("    ")  # the remedy stands in the reason, and is not said twice


def test_what_nobody_has_set_up_is_no_fault_until_its_section_is_there(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    def email() -> list[str]:
        lines = run(capsys).splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith("email"))
        return lines[at : at + 3]

    line, reason, remedy = email()
    assert line.endswith("  not set up")
    assert "plugins.email.host: is required" in reason
    assert remedy == "    -> write [plugins.email] in lapor.toml, if it is wanted"
    (elsewhere / "lapor.toml").write_text('[plugins.email]\nhost = "mail.example.id"\n', "utf-8")
    line, reason, remedy = email()
    assert line.endswith("  off")
    assert "plugins.email.from_address: is required" in reason
    assert remedy == "    -> correct [plugins.email] in the configuration"


@pytest.mark.usefixtures("printer")
def test_json_is_a_list_with_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(run(capsys, "--json"))
    assert all(list(each) == FIELDS for each in report)
    by_key = {each["key"]: each for each in report}
    assert by_key["web"] == {
        "key": "web",
        "kind": "channel",
        "distribution": "lapor",
        "version": by_key["web"]["version"],
        "hooks": ["lapor_register_channels"],
        "enabled": True,
        "reason": "",
        "remedy": "",
        "closed": [],
    }
    assert by_key["printer"]["remedy"] == 'pip install "lapor-printer[printer]"'
    assert not by_key["printer"]["enabled"]


def test_the_configuration_counts(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    (elsewhere / "lapor.toml").write_text('block_plugins = ["sms"]\n[plugins.wbe]\nx = 1\n', "utf-8")
    shown = run(capsys)
    assert "plug-in 'sms' (lapor " in shown
    assert '-> take "sms" off the list of blocked plug-ins' in shown
    assert 'lapor.toml:2  plugins.wbe: "wbe": not a plug-in; did you mean "web"?' in shown
    assert not list(elsewhere.glob("*outbox*")), "looking makes no folder"


def test_a_channel_that_stays_closed_is_told(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    policy = (resources.files("lapor_core.policy") / "data" / "banjarbaru.toml").read_text("utf-8")
    policy = policy.replace('id = "banjarbaru"', 'id = "kota-contoh"').replace("[channels.sms", "[channels.telegram")
    (elsewhere / "kota.toml").write_text(policy, "utf-8")
    (elsewhere / "lapor.toml").write_text('policy = "kota.toml"\n', "utf-8")
    lines = run(capsys).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("sms"))
    assert lines[at].endswith("  on")  # its notifier is
    assert 'its channel "sms" stays closed: policy kota-contoh@1 has no requirements for it' in lines[at + 1]
    assert lines[at + 2].startswith("    -> give the policy a row [channels.sms] or [channels.other]")


def test_a_new_plugin_is_written_and_nothing_is_overwritten(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    shown = run(capsys, "new", "channel", "kios_baru")
    assert str(Path("lapor-kios-baru", "src", "lapor_kios_baru", "__init__.py")) in shown
    assert (elsewhere / "lapor-kios-baru" / "tests" / "test_kios_baru.py").is_file()
    assert main(["plugins", "new", "channel", "kios_baru"]) == 2
    assert "lapor-kios-baru: is there already, and not an empty folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("channel", "sms"), '"sms": a plug-in of this key is installed already; choose another one'),
        (("channel", "Walk-In"), '"Walk-In": a key has at most 64 lower-case letters, digits and _'),
        (("chanel", "kiosk"), '"chanel": nothing that can be begun; did you mean "channel"?'),
    ],
)
def test_a_plugin_that_cannot_be_begun_is_refused(
    capsys: pytest.CaptureFixture[str], elsewhere: Path, arguments: tuple[str, str], message: str
) -> None:
    assert main(["plugins", "new", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not list(elsewhere.iterdir())
