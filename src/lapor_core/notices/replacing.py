"""An office's own words for a notice: what is wrong with a template, before it is used in place of a shipped one."""

from __future__ import annotations

from importlib import resources

import jinja2
from jinja2 import meta

from lapor_core.errors import did_you_mean
from lapor_core.notices.addressing import GATHERED
from lapor_core.notices.rendering import BLOCKS, OFFERED, OFFERED_OF_WHAT_WAITS, OFFERED_WITH_CODE, environment
from lapor_core.texts import LANGUAGES

__all__ = ["problem_of", "shipped_templates"]

_CODE = "one_time_code"


def shipped_templates() -> tuple[str, ...]:
    """Return the names of the shipped templates, sorted."""
    folder = resources.files("lapor_core.notices") / "templates" / "id"
    return tuple(sorted(file.name.removesuffix(".txt") for file in folder.iterdir()))


def problem_of(name: str, language: str, text: str) -> str | None:
    """Return why a template cannot stand for the shipped one of its name, or None when it can."""
    if name not in shipped_templates():
        return f'"{name}": not a template; {did_you_mean(name, shipped_templates())}'
    if language not in LANGUAGES:
        return f'"{language}": not a language; {did_you_mean(language, LANGUAGES)}'
    try:
        parsed = environment().parse(text)
        blocks = environment().from_string(text).blocks
    except jinja2.TemplateSyntaxError as error:
        return f"template {name}, line {error.lineno}: {error.message}"
    if lacking := [block for block in BLOCKS if block not in blocks]:
        return f"template {name} lacks the block {lacking[0]}; it has {', '.join(BLOCKS)}"
    offered = OFFERED_WITH_CODE if name == _CODE else OFFERED_OF_WHAT_WAITS if name in GATHERED else OFFERED
    if unknown := sorted(meta.find_undeclared_variables(parsed) - offered):
        return f'template {name} uses "{unknown[0]}"; {did_you_mean(unknown[0], sorted(offered))}'
    return None
