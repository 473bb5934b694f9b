"""Engine events as the deltas that a reply is folded from: what the log keeps."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from agents import engine
from agents.generation import drafts
from sambung.lib.jsonb import clean_json

SPOKEN = ("text", "reasoning")
SIGNED = "providerMetadata"  # of a part: what its provider wants back with it
BEGINS = "begins"  # in a delta: what it says is a part of its own
RECONSIDERED = "reconsidered"  # a delta: the text that was said last was a thought


@dataclass(slots=True)
class Deltas:
    """Events since the last cut, merged at the source: consecutive text of one kind is one delta."""

    _items: list[dict] = field(default_factory=list, init=False)
    #: What the last of them goes on with; adding it at once would copy all for each word.
    _said: list[str] = field(default_factory=list, init=False)
    _last: str = field(default="reasoning", init=False)  # the kind of what was said last

    @property
    def has_pending(self) -> bool:
        """Whether something has come since the last cut."""
        return bool(self._items)

    def take(self, event: engine.Event) -> bool:
        """Add an event; return whether there is something new of it to be stored."""
        match event:
            case engine.Text(text):
                return self._say("text", text)
            case engine.Reasoning(text):
                return self._say("reasoning", text)
            case engine.Signature(metadata):
                self._sign(metadata)
            case engine.Reconsidered():
                self._add({"type": RECONSIDERED})
                self._last = "reasoning"
            case engine.Writing():
                self._write(event)
            case engine.ToolCall() | engine.ToolResult() | engine.ToolProgress():
                self._add(_of_tool(event))
            case _:
                self._note(event)
                return False
        return True

    def _note(self, event: engine.Event) -> None:
        """Take an event of which no delta tells."""

    def _say(self, kind: str, text: str) -> bool:
        if not text:
            return False
        last = self._items[-1] if self._items else {}
        if last.get("type") != kind or SIGNED in last:
            self._add({"type": kind, "text": ""})
        self._said.append(text)
        self._last = kind
        return True

    def _write(self, event: engine.Writing) -> None:
        """More of a call that is not whole."""
        last = self._items[-1] if self._items else {}
        is_same = last.get("type") == drafts.BEGAN and last["toolCallId"] == event.about["toolCallId"]
        if is_same and not event.is_first:
            last["text"] += event.text
            return
        begins = {BEGINS: True} if event.is_first else {}
        self._add({"type": drafts.BEGAN, "toolName": event.name, **event.about, "text": event.text} | begins)

    def _add(self, item: dict) -> None:
        self._join()
        self._items.append(item)

    def _join(self) -> None:
        if self._said:
            self._items[-1]["text"] += "".join(self._said)
            self._said = []

    def _sign(self, metadata: dict) -> None:
        """What the provider wants back with what was said last."""
        if not self._items or self._items[-1]["type"] not in SPOKEN:
            self._add({"type": self._last, "text": ""})
        last = self._items[-1]
        last[SIGNED] = last.get(SIGNED, {}) | dict(metadata)

    def cut(self) -> list[dict]:
        """Return what has come since, as the log can keep it."""
        self._join()
        cut, self._items = self._items, []
        return [clean_json(delta) for delta in cut]

    def put_back(self, cut: list[dict]) -> None:
        """What was cut comes again with the next cut."""
        self._items = cut + self._items


def of_parts(parts: Iterable[dict]) -> list[dict]:
    """Return the deltas that give these parts again: a thought beside a thought stays one of two."""
    found: list[dict] = []
    for part in parts:
        is_another = bool(found) and part["type"] in SPOKEN and part["type"] == found[-1]["type"]
        found.append(part | {BEGINS: True} if is_another else dict(part))
    return found


def _of_tool(event: engine.ToolCall | engine.ToolResult | engine.ToolProgress) -> dict:
    """The part that a call or a result becomes, or how far a call is."""
    match event:
        case engine.ToolCall():
            part = {"type": "tool-call", "toolCallId": event.id, "toolName": event.name, "args": dict(event.args)}
            more = {"title": event.title, "tool": event.tool, "problem": event.problem, SIGNED: dict(event.metadata)}
        case engine.ToolResult():
            part = {"type": "tool-result", "toolCallId": event.id, "result": event.result}
            more = {"isError": event.is_error, "show": event.show, "documents": list(event.written)}
            if event.seconds is not None:
                part["seconds"] = event.seconds
        case engine.ToolProgress():
            return {"type": "tool-progress", "toolCallId": event.id, "text": event.text}
    return part | {name: value for name, value in more.items() if value}
