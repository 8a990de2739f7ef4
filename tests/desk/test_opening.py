"""A channel that cannot be opened stays closed and is named with its remedy; it shuts nobody else's door."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from types import ModuleType, SimpleNamespace

import attrs
import pytest

from lapor_core import load_standard
from lapor_core.complaint import Proof
from lapor_core.plugins import Delivered, PluginHost, hookimpl
from lapor_core.policy import Policy
from lapor_desk.opening import open_channels

POLICY = load_standard("banjarbaru").policy
OPEN = attrs.evolve(POLICY, channels={**POLICY.channels, "other": POLICY.channels["web"]})


@attrs.frozen(kw_only=True)
class Door:
    key: str
    proofs: frozenset[Proof] = frozenset()


@attrs.frozen(kw_only=True)
class Page(Door):
    path: str

    def app(self, desk: object) -> object:
        return desk


class Pager:
    key = "kiosk"
    media = frozenset({"merpati"})

    def send(self, message: object, now: object) -> Delivered:
        return Delivered()


Host = Callable[..., PluginHost]


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    """Return a host of plug-ins, each with its channels, as ``"web (lapor 1.0)"`` or only its key."""

    def made(hooks: dict[str, Callable[[], object]], name: str) -> EntryPoint:
        key, _, by = name.partition(" (")
        module = ModuleType(f"contoh_{key}")
        for hook, function in hooks.items():
            setattr(module, hook, hookimpl(function, specname=hook))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        point = EntryPoint(key, module.__name__, "lapor")
        distribution, version = (by.rstrip(")") or f"lapor-{key} 0.2").split()
        vars(point)["dist"] = SimpleNamespace(metadata={"Name": distribution, "Version": version})
        return point

    def build(plugins: dict[str, tuple[Door, ...]], **hooks: Callable[[], object]) -> PluginHost:
        return PluginHost(
            [made({"lapor_register_channels": lambda own=own: own, **hooks}, name) for name, own in plugins.items()]
        )

    return build


def opened(host: PluginHost, policy: Policy = OPEN) -> list[str]:
    return [channel.key for channel in open_channels(host, policy)]


def test_a_channel_the_standard_has_no_row_for_stays_closed_and_the_others_open(host: Host) -> None:
    plugins = host({"kiosk": (Door(key="kiosk"),), "web": (Door(key="web"),)})
    assert opened(plugins, POLICY) == ["web"]
    kiosk, web = plugins.report()
    assert web.enabled
    assert not web.reason
    assert (kiosk.enabled, kiosk.code, kiosk.closed) == (False, "channel_without_requirements", ("kiosk",))
    assert kiosk.reason == (
        "plug-in 'kiosk' (lapor-kiosk 0.2): its channel \"kiosk\" stays closed: policy banjarbaru@1 has no requirements "
        "for it; it has them for web, app, sms, walk_in"
    )
    assert "[channels.kiosk] or [channels.other]" in kiosk.remedy


def test_what_else_its_plugin_brings_stays_in_use(host: Host) -> None:
    plugins = host({"kiosk": (Door(key="kiosk"), Door(key="web"))}, lapor_register_notifiers=lambda: [Pager()])
    assert opened(plugins, POLICY) == ["web"]
    assert [one.key for one in plugins.notifiers()] == ["kiosk"]
    (status,) = plugins.report()
    assert (status.enabled, status.closed) == (True, ("kiosk",))
    assert 'its channel "kiosk" stays closed' in status.reason


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        ("/", "path_taken", 'it asks for the path "/", which belongs to the channel "web"'),
        ("/app", "path_taken", 'it asks for the path "/app", which belongs to the channel "app"'),
        ("/officers", "path_taken", "which belongs to the officers' console"),
        ("/health", "path_taken", "which belongs to the health page"),
        ("/a b", "bad_path", 'it asks for the path "/a b"; a path is "/" or like "/app/v1"'),
        ("/a//b", "bad_path", 'a path is "/" or like "/app/v1"'),
    ],
)
def test_a_strangers_channel_takes_no_path_of_ours(host: Host, path: str, code: str, told: str) -> None:
    ours = {"app (lapor 1.0)": (Page(key="app", path="/app"),), "web (lapor 1.0)": (Page(key="web", path="/"),)}
    plugins = host({"aaa": (Page(key="aaa", path=path),), **ours})
    assert opened(plugins) == ["app", "web"]
    closed = plugins.report()[0]
    assert closed.code == code
    assert closed.reason.startswith("plug-in 'aaa' (lapor-aaa 0.2): its channel \"aaa\" stays closed: it asks for ")
    assert told in closed.reason
    assert closed.remedy == 'tell the authors of lapor-aaa; until then, block "aaa"'


def test_of_two_strangers_the_first_by_key_has_the_path(host: Host) -> None:
    plugins = host({"kiosk": (Page(key="kiosk", path="/k"),), "antri": (Page(key="antri", path="/k"),)})
    assert opened(plugins) == ["antri"]
