"""Officers: who they are, how they sign in, and for how long.

A password is kept as Argon2id (RFC 9106, second recommended setting). What is known of an officer is sealed under the
house's key, for a lost database should not be a list of names.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Row, bindparam, select, update

from lapor_core.complaint import Actor, personal
from lapor_core.errors import BadValue, NotFound, Refused
from lapor_core.lifecycle import Role
from lapor_desk.brakes import Brake
from lapor_desk.reaching import checked_email, normal_mobile
from lapor_desk.sessions import close_session, close_sessions, open_session, principal_id
from lapor_desk.store import Reading, Store, Transaction
from lapor_desk.store.tables import officers

__all__ = ["SHORTEST_PASSWORD", "Officer", "Officers", "officers_in", "read_officer"]

_SESSION = timedelta(hours=10)
"""A working day with its overtime."""

SHORTEST_PASSWORD = 10
"""In characters."""

_BY_ADDRESS = Brake(kind="sign_in_from", most=10, within=timedelta(minutes=15))
"""Of one login from one address: who guesses shuts out nobody but those who sit beside them."""

_BY_ANYBODY = Brake(kind="sign_in", most=100, within=timedelta(minutes=15))
"""Of one login: passwords are made by people, and an attacker may have many addresses."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,127}")
_NOBODY = (Role.REPORTER, Role.SYSTEM)
_OF_AN_AGENCY = (Role.LIAISON_OFFICER, Role.SUPERIOR)


@attrs.frozen(kw_only=True)
class Officer:
    """Somebody who works at the desk.

    Attributes:
        id: Opaque; what records name as the actor.
        login: What they sign in with.
        agency: The agency they belong to; None for officers of the house itself.
        notices: Whether they want to be told of what waits for them, of reminders too.
        disabled: Whether they may no longer sign in.
    """

    id: str
    login: str = personal()
    role: Role
    agency: str | None = None
    name: str = personal(default="")
    email: str = personal(default="")
    mobile: str = personal(default="")
    language: str = "id"
    notices: bool = True
    disabled: bool = False

    @property
    def actor(self) -> Actor:
        """Who they are in a record."""
        return Actor(role=self.role, id=self.id)

    @property
    def is_told(self) -> bool:
        """Whether notices go to them."""
        return self.notices and not self.disabled


def officers_in(tx: Reading, role: Role, agency: str | None = None) -> tuple[Officer, ...]:
    """Return the officers who hold ``role``, of one agency where it is given, in the order of their logins."""
    query = _WITH_ROLE if agency is None else _WITH_ROLE_AT
    rows = tx.connection.execute(query, {"of_role": role.value, "of_agency": agency})
    return tuple(_opened(tx, row) for row in rows)


# Built once: to build a statement costs more than to run it, and the first runs at every intake.
_WITH_ROLE = (
    select(officers)
    .where(officers.c.role == bindparam("of_role"), officers.c.disabled_at.is_(None))
    .order_by(officers.c.login)
)
_WITH_ROLE_AT = _WITH_ROLE.where(officers.c.agency == bindparam("of_agency"))


def read_officer(tx: Reading, officer_id: str) -> Officer | None:
    """Return one officer, disabled or not; None when there is none."""
    row = tx.connection.execute(select(officers).where(officers.c.id == officer_id)).first()
    return None if row is None else _opened(tx, row)


class Officers:
    """The officers of a house.

    Args:
        store: Where they are kept.
        clock: Gives the present instant (aware).
        agencies: Keys of the agencies an officer can belong to.
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime], agencies: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._clock = clock
        self._agencies = agencies

    def add(
        self,
        login: str,
        password: str,
        role: Role,
        *,
        agency: str | None = None,
        name: str = "",
        email: str = "",
        mobile: str = "",
        language: str = "id",
    ) -> Officer:
        """Add an officer.

        Raises:
            BadValue: the login or the password cannot be used (``bad_login``, ``bad_password``), the role is not an officer's
                (``bad_role``), an agency is missing or not known (``bad_agency``), or an address is none (``bad_email``,
                ``bad_mobile``).
            Refused: the login is taken (``login_taken``).
        """
        self._check(login, password, role, agency)
        email, mobile = checked_email(email), normal_mobile(mobile)
        officer = Officer(
            id=secrets.token_hex(16),
            login=login,
            role=role,
            agency=agency,
            name=name,
            email=email,
            mobile=mobile,
            language=language,
        )
        row = {
            "id": officer.id,
            "login": login,
            "password_hash": _hashed(password),
            "role": role.value,
            "agency": agency,
        }
        with self._store.transaction() as tx:
            data = {"name": name, "email": email, "mobile": mobile, "language": language}
            sealed = tx.vault.seal(tx.vault.house, json.dumps(data).encode(), _place(officer.id))
            if not tx.insert_new(officers, row | {"sealed": sealed}):
                raise Refused("this login is taken; choose another one", code="login_taken", field="login")
        return officer

    def sign_in(self, login: str, password: str, *, address: str = "") -> str:
        """Return a session token.

        Args:
            login: As it was typed.
            password: As it was typed.
            address: From where; each has tries of its own.

        Raises:
            Refused: unknown login, wrong password or disabled officer, which are not told apart (``wrong_login``); or too many
                tries of late (``too_many_tries``).
        """
        now, login = self._clock(), login.strip().lower()
        row = self._checked(login, password, address, now)
        with self._store.transaction() as tx:
            return self._let_in(tx, row, address, now)

    def change_password(self, login: str, present: str, new: str, *, address: str = "") -> str:
        """Give an officer who knows the present password another one, end their sessions, and return the token of a new one.

        Raises:
            Refused: the present password is wrong (``wrong_password``), or too many were tried of late (``too_many_tries``).
            BadValue: the new one cannot be used (``bad_password``).
        """
        _check_password(new)
        now = self._clock()
        try:
            row = self._checked(login, present, address, now)
            hashed = _hashed(new)
            with self._store.transaction() as tx:
                close_sessions(tx, "officer", row.id)
                token = self._let_in(tx, row, address, now)
                tx.connection.execute(update(officers).where(officers.c.id == row.id).values(password_hash=hashed))
        except Refused as error:
            if error.code != "wrong_login":
                raise
            raise Refused("the present password is wrong", code="wrong_password", field="present") from None
        return token

    def _checked(self, login: str, password: str, address: str, now: datetime) -> Row[Any]:
        with self._store.transaction() as tx:
            _BY_ADDRESS.count(tx, f"{login} {address}", now)
            _BY_ANYBODY.count(tx, login, now)
            row = tx.connection.execute(select(officers).where(officers.c.login == login)).first()
        known = row is not None and row.disabled_at is None
        # An unknown login takes as long as a wrong password, so that nobody can find out which logins exist.
        right = _is_right(password, row.password_hash if row is not None else _DECOY)
        if row is None or not known or not right:
            raise _wrong_login()
        return row

    def _let_in(self, tx: Transaction, row: Row[Any], address: str, now: datetime) -> str:
        if not _is_unchanged(tx, row):
            raise _wrong_login()
        _BY_ADDRESS.forget(tx, f"{row.login} {address}")
        _BY_ANYBODY.forget(tx, row.login)
        return open_session(tx, "officer", row.id, now + _SESSION)

    def officer(self, token: str) -> Officer | None:
        """Return who holds this session token; None when it is unknown or expired, or the officer is disabled."""
        with self._store.reading() as tx:
            found = principal_id(tx, "officer", token, self._clock())
            officer = read_officer(tx, found) if found else None
        return None if officer is None or officer.disabled else officer

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._store.transaction() as tx:
            close_session(tx, token)

    def listed(self) -> tuple[Officer, ...]:
        """Return every officer, in the order of their logins."""
        with self._store.reading() as tx:
            rows = tx.connection.execute(select(officers).order_by(officers.c.login))
            return tuple(_opened(tx, row) for row in rows)

    def disable(self, login: str) -> None:
        """Let an officer sign in no longer, and end their sessions; what they did stays theirs.

        Raises:
            NotFound: no such login (``unknown_login``).
        """
        self._change(login, {"disabled_at": self._clock()})

    def enable(self, login: str) -> None:
        """Let an officer who was disabled sign in again, with the password they had.

        Raises:
            NotFound: no such login (``unknown_login``).
        """
        self._change(login, {"disabled_at": None})

    def set_notices(self, login: str, *, wanted: bool) -> None:
        """Let an officer be told of what waits for them, or of nothing any more; the console shows it all the same.

        Raises:
            NotFound: no such login (``unknown_login``).
        """
        with self._store.transaction() as tx:
            row = tx.connection.execute(select(officers).where(officers.c.login == login)).first()
            if row is None:
                raise NotFound("no officer has this login", code="unknown_login")
            data = json.loads(tx.vault.open(tx.vault.house, row.sealed, _place(row.id))) | {"notices": wanted}
            sealed = tx.vault.seal(tx.vault.house, json.dumps(data).encode(), _place(row.id))
            tx.connection.execute(update(officers).where(officers.c.id == row.id).values(sealed=sealed))

    def set_password(self, login: str, password: str) -> None:
        """Give an officer another password, and end the sessions that began with the old one.

        Raises:
            NotFound: no such login (``unknown_login``). BadValue: the password cannot be used (``bad_password``).
        """
        _check_password(password)
        self._change(login, {"password_hash": _hashed(password)})

    def _change(self, login: str, values: dict[str, Any]) -> None:
        with self._store.transaction() as tx:
            officer_id = tx.connection.execute(select(officers.c.id).where(officers.c.login == login)).scalar()
            if officer_id is None:
                raise NotFound("no officer has this login", code="unknown_login")
            tx.connection.execute(update(officers).where(officers.c.id == officer_id).values(values))
            close_sessions(tx, "officer", officer_id)

    def _check(self, login: str, password: str, role: Role, agency: str | None) -> None:
        if not _LOGIN.fullmatch(login):
            message = 'a login has 2 to 128 lower-case letters, digits, ".", "_", "@" and "-"'
            raise BadValue(message, code="bad_login", field="login")
        _check_password(password)
        if role in _NOBODY:
            roles = ", ".join(role for role in Role if role not in _NOBODY)
            raise BadValue(f'"{role}": no officer\'s role; allowed: ({roles})', code="bad_role", field="role")
        known = ", ".join(sorted(self._agencies)) or "none is configured"
        if agency is not None and agency not in self._agencies:
            raise BadValue(f'"{agency}": not an agency; allowed: ({known})', code="bad_agency", field="agency")
        if agency is None and role in _OF_AN_AGENCY:
            raise BadValue(f"a {role} belongs to an agency; allowed: ({known})", code="bad_agency", field="agency")


def _wrong_login() -> Refused:
    return Refused("login or password is wrong", code="wrong_login")


def _is_unchanged(tx: Transaction, row: Row[Any]) -> bool:
    """Return whether what was checked holds still: while a password is checked, it can be changed, or its officer disabled."""
    same = (officers.c.id == row.id, officers.c.password_hash == row.password_hash, officers.c.disabled_at.is_(None))
    return tx.connection.execute(select(officers.c.id).where(*same).with_for_update()).first() is not None


def _check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        message = f"a password has at least {SHORTEST_PASSWORD} characters"
        raise BadValue(message, code="bad_password", field="password")
    if any("\ud800" <= letter <= "\udfff" for letter in password):
        raise BadValue("the password is not in UTF-8", code="bad_password", field="password")


def _hashed(password: str) -> str:
    argon = Argon2id(salt=secrets.token_bytes(16), length=32, iterations=3, lanes=4, memory_cost=64 * 1024)
    return argon.derive_phc_encoded(_bytes(password))


def _is_right(password: str, phc: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(_bytes(password), phc)
    except InvalidKey:
        return False
    return True


def _bytes(password: str) -> bytes:
    """A letter with an accent is one letter, however a keyboard composes it (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


# No password has this hash.
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def _opened(tx: Reading, row: Row[Any]) -> Officer:
    data = json.loads(tx.vault.open(tx.vault.house, row.sealed, _place(row.id)))
    return Officer(
        id=row.id, login=row.login, role=Role(row.role), agency=row.agency, disabled=row.disabled_at is not None, **data
    )


def _place(officer_id: str) -> str:
    return f"officer/{officer_id}"
