"""The play: scene after scene, with time going on in between as it does in an office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import attrs

from lapor_desk.demo.citizens import Citizens
from lapor_desk.demo.counter import Officials
from lapor_desk.demo.story import Scene, Story
from lapor_desk.demo.world import World

__all__ = ["Play"]


@attrs.frozen(kw_only=True)
class Play:
    """A story in its world."""

    story: Story
    world: World
    citizens: Citizens
    officials: Officials

    @classmethod
    def of(cls, story: Story, world: World) -> Play:
        """Return the play of ``story`` in ``world``."""
        citizens = Citizens(world=world)
        return cls(story=story, world=world, citizens=citizens, officials=Officials(world=world, citizens=citizens))

    def run(self, tell: Callable[[datetime, Scene | None], None]) -> None:
        """Play all of it; ``tell`` hears of every scene, and of every day (with no scene) as it begins.

        Raises:
            LookupError: a door did not answer as it should.
        """
        try:
            for moment, scene in self._moments():
                tell(moment, scene)
                self.world.move_to(moment)
                if scene is not None:
                    self._scene(scene)
                    self.world.settle()
        finally:
            self.officials.leave()

    def _moments(self) -> Iterator[tuple[datetime, Scene | None]]:
        """Yield the opening of every day with what happens on it, in the order of time."""
        days = (self.story.last_day - self.story.first_day).days + 1
        for number in range(days):
            day = self.story.first_day + timedelta(days=number)
            yield self._at(datetime.combine(day, self.story.office_opens)), None
            yield from ((self._at(scene.at), scene) for scene in self._on(day))

    def _on(self, day: date) -> Iterator[Scene]:
        return (scene for scene in self.story.scenes if scene.at.date() == day)

    def _at(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=self.world.zone)

    def _scene(self, scene: Scene) -> None:
        citizens, officials = self.citizens, self.officials
        arrivals: dict[str, Callable[[Scene], None]] = {
            "sms": citizens.sms,
            "web": citizens.web,
            "app": citizens.app,
            "walk_in": officials.walk_in,
            "sms_again": lambda again: citizens.sms_again(again, self._first(again.report)),
        }
        arrivals.get(scene.what, officials.act)(scene)

    def _first(self, report: str) -> Scene:
        return next(scene for scene in self.story.scenes if scene.report == report)
