"""A new distribution, as it is written: whole, and with a name that a plug-in can have."""

import tomllib

import pytest

from lapor_core.errors import BadValue
from lapor_core.plugins.scaffold import SCAFFOLDS, distribution


@pytest.mark.parametrize("kind", SCAFFOLDS)
def test_a_distribution_is_whole_and_has_its_entry_point(kind: str) -> None:
    files = distribution(kind, "kios_baru")
    project = tomllib.loads(files["pyproject.toml"])["project"]
    assert project["name"] == "lapor-kios-baru"
    assert project["entry-points"] == {"lapor": {"kios_baru": "lapor_kios_baru"}}
    assert set(files) == {
        "README.md",
        "pyproject.toml",
        "src/lapor_kios_baru/__init__.py",
        "src/lapor_kios_baru/py.typed",
        "tests/test_kios_baru.py",
    }
    assert "$" not in "".join(files.values())
    for path, text in files.items():
        if path.endswith(".py"):
            compile(text, path, "exec")


@pytest.mark.parametrize("name", ["Kiosk", "walk-in", "", "7", "../x", "a b"])
def test_a_name_that_is_no_key_is_refused(name: str) -> None:
    with pytest.raises(BadValue, match="a key has at most 64 lower-case letters, digits and _"):
        distribution("channel", name)


def test_another_kind_is_refused_with_what_there_is() -> None:
    with pytest.raises(
        BadValue, match=r'"chanel": nothing that can be begun; did you mean "channel"\? \(channel, notifier\)'
    ):
        distribution("chanel", "kiosk")
