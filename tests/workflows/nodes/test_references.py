"""References: what they lead to, where they stand, and how they follow new ids."""

import pytest

from workflows.nodes import references

OUTPUTS = {"a": {"list": [{"n": 0}, {"n": False}], "text": "x", "": 1}, "skipped": None}


@pytest.mark.parametrize(
    ("node", "path", "found"),
    [
        ("a", ["list", 0, "n"], 0),
        ("a", ["list", 1, "n"], False),
        ("a", ["list", 2], None),
        ("a", ["list", -1], None),
        ("a", ["list", True], None),
        ("a", ["text", 0], None),
        ("a", ["__class__"], None),
        ("a", [""], 1),
        ("a", [], OUTPUTS["a"]),
        ("skipped", ["x"], None),
        ("nobody", [], None),
    ],
)
def test_a_path_leads_to_what_is_there_and_else_to_nothing(node, path, found):
    assert references.look_up({"node": node, "path": path}, OUTPUTS) == found


def test_references_are_found_with_their_place_and_literals_hold_none():
    ref, literal = {"node": "a", "path": []}, {"node": "b", "path": []}
    data = {"values": [{"name": "x", "value": {"ref": ref}}, {"name": "y", "value": {"value": literal}}]}
    data["schema"] = {"default": literal}
    assert list(references.placed_in(data)) == [("values.0.value.ref", ref)]
    assert list(references.references_in(data)) == [ref]


def test_new_ids_are_followed_and_others_stay():
    data = {"content": [{"ref": {"node": "a", "path": ["x"]}}, {"text": "a"}], "values": [{"node": "z", "path": []}]}
    assert references.rewritten(data, {"a": "n"}) == {
        "content": [{"ref": {"node": "n", "path": ["x"]}}, {"text": "a"}],
        "values": [{"node": "z", "path": []}],
    }
