"""What tests of formats share: workflows by the names of their nodes, which every reading gives new ids."""

from pathlib import Path

from workflows.formats import reading
from workflows.formats.values import Imported

HERE = Path(__file__).parent


def read(name: str) -> Imported:
    """Read a file that lies beside the tests."""
    return reading.read((HERE / name).read_bytes())


def names(found: Imported) -> dict[str, str]:
    """Names of nodes by their ids."""
    return {node["id"]: node["data"].get("name", node["type"]) for node in found.structure["nodes"]}


def data(found: Imported, name: str) -> dict:
    """The data of a node by its name, with references written as `Name.path`."""
    known = names(found)
    node = next(node for node in found.structure["nodes"] if node["data"].get("name") == name)
    return _plain(node["data"], known)


def _plain(value: object, known: dict[str, str]) -> object:
    if isinstance(value, list):
        return [_plain(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"node", "path"}:
        return ".".join(map(str, [known.get(value["node"], value["node"]), *value["path"]]))
    return {key: _plain(inner, known) for key, inner in value.items()}


def kinds(found: Imported) -> dict[str, str]:
    """Kinds of nodes by their names."""
    return {node["data"].get("name", node["type"]): node["type"] for node in found.structure["nodes"]}


def edges(found: Imported) -> set[tuple]:
    """All edges, as names: source, handle, target."""
    known = names(found)
    return {
        (known[edge["source"]], edge.get("sourceHandle"), known[edge["target"]]) for edge in found.structure["edges"]
    }


def parents(found: Imported) -> dict[str, str]:
    """What lies in what."""
    known = names(found)
    return {node["data"]["name"]: known[node["parentId"]] for node in found.structure["nodes"] if "parentId" in node}


def said(found: Imported, level: str) -> set[tuple[str, str]]:
    """What the report says at a level: names of nodes ("" of the whole) and codes."""
    return {(line.name, line.code) for line in found.report.lines if line.level == level}


def prompt(segments: list[dict]) -> str:
    """Segments as one text, references in angle brackets."""
    return "".join(one["text"] if "text" in one else f"<{one['ref']}>" for one in segments)
