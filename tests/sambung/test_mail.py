"""Mail: over SMTP within limits, whatever the server does; else in files that are whole or not there."""

import errno
import socket
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import filebased

from sambung.lib.waiting import MAIL, Busy
from sambung.mail import ConsoleAndFileBackend
from tests.slots import full

LETTER = EmailMessage("Subject", "Text", "from@example.org", ["to@example.org"])
#: What a server says to each command, by its first word.
MANNERS = {
    "EHLO": "250 mail",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "QUIT": "221 bye",
}


@contextmanager
def server(settings, serve, limit: int = 1):
    """A mail server in a thread; `serve` gets each connection as a file."""
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "sambung.mail.SmtpBackend", limit
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()

        def run() -> None:
            with suppress(OSError), listening.accept()[0] as line, line.makefile("rwb", buffering=0) as file:
                serve(file)

        thread = threading.Thread(target=run)
        thread.start()
        yield
        thread.join(30)
        assert not thread.is_alive(), "the connection was ended"


def friendly(file, until: str = "", then=lambda file: None) -> list[str]:
    """Take mails; at the command `until` do something else."""
    file.write(b"220 mail\r\n")
    heard, is_text = [], False
    while line := file.readline():
        word = line.decode().strip().partition(" ")[0].upper()
        if is_text and word != ".":
            continue
        heard.append(word)
        if word == until:
            then(file)
            break
        is_text = word == "DATA"
        file.write(f"{MANNERS[word]}\r\n".encode())
    return heard


def drip(file) -> None:
    """Say something that never ends, each byte within every limit of a single read."""
    while file.write(b"2"):
        threading.Event().wait(0.05)


def silence(file) -> None:
    while file.read(1):
        pass


def babble(file) -> None:
    """Answer with a line longer than any may be."""
    file.write(b"2" * 9000 + b"\r\n")


def test_a_mail_is_handed_over(settings):
    heard = []
    with server(settings, lambda file: heard.extend(friendly(file)), limit=30):
        assert get_connection().send_messages([LETTER, LETTER]) == 2
    assert heard == ["EHLO", *["MAIL", "RCPT", "DATA", "."] * 2, "QUIT"]


@pytest.mark.parametrize("manner", [silence, drip])
@pytest.mark.parametrize("until", ["handshake", "greeting", "EHLO", "RCPT", "."])
def test_a_server_that_keeps_us_is_left(settings, until, manner):
    def serve(file):
        manner(file) if until in {"handshake", "greeting"} else friendly(file, until, manner)

    settings.EMAIL_USE_SSL = until == "handshake"
    with server(settings, serve), pytest.raises(OSError):
        get_connection().send_messages([LETTER])


@pytest.mark.parametrize("manner", [silence, drip, babble])
def test_a_mail_that_was_taken_is_sent_however_the_server_parts(settings, manner):
    with server(settings, lambda file: friendly(file, "QUIT", manner)):
        assert get_connection().send_messages([LETTER]) == 1


def test_without_a_slot_nothing_is_sent(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "sambung.mail.SmtpBackend", 9
    with full(MAIL), pytest.raises(Busy):
        get_connection().send_messages([LETTER])
    assert get_connection().send_messages([]) == 0


def test_no_half_mail_stays_on_a_disk_that_is_full(tmp_path, settings, monkeypatch):
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def write_message(self, message):
        self.stream.write(b"To: some")
        self.stream.flush()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(filebased.EmailBackend, "write_message", write_message)
    with pytest.raises(OSError, match="No space left"):
        ConsoleAndFileBackend().send_messages([EmailMessage("Hello", "Body", to=["alice@example.org"])])
    assert list(Path(tmp_path).iterdir()) == []
