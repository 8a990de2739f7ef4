"""``lapor.toml``: everything an office sets, read as a whole, with every fault named by file, line and key.

The file is the one named by ``--config``, else by ``LAPOR_CONFIG``, else ``lapor.toml`` in the current folder if there
is one. Without any, the values of this module hold. Paths in the file count from the folder the file stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from lapor_core.complaint import Agency
from lapor_core.documents import Document, read_document
from lapor_core.documents import Path as KeyPath
from lapor_core.errors import BadValue, DocumentFaults, Fault, LaporError, NotFound, did_you_mean
from lapor_core.policy import Policy
from lapor_core.policy.loading import load_policy, shipped_policies, shipped_policy
from lapor_core.policy.model import OfficeRule
from lapor_core.policy.offices import office_from
from lapor_core.structure import structure
from lapor_desk.filling import read_text, with_secrets
from lapor_desk.pacing import Pace, pace_faults
from lapor_desk.places import S3, Access, S3Place, s3_place
from lapor_desk.sites import host_problem, proxy_problem, url_problem

__all__ = ["Config", "OfficeEntry", "find_config", "load_config", "read_decrees", "read_policy"]

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SQLITE = "sqlite:///"


@attrs.frozen(kw_only=True)
class OfficeEntry(OfficeRule):
    """An office whose calendar differs from that of the policy's own; agencies name it by its key.

    Everything that a policy says of its office can be said of it: week, hours, region, collective leave.

    Attributes:
        time_zone: An IANA name, such as ``Asia/Makassar``; the policy's own when empty.
    """

    key: str
    name: str = ""
    time_zone: str = ""


@attrs.frozen(kw_only=True)
class Config:
    """What an office set; every attribute is a key of ``lapor.toml``.

    Attributes:
        database: An SQLAlchemy URL.
        policy: The id of a shipped policy, or the path of a policy file.
        former_policies: Policies, named in the same way, under which complaints were received before.
        files: The folder of attachments, or the place in a bucket; beside the database when None.
        key_file: The file of the master key, made at the first run; beside the database when None.
        outbox: The folder into which messages are written while no notifier is configured; beside the database when None.
        checkpoints: The folder of checkpoints of the record; beside the database, or beside ``files``, when None.
        retention: Days after which a reporter is erased, all of whose complaints are over; never when None.
        host: The address to listen on.
        port: The port to listen on.
        public_url: The address under which people reach the desk from outside; letters and receipts name none when empty.
        trusted_proxies: Addresses or networks of reverse proxies (``*`` is anybody) whose ``X-Forwarded-*`` headers are believed.
        decrees: Decree files laid over the shipped ledger, in this order.
        agencies: The agencies that can be reported, added to those of the policy.
        offices: Offices with a week, zone or region of their own.
        allow_plugins: When not empty, the only plug-ins that are loaded.
        block_plugins: Plug-ins that are never loaded.
        plugins: The settings of each plug-in by its key, secrets filled in.
        notifiers: When each notifier may send, and how fast, by its key.
        document: The file all this was read from, so that a later fault can name its line; None without a file.
    """

    database: str = attrs.field(default="sqlite:///lapor.db", repr=False)
    policy: str = "banjarbaru"
    former_policies: tuple[str, ...] = ()
    files: Path | S3Place | None = None
    key_file: Path | None = None
    outbox: Path | None = None
    checkpoints: Path | None = None
    retention: int | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)
    decrees: tuple[Path, ...] = ()
    agencies: tuple[Agency, ...] = ()
    offices: tuple[OfficeEntry, ...] = ()
    allow_plugins: tuple[str, ...] = ()
    block_plugins: tuple[str, ...] = ()
    plugins: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, repr=False)
    notifiers: Mapping[str, Pace] = attrs.field(factory=dict)
    document: Document | None = attrs.field(default=None, repr=False, eq=False)


@attrs.frozen(kw_only=True)
class _File:
    """The file as it is written: paths are texts still."""

    database: str = attrs.field(default=Config().database, repr=False)
    policy: str = Config().policy
    former_policies: tuple[str, ...] = ()
    files: str = ""
    s3: Access | None = None
    key_file: str = ""
    outbox: str = ""
    checkpoints: str = ""
    retention: int | None = None
    host: str = Config().host
    port: int = Config().port
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = Config().trusted_proxies
    decrees: tuple[str, ...] = ()
    agencies: tuple[Agency, ...] = ()
    offices: tuple[OfficeEntry, ...] = ()
    allow_plugins: tuple[str, ...] = ()
    block_plugins: tuple[str, ...] = ()
    plugins: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, repr=False)
    notifiers: Mapping[str, Pace] = attrs.field(factory=dict)


def find_config(given: Path | None, environ: Mapping[str, str], folder: Path) -> Path | None:
    """Return the configuration file to read: the one given, else ``LAPOR_CONFIG``, else ``folder/lapor.toml`` if there."""
    if given is not None:
        return given
    if environ.get("LAPOR_CONFIG"):
        return Path(environ["LAPOR_CONFIG"])
    usual = folder / "lapor.toml"
    return usual if usual.is_file() else None


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration; ``environ`` is where secrets written as ``{ env = "NAME" }`` are taken from.

    Raises:
        BadValue: code ``unreadable_file``.
        DocumentFaults: with every fault of the file.
    """
    if path is None:
        return Config()
    document = read_document(read_text(path), str(path))
    faults: list[Fault] = []
    data = with_secrets(document, environ, path.parent, faults)
    try:
        written = structure(document, _File, data)
    except DocumentFaults as error:
        raise DocumentFaults([*error.faults, *faults]) from error
    told = {fault.key for fault in faults}
    faults.extend(fault for fault in _contradictions(document, written, path.parent) if fault.key not in told)
    if faults:
        raise DocumentFaults(faults)
    return attrs.evolve(_config(written, path.parent), document=document)


def read_policy(config: Config, name: str | None = None, further: Iterable[Policy] = ()) -> Policy:
    """Return the policy in force, or the one called ``name``, with the agencies of the configuration among its own.

    Args:
        config: The configuration.
        name: The id of a policy, or the path of a policy file; the one in force when None.
        further: Policies beside the shipped ones: those of plug-ins. Of several versions the id means the last, and
            ``id@version`` any.

    Raises:
        NotFound: code ``unknown_policy``: neither a shipped policy nor a file.
        DocumentFaults: The policy file has faults.
    """
    known = {name: policy for policy in further for name in (policy.id, policy.reference)}
    policy = _policy_named(config.policy if name is None else name, known)
    taken = {agency.key for agency in config.agencies}
    others = tuple(agency for agency in policy.agencies if agency.key not in taken)
    return attrs.evolve(policy, agencies=others + config.agencies)


def read_decrees(config: Config) -> tuple[tuple[str, str], ...]:
    """Return name and text of each decree file, in the order in which they are laid over the ledger."""
    return tuple((str(path), read_text(path)) for path in config.decrees)


def _policy_named(name: str, further: Mapping[str, Policy]) -> Policy:
    if name in shipped_policies():
        return shipped_policy(name)
    if name in further:
        return further[name]
    path = Path(name)
    if path.suffix == ".toml" or path.is_file():
        return load_policy(read_text(path), name)
    known = (*shipped_policies(), *further)
    message = f'"{name}": neither a shipped policy nor a policy file; {did_you_mean(name, known)}'
    raise NotFound(message, code="unknown_policy", name=name, allowed=known)


def _contradictions(document: Document, written: _File, folder: Path) -> Iterator[Fault]:
    """Yield what is of the right type and still cannot be."""
    offices = {office.key for office in written.offices}
    yield from _bad_keys(document, "agencies", [agency.key for agency in written.agencies])
    yield from _bad_keys(document, "offices", [office.key for office in written.offices])
    for index, agency in enumerate(written.agencies):
        if agency.office and agency.office not in offices:
            problem = f'"{agency.office}": not an office; {did_you_mean(agency.office, sorted(offices))}'
            yield document.fault(("agencies", index, "office"), problem)
    for index, office in enumerate(written.offices):
        if office.time_zone and not _is_zone(office.time_zone):
            problem = f'"{office.time_zone}": not a time zone; write Asia/Jakarta, Asia/Makassar or Asia/Jayapura'
            yield document.fault(("offices", index, "time_zone"), problem)
        else:
            yield from _calendar_faults(document, ("offices", index), office)
    yield from _place_faults(document, written)
    yield from _missing_files(document, written, folder)
    if written.retention is not None and written.retention < 1:
        yield document.fault(("retention",), f"must be at least one day, not {written.retention}")
    if "database" in document.data:
        yield from _bad_database(document, written)
    yield from _bad_addresses(document, written)
    yield from pace_faults(document, written.notifiers)
    for name in sorted(set(written.allow_plugins) & set(written.block_plugins)):
        yield document.fault(("block_plugins",), f'"{name}": allowed and blocked at once')


def _missing_files(document: Document, written: _File, folder: Path) -> Iterator[Fault]:
    """A policy is named by its file or by its id; the plug-ins, which may bring further ids, are not asked here."""
    policies: list[tuple[KeyPath, str]] = [(("policy",), written.policy)]
    policies += [(("former_policies", index), policy) for index, policy in enumerate(written.former_policies)]
    decrees: list[tuple[KeyPath, str]] = [(("decrees", index), decree) for index, decree in enumerate(written.decrees)]
    for at, name in [*(each for each in policies if each[1].endswith(".toml")), *decrees]:
        if not (folder / name).is_file():
            yield document.fault(at, f"{name}: no such file")


def _bad_database(document: Document, written: _File) -> Iterator[Fault]:
    """What can be told before a driver reads it; nothing of the URL is repeated, for a password may stand anywhere in it."""
    kind, _, rest = written.database.partition("://")
    name = rest.removeprefix("/")
    is_file = rest.startswith("/") and name not in ("", ":memory:") and "?" not in name and not name.startswith("file:")
    is_known = is_file if kind.partition("+")[0] == "sqlite" else kind.partition("+")[0] in ("postgresql", "postgres")
    if not is_known:
        yield document.fault(
            ("database",), "must be sqlite:///file.db, without options, or postgresql://user@host/name"
        )


def _bad_addresses(document: Document, written: _File) -> Iterator[Fault]:
    if not 0 <= written.port <= 65_535:
        yield document.fault(("port",), f"must be 0 to 65535, not {written.port}")
    if problem := host_problem(written.host):
        yield document.fault(("host",), problem)
    for index, proxy in enumerate(written.trusted_proxies):
        if problem := proxy_problem(proxy):
            yield document.fault(("trusted_proxies", index), problem)
    if written.public_url and (problem := url_problem(written.public_url)):
        yield document.fault(("public_url",), problem)


def _place_faults(document: Document, written: _File) -> Iterator[Fault]:
    if not written.files.startswith(S3):
        if written.s3 is not None:
            yield document.fault(("s3",), 'of no use while files is no bucket; write files = "s3://bucket/prefix"')
        return
    if written.s3 is None:
        problem = "a bucket needs the table [s3] with endpoint, access_key_id and secret_access_key"
        yield document.fault(("files",), problem)
        return
    for name in ("access_key_id", "secret_access_key"):
        if not getattr(written.s3, name).strip():
            yield document.fault(("s3", name), "must not be empty")
    try:
        s3_place(written.files, written.s3)
    except BadValue as error:
        yield document.fault(("s3", "endpoint") if error.code == "bad_endpoint" else ("files",), str(error))


def _calendar_faults(document: Document, at: KeyPath, office: OfficeEntry) -> Iterator[Fault]:
    try:
        office_from(office, office.time_zone or "Asia/Jakarta")
    except LaporError as error:
        field = _FIELD_OF.get(error.code)
        yield document.fault((*at, field) if field else at, str(error))


_FIELD_OF = {
    "bad_week": "week",
    "empty_week": "week",
    "unknown_region": "region",
    "unknown_calendar": "calendar",
}
"""The key that an error of a calendar speaks of."""


def _bad_keys(document: Document, table: str, keys: list[str]) -> Iterator[Fault]:
    for index, key in enumerate(keys):
        if not _KEY.fullmatch(key):
            problem = f'"{key}": a key has lower-case letters, digits, "-" and "_"'
            yield document.fault((table, index, "key"), problem)
        elif key in keys[:index]:
            yield document.fault((table, index, "key"), f'"{key}": used twice')


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _config(written: _File, folder: Path) -> Config:
    values = attrs.asdict(written, recurse=False)
    del values["s3"]
    return Config(
        **values
        | {
            "database": _from_folder(written.database, folder),
            "policy": _policy_path(written.policy, folder),
            "former_policies": tuple(_policy_path(policy, folder) for policy in written.former_policies),
            "files": _files(written, folder),
            "key_file": folder / written.key_file if written.key_file else None,
            "outbox": folder / written.outbox if written.outbox else None,
            "checkpoints": folder / written.checkpoints if written.checkpoints else None,
            "decrees": tuple(folder / decree for decree in written.decrees),
        }
    )


def _files(written: _File, folder: Path) -> Path | S3Place | None:
    if written.s3 is not None:
        return s3_place(written.files, written.s3)
    return folder / written.files if written.files else None


def _from_folder(database: str, folder: Path) -> str:
    """Return the URL with a relative SQLite path made to count from the file's folder."""
    name = database.removeprefix(_SQLITE)
    if not database.startswith(_SQLITE) or name.startswith(("/", ":", "?")) or Path(name).is_absolute():
        return database
    return f"{_SQLITE}{(folder / name).as_posix()}"


def _policy_path(policy: str, folder: Path) -> str:
    return policy if policy in shipped_policies() else str(folder / policy) if policy.endswith(".toml") else policy
