"""The channel of the counter, as an ASGI application for officers that any host can mount anywhere."""

from __future__ import annotations

from typing import ClassVar

import attrs

from lapor_channels.http.acts import Acts
from lapor_channels.http.completing import Completing
from lapor_channels.http.receipts import Receipts
from lapor_channels.http.tracking import Track
from lapor_channels.walk_in.counter import Counter, behind_the_counter
from lapor_channels.walk_in.entry import Entry
from lapor_channels.walk_in.settings import WalkInSettings
from lapor_core.complaint import Proof
from lapor_core.plugins.contracts import ASGIApp, Desk

__all__ = ["WalkIn"]


@attrs.frozen(kw_only=True)
class WalkIn:
    """The channel ``walk_in``.

    Attributes:
        limits: What an office has set under ``[plugins.walk_in]``.
    """

    key: ClassVar[str] = Counter.key
    path: ClassVar[str] = "/walk-in"
    proofs: ClassVar[frozenset[Proof]] = frozenset({Proof.IDENTITY_COPY})
    for_officers: ClassVar[bool] = True
    settings: ClassVar[type] = WalkInSettings

    limits: WalkInSettings = attrs.Factory(WalkInSettings)

    def configure(self, settings: WalkInSettings) -> WalkIn:
        """Return this channel with the office's settings."""
        return attrs.evolve(self, limits=settings)

    def app(self, desk: Desk) -> ASGIApp:
        """Return the application over ``desk``."""
        counter = Counter(desk=desk, limits=self.limits)
        receipts = Receipts(counter, self.limits.receipt_minutes, pin_once=False)
        track = Track(counter)
        parts = (Entry(counter, receipts), receipts, track, Acts(track), Completing(track))
        return counter.app(behind_the_counter(route for part in parts for route in part.routes()))
