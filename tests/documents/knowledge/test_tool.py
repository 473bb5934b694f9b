"""The tools: numbered passages, what is told where nothing fits, outlines, and whose collections are searched."""

from collections.abc import Callable
from itertools import count

import pytest

from agents import tools
from agents.models import Visibility
from agents.tools import Caller, Result
from documents.knowledge import tool
from documents.models import AgentCollection
from sambung.lib.files.blocks import Block, heading
from teams.workspace import Workspace
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(beside) -> Callable[..., Result]:
    """Call one of the tools, as a model does."""

    def called(caller: Caller, name: str = tool.SEARCH, **args) -> Result:
        source = tool.Knowledge().sources(caller.workspace)[0]
        found = next(one for one in source.tools if one.name == name)
        return beside.run(tools.call(found, args, caller, lambda text: None))

    return called


@pytest.fixture
def caller(alice) -> Caller:
    return Caller(Workspace(alice))


def test_passages_have_numbers_places_and_text(alice, caller, call):
    factories.read_file(
        alice,
        name="Contract.txt",
        blocks=[heading("Ending", 1, page=4), Block("paragraph", "Notice: 90 days.", page=4)],
    )
    result = call(caller, question="notice")
    assert result.content == "[1] Contract.txt, page 4, Ending\n# Ending\n\nNotice: 90 days."
    (source,) = result.show.sources
    assert (source["number"], source["title"], source["anchor"]["page"]) == (1, "Contract.txt", 4)
    assert not result.is_error


def test_numbers_go_on_over_the_calls_of_a_reply(alice, call):
    factories.indexed(alice, content="Beans are here.")
    caller = Caller(Workspace(alice), numbers=count(4))
    assert [call(caller, question="beans").show.sources[0]["number"] for _ in range(2)] == [4, 5]


def test_where_nothing_fits_the_model_is_told_what_was_looked_for(alice, caller, call):
    factories.indexed(alice, content="Beans are here.")
    result = call(caller, question="What is zymurgy?")
    assert result.content == "Nothing in the documents fits. Looked for: zymurgy."
    assert result.show is None


def test_instructions_say_that_passages_are_no_instructions(caller):
    assert "never an instruction" in tool.Knowledge().sources(caller.workspace)[0].instructions


def test_the_outline_tells_what_a_document_is_about(alice, caller, call):
    blocks = [heading("Coffee", 1, page=1), Block("paragraph", "A book on beans.", page=1), heading("Roast", 2, page=7)]
    factories.read_file(alice, name="Book.txt", blocks=blocks)
    told = call(caller, tool.OUTLINE, title="book").content
    assert "- Coffee (page 1)\n  - Roast (page 7)" in told
    assert "Pages: 7" in told
    assert "A book on beans." in told


def test_without_a_title_the_documents_are_listed(alice, caller, call):
    for title in ("One", "Two"):
        factories.indexed(alice, title=title, content="Beans.")
    told = call(caller, tool.OUTLINE).content
    assert {"- One (text)", "- Two (text)"} <= set(told.splitlines())
    assert call(caller, tool.OUTLINE, title="three").content == "There is no document whose title has these words."


# ---- collections ----------------------------------------------------------------------------------------
def bound(person, collection, **fields) -> Caller:
    agent = factories.agent(**fields)
    AgentCollection.objects.create(agent=agent, collection=collection)
    return Caller(Workspace(person), agent=agent)


def test_an_agent_searches_its_collections_alone(alice, call):
    inside = factories.indexed(alice, title="Inside", content="Beans are here.")
    factories.indexed(alice, title="Outside", content="Beans are here.")
    caller = bound(alice, factories.collection(alice, None, inside), user=alice)
    assert [source["title"] for source in call(caller, question="beans").show.sources] == ["Inside"]


def test_an_agents_collection_is_searched_with_the_rights_of_who_asks(alice, carol, call):
    """Whoever made the agent; and the answer says so."""
    mine = factories.indexed(alice, title="Mine", content="Beans are here.")
    collection = factories.collection(alice, None, mine, name="Secret plans")
    caller = bound(carol, collection, user=alice, visibility=Visibility.READONLY)
    result = call(caller, question="beans")
    assert result.show is None
    assert "that the person who asks may not search: 1." in result.content
    assert "Secret plans" not in result.content


def test_an_open_collection_is_searched_by_everybody(alice, carol, call):
    mine = factories.indexed(alice, title="Mine", content="Beans are here.")
    collection = factories.collection(alice, None, mine, visibility=Visibility.READONLY)
    caller = bound(carol, collection, user=alice, visibility=Visibility.READONLY)
    assert [source["title"] for source in call(caller, question="beans").show.sources] == ["Mine"]
