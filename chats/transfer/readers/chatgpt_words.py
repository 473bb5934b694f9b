"""The words of ChatGPT's messages, without what only its own pages can show: marks of sources, files of its sandbox,
documents of its canvas as JSON.
"""

import json
import re
from collections.abc import Mapping
from html import escape

from chats.transfer.readers.values import line, linked, listed, mapping, text
from sambung.lib.reference_marks import MARK, reduced

CANVAS = "canmore."
_SANDBOX = re.compile(r"(!?)\[([^\]\n]*)\]\(sandbox:[^)\n]*\)")
_FENCED = re.compile(r"(?P<fence>`{3,})\w*\n(?P<inside>.*)\n(?P=fence)", re.DOTALL)


def plain(said: str, about: Mapping, recipient: str) -> str:
    """What a message says. `about` is its metadata, which knows what marks stand for."""
    if recipient.startswith(CANVAS) and (document := _canvas(said)):
        return document
    for mark, words in _sources(said, about).items():
        said = said.replace(mark, words)
    return _SANDBOX.sub(lambda found: found[2], reduced(said))


def _sources(said: str, about: Mapping) -> dict[str, str]:
    """What the marks in a text stand for. A source may claim a lone blank as its mark: that is none."""
    found = {}
    for one in map(mapping, listed(about.get("content_references"))):
        mark, words = text(one.get("matched_text")), text(one.get("alt"))
        if words and MARK.fullmatch(mark.strip()):
            found[mark.strip()] = words
    for one in map(mapping, listed(about.get("citations"))):  # of older exports
        start, end, source = one.get("start_ix"), one.get("end_ix"), mapping(one.get("metadata"))
        mark = said[start:end] if isinstance(start, int) and isinstance(end, int) and 0 <= start < end else ""
        if MARK.fullmatch(mark) and mark not in found and (address := text(source.get("url"))):
            found[mark] = f"({linked(text(source.get('title')), address)})"
    return found


def _canvas(said: str) -> str:
    """A document that was written beside the conversation, or what a change put into it: JSON on one line."""
    inside = _FENCED.fullmatch(said.strip())
    try:
        told = mapping(json.loads(inside["inside"] if inside else said))
    except (ValueError, RecursionError):
        return ""
    if content := text(told.get("content")):
        kind, _slash, language = text(told.get("type")).partition("/")
        heading = f"**{escape(line(told.get('name')), quote=False)}**\n\n" if line(told.get("name")) else ""
        return heading + (code(content, language) if kind == "code" else content)
    changes = [text(mapping(one).get("replacement")) for one in listed(told.get("updates"))]
    remarks = [text(mapping(one).get("comment")) for one in listed(told.get("comments"))]
    return "\n\n".join(filter(str.strip, [*changes, *remarks]))


def code(said: str, language: str = "") -> str:
    """A block of code whose fence nothing in it ends."""
    longest = max(map(len, re.findall("`{3,}", said)), default=2)
    fence = "`" * (longest + 1)
    known = language if language.isalnum() and language != "unknown" else ""
    return f"{fence}{known}\n{said}\n{fence}" if said.strip() else ""
