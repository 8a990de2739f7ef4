"""Strangers' plug-ins: a module and a ``.dist-info`` folder in a folder of ``sys.path``, as an installer would leave them."""

import importlib
import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lapor_core.plugins import PluginHost, PluginStatus

BYSTANDER = """
import attrs
from lapor_core.complaint import Proof
from lapor_core.plugins import hookimpl

@attrs.frozen
class Kiosk:
    key: str = "bystander"
    proofs: frozenset = frozenset({Proof.IDENTITY_COPY})

@hookimpl
def lapor_register_channels():
    yield Kiosk()
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Leave a plug-in in this environment: ``install("kiosk", source)``; what it imported is forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def install(
        key: str,
        source: str,
        *,
        distribution: str = "",
        version: str = "0.2",
        module: str = "",
        extras: str = "",
        metadata: str = "",
    ) -> None:
        distribution = distribution or f"lapor-{key}"
        module = module or distribution.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
        info = tmp_path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        text = f"Metadata-Version: 2.4\nName: {distribution}\nVersion: {version}\n{metadata}"
        (info / "METADATA").write_text(text, encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[lapor]\n{key} = {module} {extras}\n", encoding="utf-8")
        importlib.invalidate_caches()

    yield install
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


@pytest.fixture
def strangers() -> Callable[..., PluginHost]:
    """Return a host that looks at strangers' plug-ins only: what this library itself ships is not what is tested here."""

    def host(**options: object) -> PluginHost:
        points = importlib.metadata.entry_points(group="lapor")
        return PluginHost([point for point in points if point.dist.name != "lapor"], **options)

    return host


@pytest.fixture
def status(strangers: Callable[..., PluginHost]) -> Callable[[str], PluginStatus]:
    """Return what became of one plug-in, having seen that it did not harm the sound plug-in beside it."""

    def status(key: str, **options: object) -> PluginStatus:
        host = strangers(**options)
        assert "bystander" in [channel.key for channel in host.channels()]
        return next(each for each in host.report() if each.key == key)

    return status


@pytest.fixture(autouse=True)
def bystander(install: Install) -> None:
    install("bystander", BYSTANDER)
