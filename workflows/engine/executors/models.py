"""Model nodes: a model is asked through the meter; a structured answer is repaired once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import orjson
from django.conf import settings

from agents import catalog, engine
from agents.catalog import Reached, Reference
from agents.catalog.enabled import offers_of
from agents.generation.generate import PASSED_ON
from agents.models import Run, UsageKind
from agents.usage import meter
from agents.usage.meter import Payer
from sambung.lib.database import patiently
from sambung.lib.failures import Failed
from sambung.lib.threads import in_thread
from workflows.engine import files
from workflows.engine.executors import Executor, register
from workflows.engine.steps import Call, Done, StepFailed
from workflows.nodes import schemas
from workflows.nodes.references import look_up
from workflows.nodes.segments import text_of

LONGEST = 4_096  # tokens of an answer where nobody says how many, for what is held of a sum
_IMAGES = frozenset(("image/png", "image/jpeg", "image/webp", "image/gif"))
REPAIR = "That does not fit: %s Answer again, with the JSON alone."


@dataclass(slots=True)
class Said:
    """What a model has answered, and what that took."""

    text: str
    reached: Reached
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None
    parts: list[str] = field(default_factory=list)


def order_of(call: Call, named: Mapping | None) -> list[Reference]:
    """Who is asked: the node's model, else the run's, else the workspace's; then who stands in. Raises Failed."""
    workspace = call.order.workspace
    if named:
        first = Reference.of({"api_key": named.get("apiKey"), "provider": named["provider"], "model": named["model"]})
    elif not (first := call.order.model):
        raise Failed("workflow_no_model")
    return list(dict.fromkeys([first, *map(Reference.parse, offers_of(workspace).fallbacks)]))


async def ask(call: Call, named: Mapping | None, turns: Iterable[engine.Turn], **more) -> Said:
    """Ask a model, and whoever stands in for it while nothing was said. Raises Failed, EngineError."""
    order = await in_thread(order_of, call, named)
    for n, reference in enumerate(order):
        try:
            reached = await catalog.reach(reference, call.order.workspace)
            return await _ask_one(call, reached, tuple(turns), **more)
        except PASSED_ON:
            if n == len(order) - 1:
                raise
    raise Failed("workflow_no_model")


async def _ask_one(call: Call, reached: Reached, turns: tuple[engine.Turn, ...], **more) -> Said:
    """Ask one model. What it can cost is held before, and what it did cost is settled and stored whatever comes."""
    asked = engine.Ask(reached.endpoint, reached.model.id, turns, manners=reached.model.manners, **more)
    limits = engine.Limits(first_token=settings.MODEL_FIRST_TOKEN, idle=settings.MODEL_IDLE)
    held = call.order.meter.hold(meter.most(reached.model, asked, LONGEST))
    said, rounds, learned = Said("", reached), [], []
    try:
        # Without a pace, which rests after each read: nothing here beats, and a longer answer would never go on.
        await meter.reply(rounds, reached.model, asked, partial(_hear, call, said, learned), limits, None)
    finally:
        await settle(call, said, rounds, held)
        await patiently(partial(catalog.remember, reached.model, learned))
    said.text = "".join(said.parts)
    return said


def _hear(call: Call, said: Said, learned: list, event: engine.Event) -> None:
    match event:
        case engine.Text():
            said.parts.append(event.text)
            call.tell("".join(said.parts))
        case engine.Reconsidered():
            said.parts.clear()
        case engine.Learned():
            learned.append(event)


async def settle(call: Call, said: Said, rounds: list, held: Decimal) -> None:
    """Store calls of models for whoever pays, and add to `said` what they took."""
    made = meter.charges(rounds)
    used = [one.round.usage or one.round.guess for one in made]
    said.input_tokens += sum(usage.input_tokens for usage in used)
    said.output_tokens += sum(usage.output_tokens for usage in used)
    cost = meter.cost(made).known
    said.cost = cost if said.cost is None else said.cost + (cost or 0)
    first, call.order.calls = call.order.calls, call.order.calls + len(made)
    if made:
        await patiently(partial(in_thread, _record, call, made, first))
    call.order.meter.settle(held, cost if made else Decimal(0), said.input_tokens + said.output_tokens)


def _record(call: Call, made: list, first: int) -> None:
    workspace = call.order.workspace
    payer = Payer(workspace.user.pk, workspace.team.pk if workspace.team else None)
    meter.record(made, UsageKind.WORKFLOW, payer, Run(pk=call.order.run_id, attempt=call.order.attempt), first)


# ---- the node -------------------------------------------------------------------------------------------
def _messages(call: Call) -> dict:
    data = call.data
    messages = []
    for one in data["messages"]:
        told = {"role": one["role"], "content": text_of(one["content"], call.outputs)}
        images = [look_up(ref, call.outputs) for ref in one.get("images") or ()]
        messages.append(told | ({"images": images} if images else {}))
    return {"messages": messages, "model": data.get("model")}


def _turn(call: Call, message: Mapping) -> engine.Turn:
    """A message with its images, which may be lists of some. Raises Failed."""
    parts: list[dict] = [{"type": "text", "text": message["content"]}]
    for value in message.get("images") or ():
        for one in value if isinstance(value, list) else [value]:
            if one is None:  # what was not given
                continue
            file = files.content(one, call.order)
            if file.mime_type not in _IMAGES:
                raise Failed("workflow_image_kind", name=file.name[:200])
            parts.append({"type": "image", "image": file.data, "mimeType": file.mime_type, "name": file.name})
    return engine.Turn(message["role"], tuple(parts))


async def _run(call: Call) -> Done:
    data, answer = call.data, call.data.get("answer") or {}
    turns = await in_thread(lambda: [_turn(call, one) for one in call.input["messages"]])
    schema = answer.get("schema") if answer.get("type") == "structured" else None
    more = {"max_tokens": data.get("maxTokens"), "temperature": data.get("temperature")}
    if schema is None:
        said = await ask(call, data.get("model"), turns, **more)
        return done(said.text, [said])
    return await structured(call, data.get("model"), turns, schema, **more)


async def structured(call: Call, named: Mapping | None, turns: list, schema: Mapping, **more) -> Done:
    """Ask for an answer by a schema; one that does not fit may be mended once. Raises StepFailed with what was said."""
    wanted = schemas.as_checked(schema)
    every = [said := await ask(call, named, turns, output=wanted, **more)]
    value, problem = read(schema, said.text)
    if problem:
        again = [engine.Turn.of("assistant", said.text or "-"), engine.Turn.of("user", REPAIR % problem)]
        every.append(said := await ask(call, named, [*turns, *again], output=wanted, **more))
        value, problem = read(schema, said.text)
    if problem:
        raise StepFailed("workflow_answer_unfit", problem=problem, output={"raw": said.text})
    return done(value, every)


def read(schema: Mapping, text: str) -> tuple[object, str]:
    """The value of an answer, and what is wrong with it."""
    fenced = engine.unfenced(text)
    try:
        value = orjson.loads(fenced)
    except orjson.JSONDecodeError as error:
        return None, f"{error}."[:500]
    return value, schemas.misfit(schema, value)


def done(answer: object, every: list[Said]) -> Done:
    """What a model's node gives, with what all its calls took."""
    last = every[-1].reached.model
    usage = {
        "inputTokens": sum(said.input_tokens for said in every),
        "outputTokens": sum(said.output_tokens for said in every),
    }
    costs = [said.cost for said in every if said.cost is not None]
    told = {"answer": answer, "usage": usage, "model": {"provider": last.provider, "model": last.id}}
    return Done(told, usage=usage, cost=sum(costs, Decimal(0)) if costs else None)


register("llm", Executor(_messages, _run))
