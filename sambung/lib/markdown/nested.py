"""A text in Markdown as a part of a longer one: its headings lie below those around it, and it leaves nothing open."""

import re

from sambung.lib.markdown.parse import events, parts, tops
from sambung.lib.markdown.text import normalise
from sambung.lib.markdown.writer import MAX_EVENTS

_LOWEST = 6  # level of a heading
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
#: What ends a block of HTML that goes on over blank lines.
_HTML_ENDS = ("-->", "</pre>", "</script>", "</style>", "</textarea>", "?>", "]]>", ">")
_FOLD = re.compile(r"<(/?)details\b[^>]*>", re.IGNORECASE)
_PREFIX = re.compile(r"^[\s>]*")


def nested(text: str, *, below: int) -> str:
    """Return the text with headings deeper than level `below`, and with what it leaves open closed at its end."""
    return _closed(_lowered(normalise(text).strip("\n"), below))


def _lowered(text: str, by: int) -> str:
    source, edits = text.encode(), []
    for count, (event, span) in enumerate(events(text)):
        if count >= MAX_EVENTS:
            return text
        kind, data = parts(event)
        if kind == "Start" and parts(data)[0] == "Heading":
            level = min(int(parts(data)[1]["level"][1]) + by, _LOWEST)
            edits.append((span["start"], span["end"], level))
    for start, end, level in reversed(edits):
        source = source[:start] + _heading(source[start:end].decode(), level).encode() + source[end:]
    return source.decode()


def _heading(written: str, level: int) -> str:
    """The heading with so many signs; one that a line below it makes is written so as well."""
    end = "\n" if written.endswith("\n") else ""
    if written.startswith("#"):
        words = written.lstrip("#").rstrip("\n")
    else:
        lines = written.rstrip("\n").split("\n")[:-1]
        words = " " + " ".join(_PREFIX.sub("", line).strip() for line in lines)
    return f"{'#' * level}{words}{end}"


def _closed(text: str) -> str:
    """What ends a block of code or HTML that would go on, and folds that have no end."""
    if not _ends(text):
        block = tops(text, limit=MAX_EVENTS)[-1]
        fence = _FENCE.match(text.encode()[block.start :].decode())
        endings = ([fence[1]] if fence else []) + list(_HTML_ENDS)
        text = next((closed for end in endings if _ends(closed := f"{text}\n{end}")), text)
    return text + "\n\n</details>" * _folds(text)


def _ends(text: str) -> bool:
    """Whether what follows a blank line stands by itself."""
    start = len(f"{text}\n\n".encode())
    found = tops(f"{text}\n\nx", limit=MAX_EVENTS)
    return not found or (found[-1].name, found[-1].start) == ("Paragraph", start) or found[-1].end <= start


def _folds(text: str) -> int:
    """How many `<details>` are open at the end."""
    open_ = 0
    for event, span in events(text):
        kind, _data = parts(event)
        if kind in ("Html", "InlineHtml"):
            for found in _FOLD.finditer(text.encode()[span["start"] : span["end"]].decode()):
                open_ = max(0, open_ + (-1 if found[1] else 1))
    return open_
