"""What makes any structure fit to be stored: edges that lead somewhere, in no circle; parents first; places."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sambung.lib.schema import Unreadable
from workflows.formats.building import Names, place
from workflows.formats.secrets import without_secrets
from workflows.formats.values import Imported, Report
from workflows.nodes.kinds import KINDS

MOST_NODES = 2_000
MOST_EDGES = 8_000
HOLDERS = {"loop", "group"}  # kinds of nodes that others lie in
STILL = {"note", "group"}  # those that do nothing, and need no name
COLUMN, ROW = 280, 140  # pixels between nodes that are laid out


def refuse_many(n_nodes: int, n_edges: int = 0) -> None:
    """Raise Unreadable where a workflow is larger than any may be."""
    if n_nodes > MOST_NODES:
        raise Unreadable(_("This workflow has more than %(most)s steps.") % {"most": MOST_NODES})
    if n_edges > MOST_EDGES:
        raise Unreadable(_("This workflow has more than %(most)s connections.") % {"most": MOST_EDGES})
    if not n_nodes:
        raise Unreadable(_("This workflow has no steps."))


def tidy(found: Imported) -> Imported:
    """Make what a reader built fit to be stored, and say in its report what that changed."""
    structure, report = found.structure, found.report
    refuse_many(len(structure["nodes"]), len(structure["edges"]))
    nodes = {node["id"]: node for node in structure["nodes"]}
    for node in nodes.values():
        _hide_secrets(node, report)
    _house(nodes, report)
    structure["edges"] = _edges(structure["edges"], nodes, report)
    structure["nodes"] = _parents_first(nodes)
    lay_out(structure)
    for node in structure["nodes"]:
        report.kept(*_about(nodes, node["id"]))
    return found


def _hide_secrets(node: dict, report: Report) -> None:
    about = (node["id"], node["data"].get("name") or node["type"])
    node["data"] = without_secrets(node["type"], node["data"], lambda name: report.todo("fill_in", *about, field=name))


def unique_names(nodes: Iterable[dict], report: Report) -> None:
    """Give every node a name that no other has."""
    names = Names()
    for node in nodes:
        wanted = node["data"].get("name")
        if node["type"] in STILL and not wanted:
            continue
        own = names.own(wanted, str(KINDS[node["type"]].title))
        if wanted and own != wanted:
            report.changed("renamed", node["id"], own, was=str(wanted)[:80])
        node["data"]["name"] = own


# ---- parents --------------------------------------------------------------------------------------------
def _house(nodes: dict[str, dict], report: Report) -> None:
    """Take nodes out of what cannot hold them: nothing, no loop, or themselves."""
    for node in nodes.values():
        if "parentId" not in node:
            continue
        if not _is_held(node, nodes):
            report.changed("parent_gone", *_about(nodes, node["id"]))
            del node["parentId"]


def _is_held(node: dict, nodes: dict[str, dict]) -> bool:
    seen, above = {node["id"]}, nodes.get(node["parentId"])
    while above is not None:
        if above["id"] in seen or above["type"] not in HOLDERS:
            return False
        seen.add(above["id"])
        if "parentId" not in above:
            return True
        above = nodes.get(above["parentId"])
    return False


def _parents_first(nodes: dict[str, dict]) -> list[dict]:
    """The nodes in their order, each after what it lies in."""
    ordered: dict[str, dict] = {}

    def add(node: dict) -> None:
        chain = [node]
        while (above := nodes.get(chain[-1].get("parentId", ""))) and above["id"] not in ordered:
            chain.append(above)
        ordered.update((one["id"], one) for one in reversed(chain))

    for node in nodes.values():
        if node["id"] not in ordered:
            add(node)
    return list(ordered.values())


# ---- edges ----------------------------------------------------------------------------------------------
def _edges(edges: list[dict], nodes: dict[str, dict], report: Report) -> list[dict]:
    """Those edges that can be: between two nodes, each once, none back to where it came from."""
    kept: dict[tuple, dict] = {}
    for edge in edges:
        ends = (edge["source"], edge["target"])
        key = (*ends, edge.get("sourceHandle"), edge.get("targetHandle"))
        if not set(ends) <= nodes.keys():
            report.changed("edge_nowhere")
        elif key in kept:
            report.changed("edge_twice", *_about(nodes, ends[0]))
        else:
            kept[key] = edge
    back = _leading_back(list(nodes), list(kept.values()))
    for edge in back:
        report.todo("edge_back", *_about(nodes, edge["source"]), target=_about(nodes, edge["target"])[1])
    gone = {edge["id"] for edge in back}
    return [edge for edge in kept.values() if edge["id"] not in gone]


def _about(nodes: dict[str, dict], node: str) -> tuple[str, str]:
    return node, nodes[node]["data"].get("name") or nodes[node]["type"]


def _leading_back(nodes: list[str], edges: list[dict]) -> list[dict]:
    """The edges that close a circle, met on a walk from the nodes that nothing leads to."""
    leads: dict[str, list[dict]] = {}
    for edge in edges:
        leads.setdefault(edge["source"], []).append(edge)
    led_to = {edge["target"] for edge in edges}
    open_ones, left, back = set(), set(), []
    for start in sorted(nodes, key=lambda node: node in led_to):
        if start in left:
            continue
        walk = [(start, iter(leads.get(start, ())))]
        open_ones.add(start)
        while walk:
            node, further = walk[-1]
            edge = next(further, None)
            if edge is None:
                walk.pop()
                open_ones.discard(node)
                left.add(node)
            elif edge["target"] in open_ones:
                back.append(edge)
            elif edge["target"] not in left:
                open_ones.add(edge["target"])
                walk.append((edge["target"], iter(leads.get(edge["target"], ()))))
    return back


# ---- places ---------------------------------------------------------------------------------------------
def lay_out(structure: dict) -> None:
    """Give the nodes that have no place one: by how far they are from the start, those of a loop inside it."""
    open_ones = [node for node in structure["nodes"] if not place(node.get("position"))]
    ranks = _ranks(structure)
    rows: dict[tuple[str, int], int] = {}
    for node in open_ones:
        key = (node.get("parentId", ""), ranks[node["id"]])
        row = rows[key] = rows.get(key, -1) + 1
        inset = 24 if key[0] else 0
        node["position"] = {"x": inset + key[1] * COLUMN, "y": 2 * inset + row * ROW}


def _ranks(structure: dict) -> dict[str, int]:
    """How many nodes come before each one, on the longest way (edges make no circles)."""
    ranks = {node["id"]: 0 for node in structure["nodes"]}
    waiting = dict.fromkeys(ranks, 0)
    after: dict[str, list[str]] = {}
    for edge in structure["edges"]:
        after.setdefault(edge["source"], []).append(edge["target"])
        waiting[edge["target"]] += 1
    ready = [node for node, n in waiting.items() if n == 0]
    while ready:
        node = ready.pop()
        for target in after.get(node, ()):
            ranks[target] = max(ranks[target], ranks[node] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    return ranks
