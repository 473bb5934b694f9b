"""Mail where no server is set up: files that are whole or not there."""

import errno
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends import filebased

from sambung.mail import ConsoleAndFileBackend


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
