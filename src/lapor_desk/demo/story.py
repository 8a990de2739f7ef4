"""The story as data: who there is, what happens when, and what must be true at the end."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from importlib import resources
from typing import Any

import attrs

from lapor_core.complaint import Agency
from lapor_core.lifecycle import Role, State

__all__ = ["Cast", "Promise", "Scene", "Story", "read_story"]


@attrs.frozen(kw_only=True)
class Cast:
    """An officer of the story; all of them are invented."""

    login: str
    role: Role = attrs.field(converter=Role)
    name: str
    email: str
    agency: str | None = None


@attrs.frozen(kw_only=True)
class Scene:
    """Something that somebody does.

    Attributes:
        at: When, on the clocks of the office's zone.
        what: ``sms``, ``sms_again``, ``web``, ``app``, ``walk_in``, or an action of the lifecycle.
        report: The report it is about, by its name in the story.
        who: The officer who does it; None for a citizen alone.
        said: What is said with it.
    """

    at: datetime
    what: str
    report: str
    who: str | None = None
    said: Mapping[str, Any] = attrs.field(factory=dict, repr=False)


@attrs.frozen(kw_only=True)
class Promise:
    """What must be true of a report at the end."""

    tier: str
    due: date
    state: State = attrs.field(converter=State)


@attrs.frozen(kw_only=True)
class Story:
    """All of it; scenes are in the order of time."""

    agencies: tuple[Agency, ...]
    officers: tuple[Cast, ...]
    scenes: tuple[Scene, ...]
    promises: Mapping[str, Promise]
    office_opens: time
    first_day: date
    last_day: date

    @property
    def reports(self) -> tuple[str, ...]:
        """The names of the reports, in the order in which they come in."""
        return tuple(scene.report for scene in self.scenes if scene.what in _ARRIVALS)


_ARRIVALS = ("sms", "web", "app", "walk_in")
_MESSAGES = (*_ARRIVALS, "sms_again")


def read_story() -> Story:
    """Return the story that ships with the demo."""
    data = tomllib.loads((resources.files(__name__.rpartition(".")[0]) / "story.toml").read_text("utf-8"))
    return Story(
        agencies=tuple(Agency(**agency) for agency in data["agencies"]),
        officers=tuple(Cast(**officer) for officer in data["officers"]),
        scenes=tuple(_scene(scene) for scene in data["scenes"]),
        promises={name: Promise(**promise) for name, promise in data["promises"].items()},
        office_opens=time.fromisoformat(data["office_opens"]),
        first_day=data["first_day"],
        last_day=data["last_day"],
    )


def _scene(data: Mapping[str, Any]) -> Scene:
    said = dict(data)
    at, who = said.pop("at"), said.pop("as", None)
    message = next((word for word in _MESSAGES if word in said), None)
    if message is not None:
        return Scene(at=at, what=message, report=said.pop(message), who=who, said=said)
    return Scene(at=at, what=said.pop("do"), report=said.pop("on"), who=who, said=said)
