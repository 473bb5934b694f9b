"""A document is saved while somebody writes on: what is answered, and how it would look."""

import pytest
from django.test import Client

from documents.actions import writing
from documents.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(alice, sign_in) -> Client:
    return sign_in(alice)


def send(client: Client, document: Document, content: str, base: int = 1, **more) -> dict:
    given = {"base": base, "seen": "Plan", "title": "Plan", "content": content} | more
    response = client.post(f"/team/{document.team.slug}/documents/{document.pk}/save/", given)
    assert response.status_code == 200
    return response.json()


def test_what_is_saved_is_the_base_of_what_follows(client, document):
    assert send(client, document, "one\n") == {"state": "saved", "base": 2, "current": 2, "merged": None}
    assert send(client, document, "one\ntwo\n", base=2) == {"state": "saved", "base": 3, "current": 3, "merged": None}


def test_what_others_saved_comes_back_merged(client, document, bob):
    writing.save(by=bob, document=document, content="ONE\ntwo\nthree\n", base=1)
    found = send(client, document, "one\ntwo\nTHREE\n")
    assert found == {"state": "saved", "base": 3, "current": 4, "merged": "ONE\ntwo\nTHREE\n"}
    assert document.versions.get(number=3).content == "one\ntwo\nTHREE\n"


def test_whoever_sends_what_they_had_gets_what_is_new(client, document, bob):
    writing.save(by=bob, document=document, content="ONE\ntwo\nthree\n", base=1)
    found = send(client, document, "one\ntwo\nthree\n")
    assert found == {"state": "saved", "base": 1, "current": 2, "merged": "ONE\ntwo\nthree\n"}


def test_what_collides_is_stored_and_told(client, document, bob):
    writing.save(by=bob, document=document, content="ONE\ntwo\nthree\n", base=1)
    assert send(client, document, "uno\ntwo\nthree\n") == {"state": "collided", "base": 1, "current": 2, "merged": None}
    assert document.versions.get(is_aside=True).content == "uno\ntwo\nthree\n"


def test_title_and_language_are_saved_as_well(client, document):
    send(client, document, "one\n", title="Better")
    document.refresh_from_db()
    assert document.title == "Better"


def test_a_deleted_document_says_so_and_keeps_the_text(client, document, bob, sign_in):
    sign_in(bob).post(f"/team/{document.team.slug}/documents/{document.pk}/delete/")
    assert send(client, document, "one\n")["state"] == "deleted"
    document.refresh_from_db()
    assert document.content == "one\n"


def test_what_cannot_be_saved_is_told_by_field(client, document):
    response = client.post(
        f"/team/{document.team.slug}/documents/{document.pk}/save/", {"base": 1, "title": "x" * 201, "content": "one"}
    )
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["title"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"content": "**bold**"}, "<strong>bold</strong>"),
        ({"content": "a,b", "kind": "sheet"}, '<th scope="col">a</th>'),
        ({"content": "<script>", "kind": "no such kind"}, "&lt;script&gt;"),
    ],
)
def test_a_preview_shows_what_is_sent(client, given, shown):
    assert shown in client.post("/app/documents/preview/", given).content.decode()


def test_what_others_have_saved_is_asked_for(document, alice, bob, sign_in, team):
    client, path = sign_in(bob), f"/team/{team.slug}/documents/{document.pk}/current/"
    assert client.get(path, {"base": 1}).json() == {"current": 1, "content": None}
    saved = writing.save(by=alice, document=document, content="later", base=1)
    assert client.get(path, {"base": 1}).json() == {"current": saved.current.number, "content": "later"}
    saved.current.refresh_from_db()
    assert saved.current.opened_at, "somebody writes on it now"
    assert sign_in(alice).get(f"/app/documents/{document.pk}/current/").status_code == 404
