"""How often one address may send something: enough for a village behind one telephone mast, too little for a flood."""

from __future__ import annotations

import ipaddress
import math
import time

import attrs
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from lapor_core.plugins.contracts import ASGIApp
from lapor_desk.http.answers import Receive, Scope, Send, answer

__all__ = ["Budgets", "Limited", "address_of"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@attrs.frozen(kw_only=True)
class Budgets:
    """The budgets of one process, counted in its memory.

    Attributes:
        citizens: What one address may send to the channels for citizens. A mobile operator puts hundreds of telephones
            behind one address, so this is wide.
        sign_ins: How often one address may try to sign in as an officer; a login has a brake of its own beside this.
    """

    citizens: RateLimitItem = attrs.field(factory=lambda: parse("120/minute"))
    sign_ins: RateLimitItem = attrs.field(factory=lambda: parse("20/minute"))
    _limiter: FixedWindowRateLimiter = attrs.field(factory=lambda: FixedWindowRateLimiter(MemoryStorage()), repr=False)

    def for_citizens(self, app: ASGIApp) -> ASGIApp:
        """Return ``app`` behind the budget for what citizens send; what is only read costs nothing."""
        return Limited(app, self, self.citizens)

    def pause(self, item: RateLimitItem, scope: Scope) -> int:
        """Take one from an address's budget; return 0, or for how many seconds there is nothing left."""
        address = address_of(scope)
        if self._limiter.hit(item, address):
            return 0
        return max(1, math.ceil(self._limiter.get_window_stats(item, address).reset_time - time.time()))


class Limited:
    """Refuses what an address sends beyond its budget, with the time after which it may go on."""

    def __init__(self, app: ASGIApp, budgets: Budgets, item: RateLimitItem) -> None:
        self._app = app
        self._budgets = budgets
        self._item = item

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pause = 0 if scope["method"] in _SAFE else self._budgets.pause(self._item, scope)
        if pause:
            headers = {"Retry-After": str(pause)}
            await answer(scope, receive, send, status=429, code="too_many_requests", headers=headers)
        else:
            await self._app(scope, receive, send)


def address_of(scope: Scope) -> str:
    """Return the caller's address; of IPv6 the network, for one household has 2**64 addresses."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:  # so a proxy names one that reached it by a socket for both kinds
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)
