"""E-mail through a real mail server on loopback: with TLS, with logins, and held to the notifier's contract."""

import re
import smtplib
import ssl
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_channels.notifiers.email import Email, lapor_register_notifiers
from lapor_channels.notifiers.settings import EmailSettings, Security
from lapor_core.documents import read_document
from lapor_core.errors import BadValue
from lapor_core.plugins import Configurable, Delivered, Failed, Message, Notifier, PluginHost, PluginStatus, TryLater
from lapor_core.testing import FrozenClock, check_notifier
from lapor_core.testing.strategies import messages, texts

USER, PASSWORD = "loket", "kata-sandi-contoh"  # invented, as conftest's server knows them


def notifier(port: int, **settings: Any) -> Email:
    plain = {"host": "127.0.0.1", "port": port, "from_address": "lapor@example.id", "security": Security.NONE}
    return Email().configure(EmailSettings(**plain | settings))


def test_the_plug_in_brings_a_notifier_for_e_mail() -> None:
    (email,) = lapor_register_notifiers()
    assert isinstance(email, Notifier)
    assert isinstance(email, Configurable)
    assert (email.key, email.media) == ("email", {"email"})


def test_it_keeps_the_contract_of_a_notifier(inbox: Any) -> None:
    check_notifier(lambda: notifier(inbox.port))


def test_it_keeps_the_contract_before_it_is_configured() -> None:
    check_notifier(Email)


def test_a_message_arrives_and_its_name_at_the_server_is_kept(
    inbox: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    verdict = notifier(inbox.port, from_name="Dinas Contoh").send(make_message(), now)
    assert verdict == Delivered(provider_id="4cPjFt0Zz1")
    sender, recipients, _ = inbox.received[-1]
    assert (sender, recipients) == ("lapor@example.id", ["warga7@example.org"])
    assert inbox.last()["Subject"] == "Laporan Anda dijawab"
    assert inbox.last()["From"] == "Dinas Contoh <lapor@example.id>"
    assert inbox.last().get_content() == make_message().text.replace("\n", "\r\n") + "\r\n"


@given(message=messages("email"), text=texts(max_size=400), lines=st.lists(st.sampled_from([".", "..", ".a", ""])))
def test_what_was_written_is_what_is_received(inbox: Any, message: Message, text: str, lines: list[str]) -> None:
    written = attrs.evolve(message, text="\n".join([*lines, text, *lines, "akhir"]))
    assert isinstance(notifier(inbox.port).send(written, FrozenClock()()), Delivered)
    assert inbox.last()["Subject"] == written.subject.strip()
    assert inbox.last()["Content-Language"] == written.language
    assert inbox.last().get_content().replace("\r\n", "\n") == written.text + "\n"


def test_every_attempt_has_the_same_message_id(inbox: Any, make_message: Callable[..., Message], now: datetime) -> None:
    for text in ("sekali", "dua kali"):
        notifier(inbox.port).send(make_message(text=text), now)
    first, second = (
        re.search(rb"^Message-ID: (.+)\r$", content, re.MULTILINE)[1] for _, _, content in inbox.received[-2:]
    )
    assert first == second
    assert first.endswith(b"@example.id>")


def test_an_address_no_header_can_carry_fails_without_a_connection(
    make_message: Callable[..., Message], now: datetime
) -> None:
    verdict = notifier(1).send(make_message(address="warga7@example.org\r\nBcc: semua@example.org"), now)
    assert verdict == Failed(why="not an e-mail address that every mail server can carry")


def test_starttls_is_used_where_it_is_asked_for(
    open_inbox: Any, certificate: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    inbox = open_inbox(tls_context=certificate.context(), require_starttls=True)
    safe = notifier(inbox.port, security=Security.STARTTLS, ca_file=str(certificate.path))
    assert isinstance(safe.send(make_message(), now), Delivered)
    assert inbox.sessions[-1].ssl is not None


def test_starttls_is_required_and_nothing_is_sent_in_the_clear(
    inbox: Any, certificate: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    before = len(inbox.received)
    safe = notifier(inbox.port, security=Security.STARTTLS, ca_file=str(certificate.path))
    verdict = safe.send(make_message(), now)
    assert verdict == TryLater(why="the mail server does not offer what [plugins.email] asks for: STARTTLS, or a login")
    assert len(inbox.received) == before


def test_tls_from_the_first_byte(
    open_inbox: Any, certificate: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    inbox = open_inbox(ssl_context=certificate.context())
    safe = notifier(inbox.port, security=Security.TLS, ca_file=str(certificate.path))
    assert isinstance(safe.send(make_message(), now), Delivered)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_nobody_trusts_is_refused(
    open_inbox: Any, certificate: Any, make_message: Callable[..., Message], now: datetime, security: Security
) -> None:
    how = "tls_context" if security is Security.STARTTLS else "ssl_context"
    inbox = open_inbox(**{how: certificate.context()})
    verdict = notifier(inbox.port, security=security).send(make_message(), now)
    assert isinstance(verdict, TryLater)
    assert "certificate is not accepted" in verdict.why
    assert inbox.received == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_of_another_name_is_refused(
    open_inbox: Any,
    certificate_of_another: Any,
    make_message: Callable[..., Message],
    now: datetime,
    security: Security,
) -> None:
    how = "tls_context" if security is Security.STARTTLS else "ssl_context"
    inbox = open_inbox(**{how: certificate_of_another.context()})
    trusting = notifier(inbox.port, security=security, ca_file=str(certificate_of_another.path))
    verdict = trusting.send(make_message(), now)
    assert isinstance(verdict, TryLater)
    assert "certificate is not valid for" in verdict.why
    assert inbox.received == []


def test_old_tls_is_refused(
    open_inbox: Any, certificate: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    old = certificate.context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old TLS is what this is about
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.minimum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    inbox = open_inbox(tls_context=old)
    safe = notifier(inbox.port, security=Security.STARTTLS, ca_file=str(certificate.path))
    assert safe.tls is not None
    assert safe.tls.minimum_version is ssl.TLSVersion.TLSv1_2
    assert isinstance(safe.send(make_message(), now), TryLater)
    assert inbox.received == []


def test_tls_to_a_server_that_does_not_speak_it_is_a_fault_of_the_settings(
    inbox: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    verdict = notifier(inbox.port, security=Security.TLS).send(make_message(), now)
    assert isinstance(verdict, TryLater)
    assert "check security and port" in verdict.why


def test_a_login_opens_the_server(
    open_inbox: Any, only_with_login: Mapping[str, Any], certificate: Any, make_message: Any, now: datetime
) -> None:
    inbox = open_inbox(tls_context=certificate.context(), **only_with_login)
    safe = {"security": Security.STARTTLS, "ca_file": str(certificate.path)}
    known = notifier(inbox.port, username=USER, password=PASSWORD, **safe)
    assert isinstance(known.send(make_message(), now), Delivered)
    assert inbox.sessions[-1].authenticated


def test_a_wrong_password_is_tried_again_for_it_is_no_fault_of_the_notice(
    open_inbox: Any, only_with_login: Mapping[str, Any], certificate: Any, make_message: Any, now: datetime
) -> None:
    inbox = open_inbox(tls_context=certificate.context(), **only_with_login)
    safe = {"security": Security.STARTTLS, "ca_file": str(certificate.path)}
    wrong = notifier(inbox.port, username=USER, password="salah-ketik", **safe).send(make_message(), now)
    assert wrong == TryLater(why="the mail server refuses the login from this office: 535 5.7.8; check [plugins.email]")
    nobody = notifier(inbox.port, **safe).send(make_message(), now)
    assert nobody == TryLater(
        why="the mail server refuses the sender from this office: 530 5.7.0; check [plugins.email]"
    )
    assert inbox.received == []


def test_a_login_where_none_is_offered_is_a_fault_of_the_settings(
    open_inbox: Any, certificate: Any, make_message: Callable[..., Message], now: datetime
) -> None:
    inbox = open_inbox(ssl_context=certificate.context())  # without an authenticator, every login is refused
    safe = {"security": Security.TLS, "ca_file": str(certificate.path)}
    verdict = notifier(inbox.port, username=USER, password=PASSWORD, **safe).send(make_message(), now)
    assert isinstance(verdict, TryLater)
    assert inbox.received == []


# Settings


def status(text: str) -> PluginStatus:
    document = read_document(text, "lapor.toml")
    point = EntryPoint("email", "lapor_channels.notifiers.email", "lapor")
    host = PluginHost([point], settings=document.data.get("plugins", {}), document=document)
    [status] = host.report()
    return status


def test_without_settings_the_plug_in_is_off_and_says_what_it_needs() -> None:
    off = status("")
    assert not off.enabled
    assert "plugins.email.host: is required and missing" in off.reason
    assert "plugins.email.from_address: is required and missing" in off.reason
    assert "[plugins.email]" in off.remedy


def test_two_lines_are_enough() -> None:
    assert status('[plugins.email]\nhost = "mail.example.id"\nfrom_address = "lapor@example.id"').enabled


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_the_security(security: str, port: int) -> None:
    usual = EmailSettings(host="mail.example.id", from_address="lapor@example.id", security=Security(security))
    assert usual.port == port
    assert attrs.evolve(usual, port=2525).port == 2525


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('host = "https://mail.example.id"', "host: must be the name of a mail server"),
        ('host = "mail.example.id:587"', "host: must be the name of a mail server"),
        ('host = ""', "host: must be the name of a mail server"),
        ('from_address = "warga-rahasia"', "from_address: must be an e-mail address"),
        ('reply_to = "warga-rahasia"', "reply_to: must be an e-mail address"),
        ('from_name = "Dinas\\r\\nBcc: semua@example.org"', "from_name: must be one line"),
        ('from_name = "Dinas\\u0000Contoh"', "from_name: must be one line"),
        ('from_name = "' + "D" * 101 + '"', "from_name: must be one line of at most 100 characters"),
        ("port = 0", "port = 0: must be 1 to 65535"),
        ("timeout = 0", "timeout = 0: must be 1 to 120"),
        ('security = "ssl"', "not a security; allowed: (starttls, tls, none)"),
        ('username = "loket"', "username and password belong together"),
        ('password = "kata-sandi-contoh"', "username and password belong together"),
        ('username = "loket"\npassword = "kata-sandi-\u00fc"', "password: must be ASCII"),
        (
            'username = "loket"\npassword = "kata-sandi-contoh"\nsecurity = "none"',
            'security = "none" sends no password',
        ),
        ('ca_file = "/tidak/ada.pem"', "ca_file: cannot be used: No such file"),
        ("hots = 1", "unknown key; did you mean"),
    ],
)
def test_settings_that_cannot_be_used_are_named_and_no_secret_is_told(line: str, reason: str) -> None:
    usual = {"host": '"mail.example.id"', "from_address": '"lapor@example.id"'}
    rest = "\n".join(f"{key} = {value}" for key, value in usual.items() if not line.startswith(f"{key} ="))
    off = status(f"[plugins.email]\n{rest}\n{line}\n")
    assert not off.enabled
    assert reason in off.reason
    assert "kata-sandi" not in off.reason
    assert "warga-rahasia" not in off.reason


@pytest.mark.parametrize("host", ["mail.example.id", "localhost", "192.0.2.1", "::1", "2001:db8::25"])
def test_a_host_is_a_name_or_an_address(host: str) -> None:
    assert EmailSettings(host=host, from_address="lapor@example.id").host == host


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("bukan sertifikat", encoding="utf-8")
    settings = EmailSettings(host="localhost", from_address="lapor@example.id", ca_file=str(tmp_path / "ca.pem"))
    with pytest.raises(BadValue, match="no certificates in PEM form"):
        Email().configure(settings)


def test_the_password_is_in_no_repr() -> None:
    email = notifier(25, username=USER, password=PASSWORD, security=Security.TLS)
    assert PASSWORD not in repr(email)


def test_what_smtplib_calls_an_error_is_an_oserror() -> None:
    """The net that catches what goes wrong on the way is made of this."""
    assert issubclass(smtplib.SMTPException, OSError)
    assert issubclass(ssl.SSLError, OSError)
