"""What a message names to be searched: collections and documents by @, for this message and with the asker's rights."""

import uuid

import pytest

from agents.tools import Caller
from chats.actions import sending
from chats.models import Chat
from chats.replies import mentions
from chats.replies.work import work
from documents.actions import deleting
from documents.knowledge import places
from teams.workspace import Workspace
from tests import factories
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(alice) -> Workspace:
    return Workspace(alice)


def refs(kind: str, *rows) -> list[str]:
    return [places.reference(kind, row.pk) for row in rows]


def test_collections_and_documents_are_named(alice, here):
    rules = factories.collection(alice, name="House rules")
    plan, longer = factories.document(alice, title="Plan"), factories.document(alice, title="Plan of May")
    assert mentions.searched("What do the @House Rules say?", here) == refs("collection", rules)
    assert mentions.searched("Look at @plan, please", here) == refs("document", plan)
    assert mentions.searched("Look at @Plan of May and (@House rules)", here) == [
        *refs("document", longer),
        *refs("collection", rules),
    ]


@pytest.mark.parametrize("text", ["Plan", "mail@plan", "@Planning", "@ Plan", "@"])
def test_other_words_name_nothing(alice, here, text):
    factories.document(alice, title="Plan")
    assert mentions.searched(text, here) == []


def test_of_two_with_one_name_both_are_searched(alice, here):
    made = [factories.document(alice, title="Plan") for _ in range(2)]
    assert set(mentions.searched("@Plan", here)) == set(refs("document", *made))


def test_signs_in_a_title_are_letters(alice, here):
    made = factories.document(alice, title="100% (a_b) [x]*")
    factories.document(alice, title="100x (a_b) [x]*")
    assert mentions.searched("See @100% (a_b) [x]*.", here) == refs("document", made)


def test_others_things_cannot_be_named(alice, carol, here):
    factories.document(carol, title="Plan")
    factories.collection(carol, name="Secrets")
    gone = factories.document(alice, title="Plan")
    deleting.delete_document(document=gone)
    assert mentions.searched("@Plan and @Secrets", here) == []


def test_the_composer_offers_them(alice, sign_in):
    factories.collection(alice, name="House rules")
    factories.document(alice, title="Plan")
    shown = sign_in(alice).get("/app/mentions/").content.decode()
    assert 'data-kind="collection" data-name="House rules"' in shown
    assert 'data-kind="document" data-name="Plan"' in shown


# ---- asked ----------------------------------------------------------------------------------------------
@pytest.fixture
def asked(alice):
    """Send a message; give what the reply's run is told."""
    chat = ChatFactory(user=alice, provider="openai_compatible", model="fake", settings={"tool_choice": "none"})

    def send(text: str):
        rows = Chat.objects.filter(pk=chat.pk)
        found = sending.send(chat=rows, by=alice, text=text, client_id=uuid.uuid4())
        return work(found.reply.run, found.reply).context

    return send


def test_the_message_is_answered_from_what_it_names_though_the_chat_has_no_tools(alice, asked):
    plan = factories.indexed(alice, title="Plan", content="Beans are here.")
    factories.indexed(alice, title="Other", content="Beans are there, too.")
    question = asked("What does @Plan say of beans?")
    assert question.searched == tuple(refs("document", plan))
    assert question.needs_tools
    assert set(question.bound.tools) == {"search_documents", "outline_of_document"}
    assert "“Plan”" in question.bound.instructions
    place, missing = places.place_of(Caller(Workspace(alice), searched=question.searched))
    assert (place.documents, missing) == ((plan.pk,), 0)


def test_without_a_name_nothing_changes(asked):
    question = asked("What is new?")
    assert (question.searched, question.bound.tools) == ((), {})


def test_the_rights_are_those_of_who_asks(alice, carol):
    plan = factories.indexed(alice, title="Plan", content="Beans are here.")
    rules = factories.collection(alice, None, plan)
    named = (*refs("document", plan), *refs("collection", rules), "document:nonsense")
    place, missing = places.place_of(Caller(Workspace(carol), searched=named))
    assert (place.documents, missing) == ((), 3)
