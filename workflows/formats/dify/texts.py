"""References of Dify: `{{#node.name#}}` in texts, selectors (lists of names) elsewhere; and what they lead to here."""

import re
from collections.abc import Callable, Iterator

from workflows.formats.building import Build, line, listed, mapping, unknown
from workflows.formats.tiptap import merged

_PLACE = re.compile(r"\{\{#([^#{}]{1,500})#\}\}")
#: The kind of a template that repeats or decides, and so is a program here.
PROGRAM = "template-program"
#: Where what their nodes give lies in what ours give: by kind and first name.
PATHS: dict[str, dict[str, list]] = {
    "llm": {"text": ["answer"], "structured_output": ["answer"], "usage": ["usage"]},
    "template-transform": {"output": ["text"]},
    PROGRAM: {"output": ["result"]},
    "http-request": {"body": ["body"], "status_code": ["status"], "headers": ["headers"], "files": ["body"]},
    "iteration": {"output": ["results"], "item": ["item"], "index": ["index"]},
    "variable-aggregator": {"output": ["value"]},
    "variable-assigner": {"output": ["value"]},
    "question-classifier": {"class_name": ["answer", "category"]},
    "document-extractor": {"text": ["text"]},
    "knowledge-retrieval": {"result": ["passages"]},
    "human-input": {"__action_id": ["button"]},
}
#: What holds all that they give by its name.
HOLDERS = {"code": ["result"], "parameter-extractor": ["answer"], "human-input": ["values"], "tool": ["result"]}
#: Of a chatflow, which here become fields of the input.
ASKED = {"query": "query", "files": "files"}


class Texts:
    """References of one workflow: `kinds` are its nodes' kinds by their ids, `given` the values of its environment."""

    def __init__(self, build: Build, kinds: dict[str, str], given: dict[str, str], start: str) -> None:
        self.build, self.kinds, self.given, self.start = build, kinds, given, start

    def ref(self, selector: object, place: str) -> dict:
        """A reference of ours for a selector of theirs; one that leads nowhere is reported at the node `place`."""
        steps = [str(step) for step in listed(selector) if isinstance(step, str | int)]
        found = self._found(steps)
        if found is None:
            self.build.todo(place, "reference_gone", reference=".".join(steps)[:80] or "?")
            return unknown(".".join(steps) or "?")
        foreign, path = found
        if self.kinds[foreign] == "http-request" and path[:1] == ["body"]:
            self.build.changed(place, "body_by_type")
        return self.build.ref(foreign, *path)

    def _found(self, steps: list[str]) -> tuple[str, list] | None:
        if len(steps) < 2:
            return None
        foreign, name, *rest = steps
        if foreign == "sys" and name in ASKED and self.start:
            return self.start, [ASKED[name], *rest]
        if foreign not in self.kinds:
            return None
        kind = self.kinds[foreign]
        if name in (known := PATHS.get(kind, {})):
            return foreign, [*known[name], *rest]
        if kind == "start" or kind in HOLDERS:
            return foreign, [*HOLDERS.get(kind, []), name, *rest]
        return None

    def value(self, selector: object, place: str) -> dict:
        """The same as a Value."""
        return {"ref": self.ref(selector, place)}

    def segments(self, text: object, place: str, named: Callable[[str], dict | None] = lambda name: None) -> list[dict]:
        """A text as segments; `named` gives references of its own for some places."""
        return merged(list(self._segments(text if isinstance(text, str) else "", place, named)))

    def _segments(self, text: str, place: str, named: Callable[[str], dict | None]) -> Iterator[dict]:
        at = 0
        for found in _PLACE.finditer(text):
            yield {"text": text[at : found.start()]}
            at, inner = found.end(), found[1].strip()
            if own := named(inner):
                yield own
            elif (given := self._environment(inner)) is not None:
                yield {"text": given}
            else:
                yield {"ref": self.ref(inner.split("."), place), "as": "text"}
        yield {"text": text[at:]}

    def _environment(self, inner: str) -> str | None:
        head, _dot, name = inner.partition(".")
        return self.given.get(name) if head == "env" else None

    def rows(self, text: object, place: str) -> list[dict]:
        """Lines `name:value`, as headers and parameters are written there."""
        found = []
        for row in (text if isinstance(text, str) else "").splitlines():
            name, _colon, value = row.partition(":")
            if named := line(name, 200):
                found.append({"name": named, "value": self.segments(value.strip(), place)})
        return found


def environment(found: dict) -> dict[str, str]:
    """The variables of a workflow's environment that are no secrets, as text."""
    rows = [mapping(row) for row in listed(found.get("environment_variables"))]
    plain = [row for row in rows if row.get("value_type", row.get("type")) in ("string", "number", "integer", "float")]
    return {line(row.get("name")): str(row.get("value", ""))[:5_000] for row in plain}
