"""Mail where no server is set up: on the console, and kept as files in the data directory."""

from pathlib import Path

from django.core.mail.backends import console, filebased
from django.core.mail.backends.base import BaseEmailBackend


class ConsoleAndFileBackend(BaseEmailBackend):
    """Shows each mail on the console and writes it to `EMAIL_FILE_PATH`."""

    def send_messages(self, email_messages) -> int:
        console.EmailBackend(fail_silently=self.fail_silently).send_messages(email_messages)
        files = filebased.EmailBackend(fail_silently=self.fail_silently)
        try:
            return files.send_messages(email_messages) or 0
        except OSError:  # no half mail stays on a disk that is full
            Path(files._get_filename()).unlink(missing_ok=True)
            raise
