"""The host: what it finds, what it leaves out and why, and that nothing is imported before it is asked for."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import attrs
import pytest

from lapor_core.plugins import Channel, Notifier, PluginHost, PluginStatus

KIOSK = """
import attrs
from lapor_core.plugins import hookimpl

@attrs.frozen
class Kiosk:
    key: str = "kiosk"
    proofs: frozenset = frozenset()

@hookimpl
def lapor_register_channels():
    yield Kiosk()
"""

PAGER = """
import attrs
from lapor_core.plugins import Delivered, hookimpl

@attrs.frozen
class Pager:
    key: str = "pager"
    media: frozenset = frozenset({"sms"})

    def send(self, message, now):
        return Delivered()

@hookimpl
def lapor_register_notifiers():
    return [Pager()]
"""


def test_what_plugins_bring_keeps_the_contracts(install: Callable[..., None], strangers: Callable[..., PluginHost]):
    install("pager", PAGER)
    host = strangers()
    (channel,) = host.channels()
    (notifier,) = host.notifiers()
    assert isinstance(channel, Channel)
    assert isinstance(notifier, Notifier)
    assert (channel.key, notifier.key) == ("bystander", "pager")


def test_a_sound_plugin_is_reported_with_its_distribution(
    install: Callable[..., None], strangers: Callable[..., PluginHost]
):
    install("pager", PAGER + KIOSK.replace("kiosk", "pager"), version="1.4.2")
    pager = PluginStatus(
        key="pager",
        kind="channel, notifier",
        distribution="lapor-pager",
        version="1.4.2",
        hooks=("lapor_register_channels", "lapor_register_notifiers"),
        enabled=True,
    )
    assert pager in strangers().report()
    assert list(json.loads(json.dumps(attrs.asdict(pager)))) == (
        ["key", "kind", "distribution", "version", "hooks", "enabled", "reason", "remedy", "code", "closed"]
    )


def test_nothing_is_imported_before_it_is_asked_for(install: Callable[..., None], strangers: Callable[..., PluginHost]):
    install("kiosk", KIOSK)
    host = strangers()
    assert host.keys == ("bystander", "kiosk")
    assert "lapor_kiosk" not in sys.modules
    host.channels()
    assert "lapor_kiosk" in sys.modules


def test_a_plugin_is_called_once(install: Callable[..., None], strangers: Callable[..., PluginHost]):
    install("kiosk", "calls = []\n" + KIOSK.replace("    yield", "    calls.append(1)\n    yield"))
    host = strangers()
    assert host.channels() == host.channels()
    host.report()
    import lapor_kiosk

    assert lapor_kiosk.calls == [1]


@pytest.mark.parametrize("options", [{"block": ["kiosk"]}, {"allow": ["bystander"]}], ids=["blocked", "not allowed"])
def test_what_may_not_run_is_not_imported(
    install: Callable[..., None], status: Callable[..., PluginStatus], options: dict[str, list[str]]
):
    install("kiosk", KIOSK)
    kiosk = status("kiosk", **options)
    assert not kiosk.enabled
    assert kiosk.remedy
    assert "lapor_kiosk" not in sys.modules


def test_block_outweighs_allow(install: Callable[..., None], strangers: Callable[..., PluginHost]):
    install("kiosk", KIOSK)
    host = strangers(allow=["kiosk", "bystander"], block=["kiosk"])
    assert [channel.key for channel in host.channels()] == ["bystander"]
    assert host.report()[1].reason == "plug-in 'kiosk' (lapor-kiosk 0.2): is blocked"


def test_what_is_allowed_and_not_there_is_told(strangers: Callable[..., PluginHost]):
    unknown = strangers(allow=["bystander", "bystandr"]).report()[1]
    assert unknown.reason == '"bystandr" is allowed and not installed; did you mean "bystander"? (bystander)'


def test_two_plugins_of_one_key_name_each_other_and_neither_is_imported(
    install: Callable[..., None], status: Callable[..., PluginStatus]
):
    install("kiosk", KIOSK)
    install("kiosk", KIOSK, distribution="other-kiosk", version="3.0")
    kiosk = status("kiosk")
    assert kiosk.reason == (
        "plug-in 'kiosk' (lapor-kiosk 0.2): the key \"kiosk\" is claimed more than once, "
        "by plug-in 'kiosk' (lapor-kiosk 0.2) and plug-in 'kiosk' (other-kiosk 3.0)"
    )
    assert kiosk.remedy == "uninstall one of them"
    assert not {"lapor_kiosk", "other_kiosk"} & set(sys.modules)


def test_a_stranger_of_the_key_of_a_shipped_plugin_takes_no_door_away(install: Callable[..., None]):
    install("web", "raise AssertionError", distribution="lapor-stranger")
    ours, stranger = (each for each in PluginHost().report() if each.key == "web")
    assert ours.distribution == "lapor"
    assert ours.code != "duplicate_key"
    assert stranger.code == "duplicate_key"
    assert "lapor_stranger" not in sys.modules


def policies(*versions: str) -> str:
    made = ", ".join(f"attrs.evolve(shipped_policy('banjarbaru'), id='kota', version={each!r})" for each in versions)
    return (
        "import attrs\nfrom lapor_core.plugins import hookimpl\nfrom lapor_core.policy.loading import shipped_policy\n"
        f"@hookimpl\ndef lapor_register_policies(): return [{made}]"
    )


def test_a_plugin_brings_several_versions_of_its_standard_and_nobody_else_another_one(
    install: Callable[..., None], strangers: Callable[..., PluginHost]
):
    install("region", policies("1", "2"))
    assert [policy.reference for policy in strangers().policies()] == ["kota@1", "kota@2"]
    install("other", policies("3"))
    host = strangers()
    assert host.policies() == ()
    assert all(
        'the policy "kota" is claimed more than once' in each.reason
        for each in host.report()
        if each.key != "bystander"
    )


def test_two_channels_of_one_key_name_each_other(install: Callable[..., None], status: Callable[..., PluginStatus]):
    for name in ("one", "two"):
        install(name, KIOSK)
    for name in ("one", "two"):
        assert status(name).reason == (
            f"plug-in '{name}' (lapor-{name} 0.2): the channel \"kiosk\" is claimed more than once, "
            "by plug-in 'one' (lapor-one 0.2) and plug-in 'two' (lapor-two 0.2)"
        )


def test_nobody_takes_the_door_of_another_away(install: Callable[..., None], strangers: Callable[..., PluginHost]):
    install("intruder", KIOSK)
    install("kiosk", KIOSK)
    host = strangers()
    assert [channel.key for channel in host.channels()] == ["bystander", "kiosk"]
    assert [each.enabled for each in host.report()] == [True, False, True]


def test_a_plugin_that_claims_a_key_twice_is_left_out(
    install: Callable[..., None], status: Callable[..., PluginStatus]
):
    install("kiosk", KIOSK + "    yield Kiosk()\n")
    assert "the channel \"kiosk\" is claimed more than once, by plug-in 'kiosk'" in status("kiosk").reason


def test_a_channel_and_a_notifier_may_share_a_key(install: Callable[..., None], status: Callable[..., PluginStatus]):
    install("kiosk", KIOSK + PAGER.replace("pager", "kiosk"))
    assert status("kiosk").enabled


MISSING = "import no_such_module_of_anybody\n"
EXTRA = "Requires-Dist: no-such-distribution-of-anybody>=2; extra == 'printer'\nProvides-Extra: printer\n"


DECLARED = {
    "declared by the entry point": ("kiosk", "printer", "[printer]"),
    "of the plug-in's own name": ("printer", "printer", ""),
    "spelled another way": ("walk_in", "walk-in", ""),
}


@pytest.mark.parametrize("declared", DECLARED.values(), ids=DECLARED)
@pytest.mark.parametrize(
    "source", [MISSING + KIOSK, KIOSK.replace("yield", MISSING + "    yield")], ids=["import", "call"]
)
def test_a_missing_extra_is_told_with_the_line_that_mends_it(
    install: Callable[..., None], status: Callable[..., PluginStatus], source: str, declared: tuple[str, str, str]
) -> None:
    key, extra, brackets = declared
    metadata = EXTRA.replace("printer", extra)
    install(key, source, distribution="lapor-kiosk", extras=brackets, metadata=metadata)
    kiosk = status(key)
    assert kiosk.remedy == f'pip install "lapor-kiosk[{extra}]"'
    assert kiosk.reason == (
        f"plug-in '{key}' (lapor-kiosk 0.2): the extra \"{extra}\" is not installed "
        f"(No module named 'no_such_module_of_anybody'); {kiosk.remedy}"
    )


@pytest.mark.parametrize(
    ("source", "metadata"),
    [
        pytest.param(MISSING, EXTRA.replace("no-such-distribution-of-anybody", "attrs"), id="extra is installed"),
        pytest.param("import lapor_kiosk.printing", EXTRA, id="module of its own"),
        pytest.param(MISSING, "", id="no extra"),
    ],
)
def test_a_module_that_no_extra_brings_is_an_import_error(
    install: Callable[..., None], status: Callable[..., PluginStatus], source: str, metadata: str
):
    install("kiosk", source, extras="[printer]", metadata=metadata)
    assert "importing lapor_kiosk raised ModuleNotFoundError" in status("kiosk").reason


def test_an_entry_point_of_no_distribution_has_a_name_all_the_same(install: Callable[..., None]):
    install("kiosk", "raise OSError('off')", distribution="lapor-kiosk")
    (kiosk,) = PluginHost([EntryPoint("kiosk", "lapor_kiosk", "lapor")]).report()
    assert kiosk.reason == "plug-in 'kiosk': importing lapor_kiosk raised OSError: off"
    assert (kiosk.distribution, kiosk.version) == ("", "")


def test_an_object_may_be_a_plugin(install: Callable[..., None], status: Callable[..., PluginStatus], tmp_path: Path):
    source = KIOSK.split("@hookimpl", maxsplit=1)[0]
    source += "class Plugin:\n    @hookimpl\n    def lapor_register_channels(self):\n        return [Kiosk()]\nplugin = Plugin()\n"
    install("kiosk", source)
    entry_points = tmp_path / "lapor_kiosk-0.2.dist-info" / "entry_points.txt"
    entry_points.write_text("[lapor]\nkiosk = lapor_kiosk:plugin\n", encoding="utf-8")
    assert status("kiosk").enabled


def test_the_host_imports_no_plugin_to_be_imported_itself():
    code = "import sys, lapor_core.plugins; print('lapor_channels' in sys.modules, 'hypothesis' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]
