"""Settings of plug-ins: strictly read, faults by key and line, and no secret ever shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lapor_core.documents import read_document
from lapor_core.plugins import PluginHost, PluginStatus
from lapor_core.testing import example_submission

KIOSK = """
import attrs
from lapor_core.errors import BadValue
from lapor_core.plugins import hookimpl

@attrs.frozen(kw_only=True)
class Printer:
    queue: str = "receipts"
    password: str = attrs.field(default="", repr=False)

@attrs.frozen(kw_only=True)
class Settings:
    port: int = attrs.field(validator=attrs.validators.gt(0))
    token: str = attrs.field(default="", repr=False, validator=attrs.validators.matches_re("(?!bad).*"))
    marked: str = attrs.field(default="", metadata={"lapor_secret": True})
    printers: tuple[Printer, ...] = ()

@attrs.frozen
class Kiosk:
    key = "kiosk"
    proofs = frozenset()
    settings = Settings
    chosen: Settings | None = None

    def configure(self, settings):
        if settings.token == "leak":
            raise BadValue(f"token {settings.token} and {settings.marked} and {settings.printers[0].password}", code="x")
        if settings.token == "crash":
            raise KeyError(settings.marked)
        if settings.token == "nothing":
            return None
        return attrs.evolve(self, chosen=settings)

@hookimpl
def lapor_register_channels():
    return [Kiosk()]
"""
LABEL = "plug-in 'kiosk' (lapor-kiosk 0.2): "


@pytest.fixture(autouse=True)
def kiosk(install: Callable[..., None]):
    install("kiosk", KIOSK)


def test_settings_are_made_into_the_plugins_own_class(strangers: Callable[..., PluginHost]):
    data = {"kiosk": {"port": 9100, "printers": [{"queue": "a"}]}}
    kiosk = strangers(settings=data).channels()[1]
    assert (kiosk.chosen.port, kiosk.chosen.printers[0].queue) == (9100, "a")


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        (None, "plugins.kiosk.port: is required and missing"),
        ({}, "plugins.kiosk.port: is required and missing"),
        ({"port": "9100"}, "plugins.kiosk.port: must be a whole number, not text"),
        ({"port": 9100, "tokn": "s3cret"}, 'plugins.kiosk.tokn: unknown key; did you mean "token"?'),
        (
            {"port": 9100, "printers": [{"queue": 7}]},
            "plugins.kiosk.printers[0].queue: must be text, not a whole number",
        ),
        (7, "plugins.kiosk: must be a table, not int"),
    ],
)
def test_a_fault_in_the_settings_is_named_by_its_key(status: Callable[..., PluginStatus], section: object, fault: str):
    kiosk = status("kiosk", settings={} if section is None else {"kiosk": section})
    assert not kiosk.enabled
    assert kiosk.reason.startswith(LABEL)
    assert fault in kiosk.reason
    assert "s3cret" not in kiosk.reason
    assert kiosk.remedy == "correct [plugins.kiosk] in the configuration"


def test_all_faults_come_at_once(status: Callable[..., PluginStatus]):
    reason = status("kiosk", settings={"kiosk": {"port": "x", "token": 7, "odd": 1}}).reason
    assert "port: must be" in reason
    assert "odd: unknown key" in reason


def test_a_fault_names_its_line(status: Callable[..., PluginStatus]):
    document = read_document('[plugins.kiosk]\ntoken = "t"\nport = "9100"\n', "lapor.toml")
    kiosk = status("kiosk", settings=document.data["plugins"], document=document)
    assert kiosk.reason == LABEL + "lapor.toml:3  plugins.kiosk.port: must be a whole number, not text"


@pytest.mark.parametrize(
    "secret",
    [
        {"token": "leak", "marked": "HUSH", "printers": [{"password": "QUIET"}]},
        {"token": "crash", "marked": "HUSH"},
        {"token": "crash", "marked": "HUSH'\\\"\n"},
        {"token": "bad-HUSH"},  # the validators of attrs repeat what they refuse
    ],
    ids=["own error", "crash", "quotes", "validator"],
)
def test_a_secret_is_never_shown(status: Callable[..., PluginStatus], secret: dict[str, object]):
    kiosk = status("kiosk", settings={"kiosk": {"port": 9100, **secret}})
    assert not kiosk.enabled
    assert "***" in kiosk.reason
    assert "HUSH" not in kiosk.reason
    assert "QUIET" not in kiosk.reason


def test_a_plugin_that_forgets_to_return_itself_is_told(status: Callable[..., PluginStatus]):
    kiosk = status("kiosk", settings={"kiosk": {"port": 9100, "token": "nothing"}})
    assert kiosk.reason == LABEL + "configure() returned no channel: NoneType has no key"


def test_settings_of_a_plugin_that_takes_none_are_a_fault(strangers: Callable[..., PluginHost]):
    document = read_document('[plugins]\n[plugins.bystander]\ncolour = "red"\n', "lapor.toml")
    host = strangers(settings=document.data["plugins"], document=document)
    bystander = host.report()[0]
    assert not bystander.enabled
    assert bystander.reason == (
        "plug-in 'bystander' (lapor-bystander 0.2): lapor.toml:2  plugins.bystander: this plug-in takes no settings"
    )


def test_settings_of_an_unknown_plugin_are_a_fault(strangers: Callable[..., PluginHost]):
    document = read_document('[plugins.kiosk]\nport = 1\n[plugins.kiosc]\nport = "x"\n', "lapor.toml")
    host = strangers(settings=document.data["plugins"], document=document)
    unknown = next(each for each in host.report() if each.key == "kiosc")
    assert unknown.reason == (
        'lapor.toml:3  plugins.kiosc: "kiosc": not a plug-in; did you mean "kiosk"? (bystander, kiosk)'
    )
    assert [channel.key for channel in host.channels()] == ["bystander", "kiosk"]


def test_a_settings_class_that_cannot_be_read_is_the_plugins_fault(
    install: Callable[..., None], status: Callable[..., PluginStatus]
):
    source = KIOSK.replace('queue: str = "receipts"', 'queue: "NoSuchType" = "receipts"').replace("kiosk", "booth")
    install("booth", source)
    booth = status("booth", settings={"booth": {"port": 1, "printers": [{}]}})
    assert not booth.enabled
    assert "booth" in booth.reason


SCREENER = """
import attrs
from lapor_core.plugins import Advice, hookimpl

@attrs.frozen(kw_only=True)
class Settings:
    words: tuple[str, ...] = ()

@attrs.frozen
class Screener:
    settings = Settings
    chosen: Settings | None = None

    def configure(self, settings):
        return attrs.evolve(self, chosen=settings)

    @hookimpl
    def lapor_screen_submission(self, submission):
        return [Advice(text=word) for word in self.chosen.words]

plugin = Screener()
"""


def install_object(install: Callable[..., None], tmp_path: Path, source: str) -> None:
    install("screener", source)
    points = tmp_path / "lapor_screener-0.2.dist-info" / "entry_points.txt"
    points.write_text("[lapor]\nscreener = lapor_screener:plugin\n", encoding="utf-8")


def test_a_plugin_that_is_an_object_takes_settings_itself(
    install: Callable[..., None], strangers: Callable[..., PluginHost], tmp_path: Path
) -> None:
    install_object(install, tmp_path, SCREENER)
    host = strangers(settings={"kiosk": {"port": 1}, "screener": {"words": ["satu", "dua"]}})
    submission = example_submission()
    assert [advice.text for _, advice in host.screen(submission, submission.received_at)] == ["satu", "dua"]


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (SCREENER, 'plugins.screener.wrods: unknown key; did you mean "words"?'),
        (SCREENER.replace("settings = Settings", "settings = dict"), "Screener.settings must be an attrs class"),
        (
            SCREENER.replace("words:", "wrods:").replace("return attrs.evolve(self, chosen=settings)", "pass"),
            "configure() returned no plug-in: it is None",
        ),
    ],
)
def test_settings_of_an_object_are_read_as_strictly(
    install: Callable[..., None],
    status: Callable[..., PluginStatus],
    tmp_path: Path,
    source: str,
    fault: str,
) -> None:
    install_object(install, tmp_path, source)
    assert fault in status("screener", settings={"screener": {"wrods": []}}).reason
