"""How runs and attempts end: what is told of it, and whether there is another try."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from time import time

from agents.models import RunStatus
from sambung.lib.failures import Failure
from workflows.engine import values
from workflows.engine.order import Order
from workflows.engine.scopes import Scope
from workflows.engine.steps import Call, Done, is_retryable
from workflows.nodes.graph import Graph

LONGEST_PAUSE = 3_600.0  # seconds between two tries


def of(graph: Graph, root: Scope) -> dict:
    """How a run has ended by itself: it succeeded if some output was reached and no failure was left alone."""
    if root.failure:
        key, failure = root.failure
        params = dict(failure.params) | {"node": graph.name(key)}
        return {"status": RunStatus.FAILED, "failure": Failure(failure.code, params)}
    given = [key for key, node in graph.nodes.items() if node["type"] == "output"]
    found = [one for key in given if (one := root.outputs.get(key)) is not None]
    if not found:
        return {"status": RunStatus.FAILED, "failure": Failure("workflow_no_output_reached")}
    output = {name: value for one in found for name, value in one.items()}
    return {"status": RunStatus.SUCCEEDED, "output": output}


def told(
    order: Order, seconds: float, status: RunStatus, failure: Failure | None, output: object, waiting: Iterable
) -> dict:
    """What the writer stores of a run that ends or pauses; `waiting` are the ids of the steps it waits for."""
    meter = order.meter
    return {
        "attempt": order.attempt,
        "status": status.value,
        "error_code": failure.code if failure else "",
        "error_params": dict(failure.params) if failure else {},
        "usage": {"steps": meter.steps, "tokens": meter.tokens},
        "cost": str(meter.money) if meter.money else None,
        "output": values.plain(output),
        "seconds": seconds,
        "waiting": list(waiting),
    }


def told_of_error(failure: Failure, attempt: int, output: object) -> dict:
    """What the nodes on the error's way get."""
    told = {"message": failure.english, "code": failure.code, "attempt": attempt, "output": output}
    return told | {"status": failure.params.get("status")}


def of_wait(call: Call) -> Done | Failure:
    """What comes of a wait whose time has come."""
    if call.data.get("mode") == "webhook":
        return Failure("workflow_wait_timeout")
    return Done({"resumedAt": datetime.now(UTC).isoformat(), "payload": None})


def cut_off() -> dict:
    """What is told of an attempt whose process was gone."""
    return {"finished_at": time(), "error_code": "workflow_cut_off"}


def pause(retry: Mapping | None, attempt: int, failure: Failure) -> float | None:
    """The seconds until the next try; None: there is none."""
    if not retry or attempt > retry.get("times", 0) or not is_retryable(failure):
        return None
    if retry.get("on") and failure.code not in retry["on"]:
        return None
    return min(retry.get("wait", 1.0) * retry.get("factor", 1.0) ** (attempt - 1), LONGEST_PAUSE)
