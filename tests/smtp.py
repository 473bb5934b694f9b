"""A small mail server on the loopback that behaves as a test says: it takes mails, refuses, says nothing, or drips."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

WITHIN = 30  # seconds after which a connection that goes on is a failure
#: What a server says to each command, by its first word.
SAYS = {
    "greeting": "220 mail",
    "EHLO": "250 8BITMIME",
    "AUTH": "235 ok",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}
#: Does something else than to answer, with the connection as a file; it ends then.
Manner = Callable[[object], object]


def silence(file) -> None:
    """Say nothing."""
    while file.read(1):
        pass


def drip(file) -> None:
    """Say something that never ends, each byte within every limit of a single read."""
    while file.write(b"2"):
        threading.Event().wait(0.05)


def babble(file) -> None:
    """Answer with a line longer than any may be."""
    file.write(b"2" * 9000 + b"\r\n")


@dataclass
class Server:
    """Says what `SAYS` has, but for `says` and what it `does` instead, by the command's word ("handshake" before TLS).

    `heard` are all lines but those of mails, `mails` what came after DATA. With a certificate it speaks TLS, from the
    beginning (`is_implicit`) or after STARTTLS.
    """

    says: dict[str, str] = field(default_factory=dict)
    does: dict[str, Manner] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    is_implicit: bool = False
    heard: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)

    def serve(self, line: socket.socket) -> None:
        """Talk with whoever has come, until they go."""
        if manner := self.does.get("handshake"):
            manner(line.makefile("rwb", buffering=0))
        elif self.is_implicit:
            self._talk(self.tls.wrap_socket(line, server_side=True))
        else:
            self._talk(line)

    def _talk(self, line: socket.socket, *, is_first: bool = True) -> None:
        file = line.makefile("rwb", buffering=0)
        goes_on = self._answer(file, "greeting") if is_first else True
        while goes_on and (heard := file.readline().decode().strip()):
            self.heard.append(heard)
            word = heard.partition(" ")[0].upper()
            if word == "STARTTLS":
                file.write(b"220 go on\r\n")
                self._talk(self.tls.wrap_socket(line, server_side=True), is_first=False)
                return
            goes_on = self._answer(file, word)
            if goes_on and word == "DATA":
                self.mails.append(_mail(file))
                goes_on = self._answer(file, ".")

    def _answer(self, file, word: str) -> bool:
        """Whether the talk goes on."""
        if manner := self.does.get(word):
            manner(file)
            return False
        said = self.says.get(word, SAYS[word])
        if word == "EHLO":
            more = "250-STARTTLS\r\n" if self.tls and not self.is_implicit else ""
            said = f"250-mail\r\n250-AUTH PLAIN\r\n{more}{said}"
        file.write(f"{said}\r\n".encode())
        return True


def _mail(file) -> str:
    lines = []
    while (line := file.readline()) not in (b".\r\n", b""):
        lines.append(line.decode())
    return "".join(lines)


@contextmanager
def running(settings, server: Server, limit: int = 1) -> Iterator[Server]:
    """Have mails go to this server, which must take a mail within `limit` seconds."""
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "sambung.mail.SmtpBackend", limit
    settings.EMAIL_USE_SSL = server.is_implicit
    settings.EMAIL_USE_TLS = bool(server.tls) and not server.is_implicit
    talks: list[threading.Thread] = []

    def talk(line: socket.socket) -> None:
        with suppress(OSError), line:
            server.serve(line)

    def listen() -> None:
        with suppress(OSError):
            while True:
                talks.append(threading.Thread(target=talk, args=[listening.accept()[0]]))
                talks[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            for thread in (listener, *talks):
                thread.join(WITHIN)
                assert not thread.is_alive(), "the connection was ended"


def certificate(folder: Path) -> Path:
    """Write a certificate of 127.0.0.1 and its key into one file, and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "mail.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file
