"""Texts in words: what `read` cuts, what fits what, and what PostgreSQL gets."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from sambung.lib import lexemes
from sambung.lib.lexemes import indexed
from sambung.lib.lexemes.folding import fold

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def words(text: str) -> str:
    return " ".join(word.text for word in lexemes.read(text) if word.text)


def others(text: str) -> set[str]:
    return {other for word in lexemes.read(text) for other in (*word.others, *word.signs)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Roasting, the beans!", "roasting the beans"),
        ("修改youer的", "修 改 youer 的"),
        ("ภาษาไทย", "ภ า ษ า ไ ท ย"),
        ("サーバー", "サ ー バ ー"),
        ("हिन्दी में", "हिन्दी में"),
        ("می‌خواهم", "میخواهم"),
        ("HTTPServer XMLHttpRequest", "http server xml http request"),
        ("getUserName v2Beta URLs iOS", "get user name v2 beta urls i os"),
        ("snake_case kebab-case a/b.py", "snake case kebab case a b py"),
        ("1,250,000 and 12,50,000", "1250000 and 1250000"),
        ("1 250 000", "1 250 000"),
        ("Rp1.250.000,50", "rp 1250000 50"),
        ("2026-11-28 1.2.3 10.0.0.1", "2026 11 28 1 2 3 10 0 0 1"),
        ("192.168.100.200", "192 168 100 200"),
        ("1,250,000k 12:30:45", "1 250 000k 12 30 45"),
        ("in 2024 100 200", "in 2024 100 200"),
        ("١٢٣", "123"),
        ("C++ .env 🚀", "c env"),
    ],
)
def test_a_text_is_cut_into_words(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HTTPServer", {"httpserver"}),
        ("1,250", {"1", "250"}),
        ("1 250 000", {"1250000"}),
        ("C++ C# F#, C++17", {"c++", "c#", "f#"}),
        ("a+b page#x C+ +c", {"c+"}),
        (".NET, `.env`; a.b end. Next ...and", {".net", ".env"}),
        ("#123 a#4 &#39;", {"#123"}),
        ("R&D a->b std::vector x!=y", {"r&d", "a->b", "std::vector", "x!=y"}),
        ("🚀 👍🏽 ❤️ 🇮🇩 € →", {"🚀", "👍🏽", "❤", "🇮🇩", "€", "→"}),
        ("│ ─ ++ && plain", set()),
    ],
)
def test_what_else_is_found_there(text, found):
    assert others(text) == found


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        *(("Müller", "muller"), ("Łódź", "lodz"), ("Straße", "strasse"), ("ﬁn", "fin"), ("ＡＢ１", "ab1")),
        *(("İSTANBUL", "istanbul"), ("ısı", "isi"), ("Σίσυφος", "σισυφοσ"), ("ΣΊΣΥΦΟΣ", "σισυφοσ")),
        *(("كِتَابٌ", "كتاب"), ("שָׁלוֹם", "שלום"), ("ё", "е"), ("й", "й"), ("が", "が"), ("한국", "한국")),
    ],
)
def test_letters_are_compared_without_case_and_accents(text, plain):
    assert fold(text) == plain
    assert fold(plain) == plain


def test_long_runs_are_cut():
    (word,) = lexemes.read("x" * 5000)
    assert (len(word.text), word.end) == (100, 5000)


@given(TEXT)
def test_words_lie_in_their_order_and_say_nothing_else_than_the_text(text):
    end = 0
    for word in lexemes.read(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.start >= end
        end = word.end
        assert word.text or word.signs
        assert not any(letter.isspace() for letter in word.text)


@given(TEXT)
def test_a_word_that_is_asked_for_is_read_as_it_was_written(text):
    for word in lexemes.read(text):
        again = list(lexemes.read(word.text))
        assert "".join(one.text for one in again) == word.text


def test_forms_meet_their_stems():
    for asked, other in (("roast", "roasting"), ("panggang", "memanggang"), ("kirim", "mengirim")):
        for one, two in ((asked, other), (other, asked)):
            assert two in lexemes.forms(one) or not lexemes.forms(one).isdisjoint(lexemes.stems(two))
    assert lexemes.stems("kirim") == ()
    assert lexemes.forms("café") == {"café", "~café"}


def test_a_stem_is_never_a_word():
    assert all(stem.startswith("~") for stem in lexemes.stems("roasting"))
    assert words("~roast") == "roast"


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(TEXT.filter(lambda text: "\0" not in text))
def test_postgresql_takes_what_is_written_for_it(text):
    made = lexemes.index(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(%s::tsvector), %s::int2[]", made)
        known, pairs = cursor.fetchone()
    read = list(lexemes.read(text))
    assert {word.text for word in read} - {""} <= set(known)
    assert len(pairs) <= max(len(read) - 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"w{n:x}é{n * 7919:x}" for n in range(120_000)),
        "same " * 50_000,
        "的" * 40_000,
        " ".join("x" * 99 + str(n) for n in range(20_000)),
    ],
    ids=["many", "same", "letters", "long"],
)
def test_a_text_of_any_length_fits(text):
    made = lexemes.index(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(%s::tsvector), cardinality(%s::int2[])", made)
        assert cursor.fetchone()[0] > 0
    assert len(made.words) < 2 * indexed.MOST


def test_pairs_are_small_numbers_of_neighbours():
    made = lexemes.index("one two, one three")
    assert made.pairs == lexemes.array(
        {lexemes.pair(*both) for both in (("one", "two"), ("two", "one"), ("one", "three"))}
    )
    assert -(2**15) <= lexemes.pair("one", "two") < 2**15
    assert lexemes.pair("one", "two") != lexemes.pair("two", "one")
