"""Bytes of an event stream cut into lines, however they arrive."""


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
