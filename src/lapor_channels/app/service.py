"""What the service is, what it takes and how long, all from the policy; and the description of this API."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import resources
from typing import Any

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lapor_channels.app.reports import KEY
from lapor_channels.http import language_of
from lapor_channels.http.limits import FileLimits
from lapor_core.plugins.contracts import Desk
from lapor_core.policy import Policy
from lapor_core.structure import to_json

__all__ = ["Service", "described"]


@attrs.frozen
class Service:
    """The routes that everybody may read."""

    desk: Desk
    limits: FileLimits

    def routes(self) -> Iterator[Route]:
        """Yield the routes of this part."""
        yield Route("/", self.show)
        yield Route("/openapi.json", self.describe)

    async def show(self, request: Request) -> Response:
        """Show the service in the language asked for."""
        language = language_of(request)
        uploads = {
            "max_files": self.limits.max_files,
            "max_file_bytes": self.limits.max_file_bytes,
            "types": list(self.limits.rule.types),
        }
        body = {**described(self.desk.policy, language), "uploads": uploads}
        return JSONResponse(body, headers={"Content-Language": language})

    async def describe(self, _: Request) -> Response:
        """Show the description of this API, as OpenAPI 3.1."""
        return Response(_openapi(), media_type="application/json")


def described(policy: Policy, language: str) -> dict[str, Any]:
    """Return what a policy says, as JSON data in ``language``; sentences of the standard stay as it has them."""
    return {
        "policy": policy.reference,
        "title": policy.title,
        "decree": policy.decree,
        "time_zone": policy.time_zone,
        "office": {name: getattr(policy.office, name) for name in ("name", "address", "telephone", "site")},
        "product": policy.product,
        "procedure": list(policy.procedure),
        "fee": policy.fee,
        "conditions": list(policy.conditions_of(KEY)),
        "kinds": [{"key": kind.value, "title": text.in_language(language)} for kind, text in policy.kinds.items()],
        "tiers": list(_tiers(policy, language)),
        "agencies": [{"key": agency.key, "name": agency.name} for agency in policy.agencies],
        "requirements": to_json(policy.requirement(KEY)),
        "contacts": [to_json(contact) for contact in policy.contacts.values()],
    }


def _tiers(policy: Policy, language: str) -> Iterator[dict[str, Any]]:
    for tier in policy.tiers:
        limits = [
            {"clock": key, "title": clock.title.in_language(language), "limit": str(limit)}
            for key, clock in policy.clocks.items()
            if (limit := tier.limits.get(key) or clock.limit)
        ]
        sentences = dict.fromkeys(rule.text for rule in policy.rules if rule.tier == tier.name)
        yield {"name": tier.name, "limits": limits, "sentences": list(sentences)}


@functools.cache
def _openapi() -> bytes:
    return (resources.files("lapor_channels.app") / "openapi.json").read_bytes()
