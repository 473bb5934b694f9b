"""The loop of a reply with tools: what runs, what waits, what the model is told, and that it all replays the same."""

import asyncio
from dataclasses import replace

import pytest

from agents import engine, tools
from agents.generation import loop
from agents.generation.loop import Awaited, Conversation, Decision, Gate
from agents.models import ApprovalStatus
from agents.tools import Asks, Bound, Caller, Failed, Result, Tool

NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
DOUBLE = Tool("test", "sums", "double", "Double", "Doubles a number.", NUMBER)
BREAK = replace(DOUBLE, name="break", title="Break")
ERASE = replace(DOUBLE, name="erase", title="Erase", asks=Asks.ALWAYS)
READ = Tool("test", "web", "read", "Read", "Reads.", {"type": "object"}, asks=Asks.ELSEWHERE)
TOOLS = {tool.name: tool for tool in (DOUBLE, BREAK, ERASE, READ)}


class Kind:
    """Runs the tools above; `ran` lists what did. The results of `later` are still to come."""

    noun = ""
    limits = None

    def __init__(self):
        self.ran, self.callers, self.later = [], [], set()
        self.started, self.may_end = asyncio.Event(), asyncio.Event()

    def sources(self, workspace):
        return []

    async def call(self, tool, args, caller, progress):
        self.ran.append((tool.name, args))
        self.callers.append(caller)
        if tool.name in self.later:
            raise tools.Later
        if tool is BREAK:
            raise Failed("other", text="It broke.")
        if args.get("n") == 0:
            progress("half way")
            self.started.set()
            await self.may_end.wait()
        return Result(args.get("n", 0) * 2)


@pytest.fixture
def kind(monkeypatch):
    made = Kind()
    monkeypatch.setattr(tools.registry, "_kinds", {"test": made})
    return made


def model(*steps):
    """A model that says these events, a step each time it is asked; `asked` keeps what it was told."""
    left = iter(steps)

    async def ask(said, sink):
        ask.asked.append(said)
        for event in next(left):
            sink(event)

    ask.asked = []
    return ask


def calls(*named):
    return [engine.ToolCall("same", name, args) for name, args in named]


async def hold(ask, gate=Gate(), base=(), steps=10, heard=None):  # noqa: B008
    sink = (heard if heard is not None else []).append
    talk = Conversation(base, Bound(TOOLS), lambda: Caller(None, "chat:x"), gate, sink)
    try:
        await talk.hold(ask, steps)
    except Awaited as awaited:
        return talk.parts, awaited.waiting
    return talk.parts, None


def results(parts):
    return [(part["result"], part.get("isError", False)) for part in parts if part["type"] == "tool-result"]


async def test_what_the_model_calls_is_run_and_told_to_it(kind):
    ask = model([engine.Text("Well: "), *calls(("double", {"n": 2}), ("double", {"n": 3}))], [engine.Text("4 and 6.")])

    parts, waiting = await hold(ask)

    kinds = [part["type"] for part in parts]
    assert kinds == ["text", "tool-call", "tool-call", "tool-result", "tool-result", "text"]
    assert results(parts) == [(4, False), (6, False)]
    assert waiting is None
    ids = [part["toolCallId"] for part in parts if part["type"] == "tool-call"]
    assert len(set(ids)) == 2, "each call has an id of its own, whatever the server says"
    assert [p["type"] for p in ask.asked[1]] == kinds[:-1]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("nothing", {}), loop.NO_TOOL),
        (("break", {"n": 1}), "It broke."),
        (("double", {"n": "two"}), "The arguments do not fit the tool: $.n: 'two' is not of type 'integer'"),
        (("double", {}), "The arguments do not fit the tool: $: 'n' is a required property"),
    ],
)
async def test_a_tool_that_fails_is_told_to_the_model(kind, call, told):
    parts, _ = await hold(model(calls(call), [engine.Text("Hm.")]))
    assert results(parts) == [(told, True)]


async def test_arguments_that_are_no_json_are_told_to_the_model(kind):
    bad = engine.ToolCall("x", "double", {}, problem="The arguments are not a JSON object.")
    parts, _ = await hold(model([bad], [engine.Text("Hm.")]))
    assert results(parts) == [("The arguments are not a JSON object.", True)]
    assert kind.ran == []


async def test_calls_of_one_step_run_at_the_same_time(kind):
    heard = []
    task = asyncio.create_task(hold(model(calls(("double", {"n": 0}), ("double", {"n": 4})), []), heard=heard))
    await kind.started.wait()
    while not any(isinstance(event, engine.ToolResult) for event in heard):
        await asyncio.sleep(0)
    assert [event.text for event in heard if isinstance(event, engine.ToolProgress)] == ["half way"]
    kind.may_end.set()
    parts, _ = await task
    assert results(parts) == [(8, False), (0, False)]


async def test_stop_reaches_running_tools(kind):
    task = asyncio.create_task(hold(model(calls(("double", {"n": 0})))))
    await kind.started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("gate", "call", "waits"),
    [
        (Gate(), ("double", {"n": 1}), False),
        (Gate(), ("erase", {"n": 1}), True),
        (Gate(is_manual=True), ("double", {"n": 1}), True),
        (Gate(is_manual=True, allowed=frozenset({(DOUBLE.ref, DOUBLE.digest)})), ("double", {"n": 1}), False),
        (Gate(allowed=frozenset({(ERASE.ref, ERASE.digest)})), ("erase", {"n": 1}), False),
        (Gate(allowed=frozenset({(ERASE.ref, "another")})), ("erase", {"n": 1}), True),
        (Gate(said="Read https://example.org/a for me"), ("read", {"url": "https://example.org/a"}), False),
        (Gate(said="Read https://example.org/a"), ("read", {"url": "https://example.org/?q=secret"}), True),
        (Gate(said="Read https://example.org/a"), ("read", {"url": "https://example.org"}), True),
        (Gate(said="Read it"), ("read", {"url": "//example.org"}), True),
        (Gate(said="Read https://example.org/"), ("read", {"url": "https://example.org/)?q=secret"}), True),
        (Gate(said="Read https://example.org/"), ("read", {"url": "https://example.org/ ?q=secret"}), True),
        (Gate(said="See (https://example.org/a)."), ("read", {"url": "https://example.org/a"}), False),
    ],
)
async def test_which_calls_wait_for_a_person(kind, gate, call, waits):
    parts, waiting = await hold(model(calls(call), []), gate)
    assert bool(waiting) == waits
    assert bool(kind.ran) != waits
    if waits:
        assert [(one.call_id, one.args) for one in waiting] == [(parts[0]["toolCallId"], call[1])]


@pytest.mark.parametrize(("name", "ran"), [("double", [("double", {"n": 2})]), ("erase", [])])
async def test_arguments_are_shown_decided_about_and_run_as_they_were_meant(kind, name, ran):
    parts, waiting = await hold(model(calls((name, {"n": "2"})), [engine.Text("So.")]))
    assert [part["args"] for part in parts if part["type"] == "tool-call"] == [{"n": 2}]
    assert [one.args for one in waiting or ()] == ([] if ran else [{"n": 2}])
    assert kind.ran == ran


async def test_what_need_not_wait_runs_before(kind):
    parts, waiting = await hold(model(calls(("erase", {"n": 1}), ("double", {"n": 2}))))
    assert [one.tool.name for one in waiting] == ["erase"]
    assert kind.ran == [("double", {"n": 2})]
    assert results(parts) == [(4, False)]


async def decided(kind, decision):
    """A call that waits, and what becomes of it after the decision."""
    parts, (waiting,) = await hold(model(calls(("erase", {"n": 1}))))
    gate = Gate(decisions={waiting.call_id: decision})
    return await hold(model([engine.Text("So.")]), gate, base=parts)


async def test_what_was_allowed_runs_as_it_was_shown(kind):
    parts, _ = await decided(kind, Decision(ApprovalStatus.ALLOWED, ERASE.digest, {"n": 1}))
    assert (kind.ran, results(parts)) == ([("erase", {"n": 1})], [(2, False)])


async def test_changed_arguments_run_and_are_shown(kind):
    parts, _ = await decided(kind, Decision(ApprovalStatus.ALLOWED, ERASE.digest, {"n": 7}))
    assert kind.ran == [("erase", {"n": 7})]
    (call,) = [part for part in parts if part["type"] == "tool-call"]
    assert (call["args"], results(parts)) == ({"n": 7}, [(14, False)])


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Decision(ApprovalStatus.REFUSED), loop.REFUSED),
        (Decision(ApprovalStatus.REFUSED, words="Not today."), loop.REFUSED_SAYING % {"words": "Not today."}),
        (Decision(ApprovalStatus.ALLOWED, "another", {"n": 1}), loop.CHANGED),
    ],
)
async def test_what_was_refused_or_has_changed_does_not_run(kind, decision, told):
    parts, _ = await decided(kind, decision)
    assert (kind.ran, results(parts)) == ([], [(told, True)])


async def test_after_many_steps_a_person_is_asked(kind):
    ask = model(*[calls(("double", {"n": n})) for n in range(1, 9)], [engine.Text("Done.")])
    parts, waiting = await hold(ask, steps=3)
    assert (len(kind.ran), waiting) == (3, ())
    parts, waiting = await hold(ask, base=parts, steps=3)
    assert (len(kind.ran), waiting) == (6, ())
    parts, waiting = await hold(ask, base=parts, steps=3)
    assert (len(kind.ran), waiting, parts[-1]["text"]) == (8, None, "Done.")


async def test_calls_beyond_all_measure_are_refused(kind):
    parts, _ = await hold(model(calls(*[("double", {"n": 1})] * (loop.MOST_CALLS + 2)), []))
    assert len(kind.ran) == loop.MOST_CALLS
    assert results(parts).count((loop.TOO_MANY, True)) == 2


async def test_a_long_result_is_cut(kind, monkeypatch):
    monkeypatch.setattr(loop, "MOST_READ", 3)
    parts, _ = await hold(model(calls(("double", {"n": 50_000})), []))
    assert results(parts) == [("100\n[3 more characters were left out]", False)]


async def test_a_tool_whose_library_is_cancelled_has_failed_and_is_not_run_again(kind, monkeypatch):
    async def cancelled(tool, args, caller, progress):
        kind.ran.append((tool.name, args))
        raise asyncio.CancelledError

    monkeypatch.setattr(kind, "call", cancelled)
    parts, _ = await hold(model(calls(("double", {"n": 1})), [engine.Text("Hm.")]))
    assert results(parts) == [("The tool failed unexpectedly.", True)]
    assert len(kind.ran) == 1


# ---- results that come later --------------------------------------------------------------------------------
async def test_a_result_that_comes_later_lets_the_run_wait(kind):
    kind.later = {"double"}
    heard = []

    parts, waiting = await hold(model(calls(("double", {"n": 2}), ("erase", {"n": 3}))), heard=heard)

    assert [(one.tool.name, one.is_later) for one in waiting] == [("erase", False), ("double", True)]
    assert results(parts) == []
    assert kind.callers[0].call == waiting[1].call_id


async def test_other_calls_run_to_their_end_meanwhile(kind):
    kind.later = {"break"}

    parts, waiting = await hold(model(calls(("break", {"n": 1}), ("double", {"n": 2}))))

    assert [one.tool.name for one in waiting] == ["break"]
    assert results(parts) == [(4, False)]


@pytest.mark.parametrize("status", ApprovalStatus.begun())
async def test_a_call_that_began_elsewhere_is_made_again_whatever_its_tool_is_now(kind, status):
    call = {"type": "tool-call", "toolCallId": "c1", "toolName": "double", "args": {"n": 4}}
    gate = Gate(decisions={"c1": Decision(status, "of another description", {"n": 4})})

    parts, waiting = await hold(model([engine.Text("8.")]), gate=gate, base=[call])

    assert (results(parts), waiting) == ([(8, False)], None)
    assert kind.callers[0].call == "c1"
