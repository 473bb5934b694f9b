"""Tests: what a test says stands in for what would leave the machine.

Mocks are `{"nodes": {<path or node id>: {"output": …, "handle"?} | {"error": <code>}}, "clock": {<path>: <moment>},
"run": <id>}`: the last two give code nodes the clock and the chance that they had in the run that was kept.
"""

from sambung.lib.failures import Failed
from workflows.engine.steps import Call, Done
from workflows.nodes.kinds import KINDS, NONE

#: What asks somebody elsewhere, or has an effect: a test does none of it.
_OUTSIDE = frozenset(("llm", "agent", "tool", "http", "document", "approval", "wait"))


def clock(call: Call) -> str | None:
    """What time it is for a step of a test; None where it is now."""
    return ((call.order.mocks or {}).get("clock") or {}).get(call.path)


def seed(call: Call) -> str:
    """What the chance of a step comes from: in a test that of the run that was kept."""
    run = (call.order.mocks or {}).get("run")
    return f"{run}:{call.path}" if run else call.key


def result(call: Call) -> Done | None:
    """What a test says a node gives; None where it runs. Raises Failed where a test says nothing of what it must."""
    if call.order.mocks is None:
        return None
    nodes = call.order.mocks.get("nodes") or {}
    mock = nodes.get(call.path, nodes.get(call.node["id"]))
    if mock is None:
        if call.node["type"] in _OUTSIDE or KINDS[call.node["type"]].effect(call.data) != NONE:
            raise Failed("workflow_no_mock")
        return None
    if "error" in mock:
        raise Failed(mock["error"], **mock.get("params") or {})
    return Done(mock.get("output"), mock.get("handle") or "")
