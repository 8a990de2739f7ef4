"""``lapor plugins``: which channels and notifiers were found, and why one is off."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.plugins import PluginHost
from lapor_core.structure import to_json
from lapor_desk.cli.values import print_json

__all__ = ["app"]

app = App(name="plugins", help="Show the channels and notifiers found, and why one is off.")


@app.default
def plugins(*, json: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Show every plug-in of the installed distributions.

    Parameters
    ----------
    json
        Print JSON.
    """
    found = PluginHost().report()
    if json:
        print_json(to_json(list(found)))
        return
    for status in found:
        state = "on" if status.enabled else f"off: {status.reason} {status.remedy}".rstrip()
        print(f"{status.key:<16} {status.distribution} {status.version}  {state}")
