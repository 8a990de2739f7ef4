"""What severity is judged by: the kind of a submission, and facts that are known or not known yet."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import attrs

from lapor_core.errors import BadType, BadValue, require_type

__all__ = ["Facts", "Kind"]


class Kind(StrEnum):
    """What a citizen brings: apresiasi, aspirasi, permintaan informasi, pengaduan."""

    APPRECIATION = "appreciation"
    ASPIRATION = "aspiration"
    INFORMATION_REQUEST = "information_request"
    COMPLAINT = "complaint"


@attrs.frozen(kw_only=True)
class Facts:
    """What severity is judged by. ``None`` means *not known yet*: it is asked for, never guessed.

    Attributes:
        kind: Appreciation, aspiration, information request or complaint.
        supervisory: Whether the complaint is of supervisory grade (*berkadar pengawasan*).
        abuse_of_authority: Whether there is an indication of abuse of authority (*penyalahgunaan wewenang*).
        agencies: The agencies that must settle it, by key, or only how many there are.
        category: The category of the report.
        channel: The key of the channel it came by.
        extra: Further facts that a host's own policy judges by.

    Raises:
        BadValue: the kind is none (``unknown_kind``), or there is no agency among them (``no_agency``).
        BadType: agencies are neither a tuple nor a number (``bad_agencies``), or what is true or false is neither
            (``wrong_type``).
    """

    kind: Kind | None = None
    supervisory: bool | None = None
    abuse_of_authority: bool | None = None
    agencies: tuple[str, ...] | int | None = None
    category: str | None = None
    channel: str | None = None
    extra: Mapping[str, str | int | bool] = attrs.Factory(dict)

    def __attrs_post_init__(self) -> None:
        if self.kind is not None and not isinstance(self.kind, Kind):
            message = (
                f"kind must be a Kind such as Kind.COMPLAINT, or None while unknown, not {type(self.kind).__name__}"
            )
            raise BadValue(message, code="unknown_kind", allowed=tuple(Kind))
        for name in ("supervisory", "abuse_of_authority"):
            if getattr(self, name) is not None:
                require_type(getattr(self, name), bool, name)
        if isinstance(self.agencies, bool) or not isinstance(self.agencies, tuple | int | None):
            message = f"agencies must be a tuple of keys or a whole number, not {type(self.agencies).__name__}"
            raise BadType(message, code="bad_agencies")
        if self.agency_count is not None and self.agency_count < 1:
            raise BadValue("agencies must name at least one agency, or be None while unknown", code="no_agency")

    @property
    def agency_count(self) -> int | None:
        """How many different agencies must settle it; None while that is unknown."""
        return len(set(self.agencies)) if isinstance(self.agencies, tuple) else self.agencies

    def known(self, name: str) -> str | int | bool | None:
        """Return one fact by its name in a policy; ``agencies`` is a count. None means unknown."""
        if name == "agencies":
            return self.agency_count
        if name in self.extra:
            return self.extra[name]
        value: str | bool | None = getattr(self, name, None)
        return value
