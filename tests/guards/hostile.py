"""Hostile text for every place, and what a page must not have from it."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from zlib import crc32

from tests.guards.walk import sampling
from tests.lib.test_markdown_payloads import PAYLOADS

THIRDS = 3


def joined(payloads: Sequence[str]) -> str:
    """Return payloads as one text; a database holds neither NUL nor half of a pair."""
    return "\n\n".join(text.replace("\x00", "").encode(errors="ignore").decode() for text in payloads)


def for_column(name: str) -> str:
    """A third of the payloads, another one for each column and with each commit; all of them where a walk is whole.

    What goes through Markdown gets all of them always, and the renderer each of them in every kind of place.
    """
    if sampling.is_exhaustive():
        return HOSTILE
    return joined(PAYLOADS[(crc32(name.encode()) + sampling.present()) % THIRDS :: THIRDS])


HOSTILE = joined(PAYLOADS)
#: Where an address of somebody else may stand: nothing is fetched from it.
QUIET = {"href", "value", "title", "alt", "placeholder", "content", "label"}


class Page(HTMLParser):
    """Which elements and attributes a page has, and what in it would act."""

    def __init__(self, html: str):
        super().__init__()
        self.names: set[str] = set()
        self.problems: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.names |= {tag, *(f"@{name}" for name, _ in attrs if not name.startswith(("data-", "aria-")))}
        for name, value in attrs:
            told = (value or "").strip().lower()
            is_script = re.match(r"(javascript|vbscript|data):", told) and not told.startswith("data:image/")
            if name.startswith("on") or is_script:
                self.problems.append(f"<{tag} {name}={told[:60]!r}>")
            is_quiet = name in QUIET or name.startswith(("data-", "aria-"))
            if not is_quiet and re.search(r"//evil|//a\.b", told):
                self.problems.append(f"<{tag} {name}={told[:60]!r}> reaches out")
        is_data = dict(attrs).get("type") == "application/json"  # of ours, by json_script: never run
        if tag == "script" and not is_data and not dict(attrs).get("src", "").startswith("/static/"):
            self.problems.append("a script of its own")
