"""Finds rows that are taken past the access layer, in the modules that answer people."""

import ast
import re
from pathlib import Path

#: Modules that answer people: what they read, they read for somebody.
DOORS = re.compile(r"(^|/)(views|api|consumers?|context|templatetags)(/|\.py$)|(^|/)(views|api|consumers?)\w*\.py$")
_ACCESS = {"access.get", "access.rows", "access.get_deleted", "access.deleted_rows"}
_ACCESS |= {"access.everything", "access.one_of_all"}
_BEHIND = {"_default_manager", "_base_manager", "raw", "cursor"}
_URL = re.compile(r"""{%-?\s*url\s+['"](?:(?:app|team):)?(\w+)['"]""")


def doors(root: Path, apps: tuple[str, ...]) -> list[Path]:
    """Return the modules under the apps' folders that answer people."""
    return [
        path
        for app in apps
        for path in sorted((root / app).rglob("*.py"))
        if DOORS.search(str(path.relative_to(root / app))) or (path.name == "consumer.py")
    ]


def leaks(source: str) -> list[tuple[str, str]]:
    """Return (function, code) for each query that is no argument of the access layer."""
    tree = ast.parse(source)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_query(node) and not _is_scoped(node, parents):
            found.append((_function(node, parents), ast.unparse(node)))
    return found


def _is_query(node: ast.Attribute) -> bool:
    return node.attr in _BEHIND or (node.attr == "objects" and ast.unparse(node.value)[:1].isupper())


def _is_scoped(node: ast.AST, parents: dict) -> bool:
    """Whether the query is handed to the access layer, at once or by a name that goes nowhere else."""
    child = node
    while (parent := parents.get(child)) is not None:
        if isinstance(parent, ast.Call) and child is not parent.func and ast.unparse(parent.func) in _ACCESS:
            return True
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            return _only_for_access(parent.targets[0].id, _scope(parent, parents), parents)
        if isinstance(parent, ast.stmt) or (isinstance(parent, ast.Call) and child is not parent.func):
            return False
        child = parent
    return False


def _only_for_access(name: str, scope: ast.AST, parents: dict) -> bool:
    loads = [
        node
        for node in ast.walk(scope)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    return bool(loads) and all(
        isinstance(parents[load], ast.Call)
        and load in parents[load].args
        and ast.unparse(parents[load].func) in _ACCESS
        for load in loads
    )


def _scope(node: ast.AST, parents: dict) -> ast.AST:
    while not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
        node = parents[node]
    return node


def _function(node: ast.AST, parents: dict) -> str:
    return getattr(_scope(node, parents), "name", "module")


def bare_links(template: str, names: set[str]) -> list[str]:
    """Return the workspace routes that a template names by `{% url %}` instead of `{% ws_url %}`."""
    return [name for name in _URL.findall(template) if name in names]
