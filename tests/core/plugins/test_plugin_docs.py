"""The reference of plug-ins knows every hook by its exact signature, every contract and every argument."""

import inspect
import re
from pathlib import Path

import attrs
import pytest

from lapor_core import plugins
from lapor_core.plugins import PluginHost, PluginStatus, contracts
from lapor_core.plugins.checks import CONTRACTS
from lapor_core.plugins.hooks import HOOKS, signature

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "plugins.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def headings(page: str) -> list[str]:
    return re.findall(r"^### `(lapor_.+)`$", page, re.MULTILINE)


def test_each_hook_has_an_entry_with_its_exact_signature(page: str) -> None:
    assert headings(page) == [signature(hook) for hook in HOOKS]


def test_a_signature_is_written_as_an_author_writes_it() -> None:
    assert signature("lapor_register_channels") == "lapor_register_channels() -> Iterable[Channel]"


def test_each_hook_has_a_contract_and_a_function_of_the_host() -> None:
    assert list(CONTRACTS) == list(HOOKS)
    assert all(hasattr(PluginHost, contract.nouns) for contract in CONTRACTS.values())


def test_each_contract_is_named(page: str) -> None:
    assert [name for name in contracts.__all__ if not re.search(rf"`[^`]*\b{name}\b[^`]*`", page)] == []


def test_each_argument_of_the_host_and_each_field_of_the_report_is_named(page: str) -> None:
    names = [*inspect.signature(PluginHost).parameters, *(field.name for field in attrs.fields(PluginStatus))]
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_what_is_exported_exists() -> None:
    assert all(hasattr(plugins, name) for name in plugins.__all__)
