"""The search: what it finds, for whom, how many, and when nothing fits."""

import pytest
from django.db import connection

from agents.models import Visibility
from documents.actions import deleting
from documents.knowledge.search import Place, search
from documents.models import Collection, Document, DocumentChunk
from sambung.lib.files.blocks import Block
from teams.models import TeamMember
from teams.workspace import Workspace
from tests import factories
from tests.documents.knowledge.corpus import QUESTIONS, TEXTS

pytestmark = pytest.mark.django_db


def titles(question: str, place: Place, most: int = 10) -> list[str]:
    return [passage.document.title for passage in search(question, place, most).passages]


@pytest.fixture
def here(alice) -> Place:
    return Place(Workspace(alice))


def test_sixty_questions_over_forty_texts(alice, here):
    """recall@5 ≥ .9 by words, in English and Indonesian."""
    for title, text in TEXTS.items():
        factories.indexed(alice, title=title, content=text)
    missed = [(question, wanted) for question, wanted in QUESTIONS if wanted not in titles(question, here, 5)]
    assert len(missed) <= len(QUESTIONS) / 10, missed


def test_rare_words_count_more_than_frequent_ones(alice, here):
    for n in range(20):
        factories.indexed(alice, title=f"Roast {n}", content="The roast and the drum and the roast of the beans.")
    factories.indexed(alice, title="Sensor", content="The sensor of the drum is broken.")
    assert titles("roast drum sensor", here, 1) == ["Sensor"]


def test_no_word_of_the_question_must_be_there(alice, here):
    factories.indexed(alice, title="Sensor", content="The sensor of the drum is broken.")
    assert titles("Which technician repairs the sensor at the factory?", here) == ["Sensor"]


# ---- how many -------------------------------------------------------------------------------------------
def many(user, texts: list[str], team=None) -> Document:
    """A document with a passage for each text."""
    blocks = [Block("paragraph", text, slide=n) for n, text in enumerate(texts, start=1)]
    return factories.read_file(user, team, blocks=blocks)


@pytest.mark.parametrize("most", [1, 5, 10, 20])
def test_a_tiny_scope_among_many_rows_gives_all_that_it_has(alice, team, most):
    """As many as are asked for, or as there are, whatever stands in other scopes."""
    many(alice, ["The beans are in the cellar of the house."] * 3000, team)
    for n in range(7):
        factories.indexed(alice, title=f"Own {n}", content=f"The beans of farm {n} are in the cellar.")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE document_chunk")
    assert len(titles("beans cellar", Place(Workspace(alice)), most)) == min(most, 7)
    assert len(titles("beans cellar", Place(Workspace(alice, team)), most)) == most


def test_rare_words_elsewhere_do_not_starve_a_scope_that_has_frequent_ones(alice, team, here, monkeypatch):
    monkeypatch.setattr("documents.knowledge.search.SMALL", 0)
    monkeypatch.setattr("documents.knowledge.search.WANTED", 1)
    many(alice, ["The beans are here."] * 50 + ["The zymurgy is here."] * 5, team)
    for n in range(4):
        factories.indexed(alice, title=f"Own {n}", content="The beans are mine and not yours.")
    assert len(titles("zymurgy beans", here)) == 4


def test_of_one_document_three_in_ten_where_others_have_some(alice, here):
    book = many(alice, [f"Roasting beans, part {n} of the book." for n in range(30)])
    for n in range(9):
        factories.indexed(alice, title=f"Note {n}", content="A note on roasting and on the beans that we have at home.")
    found = [passage.document for passage in search("roasting beans", here).passages]
    assert (len(found), found.count(book)) == (10, 3)


def test_one_document_alone_fills_the_answer(alice, here):
    many(alice, [f"Roasting beans, part {n} of the book." for n in range(30)])
    assert len(search("roasting beans", here).passages) == 10


# ---- for whom -------------------------------------------------------------------------------------------
def test_each_finds_what_lies_where_they_look(alice, bob, team):
    factories.indexed(alice, title="Mine", content="Beans.")
    factories.indexed(alice, team, title="Ours", content="Beans.")
    factories.indexed(bob, title="His", content="Beans.")
    assert titles("beans", Place(Workspace(alice))) == ["Mine"]
    assert titles("beans", Place(Workspace(bob, team))) == ["Ours"]


def test_a_removed_member_finds_nothing_with_the_next_search(alice, bob, team):
    factories.indexed(alice, team, title="Ours", content="Beans.")
    place = Place(Workspace(bob, team))
    assert titles("beans", place) == ["Ours"]
    TeamMember.objects.filter(team=team, user=bob).delete()
    assert titles("beans", place) == []


def test_rows_are_asked_again_of_the_access_layer(alice, carol):
    """A passage whose scope is wrong is not shown: the document says whose it is."""
    factories.indexed(alice, title="Mine", content="Beans.")
    DocumentChunk.objects.update(scope=carol.pk)
    assert titles("beans", Place(Workspace(carol))) == []


def test_what_is_deleted_is_not_found(alice, here):
    made = factories.indexed(alice, title="Mine", content="Beans.")
    deleting.delete_document(document=made)
    assert titles("beans", here) == []


@pytest.mark.parametrize(
    ("visibility", "found"), [(Visibility.PRIVATE, []), (Visibility.READONLY, ["Mine"]), (Visibility.PUBLIC, ["Mine"])]
)
def test_an_open_collection_is_searched_by_everybody_who_is_signed_in(alice, carol, visibility, found):
    mine = factories.indexed(alice, title="Mine", content="Beans.")
    collection = factories.collection(alice, None, mine, visibility=visibility)
    assert titles("beans", Place(Workspace(carol), (collection.pk,))) == found


def test_a_collection_that_is_closed_again_is_found_no_more(alice, carol):
    mine = factories.indexed(alice, title="Mine", content="Beans.")
    collection = factories.collection(alice, None, mine, visibility=Visibility.READONLY)
    Collection.objects.update(visibility=Visibility.PRIVATE)
    assert titles("beans", Place(Workspace(carol), (collection.pk,))) == []


def test_only_what_is_in_the_collections_is_found(alice, team):
    ours = factories.indexed(alice, team, title="Ours", content="Beans.")
    mine = factories.indexed(alice, title="Mine", content="Beans.")
    factories.indexed(alice, title="Other", content="Beans.")
    places = [factories.collection(alice, None, mine).pk, factories.collection(alice, team, ours).pk]
    assert sorted(titles("beans", Place(Workspace(alice), tuple(places)))) == ["Mine", "Ours"]
    assert titles("beans", Place(Workspace(alice), ())) == []
    deleting.delete_document(document=mine)
    assert titles("beans", Place(Workspace(alice), tuple(places))) == ["Ours"]


# ---- whether it fits ------------------------------------------------------------------------------------
@pytest.fixture
def shelf(alice):
    for title, text in TEXTS.items():
        factories.indexed(alice, title=title, content=text)


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        ("How long is the guarantee of a grinder?", True),
        ("Berapa lama garansi mesin espresso?", True),
        ("PRX-7731", True),
        ("Who won the chess championship of Iceland?", False),
        ("Siapa juara bulu tangkis dunia?", False),
        ("What is the capital of the kingdom of Bhutan", False),
    ],
)
def test_words_decide_whether_anything_fits(shelf, here, question, fits):
    assert search(question, here).fits is fits


def test_what_was_looked_for_is_told(here):
    found = search("What is the price of zymurgy?", here)
    assert (found.fits, found.words) == (False, ["price", "zymurgy"])


@pytest.mark.parametrize("question", ["", "   ", "?!", "'", "\\", "a & | !b <-> :*", "(", "\x00", "x" * 5000])
def test_no_question_breaks_the_search(shelf, here, question):
    search(question, here)


def test_a_passage_says_where_it_stands(alice, here):
    factories.read_file(
        alice,
        blocks=[Block("heading", "# Ending", 1, page=3), Block("paragraph", "Notice is ninety days.", page=4)],
    )
    (passage,) = search("notice", here).passages
    assert passage.anchor == {"start": 0, "end": 32, "page": 3, "last_page": 4, "heading": ["Ending"]}
    assert (passage.version, len(passage.sha256)) == (None, 64)
