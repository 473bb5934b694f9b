"""Nodes that answer at once: the ends of a graph, texts, conditions by rules, the first value."""

from collections.abc import Awaitable, Callable

from sambung.lib.failures import Failed
from workflows.engine.executors import Executor, code, register
from workflows.engine.steps import Call, Done
from workflows.nodes import rules, schemas
from workflows.nodes.references import look_up
from workflows.nodes.segments import resolve, text_of


def _input(call: Call) -> Done:
    """The run's input was checked when it started; it is checked again, since a replay may have changed it."""
    return Done(schemas.taken(call.data.get("schema") or {}, call.input))


def _values(call: Call) -> dict:
    return {one["name"]: resolve(one.get("value"), call.outputs) for one in call.data["values"]}


def _text(call: Call) -> dict:
    return {"text": text_of(call.data["content"], call.outputs)}


def _candidates(call: Call) -> dict:
    return {"values": [look_up(ref, call.outputs) for ref in call.data["values"]]}


def _first(call: Call) -> Done:
    return Done({"value": next((one for one in call.input["values"] if one is not None), None)})


def _branch(call: Call) -> Done | Callable[[Call], Awaitable[Done]]:
    """The first branch that holds, else `else`; where code must be asked, that is done in its own time."""
    for branch in call.data["branches"]:
        if branch.get("rules"):
            if rules.holds(branch["rules"], call.outputs):
                return _taken(branch["id"])
        elif branch.get("advanced"):
            return _ask_code
        else:
            raise Failed("workflow_branch_empty", n=call.data["branches"].index(branch) + 1)
    return _taken("else")


def _taken(branch: str) -> Done:
    return Done({"branch": branch}, branch)


async def _ask_code(call: Call) -> Done:
    """The same, where branches have expressions."""
    known = {call.scope.graph.name(key): call.outputs.get(key) for key in call.scope.graph.ancestors(call.node["id"])}
    for branch in call.data["branches"]:
        if branch.get("rules"):
            holds = rules.holds(branch["rules"], call.outputs)
        else:
            holds, _prints = await code.value_of(branch["advanced"], {"nodes": known})
            if not isinstance(holds, bool):
                raise Failed("workflow_rule_type", wanted="boolean", found=rules.named(holds))
        if holds:
            return _taken(branch["id"])
    return _taken("else")


register("input", Executor(lambda call: call.order.input, _input, is_quick=True))
register("output", Executor(_values, lambda call: Done(call.input), is_quick=True))
register("template", Executor(_text, lambda call: Done(call.input), is_quick=True))
register("first", Executor(_candidates, _first, is_quick=True))
register("condition", Executor(lambda call: None, _branch, is_quick=True))
