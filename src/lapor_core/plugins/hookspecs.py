"""The hooks a plug-in may implement: five register typed contributions, three are asked while the desk works."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pluggy

from lapor_core.calendar.ledger import Ledger
from lapor_core.complaint import Complaint
from lapor_core.events import Event
from lapor_core.plugins.contracts import Channel, Notifier
from lapor_core.plugins.offers import Advice, Choice, Template
from lapor_core.policy.model import Policy
from lapor_core.submission import Submission

__all__ = ["PROJECT", "hookimpl", "hookspec"]

PROJECT = "lapor"
"""The name of the project for pluggy, and the group of entry points in which plug-ins are found."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plug-in as the implementation of the hook whose name it bears."""

_UNCALLED = "a specification is never called"


@hookspec
def lapor_register_channels() -> Iterable[Channel]:
    """Return the channels this plug-in brings."""
    raise AssertionError(_UNCALLED)


@hookspec
def lapor_register_notifiers() -> Iterable[Notifier]:
    """Return the notifiers this plug-in brings."""
    raise AssertionError(_UNCALLED)


@hookspec
def lapor_register_calendars() -> Iterable[Ledger]:
    """Return the decrees this plug-in brings, to be laid over the shipped ones."""
    raise AssertionError(_UNCALLED)


@hookspec
def lapor_register_policies() -> Iterable[Policy]:
    """Return the service standards this plug-in brings."""
    raise AssertionError(_UNCALLED)


@hookspec
def lapor_register_templates() -> Iterable[Template]:
    """Return the words this plug-in brings for notices."""
    raise AssertionError(_UNCALLED)


@hookspec
def lapor_screen_submission(submission: Submission, now: datetime) -> Iterable[Advice]:  # noqa: ARG001  # the names are the specification
    """Return what officers should know of a submission that has just been taken in; never a refusal."""
    raise AssertionError(_UNCALLED)


@hookspec
def lapor_choose_notifier(choice: Choice) -> str | None:  # noqa: ARG001  # the names are the specification
    """Return the key of the notifier that is to send a message, or None to leave it to the host."""
    raise AssertionError(_UNCALLED)


@hookspec
def lapor_observe_event(event: Event, complaint: Complaint) -> None:  # noqa: ARG001  # the names are the specification
    """Take note of what has happened to a complaint, after it was stored."""
    raise AssertionError(_UNCALLED)
