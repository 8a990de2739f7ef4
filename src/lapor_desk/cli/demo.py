"""``lapor demo``: the main job on loopback, in seconds, from an empty folder."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.errors import BadValue
from lapor_desk.cli.dates import Language
from lapor_desk.cli.values import print_json

__all__ = ["app"]

app = App(name="demo", help="Play four citizens' messages through the whole service, on this machine, in seconds.")

_MARK = ".lapor-demo"
"""A file that says that a folder is a demo's, and may be thrown away by the next one."""


@app.default
def demo(
    *,
    folder: Path = Path("lapor-demo"),
    lang: Language = "id",
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Play the story, show it, and check it.

    Parameters
    ----------
    folder
        Where the database, the letters and the SMS are put; a folder of an earlier demo is made anew.
    lang
        The language of what is shown: id or en.
    json
        Print JSON.
    """
    from rich.console import Console

    from lapor_desk.demo.checks import checks_of
    from lapor_desk.demo.play import Play
    from lapor_desk.demo.show import Show, as_data
    from lapor_desk.demo.story import read_story
    from lapor_desk.demo.wording import Wording
    from lapor_desk.demo.world import opened_world

    _make_anew(folder)
    logging.getLogger("lapor").addHandler(logging.NullHandler())
    show = Show(console=Console(stderr=json, highlight=False), words=Wording.of(lang))
    story = read_story()
    show.console.print(show.words["title"])
    with show.working() as status, opened_world(folder.absolute(), story) as world:
        play = Play.of(story, world)
        try:
            play.run(lambda moment, scene: show.scene(status, moment, scene))
        except LookupError as error:
            status.stop()
            show.console.print(f"the play stopped at {world.clock():%Y-%m-%d %H:%M}: {error}")
            return 1
        checks = checks_of(play)
        status.stop()
        if json:
            print_json(as_data(play, checks, lang))
        else:
            show.timelines(play)
            show.explanation(play)
            show.places(play)
        show.checks(checks)
    return 0 if all(check.kept for check in checks) else 1


def _make_anew(folder: Path) -> None:
    """Throw an earlier demo away, and nothing else."""
    if folder.exists() and not (folder / _MARK).is_file():
        if not folder.is_dir() or any(folder.iterdir()):
            message = f"{folder} is there already and is not an earlier demo; choose another place with --folder"
            raise BadValue(message, code="folder_in_use", path=str(folder))
    else:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text("the folder of a demo; lapor demo makes it anew\n", "utf-8")
