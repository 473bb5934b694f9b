"""A workflow of n8n as a whole: its triggers become one input, its loops hold their bodies, its ends are outputs."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sambung.lib.schema import Unreadable
from workflows.formats.building import Build, line, mapping, mappings, whole
from workflows.formats.n8n import ends, nodes
from workflows.formats.n8n.flow import DISSOLVED, LOOP, TRIGGERS, Arrow, Flow, place_of
from workflows.formats.n8n.items import Items
from workflows.formats.schemas import object_schema
from workflows.formats.secrets import stripped
from workflows.formats.tidying import refuse_many
from workflows.formats.values import Imported

SOURCE = "n8n"
_INPUT = "#input"
INSET, HEAD, NODE = 24, 64, (240, 100)  # pixels around the nodes of a loop, above them, and of a node
_HOW = {"continueErrorOutput": "branch", "continueRegularOutput": "value"}


def fits(found: dict) -> bool:
    """Whether this is such a workflow."""
    rows = mappings(found.get("nodes"))
    return (
        isinstance(found.get("connections"), dict) and bool(rows) and all("." in str(row.get("type")) for row in rows)
    )


def read(found: dict) -> Imported:
    """Build the workflow. Raises Unreadable."""
    rows = mappings(found["nodes"])
    refuse_many(len(rows))
    named = {str(row.get("name") or row.get("id") or n)[:200]: row for n, row in enumerate(rows)}
    if len(named) < len(rows):
        raise Unreadable(_("Two steps of this workflow have the same name."))
    reading = _Reading(Flow.of(found, named))
    reading.all()
    about = mapping(found.get("meta")).get("description") or found.get("description")
    return reading.build.done(found.get("name"), about)


class _Reading:
    """One workflow on its way."""

    def __init__(self, flow: Flow) -> None:
        self.build, self.flow = Build(SOURCE), flow
        self.triggers = [name for name in flow.rows if flow.kind(name) in TRIGGERS]
        self.start = self.triggers[0] if self.triggers else _INPUT
        self.items = Items(self.build, flow, self.start)

    def all(self) -> None:
        """Add every node, and then the edges."""
        self._input()
        for name in self._before_parts():
            self._node(name)
        self._fields()
        for arrow in self.flow.arrows:
            if arrow not in self.flow.back and not self._is_hidden(arrow.source):
                self._edges(arrow)
        self._edges_of_input()
        self._into_loops()
        self.build.changed("", "n8n_items")

    def _before_parts(self) -> Iterator[str]:
        """The nodes in their order; what belongs to another is told with it."""
        hidden = self.flow.belonging | set(self.triggers)
        return (name for name in self.flow.rows if name not in hidden)

    # ---- the input --------------------------------------------------------------------------------------
    def _input(self) -> None:
        row = self.flow.rows.get(self.start, {})
        self.build.add(self.start, "input", row.get("name") or "Input", {"schema": object_schema({})}, place_of(row))
        if len(self.triggers) > 1:
            self.build.changed(self.start, "n8n_triggers", others=", ".join(self.triggers[1:])[:80])
        for trigger in self.triggers:
            if code := nodes.TRIGGER_TOLD.get(self.flow.kind(trigger)):
                self.build.todo(self.start, code)

    def _fields(self) -> None:
        """The fields of the input: those that a trigger names, and those that something reads."""
        fields: dict[str, dict] = {}
        needed: list[str] = []
        for trigger in self.triggers:
            nodes.declared(self.flow.rows[trigger], self.flow.kind(trigger), fields, needed)
        guessed = {name: kind or "string" for name, kind in self.items.asked.items() if name not in fields}
        if guessed:
            self.build.changed(self.start, "n8n_fields", fields=", ".join(guessed)[:80])
        fields |= {name: {"type": kind} for name, kind in guessed.items()}
        needed += guessed
        self.build.nodes[self.start]["data"]["schema"] = object_schema(fields, needed)

    # ---- nodes ------------------------------------------------------------------------------------------
    def _is_end(self, name: str) -> bool:
        return not self.flow.outs.get(name)

    def _node(self, name: str) -> None:
        row, kind = self.flow.rows[name], self.flow.kind(name)
        extra = {"parentId": self._parent(name)}
        if self._is_gone(name):
            return
        if ends.is_end(kind, self._is_end(name), name in self.flow.loops):
            ends.add(self.items, name, row, extra)
            return
        context = nodes.Context(name, row, self.items)
        made = nodes.READERS.get(kind)
        if made is None:
            about = {"kind": line(row.get("type")) or "?"} | extra
            self.build.left(name, name, stripped(row), "n8n_kind", place_of(row), **about)
        else:
            added = self.build.add(name, made.kind, name, {}, place_of(row), **extra)
            self._fill(added, made, context)
        if self._is_end(name) and name not in self.flow.loops and made is not None and made.kind != "note":
            ends.after(self.items, name, row)

    def _fill(self, added: dict, made: nodes.Reader, context: nodes.Context) -> None:
        try:
            added["data"] |= made.read(context) | self._common(context)
            added |= made.more(context)
        except nodes.Unmapped as unmapped:
            added["type"] = "todo"
            added["data"] = {"name": added["data"]["name"], "was": stripped(context.row), "reason": unmapped.code}
            self.build.todo(context.name, unmapped.code, **unmapped.params)

    def _common(self, context: nodes.Context) -> dict:
        row, data = context.row, {}
        if row.get("disabled") is True:
            data["disabled"] = True
        if notes := line(row.get("notes"), 500):
            data["description"] = notes
        if row.get("retryOnFail") is True:
            wait = mapping(row).get("waitBetweenTries")
            seconds = round(wait / 1000, 3) if isinstance(wait, int | float) and not isinstance(wait, bool) else 1
            times = row.get("maxTries") if isinstance(row.get("maxTries"), int) else 3
            data["retry"] = {"times": max(1, min(5, times - 1)), "wait": seconds, "on": []}
        how = _HOW.get(row.get("onError", ""), "value" if row.get("continueOnFail") is True else "")
        if how:
            data["onError"] = {"mode": how} | ({"value": None} if how == "value" else {})
        return data

    def _parent(self, name: str) -> str | None:
        loop = self.flow.loops.get(name)
        return self.build.id_of(loop) if loop else None

    # ---- edges ------------------------------------------------------------------------------------------
    def _is_gone(self, name: str) -> bool:
        """Whether a node is none here, and edges go through it."""
        kind = self.flow.kind(name)
        if kind in DISSOLVED:
            return not self._is_end(name)
        return kind == "splitOut" and self._leads_to_loop(name)

    def _leads_to_loop(self, name: str) -> bool:
        after = self.flow.out_of(name)
        return bool(after) and all(self.flow.kind(arrow.target) == LOOP for arrow in after)

    def _is_hidden(self, name: str) -> bool:
        return name in self.flow.belonging or self._is_gone(name)

    def _edges(self, arrow: Arrow) -> None:
        kind = self.flow.kind(arrow.source)
        if kind == LOOP and arrow.output == self.flow.loop_output(arrow.source):
            return  # what begins a body has no edge to it here
        source = self.start if kind in TRIGGERS else arrow.source
        handle = self._handle(arrow)
        for target in self._targets(arrow.target):
            self.build.edge(source, target, handle)

    def _targets(self, name: str) -> list[str]:
        """Where an edge ends: behind what is no node here."""
        found, seen, waiting = [], {name}, [name]
        while waiting:
            one = waiting.pop()
            if not self._is_gone(one):
                found.append(one)
                continue
            for arrow in self.flow.out_of(one):
                if arrow.target not in seen:
                    seen.add(arrow.target)
                    waiting.append(arrow.target)
        return found

    def _handle(self, arrow: Arrow) -> str | None:
        row = self.flow.rows[arrow.source]
        made = self.build.nodes.get(arrow.source, {})
        if made.get("type") == "todo":
            return None
        if row.get("onError") == "continueErrorOutput" and arrow.output >= nodes.outputs(
            row, self.flow.kind(arrow.source)
        ):
            return "error"
        return nodes.handle(row, self.flow.kind(arrow.source), arrow.output)

    def _edges_of_input(self) -> None:
        """Where nothing begins the workflow, the input leads to what nothing leads to."""
        if self.triggers:
            return
        led_to = {edge["target"] for edge in self.build.edges}
        for foreign, node in self.build.nodes.items():
            is_first = node["id"] not in led_to and "parentId" not in node
            if is_first and foreign != _INPUT and node["type"] != "note":
                self.build.edge(_INPUT, foreign)

    # ---- places -----------------------------------------------------------------------------------------
    def _into_loops(self) -> None:
        """Places of what lies in a loop, seen from the loop, and how large the loop is."""
        for loop in set(self.flow.loops.values()):
            inside = [
                self.build.nodes[name]
                for name, above in self.flow.loops.items()
                if above == loop and name in self.build.nodes
            ]
            placed = [node["position"] for node in inside if node["position"]]
            if not placed:
                continue
            least = {axis: min(place[axis] for place in placed) for axis in ("x", "y")}
            most = {axis: max(place[axis] for place in placed) for axis in ("x", "y")}
            for place in placed:
                inside_of = {"x": place["x"] - least["x"] + INSET, "y": place["y"] - least["y"] + HEAD}
                place |= {axis: whole(value) for axis, value in inside_of.items()}
            self.build.nodes[loop] |= {
                "width": whole(most["x"] - least["x"] + 2 * INSET + NODE[0]),
                "height": whole(most["y"] - least["y"] + HEAD + INSET + NODE[1]),
            }
