"""Mail: over SMTP within limits, whatever the server does; else in files that are whole or not there."""

import errno
import smtplib
import ssl
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import filebased

from sambung.lib.waiting import MAIL, Busy
from sambung.mail import ConsoleAndFileBackend
from tests import smtp
from tests.slots import full
from tests.smtp import Server, babble, drip, running, silence

LETTER = EmailMessage("Subject", "Text", "from@example.org", ["to@example.org"])


@pytest.fixture
def tls(tmp_path, monkeypatch) -> ssl.SSLContext:
    """What a server secures a connection with, by a certificate that this process trusts."""
    file = smtp.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(file)
    return made


def test_a_mail_is_handed_over(settings):
    settings.PUBLIC_URL = "https://chat.example.org"
    with running(settings, Server(), limit=30) as server:
        assert get_connection().send_messages([LETTER, LETTER]) == 2
    words = [line.partition(" ")[0].upper() for line in server.heard]
    assert words == ["EHLO", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"]
    assert server.heard[0] == "ehlo chat.example.org", "many servers take nothing from a localhost"
    assert "Subject: Subject" in server.mails[0]


@pytest.mark.parametrize("is_implicit", [True, False], ids=["from the beginning", "after STARTTLS"])
def test_a_connection_is_secured(settings, tls, is_implicit):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "secret"
    with running(settings, Server(tls=tls, is_implicit=is_implicit), limit=30) as server:
        assert get_connection().send_messages([LETTER]) == 1
    words = [line.partition(" ")[0].upper() for line in server.heard]
    begun = ["EHLO"] if is_implicit else ["EHLO", "STARTTLS", "EHLO"]
    assert words == [*begun, "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize("is_implicit", [True, False], ids=["from the beginning", "after STARTTLS"])
def test_a_certificate_that_nobody_vouches_for_is_refused(settings, tls, monkeypatch, is_implicit):
    monkeypatch.delenv("SSL_CERT_FILE")
    with running(settings, Server(tls=tls, is_implicit=is_implicit)) as server, pytest.raises(ssl.SSLError):
        get_connection().send_messages([LETTER])
    assert server.mails == []


def test_nothing_is_said_in_the_clear_to_a_server_without_starttls(settings, tls):
    with running(settings, Server(tls=tls, is_implicit=False)) as server:
        server.tls = None
        with pytest.raises(smtplib.SMTPNotSupportedError):
            get_connection().send_messages([LETTER])
    assert not [line for line in server.heard if line.upper().startswith(("AUTH", "MAIL"))]


@pytest.mark.parametrize("manner", [silence, drip])
@pytest.mark.parametrize("until", ["handshake", "greeting", "EHLO", "RCPT", "."])
def test_a_server_that_keeps_us_is_left(settings, until, manner):
    with running(settings, Server(does={until: manner})):
        settings.EMAIL_USE_SSL = until == "handshake"
        with pytest.raises(OSError):
            get_connection().send_messages([LETTER])


@pytest.mark.parametrize("manner", [silence, drip])
@pytest.mark.parametrize("is_implicit", [True, False], ids=["from the beginning", "after STARTTLS"])
def test_a_secured_server_that_keeps_us_is_left(settings, tls, is_implicit, manner):
    server = Server(tls=tls, is_implicit=is_implicit, does={"RCPT": manner})
    with running(settings, server), pytest.raises(OSError):
        get_connection().send_messages([LETTER])


@pytest.mark.parametrize("manner", [silence, drip, babble])
def test_a_mail_that_was_taken_is_sent_however_the_server_parts(settings, manner):
    with running(settings, Server(does={"QUIT": manner})):
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
