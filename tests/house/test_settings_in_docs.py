"""What the documentation writes into ``lapor.toml`` is understood: every key of every plug-in, with its values."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lapor_desk.config import load_config
from lapor_desk.plugging import plugin_host

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = re.compile(
    r"^\[plugins\.(?:app|email|outbox|sms|walk_in|web)\]$|^\[\[agencies\]\]$|^outbox = |^\[s3\]$", re.MULTILINE
)
SECRETS = {"LAPOR_SMS_SECRET": "x", "LAPOR_EMAIL_PASSWORD": "x", "LAPOR_S3_KEY_ID": "x", "LAPOR_S3_SECRET": "x"}
ELSEWHERE = re.compile(r"/var/lib/lapor|/etc/lapor")


def settings() -> Iterator[tuple[str, str]]:
    for page in sorted(DOCS.rglob("*.md")):
        blocks = [block for block in BLOCK.findall(page.read_text(encoding="utf-8")) if OURS.search(block)]
        yield from ((f"{page.stem}-{number}", block) for number, block in enumerate(blocks, 1))


@pytest.mark.parametrize("written", [pytest.param(block, id=name) for name, block in settings()])
def test_what_a_page_writes_into_the_configuration_is_understood(written: str, tmp_path: Path) -> None:
    for name in ("mail-password", "email-password", "kannel-password"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "keputusan-tambahan.toml").touch()
    (tmp_path / "outbox").mkdir()
    file = tmp_path / "lapor.toml"
    file.write_text(ELSEWHERE.sub(tmp_path.as_posix(), written), encoding="utf-8")
    config = load_config(file, SECRETS)
    report = {status.key: status for status in plugin_host(config).report()}
    assert [report[key].reason for key in config.plugins if not report[key].enabled] == []


def test_every_page_about_a_plug_in_is_among_them() -> None:
    pages = {name.rpartition("-")[0] for name, _ in settings()}
    channels = {"app-api", "notices", "sms-channel", "walk-in-channel", "web-channel"}
    assert channels | {"configuration", "serve"} <= pages
