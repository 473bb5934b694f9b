"""Marks that ChatGPT's models write into answers for its own pages, which leak through exports and relays.

`U+E200 kind U+E202 argument … U+E201` stands for a citation, a name, a list of links; `【4:0†source】` for a passage of
a file. A mark is reduced to the words in it, if there are any. Other uses of these letters stay.
"""

import json
import re

LONGEST = 2_000  # characters of what stands in a mark
_INSIDE = rf"[^\ue200\ue201]{{0,{LONGEST}}}"
MARK = re.compile(
    rf"\ue200(?P<kind>[a-z_]{{1,30}})(?:\ue202(?P<told>{_INSIDE}))?\ue201|【\d{{1,4}}(?::\d{{1,4}})?†[^】\n]{{0,200}}】"
)
#: A mark may have begun here, whose end has not come.
_BEGUN = re.compile(
    rf"(?:\ue200(?:[a-z_]{{0,30}}|[a-z_]{{1,30}}\ue202{_INSIDE})|【(?:\d{{0,4}}|\d{{1,4}}:\d{{0,4}}|\d{{1,4}}(?::\d{{1,4}})?†[^】\n]{{0,200}}))\Z"
)
_REFERENCE = re.compile(r"(?:turn\d+\w+)(?:,\s*turn\d+\w+)*|[LP]?\d[\dLP-]*")
_WORDLESS = {"cite", "filecite"}


def reduced(text: str) -> str:
    """The text with the words of its marks alone."""
    return MARK.sub(_words, text) if "\ue200" in text or "†" in text else text


def _words(mark: re.Match[str]) -> str:
    if mark["kind"] is None or mark["kind"] in _WORDLESS:
        return ""
    pieces = (mark["told"] or "").split("\ue202")
    if mark["kind"] == "entity":
        return _named(pieces[0])
    return ", ".join(piece for piece in pieces if piece and piece[0] not in "[{" and not _REFERENCE.fullmatch(piece))


def _named(told: str) -> str:
    """The name in `["place","Takengon"]`."""
    try:
        match json.loads(told):
            case [_kind, str(name), *_more]:
                return name
    except (ValueError, RecursionError):
        pass
    return ""


class Marks:
    """Reduces the marks of a text that grows; what may become one is held back until that is known."""

    def __init__(self) -> None:
        self.held = ""

    def feed(self, text: str) -> str:
        """Take some text; give what is settled by now."""
        if not self.held and "\ue200" not in text and "【" not in text and "†" not in text:
            return text
        text = self.held + text
        begun = _BEGUN.search(text)
        settled, self.held = (text[: begun.start()], begun[0]) if begun else (text, "")
        return reduced(settled)

    def end(self) -> str:
        """Give what was held back: no mark has come of it."""
        held, self.held = self.held, ""
        return held
