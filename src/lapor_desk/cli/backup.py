"""``lapor backup``: everything but the key, while the desk runs."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from lapor_desk.cli.houses import configured, form, is_former, opened
from lapor_desk.counting import counted

__all__ = ["app"]

app = App(name="backup", help="Back up database and attachments while the desk runs.")


@app.default
def backup(folder: Path, /, *, config: Path | None = None, database: str | None = None) -> None:
    """Copy a desk on SQLite into a folder. The master key is not in it; keep that in another place.

    Parameters
    ----------
    folder
        Where to; an earlier back-up there is brought up to date.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.backup import back_up, back_up_former
    from lapor_desk.house import files_of

    chosen = configured(config, database=database)
    files = files_of(chosen)
    if is_former(form(chosen)):
        done = back_up_former(chosen.database, files, folder)
    else:
        with opened(chosen) as house:
            done = back_up(house.store, files, folder, house.clock())
    held = ["a database of an earlier version, as it is"]
    if done.checkpoint is not None:
        held = [counted(done.checkpoint.complaints, "complaint"), counted(done.checkpoint.events, "event")]
    if done.files is not None:
        held.append(counted(done.files, "new file"))
    print(f"{folder}: {', '.join(held)}")
    if done.files is None:
        print(f"The attachments are not in it: they lie in {files}. Let that place be backed up too.")
    print("The master key is not in it. Keep a copy of the key in another place.")
