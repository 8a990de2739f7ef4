"""``lapor keys``: another master key in place of the one there is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.progress import watched
from lapor_desk.counting import counted

__all__ = ["app"]

app = App(name="keys", help="Change the master key.")


@app.command
def rotate(
    *,
    prepare: Annotated[bool, Parameter(negative=())] = False,
    config: Path | None = None,
    database: str | None = None,
) -> None:
    """Make a new master key, and wrap every person's key with it, while the desk runs.

    It can be stopped at any time; running it again goes on where it was.

    Parameters
    ----------
    prepare
        Only put the new key into the file of keys, so that the file can be copied to other machines first.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.store import rotation

    with opened(configured(config, database=database)) as house:
        store = house.store
        made = rotation.prepare(store)
        if prepare:
            print(f"{store.vault.keys.path} holds the new key and the old one, which is still in use.")
            print("Copy it to every machine that has a file of its own, then run: lapor keys rotate")
            return
        if not made:
            print("Going on with the key that was made before.")
        count = sum(1 for _ in watched(rotation.wrap_anew(store), "wrapping keys", rotation.begin(store)))
        kept = rotation.finish(store)
    print(f"The new master key is in use, and {counted(count, 'key was', 'keys were')} wrapped with it.")
    for path in kept:
        print(f"{path}: the old one. Back-ups from before need it; keep it as long as them, and apart, then delete it.")
    print("Make a back-up now, and a copy of the new key in another place.")
