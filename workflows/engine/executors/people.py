"""Nodes that wait for a person or a time."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from sambung.lib.failures import Failed
from workflows.engine import asking
from workflows.engine.executors import Executor, register
from workflows.engine.steps import Call, Done, Waits
from workflows.models import StepStatus
from workflows.nodes.rules import as_moment
from workflows.nodes.segments import resolve

LONGEST = timedelta(days=366)


def _moment(call: Call) -> dict:
    """When it goes on. Raises Failed."""
    data, now = call.data, timezone.now()
    match data["mode"]:
        case "until":
            value = resolve(data.get("until"), call.outputs)
            if not isinstance(value, str):
                raise Failed("workflow_wait_time")
            until = as_moment(value)
        case "for":
            value = resolve(data.get("seconds"), call.outputs)
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 10**9:
                raise Failed("workflow_wait_time")
            until = now + timedelta(seconds=value)
        case _:
            until = now + timedelta(seconds=data["timeout"]) if data.get("timeout") else now + LONGEST
    if until - now > LONGEST:
        raise Failed("workflow_wait_long", days=LONGEST.days)
    return {"until": until.isoformat()}


def _wait(call: Call) -> Done | Waits:
    until = datetime.fromisoformat(call.input["until"])
    if until <= timezone.now() and call.data["mode"] != "webhook":
        return Done({"resumedAt": datetime.now(UTC).isoformat(), "payload": None})
    return Waits(StepStatus.WAITING_TIME, wake_at=until)


register("approval", Executor(asking.shown, asking.waits, is_quick=True))
register("wait", Executor(_moment, _wait, is_quick=True))
