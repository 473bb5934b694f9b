"""Parts on their way to a model."""

import pytest

from agents import engine
from agents.engine.parts import file_text, result_text, steps


def call(id_: str) -> dict:
    return {"type": "tool-call", "toolCallId": id_, "toolName": "add", "args": {}}


def result(id_: str) -> dict:
    return {"type": "tool-result", "toolCallId": id_, "result": id_}


def text(words: str) -> dict:
    return {"type": "text", "text": words}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((text("a"),), [("a", "")]),
        ((text("a"), call("1"), result("1"), text("b")), [("a1", "1"), ("b", "")]),
        ((call("1"), call("2"), result("2"), result("1")), [("12", "12")]),
        ((call("1"), result("1"), call("2"), result("2")), [("1", "1"), ("2", "2")]),
        ((result("0"), text("a")), [("a", "")]),
        ((), []),
    ],
)
def test_a_turn_is_split_where_results_came_back(parts, expected):
    found = steps(engine.Turn("assistant", parts))

    said = ["".join(part.get("text") or part["toolCallId"] for part in step.said) for step in found]
    given = ["".join(one["toolCallId"] for one in step.results) for step in found]
    assert list(zip(said, given, strict=True)) == expected


def test_a_call_without_a_result_gets_a_failure():
    (step,) = steps(engine.Turn("assistant", (call("1"),)))

    assert step.results[0]["isError"] is True


def test_results_are_text_or_json():
    assert result_text({"result": "plain"}) == "plain"
    assert result_text({"result": {"a": [1]}}) == '{"a":[1]}'
    assert result_text({"result": [2**70]}) == f"[{2**70}]"
    assert [result_text({"result": nothing}) for nothing in ("", "\n ")] == ["(nothing)"] * 2


def test_files_that_are_text():
    part = {"type": "file", "data": "é".encode(), "mimeType": "text/plain; charset=utf-8", "name": 'a"b.txt'}

    assert file_text(part) == '<file name="a\'b.txt">\né\n</file>'
    assert file_text(part | {"mimeType": "application/pdf"}) is None
    with pytest.raises(engine.UnsupportedPart):
        file_text(part | {"mimeType": "application/zip"})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("365-mail_go", "_365-mail_go"),
        ("3d.print/now", "_3d_print_now"),
        ("-x", "_-x"),
        ("_x", "_x"),
        ("go", "go"),
        ("検索", "__"),
        ("", "_"),
        ("1" * 70, "_" + "1" * 63),
        ("a" * 70, "a" * 64),
    ],
)
def test_a_tool_has_a_name_that_every_provider_takes(name, given):
    assert engine.tool_name(name) == given
