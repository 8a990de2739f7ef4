"""What an office may set for its counter, under ``[plugins.walk_in]``."""

from __future__ import annotations

from urllib.parse import urlsplit

import attrs

from lapor_channels.http.files import IDENTITY
from lapor_channels.http.limits import FileLimits, positive
from lapor_core.errors import BadValue

__all__ = ["WalkInSettings"]

MOST_DAYS = 3660


def _page(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        message = f"{attribute.name} must be a web address such as https://lapor.example.id/track, and no more"
        raise BadValue(message, code="bad_url", name=attribute.name)


def _days(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if not 1 <= value <= MOST_DAYS:
        message = f"{attribute.name} = {value}: must be a number of days from 1 to {MOST_DAYS}"
        raise BadValue(message, code="bad_days", name=attribute.name)


@attrs.frozen(kw_only=True)
class WalkInSettings(FileLimits):
    """Limits of the forms, and what the printed receipt says about tracking.

    Attributes:
        receipt_minutes: How long a receipt can be shown and printed again, in minutes.
        paper_days: How many days ago a letter may have been received that is typed in today; more is taken for a slip.
        tracking_page: The address of the page where visitors track a report; printed on the receipt, also as a QR code.
            When this is empty, what the host says of it is printed, and otherwise the office's own site.
        sms_number: Where visitors send ``STATUS code``; printed where the service standard has the channel ``sms``.

    Raises:
        BadValue: A number is below 1 (code ``not_positive``), ``paper_days`` is not within ten years (``bad_days``), or
            ``tracking_page`` is no web address (``bad_url``).
    """

    receipt_minutes: int = attrs.field(default=30, validator=positive)
    paper_days: int = attrs.field(default=366, validator=_days)
    tracking_page: str = attrs.field(default="", validator=_page)
    sms_number: str = "1708"

    @property
    def max_body(self) -> int:
        """The largest body of a request, in bytes: the copy of the identity card beside everything else."""
        return super().max_body + IDENTITY.limit
