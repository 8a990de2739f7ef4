"""Who may stand behind the counter, and the counter's pages over one desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import wraps
from typing import Any, ClassVar

import attrs
import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import principal
from lapor_channels.http.files import IDENTITY
from lapor_channels.http.sites import Site
from lapor_channels.walk_in.settings import WalkInSettings
from lapor_core.errors import Refused
from lapor_core.lifecycle import Role
from lapor_core.plugins.contracts import WAY_OUT, Principal

__all__ = ["BEHIND_THE_COUNTER", "Counter", "behind_the_counter", "officer"]

BEHIND_THE_COUNTER = frozenset({Role.COUNTER_OFFICER, Role.AGENCY_ADMIN, Role.CENTRAL_ADMIN})


@attrs.frozen(kw_only=True)
class Counter(Site):
    """The pages of the channel ``walk_in`` over one desk."""

    key: ClassVar[str] = "walk_in"
    package: ClassVar[str] = "lapor_channels.walk_in"

    limits: WalkInSettings

    def shared(self) -> dict[str, Any]:
        """Return what every page sees."""
        address = self.limits.tracking_page or self.desk.addresses.track
        qr = _qr(address) if address else ""
        return super().shared() | {
            "way_out": WAY_OUT,
            "identity": IDENTITY,
            "limits": self.limits,
            "tracking_page": address,
            "qr": qr,
        }


def officer(request: Request) -> Principal:
    """Return the officer who stands behind the counter.

    Raises:
        Refused: nobody is signed in (``sign_in_needed``), or not in one of :data:`BEHIND_THE_COUNTER` (``not_allowed``).
    """
    who = principal(request)
    if who is None:
        raise Refused("the counter is for officers; sign in first", code="sign_in_needed")
    if who.role not in BEHIND_THE_COUNTER:
        allowed = ", ".join(sorted(BEHIND_THE_COUNTER))
        message = f"role {who.role} may not stand behind the counter; allowed: {allowed}"
        raise Refused(message, code="not_allowed", allowed=allowed)
    return who


def behind_the_counter(routes: Iterable[Route]) -> Iterator[Route]:
    """Yield the same routes, each open only to an :func:`officer`."""
    for route in routes:
        yield Route(route.path, _guarded(route.endpoint), methods=route.methods)


def _guarded(page: Any) -> Any:
    @wraps(page)
    async def guarded(request: Request) -> Response:
        officer(request)
        answer: Response = await page(request)
        return answer

    return guarded


def _qr(address: str) -> Markup:
    """The address of the page alone: a telephone hands what it scans to whoever made its scanner, so no code is in it."""
    drawing = segno.make(address, micro=False).svg_inline(omitsize=True, border=0, svgclass="qr", lineclass=None)
    return Markup(drawing)  # noqa: S704 (drawn by segno from an address of the configuration)
