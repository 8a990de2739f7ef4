"""What an office may set for this channel, under ``[plugins.web]``."""

from __future__ import annotations

import attrs

from lapor_channels.http.limits import FileLimits, positive

__all__ = ["WebSettings"]


@attrs.frozen(kw_only=True)
class WebSettings(FileLimits):
    """Limits of the forms.

    Attributes:
        receipt_minutes: How long a receipt can be shown again in the browser that sent the report, in minutes.

    Raises:
        BadValue: A number is below 1 (code ``not_positive``).
    """

    receipt_minutes: int = attrs.field(default=30, validator=positive)
