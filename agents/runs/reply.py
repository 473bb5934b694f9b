"""A reply as it grows: engine events folded into parts, and the parts rendered once for all viewers.

The same fold serves the live stream and the replay of the log, so what is stored is what was shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sambung.lib import markdown

_OPEN = {
    "text": '<div class="part part-text" data-part="{n}">',
    "reasoning": '<details class="part part-reasoning" data-part="{n}"><summary></summary>'
    '<div class="blocks" data-blocks>',
}
SIGNED = "providerMetadata"  # of a part: what its provider wants back with it
_CLOSE = {"text": "</div>", "reasoning": "</div></details>"}
_TAIL = '<div class="tail" data-tail>{}</div>'


def clean(text: str) -> str:
    """Take out what PostgreSQL's jsonb cannot hold: NUL and lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def render_parts(parts: Iterable[dict], prefix: str) -> str:
    """Return the finished HTML of a message's parts. `prefix` makes its ids unique in the page."""
    return "".join(
        _OPEN[part["type"]].format(n=n) + markdown.render(part["text"], prefix=f"m-{prefix}-{n}") + _CLOSE[part["type"]]
        for n, part in enumerate(parts)
        if part["type"] in _OPEN and part["text"]
    )


def plain_text(parts: Iterable[dict]) -> str:
    """Return the text of the parts without reasoning: what search and copying take."""
    return "\n\n".join(part["text"] for part in parts if part["type"] == "text")


@dataclass(slots=True)
class Reply:
    """The state of one reply. `apply` takes merged deltas `{"type": "text" | "reasoning", "text"}`; some are signed.

    A signed part is complete: what follows begins another one.
    """

    prefix: str
    parts: list[dict] = field(default_factory=list)
    usage: dict = field(default_factory=dict)
    finish_reason: str = ""
    _streams: list[markdown.Stream] = field(default_factory=list)
    _done: list[str] = field(default_factory=list)
    _tails: list[str] = field(default_factory=list)

    def copy(self) -> "Reply":
        """Return a reply of the same parts that can grow without this one growing. It is never rendered."""
        parts = [dict(part) for part in self.parts]
        return Reply(self.prefix, parts, dict(self.usage), self.finish_reason)

    def merge(self, delta: dict) -> int:
        """Add a delta to the parts alone; return the number of its part."""
        last = self.parts[-1] if self.parts else {}
        if last.get("type") != delta["type"] or (SIGNED in last and delta["text"]):
            self.parts.append({"type": delta["type"], "text": ""})
        self.parts[-1]["text"] += delta["text"]
        if signed := delta.get(SIGNED):
            self.parts[-1][SIGNED] = self.parts[-1].get(SIGNED, {}) | signed
        return len(self.parts) - 1

    def apply(self, deltas: Iterable[dict]) -> list[dict]:
        """Fold the deltas in; return for each part they touched `{part, type, done, tail}` of a frame."""
        touched: dict[int, None] = {}
        for delta in deltas:
            n = self.merge(delta)
            if n == len(self._streams):
                self._streams.append(markdown.Stream(prefix=f"m-{self.prefix}-{len(self._streams)}"))
                self._done.append("")
                self._tails.append("")
            self._streams[n].feed(delta["text"])
            touched[n] = None
        frames = []
        for n in touched:
            done, tail = self._streams[n].take()
            self._done[n] += done
            self._tails[n] = tail
            if self.parts[n]["text"]:  # a thought that is only signed shows nothing
                frames.append({"part": n, "type": self.parts[n]["type"], "done": done, "tail": tail})
        return frames

    @property
    def html(self) -> str:
        """The HTML so far, its open block marked as the tail."""
        return "".join(
            _OPEN[part["type"]].format(n=n) + done + _TAIL.format(tail) + _CLOSE[part["type"]]
            for n, (part, done, tail) in enumerate(zip(self.parts, self._done, self._tails, strict=True))
            if part["text"]
        )
