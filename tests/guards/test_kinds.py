"""Kinds of tools say themselves what they are: nobody writes the name of one, but the constant of the kind itself."""

import ast
from collections.abc import Iterator

import pytest

from agents.tools import kinds
from tests.guards import words


def _written(tree: ast.AST, names: set[str]) -> Iterator[int]:
    """The lines where a kind is compared, given or registered by its name, or a reference begins with it."""
    for node in ast.walk(tree):
        said = []
        if isinstance(node, ast.Compare) and "kind" in ast.unparse(node):
            said = [node.left, *node.comparators]
        elif isinstance(node, ast.Call):
            said = [key.value for key in node.keywords if key.arg == "kind"]
            said += node.args[:1] if getattr(node.func, "attr", getattr(node.func, "id", "")) == "register" else []
        elif isinstance(node, ast.Constant) and str(node.value).partition(":")[0] in names and ":" in str(node.value):
            yield node.lineno
        yield from (one.lineno for one in said if isinstance(one, ast.Constant) and one.value in names)


#: Where a word that names a kind of tools means something else, and what.
OTHER = {
    "workflows/apps.py": "what is deleted and taken back",
    "workflows/engine/order.py": "what the pages of a run follow",
    "workflows/engine/carrier.py": "a kind of run",
}


def test_nobody_names_a_kind():
    names = set(kinds())
    assert len(names) > 2
    found = []
    for path in (path for package in words.PACKAGES for path in sorted((words.PROJECT / package).rglob("*.py"))):
        if "migrations" not in path.parts and str(path.relative_to(words.PROJECT)) not in OTHER:
            lines = _written(ast.parse(path.read_text(encoding="utf-8")), names)
            found += [f"{path.relative_to(words.PROJECT)}:{line}" for line in lines]
    assert found == []


@pytest.mark.parametrize(
    "line", ['source.kind != "mcp"', 'if "mcp" == kind: pass', 'Tool(kind="mcp")', 'register("mcp", x)', 'f"mcp:{pk}"']
)
def test_a_planted_name_is_found(line):
    assert list(_written(ast.parse(line), {"mcp"})) == [1]
