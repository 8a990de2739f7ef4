"""The house: a configuration made into a store, a standard, plug-ins, a desk and an engine, opened once per process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import attrs
from sqlalchemy import select

from lapor_core.calendar import indonesia, overlay
from lapor_core.errors import BadValue, DocumentFaults, did_you_mean
from lapor_core.notices.rendering import Templates
from lapor_core.plugins import Addresses, Channel, Notifier, PluginHost, Works
from lapor_core.plugins import Desk as ChannelDesk
from lapor_core.policy.offices import office_from
from lapor_core.standard import Standard, load_standard
from lapor_desk.accounts import Accounts
from lapor_desk.channel_work import ChannelWork
from lapor_desk.checkpoints import take_checkpoint
from lapor_desk.composing import Composing
from lapor_desk.config import Config, read_decrees, read_policy
from lapor_desk.daily import UNFINISHED, Daily
from lapor_desk.desk import Desk
from lapor_desk.door import Door
from lapor_desk.engine import Engine, by_medium
from lapor_desk.nationals import carry_over
from lapor_desk.officers import Officers
from lapor_desk.opening import open_channels
from lapor_desk.pacing import Pace
from lapor_desk.places import S3Place
from lapor_desk.plugging import OUTBOX, beside, plugin_host, plugin_settings
from lapor_desk.recalculating import Recalculation
from lapor_desk.retention import AT_ONCE, forget_expired
from lapor_desk.sites import addresses_of
from lapor_desk.store import Files, Store, StoreDown, open_store
from lapor_desk.store.tables import complaints
from lapor_desk.telemetry import MeasuredCourier

__all__ = ["House", "files_of", "open_house", "read_standard", "utc_now"]


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@attrs.frozen(kw_only=True)
class House:
    """Everything an office runs on.

    Attributes:
        clock: Gives the present instant (aware).
        channels: The channels that are open.
        engine: Sends what is queued.
    """

    config: Config
    store: Store
    standard: Standard
    plugins: PluginHost
    channels: tuple[Channel, ...]
    desk: Desk
    accounts: Accounts
    officers: Officers
    engine: Engine
    clock: Callable[[], datetime]

    def door(self, channel: Channel) -> ChannelDesk:
        """Return the desk as ``channel`` sees it."""
        return Door(
            channel=channel.key,
            proofs=channel.proofs,
            desk=self.desk,
            accounts=self.accounts,
            addresses=self.addresses,
        )

    @property
    def addresses(self) -> Addresses:
        """Where people find the pages from outside."""
        return addresses_of(self.config.public_url, self.channels)

    def channel_work(self) -> ChannelWork:
        """Return the workers of the channels that fetch their messages themselves, not started yet."""
        return ChannelWork((channel, self.door(channel)) for channel in self.channels if isinstance(channel, Works))

    def on_queued(self, nudge: Callable[[], None]) -> None:
        """Have ``nudge`` called whenever something was queued."""
        self.desk.queued = nudge
        self.accounts.queued = nudge

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints: as configured, else beside the SQLite file, the folder of attachments, or the key."""
        place = self.config.files if isinstance(self.config.files, Path) else self.config.key_file
        usual = beside(self.config, "checkpoints") or (place or Path()).with_name("checkpoints")
        return self.config.checkpoints or usual

    @property
    def files(self) -> Path | S3Place:
        """Where attachments lie: as configured, else in a folder beside the SQLite file."""
        return files_of(self.config)

    def chores(self) -> Mapping[str, Callable[[datetime], object]]:
        """Return what is done once a day, by name."""
        days = self.config.retention
        recalculation = Recalculation(store=self.store, standard_of=self.desk.standard_of)
        return {
            "checkpoint": lambda now: take_checkpoint(self.store, self.checkpoints, now),
            "refresh": lambda now: recalculation.refresh(now, self.desk.standards),
            "expired": lambda now: forget_expired(self.store, now),
            "leftovers": lambda _: self.store.clear_leftovers(),
            "retention": lambda now: _in_parts(self.desk.erase_old(now, days)) if days is not None else None,
        }

    def close(self) -> None:
        """Give everything back."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def files_of(config: Config) -> Path | S3Place:
    """Return where attachments lie: as configured, else in a folder beside the SQLite file."""
    return config.files or beside(config, "files") or Path("files")


def open_house(config: Config, *, clock: Callable[[], datetime] = utc_now, new: bool = False) -> House:
    """Open the house that ``config`` describes.

    Args:
        config: What an office set.
        clock: Gives the present instant (aware).
        new: Begin a new desk with a key that is there already; see :func:`lapor_desk.store.open_store`.

    Raises:
        BadValue: the database cannot be used; or complaints are in it whose policy is not loaded (``unknown_policies``).
        StoreDown: the database is away, or a folder cannot be made (``store_down``).
        DocumentFaults: a policy or decree file has faults; or ``[notifiers.<key>]`` names no notifier.
        NotFound: no such policy.
    """
    made = _make_outbox(config)
    try:
        return _opened(config, clock, new=new)
    except BaseException:
        if made is not None:
            with suppress(OSError):  # something lies in it already
                made.rmdir()
        raise


def _opened(config: Config, clock: Callable[[], datetime], *, new: bool) -> House:
    plugins = plugin_host(config)
    standard = read_standard(config, plugins=plugins)
    former = [read_standard(config, name, plugins) for name in config.former_policies]
    channels = open_channels(plugins, standard.policy)
    store = _store(config, [*former, standard], new=new)
    desk = Desk(store, standard, clock=clock, former=former, plugins=plugins)
    house = House(
        config=config,
        store=store,
        standard=standard,
        plugins=plugins,
        channels=channels,
        desk=desk,
        accounts=Accounts(store, clock=clock),
        officers=Officers(store, clock=clock, agencies=frozenset(standard.agencies)),
        engine=Engine(
            store=store,
            compose=Composing(
                desk=desk,
                clock=clock,
                templates=_templates(plugins),
                addresses=addresses_of(config.public_url, channels),
            ),
            courier=_courier(config, plugins),
            paces=_paces(config, plugins),
            zone=ZoneInfo(standard.office.zone),
        ),
        clock=clock,
    )
    desk.daily = Daily(store, standard.office, house.chores(), irrevocable=["retention"]).run
    return house


def read_standard(config: Config, policy: str | None = None, plugins: PluginHost | None = None) -> Standard:
    """Return the standard in force, or the one of another policy, over the decrees and offices of the configuration.

    Policies and decrees of ``plugins`` count beside the shipped ones; the office's own decrees are laid over both.
    """
    plugins = plugins or PluginHost(entry_points=())
    ledger = plugins.ledger(indonesia())
    for name, text in read_decrees(config):
        ledger = overlay(ledger, text, name)
    read = read_policy(config, policy, plugins.policies())
    offices = {entry.key: office_from(entry, entry.time_zone or read.time_zone, ledger) for entry in config.offices}
    return load_standard(read, ledger=ledger, offices=offices)


def _in_parts(erased: int) -> object:
    """Return whether more reporters may have to be erased than could be in one go."""
    return UNFINISHED if erased >= AT_ONCE else None


def _templates(plugins: PluginHost) -> Templates:
    return {(template.name, template.language): template.text for template in plugins.templates()}


def _courier(config: Config, plugins: PluginHost) -> MeasuredCourier:
    notifiers = _notifiers(config, plugins)
    return MeasuredCourier(by_medium(notifiers), all_notifiers=notifiers, chosen=plugins.choose)


def _notifiers(config: Config, plugins: PluginHost) -> tuple[Notifier, ...]:
    """Return the notifiers in use.

    Where a plug-in that the office has configured is off, none stands in for it: a folder that swallows letters because
    of a slip in ``[plugins.email]`` would look like a mail server that works. The letters wait until it is mended.
    """
    off = any(status.key in config.plugins and not status.enabled for status in plugins.report())
    return tuple(one for one in plugins.notifiers() if not (off and getattr(one, "last_resort", False)))


def _paces(config: Config, plugins: PluginHost) -> Mapping[str, Pace]:
    """Return the paces of notifiers; one for a notifier that is not there is refused, for a slip would wake people."""
    off = {
        status.key for status in plugins.report() if not status.enabled
    }  # these may be notifiers, once they are mended
    known = sorted({one.key for one in plugins.notifiers()} | off)
    unknown = [key for key in config.notifiers if key not in known]
    document = config.document
    if unknown and document is not None:
        problems = ((key, f'"{key}": not a notifier; {did_you_mean(key, known)}') for key in unknown)
        raise DocumentFaults([document.fault(("notifiers", key), problem) for key, problem in problems])
    return config.notifiers


def _store(config: Config, standards: list[Standard], *, new: bool) -> Store:
    store = open_store(
        config.database,
        master=config.key_file,
        files=_files(config.files),
        new=new,
    )
    try:
        _check_policies(store, standards)
        carry_over(store)
    except BaseException:
        store.close()
        raise
    return store


def _files(place: Path | S3Place | None) -> Files | None:
    if isinstance(place, S3Place):
        return Files.s3(place)
    return Files.local(place) if place else None


def _make_outbox(config: Config) -> Path | None:
    """Make the folder of the outbox where the house gives it one, and return it if it was not there.

    A folder that the office has named must be there.
    """
    if OUTBOX in config.plugins or OUTBOX not in (settings := plugin_settings(config)):
        return None
    folder = Path(settings[OUTBOX]["folder"])
    try:
        is_new = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"{folder}: the folder of messages cannot be made: {error.strerror or error}"
        raise StoreDown(message, code="store_down", reason="folder") from error
    return folder if is_new else None


def _check_policies(store: Store, standards: list[Standard]) -> None:
    """A complaint is judged by the policy it was received under, so that policy must be at hand."""
    loaded = {standard.policy.reference for standard in standards}
    with store.reading() as tx:
        used = set(tx.connection.execute(select(complaints.c.policy).distinct()).scalars())
    if unknown := sorted(used - loaded):
        message = (
            f"complaints were received under {', '.join(unknown)}, and loaded is {', '.join(sorted(loaded))}; "
            "name these policies, or their files, under former_policies"
        )
        raise BadValue(message, code="unknown_policies", policies=tuple(unknown))
