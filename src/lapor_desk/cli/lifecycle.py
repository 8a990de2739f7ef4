"""``lapor lifecycle``: the whole life of a complaint, drawn from its table."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from lapor_core.lifecycle import TABLE, allowed
from lapor_core.lifecycle_diagram import as_mermaid, as_svg
from lapor_core.texts import word
from lapor_desk.cli.dates import Language
from lapor_desk.cli.values import write_file

__all__ = ["app"]

app = App(name="lifecycle", help="Show the life of a complaint: its states, and who may do what in each.")


@app.default
def lifecycle(*, svg: Path | None = None, mermaid: Path | None = None, lang: Language = "id") -> None:
    """Show every state with the actions that are possible there, to whom, and where each leads.

    Parameters
    ----------
    svg
        Write the picture to this file.
    mermaid
        Write it as a Mermaid diagram to this file.
    lang
        The language of the words: id or en.
    """
    for path, drawn in ((svg, as_svg), (mermaid, as_mermaid)):
        if path is not None:
            write_file(path, drawn(lang).encode())
            print(path)
    if svg is None and mermaid is None:
        _show(lang)


def _show(lang: str) -> None:
    for state, row in TABLE.items():
        print(f"{word('state', state, lang)} ({state})")
        for action, roles in allowed(state):
            who = ", ".join(word("role", role, lang) for role in sorted(roles))
            stays = row[action] is state
            to = "" if stays else f" -> {word('state', row[action], lang)}"
            print(f"  {word('action', action, lang)}{to}  [{who}]")
