"""The whole of the desk as one ASGI application."""

from __future__ import annotations

from lapor_core.plugins.contracts import ASGIApp
from lapor_desk.durable import Workers
from lapor_desk.house import House
from lapor_desk.http.access import Reception
from lapor_desk.http.budgets import Budgets
from lapor_desk.http.console import console_app
from lapor_desk.http.doors import CONSOLE, Mounted, doors_of
from lapor_desk.http.health import health_app, ready_app
from lapor_desk.http.principals import Citizens, OfficersOnly
from lapor_desk.http.switchboard import Switchboard

__all__ = ["create_app"]


def create_app(house: House, workers: Workers | None = None, *, budgets: Budgets | None = None) -> ASGIApp:
    """Return the application: every channel at its path, the officers' console, ``/health`` and ``/ready``.

    Args:
        house: What it serves; it is not closed here.
        workers: What delivers in this process, if it does: ``/ready`` then says whether it still works.
        budgets: How often one address may send something.

    Raises:
        BadValue: two channels ask for the same path (``path_taken``), or a channel for one that cannot be (``bad_path``).
    """
    budgets = budgets or Budgets()
    doors = doors_of(house)
    counters = tuple(door for door in doors if door.for_officers)
    ours = (
        Mounted(key="console", path=CONSOLE, app=console_app(house, counters, budgets)),
        Mounted(key="health", path="/health", app=health_app(), single=True),
        Mounted(key="ready", path="/ready", app=ready_app(house, workers), single=True),
    )
    return Reception(Switchboard((*ours, *(_guarded(door, house, budgets) for door in doors))))


def _guarded(door: Mounted, house: House, budgets: Budgets) -> Mounted:
    """Let each door know who comes in, and how often."""
    if door.for_officers:
        return door.behind(OfficersOnly(door.app, house.officers))
    app: ASGIApp = Citizens(door.app, house.accounts)
    return door.behind(app if door.from_gateway else budgets.for_citizens(app))
