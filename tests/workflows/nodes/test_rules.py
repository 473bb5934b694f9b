"""Rules of conditions: every operator, and that nothing is coerced."""

import pytest

from sambung.lib.failures import Failed
from workflows.nodes import rules


def holds(left, kind, op, right=None, **more) -> bool:
    """Whether one rule holds."""
    rule = {"left": {"value": left}, "type": kind, "op": op, "right": {"value": right}} | more
    return rules.holds({"rules": [rule]}, {})


@pytest.mark.parametrize(
    ("left", "kind", "op", "right", "is_so"),
    [
        ("Spam", "text", "equals", "spam", True),
        ("Spam", "text", "not_equals", "ham", True),
        ("a spam b", "text", "contains", "SPAM", True),
        ("a", "text", "not_contains", "b", True),
        ("abc", "text", "starts_with", "AB", True),
        ("abc", "text", "ends_with", "bc", True),
        ("report-2026.pdf", "text", "matches", "report-*.PDF", True),
        ("x", "text", "matches", "y*", False),
        (2, "number", "greater_than", 1.5, True),
        (2, "number", "less_than_or_equal", 2, True),
        (0, "number", "equals", 0, True),
        (True, "boolean", "is_true", None, True),
        (False, "boolean", "is_false", None, True),
        ("2026-03-01", "date", "less_than", "2026-03-01T00:00:01Z", True),
        ("2026-03-01T07:00:00+07:00", "date", "equals", "2026-03-01", True),
        ([1, "a"], "list", "contains", "a", True),
        ([1], "list", "contains", True, False),
        ([1], "list", "not_contains", 2, True),
        ([1, 2], "list", "length_equals", 2, True),
        ([1, 2], "list", "length_greater_than", 1, True),
        ([1, 2], "list", "length_less_than", 1, False),
        ([1, 2], "list", "any_of", [2, 9], True),
        ([1, 2], "list", "all_of", [2, 9], False),
        (None, "any", "is_empty", None, True),
        ("", "any", "is_empty", None, True),
        ([], "any", "is_empty", None, True),
        ({}, "any", "is_empty", None, True),
        (0, "any", "is_empty", None, False),
        (False, "any", "is_empty", None, False),
        (0, "any", "is_not_empty", None, True),
    ],
)
def test_operators(left, kind, op, right, is_so):
    assert holds(left, kind, op, right) is is_so


def test_case_counts_where_asked():
    assert not holds("Spam", "text", "equals", "spam", matchCase=True)


@pytest.mark.parametrize(
    ("left", "kind", "op", "right"),
    [
        (1, "text", "equals", "1"),
        ("1", "number", "equals", 1),
        (True, "number", "equals", 1),
        ("true", "boolean", "is_true", None),
        (None, "text", "equals", ""),
        ("soon", "date", "less_than", "2026-01-01"),
        ("abc", "list", "contains", "a"),
        ("a", "text", "matches", "*" * 501),
    ],
)
def test_what_does_not_fit_is_an_error_and_never_false(left, kind, op, right):
    with pytest.raises(Failed):
        holds(left, kind, op, right)


def test_a_hostile_pattern_takes_no_time():
    assert not holds("a" * 5_000, "text", "matches", "*a" * 200 + "b")


def test_rules_are_joined_and_end_where_it_is_clear():
    yes = {"left": {"value": 1}, "type": "number", "op": "equals", "right": {"value": 1}}
    no, wrong = yes | {"right": {"value": 2}}, yes | {"right": {"value": "2"}}
    assert rules.holds({"join": "or", "rules": [yes, wrong]}, {})
    assert not rules.holds({"join": "and", "rules": [no, wrong]}, {})
    assert rules.holds({"join": "and", "rules": [yes, {"join": "or", "rules": [no, yes]}]}, {})
