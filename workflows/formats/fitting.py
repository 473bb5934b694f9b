"""What a file names, as it is where it is brought to: models, tools, agents, documents, people.

What is not here is left out, and told: only what the workspace may name stays (see `publishing.known`).
"""

from agents import catalog
from agents.catalog import Reference
from agents.tools import Source, sources
from sambung.lib.ids import as_uuid
from teams.workspace import Workspace
from workflows.formats.building import mapping
from workflows.formats.values import Imported, Report
from workflows.nodes.faults import Known
from workflows.publishing.known import known


def fit(found: Imported, workspace: Workspace) -> Imported:
    """Change what was read to what there is in a workspace, and say so in its report."""
    fitting = _Fitting(workspace, found.report)
    for node in found.structure["nodes"]:
        fitting.node(node)
    return found


class _Fitting:
    """The nodes of one workflow, asked one by one: what there is, is looked up once."""

    def __init__(self, workspace: Workspace, report: Report) -> None:
        self.workspace, self.report = workspace, report
        self.known: Known = known(workspace)
        self.sources: list[Source] = sources(workspace)

    def node(self, node: dict) -> None:
        """Fit the data of a node."""
        data, about = node["data"], (node["id"], node["data"].get("name") or node["type"])
        if mapping(data.get("model")):
            data["model"] = self._model(data["model"], about)
        if node["type"] == "agent" and data.get("agent") and not _has(self.known.agents, data["agent"]):
            data["agent"] = None
            self.report.todo("agent_gone", *about)
        if node["type"] == "tool" and mapping(data.get("tool")):
            self._tool(data, about)
        if node["type"] == "document":
            self._document(data, about)
        for holder in (data, mapping(data.get("approvalBefore"))):
            if mapping(holder.get("audience")).get("people"):
                self._people(holder, about)

    def _model(self, model: dict, about: tuple[str, str]) -> dict | None:
        """The same model under a key that can be used here, None where there is none: then the run's answers."""
        provider, name = str(model.get("provider", "")), str(model.get("model", ""))
        found = catalog.alike(Reference(None, provider, name), self.workspace)
        if found is None:
            self.report.changed("model_of_run", *about, model=f"{provider} {name}"[:200])
            return None
        key = {"apiKey": str(found.api_key)} if found.api_key else {}
        return key | {"provider": provider, "model": name}

    def _tool(self, data: dict, about: tuple[str, str]) -> None:
        """The tool of this server: by its reference, or by the name of a server that somebody connected here too."""
        tool = data["tool"]
        server = tool.get("server")
        for source in self.sources:
            is_meant = source.id == tool.get("source") or (bool(server) and source.title == server)
            for one in source.tools if is_meant and source.kind == tool.get("kind") else ():
                if one.name == tool.get("name"):
                    data["tool"] = {"kind": one.kind, "source": one.source, "name": one.name, "title": str(one.title)}
                    return
        self.report.todo(
            "choose_tool", *about, tool=" · ".join(filter(None, map(str, (server, tool.get("name")))))[:200]
        )
        if as_uuid(str(tool.get("source"))):  # an id of another server says nothing here
            data["tool"] = tool | {"source": ""}

    def _document(self, data: dict, about: tuple[str, str]) -> None:
        for name, ids, code in (
            ("document", self.known.documents, "document_gone"),
            ("collection", self.known.collections, "collection_gone"),
        ):
            named = mapping(data.get(name)).get("value")
            if named and not _has(ids, named):
                data[name] = {"value": None}
                self.report.todo(code, *about)

    def _people(self, holder: dict, about: tuple[str, str]) -> None:
        audience = holder["audience"]
        people = [one for one in audience["people"] if _has(self.known.people, one)]
        if len(people) < len(audience["people"]):
            self.report.todo("choose_people", *about)
        holder["audience"] = audience | {"people": people}


def _has(ids, one: object) -> bool:
    return ids is not None and isinstance(one, str) and one in ids
