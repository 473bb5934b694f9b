"""Our own files: JSON that says what it is, in the shape of XYFlow, with every key that we do not know.

What is written is sorted and indented, so that the same workflow gives the same bytes: ids are those of the file that
it came from, where it came from one.
"""

import json

from django.utils.translation import gettext as _

from sambung.lib.ids import uuid7
from sambung.lib.names import safe
from sambung.lib.schema import Unreadable
from workflows.formats.building import line, listed, mapping, mappings, paragraph, place
from workflows.formats.secrets import stripped, without_secrets
from workflows.formats.tidying import refuse_many, unique_names
from workflows.formats.values import Imported, Report
from workflows.nodes.kinds import KINDS
from workflows.nodes.references import rewritten

FORMAT, VERSION = "sambung-workflow", 1
SOURCE = "sambung"
#: What a canvas keeps while it runs, and no file does.
RUNTIME_OF_NODES = {"selected", "dragging", "resizing", "measured", "positionAbsolute", "internals"}
RUNTIME_OF_EDGES = {"selected"}
RUNTIME_OF_DATA = {"runtime"}
_ABOUT = ("format", "version", "name", "description", "icon")
_WHOLE = {*_ABOUT, "nodes", "edges", "viewport", "toFillIn"}


# ---- out ------------------------------------------------------------------------------------------------
def written(*, name: str, description: str, structure: dict, icon: str = "", extra: dict | None = None) -> dict:
    """A workflow as a file holds it: without keys and secrets, and with the places where some were."""
    ids = _file_ids(structure["nodes"])
    missing: list[dict] = []
    nodes = [_node_out(node, ids, missing) for node in structure["nodes"]]
    more = {key: value for key, value in (extra or {}).items() if key not in _WHOLE and key != "imported"}
    about = {"format": FORMAT, "version": VERSION, "name": name, "description": description}
    about |= {"icon": icon} if icon else {}
    about |= {"toFillIn": missing} if missing else {}
    whole = {"nodes": nodes, "edges": [_edge_out(edge, ids) for edge in structure["edges"]]}
    return about | _sorted(more) | whole | {"viewport": _viewport(structure.get("viewport"))}


def text(file: dict) -> str:
    """The bytes of such a file, as text."""
    return json.dumps(file, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def file_name(name: str) -> str:
    """What the file is called."""
    return f"{safe(name, 'workflow')}.workflow.json"


def _file_ids(nodes: list[dict]) -> dict[str, str]:
    """The ids in the file by those of the rows: what a node was called in the file that it came from."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for node in nodes:
        origin = node.get("origin")
        known = origin if isinstance(origin, str) and origin and origin not in taken else node["id"]
        ids[node["id"]] = known
        taken.add(known)
    return ids


def _node_out(node: dict, ids: dict[str, str], missing: list[dict]) -> dict:
    name = mapping(node.get("data")).get("name", "")
    data = {key: value for key, value in mapping(node.get("data")).items() if key not in RUNTIME_OF_DATA}
    data = without_secrets(node["type"], data, lambda field: missing.append({"node": name, "field": field}))
    data = _without_places_of_here(node["type"], data)
    kept = {key: value for key, value in node.items() if key not in RUNTIME_OF_NODES | {"origin"}}
    kept |= {"id": ids[node["id"]], "data": rewritten(data, ids)}
    if "parentId" in kept:
        kept["parentId"] = ids.get(kept["parentId"], kept["parentId"])
    return _sorted(kept)


def _without_places_of_here(kind: str, data: dict) -> dict:
    """The people of an approval are this server's: a file names none."""
    audience = mapping(data.get("audience"))
    return data | {"audience": audience | {"people": []}} if kind == "approval" and audience.get("people") else data


def _edge_out(edge: dict, ids: dict[str, str]) -> dict:
    kept = {key: value for key, value in edge.items() if key not in RUNTIME_OF_EDGES | {"origin"}}
    kept = {key: value for key, value in kept.items() if not key.endswith("Handle") or _is_handle(value)}
    kept |= {"id": edge.get("origin") or edge["id"], "source": ids[edge["source"]], "target": ids[edge["target"]]}
    return _sorted(kept)


def _is_handle(value: object) -> bool:
    """Whether a handle is named: null and none at all are the same."""
    return isinstance(value, str) and 0 < len(value) <= 100


def _viewport(found: object) -> dict:
    found = mapping(found)
    return {"x": 0, "y": 0, "zoom": 1} | {key: found[key] for key in ("x", "y", "zoom") if _is_number(found.get(key))}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sorted(value: object) -> object:
    """The same with the keys of every object in order."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


# ---- in -------------------------------------------------------------------------------------------------
def fits(found: dict) -> bool:
    """Whether this says that it is one of ours, or is what our canvas copies."""
    if "format" in found:
        return str(found["format"]).startswith("sambung")
    nodes = mappings(found.get("nodes"))
    return (
        bool(nodes)
        and "edges" in found
        and all(isinstance(node.get("type"), str) for node in nodes)
        and any(node["type"] in KINDS for node in nodes)
    )


def read(found: dict) -> Imported:
    """Build the workflow of a file. Raises Unreadable."""
    if "format" in found:
        _refuse_others(found)
    report = Report()
    nodes, edges = listed(found.get("nodes")), listed(found.get("edges"))
    refuse_many(len(nodes), len(edges))
    ids = _new_ids(nodes)
    structure = {
        "nodes": [_node_in(node, ids, report) for node in nodes],
        "edges": [_edge_in(edge, ids) for edge in edges if isinstance(edge, dict)],
        "viewport": _viewport(found.get("viewport")),
    }
    unique_names(structure["nodes"], report)
    for row in mappings(found.get("toFillIn"))[:200]:
        _still_missing(row, structure["nodes"], report)
    about = (line(found.get("name"), 100), paragraph(found.get("description")))
    extra = {key: value for key, value in found.items() if key not in _WHOLE}
    return Imported(SOURCE, *about, structure, report, icon=line(found.get("icon"), 50), extra=extra)


def _refuse_others(found: dict) -> None:
    version = found.get("version")
    if found["format"] != FORMAT:
        kind = {"kind": line(found["format"], 60)}
        raise Unreadable(_("This file holds something else than a workflow: “%(kind)s”.") % kind)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Unreadable(_("This file does not say which version of the format it has."))
    if version > VERSION:
        versions = {"its": version, "ours": VERSION}
        raise Unreadable(
            _("This file has version %(its)s of the format; this server reads up to %(ours)s. Update Sambung first.")
            % versions
        )


def _new_ids(nodes: list) -> dict[str, str]:
    """New ids by those of the file: an id of another workflow must not become one of this one."""
    ids: dict[str, str] = {}
    for n, node in enumerate(nodes, 1):
        known = node.get("id") if isinstance(node, dict) else None
        if not isinstance(known, str) or not known or len(known) > 200:
            raise Unreadable(_("Step %(n)s has no id.") % {"n": n})
        if known in ids:
            raise Unreadable(_("Two steps have the id “%(id)s”.") % {"id": line(known, 60)})
        ids[known] = str(uuid7())
    return ids


def _node_in(node: dict, ids: dict[str, str], report: Report) -> dict:
    kept = {key: value for key, value in node.items() if key not in RUNTIME_OF_NODES | {"data"}}
    data = {key: value for key, value in mapping(node.get("data")).items() if key not in RUNTIME_OF_DATA}
    if not isinstance(data.get("name"), str):
        data.pop("name", None)
    kept |= {"id": ids[node["id"]], "origin": node["id"], "position": place(node.get("position"))}
    kept["data"] = rewritten(data, ids)
    if "parentId" in kept:
        kept["parentId"] = ids.get(str(kept["parentId"]), str(kept["parentId"]))
    if line(kept.get("type")) not in KINDS:
        kind = line(kept.get("type")) or "?"
        kept["type"] = "todo"
        kept["data"] = {
            "name": data.get("name", ""),
            "was": stripped({"type": kind, "data": data}),
            "reason": "unknown_kind",
        }
        report.todo("unknown_kind", kept["id"], line(data.get("name")) or kind, kind=kind)
    return kept


def _edge_in(edge: dict, ids: dict[str, str]) -> dict:
    kept = {key: value for key, value in edge.items() if key not in RUNTIME_OF_EDGES}
    kept = {key: value for key, value in kept.items() if not key.endswith("Handle") or _is_handle(value)}
    ends = {end: ids.get(str(edge.get(end)), str(edge.get(end))) for end in ("source", "target")}
    origin = {"origin": edge["id"]} if isinstance(edge.get("id"), str) and len(edge["id"]) <= 200 else {}
    return kept | ends | {"id": str(uuid7())} | origin


def _still_missing(row: dict, nodes: list[dict], report: Report) -> None:
    """What the file says is to be filled in, at the node of that name."""
    name, field = row.get("node"), line(row.get("field"))
    node = next((node for node in nodes if node["data"].get("name") == name), None)
    if node is not None and field:
        report.todo("fill_in", node["id"], node["data"]["name"], field=field)
