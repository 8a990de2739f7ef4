"""A bar of progress on standard error, where somebody is looking; silent where that goes to a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

__all__ = ["watched"]

T = TypeVar("T")


def watched(things: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
    """Yield ``things``, showing how far that has come."""
    if not sys.stderr.isatty():
        yield from things
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # What is printed meanwhile stands above the bar where both are on the screen, and goes to its file or pipe otherwise.
    shown = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=shown) as progress:
        yield from progress.track(things, description=title, total=total)
