"""A distribution of one's own to begin with: every file of a plug-in that works and is tested. Pure; who asks, writes them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from string import Template

from lapor_core.errors import BadValue, did_you_mean
from lapor_core.plugins.found import KEY, WHAT_A_KEY_IS

__all__ = ["SCAFFOLDS", "distribution"]

SCAFFOLDS = ("channel", "notifier")
"""What can be begun."""

_FILES: Mapping[str, str] = {
    "pyproject.toml": "pyproject.txt",
    "README.md": "readme.txt",
    "src/lapor_$key/__init__.py": "source.txt",
    "src/lapor_$key/py.typed": "",
    "tests/test_$key.py": "tests.txt",
}


def distribution(kind: str, name: str) -> Mapping[str, str]:
    """Return the files of a new distribution, each path below its folder with its text.

    Args:
        kind: ``channel`` or ``notifier``.
        name: The plug-in's key: lower-case letters, digits and ``_``, beginning with a letter.

    Raises:
        BadValue: no such kind (``unknown_kind``), or the name is no key (``bad_key``).
    """
    if kind not in SCAFFOLDS:
        message = f'"{kind}": nothing that can be begun; {did_you_mean(kind, SCAFFOLDS)}'
        raise BadValue(message, code="unknown_kind", allowed=SCAFFOLDS)
    if not KEY.fullmatch(name):
        raise BadValue(
            f'"{name}": a key has {WHAT_A_KEY_IS}, such as kiosk or walk_in',
            code="bad_key",
        )
    title = "".join(part.capitalize() for part in name.split("_"))
    values = {"key": name, "Class": title, "dist": f"lapor-{name.replace('_', '-')}", "kind": kind}
    return {
        Template(path).substitute(values): Template(_text(kind, file)).substitute(values) if file else ""
        for path, file in _FILES.items()
    }


def _text(kind: str, file: str) -> str:
    folder = resources.files("lapor_core.plugins.scaffold")
    own = folder / kind / file
    return (own if own.is_file() else folder / file).read_text("utf-8")
