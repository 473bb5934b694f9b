"""A page without a browser: applies frames to a body by the rules of static/js/stream.js."""

import json
from html.parser import HTMLParser


class Page:
    """One message's body. `apply` takes frames; `text` is what a reader sees."""

    def __init__(self) -> None:
        self.seq, self.state, self._html = 0, "queued", None
        self._parts: list[tuple[str, str, str]] = []  # (type, finished blocks, open block)
        self.seqs: list[int] = []

    def apply(self, frame: dict) -> None:
        """Take one frame; one that is not newer than what is shown changes nothing."""
        if frame["seq"] <= self.seq:
            return
        self.seq, self.state = frame["seq"], frame["state"]
        self.seqs.append(frame["seq"])
        if frame["kind"] != "delta":
            self._html = frame["html"]
            self._parts = split(frame["html"])
            return
        for part in frame["parts"]:
            n = part["part"]
            if n == len(self._parts):
                self._parts.append((part["type"], "", ""))
            kind, done, _ = self._parts[n]
            assert kind == part["type"]
            self._parts[n] = (kind, done + part["done"], part["tail"])

    @property
    def text(self) -> str:
        return text_of("".join(done + tail for _, done, tail in self._parts))


def split(html: str) -> list[tuple[str, str, str]]:
    """Take a body apart into its parts as a page holds them."""
    parts = []
    for piece in (
        html.replace("<details", "\0<details").replace('<div class="part', '\0<div class="part').split("\0")[1:]
    ):
        kind = "reasoning" if piece.startswith("<details") else "text"
        inner = piece.partition(" data-blocks>")[2] if kind == "reasoning" else piece.partition(">")[2]
        done, mark, tail = inner.partition('<div class="tail" data-tail>')
        end = "</div></details>" if kind == "reasoning" else "</div>"
        if mark:
            parts.append((kind, done, tail.removesuffix(end).removesuffix("</div>")))
        else:
            parts.append((kind, done.removesuffix(end), ""))
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
