"""The citizens' site: its pages know the citizen who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import attrs
from starlette.requests import Request
from starlette.responses import Response

from lapor_channels.http import principal
from lapor_channels.http.sites import Site
from lapor_channels.web.settings import WebSettings
from lapor_core.lifecycle import Role
from lapor_core.plugins.contracts import Principal

__all__ = ["WebSite"]


@attrs.frozen(kw_only=True)
class WebSite(Site):
    """The pages of the channel ``web`` over one desk."""

    key: ClassVar[str] = "web"
    package: ClassVar[str] = "lapor_channels.web"

    limits: WebSettings

    def show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page; ``who`` is the citizen who is signed in, or None."""
        return super().show(request, template, status=status, who=self.citizen(request), **values)

    def ask_again(self, request: Request, kept: Mapping[str, str]) -> Response:
        """Ask who writes, because nobody is signed in any more; what was ``kept`` goes along and comes back."""
        return self.show(request, "account.html", status=401, typed={}, first=False, kept=kept)

    def citizen(self, request: Request) -> Principal | None:
        """Return the reporter who calls, when everything is proved that the policy asks of this channel."""
        who = principal(request)
        needed = self.desk.policy.requirement(self.key).proofs
        return who if who and who.role is Role.REPORTER and needed <= who.proofs else None
