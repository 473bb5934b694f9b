"""One run under way: which nodes start, what is known of them, and when it ends or waits. All in the loop's thread.

It is driven by what happens: a node ends, and `advance` starts what follows. What is known of a former attempt stands
in for the node, so that going on is the same as running.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from time import monotonic, time

from agents.models import RunStatus
from agents.runs.lifecycle import Fenced
from sambung.lib.failures import Failed, Failure
from workflows.engine import asking, endings, executors, mocking, rows, values
from workflows.engine.known import Known
from workflows.engine.limits import LimitReached
from workflows.engine.loops import Loop
from workflows.engine.order import Order
from workflows.engine.performing import Performer
from workflows.engine.recovery import UNEXPECTED
from workflows.engine.scopes import Outputs, Scope
from workflows.engine.steps import Call, Done, Waits
from workflows.engine.timers import Timers
from workflows.engine.turns import Turns
from workflows.engine.writer import Writer
from workflows.models import StepStatus
from workflows.nodes.graph import Graph
from workflows.nodes.kinds import KINDS, NONE, UNSAFE, handles

logger = logging.getLogger(__name__)

SOON = 1.0  # seconds for which a run is not put away
TURN = 32  # nodes until other runs have their turn


class Execution:
    """A run that this process carries. `ended` is called when it has ended, waits, or is somebody else's."""

    def __init__(
        self,
        order: Order,
        writer: Writer,
        turns: Turns,
        ended: Callable[["Execution", str], None],
        show: Callable[[Order, dict], None],
    ) -> None:
        self.order = order
        self.waiting: dict[object, tuple[Scope, str, Known]] = {}  # by the step's id
        self._writer, self._turns, self._ended, self._show = writer, turns, ended, show
        self._performer = Performer(order, writer, self)
        self._graph = Graph(order.structure)
        self._root = Scope(self._graph, Outputs())
        self._ready: deque[tuple[Scope, str]] = deque()
        self._timers = Timers()
        self._loops: dict[Scope, Loop] = {}
        self._begun = monotonic()
        self._end: tuple[RunStatus, Failure | None] | None = None
        self._leaving: asyncio.Task | None = None
        self._is_lost = False

    # ---- from outside ------------------------------------------------------------------------------
    def begin(self) -> None:
        """Start, or go on from what is known."""
        most = self.order.meter.most("seconds")
        if most is not None:
            left = most - self.order.seconds
            self._timers.later("limit", left, lambda: self.stop(LimitReached("seconds", most).failure))
        self._within(self.order.meter.add, 0, None)  # a run that it waited for may have taken too much
        self._enter(self._root)
        self.advance()

    def stop(self, failure: Failure | None = None) -> None:
        """Stop it: what is under way is cut off, what is done is kept. `failure`: the limit that it has reached."""
        if self._end is None:
            self._end = (RunStatus.STOPPED, failure)
            self._performer.cancel()
            self.advance()

    def interrupt(self) -> None:
        """Let go of it without an end: another process goes on, or does already."""
        if not self._is_lost:
            self._is_lost = True
            self._timers.clear()
            self._performer.cancel(is_lost=True)
            self._ended(self, "")

    def answer(self, known: Known) -> None:
        """A step that waited was ended by somebody."""
        if not (found := self.waiting.pop(known.id, None)):
            return
        self._timers.cancel(known.id)
        self.order.known[known.path] = known
        found[0].active -= 1
        self._ready.appendleft(found[:2])
        self._within(self.order.meter.add, known.tokens, known.cost)  # of a run that it waited for
        self.advance()

    # ---- the machine -------------------------------------------------------------------------------
    def advance(self) -> None:
        """Go on as soon as it is this run's turn."""
        self._turns.ask(self, lambda: self._is_lost or self._take_turn())

    def _take_turn(self) -> None:
        """Start what is ready, as far as there is room; end or pause where nothing is left."""
        try:
            self._within(self._move)
        except Exception:
            logger.exception("A run of a workflow failed unexpectedly.", extra={"run": str(self.order.run_id)})
            self._cut(RunStatus.FAILED, UNEXPECTED)
        self._leave_if_over()

    def _within(self, act: Callable[..., None], *given: object) -> None:
        """Do what may reach a limit, which ends the run."""
        try:
            act(*given)
        except LimitReached as limit:
            self._cut(RunStatus.STOPPED, limit.failure)

    def _cut(self, status: RunStatus, failure: Failure) -> None:
        self._end = self._end or (status, failure)
        self._performer.cancel()

    def _move(self) -> None:
        for _n in range(TURN):
            if not self._ready or self._end:
                break
            scope, key = self._ready.popleft()
            if not scope.is_over and scope.failure is None:
                self._start(scope, key)
        else:
            self.advance()
        if not self._end:
            self._performer.go_on()

    def _leave_if_over(self) -> None:
        if self._leaving or not self._performer.is_cleared:
            return
        if self._end:
            told = {"status": self._end[0], "failure": self._end[1]}
        elif self._root.is_over:
            told = endings.of(self._graph, self._root)
        elif self._ready or not self._performer.is_idle or self._sleeps:
            return
        elif self.waiting:
            told = {"status": RunStatus.WAITING}
        else:
            told = {"status": RunStatus.FAILED, "failure": UNEXPECTED}
        self._leaving = asyncio.create_task(self._leave(**told))

    @property
    def _sleeps(self) -> bool:
        """Whether a node waits for its next try, or for a time that is about to come."""
        soon = time() + SOON
        is_due = any(known.wake_at and known.wake_at.timestamp() < soon for *_place, known in self.waiting.values())
        return is_due or self._timers.has_tries

    async def _leave(self, status: RunStatus, failure: Failure | None = None, output: object = None) -> None:
        """Store the end, or the pause; a run whose step was answered meanwhile goes on."""
        waiting = list(self.waiting) if status == RunStatus.WAITING else []
        ran = self.order.seconds + monotonic() - self._begun  # pauses are not counted
        told = endings.told(self.order, ran, status, failure, output, waiting)
        try:
            has_left = await self._writer.leave(self.order.run_id, told)
        except Fenced:
            self.interrupt()
            return
        self._leaving = None
        if has_left:
            self._is_lost = True
            self._timers.clear()
            self._show(self.order, {"status": status.value, "error": failure and failure.code})
            self._ended(self, status.value)
        elif self._end:
            self._leave_if_over()

    # ---- scopes ------------------------------------------------------------------------------------
    def _enter(self, scope: Scope) -> None:
        ready, skipped = scope.begin()
        self._ready.extend((scope, key) for key in ready)
        for key in skipped:
            self._store_skipped(scope, key)
            self._decide(scope, key, None, None)

    def _decide(self, scope: Scope, key: str, output: object, handle: str | None) -> None:
        """A node is over: its edges are taken or die, and what hangs on them starts or is skipped."""
        ready, skipped = scope.decide(key, output, handle)
        self._ready.extend((scope, one) for one in ready)
        for one in skipped:
            self._store_skipped(scope, one)
        self._end_scope_if_done(scope)

    def _store_skipped(self, scope: Scope, key: str) -> None:
        if scope.prefix + key not in self.order.known:
            self.put(rows.skipped(rows.call_of(self.order, scope, self._graph.nodes[key])))

    def _fail_scope(self, scope: Scope, key: str, failure: Failure) -> None:
        """Nothing starts in it any more, nor in the loops inside; what runs is let finish."""
        failing = [scope, *(one for one in self._loops if one.is_inside(scope))]
        for one in failing:
            one.failure = one.failure or (key, failure)
        left = [step for step, (waiting, *_rest) in self.waiting.items() if waiting in failing]
        for step in left:
            self.waiting.pop(step)[0].active -= 1
        self._performer.put_away(left)
        for one in reversed(failing):
            self._end_scope_if_done(one)

    def _end_scope_if_done(self, scope: Scope) -> None:
        if scope.is_done and not scope.is_over:
            scope.is_over = True
            if loop := self._loops.pop(scope, None):
                loop.item_ended(scope)

    # ---- nodes -------------------------------------------------------------------------------------
    def _start(self, scope: Scope, key: str) -> None:
        node, known = self._graph.nodes[key], self.order.known.pop(scope.prefix + key, None)
        if node["data"].get("disabled"):
            first = (handles(node) or [None])[0] or ""
            self.put(rows.skipped(rows.call_of(self.order, scope, node), first))
            self._decide(scope, key, None, first)
        elif known and known.status != StepStatus.SKIPPED:  # what another graph has skipped is reached in this one
            self._apply(scope, key, known)
        else:
            scope.active += 1
            self._attempt(scope, key, known.attempt + 1 if known else 1)

    def _apply(self, scope: Scope, key: str, known: Known) -> None:
        """What is known of a node stands in for running it."""
        match known.status:
            case StepStatus.DONE if asking.is_word(self.order, self._graph.nodes[key], known):
                scope.active += 1
                self._attempt(scope, key, known.attempt + 1)
            case StepStatus.DONE:
                self._decide(scope, key, known.output, known.handle)
            case StepStatus.FAILED:
                scope.active += 1
                self._after_failure(scope, key, known.attempt, known.failure or UNEXPECTED, known.output)
            case StepStatus.RUNNING if self._graph.nodes[key]["type"] == "loop":
                scope.active += 1
                self._attempt(scope, key, known.attempt)
            case StepStatus.RUNNING if known.effect == UNSAFE:
                self.put(rows.of(self._call(scope, key, known), StepStatus.UNKNOWN, None))
                self._await(scope, key, known)
            case StepStatus.RUNNING | StepStatus.STOPPED:
                if known.status == StepStatus.RUNNING:
                    self.put(rows.of(self._call(scope, key, known), StepStatus.STOPPED, None, **endings.cut_off()))
                scope.active += 1
                self._attempt(scope, key, known.attempt + 1)
            case _:
                self._await(scope, key, known)

    def _call(self, scope: Scope, key: str, known: Known) -> Call:
        """The call of a row that is there."""
        node = self._graph.nodes[key]
        return Call(self.order, scope, node, known.path, known.attempt, known.id, known.effect)

    def _await(self, scope: Scope, key: str, known: Known) -> None:
        scope.active += 1
        self.waiting[known.id] = (scope, key, known)
        if known.wake_at:
            self._timers.later(known.id, known.wake_at.timestamp() - time(), lambda: self._due(known.id))

    def _due(self, step: object) -> None:
        """The time has come that a node waited for."""
        if found := self.waiting.pop(step, None):
            call = self._call(*found)
            self.settled(call, endings.of_wait(call))
            self.advance()

    def _attempt(self, scope: Scope, key: str, attempt: int) -> None:
        """Execute a node, which counts as active already."""
        call = rows.call_of(self.order, scope, self._graph.nodes[key], attempt)
        self.order.meter.step()
        if call.data.get("approvalBefore") and self.order.mocks is None and not self._is_approved(call):
            return
        try:
            if call.node["type"] == "loop":
                self._loop(call)
                return
            executor = executors.of(call.node["type"])
            call.input = executor.resolve(call)
            result = mocking.result(call)
            if result is None and executor.is_quick:
                result = executor.run(call)
        except Failed as error:
            self.failed(call, error.failure)
            return
        if result is None or callable(result):
            call.work = result
            call.effect = KINDS[call.node["type"]].effect(call.data) if result is None else NONE
            self._performer.add(call)
        else:
            self.settled(call, result)

    def _is_approved(self, call: Call) -> bool:
        """Whether a person has approved the node; what they said is a step beside it."""
        path = f"{call.path}#approval"
        known = self.order.known.get(path)
        if known is None:
            self._wait(Call(self.order, call.scope, call.node, path, 1, call.id, started=time()), asking.before(call))
        elif known.status == StepStatus.WAITING_PERSON:
            call.scope.active -= 1
            self._await(call.scope, call.node["id"], known)
        elif known.handle == asking.APPROVE:
            return True
        else:
            self.failed(call, Failure("workflow_not_approved"))
        return False

    def _loop(self, call: Call) -> None:
        loop = Loop(call, self._open_item, lambda result: self.settled(call, result))
        self.put(rows.of(call, StepStatus.RUNNING, values.pack(call.input, self.order.id)))
        loop.begin()

    def _open_item(self, loop: Loop, scope: Scope) -> None:
        self._loops[scope] = loop
        self._enter(scope)
        self._end_scope_if_done(scope)

    # ---- what comes of a node ----------------------------------------------------------------------
    def settled(self, call: Call, result: Done | Waits | Failure) -> None:
        """A node has done its work, waits, or did not work."""
        match result:
            case Waits():
                self._wait(call, result)
            case Failure():
                self.failed(call, result)
            case _:
                self._done(call, result)

    def _done(self, call: Call, result: Done) -> None:
        try:
            given, gave = values.kept(self.order.id, call.input, result.output)
        except Failed as error:
            self.failed(call, error.failure)
            return
        self.put(rows.done(call, result, given, gave))
        call.scope.active -= 1
        self._decide(call.scope, call.node["id"], gave.value, result.handle)
        self._within(self.order.meter.value, gave.size)

    def failed(self, call: Call, failure: Failure, output: object = None) -> None:
        """A node did not work; `output` is what came all the same."""
        gave = values.shown(output, self.order.id) if output is not None else None
        self.put(rows.failed(call, failure, values.shown(call.input, self.order.id), gave))
        self._after_failure(call.scope, call.node["id"], call.attempt, failure, output)

    def unknown(self, call: Call) -> None:
        """Nobody knows whether a node's effect happened: a person must say so."""
        self.put(rows.of(call, StepStatus.UNKNOWN, values.shown(call.input, self.order.id)))
        call.scope.active -= 1
        known = Known(call.id, call.path, call.attempt, self.order.attempt, StepStatus.UNKNOWN, effect=call.effect)
        self._await(call.scope, call.node["id"], known)

    def _after_failure(self, scope: Scope, key: str, attempt: int, failure: Failure, output: object) -> None:
        """Try again, or go on as the node says: by its error's way, by a value, or not at all. It counts as active."""
        data = self._graph.nodes[key]["data"]
        pause = endings.pause(data.get("retry"), attempt, failure)
        if pause is not None and scope.failure is None and not self._end:
            self._timers.later((scope, key), pause, lambda: self._again(scope, key, attempt + 1))
            return
        scope.active -= 1
        on_error = data.get("onError") or {}
        match on_error.get("mode"):
            case "branch":
                self._decide(scope, key, endings.told_of_error(failure, attempt, output), "error")
            case "value":
                self._decide(scope, key, on_error.get("value"), "")
            case _:
                self._fail_scope(scope, key, failure)

    def _again(self, scope: Scope, key: str, attempt: int) -> None:
        if not self._end:
            self._within(self._attempt, scope, key, attempt)
        self.advance()

    def _wait(self, call: Call, waits: Waits) -> None:
        """Store that it waits; nobody is at it then."""
        try:
            (given,) = values.kept(self.order.id, call.input)
        except Failed as error:
            self.failed(call, error.failure)
            return
        known = Known(call.id, call.path, call.attempt, self.order.attempt, waits.status, wake_at=waits.wake_at)
        row = rows.of(call, waits.status, given, wake_at=waits.wake_at and waits.wake_at.timestamp())
        call.scope.active -= 1
        self._await(call.scope, call.node["id"], known)
        if waits.approval is None:
            self.put(row)
        else:
            self._performer.ask(call, dict(waits.approval), row)

    # ---- help --------------------------------------------------------------------------------------
    def put(self, row: dict) -> None:
        """Have a step's row written, and shown to who follows."""
        if not self._is_lost:
            self._writer.put(row)
            self._show(self.order, row)
