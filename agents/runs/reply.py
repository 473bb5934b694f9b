"""A reply as it grows: engine events folded into parts, and the parts rendered once for all viewers.

The same fold serves the live stream and the replay of the log, so what is stored is what was shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agents.runs import cards
from sambung.lib import markdown

_OPEN = {
    "text": '<div class="part part-text" data-part="{n}">',
    "reasoning": '<details class="part part-reasoning" data-part="{n}"{open}><summary></summary>'
    '<div class="blocks" data-blocks>',
}
SIGNED = "providerMetadata"  # of a part: what its provider wants back with it
BEGINS = "begins"  # in a delta: what it says is a part of its own
RECONSIDERED = "reconsidered"  # a delta: the text that was said last was a thought
_CLOSE = {"text": "</div>", "reasoning": "</div></details>"}
_TAIL = '<div class="tail" data-tail>{}</div>'
DEEPEST = 100  # layers of a JSON value; orjson writes 254, with those of the log and the message around it
TOO_DEEP = "[What lies deeper was left out.]"


def clean(text: str) -> str:
    """Take out what PostgreSQL's jsonb cannot hold: NUL and lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def clean_json(value: object, layers: int = DEEPEST) -> object:
    """The same in every text of a JSON value; what is none becomes one. It can always be written, however deep it was:
    what cannot be written in one reply would hold up the ticks of all.
    """
    match value:
        case str():
            return clean(value)
        case Mapping() | list() | tuple() if layers == 0:
            return TOO_DEEP
        case Mapping():
            return {clean(str(key)): clean_json(inner, layers - 1) for key, inner in value.items()}
        case list() | tuple():
            return [clean_json(inner, layers - 1) for inner in value]
        case float() if value != value or value in (float("inf"), float("-inf")):
            return None
        case int() if abs(value) >= 2**63:  # beyond what orjson writes
            return str(value)
        case None | bool() | int() | float():
            return value
        case _:
            return clean(str(value))


def calls_of(parts: Iterable[dict]) -> list[dict]:
    """The tool-call parts, in their order."""
    return [part for part in parts if part["type"] == "tool-call"]


def open_calls(parts: Iterable[dict]) -> list[dict]:
    """The calls that have no result."""
    parts = list(parts)
    answered = _results(parts)
    return [call for call in calls_of(parts) if call["toolCallId"] not in answered]


def render_parts(parts: Iterable[dict], prefix: str, *, is_typed: bool = False) -> str:
    """Return the finished HTML of a message's parts. `prefix` makes its ids unique in the page; what `is_typed` by a
    person is shown as it is, and not as Markdown."""
    parts = list(parts)
    results = _results(parts)
    last = len(parts) - 1
    return "".join(_rendered(part, n, prefix, results, is_typed, is_last=n == last) for n, part in enumerate(parts))


def _results(parts: Iterable[dict]) -> dict[str, dict]:
    return {part["toolCallId"]: part for part in parts if part["type"] == "tool-result"}


def _rendered(part: dict, n: int, prefix: str, results: Mapping[str, dict], is_typed: bool, *, is_last: bool) -> str:
    if part["type"] == "tool-call":
        return cards.render(part, results.get(part["toolCallId"]), n)
    if part["type"] not in _OPEN or not part["text"]:
        return ""
    text = part["text"]
    html = markdown.typed(text) if is_typed else markdown.render(text, prefix=f"m-{prefix}-{n}")
    is_open = " open" if is_last else ""  # a thought that no answer followed is all that there is to read
    return _OPEN[part["type"]].format(n=n, open=is_open) + html + _CLOSE[part["type"]]


def plain_text(parts: Iterable[dict]) -> str:
    """Return the text of the parts without reasoning: what search and copying take."""
    return "\n\n".join(part["text"] for part in parts if part["type"] == "text")


def merge(parts: list[dict], delta: dict) -> int | None:
    """Add a delta to the parts; return the number of the part that it touched, which for a result is its call's.

    A signed part is complete, and so is one before a delta that `begins` another: text that follows does not join it.
    A call that is there already gets what the delta says of it: a person may have changed its arguments. A text that
    was reconsidered becomes a thought where it stands.
    """
    last = parts[-1] if parts else {}
    match delta["type"]:
        case "reconsidered":
            if last.get("type") != "text":
                return None
            last["type"] = "reasoning"
            return len(parts) - 1
        case "tool-call":
            if (n := _place(parts, delta["toolCallId"])) is None:
                parts.append(dict(delta))
                return len(parts) - 1
            parts[n] |= delta
            return n
        case "tool-result":
            parts.append(dict(delta))
            return _place(parts, delta["toolCallId"])
        case "tool-progress":  # it is shown and not kept
            return _place(parts, delta["toolCallId"])
    if last.get("type") != delta["type"] or (SIGNED in last and delta["text"]) or BEGINS in delta:
        parts.append({"type": delta["type"], "text": ""})
    parts[-1]["text"] += delta["text"]
    if signed := delta.get(SIGNED):
        parts[-1][SIGNED] = parts[-1].get(SIGNED, {}) | signed
    return len(parts) - 1


def _place(parts: list[dict], call_id: str) -> int | None:
    found = (n for n, part in enumerate(parts) if part["type"] == "tool-call" and part["toolCallId"] == call_id)
    return next(found, None)


@dataclass(slots=True)
class Reply:
    """The state of one reply. `apply` takes merged deltas: stretches of `{"type": "text" | "reasoning", "text"}`, some
    signed, calls and results as the parts they become, `{"type": "tool-progress", "toolCallId", "text"}`, and
    `{"type": "reconsidered"}`.
    """

    prefix: str
    parts: list[dict] = field(default_factory=list)
    usage: dict = field(default_factory=dict)
    finish_reason: str = ""
    _streams: dict[int, markdown.Stream] = field(default_factory=dict)
    _done: dict[int, str] = field(default_factory=dict)
    _tails: dict[int, str] = field(default_factory=dict)
    _progress: dict[str, str] = field(default_factory=dict)

    def copy(self) -> "Reply":
        """Return a reply of the same parts that can grow without this one growing. It is never rendered."""
        parts = [dict(part) for part in self.parts]
        return Reply(self.prefix, parts, dict(self.usage), self.finish_reason)

    def begin_again(self) -> None:
        """Forget the parts: a new attempt brings them anew."""
        self.parts, self._progress = [], {}
        self._streams, self._done, self._tails = {}, {}, {}

    def merge(self, delta: dict) -> int | None:
        """Add a delta to the parts alone; return the number of the part that it touched."""
        return merge(self.parts, delta)

    def count(self, usage: Mapping[str, int]) -> None:
        """Add what one answer of the model took: with tools there are several."""
        self.usage = {name: self.usage.get(name, 0) + tokens for name, tokens in usage.items()}

    def apply(self, deltas: Iterable[dict]) -> list[dict]:
        """Fold the deltas in; return for each part they touched what a frame says of it.

        That is `{part, type, done, tail}` of a text or thought, and `{part, type, html}` of what takes another's place:
        a call as it is now, and a text that has become a thought.
        """
        touched: dict[int, bool] = {}  # whether it is shown anew
        for delta in deltas:
            if (n := self.merge(delta)) is None:
                continue
            touched[n] = touched.get(n, False) or delta["type"] == RECONSIDERED
            if delta["type"] == "tool-progress":
                self._progress[delta["toolCallId"]] = delta["text"]
            elif "text" in delta:
                self._stream(n).feed(delta["text"])
        return [shown for n, is_anew in touched.items() if (shown := self._shown(n, is_anew=is_anew))]

    def _stream(self, n: int) -> markdown.Stream:
        if n not in self._streams:
            self._streams[n] = markdown.Stream(prefix=f"m-{self.prefix}-{n}")
            self._done[n] = self._tails[n] = ""
        return self._streams[n]

    def _shown(self, n: int, *, is_anew: bool) -> dict | None:
        part = self.parts[n]
        if part["type"] == "tool-call":
            return {"part": n, "type": "tool", "html": self._card(n)}
        done, self._tails[n] = self._streams[n].take()
        self._done[n] += done
        if is_anew:
            return {"part": n, "type": part["type"], "html": self._html(n)}
        # a thought that is only signed shows nothing
        return {"part": n, "type": part["type"], "done": done, "tail": self._tails[n]} if part["text"] else None

    def _card(self, n: int) -> str:
        call_id = self.parts[n]["toolCallId"]
        return cards.render(self.parts[n], _results(self.parts).get(call_id), n, self._progress.get(call_id, ""))

    @property
    def html(self) -> str:
        """The HTML so far, its open block marked as the tail."""
        return "".join(self._html(n) for n in range(len(self.parts)))

    def _html(self, n: int) -> str:
        part = self.parts[n]
        if part["type"] == "tool-call":
            return self._card(n)
        if part["type"] not in _OPEN or not part["text"]:
            return ""
        inner = self._done[n] + _TAIL.format(self._tails[n])
        return _OPEN[part["type"]].format(n=n, open="") + inner + _CLOSE[part["type"]]
