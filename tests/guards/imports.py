"""What may import what. `violations` reads packages with grimp; `other_clients` reads the source for doors of HTTP."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import grimp

from tests.guards.apps import APPS

PROJECT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Rules:
    """`layers` from top to bottom; `shared` lies below all of them; `kept` maps an outside package to its one user."""

    layers: tuple[str, ...]
    shared: str
    kept: Mapping[str, tuple[str, ...]]


SAMBUNG = Rules(
    layers=APPS,
    shared="sambung.lib",
    kept={
        "pydantic_ai": ("agents.engine",),
        "openai": ("agents.engine",),
        "anthropic": ("agents.engine",),
        "google": ("agents.engine",),
        "httpx2": ("agents.engine", "agents.mcp"),
        "mcp": ("agents.mcp",),
        "mcp_types": ("agents.mcp",),
        "pyromark": ("sambung.lib.markdown", "sambung.lib.files.readers.markdown"),
        "nh3": ("sambung.lib.markdown",),
        "pygments": ("sambung.lib.markdown",),
        "aiohttp": (
            *("sambung.lib.egress", "agents.engine", "agents.mcp", "agents.toolkits"),
            "workflows.engine.executors.http",
        ),
        "cryptography": ("sambung.lib.crypto",),
        "requests": ("sambung.lib.egress_sync",),  # allauth brings it, for sign-in with accounts elsewhere
        "urllib3": ("sambung.lib.egress_sync",),
        "duckdb": ("documents.data", "sambung.lib.files.readers.parquet"),
        "httpx": (),
    },
)
#: These start before Django's settings can be read, so they may not need them.
WITHOUT_DJANGO = ("sambung.home", "sambung.supervisor")
#: Calls that make a client, and where each may stand.
CLIENTS = {
    "aiohttp.ClientSession": ("sambung/lib/egress.py",),
    "aiohttp.request": (),
    # with a transport that refuses, since the SDK wants one to hold; with one that leaves by the egress session
    "httpx2.AsyncClient": (
        "agents/engine/error_mapping.py",
        "agents/engine/transport.py",
        "agents/mcp/http_transport.py",
    ),
    "httpx2.Client": (),
    "urllib.request": (),
    "http.client": (),
    "socket.create_connection": ("sambung/supervisor/server.py",),  # whether our own port is taken
}
#: Modules of the engine through which a model could be asked as well.
PLAYERS = ("asking", "chat", "services", "exchange", "transport")


def _under(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def violations(rules: Rules, without_django: Iterable[str] = ()) -> list[str]:
    """Return each import that breaks a rule, as `importer -> imported`."""
    graph = grimp.build_graph(*rules.layers, include_external_packages=True, cache_dir=None)
    found = []
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            is_too_early = imported == "django" and any(_under(importer, package) for package in without_django)
            if is_too_early or _points_up(rules, importer, imported) or _is_kept_from(rules, importer, imported):
                found.append(f"{importer} -> {imported}")
    return sorted(found)


def _points_up(rules: Rules, importer: str, imported: str) -> bool:
    if imported.partition(".")[0] not in rules.layers or _under(imported, rules.shared):
        return False
    if _under(importer, rules.shared):
        return True
    return rules.layers.index(importer.partition(".")[0]) > rules.layers.index(imported.partition(".")[0])


def _is_kept_from(rules: Rules, importer: str, imported: str) -> bool:
    users = rules.kept.get(imported)
    return users is not None and not any(_under(importer, user) for user in users)


def other_clients(root: Path, folders: Iterable[str], allowed: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return `path: name` for each use of one of the names of `allowed` outside the files that it allows."""
    found = []
    for path in (path for folder in folders for path in sorted((root / folder).rglob("*.py"))):
        place = str(path.relative_to(root))
        names = _names(ast.parse(path.read_text(encoding="utf-8")))
        found += [f"{place}: {name}" for name in sorted(names & set(allowed)) if place not in allowed[name]]
    return found


def _names(tree: ast.AST) -> set[str]:
    """The dotted names that are imported, or called after `import x`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found


def asked_models(root: Path, folders: Iterable[str], functions: Iterable[str]) -> set[str]:
    """Return the files outside the engine that name one of its `functions`, or a module of it that asks models."""
    asking = {f"agents.engine.{name}" for name in (*functions, *PLAYERS)}
    found = set()
    for path in (path for folder in folders for path in (root / folder).rglob("*.py")):
        place = path.relative_to(root).as_posix()
        names = _whole_names(ast.parse(path.read_text(encoding="utf-8")))
        is_asking = any(_under(name, one) for name in names for one in asking)
        if is_asking and not place.startswith("agents/engine/"):
            found.add(place)
    return found


def _whole_names(tree: ast.AST) -> set[str]:
    """The dotted names that are imported, and those that are written, by what their first word was imported as."""
    called, found = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            called |= {alias.asname: alias.name for alias in node.names if alias.asname}
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named = {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            called |= named
            found |= set(named.values())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            found.add(f"{called.get(first, first)}.{rest}")
    return found


def readers_of_environment(root: Path, folders: Iterable[str]) -> set[str]:
    """Return the files that touch `os.environ` or `os.getenv`."""
    found = set()
    for path in (path for folder in folders for path in (root / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_attribute = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
            if is_attribute and ast.unparse(node.value) == "os":
                found.add(str(path.relative_to(root)))
            elif isinstance(node, ast.ImportFrom) and node.module == "os":
                found |= {str(path.relative_to(root)) for a in node.names if a.name in {"environ", "getenv"}}
    return found
