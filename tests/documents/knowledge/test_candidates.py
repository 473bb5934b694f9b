"""Which passages are looked at: those whose words tell most together, and no others."""

from itertools import combinations

import pytest
from django.db import connection

from documents.knowledge import candidates
from documents.knowledge.candidates import Weighted, any_of, telling
from documents.knowledge.words import Unit

CHUNKS = 100_000


def weighted(**counts: int) -> list[Weighted]:
    """Words by how many of the passages have them, the rarest first."""
    made = (Weighted.of(Unit(word, (word,)), count, CHUNKS) for word, count in counts.items())
    return sorted(made, key=lambda one: -one.idf)


def fitting(text: str, *words: str) -> set[frozenset[str]]:
    """Which of all choices of the words fit a tsquery."""
    choices = [frozenset(some) for n in range(1, len(words) + 1) for some in combinations(words, n)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_to_tsvector(said::text[]) @@ %s::tsquery FROM unnest(%s::text[]) AS said",
            [text, ["{" + ",".join(some) + "}" for some in choices]],
        )
        return {some for some, (fits,) in zip(choices, cursor.fetchall(), strict=True) if fits}


def test_words_that_are_rare_together_are_looked_for_together():
    query = telling(weighted(bean=30_000, drum=20_000, sensor=5_000), CHUNKS, 400)
    assert (query.text, query.is_any) == ("('sensor') & (('drum'))", False)
    assert 400 <= query.expected <= 4_000


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [1, 50, 400, 3_000, 20_000])
def test_what_fits_tells_more_than_what_does_not(wanted):
    words = weighted(a=200, b=900, c=7_000, d=12_000, e=40_000)
    told = {one.unit.text: one.idf for one in words}
    found = fitting(telling(words, CHUNKS, wanted).text, *told)
    others = fitting(any_of(words, CHUNKS).text, *told) - found
    assert found
    least = min(sum(told[word] for word in some) for some in found)
    assert all(sum(told[word] for word in some) < least for some in others)


def test_the_more_are_wanted_the_more_may_be_expected():
    words = weighted(a=200, b=900, c=7_000, d=12_000, e=40_000)
    expected = [telling(words, CHUNKS, wanted).expected for wanted in (1, 10, 400, 4_000, 40_000)]
    assert expected == sorted(expected)
    assert telling(words, CHUNKS, CHUNKS).is_any


def test_few_will_do_where_the_next_are_very_many():
    words = weighted(rare=100, common=60_000)
    assert telling(words, CHUNKS, 400).text == "('rare')"
    assert telling(weighted(rare=5, common=60_000), CHUNKS, 400).is_any


def test_one_word_is_looked_for_however_many_have_it():
    query = telling(weighted(common=60_000), CHUNKS)
    assert (query.text, query.is_any, round(query.expected)) == ("('common')", True, 60_000)


def test_words_that_nobody_has_counted_are_taken_for_rare():
    query = telling(weighted(stranger=0, drum=2_000, bean=50_000), CHUNKS, 400)
    assert query.text == "('stranger') | ('drum') & (('bean'))"


def test_of_many_words_the_rarest_find_passages():
    words = weighted(**{f"w{n}": 1_000 * (n + 1) for n in range(30)})
    query = telling(words, CHUNKS)
    assert "w20" not in query.text
    assert query.text.count("'w") < 2 ** (candidates.MOST_WORDS + 1)


@pytest.mark.parametrize("chunks", [0, 1])
def test_counts_that_are_late_break_nothing(chunks):
    words = [Weighted.of(Unit("bean", ("bean",)), chunks, chunks)]
    assert telling(words, chunks).text == any_of(words, chunks).text == "('bean')"
