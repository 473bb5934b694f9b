"""Tool nodes: a tool as it was when it was chosen, with arguments that are given or that a model fills in."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

import orjson

from agents import engine, tools
from agents.tools import Caller, Result, Tool
from sambung.lib.database import patiently
from sambung.lib.failures import Failed, Failure
from sambung.lib.threads import in_thread
from workflows.engine.executors import Executor, models, register
from workflows.engine.steps import Call, Done, StepFailed, Waits
from workflows.models import StepStatus
from workflows.nodes.kinds import NONE
from workflows.nodes.segments import resolve, text_of

FILL = (
    "Fill in arguments of the tool “%(title)s”. %(told)s\n\nWhat each is to be:\n%(wanted)s\n\n%(instruction)s\n\n"
    "Already given: %(given)s\n\nAnswer with a JSON object of exactly these arguments: %(names)s."
)
#: Codes of results after which nothing has happened: the tool never ran, or said itself that it did nothing.
_NEVER_RAN = frozenset(
    (
        *("tool_arguments", "tool_gone", "mcp_tool_changed", "mcp_no_sign_in", "mcp_too_many_in_use"),
        *("document_not_here", "document_too_long", "document_collided"),
    )
)


def _resolve(call: Call) -> dict:
    """The arguments that are given, and what a model is told of the others. Raises Failed."""
    data = call.data
    given, wanted = {}, {}
    for name, argument in (data.get("arguments") or {}).items():
        if "model" in argument:
            wanted[name] = argument["model"]
        elif (value := resolve(argument, call.outputs)) is not None:
            given[name] = value
    told = {"tool": _ref(data["tool"]), "arguments": given}
    if wanted:
        told |= {"wanted": wanted, "instruction": text_of(data.get("instruction"), call.outputs)}
    return told


def _ref(tool: Mapping) -> str:
    return f"{tool['kind']}:{tool['source']}:{tool['name']}"


def _found(call: Call) -> Tool:
    """The tool as it is now, if it is still the one that was chosen. Raises Failed."""
    named = call.data["tool"]
    title, ref = named.get("title") or named["name"], _ref(named)
    sources = tools.sources(call.order.workspace)
    tool = next((tool for source in sources for tool in source.tools if tool.ref == ref), None)
    if tool is None:
        raise Failed("workflow_tool_unknown", name=title)
    is_tamer = call.effect == NONE and tool.effect != NONE
    if (named.get("digest") or tool.digest) != tool.digest or is_tamer:
        raise Failed("workflow_tool_drifted", name=title)
    return tool


async def _run(call: Call) -> Done | Waits:
    tool = await patiently(partial(in_thread, _found, call))
    every: list[models.Said] = []
    args = dict(call.input["arguments"])
    if call.input.get("wanted"):
        filled, every = await _filled(call, tool)
        args |= filled
    args = tools.meant(tool, args)
    if args != call.input["arguments"]:
        call.input = call.input | {"arguments": args}
        await call.intend()  # anew, with what is sent: a model took its time, and the run may be somebody else's
    model = every[-1].reached.model.label if every else ""
    about = {"run": call.order.run_id, "call": str(call.id), "limits": call.order.meter.left()}
    try:
        result = await tools.call(tool, args, Caller(call.order.workspace, call.order.topic, model, **about), call.tell)
    except tools.Later:  # a run of another workflow, which ends this step
        return Waits(StepStatus.WAITING_CHILD)
    done = Done({"result": as_value(result)}, **_took(every))
    if result.is_error:
        raise failed(result)
    return done


def as_value(result: Result) -> object:
    """What a tool gave: JSON where its text is JSON, else the text."""
    if not isinstance(result.content, str):
        return result.content
    try:
        return orjson.loads(result.content)
    except orjson.JSONDecodeError:
        return result.content


def failed(result: Result) -> StepFailed:
    """Why a tool did not work; where it broke off, nobody knows what it has done."""
    if result.failure is None:  # by its own word
        return StepFailed("workflow_tool_failed", detail=str(result.content)[:500])
    return StepFailed(result.failure, is_uncertain=result.failure.code not in _NEVER_RAN)


# ---- by a model -----------------------------------------------------------------------------------------
async def _filled(call: Call, tool: Tool) -> tuple[dict, list[models.Said]]:
    """The arguments that a model fills in, each by its schema. Raises Failed, EngineError."""
    wanted, parameters = call.input["wanted"], tool.parameters
    known = parameters.get("properties") or {}
    properties = {name: known.get(name, {}) for name in wanted}
    schema = {"type": "object", "properties": properties, "required": list(wanted), "additionalProperties": False}
    told = {
        "title": tool.title,
        "told": tool.description,
        "wanted": "\n".join(f"- {name}: {text}" for name, text in wanted.items()),
        "instruction": call.input["instruction"],
        "given": orjson.dumps(call.input["arguments"]).decode(),
        "names": ", ".join(wanted),
    }
    turns = [engine.Turn.of("user", FILL % told)]
    every: list[models.Said] = []
    for _n in range(2):  # what does not fit may be mended once
        every.append(said := await models.ask(call, call.data.get("model"), turns, output=schema))
        value, problem = _read(said.text, tool, wanted, call.input["arguments"])
        if not problem:
            return value, every
        turns += [
            engine.Turn.of("assistant", said.text or "-"),
            engine.Turn.of("user", models.REPAIR % problem),
        ]
    raise StepFailed("workflow_answer_unfit", problem=problem, output={"raw": said.text})


def _read(text: str, tool: Tool, wanted: Mapping, given: Mapping) -> tuple[dict, str]:
    """The arguments of an answer, and what is wrong with them."""
    try:
        value = orjson.loads(engine.unfenced(text))
    except orjson.JSONDecodeError as error:
        return {}, f"{error}."[:500]
    if not isinstance(value, dict):
        return {}, "This is no object."
    value = {name: value[name] for name in wanted if name in value}
    fault: Failure | None = tools.misfit(tool, tools.meant(tool, given | value))
    return value, fault.english if fault else ""


def _took(every: list[models.Said]) -> dict:
    """What the calls of models took, as a step keeps it."""
    if not every:
        return {}
    usage = {
        "inputTokens": sum(said.input_tokens for said in every),
        "outputTokens": sum(said.output_tokens for said in every),
    }
    costs = [said.cost for said in every if said.cost is not None]
    return {"usage": usage, "cost": sum(costs, Decimal(0)) if costs else None}


register("tool", Executor(_resolve, _run))
