"""Files and functions that have grown too long."""

import ast
import os
from pathlib import Path

FILE, FUNCTION = 400, 40  # lines at the most
#: Written by Django, by others, or made on each machine.
LEFT_OUT = {"migrations", "vendor", "node_modules", ".venv", ".git", "var"}


def sources(root: Path, *endings: str) -> list[Path]:
    """Return the files with these endings that people write and read."""
    found = []
    for folder, inner, names in os.walk(root):
        inner[:] = set(inner) - LEFT_OUT
        found += [Path(folder, name) for name in names if name.endswith(endings)]
    return sorted(found)


def long_files(root: Path) -> list[str]:
    """Return each file of Python or JavaScript above its lines, as `path: lines`."""
    counted = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources(root, ".py", ".js")}
    return [f"{path.relative_to(root)}: {lines}" for path, lines in counted.items() if lines > FILE]


def long_functions(root: Path) -> list[str]:
    """Return each function of Python above its lines, as `path:line name: lines`."""
    found = []
    for path in sources(root, ".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                found += [f"{path.relative_to(root)}:{node.lineno} {node.name}: {lines}"] if lines > FUNCTION else []
    return found
