"""Mail: within limits of time where there is a server, and on the console and as files where there is none."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.mail.backends import console, filebased, smtp
from django.core.mail.backends.base import BaseEmailBackend

from sambung.lib.waiting import MAIL
from teams import delivery


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


class _Line:
    """An SMTP client whose connection its backend can cut."""

    def _get_socket(self, host, port, timeout):
        made = super()._get_socket(host, port, timeout)
        self.backend.line = made.dup()
        return made


class SmtpBackend(smtp.EmailBackend):
    """Django's, with a limit for the whole of each step: a server that answers by drips keeps nobody.

    `EMAIL_TIMEOUT`: seconds to connect and to sign in, and for each mail. It greets as the host of PUBLIC_URL: many
    servers take nothing from a localhost. Raises OSError, and Busy at once.
    """

    line: socket.socket | None = None  # the connection once more, to cut it by: TLS takes the first one over

    @property
    def connection_class(self):
        plain = type("Plain", (_Line, smtplib.SMTP), {"backend": self})
        kind = type("Sealed", (smtplib.SMTP_SSL, plain), {}) if self.use_ssl else plain
        return lambda *place, **how: kind(*place, **how | {"local_hostname": delivery.host()})

    def send_messages(self, email_messages) -> int:
        if not email_messages:
            return 0
        with MAIL.slot():
            return super().send_messages(email_messages)

    def open(self):
        try:
            with self._within_limit():
                return super().open()
        except BaseException:
            self._cut()  # else a connection that cannot be used stays as long as the error
            self._drop_line()
            raise

    def _send(self, email_message) -> bool:
        with self._within_limit():
            return super()._send(email_message)

    def close(self) -> None:
        """Part from the server; whatever it says to that, it has the mails."""
        try:
            with self._within_limit(), suppress(smtplib.SMTPException):
                super().close()
        finally:
            self._drop_line()

    @contextmanager
    def _within_limit(self) -> Iterator[None]:
        alarm = threading.Timer(self.timeout, self._cut)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()

    def _cut(self) -> None:
        """End the connection under whoever waits for it."""
        if self.line is not None:
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)

    def _drop_line(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None
