"""The loop of a reply with tools: ask the model, run what it calls, ask again, until it has nothing to call."""

import asyncio
import re
import secrets
import string
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from agents import engine, tools
from agents.generation.deltas import Deltas
from agents.generation.reply import merge, open_calls
from agents.models import ApprovalStatus
from agents.runs.registry import Paused
from agents.tools import Asks, Bound, Caller, Tool, show
from sambung.lib.jsonb import clean_json

AT_ONCE = 8  # calls that run at the same time
MOST_CALLS = 64  # in one step
MOST_READ = 100_000  # characters of a result that the model reads
_URL = re.compile(r"https?://[^\s\"'<>\\)\]]+")
_ID = string.ascii_letters + string.digits

#: What the model is told in place of a result.
NO_TOOL = "There is no tool of this name here."
CHANGED = "The tool has changed since it was allowed. It was not run."
REFUSED = "The person refused this call."
REFUSED_SAYING = "The person refused this call and says: %(words)s"
TOO_MANY = "Too many calls at once. Make fewer."


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of a call: whether it may run, of which tool, with which arguments; else why not."""

    status: str
    digest: str = ""
    args: Mapping = field(default_factory=dict)
    words: str = ""


async def _at_once(call: Mapping, tool: Tool, args: Mapping) -> None:
    """Nothing has to be done before a call."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Who decides about a call: the mode, what was allowed for always, and what was decided in this run.

    `before` is awaited right before a call runs; what it raises keeps the call from running, and ends the reply.
    """

    is_manual: bool = False
    allowed: frozenset[tuple[str, str]] = frozenset()  # (reference, digest)
    decisions: Mapping[str, Decision] = field(default_factory=dict)  # by the call's id
    said: str = ""  # what people wrote: addresses in it may be visited
    before: Callable[[Mapping, Tool, Mapping], Awaitable[None]] = _at_once

    def asks(self, tool: Tool, args: Mapping) -> bool:
        """Whether the call waits for a person."""
        if (tool.ref, tool.digest) in self.allowed:
            return False
        if self.is_manual or tool.asks == Asks.ALWAYS:
            return True
        asked = set(_addresses_in(args))
        return tool.asks == Asks.ELSEWHERE and (not asked or not asked <= _written(self.said))


def _written(text: str) -> set[str]:
    """The addresses that a text names, without the punctuation behind them."""
    return {found.rstrip(".,;:!?") for found in _URL.findall(text)}


def _addresses_in(value: object) -> Iterator[str]:
    """The texts in a call's arguments that hold an address, whole: what is added to one makes it another."""
    match value:
        case str() if "://" in value:
            yield value
        case Mapping():
            for inner in value.values():
                yield from _addresses_in(inner)
        case list():
            for inner in value:
                yield from _addresses_in(inner)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that a person must decide about, or (`is_later`) whose result is still to come from elsewhere."""

    call_id: str
    tool: Tool
    args: Mapping
    is_later: bool = False


class Awaited(Paused):
    """The run waits: for a word about these calls or their results, or, if there are none, whether to go on after so
    many steps.
    """

    def __init__(self, waiting: Sequence[Waiting] = ()):
        super().__init__()
        self.waiting = tuple(waiting)


#: Asks the model, given the parts said so far; hands its events to the sink. Raises EngineError.
Asking = Callable[[tuple[dict, ...], engine.Sink], Awaitable[None]]


class Conversation:
    """One reply that is being made: `parts` are what was said so far, by the same fold that stores it."""

    def __init__(
        self, base: Sequence[Mapping], bound: Bound, caller: Callable[[], Caller], gate: Gate, sink: engine.Sink
    ):
        self.parts = [dict(part) for part in base]
        self._bound, self._caller, self._gate, self._sink = bound, caller, gate, sink
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._deltas = Deltas()
        self._ids: dict[int, str] = {}  # of calls that are being written, by their number in the answer
        self._called = 0  # calls of the answer that are whole
        self._later: list[Waiting] = []  # calls whose results are still to come

    async def hold(self, ask: Asking, most_steps: int) -> None:
        """Ask and run tools in turn until the model is done. Raises EngineError, and Awaited where a person decides."""
        for _ in range(most_steps):
            await self._answer_calls()
            self._ids, self._called = {}, 0
            await ask(tuple(self.parts), self.hear)
            self._fold()
            if not open_calls(self.parts):
                return
        await self._answer_calls()
        raise Awaited

    def hear(self, event: engine.Event) -> None:
        """Take an event of the model. Calls get ids of ours: those of some servers are not unique."""
        if isinstance(event, engine.ToolCall):
            tool = self._bound.tools.get(event.name)
            known = {"tool": tool.ref, "title": tool.title} if tool else {}
            event = replace(event, id=self._ids.pop(self._called, None) or _new_id(), **known)
            self._called += 1
        elif isinstance(event, engine.Writing):
            return self._follow(event)
        return self._hand(event)

    def _follow(self, event: engine.Writing) -> None:
        """Hand on what is written of a call, unless a person decides about it first."""
        tool = self._bound.tools.get(event.name)
        if tool and tool.field and not self._gate.asks(tool, {}):
            call_id = self._ids.setdefault(event.number, _new_id())
            about = {"toolCallId": call_id, "tool": tool.ref, "title": tool.title, "field": tool.field}
            self._hand(replace(event, about=about))

    def _hand(self, event: engine.Event) -> None:
        self._deltas.take(event)
        self._sink(event)

    def _fold(self) -> None:
        for delta in self._deltas.cut():
            merge(self.parts, delta)

    # ---- calls -----------------------------------------------------------------------------------------
    async def _answer_calls(self) -> None:
        """Run the calls that have no result yet; raise Awaited when a person, or a result, is waited for."""
        waiting, ready = [], []
        for n, call in enumerate(open_calls(self.parts)):
            fault, tool, args = self._judged(call) if n < MOST_CALLS else (TOO_MANY, None, {})
            if fault:
                self._hand(engine.ToolResult(call["toolCallId"], fault, is_error=True))
                continue
            if args != call["args"]:  # a person changed them, or they were meant so: what runs is what is shown
                self._show(call, tool, args)
            if call["toolCallId"] not in self._gate.decisions and self._gate.asks(tool, args):
                waiting.append(Waiting(call["toolCallId"], tool, args))
            else:
                ready.append(self._run(call, tool, args))
        if ready:
            await _together(ready)
        self._fold()
        if waiting or self._later:
            raise Awaited([*waiting, *self._later])

    def _judged(self, call: Mapping) -> tuple[str, Tool | None, Mapping]:
        """Return why a call cannot run, or "", its tool, and the arguments it runs with."""
        tool = self._bound.tools.get(call["toolName"])
        decision = self._gate.decisions.get(call["toolCallId"])
        if decision and decision.status == ApprovalStatus.REFUSED:
            return (REFUSED_SAYING % {"words": decision.words} if decision.words else REFUSED), tool, {}
        if tool is None:
            return NO_TOOL, None, {}
        if call.get("problem"):
            return call["problem"], tool, {}
        if decision is None:
            args = tools.meant(tool, call["args"])
            misfit = tools.misfit(tool, args)
            return misfit.english if misfit else "", tool, args
        has_begun = decision.status in ApprovalStatus.begun()
        return ("" if has_begun or decision.digest == tool.digest else CHANGED), tool, decision.args

    def _show(self, call: Mapping, tool: Tool, args: Mapping) -> None:
        """Hand a call on once more, with other arguments."""
        told = {"metadata": call.get("providerMetadata", {}), "tool": tool.ref, "title": tool.title}
        self._hand(engine.ToolCall(call["toolCallId"], call["toolName"], args, **told))

    async def _run(self, call: Mapping, tool: Tool, args: Mapping) -> None:
        async with self._slots:
            await self._gate.before(call, tool, args)
            started = monotonic()
            try:
                result = await self._result(call["toolCallId"], tool, args)
            except tools.Later:
                self._later.append(Waiting(call["toolCallId"], tool, args, is_later=True))
                return
            shown = await asyncio.to_thread(show.stored, result.show) if result.show else None  # it may draw pictures
        self._hand(
            engine.ToolResult(
                call["toolCallId"],
                engine.shortened(clean_json(result.content), MOST_READ),
                is_error=result.is_error,
                show=shown,
                written=[{"documentId": str(one.document), "version": one.version} for one in result.written],
                seconds=round(monotonic() - started, 3),
            )
        )

    async def _result(self, call_id: str, tool: Tool, args: Mapping) -> tools.Result:
        """Run a tool; what it tells of itself meanwhile is shown. Raises tools.Later."""
        caller = replace(self._caller(), call=call_id)
        return await tools.call(tool, args, caller, lambda text: self._hand(engine.ToolProgress(call_id, text)))


async def _together(running: list[Awaitable[None]]) -> None:
    """Run all of them; when one of them is stopped, or this is, none goes on."""
    async with asyncio.TaskGroup() as group:
        for one in running:
            group.create_task(one)


def _new_id() -> str:
    """Nine letters and digits: what every provider takes."""
    return "".join(secrets.choice(_ID) for _ in range(9))
