"""Mail servers on loopback: a real one (aiosmtpd) with TLS and logins, and one that says and does what a test tells it."""

import datetime as dt
import email
import email.policy
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import attrs
import pytest

from lapor_core.plugins import Message
from lapor_core.testing import FrozenClock

LOGIN = ("loket", "kata-sandi-contoh")  # invented


@pytest.fixture
def now() -> dt.datetime:
    return FrozenClock()()


@pytest.fixture(scope="session")
def make_message() -> Callable[..., Message]:
    """Make an e-mail to an invented citizen, with some of its fields changed."""

    def make(**changes: Any) -> Message:
        message = Message(
            key="kasus-1/3/answered/reporter/email",
            medium="email",
            address="warga7@example.org",
            subject="Laporan Anda dijawab",
            text="Lampu jalan sudah menyala – terima kasih.\n\nDinas Contoh",
            template="answered",
        )
        return attrs.evolve(message, **changes)

    return make


@attrs.frozen(kw_only=True)
class Certificate:
    """A certificate that nobody but us has signed, and its key."""

    path: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for ``localhost`` and 127.0.0.1."""
    return signed(tmp_path_factory.mktemp("certificate") / "mail.pem", "localhost", "127.0.0.1")


@pytest.fixture(scope="session")
def certificate_of_another(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for a name and an address that are not ours."""
    return signed(tmp_path_factory.mktemp("certificate") / "other.pem", "mail.example.id", "192.0.2.1")


def signed(path: Path, name: str, address: str) -> Certificate:
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Dinas Contoh")])
    today = dt.datetime.now(dt.UTC)  # what is handed to OpenSSL is held against the real clock
    addresses = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(address))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return Certificate(path=path)


@attrs.define(kw_only=True)
class Inbox:
    """What a real mail server took in."""

    port: int = 0
    received: list[tuple[str, list[str], bytes]] = attrs.field(factory=list)
    sessions: list[Any] = attrs.field(factory=list)

    def last(self) -> EmailMessage:
        return email.message_from_bytes(self.received[-1][2], policy=email.policy.default)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name for it
        self.received.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        self.sessions.append(session)
        return "250 2.0.0 Ok: queued as 4cPjFt0Zz1"


@pytest.fixture(scope="session")
def open_inbox() -> Iterator[Callable[..., Inbox]]:
    """Start a real mail server and return what it takes in; arguments are those of aiosmtpd's ``SMTP``."""
    pytest.importorskip("aiosmtpd")
    from aiosmtpd.controller import Controller

    class OnAnyPort(Controller):
        def _trigger_server(self) -> None:  # it connects once; the port is known only now
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    with ExitStack() as stack:

        def start(**arguments: Any) -> Inbox:
            inbox = Inbox()
            controller = OnAnyPort(inbox, hostname="127.0.0.1", port=0, **arguments)
            controller.start()
            stack.callback(controller.stop)
            inbox.port = controller.port
            return inbox

        yield start


@pytest.fixture(scope="session")
def inbox(open_inbox: Callable[..., Inbox]) -> Inbox:
    """A mail server without TLS and without logins."""
    return open_inbox()


@pytest.fixture(scope="session")
def only_with_login() -> Mapping[str, Any]:
    """Arguments of a mail server that wants a login."""
    pytest.importorskip("aiosmtpd")
    from aiosmtpd.smtp import AuthResult

    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> Any:
        right = (given.login.decode(), given.password.decode()) == LOGIN
        return AuthResult(success=right, handled=False)

    return {"authenticator": check, "auth_required": True}


DROP, SILENCE = "drop", "silence"


class _Conversation(socketserver.StreamRequestHandler):
    server: "Scripted"

    def handle(self) -> None:
        with suppress(OSError):  # the other side is gone, which is what some tests are about
            self._talk()

    def _talk(self) -> None:
        if not self._say("CONNECT", "220 mail.example.id"):
            return
        while line := self.rfile.readline():
            verb = line.split()[0].decode("ascii", "replace").upper() if line.split() else ""
            self.server.heard.append(line)
            usual = {"EHLO": "250 mail.example.id", "QUIT": "221 bye", "DATA": "354 go on"}.get(verb, "250 ok")
            if not self._say(verb, usual) or verb == "QUIT":
                return
            if verb == "DATA" and self.server.answers.get("DATA", "354").startswith("354"):
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    self.server.content.append(line)
                if not self._say("END", "250 2.0.0 Ok: queued as 4cPjFt0Zz1"):
                    return

    def _say(self, step: str, usual: str) -> bool:
        answer = self.server.answers.get(step, usual)
        self.server.over.wait(self.server.pause)
        if answer == SILENCE:
            self.server.over.wait(30)
        if answer in (DROP, SILENCE):
            return False
        self.wfile.write(answer.encode("latin-1") + b"\r\n")
        return True


class Scripted(socketserver.ThreadingTCPServer):
    """A mail server that answers each command as ``answers`` says; ``drop`` hangs up, ``silence`` says nothing.

    The steps are CONNECT, the commands, and END for what comes after the message.
    """

    daemon_threads = True

    def __init__(self, answers: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answers = answers
        self.heard: list[bytes] = []
        self.content: list[bytes] = []
        self.over = threading.Event()
        self.pause = 0.0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def verbs(self) -> list[str]:
        return [line.split()[0].decode().upper() for line in self.heard]


@pytest.fixture
def script() -> Iterator[Callable[..., Scripted]]:
    """Start a server that answers as it is told: ``script(RCPT="550 5.1.1 no such user")``."""
    with ExitStack() as stack:

        def start(**answers: str) -> Scripted:
            server = stack.enter_context(Scripted(answers))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            stack.callback(server.over.set)
            return server

        yield start
