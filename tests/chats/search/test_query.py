"""What is typed, as values."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from chats.search.query import Term, parse, tokens_of, tsquery


def terms(text: str, **options) -> list[Term]:
    return parse(text, **options).terms


def test_words_phrases_and_what_must_not_be_there():
    assert terms('gayo "two words" -toraja -"not this"') == [
        Term(("gayo",)),
        Term(("two", "words"), is_exact=True),
        Term(("toraja",), is_not=True),
        Term(("not", "this"), is_exact=True, is_not=True),
    ]


def test_identifiers_are_looked_for_in_their_parts():
    assert tokens_of("getUserName snake_case chats/views.py v2.0") == (
        *("get", "user", "name", "snake", "case", "chats", "views", "py", "v2", "0"),
    )


def test_only_the_word_that_is_being_typed_may_go_on():
    assert [term.is_prefix for term in terms("gayo tor", is_typing=True)] == [False, True]
    assert [term.is_prefix for term in terms("gayo tor ", is_typing=True)] == [False, False]
    assert [term.is_prefix for term in terms('gayo "tor"', is_typing=True)] == [False, False]
    assert [term.is_prefix for term in terms("gayo -tor", is_typing=True)] == [False, False]
    assert [term.is_prefix for term in terms("gayo tor in:work", is_typing=True)] == [False, True]


def test_operators_with_their_values():
    query = parse('in:Work tag:"two words" model:gpt from:me has:FILE is:pinned roast')
    assert query.filters == [
        *(("in", "Work"), ("tag", "two words"), ("model", "gpt"), ("from", "me"), ("has", "file"), ("is", "pinned")),
    ]
    assert query.terms == [Term(("roast",))]
    assert query.problems == []


def test_dates_are_days_or_ages():
    query = parse("after:2026-03-31 before:7d")
    assert query.after == timezone.make_aware(timezone.datetime(2026, 3, 31))
    assert timezone.localdate(query.before) == timezone.localdate() - timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("after:soon", "“soon” is no date"),
        ("before:9999y", "“9999y” is no date"),
        ("tag:", "“tag:” needs a value"),
        ("has:soul", "only has:file"),
        ("is:good", "only is:pinned, is:public, is:unread"),
        ("a b c d e f g h i j k l m n", "Only the first 12 words"),
    ],
)
def test_what_cannot_be_understood_is_told(text, said):
    assert said in " ".join(parse(text).problems)


def test_what_is_no_operator_is_a_word():
    assert parse("http://a.example note:x").terms == [
        Term(("http", "a", "example")),
        Term(("note", "x")),
    ]


@given(st.text(max_size=400))
def test_nothing_that_is_typed_raises(text):
    query = parse(text, is_typing=True)
    if query.terms:
        sql, params = tsquery(query.terms)
        assert sql.count("%s") == len(params)
        assert all("\\" not in param for param in params)
