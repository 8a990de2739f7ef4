"""A share of the queue: what of it one notifier is to send. Each is claimed from by itself, so that none holds up another."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from sqlalchemy import ColumnElement, and_, or_

from lapor_desk.store.tables import notices

__all__ = ["EVERYTHING", "Kind", "Share"]


@attrs.frozen(kw_only=True)
class Kind:
    """What decides which of several notifiers sends a notice; ``attempts`` are those made before."""

    medium: str
    template: str
    attempts: int


@attrs.frozen(kw_only=True)
class Share:
    """What of the queue one notifier sends.

    Attributes:
        notifier: Its key; None for what nobody serves.
        media: The media of which it sends everything.
        kinds: What it sends of media that others serve too.
        is_rest: Whether it is the other way round, and everything but ``media`` is meant.
    """

    notifier: str | None = None
    media: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    is_rest: bool = False

    @classmethod
    def rest(cls, served: Iterable[str]) -> Share:
        """Return what is in no medium that somebody serves."""
        return cls(media=frozenset(served), is_rest=True)

    @property
    def condition(self) -> ColumnElement[bool]:
        """What holds of its rows."""
        media = sorted(self.media)
        if self.is_rest:
            return notices.c.medium.not_in(media)
        return or_(notices.c.medium.in_(media), *map(_is_of, self.kinds))


def _is_of(kind: Kind) -> ColumnElement[bool]:
    return and_(
        notices.c.medium == kind.medium, notices.c.template == kind.template, notices.c.attempts == kind.attempts
    )


EVERYTHING = Share.rest(())
"""The whole queue, whoever sends what."""
