"""A reply as it grows: engine events folded into parts, and the parts rendered once for all viewers.

The same fold serves the live stream and the replay of the log, so what is stored is what was shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agents import engine
from agents.generation import cards, citations
from agents.generation.deltas import BEGINS, RECONSIDERED, SIGNED, Deltas
from agents.generation.drafts import Draft, Drafts
from agents.runs.registry import UnknownEvent
from sambung.lib import markdown

_OPEN = {
    "text": '<div class="part part-text" data-part="{n}">',
    "reasoning": '<details class="part part-reasoning" data-part="{n}"{open}><summary></summary>'
    '<div class="blocks" data-blocks>',
}
_CLOSE = {"text": "</div>", "reasoning": "</div></details>"}
_TAIL = '<div class="tail" data-tail>{}</div>'


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
    results, linked = _results(parts), citations.of(parts)
    last = max((n for n, part in enumerate(parts) if part["type"] != "source"), default=-1)
    made = (_rendered(part, n, prefix, results, is_typed, is_last=n == last) for n, part in enumerate(parts))
    if linked is None:
        return "".join(made)
    return "".join(
        citations.linked(html, linked, prefix) if part["type"] == "text" else html
        for part, html in zip(parts, made, strict=True)
    )


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
    was reconsidered becomes a thought where it stands. Raises UnknownEvent.
    """
    last = parts[-1] if parts else {}
    match delta["type"]:
        case "text" | "reasoning":
            return _say(parts, last, delta)
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
        case "tool-writing":  # the call follows
            return None
        case "tool-progress":  # it is shown and not kept
            return _place(parts, delta["toolCallId"])
        case "image" | "file" | "source":  # of a message that is continued; it has no HTML
            parts.append(dict(delta))
            return None
        case unknown:
            raise UnknownEvent(f"The log of a reply holds a delta of unknown type {unknown!r}.")


def _say(parts: list[dict], last: dict, delta: dict) -> int:
    """Add words to the last part, or begin one."""
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
class Reply(Deltas):
    """The state of one reply (`agents.runs.registry.State`): engine events come, deltas of them are folded into parts.

    `apply` takes merged deltas: stretches of `{"type": "text" | "reasoning", "text"}`, some signed, calls and results
    as the parts they become, `{"type": "tool-progress", "toolCallId", "text"}`, and `{"type": "reconsidered"}`.
    """

    prefix: str
    parts: list[dict] = field(default_factory=list)
    usage: dict = field(default_factory=dict)
    finish_reason: str = ""
    _streams: dict[int, markdown.Stream] = field(default_factory=dict)
    _done: dict[int, str] = field(default_factory=dict)
    _tails: dict[int, str] = field(default_factory=dict)
    _progress: dict[str, str] = field(default_factory=dict)
    drafts: Drafts = field(default_factory=Drafts)  # calls that are still being written

    def followed_by(self, deltas: Iterable[dict]) -> "Reply":
        """Return what this becomes with these deltas, without its HTML. This one stays as it is."""
        parts, drafts = [dict(part) for part in self.parts], self.drafts.copies()
        for delta in deltas:
            drafts.fold(delta)
            merge(parts, delta)
        return Reply(self.prefix, parts, dict(self.usage), self.finish_reason, drafts=drafts)

    def begin_again(self) -> None:
        """Forget the parts: a new attempt brings them anew."""
        self.parts, self._progress, self.drafts = [], {}, Drafts()
        self._streams, self._done, self._tails = {}, {}, {}

    def _note(self, event: engine.Event) -> None:
        """Add what one answer of the model took, with tools there are several, and how the last one ended."""
        match event:
            case engine.Usage():
                self.usage = {name: self.usage.get(name, 0) + tokens for name, tokens in event.as_dict().items()}
            case engine.Finish(reason):
                self.finish_reason = reason

    @property
    def ending(self) -> dict:
        """What the log keeps of the end."""
        return {"usage": self.usage, "finish_reason": self.finish_reason}

    def end(self, ending: Mapping) -> None:
        """Take up what the log keeps of the end."""
        self.usage, self.finish_reason = ending["usage"], ending["finish_reason"]

    def apply(self, deltas: Iterable[dict]) -> list[dict]:
        """Fold the deltas in; return for each part they touched what a frame says of it.

        That is `{part, type, done, tail}` of a text or thought, and `{part, type, html}` of what takes another's place:
        a call as it is now, and a text that has become a thought; `{part, type, text}` is more of one being written.
        """
        touched: dict[int, bool] = {}  # whether it is shown anew
        written: dict[str, Draft] = {}
        for delta in deltas:
            before = self.drafts.get(delta.get("toolCallId", ""))
            self.drafts.fold(delta)
            if before or delta["type"] == "tool-writing":
                written[delta["toolCallId"]] = self.drafts.get(delta["toolCallId"]) or before
            if (n := merge(self.parts, delta)) is None:
                continue
            touched[n] = touched.get(n, False) or delta["type"] == RECONSIDERED
            if delta["type"] == "tool-progress":
                self._progress[delta["toolCallId"]] = delta["text"]
            elif "text" in delta:
                self._stream(n).feed(delta["text"])
        found = [shown for n, is_anew in touched.items() if (shown := self._shown(n, is_anew=is_anew))]
        return found + [one.take() if one.id in self.drafts else one.gone for one in written.values()]

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
        written = (one.html for one in self.drafts.values())
        return "".join([*(self._html(n) for n in range(len(self.parts))), *written])

    def _html(self, n: int) -> str:
        part = self.parts[n]
        if part["type"] == "tool-call":
            return self._card(n)
        if part["type"] not in _OPEN or not part["text"]:
            return ""
        inner = self._done[n] + _TAIL.format(self._tails[n])
        return _OPEN[part["type"]].format(n=n, open="") + inner + _CLOSE[part["type"]]
