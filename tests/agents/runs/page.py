"""A page without a browser: applies frames to a body by the rules of static/js/stream.js."""

import json
import re
from html.parser import HTMLParser


class Page:
    """One message's body. `apply` takes frames; `text` is what a reader sees."""

    def __init__(self) -> None:
        self.seq, self.state, self._html = 0, "queued", None
        self._parts: dict[int, tuple[str, str, str]] = {}  # (type, finished blocks, open block) by number
        self.seqs: list[int] = []

    def apply(self, frame: dict) -> None:
        """Take one frame; one that is not newer than what is shown changes nothing."""
        if frame["seq"] <= self.seq:
            return
        self.seq, self.state = frame["seq"], frame.get("state", "running")
        self.seqs.append(frame["seq"])
        if frame["kind"] != "delta":
            self._html = frame["html"]
            self._parts = split(frame["html"])
            return
        for part in frame["parts"]:
            n = part["part"]
            assert n in self._parts or n > max(self._parts, default=-1)
            if "html" in part:
                self._parts |= split(part["html"])
                continue
            kind, done, _ = self._parts.get(n, (part["type"], "", ""))
            assert kind == part["type"]
            self._parts[n] = (kind, done + part["done"], part["tail"])

    @property
    def text(self) -> str:
        return text_of("".join(done + tail for _, done, tail in self._parts.values()))


def split(html: str) -> dict[int, tuple[str, str, str]]:
    """Take a body apart into its parts as a page holds them, by their numbers."""
    parts = {}
    for piece in re.split(r'(?=<(?:details|div) class="part )', html)[1:]:
        n = int(piece.partition('data-part="')[2].partition('"')[0])
        if piece.startswith('<div class="part part-tool"'):
            parts[n] = ("tool", piece, "")
            continue
        kind = "reasoning" if piece.startswith("<details") else "text"
        inner = piece.partition(" data-blocks>")[2] if kind == "reasoning" else piece.partition(">")[2]
        done, mark, tail = inner.partition('<div class="tail" data-tail>')
        end = "</div></details>" if kind == "reasoning" else "</div>"
        if mark:
            parts[n] = (kind, done, tail.removesuffix(end).removesuffix("</div>"))
        else:
            parts[n] = (kind, done.removesuffix(end), "")
    return parts


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data):
        self.words.append(data)


def text_of(html: str) -> str:
    """The words of some HTML, blanks made one."""
    parser = _Text()
    parser.feed(html)
    return " ".join("".join(parser.words).split())


def frames(texts) -> list[dict]:
    """Read frames from their JSON."""
    return [json.loads(text) for text in texts]
