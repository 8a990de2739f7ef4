"""Runs every ``python`` block of README and docs as a test, with its promises kept.

A line such as ``office.count(a, b)  # -> 14`` is a promise: the value's ``repr`` must be what stands after the arrow.
A ``text`` block straight after a ``python`` block is what that block prints.

A block that cannot run is marked, with the reason, by ``<!-- skip: next "reason" -->`` (README) or
``% skip: next "reason"`` (docs); tests/house/test_docs.py refuses a mark without one.
"""

import ast
import contextlib
import io
import re
from collections.abc import Iterable

from sybil import Document, Example, Region, Sybil
from sybil.evaluators.python import pad
from sybil.parsers import markdown, myst

ARROW = re.compile(r"#\s*->\s*(?P<value>.+)$")
OUTPUT = re.compile(r"\s*```text\n(?P<output>.*?)```", re.DOTALL)


def run(example: Example) -> None:
    """Execute a block statement by statement and compare what it shows with what it promises."""
    source = pad(example.parsed, example.line + example.parsed.line_offset)
    lines = source.splitlines()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for statement in ast.parse(source, filename=str(example.path)).body:
            _step(statement, lines, example)
    followed = OUTPUT.match(example.document.text, example.region.end)
    if followed is not None:
        assert printed.getvalue().strip() == followed["output"].strip()


def _step(statement: ast.stmt, lines: list[str], example: Example) -> None:
    path, namespace = str(example.path), example.namespace
    promise = ARROW.search(lines[(statement.end_lineno or statement.lineno) - 1])
    if isinstance(statement, ast.Expr) and promise is not None:
        value = eval(compile(ast.Expression(statement.value), path, "eval"), namespace)
        assert repr(value) == promise["value"].strip()
    else:
        exec(compile(ast.Module([statement], []), path, "exec"), namespace)


class PythonBlocks:
    """Finds the ``python`` blocks of a Markdown document."""

    def __init__(self, blocks: type[markdown.CodeBlockParser] | type[myst.CodeBlockParser]) -> None:
        self.blocks = blocks(language="python", evaluator=run)

    def __call__(self, document: Document) -> Iterable[Region]:
        return self.blocks(document)


readme = Sybil(
    parsers=[PythonBlocks(markdown.CodeBlockParser), markdown.SkipParser()],
    patterns=["README.md", "README.id.md"],
)
docs = Sybil(
    parsers=[PythonBlocks(myst.CodeBlockParser), myst.SkipParser()],
    patterns=["docs/*.md", "docs/**/*.md"],
)
pytest_collect_file = (readme + docs).pytest()
