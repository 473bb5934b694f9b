"""Texts with references: written by people and stored as segments, each made of the other without loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.forms.written import Names, refs_in

NAMES = Names(
    [
        ("n1", "Input"),
        ("n2", "Read mail"),
        ("n3", "天気"),
        ("n4", "A"),
        ("n5", "A.b"),
        ("n6", "Twice"),
        ("n7", "Twice"),
        ("n8", "odd } name"),
        ("n9", ""),
        ("n10", 'A["b"]'),
        ("n11", "x|json"),
    ]
)


def ref(node: str, *path, form: str = "text") -> dict:
    return {"ref": {"node": node, "path": list(path)}, "as": form}


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        ("Hello", [{"text": "Hello"}]),
        ("Hello {{Input.city}}!", [{"text": "Hello "}, ref("n1", "city"), {"text": "!"}]),
        ("{{Read mail.body.items[0]}}", [ref("n2", "body", "items", 0)]),
        ("{{ 天気.answer | lines }}", [ref("n3", "answer", form="lines")]),
        ("{{Input}}", [ref("n1")]),
        ('{{Input["a.b"]["c d"]}}', [ref("n1", "a.b", "c d")]),
        ("{{A.b}}", [ref("n5")]),
        ("{{A.c}}", [ref("n4", "c")]),
        ("{{n6.x}}{{n7.x}}", [ref("n6", "x"), ref("n7", "x")]),
        ("{{Nobody.city}}", [{"text": "{{Nobody.city}}"}]),
        ("{{Twice.x}}", [{"text": "{{Twice.x}}"}]),
        ("{{Input.}} {{Input[}} {{Input[x]}}", [{"text": "{{Input.}} {{Input[}} {{Input[x]}}"}]),
        ("{% if %} ${x} =1 {{ }} {{", [{"text": "{% if %} ${x} =1 {{ }} {{"}]),
        (r"\{{Input.city}}", [{"text": "{{Input.city}}"}]),
        (r"\\{{Input.city}}", [{"text": "\\"}, ref("n1", "city")]),
        (r"\{{Nobody}}", [{"text": r"\{{Nobody}}"}]),
        ("{{{Input.city}}}", [{"text": "{"}, ref("n1", "city"), {"text": "}"}]),
        ('{{Input["\\ud800"]}}', [{"text": '{{Input["\\ud800"]}}'}]),
    ],
)
def test_a_text_means(text, segments):
    assert NAMES.segments(text) == segments


_steps = st.one_of(
    st.integers(0, 10**6), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
)
_refs = st.builds(
    lambda node, path, form: ref(node, *path, form=form),
    st.sampled_from([f"n{n}" for n in range(1, 12)]),
    st.lists(_steps, max_size=3),
    st.sampled_from(["text", "json", "lines"]),
)
_alphabet = st.sampled_from(["{", "}", "{{Input}}", "{{A.b}}", "\\", "Input", ".", "\n", "é", " "])
_texts = st.builds(lambda parts: {"text": "".join(parts)}, st.lists(_alphabet, min_size=1, max_size=6))


@given(st.lists(st.one_of(_refs, _texts), max_size=5))
def test_whatever_is_stored_is_read_back(segments):
    merged: list[dict] = []
    for one in segments:
        if merged and "text" in one and "text" in merged[-1]:
            merged[-1] = {"text": merged[-1]["text"] + one["text"]}
        else:
            merged.append(one)
    assert NAMES.segments(NAMES.text(segments)) == merged


@given(st.lists(st.one_of(_alphabet, st.sampled_from(["{{", "}}", "[0]", "|json"])), max_size=12))
def test_whatever_is_typed_is_written_so_that_it_means_the_same(parts):
    segments = NAMES.segments("".join(parts))
    assert NAMES.segments(NAMES.text(segments)) == segments


def test_a_node_that_is_gone_keeps_its_place():
    known = Names([("n1", "Input")]).knowing([{"node": "gone", "path": ["x"]}])
    text = known.text([ref("gone", "x")])
    assert text == "{{gone.x}}"
    assert known.segments(text) == [ref("gone", "x")]


def test_a_text_of_braces_takes_no_time():
    text = "{{" * 50_000 + "\\" * 50_000
    assert NAMES.segments(text) == [{"text": text}]
    assert NAMES.escaped(text) == text


def test_what_names_nothing_is_told():
    assert NAMES.unknown("{{Input.x}} {{Nobody.y}} {{") == ["{{Nobody.y}}"]


def test_one_reference_and_nothing_beside_it():
    assert NAMES.only_ref(" {{Input.x}} ") == {"node": "n1", "path": ["x"]}
    for text in ("", "x", "{{Input.x}}!", "{{Input.x|json}}", "{{Nobody}}"):
        assert NAMES.only_ref(text) is None


def test_references_are_found_wherever_they_are():
    data = {
        "a": [{"ref": {"node": "n1", "path": []}}],
        "b": {"node": "n2", "path": ["x"]},
        "c": {"node": 5, "path": []},
    }
    assert [one["node"] for one in refs_in(data)] == ["n1", "n2"]
