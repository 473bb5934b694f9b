"""What the database cannot hold is taken out; the rest stays as it was."""

import orjson
import pytest

from sambung.lib import jsonb


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\0b", "ab"),
        ("\ud83d", "?"),
        ("漢😀", "漢😀"),
        ({1: ("x", {"y\0": None})}, {"1": ["x", {"y": None}]}),
        ([float("nan"), float("-inf"), 1.5, True], [None, None, 1.5, True]),
        (2**63, str(2**63)),
        (b"x", "b'x'"),
    ],
)
def test_what_is_kept_of_a_value(given, kept):
    assert jsonb.clean_json(given) == kept
    assert orjson.dumps(jsonb.clean_json(given))


def test_what_lies_too_deep_is_left_out():
    deep: object = "end"
    for _ in range(jsonb.DEEPEST + 1):
        deep = [deep]
    assert jsonb.TOO_DEEP.encode() in orjson.dumps(jsonb.clean_json(deep))
