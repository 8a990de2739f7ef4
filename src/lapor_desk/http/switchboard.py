"""From a path to the application that stands there."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from lapor_core.plugins.contracts import PRINCIPAL
from lapor_desk.http.answers import REQUEST_ID, Receive, Scope, Send, answer, is_browsing, redirect
from lapor_desk.http.doors import Mounted
from lapor_desk.http.paths import SITE_ROOT
from lapor_desk.store import StoreBusy, StoreDown

__all__ = ["ROUTE", "Switchboard", "without_words"]

ROUTE = "lapor.route"
"""Key of the ASGI scope: the template of the path that was asked for, in which nothing of the caller stands."""

_log = logging.getLogger("lapor.http")


class Switchboard:
    """Hands each request to the application with the longest path that fits.

    The application sees its own ``root_path``, as ASGI has it, and never a principal that came from outside. One that
    raises costs its own answer only.
    """

    def __init__(self, mounted: Iterable[Mounted]) -> None:
        self._mounted = sorted(mounted, key=lambda door: len(door.path), reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = self._find(_beneath(scope))
        if door is None:
            scope[ROUTE] = "?"
            await answer(scope, receive, send, status=404, code="not_found")
            return
        if _is_folder_without_slash(door, scope) and is_browsing(scope):
            scope[ROUTE] = door.path
            await redirect(scope, receive, send, door.path.rpartition("/")[2] + "/")
            return
        await self._hand_over(door, scope, receive, send)

    def _find(self, path: str) -> Mounted | None:
        return next((door for door in self._mounted if door.leads_to(path)), None)

    async def _hand_over(self, door: Mounted, scope: Scope, receive: Receive, send: Send) -> None:
        inner = _inside(door, scope)
        started = False

        async def noticed(message: Scope) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await door.app(inner, receive, noticed)
        except (StoreBusy, StoreDown) as error:
            _log.error("%s: %s", scope.get(REQUEST_ID, "-"), error)
            if not started:
                await answer(scope, receive, send, status=503, code="unavailable", headers={"Retry-After": "5"})
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever an application raises costs this answer and nothing more
            _log.error("%s: %s failed", scope.get(REQUEST_ID, "-"), door.key, exc_info=without_words(error))
            if not started:
                await answer(scope, receive, send, status=500, code="internal")
        finally:
            scope[ROUTE] = door.path + str(getattr(inner.get("route"), "path", "" if door.single else "/?"))


def without_words(error: BaseException) -> Exception:
    """Return where and of which kind an error was, without its words, which may be personal."""
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)


def _beneath(scope: Scope) -> str:
    root = str(scope.get("root_path", "")).rstrip("/")
    return str(scope["path"]).removeprefix(root) or "/"


def _is_folder_without_slash(door: Mounted, scope: Scope) -> bool:
    """The relative links of a page would lead astray; a program has no links to follow, and is served."""
    return bool(door.path) and not door.single and _beneath(scope) == door.path


def _inside(door: Mounted, scope: Scope) -> Scope:
    """Return the scope as the application behind ``door`` is to see it."""
    root = str(scope.get("root_path", "")).rstrip("/") + door.path
    path = scope["path"] if scope["path"] != root else f"{root}/"
    inner = {**scope, "root_path": root, "path": path, SITE_ROOT: scope.get("root_path", "")}
    inner.pop(PRINCIPAL, None)
    inner.pop("route", None)
    return inner
