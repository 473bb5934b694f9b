"""Embedding spaces in Django admin: opened with what the instance has, looked at, given up."""

import pytest

from agents.models import ApiKey
from documents.models import EmbeddingSpace
from teams.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
ADD, LIST = "/admin/documents/embeddingspace/add/", "/admin/documents/embeddingspace/"


@pytest.fixture
def key(db) -> ApiKey:
    return factories.api_key(label="The server's")


def test_a_space_is_opened_with_a_key_of_the_server(admin_client, key, alice):
    mine = factories.api_key(alice, label="My own")
    page = admin_client.get(ADD).content.decode()
    assert (str(key.pk) in page, str(mine.pk) in page) == (True, False)
    sent = admin_client.post(ADD, {"place": str(key.pk), "model": "text-embedding-3-small"})
    assert sent.status_code == 302
    space = EmbeddingSpace.objects.get()
    assert (space.api_key, space.provider, space.model, space.state) == (
        key,
        "openai",
        "text-embedding-3-small",
        "building",
    )
    assert AuditEntry.objects.get(action="embedding_space.opened").target == "text-embedding-3-small"


def test_one_that_is_there_and_a_place_that_is_not_are_refused_in_words(admin_client, key, alice):
    admin_client.post(ADD, {"place": str(key.pk), "model": "m"})
    again = admin_client.post(ADD, {"place": str(key.pk), "model": "m"})
    assert "in use already" in again.content.decode()
    assert admin_client.post(ADD, {"place": str(factories.api_key(alice).pk), "model": "m"}).status_code == 200
    assert EmbeddingSpace.objects.count() == 1


def test_why_nothing_goes_on_is_shown(admin_client):
    EmbeddingSpace.objects.create(provider="ollama", model="m", error_code="connect_failed")
    assert "cannot be reached" in admin_client.get(LIST).content.decode()


def test_a_space_is_given_up(admin_client):
    space = EmbeddingSpace.objects.create(provider="ollama", model="m", state="live")
    admin_client.post(LIST, {"action": "give_up", "_selected_action": [space.pk]})
    assert EmbeddingSpace.objects.get().state == "old"
    assert AuditEntry.objects.filter(action="embedding_space.closed").exists()
