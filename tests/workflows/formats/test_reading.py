"""Any file: one part of a good one put wrong is told or passed over, and never breaks anything."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from sambung.lib.schema import Unreadable
from tests.workflows.formats.told import HERE
from workflows import formats, validators
from workflows.formats import loading, own, reading
from workflows.nodes import checking

TEMPLATES = sorted((Path(formats.__file__).parent / "templates_data").glob("*.json"))
FILES = [*sorted(HERE.glob("dify/*.yml")), *sorted(HERE.glob("n8n/*.json")), *TEMPLATES]
FILES = [path for path in FILES if not path.name.endswith(".expected.json")]
ODD = (None, True, -1, 2.5, "", "x", "{{#a.b.c#}}", "={{ $json.x }}", [], {}, ["a"], {"a": 1}, [{}], "=", "\u2028")


def places(value: object) -> Iterator[tuple[object, object]]:
    """Every list or object with each of its keys."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, one in inner:
        yield value, key
        yield from places(one)


def again(found) -> dict:
    """A workflow that was read, as one of our files."""
    return own.written(name=found.name, description=found.description, structure=found.structure)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_wrong_part_breaks_nothing(path):
    whole = loading.load(path.read_bytes())
    chance = random.Random(path.stem)
    n_read = 0
    for _n in range(120):
        file = copy.deepcopy(whole)
        holder, key = chance.choice(list(places(file)))
        holder[key] = copy.deepcopy(chance.choice(ODD))
        try:
            found = reading.read(json.dumps(file))
        except Unreadable:
            continue
        n_read += 1
        once = own.text(again(found))
        assert own.text(again(reading.read(once))) == once
    assert n_read > 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_node_is_in_the_report(path):
    found = reading.read(path.read_bytes())
    nodes = {node["id"] for node in found.structure["nodes"]}
    assert {line.node for line in found.report.lines if line.node} == nodes
    assert sum(found.report.counts.values()) == len(nodes)


def test_a_workflow_under_a_name_is_found():
    inner = {"nodes": [{"id": "a", "type": "template", "data": {"name": "a"}}], "edges": []}
    assert reading.read(json.dumps({"name": "Outer", "workflow": inner})).name == "Outer"
    assert reading.read(json.dumps([inner | {"name": "Listed"}])).name == "Listed"


#: What is left to do in the files, beside which they can be published as they are read.
LEFT = {
    "assistant": {"workflow_field_missing"},  # the agent
    "lead-research": {"workflow_field_missing"},
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_read_can_be_published_but_for_what_is_said(path):
    structure = reading.read(path.read_bytes()).structure
    validators.validate_structure(structure)
    wrong = [fault for fault in checking.faults(structure) if fault.is_error]
    assert {fault.code for fault in wrong} == LEFT.get(path.stem, set()), wrong
