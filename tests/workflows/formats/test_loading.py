"""Files that are no workflow, or would harm: each has its answer, and none takes long."""

import json
import math

import pytest

from sambung.lib.schema import Unreadable
from workflows.formats import loading

DEEP = loading.DEEPEST


def nested(layers: int, opening: str = '{"a":', closing: str = "}") -> str:
    return opening * layers + "1" + closing * layers


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\xff\xfe{", "UTF-8"),
        (b'{"a": 1,}', "line 1"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "1e999"),
        (b'{"a": ' + b"9" * 401 + b"}", "999"),
        (b'{"a": 9223372036854775808}', "9223372036854775808"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": {"__proto__": {"x": 1}}}', "__proto__"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'{"a": "\\ud800"}', "half of a character"),
        (nested(DEEP + 1), "layers"),
        (nested(10_000), "layers"),
        ("[" * 100_000, "layers"),
        ("a: " + "[" * 40 + "1" + "]" * 40, "layers"),
        ("- " * 40 + "x", "layers"),
        ("a: &x [1]\nb: *x", "Aliases"),
        ("a: !!python/object/apply:os.system ['true']", "Tags"),
        ("a: !!set {b}", "Tags"),
        ("a: .nan", ".nan"),
        ("a: 1e999", "1e999"),
        ("a: 1\na: 2", "twice"),
        ("? [1, 2]\n: 3", "list cannot be a name"),
        ("a: 1\n---\nb: 2", "more than one"),
        ("a: 'b", "line"),
        ("a: \x01", "neither JSON nor YAML"),
        ("__proto__: 1", "__proto__"),
        ("x" * (loading.MOST_BYTES + 1), "5 MB"),
        (("é" * loading.MOST_BYTES), "5 MB"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(raw, said):
    with pytest.raises(Unreadable) as told:
        loading.load(raw)
    assert said in str(told.value)


def test_json_comes_as_it_is():
    value = {"a": [1, -2.5, True, None, "é\u2028\U0001f600"], "b": {"constructor": 1}}
    assert loading.load(json.dumps(value)) == value
    assert loading.load("\ufeff" + json.dumps(value)) == value
    assert loading.load(json.dumps(value).encode("utf-8-sig")) == value


def test_the_deepest_that_may_be_can_be_read():
    assert loading.load(nested(DEEP))


def test_plain_values_of_yaml():
    text = (
        "version: 0.3.1\nn: 12\nf: -0.5\nbig: 1.0e+3\nnothing:\ntilde: ~\nyes: true\nword: yes\nday: 2026-01-05\n"
        "time: 12:30\nquoted: '12'\nnull: x\n5: y\ntrue: z\nlist: [a, {b: c}]\ntext: |\n  one\n  two\n"
    )
    assert loading.load(text) == {
        "version": "0.3.1",
        "n": 12,
        "f": -0.5,
        "big": 1000.0,
        "nothing": None,
        "tilde": None,
        "yes": True,
        "word": "yes",
        "day": "2026-01-05",
        "time": "12:30",
        "quoted": "12",
        "null": "x",
        "5": "y",
        "true": "z",
        "list": ["a", {"b": "c"}],
        "text": "one\ntwo\n",
    }


def test_a_million_small_values_are_too_many():
    with pytest.raises(Unreadable, match="too much"):
        loading.load("- a\n" * 600_000)


def test_numbers_are_all_finite():
    found = loading.load("a: 1.7e308")
    assert math.isfinite(found["a"])
