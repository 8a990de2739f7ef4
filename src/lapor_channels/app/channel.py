"""The channel of the mobile app: a JSON API, as an ASGI application that any host can mount anywhere."""

from __future__ import annotations

from typing import ClassVar

import attrs

from lapor_channels.app.accounts import Accounts
from lapor_channels.app.acts import Acts
from lapor_channels.app.advice import Wording
from lapor_channels.app.reports import KEY, Reports
from lapor_channels.app.service import Service
from lapor_channels.app.tracking import Track
from lapor_channels.http import json_app
from lapor_channels.http.limits import FileLimits
from lapor_core.complaint import Proof
from lapor_core.plugins.contracts import ASGIApp, Desk

__all__ = ["App"]


@attrs.frozen(kw_only=True)
class App:
    """The channel ``app``.

    Attributes:
        limits: What an office has set under ``[plugins.app]``.
    """

    key: ClassVar[str] = KEY
    path: ClassVar[str] = "/app/v1"
    proofs: ClassVar[frozenset[Proof]] = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
    settings: ClassVar[type] = FileLimits

    limits: FileLimits = attrs.Factory(FileLimits)

    def configure(self, settings: FileLimits) -> App:
        """Return this channel with the office's settings."""
        return attrs.evolve(self, limits=settings)

    def app(self, desk: Desk) -> ASGIApp:
        """Return the application over ``desk``."""
        parts = (
            Service(desk, self.limits),
            Accounts(desk),
            Reports(desk, self.limits),
            Track(desk, self.limits),
            Wording(desk),
            Acts(desk, self.limits),
        )
        return json_app([route for part in parts for route in part.routes()], max_body=self.limits.max_body)
