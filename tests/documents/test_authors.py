"""Who wrote a version: a person, or a model that somebody asked. A model's versions stand for themselves."""

import pytest

from agents.models import Agent
from documents.actions import versions, writing
from documents.actions.writing import Writer
from documents.models import DocumentVersion
from teams import accounts
from tests import factories
from tests.documents.test_personal_data import exported

pytestmark = pytest.mark.django_db
MODEL = Writer("Nusantara Large")


def write(document, by, content, base, writer=MODEL):
    return writing.save(by=by, document=document, content=content, base=base, writer=writer)


def shown(document) -> list[tuple[str, str]]:
    document.refresh_from_db()
    return [(row.author, row.content) for row in document.versions.filter(is_folded=False)]


def test_a_models_version_tells_model_and_person(document, alice):
    own = write(document, alice, "one\n", 1).own
    assert (own.author_kind, own.created_by, own.author) == ("model", alice, f"Nusantara Large for {alice}")
    assert document.current_version.author == str(alice)


def test_it_stays_when_the_agent_goes(document, alice):
    agent = factories.agent(alice, name="Buyer")
    own = write(document, alice, "one\n", 1, Writer("Buyer", agent.pk)).own
    assert own.agent == agent
    Agent.objects.filter(pk=agent.pk).delete()
    own.refresh_from_db()
    assert (own.agent, own.author) == (None, f"Buyer for {alice}")


def test_versions_of_a_model_are_never_folded(document, alice):
    for n, text in enumerate(("one\n", "two\n", "three\n"), start=1):
        write(document, alice, text, n)
    writing.save(by=alice, document=document, content="four\n", base=4)
    assert [text for _author, text in shown(document)] == ["four\n", "three\n", "two\n", "one\n", "one\ntwo\nthree\n"]


def test_what_a_person_saved_since_is_merged_with_it(document, alice, bob):
    writing.save(by=bob, document=document, content="one\ntwo\nthree\nfour\n", base=1)
    saved = write(document, alice, "ONE\ntwo\nthree\n", 1)
    assert (saved.own, saved.current.content) == (saved.current, "ONE\ntwo\nthree\nfour\n")
    assert saved.current.base.content == "one\ntwo\nthree\nfour\n"
    assert document.versions.count() == 3


def test_where_it_collides_it_is_kept_aside_as_the_models(document, alice, bob):
    writing.save(by=bob, document=document, content="1\ntwo\nthree\n", base=1)
    saved = write(document, alice, "ONE\ntwo\nthree\n", 1)
    assert (saved.is_collided, saved.own.author_kind) == (True, "model")
    document.refresh_from_db()
    assert document.content == "1\ntwo\nthree\n"


def test_a_stopped_one_is_marked_and_can_be_restored(document, alice):
    own = write(document, alice, "o", 1, Writer("Nusantara Large", is_partial=True)).own
    writing.save(by=alice, document=document, content="two\n", base=own.number)
    made = versions.restore(by=alice, version=own)
    assert (own.is_partial, made.is_partial, made.author_kind) == (True, False, "person")


def test_the_page_of_versions_tells_who(document, alice, sign_in, team):
    write(document, alice, "one\n", 1, Writer("Nusantara Large", is_partial=True))
    page = sign_in(alice).get(f"/team/{team.slug}/documents/{document.pk}/versions/").content.decode()
    assert f"Nusantara Large for {alice}" in page
    assert "Stopped while it was written" in page


def test_a_person_takes_along_what_a_model_wrote_for_them(document, bob):
    write(document, bob, "one\n", 1)
    ((_name, told),) = exported(bob).items()
    (row,) = told["versions"]
    assert (row["author_kind"], row["author_name"], row["content"]) == ("model", "Nusantara Large", "one\n")


def test_when_the_person_goes_the_model_stays_named(document, bob):
    own = write(document, bob, "one\n", 1).own
    accounts.delete(by=bob)
    kept = DocumentVersion.objects.get(pk=own.pk)
    assert (kept.created_by, kept.author) == (None, "Nusantara Large for Somebody who has left")
