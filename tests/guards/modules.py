"""What every module says of itself: what it is, and why it imports something late."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.guards.sizes import sources

IMPORTS = (ast.Import, ast.ImportFrom)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def nameless(root: Path) -> list[str]:
    """Return the modules without a docstring; empty ones have nothing to say."""
    return [
        str(path.relative_to(root)) for path, text in _read(root) if text and not ast.get_docstring(ast.parse(text))
    ]


def late_imports(root: Path) -> list[str]:
    """Return each import inside a function that tells no reason, as `path:line`.

    A comment on its line or above it does, for the imports right below as well. Django has apps import in `ready`.
    """
    found = []
    for path, text in _read(root):
        lines, told = text.splitlines(), set()
        for node in sorted(_late(ast.parse(text)), key=lambda node: node.lineno):
            above = next(n for n in range(node.lineno - 1, 0, -1) if lines[n - 1].strip())
            is_told = "#" in lines[node.lineno - 1] or lines[above - 1].lstrip().startswith("#") or above in told
            if is_told:
                told.add(node.end_lineno)
            else:
                found.append(f"{path.relative_to(root)}:{node.lineno}")
    return found


def _read(root: Path) -> Iterator[tuple[Path, str]]:
    for path in sources(root, ".py"):
        yield path, path.read_text(encoding="utf-8").strip("\n")


def _late(tree: ast.AST) -> set[ast.stmt]:
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS) and node.name != "ready"]
    return {node for function in functions for node in ast.walk(function) if isinstance(node, IMPORTS)}
