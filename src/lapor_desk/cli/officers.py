"""``lapor officers``: who works at the desk. A password is typed or piped in, and never stands on a command line."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from lapor_core.errors import BadValue, did_you_mean
from lapor_core.lifecycle import Role
from lapor_desk.cli.houses import configured, opened, say
from lapor_desk.cli.values import print_json

__all__ = ["app"]

app = App(name="officers", help="Add, list, disable and enable officers, and change their passwords.")

Flag = Annotated[bool, Parameter(negative=())]

_ROLES = tuple(role for role in Role if role not in (Role.REPORTER, Role.SYSTEM))


@app.command
def add(
    login: str,
    *,
    role: str,
    agency: str | None = None,
    name: str = "",
    email: str = "",
    mobile: str = "",
    password_stdin: Flag = False,
    config: Path | None = None,
    database: str | None = None,
) -> None:
    """Add an officer.

    Parameters
    ----------
    login
        What the officer signs in with: lower-case letters, digits, ".", "_", "@" and "-".
    role
        central_admin, agency_admin, liaison_officer, superior, inspectorate, counter_officer or auditor.
    agency
        The key of the officer's agency; needed for a liaison officer and a superior.
    name
        The officer's name, as colleagues see it.
    email
        Where notices go.
    mobile
        Where notices go when there is no e-mail address: +62...
    password_stdin
        Read the password from standard input.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    chosen = _role(role)
    with opened(configured(config, database=database), begin=say) as house:
        password = _password(from_stdin=password_stdin)
        officer = house.officers.add(login, password, chosen, agency=agency, name=name, email=email, mobile=mobile)
    print(f"{officer.login} is {officer.role}{f' of {officer.agency}' if officer.agency else ''}")


@app.command(name="list")
def list_(*, json: Flag = False, config: Path | None = None, database: str | None = None) -> None:
    """List the officers.

    Parameters
    ----------
    json
        Print JSON.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    with opened(configured(config, database=database)) as house:
        listed = house.officers.listed()
    if json:
        fields = ("login", "role", "agency", "name", "email", "mobile", "notices", "disabled")
        print_json([{field: getattr(officer, field) for field in fields} for officer in listed])
        return
    for officer in listed:
        state = "  disabled" if officer.disabled else "" if officer.notices else "  no notices"
        print(f"{officer.login:<24} {officer.role:<16} {officer.agency or '-':<24} {officer.name}{state}".rstrip())


@app.command
def disable(login: str, *, config: Path | None = None, database: str | None = None) -> None:
    """Let an officer sign in no longer, and end the sessions there are.

    Parameters
    ----------
    login
        The officer.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    with opened(configured(config, database=database)) as house:
        house.officers.disable(login)
    print(f"{login} can no longer sign in")


@app.command
def enable(login: str, *, config: Path | None = None, database: str | None = None) -> None:
    """Let an officer who was disabled sign in again, with the password they had.

    Parameters
    ----------
    login
        The officer.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    with opened(configured(config, database=database)) as house:
        house.officers.enable(login)
    print(f"{login} can sign in again")


@app.command
def notices(
    login: str, wanted: Literal["on", "off"], *, config: Path | None = None, database: str | None = None
) -> None:
    """Send an officer notices, or none any more; each officer can choose this at the desk too.

    Parameters
    ----------
    login
        The officer.
    wanted
        "on" or "off"; "off" keeps reminders of deadlines away too.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    with opened(configured(config, database=database)) as house:
        house.officers.set_notices(login, wanted=wanted == "on")
    print(f"{login} is sent notices" if wanted == "on" else f"{login} is sent no notices")


@app.command
def password(
    login: str, *, password_stdin: Flag = False, config: Path | None = None, database: str | None = None
) -> None:
    """Give an officer another password, and end the sessions there are.

    Parameters
    ----------
    login
        The officer.
    password_stdin
        Read the password from standard input.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    with opened(configured(config, database=database)) as house:
        house.officers.set_password(login, _password(from_stdin=password_stdin))
    print(f"{login} has another password")


def _role(text: str) -> Role:
    if text not in _ROLES:
        raise BadValue(f'"{text}": not an officer\'s role; {did_you_mean(text, _ROLES)}', code="bad_role", field="role")
    return Role(text)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n").removeprefix("\ufeff")  # an editor's mark, which nobody would type
    if not sys.stdin.isatty():
        raise BadValue("nobody is here to type a password; pipe it in with --password-stdin", code="no_terminal")
    typed = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != typed:
        raise BadValue("the two passwords differ; nothing was changed", code="bad_password", field="password")
    return typed
