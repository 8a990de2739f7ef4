"""The world of the demo: a folder, a post office, a house with the story's clock, and its doors on a port of loopback."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import uvicorn

from lapor_desk.config import Config, load_config, read_policy
from lapor_desk.demo.clock import StoryClock
from lapor_desk.demo.post import PostOffice
from lapor_desk.demo.story import Story
from lapor_desk.house import House, open_house
from lapor_desk.http import create_app

__all__ = ["World", "opened_world"]


@attrs.frozen(kw_only=True)
class World:
    """Everything the story is played in.

    Attributes:
        folder: Where the database, the letters and the SMS lie.
        address: Where the doors are, ``http://127.0.0.1:port``.
        passwords: Of the officers, by login; drawn anew each time.
    """

    folder: Path
    clock: StoryClock
    house: House
    post: PostOffice
    address: str
    passwords: dict[str, str] = attrs.field(repr=False)

    @property
    def zone(self) -> ZoneInfo:
        """The office's zone, in which the story tells time."""
        return ZoneInfo(self.house.standard.policy.time_zone)

    @property
    def phones(self) -> Path:
        """The folder in which SMS lie, as if it were everybody's telephone."""
        return self.folder / "lapor-outbox"

    def move_to(self, moment: datetime) -> None:
        """Let time go on to ``moment`` (aware): what falls due is done, and what is queued is sent."""
        self.clock.set(moment)
        self.house.desk.sweep(moment)
        self.settle()

    def settle(self) -> None:
        """Send what is queued."""
        self.house.engine.run_once(self.clock())


@contextmanager
def opened_world(folder: Path, story: Story) -> Iterator[World]:
    """Open the world in an empty folder, and close it behind the block."""
    config = _configured(folder, story)
    zone = ZoneInfo(read_policy(config).time_zone)
    clock = StoryClock(datetime.combine(story.first_day, story.office_opens, tzinfo=zone))
    with PostOffice(folder / "mails") as post, open_house(_with_post(config, post), clock=clock) as house:
        passwords = {officer.login: secrets.token_urlsafe(12) for officer in story.officers}
        for officer in story.officers:
            house.officers.add(
                officer.login,
                passwords[officer.login],
                officer.role,
                agency=officer.agency,
                name=officer.name,
                email=officer.email,
            )
        with _served(house) as address:
            yield World(folder=folder, clock=clock, house=house, post=post, address=address, passwords=passwords)


def _configured(folder: Path, story: Story) -> Config:
    """Write the configuration that ``lapor serve`` can go on with; the post office is gone by then, so it is not in it."""
    agencies = "\n".join(f'[[agencies]]\nkey = "{agency.key}"\nname = "{agency.name}"\n' for agency in story.agencies)
    file = folder / "lapor.toml"
    file.write_text(f'database = "sqlite:///lapor.db"\npolicy = "banjarbaru"\n\n{agencies}', "utf-8")
    return load_config(file, {})


def _with_post(config: Config, post: PostOffice) -> Config:
    server = {"host": "127.0.0.1", "port": post.port, "security": "none", "from_address": "lapor@example.id"}
    return attrs.evolve(config, plugins={**config.plugins, "email": server})


@contextmanager
def _served(house: House) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = uvicorn.Config(create_app(house), access_log=False, log_config=None, ws="none")
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="lapor-demo", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
