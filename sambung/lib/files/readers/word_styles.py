"""What the styles of a Word document say of a paragraph: whether it is a heading, and how it is numbered."""

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element

from sambung.lib.files.readers.word_text import W

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_NAMED = {"title": 1, "subtitle": 2}
_TEXT = 9  # the outline level of what is no heading


class Styles:
    """The styles by their id, each with those that it is based on."""

    def __init__(self, part: Element | None) -> None:
        self._styles = {one.get(f"{W}styleId"): one for one in (() if part is None else part.iter(f"{W}style"))}

    def level(self, properties: Element | None) -> int:
        """The level of a heading from 1 on, 0 for any other paragraph."""
        if properties is None:
            return 0
        if (found := _value(properties, "outlineLvl")) is not None:
            return int(found) + 1 if int(found) < _TEXT else 0
        for style in self._chain(properties):
            name = (_value(style, "name") or "").lower()
            if name in _NAMED:
                return _NAMED[name]
            if match := _HEADING.fullmatch(name):
                return int(match.group(1))
            if (found := _value(style, f"pPr/{W}outlineLvl")) is not None:
                return int(found) + 1 if int(found) < _TEXT else 0
        return 0

    def numbering(self, properties: Element) -> tuple[str, int] | None:
        """The id and the level of the list that a paragraph's style puts it into."""
        identity = level = None
        for style in self._chain(properties):
            identity = identity or _value(style, f"pPr/{W}numPr/{W}numId")
            level = level or _value(style, f"pPr/{W}numPr/{W}ilvl")
        return (identity, int(level or 0)) if identity else None

    def _chain(self, properties: Element) -> Iterator[Element]:
        name, seen = _value(properties, "pStyle"), set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield self._styles[name]
            name = _value(self._styles[name], "basedOn")


def _value(element: Element, path: str) -> str | None:
    found = element.find(f"{W}{path}")
    return None if found is None else found.get(f"{W}val")
