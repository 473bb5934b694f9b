"""Texts with references, and values."""

import pytest

from sambung.lib.failures import Failed
from workflows.nodes import segments

OUT = {"a": {"zero": 0, "no": False, "empty": "", "list": ["x", 1, None], "map": {"k": "é"}, "deep": "{{ 1 }}"}}


def _ref(*path, how="text") -> list:
    return [{"ref": {"node": "a", "path": list(path)}, "as": how}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_ref("zero"), "0"),
        (_ref("no"), "false"),
        (_ref("empty"), ""),
        (_ref("nothing"), ""),
        (_ref("list"), '["x",1,null]'),
        (_ref("list", how="lines"), "x\n1\n"),
        (_ref("map", how="json"), '{"k":"é"}'),
        (_ref("empty", how="json"), '""'),
        (_ref("deep"), "{{ 1 }}"),
        ([{"text": "{{ a }} ${b} {% c %} =d "}, *_ref("zero")], "{{ a }} ${b} {% c %} =d 0"),
        ([], ""),
    ],
)
def test_what_a_text_says(text, said):
    assert segments.text_of(text, OUT) == said


def test_a_text_has_an_end(monkeypatch):
    monkeypatch.setattr(segments, "LONGEST", 5)
    with pytest.raises(Failed, match="longer than 5"):
        segments.text_of([{"text": "abc"}, {"text": "abc"}], OUT)


def test_values_are_literals_references_and_texts():
    assert segments.resolve({"value": {"ref": 1}}, OUT) == {"ref": 1}
    assert segments.resolve({"ref": {"node": "a", "path": ["no"]}}, OUT) is False
    assert segments.resolve({"segments": _ref("zero")}, OUT) == "0"
    assert segments.resolve(None, OUT) is None


def test_only_a_text_without_references_is_literal():
    assert segments.literal([{"text": "a"}, {"text": "b"}]) == "ab"
    assert segments.literal(_ref("zero")) is None
