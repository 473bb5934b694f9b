"""Where nodes run: the whole graph, or a loop's body for one item. Decides who starts, by the one join rule.

A node starts when every edge to it is decided and at least one of them is taken. Where all are dead it is skipped: it
gives null, and its own edges die.
"""

from collections.abc import Iterator

from workflows.nodes.graph import Graph


class Outputs(dict):
    """What nodes gave, by their ids; inside of a loop what is outside as well."""

    __slots__ = ("outer",)

    def __init__(self, outer: "Outputs | None" = None):
        super().__init__()
        self.outer = outer

    def get(self, key, default=None):
        found = self
        while found is not None:
            if key in found:
                return found[key]
            found = found.outer
        return default


class Scope:
    """The nodes of one body. `loop` is the loop that it belongs to, "" for the whole; `index` the item's."""

    __slots__ = (
        "_open",
        "_taken",
        "active",
        "failure",
        "graph",
        "index",
        "is_over",
        "left",
        "loop",
        "outer",
        "outputs",
        "prefix",
    )

    def __init__(self, graph: Graph, outputs: Outputs, loop: str = "", prefix: str = "", index: int = 0):
        self.graph, self.outputs, self.loop, self.prefix, self.index = graph, outputs, loop, prefix, index
        body = graph.body(loop)
        self._open = {key: len(graph.parents(key)) for key in body}
        self._taken: set[str] = set()
        self.left = len(body)  # nodes that are not decided
        self.active = 0  # nodes that are under way or wait
        self.failure = None  # of the node that ended it, with that node's id
        self.is_over = False
        self.outer: Scope | None = None  # where the loop itself stands

    def begin(self) -> tuple[list[str], list[str]]:
        """Return the nodes that start, and those that are skipped at once."""
        roots = set(self.graph.roots(self.loop))
        ready = [key for key, n in self._open.items() if n == 0 and key in roots]
        return ready, [key for key, n in self._open.items() if n == 0 and key not in roots]

    def decide(self, key: str, output: object, handle: str | None) -> tuple[list[str], list[str]]:
        """A node has ended by `handle`, None: it was skipped. Return the nodes that start now, and those skipped."""
        ready, skipped = [], []
        for one, is_ready in self._decided(key, output, handle):
            (ready if is_ready else skipped).append(one)
        return ready, skipped

    def _decided(self, key: str, output: object, handle: str | None) -> Iterator[tuple[str, bool]]:
        dead = [(key, output, handle)]
        for key, output, handle in dead:
            self.outputs[key] = output
            self.left -= 1
            for edge in self.graph.children(key):
                self._open[edge.target] -= 1
                if handle is not None and edge.handle == handle:
                    self._taken.add(edge.target)
                if self._open[edge.target] == 0:
                    is_ready = edge.target in self._taken
                    yield edge.target, is_ready
                    if not is_ready:
                        dead.append((edge.target, None, None))

    def is_inside(self, other: "Scope") -> bool:
        """Whether it belongs to a loop that stands in the other."""
        scope = self.outer
        while scope is not None and scope is not other:
            scope = scope.outer
        return scope is other

    @property
    def is_done(self) -> bool:
        """Whether nothing comes any more: all is decided, or it failed and nothing is under way."""
        return self.active == 0 and (self.left == 0 or self.failure is not None)
