"""What a document was: named, and made its text again."""

import pytest

from documents.actions import versions, writing

pytestmark = pytest.mark.django_db


def test_a_name_is_given_and_taken_away(document):
    version = document.current_version
    for label in ("As printed", ""):
        versions.name(version=version, label=label)
        version.refresh_from_db()
        assert version.label == label


def test_a_name_brings_a_folded_version_back(document, alice):
    first = document.current_version
    writing.save(by=alice, document=document, content="new\n", base=1)
    versions.name(version=first, label="As printed")
    first.refresh_from_db()
    assert (first.label, first.is_folded) == ("As printed", False)


def test_restoring_is_a_new_version(document, alice, bob):
    first = document.current_version
    second = writing.save(by=bob, document=document, content="new\n", base=1).own
    made = versions.restore(by=alice, version=first)
    document.refresh_from_db()
    assert (document.content, document.current_version) == (first.content, made)
    assert (made.restored_from, made.base, made.created_by) == (first, second, alice)
    assert document.versions.filter(is_folded=False).count() == 3


def test_restoring_what_it_is_changes_nothing(document, alice):
    assert versions.restore(by=alice, version=document.current_version) == document.current_version
    assert document.versions.count() == 1


def test_what_was_kept_aside_can_become_the_text(document, alice, bob):
    writing.save(by=bob, document=document, content="ONE\n", base=1)
    aside = writing.save(by=alice, document=document, content="1\n", base=1).own
    versions.restore(by=alice, version=aside)
    document.refresh_from_db()
    assert document.content == "1\n"
