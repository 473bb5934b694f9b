"""Whatever a model says, calls and is answered, in whatever order, and wherever it is stopped: one stored message,
which every provider's protocol can carry."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import engine, tools
from agents.engine import anthropic_service, chat, google_service, mapping, responses_service
from agents.generation.loop import Awaited, Conversation, Decision, Gate
from agents.generation.reply import Reply, render_parts
from agents.models import ApprovalStatus
from agents.runs import log
from agents.runs.registry import Work
from agents.runs.stream import Stream
from agents.tools import Asks, Bound, Caller, Failed, Result, Tool

TOOLS = {
    name: Tool("test", "all", name, name.title(), "Does it.", {"type": "object"}, asks)
    for name, asks in (("do", Asks.NEVER), ("ask", Asks.ALWAYS))
}
SIGNATURES = (
    {"anthropic": {"signature": "abc"}},
    {"openai": {"itemId": "rs_1", "reasoningEncryptedContent": "abc"}},
)
SAYS = st.one_of(
    st.builds(engine.Text, st.text(max_size=8)),
    st.builds(engine.Reasoning, st.text(max_size=8)),
    st.just(engine.Reconsidered()),
    st.builds(engine.Signature, st.sampled_from(SIGNATURES)),
    st.builds(
        engine.ToolCall,
        st.sampled_from(["same", ""]),
        st.sampled_from(["do", "ask", "unknown"]),
        st.dictionaries(st.sampled_from(["fail", "slow", "é"]), st.booleans(), max_size=2),
        problem=st.sampled_from(["", "", "", "No JSON."]),
    ),
)
STEPS = st.lists(st.lists(SAYS, max_size=6), min_size=1, max_size=5)
DECISIONS = st.lists(st.sampled_from(["allow", "change", "refuse", "changed tool"]), min_size=1, max_size=6)


class Kind:
    """Tools that work, fail, take turns or tell how far they are."""

    noun = ""
    limits = None

    def sources(self, workspace):
        return []

    async def call(self, tool, args, caller, progress):
        progress("begun")
        if args.get("slow"):
            await asyncio.sleep(0)
        if args.get("fail"):
            raise Failed("other", text="It broke.")
        return Result({"did": args})


@dataclass
class Play:
    """One reply from its first word to its end: the loop, the stream that stores it, and a person who decides."""

    steps: list
    decisions: list
    ticks: list
    stops_at: int
    stored: list = field(default_factory=list)
    _counted: count = field(default_factory=count)
    _task: asyncio.Task | None = None

    async def ask(self, said, sink):
        for event in self.steps.pop(0) if self.steps else ():
            sink(event)
            await asyncio.sleep(0)

    def heard(self, stream):
        def sink(event):
            n = next(self._counted)
            stream.accept(event)
            if n == self.stops_at:
                self._task.cancel()
            if self.ticks[n % len(self.ticks)] and stream.has_pending:
                entry, deltas = stream.cut()
                self.stored.append(_through_json(entry))
                stream.stored(deltas)

        return sink

    async def run(self):
        """Give the parts as the loop has them, and as they are stored; the first only where nothing was cut off."""
        base, seq, known = (), 0, {}
        while True:
            stream = Stream(Work(None, 1, "chat:x", "message:s", base, seq), lambda: None)
            talk = Conversation(base, Bound(TOOLS), lambda: Caller(None), Gate(decisions=known), self.heard(stream))
            waiting, is_whole = None, True
            self._task = asyncio.create_task(talk.hold(self.ask, 2))
            try:
                await self._task
            except Awaited as awaited:
                waiting = awaited.waiting
            except asyncio.CancelledError:
                is_whole = False
            entries = stream.last_entries("waiting" if waiting is not None else "succeeded")
            result = stream.result(entries)
            self.stored += [_through_json(entry) for entry in entries]
            if waiting is None or (not waiting and not self.steps):
                return talk.parts if is_whole else None, result.parts
            assert talk.parts == result.parts
            base, seq = tuple(result.parts), self.stored[-1].seq
            known |= {one.call_id: self.decide(one) for one in waiting}

    def decide(self, one):
        said = self.decisions[next(self._counted) % len(self.decisions)]
        digest = "another" if said == "changed tool" else one.tool.digest
        args = {"changed": 1} if said == "change" else one.args
        return Decision(ApprovalStatus.REFUSED if said == "refuse" else ApprovalStatus.ALLOWED, digest, args, "No.")


def _through_json(entry):
    return log.Entry(entry.run, entry.attempt, entry.seq, entry.kind, json.loads(json.dumps(entry.data)))


def replayed(stored):
    reply = Reply("s")
    for entry in stored:
        log.fold(reply, entry.kind, entry.data)
    return reply


@given(STEPS, DECISIONS, st.lists(st.booleans(), min_size=1, max_size=7), st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_any_order_of_events_gives_one_message_that_every_protocol_carries(steps, decisions, ticks, stops_at):
    play = Play(list(steps), decisions, ticks, stops_at)
    with patch.dict(tools.registry._kinds, {"test": Kind()}):
        held, parts = asyncio.run(play.run())

    assert held is None or held == parts
    assert replayed(play.stored).parts == parts
    assert [entry.seq for entry in play.stored] == list(range(1, len(play.stored) + 1))
    shown = replayed(play.stored)
    if not any(part["type"] in {"text", "reasoning"} for part in parts):  # their open ends differ
        assert shown.html.replace("begun", "") == render_parts(parts, "s").replace("begun", "") or held is None
    calls = [part["toolCallId"] for part in parts if part["type"] == "tool-call"]
    results = [part["toolCallId"] for part in parts if part["type"] == "tool-result"]
    assert len(calls) == len(set(calls))
    assert len(results) == len(set(results)) and set(results) <= set(calls)
    if held is not None:
        assert set(results) == set(calls)
    _carried(parts, calls)


def _carried(parts, calls):
    """Each protocol sends every call, and behind it one result for each, before the model says more."""
    turns = (engine.Turn.of("user", "Go."), engine.Turn("assistant", tuple(parts)))
    pending = []
    for message in [m for turn in turns for m in chat.messages_of(turn)]:
        if message["role"] == "tool":
            assert pending.pop(0) == message["tool_call_id"]
        else:
            assert not pending
            pending = [call["id"] for call in message.get("tool_calls", ())]
    assert not pending
    ask = engine.Ask(engine.Endpoint("openai", "http://127.0.0.1/v1"), "m", turns)
    for service in (anthropic_service, google_service, responses_service):
        system = service.__name__.rpartition(".")[2].removesuffix("_service").replace("responses", "openai")
        sent = [part for message in mapping.messages_of(ask, service, system) for part in message.parts]
        assert [p.tool_call_id for p in sent if p.part_kind == "tool-call"] == calls
        assert sorted(p.tool_call_id for p in sent if p.part_kind == "tool-return") == sorted(calls)


def test_the_play_can_fail():
    """A fold that lost a result would be seen."""
    lost = [{"type": "tool-call", "toolCallId": "a", "toolName": "do", "args": {}}]
    with pytest.raises(AssertionError):
        _carried(lost, ["a", "b"])
