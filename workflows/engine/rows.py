"""The rows of steps, as the writer takes them."""

from time import time

import orjson

from sambung.lib.failures import Failure
from sambung.lib.ids import uuid7
from workflows.engine.steps import Call, Done
from workflows.engine.values import Packed
from workflows.models import StepStatus

_NOTHING = {"input": None, "output": None, "input_file": "", "output_file": "", "size": 0, "usage": {}, "cost": None}
_NOTHING |= {"handle": "", "error_code": "", "error_params": {}, "effect": "none", "idempotency_key": ""}
_NOTHING |= {"wake_at": None, "started_at": None, "finished_at": None}


def of(call: Call, status: StepStatus, given: Packed | None, gave: Packed | None = None, **more) -> dict:
    """Return the row of an attempt: what it took and gave, and what else is to be told of it."""
    row = _NOTHING | {
        "run": call.order.run_id,
        "id": call.id,
        "workflow_run_id": call.order.id,
        "node_id": call.node["id"],
        "node_type": call.node["type"],
        "path": call.path,
        "attempt": call.attempt,
        "run_attempt": call.order.attempt,
        "status": status.value,
        "effect": call.effect,
        "idempotency_key": call.key if call.effect == "keyed" else "",
        "started_at": call.started or None,
    }
    if given is not None:
        row["input"], row["input_file"] = orjson.Fragment(given.json), given.file
    if gave is not None:
        row["output"], row["output_file"], row["size"] = orjson.Fragment(gave.json), gave.file, gave.size
    row.update(more)
    return row


def done(call: Call, result: Done, given: Packed | None, gave: Packed) -> dict:
    """Return the row of a step that is done."""
    cost = None if result.cost is None else str(result.cost)
    told = {"handle": result.handle, "usage": dict(result.usage), "cost": cost}
    return of(call, StepStatus.DONE, given, gave, finished_at=time(), **told)


def failed(call: Call, failure: Failure, given: Packed | None, gave: Packed | None = None) -> dict:
    """Return the row of a step that did not work."""
    why = {"error_code": failure.code, "error_params": dict(failure.params)}
    return of(call, StepStatus.FAILED, given, gave, finished_at=time(), **why)


def skipped(call: Call, handle: str = "") -> dict:
    """Return the row of a node that was passed over."""
    return of(call, StepStatus.SKIPPED, None, handle=handle, finished_at=time())


def call_of(order, scope, node, attempt: int = 1) -> Call:
    """Return a new attempt at a node."""
    return Call(order, scope, node, scope.prefix + node["id"], attempt, uuid7(), started=time())
