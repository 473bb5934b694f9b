"""Bytes of an answer: whether they are a stream of events, and how those are cut into lines, however they arrive."""

import sys

from agents.engine.errors import Garbled

_ASIDE = (b":", b"event:", b"id:", b"retry:")  # lines of a stream that hold no data
_LEADING = b"\xef\xbb\xbf \t\r\n"  # what may stand before everything: a text's mark, and blanks


class Opening:
    """Tells a stream from an answer in one piece of JSON: by the first byte, whatever the answer's head says."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.is_stream = False
        self._start = bytearray()
        self._first, self._size = b"", 0

    def feed(self, data: bytes) -> bytes:
        """Take bytes as long as it is no stream; give what there is of a stream once it is one. Raises Garbled."""
        self._size += len(data)
        if not self._first:
            data = data.lstrip(_LEADING)
            self._first = data[:1]
        is_whole = self._first in (b"", b"{", b"[")  # or nothing yet
        if self._first == b"<" or (is_whole and self._size > self.limit):
            raise Garbled  # a page, or an answer beyond every reasonable length
        self.is_stream = not is_whole
        if self.is_stream:
            return data
        self._start += data
        return b""

    @property
    def whole(self) -> bytes:
        """What has come of an answer in one piece."""
        return bytes(self._start.rstrip(_LEADING))


class Lines:
    """Cuts bytes into lines. They may end with LF, CRLF or a lone CR, as server-sent events allow.

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream. A CRLF gives a
    blank line more, which says nothing. No CR can stand inside a line: JSON writes it as `\\r`.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._rest: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> tuple[list[bytes], bool]:
        """Take some bytes; give the lines they complete, and whether a line has outgrown the limit.

        Lines before the one that is too long are given, those after it are not.
        """
        if b"\r" in data:
            data = data.replace(b"\r", b"\n")
        *lines, rest = data.split(b"\n")
        if lines and self._rest:
            lines[0] = b"".join((*self._rest, lines[0]))
            self._rest, self._size = [], 0
        if rest:
            self._rest.append(rest)
            self._size += len(rest)
        for at, line in enumerate(lines):
            if len(line) > self.limit:
                return lines[:at], True
        return lines, self._size > self.limit

    def rest(self) -> bytes:
        """Return what has come of a line that never ended."""
        return b"".join(self._rest)


class Plain:
    """Leaves of a stream of events what an SDK reads that takes every other line for JSON, as Google's does.

    Comments and the names of events go, and `data:` is followed by a blank.
    """

    def __init__(self) -> None:
        self._lines = Lines(sys.maxsize)  # how long they may be is somebody else's to say

    def feed(self, data: bytes) -> bytes:
        """Take some bytes; give what they complete."""
        return b"".join(_plain(line) + b"\n" for line in self._lines.feed(data)[0] if not line.startswith(_ASIDE))

    def rest(self) -> bytes:
        """Return what has come of a line that never ended."""
        rest = self._lines.rest()
        return b"" if rest.startswith(_ASIDE) else _plain(rest)


def _plain(line: bytes) -> bytes:
    return b"data: " + line[5:].strip() if line.startswith(b"data:") else line
