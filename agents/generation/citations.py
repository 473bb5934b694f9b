"""What a reply cites: numbers in its text, such as [2], that name what its tools were given to cite.

A tool gives each source a number (`tools.Citable`); those that the text names become `source` parts behind it, and
links where they are named. Other numbers in brackets name nothing and are not shown, where there was something to cite.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count

from agents.tools.show import CITABLE

_CITED = re.compile(r"\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]")
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")
_AS_WRITTEN = {"code", "pre", "a", "math", "svg", "annotation"}  # elements whose text is not touched
_EMPTY = {"br", "hr", "img", "input", "path", "use"}  # that nothing closes


def known(parts: Iterable[Mapping]) -> dict[int, Mapping]:
    """The sources that results of tools gave to cite, by number."""
    shown = (part["show"] for part in parts if part["type"] == "tool-result" and part.get("show"))
    return {one["number"]: one for show in shown if show.get("kind") == CITABLE for one in show["sources"]}


def numbers(parts: Iterable[Mapping]) -> Iterator[int]:
    """Numbers for what is found next: behind all that was given before."""
    return count(max(known(parts), default=0) + 1)


def cited(parts: Sequence[dict], earlier: Callable[[], Iterable[Mapping]] = tuple) -> list[dict]:
    """Return the parts with a source part for each source that their text cites, in the order of its numbers.

    `earlier` gives the parts of the conversation before, which may be cited again; it is asked only where a number is
    not known here.
    """
    kept = bare(parts)
    named = {number for part in kept if part["type"] == "text" for number in _named(part["text"])}
    if not named:
        return kept
    sources = known(parts)
    if named - sources.keys():
        sources = known(earlier()) | sources
    return [*kept, *({"type": "source", **sources[number]} for number in sorted(named & sources.keys()))]


def bare(parts: Iterable[dict]) -> list[dict]:
    """The parts without the sources that they cite: a reply that goes on cites them anew at its end."""
    return [part for part in parts if not (part["type"] == "source" and "number" in part)]


def _named(text: str) -> Iterator[int]:
    for found in _CITED.finditer(text):
        yield from _numbers(found)


def _numbers(found: re.Match) -> list[int]:
    return [int(number) for number in re.split(r"\s*[,;]\s*", found[1])]


def of(parts: Iterable[Mapping]) -> frozenset[int] | None:
    """The numbers that are links in these parts; None where there was nothing to cite."""
    parts = list(parts)
    linked = frozenset(part["number"] for part in parts if part["type"] == "source" and "number" in part)
    return linked if linked or known(parts) else None


def linked(html: str, linked_numbers: frozenset[int], prefix: str) -> str:
    """Return the HTML of a text with links for the numbers, to the sources below the message, and without others."""

    def link(found: re.Match) -> str:
        return "".join(
            f'<a class="cite" href="#s-{prefix}-{number}">{number}</a>'
            for number in _numbers(found)
            if number in linked_numbers
        )

    depth, made = 0, []
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            name = _NAME.match(piece)
            if name and name[1] in _AS_WRITTEN - _EMPTY and not piece.endswith("/>"):
                depth += -1 if piece.startswith("</") else 1
            made.append(piece)
        else:
            made.append(piece if depth > 0 else _CITED.sub(link, piece))
    return "".join(made)
