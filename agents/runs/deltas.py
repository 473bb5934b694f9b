"""Engine events as the deltas that a reply is folded from: what the log keeps."""

from collections.abc import Iterable

from agents import engine
from agents.runs.reply import BEGINS, RECONSIDERED, SIGNED, clean_json

SPOKEN = ("text", "reasoning")


class Deltas:
    """Events since the last cut, merged at the source: consecutive text of one kind is one delta."""

    def __init__(self) -> None:
        self._items: list[dict] = []
        self._said: list[str] = []  # what the last of them goes on with; adding it at once would copy all for each word
        self._last = "reasoning"  # the kind of what was said last

    def __bool__(self) -> bool:
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
            case engine.ToolCall() | engine.ToolResult() | engine.ToolProgress():
                self._add(_of_tool(event))
            case _:
                return False
        return True

    def _say(self, kind: str, text: str) -> bool:
        if not text:
            return False
        last = self._items[-1] if self._items else {}
        if last.get("type") != kind or SIGNED in last:
            self._add({"type": kind, "text": ""})
        self._said.append(text)
        self._last = kind
        return True

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
            more = {"isError": event.is_error, "show": event.show}
            if event.seconds is not None:
                part["seconds"] = event.seconds
        case engine.ToolProgress():
            return {"type": "tool-progress", "toolCallId": event.id, "text": event.text}
    return part | {name: value for name, value in more.items() if value}
