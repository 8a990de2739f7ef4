"""The start page: what this service is, what it costs, what it takes and how long, all from the policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http.catalogs import catalog
from lapor_channels.http.contacts import international
from lapor_channels.web.site import WebSite
from lapor_core.policy import Limit, Policy

__all__ = ["Start", "TierRow", "tier_rows", "whatsapp_address"]


@attrs.frozen(kw_only=True)
class TierRow:
    """One tier as the page shows it: its limits by the title of their clock, and the standard's own sentences."""

    name: str
    limits: Mapping[str, str]
    sentences: tuple[str, ...]


@attrs.frozen
class Start:
    """The page at the root."""

    site: WebSite

    def routes(self) -> Iterator[Route]:
        """Yield the routes of this page."""
        yield Route("/", self.show)

    async def show(self, request: Request) -> Response:
        """Show the start page."""
        policy = self.site.desk.policy
        rows = tuple(tier_rows(policy, self.site.language(request)))
        clocks = tuple(clock.title.in_language(self.site.language(request)) for clock in policy.clocks.values())
        texts = catalog(WebSite.package, self.site.language(request))
        channels = [
            (texts.get(f"channel.{key}", key), told)
            for key, row in policy.channels.items()
            if (told := [*filter(None, (row.text,)), *row.conditions])
        ]
        return self.site.show(
            request, "start.html", rows=rows, clocks=clocks, channels=channels, whatsapp=whatsapp_address
        )


def whatsapp_address(number: str) -> str:
    """Return the address that opens WhatsApp with a number; one that is no mobile number can be called."""
    mobile = international(number)
    return f"https://wa.me/{mobile.removeprefix('+')}" if mobile else f"tel:{number}"


def tier_rows(policy: Policy, language: str) -> Iterator[TierRow]:
    """Yield the tiers in the order of the policy."""
    for tier in policy.tiers:
        limits = {
            clock.title.in_language(language): _limit(tier.limits.get(key) or clock.limit, language)
            for key, clock in policy.clocks.items()
        }
        sentences = dict.fromkeys(rule.text for rule in policy.rules if rule.tier == tier.name)
        yield TierRow(name=tier.name, limits=limits, sentences=tuple(sentences))


def _limit(limit: Limit | None, language: str) -> str:
    texts = catalog(WebSite.package, language)
    if limit is None:
        return texts["start.not_stated"]
    parts = [texts[f"units.{one.unit}"].format(n=one.amount) for one in limit.candidates()]
    parts += [texts["units.agency"]] if limit.agency else []
    return parts[0] if len(parts) == 1 else texts["units.shortest"].format(parts=", ".join(parts))
