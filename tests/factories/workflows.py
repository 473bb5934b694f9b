"""Factories of workflows: graphs drawn in a line or two, saved as drafts."""

from collections.abc import Mapping
from itertools import pairwise

from sambung.lib.ids import uuid7
from teams.models import Team, User
from workflows.editing import draft
from workflows.models import Workflow


class Sketch:
    """A graph that is being drawn: nodes by a name of the test's own, edges between them."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.nodes: list[dict] = []
        self.edges: list[dict] = []

    def node(self, name: str, type: str, parent: str = "", /, **data) -> "Sketch":
        """Add a node; `parent` is the loop or group that it lies in."""
        self.ids[name] = str(uuid7())
        place = {"x": 200 * len(self.nodes), "y": 0}
        more = {"parentId": self.ids[parent]} if parent else {}
        self.nodes.append({"id": self.ids[name], "type": type, "position": place, "data": {"name": name} | data} | more)
        return self

    def edge(self, *names: str, handle: str = "") -> "Sketch":
        """Connect nodes in a row; `handle` is that of the first."""
        for source, target in pairwise(names):
            ends = {"source": self.ids[source], "target": self.ids[target]}
            self.edges.append({"id": str(uuid7())} | ends | ({"sourceHandle": handle} if handle else {}))
            handle = ""
        return self

    def ref(self, name: str, *path: str | int) -> dict:
        """A reference to what a node gives."""
        return {"node": self.ids[name], "path": list(path)}

    def value(self, name: str, *path: str | int) -> dict:
        """A value that is a reference."""
        return {"ref": self.ref(name, *path)}

    def text(self, *pieces: str | tuple) -> list[dict]:
        """Segments: texts, and tuples of a node's name and a path."""
        return [{"text": one} if isinstance(one, str) else {"ref": self.ref(*one), "as": "text"} for one in pieces]

    @property
    def structure(self) -> dict:
        """What was drawn."""
        return {"nodes": self.nodes, "edges": self.edges}


def line(*kinds: tuple[str, Mapping], schema: Mapping | None = None) -> Sketch:
    """Draw an input, nodes in a row and an output that gives what the last of them gave."""
    sketch = Sketch().node("input", "input", schema=schema or {"type": "object", "properties": {}})
    names = ["input"]
    for n, (kind, data) in enumerate(kinds):
        sketch.node(f"{kind}{n}", kind, **data)
        names.append(f"{kind}{n}")
    sketch.node("output", "output", values=[{"name": "result", "value": sketch.value(names[-1])}])
    return sketch.edge(*names, "output")


def workflow(user: User | None = None, team: Team | None = None, sketch: Sketch | None = None, **fields) -> Workflow:
    """Add a workflow of a person's, or of a team's, with its draft."""
    made = Workflow.objects.create(user=user, team=team, **{"name": "Plan", "description": "Plans."} | fields)
    draft.write(made, (sketch or line()).structure)
    made.refresh_from_db()
    return made


def published(user: User | None = None, team: Team | None = None, sketch: Sketch | None = None, **fields) -> Workflow:
    """Add one whose draft was published as its first version."""
    made = workflow(user, team, sketch, **fields)
    made.structure, made.published = draft.structure_of(made), True
    made.save(update_fields=["structure", "published"])
    made.versions.create(number=1, structure=made.structure, created_by=user)
    return made
