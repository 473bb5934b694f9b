"""Calls of tools, put together from their pieces: servers of OpenAI's protocol cut and number them in many ways."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import orjson

from agents.engine.values import ToolCall, Writing

NO_OBJECT = "The arguments are not a JSON object."
CALL = 1000  # characters as which a call counts beside its own: no answer is made of calls without end
_SIGNS = re.compile(r"\\.?|[\"{}\[\]]", re.DOTALL)


def arguments(text: str) -> tuple[dict, str]:
    """Read a call's arguments; gives them and '', or {} and what is wrong with them."""
    try:
        found = orjson.loads(text) if text.strip() else {}
    except ValueError:
        return {}, NO_OBJECT
    return (found, "") if isinstance(found, dict) else ({}, NO_OBJECT)


@dataclass(slots=True)
class Call:
    """A call while its pieces arrive."""

    index: int | None
    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    told: int = -1  # pieces that were handed on while it was written, -1 = not even its name
    is_complete: bool = False  # the arguments are a whole object: what comes with a name then is another call
    _layers: int = 0  # of the arguments that are open
    _is_text: bool = False  # within quotation marks
    _is_escaping: bool = False  # the last piece ended with the backslash of a text
    _is_over: bool = False  # the first thing that was begun has ended: nothing behind it makes it an object

    def write(self, text: str) -> None:
        """Take more of the arguments. Each letter is looked at once, however many pieces there are."""
        if not text:
            return
        self.pieces.append(text)
        if self._is_over:
            return
        if self._is_escaping:
            self._is_escaping, text = False, text[1:]
        for sign in _SIGNS.findall(text):
            if self._is_text:
                self._is_text, self._is_escaping = sign != '"', sign == "\\"
            elif sign == '"':
                self._is_text = True
            elif sign in "{[}]":
                self._layers += 1 if sign in "{[" else -1
                self._is_over = self._is_over or self._layers <= 0
        if self._is_over:
            self.is_complete = not arguments("".join(self.pieces))[1]

    def whole(self, number: int) -> ToolCall:
        """Return it with its arguments read."""
        args, problem = arguments("".join(self.pieces))
        return ToolCall(self.id or f"call_{number}", self.name, args, problem=problem)


class Calls:
    """The calls of one answer. `names` are those of the tools that the model was given."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(names)
        self._calls: list[Call] = []
        self._last: Call | None = None  # that a piece was about

    def add(self, piece: dict) -> int:
        """Take a piece; give as how many characters it counts.

        Its id may be missing, empty, new with each piece or late, its index missing or always 0, its name whole,
        repeated or in pieces (e.g. pipecat-ai/pipecat#4987).
        """
        function = piece.get("function") or piece
        id_, index, name = piece.get("id") or "", piece.get("index"), function.get("name") or ""
        written = function.get("arguments") or ""
        written = written if isinstance(written, str) else orjson.dumps(written).decode()
        call, size = self._known(id_, index, name), len(written)
        if call is None or self._is_another(call, id_, name, written):
            call = Call(index)
            self._calls.append(call)
            size += CALL
        if not call.name or self._goes_on(call, id_, name):
            call.name += name
            size += len(name)
        call.id = call.id or id_
        call.write(written)
        self._last = call
        return size

    def news(self, followed: Container[str]) -> Writing | None:
        """Return what has come of the call that the last piece was about and was not returned yet, if its tool is
        `followed`.
        """
        call = self._last
        if call is None or call.name not in followed or call.told == len(call.pieces):
            return None
        text, is_first = "".join(call.pieces[max(call.told, 0) :]), call.told < 0
        call.told = len(call.pieces)
        number = next(n for n, one in enumerate(self._calls) if one is call)
        return Writing(number, call.name, text, is_first)

    def whole(self) -> list[ToolCall]:
        """Return all of them, in their order."""
        return [call.whole(n) for n, call in enumerate(self._calls)]

    def _known(self, id_: str, index: int | None, name: str) -> Call | None:
        """Return the call that a piece goes on with, unless it begins another: by its id, by its index, or the last."""
        for call in reversed(self._calls):
            if id_ and call.id == id_ and (index is None or call.index in (None, index)):
                return call
        for call in reversed(self._calls):
            if call.index == index:
                return call
        is_about_last = index is None or not name
        return self._calls[-1] if self._calls and is_about_last else None

    def _is_another(self, call: Call, id_: str, name: str, written: str) -> bool:
        """Whether a piece begins another call than the one at its place: only one with a name does."""
        if not name or not call.name:
            return False
        if call.is_complete:  # a server that repeats id and name sends no second object
            return call.id != id_ or not id_ or written.lstrip().startswith("{")
        return name != call.name and not self._goes_on(call, id_, name)

    def _goes_on(self, call: Call, id_: str, name: str) -> bool:
        """Whether a name is a further piece of the call's name."""
        if not name or call.pieces:
            return False
        if not self._names:
            return name != call.name and (not call.id or id_ in ("", call.id))
        is_whole = call.name in self._names and name in self._names
        return not is_whole and any(known.startswith(call.name + name) for known in self._names)
