"""Collections: made, filled, opened by agent admins, given to agents, with who will not find them said at once."""

import pytest
from django.test import Client

from agents.definitions import given
from agents.forms.agents import AgentForm
from agents.models import Visibility
from chats.actions import knowledge
from chats.models import ChatCollection
from documents.actions import collections
from documents.knowledge.search import Place, search
from documents.models import AgentCollection, Collection, Document, DocumentFolder
from sambung.lib.errors import Refused
from teams import accounts, groups
from teams.folders import create_folder
from teams.models import AuditEntry, UserRole
from teams.workspace import Workspace
from tests import factories
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(alice, sign_in) -> Client:
    return sign_in(alice)


def page(client: Client, collection: Collection) -> str:
    return client.get(f"/app/collections/{collection.pk}/").content.decode()


def test_from_making_to_deleting(client, alice):
    client.post("/app/collections/new/", {"name": "Handbook", "description": "All of it", "visibility": "private"})
    made = Collection.objects.get()
    assert (made.user, made.name) == (alice, "Handbook")
    document = factories.document(alice, title="Plan")
    client.post(f"/app/collections/{made.pk}/fill/", {"documents": [document.pk]})
    shown = page(client, made)
    assert "Plan" in shown and "1 document" in shown
    client.post(f"/app/collections/items/{made.items.get().pk}/remove/")
    assert "Nothing is in it yet" in page(client, made)
    client.post(f"/app/collections/{made.pk}/edit/", {"name": "Rules", "visibility": "private"})
    assert "Rules" in client.get("/app/collections/").content.decode()
    client.post(f"/app/collections/{made.pk}/delete/")
    assert not Collection.objects.exists()
    assert Document.objects.filter(pk=document.pk, deleted_at=None).exists()


def test_a_folder_is_added_with_all_below_it_and_nothing_twice(alice):
    workspace = Workspace(alice)
    above = create_folder(DocumentFolder, workspace=workspace, name="Above")
    below = create_folder(DocumentFolder, workspace=workspace, name="Below", parent=above)
    for folder in (above, below, None):
        factories.document(alice, folder=folder)
    made = factories.collection(alice)
    assert collections.add_folder(collection=made, folder=above) == 2
    assert collections.add_folder(collection=made, folder=above) == 0


def test_what_lies_elsewhere_is_not_added(alice, team):
    elsewhere = factories.document(alice, team)
    made = factories.collection(alice)
    assert collections.add(collection=made, documents=Document.objects.filter(pk=elsewhere.pk)) == 0


def test_a_collection_is_bounded(alice, monkeypatch):
    monkeypatch.setattr(collections, "MOST", 1)
    for _ in range(2):
        factories.document(alice)
    with pytest.raises(Refused, match="at most"):
        collections.add(collection=factories.collection(alice), documents=Document.objects.all())


def test_only_agent_admins_open_one_and_it_is_written_down(alice, carol):
    made = factories.collection(alice)
    with pytest.raises(Refused):
        collections.change(by=alice, collection=made, visibility=Visibility.READONLY)
    alice.role = UserRole.AGENT_ADMIN
    alice.save()
    collections.change(by=alice, collection=made, visibility=Visibility.READONLY)
    assert AuditEntry.objects.filter(action="collection.opened", target=str(made.pk)).exists()


# ---- agents ---------------------------------------------------------------------------------------------
def test_a_private_collection_for_an_agent_of_others_says_who_will_not_find_it(client, alice):
    made = factories.collection(alice)
    agent = factories.agent(alice, visibility=Visibility.READONLY)
    response = client.post(f"/app/collections/{made.pk}/agents/", {"agent": agent.pk}, follow=True)
    told = "they find nothing of this collection, which is yours alone"
    assert told in response.content.decode()
    assert told in page(client, made)
    client.post(f"/app/collections/agents/{AgentCollection.objects.get().pk}/remove/")
    assert told not in page(client, made)


@pytest.mark.parametrize("is_team", [True, False])
def test_where_the_same_people_use_both_nothing_is_said(alice, team, is_team):
    place = team if is_team else None
    agent = factories.agent(alice, place)
    assert collections.unseen_by(factories.collection(alice, place), [agent]) == {}


def test_an_open_collection_is_found_by_all(alice):
    agent = factories.agent(alice, visibility=Visibility.PUBLIC)
    assert collections.unseen_by(factories.collection(alice, visibility=Visibility.READONLY), [agent]) == {}


def test_the_form_of_an_agent_has_them(alice, client):
    first, second = (factories.collection(alice, name=name) for name in ("First", "Second"))
    agent = factories.agent(alice, visibility=Visibility.READONLY)
    workspace = Workspace(alice)
    assert "not find" not in given.keep(alice, workspace, agent, {"collections": []})
    said = given.keep(alice, workspace, agent, {"collections": [str(first.pk)]})
    assert "they find nothing of this collection" in said
    assert AgentForm(workspace=workspace, agent=agent).initial["given_collections"] == [str(first.pk)]
    given.keep(alice, workspace, agent, {"collections": [str(second.pk)]})
    assert [row.collection for row in AgentCollection.objects.all()] == [second]
    assert "Collections it searches" in client.get(f"/app/agents/{agent.pk}/edit/").content.decode()


def test_what_an_agent_has_from_elsewhere_stays(alice, carol):
    hers = factories.collection(carol)
    agent = factories.agent(alice)
    AgentCollection.objects.create(agent=agent, collection=hers)
    collections.keep_of_agent(alice, Workspace(alice), agent, [])
    assert AgentCollection.objects.get().collection == hers
    assert str(hers.pk) not in dict(collections.offered(Workspace(alice)))


# ---- chats ----------------------------------------------------------------------------------------------
def test_a_chat_searches_what_was_chosen_for_it(client, alice, carol):
    chat, mine, hers = ChatFactory(user=alice), factories.collection(alice), factories.collection(carol)
    path = f"/app/chats/{chat.pk}/collections/"
    assert "Handbook" in client.get(path).content.decode()
    assert client.post(path, {"collections": [hers.pk]}).status_code == 422
    client.post(path, {"collections": [mine.pk]})
    assert list(knowledge.of_topic(f"chat:{chat.pk}")) == [mine.pk]
    client.post(path, {})
    assert not ChatCollection.objects.exists()


@pytest.mark.parametrize("topic", ["", "run:1", "chat:x"])
def test_other_topics_search_none(topic):
    assert list(knowledge.of_topic(topic)) == []


def test_a_collection_of_a_team_stays_when_its_maker_leaves(alice, bob, team, sign_in):
    """They find nothing of it from then on, and whoever stays finds all, also once the maker's account is gone."""
    made = factories.collection(bob, team, factories.indexed(bob, team, content="The sieve stays dry."), name="Left")
    groups.leave(team=team, by=bob)
    assert not collections.available(Workspace(bob)).filter(pk=made.pk).exists()
    assert sign_in(bob).get(f"/app/collections/{made.pk}/").status_code == 404
    accounts.delete(by=bob)
    shown = sign_in(alice).get(f"/team/{team.slug}/collections/{made.pk}/").content.decode()
    assert "Left" in shown and "Plan" in shown
    assert search("dry sieve", Place(Workspace(alice, team))).passages[0].text == "The sieve stays dry."
