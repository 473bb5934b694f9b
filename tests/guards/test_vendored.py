"""Vendored files are those that the table says, each with its licence; the editors are made of locked packages."""

import gzip
import hashlib
import json
import re

import pytest

from tests.guards.imports import PROJECT

VENDOR = PROJECT / "static/vendor"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| `([^`]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)
ROWS = ROW.findall((VENDOR / "VENDORED.md").read_text(encoding="utf-8"))
#: The islands, each with the package whose version the table tells.
ISLANDS = {"editor": "@codemirror/view", "workflow_editor": "@xyflow/react"}
MANIFEST = VENDOR / "workflow-editor/MANIFEST"
LARGEST = 140_000  # bytes of the canvas as it is sent


def digest(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_each_file_is_the_one_that_the_table_says():
    assert len(ROWS) > 5
    assert {name: digest(VENDOR / name) for *_, name, _told in ROWS} == {name: told for *_, name, told in ROWS}


def test_each_is_in_the_table_and_has_its_licence():
    files = {str(path.relative_to(VENDOR)) for path in VENDOR.glob("*/*") if path.name not in {"LICENSE", "MANIFEST"}}
    assert files == {name for *_, name, _digest in ROWS if not name.startswith("../")}
    assert all((folder / "LICENSE").exists() for folder in VENDOR.iterdir() if folder.is_dir())


@pytest.mark.parametrize("island", ISLANDS)
def test_the_editors_are_made_of_locked_packages_of_no_named_registry(island):
    folder = PROJECT / "islands" / island
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    asked = package["dependencies"] | package["devDependencies"]
    locked = {name.removeprefix("node_modules/"): one for name, one in lock["packages"].items() if name}
    assert {name: locked[name]["version"] for name in asked} == asked
    assert all("integrity" in one and "resolved" not in one for one in locked.values())
    leading = ISLANDS[island]
    told = next(version for name, version, *_ in ROWS if name.strip() == f"{leading}, and what it needs")
    assert told == package["dependencies"][leading]


def test_the_canvas_is_made_of_these_very_sources():
    """A source that was changed without `make islands` is found on machines without Node as well."""
    told = dict(reversed(line.split("  ")) for line in MANIFEST.read_text(encoding="utf-8").splitlines())
    sources = {f"source/{path.name}": digest(path) for path in (PROJECT / "islands/workflow_editor").iterdir()}
    made = {path.name: digest(path) for path in MANIFEST.parent.iterdir() if path.suffix in {".js", ".css"}}
    assert told == sources | made


def test_the_canvas_is_small_and_loads_its_layout_later():
    assert len(gzip.compress((VENDOR / "workflow-editor/editor.js").read_bytes(), 9)) <= LARGEST
    assert b"dagre" not in (VENDOR / "workflow-editor/editor.js").read_bytes()
