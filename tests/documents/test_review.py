"""A model's changes are kept or undone by a person, place by place, whatever was typed since."""

import pytest
from django.test import Client

from documents import reviewing
from documents.actions import review, versions, writing
from documents.actions.writing import Writer
from documents.models import Document
from tests.guards.world import SCRIPT

pytestmark = pytest.mark.django_db
BEFORE = "one\ntwo\nthree\nfour\nfive\n"
AFTER = "ONE\ntwo\nthree\nfour\nFIVE\n"


@pytest.fixture
def plan(write, alice) -> Document:
    """A document of which a model has changed two places."""
    made = write(BEFORE)
    writing.save(by=alice, document=made, content=AFTER, base=1, writer=Writer("Nusantara Large"))
    made.refresh_from_db()
    return made


@pytest.fixture
def client(alice, sign_in) -> Client:
    return sign_in(alice)


def text(document) -> str:
    document.refresh_from_db()
    return document.content


def test_the_places_of_a_model_are_open_and_those_of_a_person_are_not(plan, alice):
    assert plan.current_version.open_hunks == [0, 1]
    saved = writing.save(by=alice, document=plan, content="one\n", base=2)
    assert saved.own.open_hunks == []


def test_a_new_document_has_nothing_to_undo(alice, write):
    made = write("one\n", writer=Writer("Nusantara Large"))
    assert made.current_version.open_hunks == []
    assert reviewing.reviews(made) == []


def test_what_is_kept_is_not_asked_about_again(plan):
    review.keep(document=plan, version=plan.current_version, place=0)
    ((number, change),) = reviewing.reviews(plan)[0].places
    assert (number, change.label) == (1, "Line 5")
    review.keep(document=plan)
    assert reviewing.reviews(plan) == []
    assert text(plan) == AFTER


def test_one_place_is_undone_and_the_other_stays(plan, alice):
    (saved,) = review.undo(by=alice, document=plan, version=plan.current_version, place=0)
    assert text(plan) == "one\ntwo\nthree\nfour\nFIVE\n"
    assert (saved.current.author_kind, saved.current.created_by) == ("person", alice)
    assert [number for number, _change in reviewing.reviews(plan)[0].places] == [1]


def test_it_is_merged_with_what_was_typed_since(plan, alice):
    version = plan.current_version
    writing.save(by=alice, document=plan, content=AFTER.replace("three", "three and a half"), base=2)
    review.undo(by=alice, document=plan, version=version, place=1)
    assert text(plan) == "ONE\ntwo\nthree and a half\nfour\nfive\n"


def test_all_of_it_is_undone_over_several_versions(plan, alice):
    writing.save(by=alice, document=plan, content=f"{AFTER}six\n", base=2, writer=Writer("Nusantara Large"))
    review.undo(by=alice, document=plan)
    assert text(plan) == BEFORE
    assert reviewing.reviews(plan) == []


def test_undoing_twice_changes_nothing_more(plan, alice):
    version = plan.current_version
    review.undo(by=alice, document=plan, version=version, place=0)
    writing.save(by=alice, document=plan, content=AFTER, base=3)
    review.undo(by=alice, document=plan, version=version, place=0)
    assert text(plan) == AFTER


def test_where_a_person_typed_over_it_both_texts_are_kept(plan, alice, client):
    version = plan.current_version
    writing.save(by=alice, document=plan, content=AFTER.replace("ONE", "First"), base=2)
    posted = {"act": "undo", "version": str(version.pk), "place": "0"}
    answer = client.post(f"/app/documents/{plan.pk}/review/", posted)
    aside = plan.versions.get(is_aside=True)
    assert aside.content == "one\ntwo\nthree\nfour\nFIVE\n"
    assert text(plan) == AFTER.replace("ONE", "First")
    assert answer["Location"] == f"/app/documents/{plan.pk}/edit/?aside={aside.pk}"
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "Both texts are kept" in page.content.decode()


def test_another_documents_version_is_not_there(plan, write, client):
    other = write("x")
    path = f"/app/documents/{other.pk}/review/"
    assert client.post(path, {"act": "undo", "version": str(plan.current_version.pk)}).status_code == 404
    assert client.get(f"/app/documents/{other.pk}/edit/?aside={plan.current_version.pk}").status_code == 404


def test_what_was_restored_leaves_nothing_open(plan, alice):
    versions.restore(by=alice, version=plan.versions.get(number=1))
    assert reviewing.reviews(plan) == []


def test_the_page_asks_by_plain_forms(plan, client):
    page = client.get(f"/app/documents/{plan.pk}/").content.decode()
    assert page.count('name="place"') == 2
    assert "hx-post" not in page.partition('class="review"')[2].partition("</section>")[0]
    answer = client.post(
        f"/app/documents/{plan.pk}/review/", {"act": "undo", "version": plan.current_version.pk, "place": 1}
    )
    assert answer["Location"] == f"/app/documents/{plan.pk}/"
    assert text(plan) == "ONE\ntwo\nthree\nfour\nfive\n"


def test_a_script_is_told_that_the_document_changed(plan, client):
    answer = client.post(f"/app/documents/{plan.pk}/review/", {"act": "keep"}, headers=SCRIPT)
    assert answer.status_code == 204
    assert "document-changed" in answer["HX-Trigger"]


def test_nothing_else_can_be_done(plan, client):
    assert client.post(f"/app/documents/{plan.pk}/review/", {"act": "burn"}).status_code == 404
