"""What an office may set for this channel, under ``[plugins.web]``."""

from __future__ import annotations

import attrs

from lapor_core.errors import BadValue

__all__ = ["WebSettings"]


def _positive(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        message = f"{attribute.name} = {value}: must be at least 1"
        raise BadValue(message, code="not_positive", name=attribute.name)


@attrs.frozen(kw_only=True)
class WebSettings:
    """Limits of the forms. The service standard states none; these are ours.

    Attributes:
        max_files: How many files one report or reply may carry.
        max_file_bytes: The largest file, in bytes.
        receipt_minutes: How long a receipt can be shown again in the browser that sent the report, in minutes.

    Raises:
        BadValue: A number is below 1 (code ``not_positive``).
    """

    max_files: int = attrs.field(default=5, validator=_positive)
    max_file_bytes: int = attrs.field(default=20 * 1024**2, validator=_positive)
    receipt_minutes: int = attrs.field(default=30, validator=_positive)

    @property
    def max_body(self) -> int:
        """The largest body of a request, in bytes: every file, and a megabyte for what was written."""
        return self.max_files * self.max_file_bytes + 1024**2
