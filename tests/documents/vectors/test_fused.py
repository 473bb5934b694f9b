"""Passages found by their meaning, among those found by words: fused, told apart, and without a model."""

import pytest

from bench.scripted_embeddings import vector
from documents.knowledge.search import Place, search
from documents.models import Document, EmbeddingSpace
from documents.vectors import spaces
from documents.vectors.nearest import Asked
from teams.workspace import Workspace
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(alice, live):
    """The titles found for a question that the model has read, and what is told of them."""

    def found(question: str, most: int = 10):
        space = live()
        made = search(question, Place(Workspace(alice)), most, Asked(space.pk, vector(question, 16)))
        return [passage.document.title for passage in made.passages], made

    return found


def test_a_question_in_another_language_finds_what_words_do_not(say, find, alice):
    say("Beans cost nine dollars: the coffee price of May.", title="Prices")
    say("Cats sleep long.", title="Cats")
    assert search("harga kopi", Place(Workspace(alice))).passages == []
    titles, found = find("harga kopi", 1)
    assert (titles, found.fits, found.by_meaning) == (["Prices"], False, True)


def test_what_both_find_comes_before_what_one_does(say, find):
    say("coffee price", title="Both")
    for n in range(5):
        say(f"kopi {n} dan teh", title=f"Meaning {n}")
        say(f"price of tea and other things number {n}", title=f"Words {n}")
    assert find("price of coffee")[0][0] == "Both"


def test_a_name_is_looked_for_by_words_alone(say, find):
    say("The pump PRX-7731 leaks.", title="Pump")
    say("prx 7731x and others", title="Other")
    titles, found = find("PRX-7731")
    assert (titles[0], found.by_meaning) == ("Pump", False)


def test_that_the_model_does_not_answer_is_told(say, alice, live):
    say("coffee", title="Coffee")
    found = search("coffee", Place(Workspace(alice)), meaning=Asked(live().pk, []))
    assert (len(found.passages), found.fits, found.by_meaning, found.is_partial) == (1, True, False, True)


def test_what_is_new_is_found_by_words_alone_until_it_has_vectors(alice, live):
    assert factories.indexed(alice, content="One.").status == "indexed"
    live()
    made = factories.indexed(alice, content="Two.")
    assert made.status == "words_only"
    space = live()
    assert Document.objects.get(pk=made.pk).status == "indexed"
    factories.indexed(alice, content="Three.")
    spaces.close_space(space)
    assert set(Document.objects.values_list("status", flat=True)) == {"indexed"}
    assert EmbeddingSpace.objects.get().state == "old"
