"""Agent nodes: a whole turn with an agent and its tools. Each call of a tool is a step beside the node's.

A tool that asks makes the node wait for people; with their word it goes on where it was, for what was said so far is a
step as well. A call that begins a run of another workflow makes it wait for that one in the same way. Where a turn
breaks off, its calls may have done something: then nobody goes on by themselves.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from time import time
from uuid import UUID

from agents import catalog, engine, errors, tools
from agents.catalog import Reference
from agents.catalog.enabled import offers_of
from agents.generation import loop
from agents.generation.deltas import Deltas
from agents.generation.generate import Answering, Question
from agents.generation.reply import merge, plain_text
from agents.generation.report import Report
from agents.models import Agent, ApprovalStatus
from agents.runs.registry import Work
from agents.tools import Tool
from agents.usage import meter
from sambung.lib.failures import Failed
from sambung.lib.ids import as_uuid, uuid7
from sambung.lib.threads import in_thread
from teams import access
from workflows.engine import asking, children, rows, values
from workflows.engine.executors import Executor, models, register
from workflows.engine.known import Known
from workflows.engine.steps import Call, Done, StepFailed, Waits
from workflows.models import StepStatus
from workflows.nodes.kinds import UNSAFE
from workflows.nodes.segments import text_of

SAID = "said"  # the step that holds what an agent has said until it waited


def _resolve(call: Call) -> dict:
    return {"agent": call.data["agent"], "message": text_of(call.data["message"], call.outputs)}


async def _run(call: Call) -> Done | Waits:
    word, said = asking.word(call), call.order.known.pop(_beside(call, SAID), None)
    turn = Turn(call, said.output, word) if word and said else Turn(call, {}, None)
    question = await in_thread(turn.question)
    try:
        await turn.hold(question)
    except loop.Awaited as awaited:
        if not awaited.waiting:
            raise StepFailed("workflow_agent_steps", output={"said": plain_text(turn.parts)}) from None
        return await turn.wait(awaited.waiting)
    except (engine.EngineError, Failed) as error:
        if turn.has_acted:  # trying again would do it twice
            why = errors.failure(error) if isinstance(error, engine.EngineError) else error.failure
            raise StepFailed(why, is_uncertain=True) from None
        raise
    return await turn.done()


def _beside(call: Call, name: str) -> str:
    return f"{call.path}#{name}"


class Turn:
    """One turn of an agent: the parts that it has said, and what its calls took."""

    def __init__(self, call: Call, before: Mapping, word: Known | None) -> None:
        self._call, self._before, self._word = call, before, word
        self.parts: list[dict] = [dict(part) for part in before.get("parts", ())]
        self._deltas, self._steps, self._report = Deltas(), dict[str, Call](), Report()
        self._took = models.Said("", None)
        self._numbered = sum(part["type"] == "tool-call" for part in self.parts)
        self.has_acted = False  # whether a call ran that must not run twice

    # ---- before ------------------------------------------------------------------------------------
    def question(self) -> Question:
        """What the agent is asked, as whoever the run is of may ask it. Raises Failed."""
        call, workspace = self._call, self._call.order.workspace
        usable = access.rows(workspace.user, Agent.objects.filter(is_active=True))
        agent = usable.filter(pk=as_uuid(call.input["agent"])).first()
        if agent is None:
            raise Failed("workflow_agent_unknown")
        stored = agent.chat_model or {}
        return Question(
            order=self._order(stored),
            workspace=workspace,
            settings=dict(stored.get("settings", {})),
            agent=agent,
            about="",
            turns=(engine.Turn.of("user", call.input["message"]),),
            bound=tools.bind(workspace, agent=agent),
            gate=loop.Gate(decisions=self._decisions(), said=call.input["message"], before=self._before_call),
            most_steps=call.data.get("maxSteps"),
        )

    def _order(self, stored: Mapping) -> tuple[Reference, ...]:
        """Who is asked: the agent's model, then the run's, then who stands in for it. Raises Failed."""
        workspace, found = self._call.order.workspace, []
        if stored:
            own = catalog.alike(Reference.of(stored), workspace)
            found = [own.reference if own else Reference.of(stored), *map(Reference.of, stored.get("fallbacks", ()))]
        found += [self._call.order.model] if self._call.order.model else []
        found += map(Reference.parse, offers_of(workspace).fallbacks)
        if not found:
            raise Failed("workflow_no_model")
        return tuple(dict.fromkeys(found))

    def _decisions(self) -> dict[str, loop.Decision]:
        """What people said of the calls that waited."""
        if not (decided := self._word):
            return {}
        output = decided.output if isinstance(decided.output, dict) else {}
        comment, found = str(output.get("comment") or ""), {}
        for one in self._before.get("waiting", ()):
            status = ApprovalStatus.ALLOWED if decided.handle == asking.APPROVE else ApprovalStatus.REFUSED
            status = ApprovalStatus.CAME if one.get("isLater") else status  # it has begun, whatever people say
            found[one["id"]] = loop.Decision(status, one["digest"], one["args"], comment)
        return found

    # ---- while it is held --------------------------------------------------------------------------
    async def hold(self, question: Question) -> None:
        """Ask and run tools until the agent is done. Raises Awaited, EngineError, Failed."""
        order = self._call.order
        about = {"topic": order.topic, "subject": f"step:{self._call.id}", "context": question}
        work = Work(order.run_id, order.attempt, base=tuple(self.parts), **about)
        answering = Held(work, self._report, partial(_hold, self._call), self._settle, order.meter.left)
        try:
            await answering.make(self._hear)
        except ExceptionGroup as group:  # of calls that run side by side
            raise group.exceptions[0] from None
        finally:
            self._fold()

    def _hear(self, event: engine.Event) -> None:
        self._deltas.take(event)
        if isinstance(event, engine.ToolResult) and (step := self._steps.pop(event.id, None)):
            self._end_step(step, event)
        elif isinstance(event, engine.Text):
            self._fold()
            self._call.tell(plain_text(self.parts))

    def _fold(self) -> None:
        for delta in self._deltas.cut():
            merge(self.parts, delta)

    async def _before_call(self, part: Mapping, tool: Tool, args: Mapping) -> None:
        """A call of a tool is a step that is stored before it runs. Raises Fenced where the run is somebody else's."""
        call = self._call
        step = Call(
            *(call.order, call.scope, call.node, *self._place(part["toolCallId"])),
            effect=tool.effect,
            input={"tool": tool.ref, "title": str(tool.title), "arguments": dict(args)},
            started=time(),
        )
        self._steps[part["toolCallId"]] = step
        self.has_acted = self.has_acted or tool.effect == UNSAFE
        call.put(rows.of(step, StepStatus.RUNNING, await self._packed(step.input), node_type="tool"))
        await call.stored()

    def _place(self, call_id: str) -> tuple[str, int, UUID]:
        """The path, attempt and id of a call's step: one that has begun and is made again stays the same step."""
        if begun := (self._before.get("begun") or {}).get(call_id):
            path, attempt, pk = begun
            return path, attempt, UUID(pk)
        self._numbered += 1
        return _beside(self._call, f"call{self._numbered}"), self._call.attempt, uuid7()

    def _end_step(self, step: Call, event: engine.ToolResult) -> None:
        given, gave = values.pack(step.input, step.order.id), values.pack({"result": event.result}, step.order.id)
        values.keep([one for one in (given, gave) if one.is_large])
        why = {"error_code": "workflow_tool_failed", "error_params": {"detail": str(event.result)[:500]}}
        status = StepStatus.FAILED if event.is_error else StepStatus.DONE
        more = why if event.is_error else {}
        self._call.put(rows.of(step, status, given, gave, node_type="tool", finished_at=time(), **more))

    async def _packed(self, value: object) -> values.Packed:
        packed = values.pack(value, self._call.order.id)
        if packed.is_large:
            await in_thread(values.keep, [packed])
        return packed

    async def _settle(self, rounds: list, held: Decimal) -> None:
        await models.settle(self._call, self._took, rounds, held)

    # ---- after -------------------------------------------------------------------------------------
    async def wait(self, waiting: tuple[loop.Waiting, ...]) -> Waits:
        """Keep what was said, and wait: for people's word about calls, else for the runs that calls have begun."""
        call = self._call
        await self._keep(waiting)
        asked = [one for one in waiting if not one.is_later]
        if not asked:
            await call.intend()  # the step is there
            await in_thread(children.wait_for, call.id, call.order.run_id, [one.call_id for one in waiting])
            return Waits(StepStatus.WAITING_CHILD)
        told = {
            "title": str(call.data.get("name") or "")[:500],
            "text": "\n\n".join(f"{one.tool.title}\n{_shown(one.args)}" for one in asked),
            "buttons": list(asking.BEFORE),
            "audience": asking.audience_of(call.order, call.data.get("audience")),
        }
        return Waits(StepStatus.WAITING_PERSON, approval=told)

    async def _keep(self, waiting: tuple[loop.Waiting, ...]) -> None:
        """Keep what was said as a step, with the calls that are waited for and the steps of those that have begun."""
        call = self._call
        output = {
            "parts": self.parts,
            "waiting": [
                {"id": one.call_id, "digest": one.tool.digest, "args": dict(one.args), "isLater": one.is_later}
                for one in waiting
            ],
            "begun": {key: [step.path, step.attempt, str(step.id)] for key, step in self._steps.items()},
        }
        step = Call(call.order, call.scope, call.node, _beside(call, SAID), call.attempt, uuid7(), started=time())
        gave = await self._packed(output)
        call.put(rows.done(step, Done(output, usage=self._usage, cost=self._took.cost), None, gave))
        call.order.known[step.path] = Known(
            step.id, step.path, step.attempt, call.order.attempt, StepStatus.DONE, output=output
        )

    @property
    def _usage(self) -> dict[str, int]:
        return {"inputTokens": self._took.input_tokens, "outputTokens": self._took.output_tokens}

    async def done(self) -> Done:
        """What the turn gives: its words, or fields by the schema that the node asks for."""
        call, answered = self._call, self._report.answered
        text, answer = plain_text(self.parts), call.data.get("answer") or {}
        schema = answer.get("schema") if answer.get("type") == "structured" else None
        told = {"usage": self._usage, "model": {"provider": answered.provider, "model": answered.id}}
        if schema is None:
            return Done(told | {"answer": text}, usage=self._usage, cost=self._took.cost)
        value, problem = models.read(schema, text)
        if not problem:
            return Done(told | {"answer": value}, usage=self._usage, cost=self._took.cost)
        turns = [engine.Turn.of("user", call.input["message"]), engine.Turn.of("assistant", text or "-")]
        turns.append(engine.Turn.of("user", models.REPAIR % problem))
        named = {"apiKey": answered.api_key and str(answered.api_key)}
        named |= {"provider": answered.provider, "model": answered.id}
        given = await models.structured(call, named, turns, schema)
        usage = {name: given.usage[name] + n for name, n in self._usage.items()}
        costs = [cost for cost in (given.cost, self._took.cost) if cost is not None]
        return Done(given.output | {"usage": usage}, usage=usage, cost=sum(costs, Decimal(0)) if costs else None)


def _shown(args: Mapping) -> str:
    return "\n".join(f"{name}: {value}" for name, value in args.items())[:20_000]


def _hold(call: Call, model: catalog.Model, ask: engine.Ask) -> Decimal:
    """Hold the most that a call of a model can cost. Raises LimitReached, Failed."""
    return call.order.meter.hold(meter.most(model, ask, models.LONGEST))


class Held(Answering):
    """A reply whose every call of a model is held for before, and settled after; `left` is what its tools may take."""

    def __init__(self, work: Work, report: Report, hold, settle, left: Callable[[], Mapping]) -> None:
        super().__init__(work, report, None)
        self._hold, self._settle, self._left, self._held = hold, settle, left, Decimal(0)

    def _caller(self, numbers: Iterator[int]) -> tools.Caller:
        return replace(super()._caller(numbers), limits=self._left())

    async def _fitted(self, reached, said, share):
        ask, fitting = await super()._fitted(reached, said, share)
        self._held += self._hold(reached.model, ask)
        return ask, fitting

    async def _ask_one(self, reached, said, hearing, *, is_last):
        before = len(self._report.rounds)
        try:
            return await super()._ask_one(reached, said, hearing, is_last=is_last)
        finally:
            held, self._held = self._held, Decimal(0)
            await self._settle(self._report.rounds[before:], held)


register("agent", Executor(_resolve, _run, resumes=True))
