"""A file of Dify as a whole: its graph, walked node by node."""

import json

from django.utils.translation import gettext as _

from sambung.lib.schema import Unreadable
from workflows.formats.building import Build, line, listed, mapping, mappings, paragraph
from workflows.formats.dify import conditions, nodes
from workflows.formats.dify.texts import PROGRAM, Texts, environment
from workflows.formats.secrets import stripped
from workflows.formats.tidying import refuse_many
from workflows.formats.values import Imported

SOURCE = "dify"
#: Where a loop or an iteration begins; here the nodes of a body without an edge to them do.
_STARTS = {"iteration-start", "loop-start", "loop-end"}
MOST_ANSWERS = 50  # of which it is asked which come before which
_FLOWING = {"workflow", "advanced-chat"}


def fits(found: dict) -> bool:
    """Whether this is an app of Dify."""
    return found.get("kind") == "app" and isinstance(found.get("app"), dict)


def read(found: dict) -> Imported:
    """Build the workflow of an app. Raises Unreadable, where the app is no workflow."""
    app, flow = found["app"], mapping(found.get("workflow"))
    if line(app.get("mode")) not in _FLOWING:
        raise Unreadable(
            _("This is a Dify app of the kind “%(kind)s”, which has no workflow.")
            % {"kind": line(app.get("mode")) or "?"}
        )
    graph = mapping(flow.get("graph"))
    rows = mappings(graph.get("nodes"))
    edges = mappings(graph.get("edges"))
    refuse_many(len(rows), len(edges))
    reading = _Reading(flow, rows, edges, is_chat=app["mode"] == "advanced-chat")
    for foreign in reading.rows:
        reading.node(foreign)
    for edge in edges:
        reading.edge(edge)
    reading.about_the_whole(flow)
    return reading.build.done(app.get("name"), app.get("description"))


class _Reading:
    """One app on its way: rows of nodes by their ids, and what is built of them."""

    def __init__(self, flow: dict, rows: list[dict], edges: list[dict], *, is_chat: bool) -> None:
        self.build, self.is_chat = Build(SOURCE), is_chat
        self.rows = {line(row.get("id"), 200) or f"n{n}": row for n, row in enumerate(rows)}
        if len(self.rows) < len(rows):
            raise Unreadable(_("Two steps of this workflow have the same id."))
        self.kinds = {foreign: _kind(row) for foreign, row in self.rows.items()}
        for foreign, row in self.rows.items():
            if self.kinds[foreign] == "template-transform" and nodes.is_program(mapping(row.get("data"))):
                self.kinds[foreign] = PROGRAM
        start = next((foreign for foreign, kind in self.kinds.items() if kind == "start"), "")
        self.texts = Texts(self.build, self.kinds, environment(flow), start)
        self.inside = self._inside_left()
        self.before: dict[str, list[str]] = {}
        for edge in edges:
            self.before.setdefault(line(edge.get("target"), 200), []).append(line(edge.get("source"), 200))

    def _inside_left(self) -> set[str]:
        """What lies in a loop that cannot be mapped: it stays with what the loop was."""
        return {
            foreign for foreign, row in self.rows.items() if self.kinds.get(line(row.get("parentId"), 200)) == "loop"
        }

    def node(self, foreign: str) -> None:
        """Add one node as ours, or as one that is left to do."""
        row, kind = self.rows[foreign], self.kinds[foreign]
        if kind in _STARTS or foreign in self.inside:
            return
        data, parent = mapping(row.get("data")), line(row.get("parentId"), 200)
        extra = {"parentId": self.build.id_of(parent) if parent in self.rows else None}
        if kind == "note":
            self._note(foreign, row, data)
            return
        made = nodes.READERS.get(kind)
        was = stripped(data | self._body_of(foreign, kind))
        named, about = data.get("title"), paragraph(data.get("desc"))
        if made is None:
            self.build.left(foreign, named, was, "dify_kind", row.get("position"), kind=kind or "?", **extra)
            return
        context = nodes.Context(foreign, data, self.texts, self.is_chat, self.rows, self._answers_before(foreign))
        added = self.build.add(foreign, made.kind, named, {}, row.get("position"), **extra)
        try:
            added["data"] |= made.read(context) | nodes.common(context)
        except nodes.Unmapped as unmapped:
            added |= {"type": "todo"}
            added["data"] = {"name": added["data"]["name"], "was": was, "reason": unmapped.code}
            self.build.todo(foreign, unmapped.code, **unmapped.params)
        if about:
            added["data"]["description"] = about
        if kind == "iteration":
            added |= {side: row[side] for side in ("width", "height") if isinstance(row.get(side), int | float)}

    def _answers_before(self, foreign: str) -> int:
        """How many answers a chat has had already, when this node is reached."""
        if self.kinds[foreign] != "answer" or list(self.kinds.values()).count("answer") > MOST_ANSWERS:
            return 0
        seen, waiting = {foreign}, [foreign]
        while waiting:
            for before in self.before.get(waiting.pop(), ()):
                if before not in seen:
                    seen.add(before)
                    waiting.append(before)
        return sum(self.kinds.get(one) == "answer" for one in seen) - 1

    def _body_of(self, foreign: str, kind: str) -> dict:
        inside = [row for row in self.rows.values() if line(row.get("parentId"), 200) == foreign]
        return {"body": inside} if kind == "loop" else {}

    def _note(self, foreign: str, row: dict, data: dict) -> None:
        added = self.build.add(
            foreign, "note", data.get("title"), {"text": _lexical(data.get("text"))}, row.get("position")
        )
        added |= {side: row[side] for side in ("width", "height") if isinstance(row.get(side), int | float)}

    def edge(self, edge: dict) -> None:
        """Add one edge; those that begin at a loop's own start are none here."""
        source, target = line(edge.get("source"), 200), line(edge.get("target"), 200)
        if self.kinds.get(source) in _STARTS or self.kinds.get(target) in _STARTS:
            return
        if {source, target} & self.inside:
            return
        added = self.build.nodes.get(source, {})
        origin = line(edge.get("id"), 200) or None
        if added.get("type") == "todo":
            self.build.edge(source, target, None, origin)
            return
        handle = self._handle(source, line(edge.get("sourceHandle"), 200))
        self.build.edge(nodes.way_out(source, self.kinds.get(source, "")), target, handle, origin)

    def _handle(self, source: str, handle: str) -> str | None:
        data = mapping(self.rows.get(source, {}).get("data"))
        if handle == "fail-branch":
            return "error"
        match self.kinds.get(source):
            case "if-else":
                return conditions.branches(data).get(handle, handle)
            case "question-classifier":
                return nodes.classes(data).get(handle, handle)
            case "human-input":
                return nodes.TIMEOUT if handle == "__timeout" else handle
        return None

    def about_the_whole(self, flow: dict) -> None:
        """Say what belongs to no node: what the conversation keeps, what is secret, what Dify adds to chats."""
        if listed(flow.get("conversation_variables")):
            self.build.todo("", "dify_conversation")
        secret = [row for row in mappings(flow.get("environment_variables")) if row.get("value_type") == "secret"]
        for row in secret:
            self.build.todo("", "fill_in", field=line(row.get("name")))
        if self.is_chat:
            self.build.changed("", "dify_chat")


def _kind(row: dict) -> str:
    if row.get("type") == "custom-note":
        return "note"
    return line(mapping(row.get("data")).get("type"))


def _lexical(text: object) -> str:
    """The text of a note, which its editor keeps as JSON."""
    try:
        root = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return paragraph(text, 20_000)
    lines = [_plain(block) for block in mappings(mapping(mapping(root).get("root")).get("children"))]
    return "\n".join(lines)[:20_000].strip()


def _plain(node: dict, depth: int = 12) -> str:
    if node.get("type") == "linebreak":
        return "\n"
    own = node["text"] if isinstance(node.get("text"), str) else ""
    inner = mappings(node.get("children")) if depth else []
    between = "\n" if node.get("type") == "list" else ""
    mark = "- " if node.get("type") == "listitem" else ""
    return mark + own + between.join(_plain(one, depth - 1) for one in inner)
