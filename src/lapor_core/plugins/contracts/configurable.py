"""What a contribution with settings gives, be it a channel or a notifier."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self, runtime_checkable

__all__ = ["Configurable"]


@runtime_checkable
class Configurable(Protocol):
    """A plug-in contribution with settings: an attrs class, filled by the host from ``[plugins.<key>]``."""

    settings: ClassVar[type]

    def configure(self, settings: Any) -> Self:
        """Return this contribution with the settings applied.

        Raises:
            lapor_core.errors.LaporError: The settings cannot be used; the contribution stays off and the reason is shown.
        """
        ...
