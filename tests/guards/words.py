"""Collecting words: from the sources as `make messages` does, from the catalogue, from a page."""

import re
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po

from tests.guards.apps import APPS as PACKAGES

PROJECT = Path(__file__).parent.parent.parent
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_lazy": None, "gettext_noop": None, "ngettext_lazy": (1, 2)}
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|</?\w+>")
SHOWN = {"aria-label", "title", "placeholder", "alt", "data-fill", "content"}
QUIET = {"script", "style", "kbd", "code", "svg"}


def wanted() -> set[str]:
    """The words (singular) that stand in templates and code."""
    found = set()
    sources = [path for app in PACKAGES for path in (PROJECT / app).rglob("*.py")]
    for path in sources:
        found |= _words("python", path)
    for path in (PROJECT / "templates").rglob("*.*"):
        found |= _words("sambung.lib.template_words:extract", path)
    return found


def _words(method: str, path: Path) -> set[str]:
    messages = (words for _, words, *_ in extract_from_file(method, path, keywords=KEYWORDS))
    return {words[0] if isinstance(words, tuple) else words for words in messages}


def catalogue() -> Catalog:
    return read_po((PROJECT / "locale/id/LC_MESSAGES/django.po").open("rb"))


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> list[str]:
    """All translations of a message: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def places(text: str) -> list[str]:
    """What must be the same in a translation: places to be filled in, and tags."""
    return sorted(PLACE.findall(text))


class Page(HTMLParser):
    """Collects what a person sees or hears of a page: texts, and the attributes that hold words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self._quiet = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self._quiet += tag in QUIET
        for name, value in attrs:
            is_word = name in SHOWN and tag != "meta"
            if value and (is_word or (tag == "template" and name.startswith("data-") and name != "data-icons")):
                self.words.append(value.strip())

    def handle_endtag(self, tag):
        self._quiet -= tag in QUIET

    def handle_data(self, data):
        if not self._quiet and data.strip():
            self.words.append(" ".join(data.split()))
