"""What is typed, as values."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from chats.search import former, matching
from chats.search.query import Term, parse


def terms(text: str, **options) -> list[Term]:
    return parse(text, **options).terms


def test_words_phrases_and_what_must_not_be_there():
    assert terms('gayo "two words" -toraja -"not this"') == [
        Term("gayo", ("gayo",)),
        Term("two words", ("two", "words"), is_exact=True),
        Term("toraja", ("toraja",), is_not=True),
        Term("not this", ("not", "this"), is_exact=True, is_not=True),
    ]


def test_identifiers_are_looked_for_in_their_parts_and_whole():
    assert [(term.words, term.whole) for term in terms("getUserName snake_case chats/views.py v2.0")] == [
        (("get", "user", "name"), "getusername"),
        (("snake", "case"), ""),
        (("chats", "views", "py"), ""),
        (("v2", "0"), ""),
    ]


def test_a_minus_excludes_but_flags_and_numbers_are_words():
    assert [(term.text, term.is_not) for term in terms("tar -xvf --force -5 a-b - --")] == [
        ("tar", False),
        ("xvf", True),
        ("force", False),
        ("5", False),
        ("a-b", False),
    ]
    assert parse("gayo toraja").with_flags() is None
    assert parse('gayo -"not this"').with_flags() is None
    flags = parse('tar -xvf -"not this"').with_flags()
    assert [term.is_not for term in flags.terms] == [False, False, True]
    assert "without “xvf”" in flags.problems[0]


def test_signs_are_looked_for_with_their_words():
    assert [(term.words, term.signs) for term in terms("C++ C# .NET R&D #123 a->b 🚀 std::vector ++")] == [
        (("c",), ("c++",)),
        (("c",), ("c#",)),
        (("net",), (".net",)),
        (("r", "d"), ("r&d",)),
        (("123",), ("#123",)),
        (("a", "b"), ("a->b",)),
        ((), ("🚀",)),
        (("std", "vector"), ("std::vector",)),
    ]


def test_a_number_is_one_in_each_way_of_writing():
    for number in ("1250000", "1,250,000", "1.250.000", "1_250_000", "1'250'000"):
        assert [term.words for term in terms(number)] == [("1250000",)]
    (spaced,) = terms("1 250 000")
    assert (spaced.words, spaced.whole) == (("1", "250", "000"), "1250000")
    assert [term.words for term in terms("100 200")] == [("100",), ("200",)]


def test_only_the_word_that_is_being_typed_may_go_on():
    assert [term.is_prefix for term in terms("gayo tor", is_typing=True)] == [False, True]
    assert [term.is_prefix for term in terms("gayo tor ", is_typing=True)] == [False, False]
    assert [term.is_prefix for term in terms('gayo "tor"', is_typing=True)] == [False, False]
    assert [term.is_prefix for term in terms("gayo -tor", is_typing=True)] == [False, False]
    assert [term.is_prefix for term in terms("gayo tor in:work", is_typing=True)] == [False, True]


def test_operators_with_their_values():
    query = parse('in:Work tag:"two words" model:gpt from:me has:FILE is:pinned roast')
    assert [one[:2] for one in query.filters] == [
        *(("in", "Work"), ("tag", "two words"), ("model", "gpt"), ("from", "me"), ("has", "file"), ("is", "pinned")),
    ]
    assert not any(one.is_not for one in query.filters)
    assert query.terms == [Term("roast", ("roast",))]
    assert query.problems == []


def test_a_minus_before_an_operator_asks_for_the_others():
    query = parse('-in:Work -tag:"two words" -model:gpt -from:me -has:file -is:pinned')
    assert [one.name for one in query.filters if one.is_not] == ["in", "tag", "model", "from", "has", "is"]
    since = parse("after:2026-03-31").after
    assert (parse("-after:2026-03-31").before, parse("-before:2026-03-31").after) == (since, since)
    assert "is no date" in parse("-after:soon").problems[0]


def test_the_name_of_an_operator_in_a_pasted_text_is_a_word():
    for text in ("from: me", "in: Sydney", "Is: it"):
        query = parse(text)
        assert [term.text for term in query.terms] == text.split()
        assert (query.filters, query.problems) == ([], [])


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
    query = parse("http://a.example std::vector localhost:8000 note:x Note: this to: me")
    assert [term.words for term in query.terms[:4]] == [
        *(("http", "a", "example"), ("std", "vector"), ("localhost", "8000"), ("note", "x")),
    ]
    assert query.problems == []


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        *(("on:2026-11-28 parser", "after:"), ("date:2026-11-28", "after:"), ("older_than:7d x", "before:")),
        *(("to:me parser", "from:"), ("by:me parser", "from:"), ("label:home", "tag:"), ("channel:x", "in:")),
        ("filename:a.pdf", "has:file"),
    ],
)
def test_operators_of_others_are_told_with_the_nearest_and_looked_for_as_words(text, nearest):
    query = parse(text)
    assert f"Perhaps “{nearest}” is meant" in query.problems[0]
    assert query.terms[0].text == text.split()[0]


def test_titles_need_no_operator():
    assert "in titles and messages alike" in parse("title:parser").problems[0]


@given(st.text(max_size=400))
def test_nothing_that_is_typed_raises(text):
    query = parse(text, is_typing=True)
    if query.terms:
        for way in (matching, former):
            asked = way.asked(query.terms)
            assert asked.words.count("%s") == len(asked.params)
            assert all("\\" not in param for param in asked.params)
