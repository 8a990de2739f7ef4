"""What stands in the queue of notices: a row before and after it is queued, the right to try it once, and what that has come to."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

import attrs

from lapor_core.notices import Notice

__all__ = ["Claim", "NewNotice", "QueuedNotice", "Settlement", "Status"]


class Status(StrEnum):
    """What has become of a notice."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"
    STUCK = "stuck"
    CANCELLED = "cancelled"


@attrs.frozen(kw_only=True)
class NewNotice:
    """A notice to be queued.

    Attributes:
        complaint_id: The complaint it tells of; None for a one-time code.
        sequence: The event it tells of.
        challenge_id: The challenge whose code it brings; None otherwise.
        template: The words, ``answered``.
        role: The role that is told.
        agency: Of which agency.
        recipient_id: The person or officer, where one row goes to one of several.
        medium: ``email`` or ``sms``.
        gathered: Of which stretch of time it tells everything; None for a notice of one event.
        not_before: The earliest instant at which it may go out (aware).
        created_at: The present instant (aware).
    """

    complaint_id: str | None = None
    sequence: int | None = None
    challenge_id: str | None = None
    template: str
    role: str
    agency: str | None = None
    recipient_id: str | None = None
    medium: str
    gathered: datetime | None = None
    not_before: datetime
    created_at: datetime

    @classmethod
    def of(cls, notice: Notice, *, medium: str, now: datetime, recipient_id: str | None = None) -> Self:
        """Return the row of one of the core's notices for one medium, to go out at once."""
        return cls(
            complaint_id=notice.complaint,
            sequence=notice.sequence,
            template=notice.template,
            role=notice.recipient.role.value,
            agency=notice.recipient.agency,
            recipient_id=recipient_id,
            medium=medium,
            not_before=now,
            created_at=now,
        )

    @property
    def key(self) -> str:
        """What makes it the same notice: queued again under this key, nothing happens."""
        about = f"{self.complaint_id}/{self.sequence}" if self.complaint_id else f"challenge/{self.challenge_id}"
        if self.gathered is not None:
            about = f"gathered/{self.gathered.astimezone(UTC):%Y%m%dT%H%M}"
        told = (
            self.role
            + (f"@{self.agency}" if self.agency else "")
            + (f"#{self.recipient_id}" if self.recipient_id else "")
        )
        return f"{about}/{self.template}/{told}/{self.medium}"


@attrs.frozen(kw_only=True)
class QueuedNotice:
    """A row of the queue; the fields of :class:`NewNotice` and what has become of it. Instants are in UTC."""

    id: str
    key: str
    complaint_id: str | None
    sequence: int | None
    challenge_id: str | None
    template: str
    role: str
    agency: str | None
    recipient_id: str | None
    medium: str
    notifier: str | None
    not_before: datetime
    attempts: int
    claims: int
    lease_until: datetime | None
    lease_owner: str | None
    status: Status
    provider_id: str | None
    last_error: str | None
    created_at: datetime
    settled_at: datetime | None


@attrs.frozen(kw_only=True)
class Claim:
    """The right to try a notice once.

    Attributes:
        number: Tells it from every other claim on the same notice, earlier or later.
        notifier: Who is to send it; None when nobody serves its medium.
    """

    notice_id: str
    number: int
    notifier: str | None = attrs.field(default=None, eq=False)

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.number}"


@attrs.frozen(kw_only=True)
class Settlement:
    """What a claim has come to; ``queued`` with ``not_before`` when it is to be tried again.

    ``is_attempt`` is false where nobody was there to try it: that costs the notice none of its attempts.
    """

    status: Status
    notifier: str | None = None
    provider_id: str | None = None
    error: str | None = None
    not_before: datetime | None = None
    is_attempt: bool = True
