"""Doors over acts over rooms over tables: what may import what inside an app, and whose templates may be named.

Each line holds rooms that know nothing of one another; each may import those below.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import grimp

from tests.guards.apps import ORDER

ROOMS: dict[str, tuple[str, ...]] = {
    "chats": (
        "apps",
        "urls",
        "views admin tasks api",
        "forms",
        "actions",
        "transfer sharing replies",
        "messages",
        "search prompts filing files canvas",
        "policies",
        "models",
        "validators",
    ),
    "documents": (
        "apps",
        "urls",
        "views admin tasks api",
        "forms tools programs",
        "actions",
        "exporting running sharing data notified",
        "paging pictures",
        "listing showing reviewing word",
        "knowledge",
        "vectors",
        "files merging passages",
        "policies error_messages",
        "models",
        "languages",
    ),
    "workflows": (
        "apps",
        "urls",
        "views admin tasks api",
        "forms tools",
        "actions",
        "triggers formats",
        "publishing history testing",
        "editing",
        "engine",
        "nodes",
        "policies error_messages",
        "models",
        "validators",
    ),
    "agents": (
        "apps",
        "urls",
        "views admin tasks api",
        "forms templatetags",
        "personal_data",
        "definitions generation mcp toolkits",
        "usage",
        "catalog tool_keys",
        "keys",
        "runs",
        "tools learned errors policies error_messages",
        "engine models",
        "validators",
    ),
}
#: Folders of templates by the app whose they are. What stands in `components` names nobody's.
TEMPLATES = {
    "shell": "sambung",
    "chats": "chats",
    "documents": "documents",
    "workflows": "workflows",
    "agents": "agents",
    **dict.fromkeys(("teams", "account", "mfa", "usersessions", "socialaccount", "instance", "mail"), "teams"),
    "components": "components",
}
#: Whose templates there are, from top to bottom.
OWNERS = (*ORDER, "components")
_NAMED = re.compile(r"""{%\s*(?:include|extends|repeat|once)\s+["']([\w/.-]+\.html)["']""")


def graph(packages: Sequence[str]) -> grimp.ImportGraph:
    """Return who imports whom."""
    return grimp.build_graph(*packages, cache_dir=None)


def edges(found: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    """Yield importer and imported, but for what a module takes from the package that it lies in."""
    for importer in sorted(found.modules):
        for imported in sorted(found.find_modules_directly_imported_by(importer)):
            if not importer.startswith(f"{imported}."):
                yield importer, imported


def circles(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the groups of modules that lead to one another (Tarjan's algorithm)."""
    leads: dict[str, list[str]] = {}
    for importer, imported in pairs:
        leads.setdefault(importer, []).append(imported)
        leads.setdefault(imported, [])
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(one: str) -> None:
        index[one] = low[one] = len(index)
        stack.append(one)
        for other in leads[one]:
            if other not in index:
                visit(other)
            if other in stack:
                low[one] = min(low[one], low[other])
        if low[one] == index[one]:
            at = stack.index(one)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for one in leads:
        if one not in index:
            visit(one)
    return found


def arrows_up(pairs: Iterable[tuple[str, str]], rooms: Mapping[str, Sequence[str]]) -> list[str]:
    """Return each import inside an app that does not lead down, and each room that stands in no line."""
    places = {app: {room: n for n, line in enumerate(lines) for room in line.split()} for app, lines in rooms.items()}
    found = []
    for importer, imported in pairs:
        (app, _, inner), (other, _, into) = importer.partition("."), imported.partition(".")
        room, to = inner.partition(".")[0], into.partition(".")[0]
        if app != other or app not in places or "migrations" in (room, to) or not room or not to or room == to:
            continue
        if places[app].get(room, len(rooms[app])) >= places[app].get(to, -1):
            found.append(f"{importer} -> {imported}")
    return found


def named_upwards(root: Path) -> list[str]:
    """Return each template that a lower app's template or module names of an upper one, as `place: name`."""
    return [f"{place}: {name}" for place, owner, name in _names(root) if _is_above(_owner(name), owner)]


def _names(root: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the place, the app whose it is, and a template that is named there."""
    for path in sorted((root / "templates").rglob("*.html")):
        place = path.relative_to(root / "templates").as_posix()
        for name in _NAMED.findall(path.read_text(encoding="utf-8")):
            yield f"templates/{place}", _owner(place), name
    for app in ORDER:
        for path in sorted((root / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                is_name = isinstance(node, ast.Constant) and isinstance(node.value, str)
                if is_name and re.fullmatch(r"[\w-]+/[\w/-]+\.html", node.value):
                    yield path.relative_to(root).as_posix(), app, node.value


def _owner(name: str) -> str:
    """The app whose template it is; the frames at the top are everybody's to extend."""
    folder, _, rest = name.partition("/")
    return TEMPLATES[folder] if rest else "frame"


def _is_above(named: str, by: str) -> bool:
    if "frame" in (named, by):
        return by == "components"
    return OWNERS.index(named) < OWNERS.index(by)
