"""Tests: what a test says stands in for what would leave the machine.

Mocks are `{"nodes": {<path or node id>: {"output": …, "handle"?} | {"error": <code>}}}`.
"""

from sambung.lib.failures import Failed
from workflows.engine.steps import Call, Done
from workflows.nodes.kinds import KINDS, NONE

#: What asks somebody elsewhere, or has an effect: a test does none of it.
_OUTSIDE = frozenset(("llm", "agent", "tool", "http", "document", "approval", "wait"))


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
