"""The kinds of nodes: all there, each with its ways out and what it may do."""

import pytest

from tests.guards.imports import PROJECT
from workflows import validators
from workflows.nodes.data import DATA
from workflows.nodes.kinds import CATEGORIES, KINDS, handles


def test_all_types_have_a_kind_and_data():
    assert set(KINDS) == set(validators.NODE_TYPES) == set(DATA)
    assert {kind.category for kind in KINDS.values()} == set(CATEGORIES)


def test_icons_are_in_the_sprite():
    sprite = (PROJECT / "static/icons.svg").read_text()
    assert [kind.icon for kind in KINDS.values() if f'id="{kind.icon}"' not in sprite] == []


@pytest.mark.parametrize(
    ("type", "data", "ways"),
    [
        ("template", {}, [None]),
        ("http", {"onError": {"mode": "branch"}}, [None, "error"]),
        ("condition", {"branches": [{"id": "if"}, {"id": "b2"}]}, ["if", "b2", "else"]),
        ("approval", {"buttons": [{"id": "yes"}, {"id": "no"}]}, ["yes", "no"]),
        ("output", {}, []),
    ],
)
def test_ways_out(type, data, ways):
    assert handles({"type": type, "data": data}) == ways


@pytest.mark.parametrize(
    ("type", "data", "effect"),
    [
        ("http", {"method": "GET"}, "none"),
        ("http", {"method": "POST"}, "unsafe"),
        ("http", {"method": "POST", "keyHeader": "Idempotency-Key"}, "keyed"),
        ("tool", {}, "unsafe"),
        ("tool", {"tool": {"effect": "none"}}, "none"),
        ("document", {"action": "read"}, "none"),
        ("document", {"action": "write"}, "unsafe"),
        ("llm", {}, "none"),
    ],
)
def test_what_a_node_may_do(type, data, effect):
    assert KINDS[type].effect(data) == effect
