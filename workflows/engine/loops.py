"""Loops: a body for each item, so many at once, their results in the order of the items."""

from collections.abc import Callable

from sambung.lib.failures import Failed, Failure
from workflows.engine.scopes import Outputs, Scope
from workflows.engine.steps import Call, Done
from workflows.nodes import rules
from workflows.nodes.meaning import ITEMS
from workflows.nodes.references import look_up
from workflows.nodes.segments import resolve


def items_of(call: Call) -> list:
    """What a loop goes over. Raises Failed where that is no list, or too long: it is never cut."""
    over = resolve(call.data["over"], call.outputs)
    if isinstance(over, int) and not isinstance(over, bool) and over >= 0:
        n = over
    elif isinstance(over, list):
        n = len(over)
    else:
        raise Failed("workflow_loop_over")
    most = call.data.get("maxItems") or ITEMS
    if n > most:
        raise Failed("workflow_loop_many", n=n, most=most)
    return over if isinstance(over, list) else list(range(1, n + 1))


class Loop:
    """One loop under way. `open_item` starts a body; `ended` takes what comes of the whole."""

    def __init__(
        self,
        call: Call,
        open_item: Callable[["Loop", Scope], None],
        ended: Callable[[Done | Failure], None],
    ) -> None:
        self._call, self._open_item, self._ended = call, open_item, ended
        self._items = items_of(call)
        self._results: dict[int, object] = {}
        self._errors: list[dict] = []
        self._next, self._open = 0, 0
        self._failure: Failure | None = None
        self._is_enough = self._is_over = self._is_opening = False
        data = call.data
        self._at_once = 1 if data.get("sequential") or data.get("until") else data.get("atOnce") or 1

    def begin(self) -> None:
        """Start the first items; a loop over nothing has ended."""
        self._call.input = {"count": len(self._items)}
        self._go_on()

    def _go_on(self) -> None:
        if self._is_opening:
            return
        self._is_opening = True
        while self._open < self._at_once and self._next < len(self._items) and not (self._failure or self._is_enough):
            index, self._next = self._next, self._next + 1
            self._open += 1
            self._open_item(self, self._scope(index))
        self._is_opening = False
        if self._open == 0 and not self._is_over:
            self._is_over = True
            self._ended(self._failure or self._output())

    def _scope(self, index: int) -> Scope:
        call, outputs = self._call, Outputs(self._call.scope.outputs)
        item = {"item": self._items[index], "index": index, "previous": self._results.get(index - 1)}
        outputs[call.node["id"]] = item
        scope = Scope(call.scope.graph, outputs, call.node["id"], f"{call.path}[{index}]/", index)
        scope.outer = call.scope
        return scope

    def item_ended(self, scope: Scope) -> None:
        """A body is over: keep its result, and start the next."""
        self._open -= 1
        if scope.failure:
            self._item_failed(scope.index, scope.failure[1])
        else:
            self._results[scope.index] = look_up(self._call.data["result"], scope.outputs)
            self._look_whether_enough(scope)
        self._go_on()

    def _item_failed(self, index: int, failure: Failure) -> None:
        mode = self._call.data.get("onItemError") or "stop"
        if mode == "stop" or self._call.scope.failure:
            self._failure = self._failure or failure
            return
        self._errors.append({"index": index, "code": failure.code, "message": failure.english})
        if mode == "null":
            self._results[index] = None

    def _look_whether_enough(self, scope: Scope) -> None:
        if until := self._call.data.get("until"):
            try:
                self._is_enough = rules.holds(until, scope.outputs)
            except Failed as failed:
                self._failure = failed.failure

    def _output(self) -> Done:
        results = [self._results[index] for index in sorted(self._results)]
        errors = sorted(self._errors, key=lambda error: error["index"])
        return Done({"results": results, "errors": errors, "count": self._next})
