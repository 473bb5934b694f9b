"""Vendored files are those that the table says, each with its licence; the editor is made of locked packages."""

import hashlib
import json
import re

from tests.guards.imports import PROJECT

VENDOR = PROJECT / "static/vendor"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| `([^`]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)
ROWS = ROW.findall((VENDOR / "VENDORED.md").read_text(encoding="utf-8"))
LOCK = json.loads((PROJECT / "islands/editor/package-lock.json").read_text(encoding="utf-8"))


def test_each_file_is_the_one_that_the_table_says():
    assert len(ROWS) > 5
    found = {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for *_, name, _digest in ROWS}
    assert found == {name: digest for *_, name, digest in ROWS}


def test_each_is_in_the_table_and_has_its_licence():
    files = {str(path.relative_to(VENDOR)) for path in VENDOR.glob("*/*") if path.name != "LICENSE"}
    assert files == {name for *_, name, _digest in ROWS if not name.startswith("../")}
    assert all((folder / "LICENSE").exists() for folder in VENDOR.iterdir() if folder.is_dir())


def test_the_editor_is_made_of_locked_packages_of_no_named_registry():
    package = json.loads((PROJECT / "islands/editor/package.json").read_text(encoding="utf-8"))
    asked = package["dependencies"] | package["devDependencies"]
    locked = {name.removeprefix("node_modules/"): one for name, one in LOCK["packages"].items() if name}
    assert {name: locked[name]["version"] for name in asked} == asked
    assert all("integrity" in one and "resolved" not in one for one in locked.values())
    told = next(version for name, version, *_ in ROWS if name.strip() == "@codemirror/view, and what it needs")
    assert told == package["dependencies"]["@codemirror/view"]
