"""Where the items of n8n lie in what our nodes give: one item is a value at a path, many are a list at one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.formats.building import Build, line, mapping, mappings, unknown
from workflows.formats.n8n.expressions import Constant, Path, Script, pieces
from workflows.formats.n8n.flow import LOOP, PASSING, TRIGGERS, Arrow, Flow
from workflows.formats.tiptap import merged

#: Where the item of a node lies in what ours gives, by the kind of theirs.
ITEMS: dict[str, list] = {
    "httpRequest": ["body"],
    "httpRequestTool": ["body"],
    "set": ["result"],
    "code": ["result"],
    "aggregate": ["result"],
    "agent": ["answer"],
    "chainLlm": ["answer"],
    "openAi": ["answer"],
}
#: Names of an item's fields that are others here.
FIELDS: dict[str, dict[str, list]] = {
    "agent": {"output": ["answer"]},
    "chainLlm": {"text": ["answer"], "output": ["answer"], "response": ["answer"]},
    "openAi": {"message": ["answer"], "text": ["answer"]},
    "httpRequest": {},
}
DEEPEST = 200  # nodes that items are followed through


@dataclass(slots=True)
class Items:
    """The items of one workflow: `start` is the node that all triggers became, `asked` what is read of it."""

    build: Build
    flow: Flow
    start: str
    asked: dict[str, str] = field(default_factory=dict)  # field -> the type that its use shows, "" = none yet

    # ---- where they lie ---------------------------------------------------------------------------------
    def before(self, name: str, place: str) -> tuple[str, list] | None:
        """The present item of a node: the first that leads to it gives it."""
        arrows = self.flow.into(name)
        self._tell_many(arrows, place)
        return self.given(arrows[0].source, arrows[0].output, place) if arrows else None

    def _tell_many(self, arrows: list[Arrow], place: str) -> None:
        """Say where an item can come from several nodes: the first is taken."""
        if len({arrow.source for arrow in arrows}) > 1:
            self.build.todo(place, "n8n_many_before")

    def given(self, name: str, output: int, place: str, depth: int = DEEPEST) -> tuple[str, list] | None:
        """The item that a node hands on: ours, and the path in it."""
        kind = self.flow.kind(name)
        if kind in TRIGGERS:
            return self.start, []
        if kind == LOOP:
            is_inside = output == self.flow.loop_output(name)
            return name, ["item"] if is_inside else ["results", 0]
        if kind in PASSING or kind == "splitOut":
            arrows = self.flow.into(name)
            self._tell_many(arrows, place)
            return self.given(arrows[0].source, arrows[0].output, place, depth - 1) if arrows and depth else None
        return name, list(ITEMS.get(kind, []))

    def named(self, name: str, reader: str, place: str) -> tuple[str, list] | None:
        """The item of a node that an expression of another, `reader`, names."""
        if name not in self.flow.rows:
            return None
        is_inside = self.flow.kind(name) == LOOP and self._lies_in(reader, name)
        return self.given(name, self.flow.loop_output(name) if is_inside else 0, place)

    def _lies_in(self, name: str, loop: str) -> bool:
        above = self.flow.loops.get(name)
        while above and above != loop:
            above = self.flow.loops.get(above)
        return above == loop

    # ---- references -------------------------------------------------------------------------------------
    def ref(self, path: Path, name: str, hint: str = "") -> dict:
        """A reference of ours for what an expression in the node `name` reads; `hint` is the type it is used as."""
        found = self.named(path.node, name, name) if path.node else self.before(name, name)
        if found is None:
            return self._lost(path, name)
        foreign, base = found
        steps = self._steps(foreign, base, path, name, hint)
        return self._lost(path, name) if steps is None else self.build.ref(foreign, *steps)

    def _lost(self, path: Path, name: str) -> dict:
        said = ".".join(map(str, ["$json" if path.node is None else path.node, *path.steps]))
        self.build.todo(name, "reference_gone", reference=said[:80])
        return unknown(said)

    def _steps(self, foreign: str, base: list, path: Path, name: str, hint: str) -> list | None:
        steps = list(path.steps)
        if foreign == self.start:
            return self._of_start(path.node or self._first_trigger(name), steps, hint)
        if path.is_whole and base[-1:] == [0]:
            return base[:-1]
        kind = self.flow.kind(foreign)
        if kind == "httpRequest" and self._is_full(foreign):
            return self._of_answer(steps)
        known = FIELDS.get(kind, {})
        if steps and steps[0] in known:
            rest = steps[2:] if kind == "openAi" and steps[1:2] == ["content"] else steps[1:]
            return [*known[steps[0]], *rest]
        return [*base, *steps]

    def _first_trigger(self, name: str) -> str:
        """The trigger that the present item comes from."""
        for _n in range(DEEPEST):
            if self.flow.kind(name) in TRIGGERS or not (arrows := self.flow.into(name)):
                return name
            name = arrows[0].source
        return name

    def _of_start(self, trigger: str, steps: list, hint: str) -> list | None:
        if self.flow.kind(trigger) == "webhook":
            if steps[:1] not in (["body"], ["query"]):
                return None
            steps = steps[1:]
        if steps:
            used = "object" if len(steps) > 1 and isinstance(steps[1], str) else "array" if len(steps) > 1 else hint
            self.asked[str(steps[0])] = self.asked.get(str(steps[0])) or used
        return steps

    def _is_full(self, name: str) -> bool:
        options = mapping(mapping(self.flow.rows[name].get("parameters")).get("options"))
        return mapping(mapping(options.get("response")).get("response")).get("fullResponse") is True

    def _of_answer(self, steps: list) -> list:
        names = {"statusCode": "status", "statusMessage": "statusText"}
        return [names.get(steps[0], steps[0]), *steps[1:]] if steps else []

    def list_before(self, name: str) -> dict:
        """The list that a loop goes over: what a splitOut before it takes apart, or what there is."""
        for arrow in self.flow.into(name):
            if self.flow.kind(arrow.source) == "splitOut":
                wanted = line(mapping(self.flow.rows[arrow.source].get("parameters")).get("fieldToSplitOut"), 200)
                steps = tuple(step for step in wanted.removeprefix("$json.").split(".") if step)
                return self.ref(Path(None, steps), arrow.source, "array")
        return self.ref(Path(None, (), is_whole=True), name, "array")

    # ---- parameters -------------------------------------------------------------------------------------
    def segments(self, value: object, name: str) -> list[dict]:
        """A parameter of a node as text."""
        return merged(list(self._segments(value, name)))

    def _segments(self, value: object, name: str) -> Iterator[dict]:
        for piece in pieces(value):
            match piece:
                case str():
                    yield {"text": piece}
                case Path():
                    yield {"ref": self.ref(piece, name), "as": piece.form}
                case Constant():
                    yield {"text": "" if piece.value is None else str(piece.value)}
                case Script():
                    yield {"ref": self._script(piece, name), "as": "text"}

    def value(self, value: object, name: str, hint: str = "") -> dict:
        """A parameter of a node as a Value."""
        found = pieces(value)
        match found:
            case []:
                return {"value": ""}
            case [str() as text]:
                return {"value": text}
            case [Constant() as constant]:
                return {"value": constant.value}
            case [Path() as path]:
                return {"ref": self.ref(path, name, hint)}
            case [Script() as script]:
                return {"ref": self._script(script, name)}
        return {"segments": self.segments(value, name)}

    def _script(self, script: Script, name: str) -> dict:
        self.build.todo(name, "n8n_expression", expression=script.source[:80])
        return unknown(f"{{{{ {script.source} }}}}")

    def rows(self, parameter: object, name: str, *, key: str = "parameters") -> list[dict]:
        """Names and values, as headers and parameters are kept there."""
        found = mappings(mapping(parameter).get(key))
        return [
            {"name": line(row.get("name"), 200), "value": self.segments(row.get("value"), name)}
            for row in found
            if line(row.get("name"), 200)
        ]
