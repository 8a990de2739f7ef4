"""The reference of plug-ins knows every hook by its exact signature, every contract and every argument."""

import inspect
import re
from pathlib import Path

import attrs
import pytest

from lapor_core import plugins
from lapor_core.plugins import PluginHost, PluginStatus, contracts, offers
from lapor_core.plugins.checks import CONTRACTS, KINDS
from lapor_core.plugins.hooks import HOOKS, signature

DOCS = Path(__file__).resolve().parents[3] / "docs" / "reference"
PAGE = DOCS / "plugins.md"
TESTS = Path(__file__).parent / "test_each_hook.py"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_has_a_page_with_its_exact_signature_and_a_test(hook: str, page: str) -> None:
    text = (DOCS / f"{hook}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# `{signature(hook)}`\n")
    assert f"\n{hook}\n" in page, "the reference does not list the page"
    for said in ("| called |", "| time limit |", "| a fault |", "```python"):
        assert said in text
    assert f"def test_{hook}(" in TESTS.read_text(encoding="utf-8")


def test_no_page_is_of_a_hook_that_is_none() -> None:
    assert {page.stem for page in DOCS.glob("lapor_*.md")} == set(HOOKS)


def test_a_signature_is_written_as_an_author_writes_it() -> None:
    assert signature("lapor_register_channels") == "lapor_register_channels() -> Iterable[Channel]"


def test_each_hook_has_a_contract_and_a_function_of_the_host() -> None:
    assert list(KINDS) == list(HOOKS)
    assert all(hasattr(PluginHost, contract.nouns) for contract in CONTRACTS.values())
    assert all(hasattr(PluginHost, hook.split("_")[1]) for hook in HOOKS.keys() - CONTRACTS.keys())


def test_each_method_of_the_desk_is_named(page: str) -> None:
    methods = [name for name in vars(contracts.Desk) if not name.startswith("_")]
    assert [name for name in methods if not re.search(rf"`{name}[(`]", page)] == []


def test_each_contract_is_named(page: str) -> None:
    assert [
        name for name in (*contracts.__all__, *offers.__all__) if not re.search(rf"`[^`]*\b{name}\b[^`]*`", page)
    ] == []


def test_each_argument_of_the_host_and_each_field_of_the_report_is_named(page: str) -> None:
    names = [*inspect.signature(PluginHost).parameters, *(field.name for field in attrs.fields(PluginStatus))]
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_what_is_exported_exists() -> None:
    assert all(hasattr(plugins, name) for name in plugins.__all__)
