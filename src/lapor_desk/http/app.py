"""The whole of the desk as one ASGI application."""

from __future__ import annotations

from urllib.parse import urlsplit

from lapor_core.plugins.contracts import ASGIApp
from lapor_desk.durable import Workers
from lapor_desk.house import House
from lapor_desk.http.access import Reception
from lapor_desk.http.budgets import Budgets
from lapor_desk.http.console import console_app
from lapor_desk.http.doors import Mounted, doors_of
from lapor_desk.http.health import health_app, ready_app
from lapor_desk.http.lives import Life
from lapor_desk.http.principals import Citizens, OfficersOnly
from lapor_desk.http.switchboard import Switchboard
from lapor_desk.sites import CONSOLE

__all__ = ["create_app"]


def create_app(house: House, workers: Workers | None = None, *, budgets: Budgets | None = None) -> ASGIApp:
    """Return the application: every channel at its path, the officers' console, ``/health`` and ``/ready``.

    Args:
        house: What it serves; it is not closed here.
        workers: What delivers in this process, if it does: ``/ready`` then says whether it still works.
        budgets: How often one address may send something.
    """
    budgets = budgets or Budgets()
    doors = doors_of(house)
    counters = tuple(door for door in doors if door.for_officers)
    ours = (
        Mounted(key="console", path=CONSOLE, app=console_app(house, counters, budgets)),
        Mounted(key="health", path="/health", app=health_app(), single=True),
        Mounted(key="ready", path="/ready", app=ready_app(house, workers), single=True),
    )
    lives = {door.key: Life(door.key, door.app) for door in doors}
    theirs = (door.behind(_guarded(door, lives[door.key], house, budgets)) for door in doors)
    https = urlsplit(house.config.public_url).scheme == "https"
    return Reception(Switchboard((*ours, *theirs)), lives.values(), https=https)


def _guarded(door: Mounted, app: ASGIApp, house: House, budgets: Budgets) -> ASGIApp:
    """Let each door know who comes in, and how often."""
    if door.for_officers:
        return OfficersOnly(app, house.officers)
    citizens = Citizens(app, house.accounts)
    return citizens if door.from_gateway else budgets.for_citizens(citizens)
