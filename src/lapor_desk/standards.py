"""The versions of an office's standard: which one is in force on a day, and which one a complaint was received under."""

from __future__ import annotations

import functools
from datetime import date

import attrs

from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError, NotFound
from lapor_core.policy.versions import in_force_on
from lapor_core.standard import Standard

__all__ = ["Standards"]


@attrs.frozen(kw_only=True)
class Standards:
    """What complaints are judged by.

    Attributes:
        newest: The newest version.
        former: Earlier versions, under which complaints were received.
    """

    newest: Standard
    former: tuple[Standard, ...] = ()

    @property
    def all(self) -> tuple[Standard, ...]:
        """Every version that is loaded."""
        return (*self.former, self.newest)

    def on(self, day: date) -> Standard:
        """Return the version under which what is received on ``day`` falls; the newest where none says that it does."""
        try:
            policy = in_force_on(day, (standard.policy for standard in self.all))
        except LaporError:
            return self.newest
        return self._by_reference[policy.reference]

    def of(self, complaint: Complaint) -> Standard:
        """Return the version a complaint was received under.

        Raises:
            NotFound: its policy is not loaded (``unknown_policy``).
        """
        known = self._by_reference
        if complaint.policy not in known:
            loaded = ", ".join(known)
            message = f"complaint {complaint.id} was received under policy {complaint.policy}, which is not loaded; loaded: {loaded}"
            raise NotFound(message, code="unknown_policy", policy=complaint.policy)
        return known[complaint.policy]

    @functools.cached_property
    def _by_reference(self) -> dict[str, Standard]:
        return {standard.policy.reference: standard for standard in self.all}
