"""The citizens' web channel: a form, a receipt and tracking, as an ASGI application that any host can mount anywhere."""

from __future__ import annotations

from typing import ClassVar

import attrs

from lapor_channels.http.acts import Acts
from lapor_channels.http.completing import Completing
from lapor_channels.http.receipts import Receipts
from lapor_channels.http.tracking import Track
from lapor_channels.web.account import Account
from lapor_channels.web.lost_pin import LostPin
from lapor_channels.web.report import Report
from lapor_channels.web.settings import WebSettings
from lapor_channels.web.site import WebSite
from lapor_channels.web.start import Start
from lapor_core.complaint import Proof
from lapor_core.plugins.contracts import ASGIApp, Desk

__all__ = ["Web"]


@attrs.frozen(kw_only=True)
class Web:
    """The channel ``web``.

    Attributes:
        limits: What an office has set under ``[plugins.web]``.
    """

    key: ClassVar[str] = WebSite.key
    path: ClassVar[str] = "/"
    track_page: ClassVar[str] = "track"
    proofs: ClassVar[frozenset[Proof]] = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
    settings: ClassVar[type] = WebSettings

    limits: WebSettings = attrs.Factory(WebSettings)

    def configure(self, settings: WebSettings) -> Web:
        """Return this channel with the office's settings."""
        return attrs.evolve(self, limits=settings)

    def app(self, desk: Desk) -> ASGIApp:
        """Return the application over ``desk``."""
        site = WebSite(desk=desk, limits=self.limits)
        receipts = Receipts(site, self.limits.receipt_minutes)
        track = Track(site)
        lost_pin = LostPin(site, receipts, track)
        below = (Acts(track), Completing(track), lost_pin)
        parts = (Start(site), Account(site), Report(site, receipts), receipts, track, *below)
        return site.app(route for part in parts for route in part.routes())
