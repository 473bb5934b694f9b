"""Code nodes: JSON in, JSON out, in the sandbox. Clock and chance are given, so that the same step is the same."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from agents.toolkits import sandbox
from sambung.lib.failures import Failed
from workflows.engine import mocking
from workflows.engine.executors import Executor, register
from workflows.engine.steps import Call, Done, StepFailed
from workflows.nodes import schemas
from workflows.nodes.segments import resolve


async def value_of(program: str, inputs: Mapping[str, object]) -> tuple[object, str]:
    """Return the value of a program's last expression, as JSON, and what it printed. Raises Failed."""
    ran = await sandbox.evaluate(program, inputs)
    if ran.error:
        raise StepFailed("workflow_code_failed", problem=ran.error[-2000:], output={"prints": ran.output})
    return ran.value, ran.output


def _inputs(call: Call) -> dict:
    found = {one["name"]: resolve(one.get("value"), call.outputs) for one in call.data.get("inputs") or ()}
    for name in found:
        if not name.isidentifier():
            raise Failed("workflow_code_input", name=name[:80])
    seed = int.from_bytes(hashlib.sha256(mocking.seed(call).encode()).digest()[:4])
    return {"now": mocking.clock(call) or datetime.now(UTC).isoformat(), "seed": seed} | found


async def _run(call: Call) -> Done:
    result, prints = await value_of(call.data["code"], call.input)
    if (schema := call.data.get("outputSchema")) and (problem := schemas.misfit(schema, result)):
        raise StepFailed("workflow_code_result", problem=problem, output={"result": result, "prints": prints})
    return Done({"result": result, "prints": prints})


register("code", Executor(_inputs, _run))
