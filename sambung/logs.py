"""Lines of the log. A link that lets somebody in is not written down, wherever in a line it stands."""

import logging
import re

from pythonjsonlogger.json import JsonFormatter

_LINK = re.compile(r"/(invites|setup|p|accounts/password/reset/key)/[\w-]{8,}")


def masked(line: str) -> str:
    """The line without the secret parts of such links."""
    return _LINK.sub(r"/\1/***", line)


class PlainLines(logging.Formatter):
    """For the console."""

    def format(self, record) -> str:
        return masked(super().format(record))


class JsonLines(JsonFormatter):
    """For the file."""

    def format(self, record) -> str:
        return masked(super().format(record))
