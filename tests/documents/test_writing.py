"""Saves: each is a version, those of one author in two minutes are one, and what others saved meanwhile is merged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from documents.actions import versions, writing
from documents.models import Document, DocumentVersion

pytestmark = pytest.mark.django_db


def save(document, by, content, base=None):
    document.refresh_from_db()
    number = document.current_version.number if base is None else base
    return writing.save(by=by, document=document, content=content, base=number)


def shown(document) -> list[tuple[str, str]]:
    """Author and text of the versions that are shown, newest first."""
    rows = document.versions.filter(is_folded=False).select_related("created_by")
    return [(row.created_by.name.split()[0], row.content) for row in rows]


def later(document, **how) -> None:
    """Let the versions be older."""
    moment = timezone.now() - timedelta(**how)
    document.versions.update(begun_at=moment, created_at=moment)


def test_a_new_document_is_its_first_version(document, alice):
    version = document.current_version
    assert (version.number, version.base, version.created_by, version.content) == (1, None, alice, document.content)


def test_a_save_is_a_version_with_author_and_base(document, alice, bob):
    first = document.current_version
    saved = save(document, bob, "one\ntwo\n")
    assert (saved.current, saved.own, saved.merged, saved.is_collided) == (saved.own, saved.own, None, False)
    assert (saved.own.base, saved.own.created_by) == (first, bob)
    document.refresh_from_db()
    assert (document.content, document.current_version) == ("one\ntwo\n", saved.own)
    assert shown(document) == [("Bob", "one\ntwo\n"), ("Alice", "one\ntwo\nthree\n")]


def test_saves_of_one_author_within_two_minutes_are_one_version(document, alice, bob):
    for text in ("one\n", "two\n", "three\n"):
        save(document, alice, text)
    assert shown(document) == [("Alice", "three\n")]
    save(document, bob, "four\n")
    save(document, alice, "five\n")
    assert shown(document) == [("Alice", "five\n"), ("Bob", "four\n"), ("Alice", "three\n")]


def test_after_two_minutes_it_is_another_version(document, alice):
    later(document, minutes=1)
    save(document, alice, "one\n")
    later(document, minutes=2, seconds=1)
    save(document, alice, "two\n")
    assert shown(document) == [("Alice", "two\n"), ("Alice", "one\n")]


def test_the_two_minutes_begin_with_the_first_save(document, alice):
    later(document, minutes=1, seconds=50)
    begun = document.versions.get().begun_at
    save(document, alice, "one\n")
    document.refresh_from_db()
    assert document.current_version.begun_at == begun


@pytest.mark.parametrize("kind", ["named", "restored"])
def test_a_version_with_a_meaning_stays_for_itself(kind, document, alice):
    if kind == "named":
        versions.name(version=document.current_version, label="As printed")
    else:
        save(document, alice, "one\n")
        versions.restore(by=alice, version=document.versions.get(number=1))
    save(document, alice, "more\n")
    assert "one\ntwo\nthree\n" in [content for _, content in shown(document)[1:]]


def test_nothing_new_is_no_version(document, alice, bob):
    save(document, bob, document.content)
    assert document.versions.count() == 1


def test_whoever_changed_nothing_takes_nothing_back(document, alice, bob):
    save(document, bob, "one\n", base=1)
    saved = save(document, alice, "one\ntwo\nthree\n", base=1)
    document.refresh_from_db()
    assert (saved.current.content, document.content, document.versions.count()) == ("one\n", "one\n", 2)


# ---- merged ---------------------------------------------------------------------------------------------
def test_two_who_wrote_on_one_version_are_merged(document, alice, bob):
    save(document, bob, "ONE\ntwo\nthree\n", base=1)
    saved = save(document, alice, "one\ntwo\nTHREE\n", base=1)
    document.refresh_from_db()
    assert document.content == saved.current.content == "ONE\ntwo\nTHREE\n"
    assert saved.own.content == "one\ntwo\nTHREE\n"
    assert not saved.is_collided
    assert [author for author, _ in shown(document)] == ["Alice", "Bob", "Alice"]


def test_two_tabs_of_one_person_are_merged_as_well(document, alice):
    save(document, alice, "ONE\ntwo\nthree\n", base=1)
    save(document, alice, "one\ntwo\nTHREE\n", base=1)
    document.refresh_from_db()
    assert document.content == "ONE\ntwo\nTHREE\n"


def test_whoever_was_merged_goes_on_from_what_they_sent(document, alice, bob):
    """What was typed while the answer came is merged with what is new in it, not taken for its removal."""
    save(document, bob, "ONE\ntwo\nthree\n", base=1)
    own = save(document, alice, "one\ntwo\nTHREE\n", base=1).own
    save(document, alice, "one\ntwo\nTHREE\nfour\n", base=own.number)
    document.refresh_from_db()
    assert document.content == "ONE\ntwo\nTHREE\nfour\n"


def test_what_collides_is_kept_aside(document, alice, bob):
    theirs = save(document, bob, "ONE\ntwo\nthree\n", base=1)
    saved = save(document, alice, "1\ntwo\nthree\n", base=1)
    document.refresh_from_db()
    assert (document.content, saved.current) == ("ONE\ntwo\nthree\n", theirs.current)
    assert (saved.own.content, saved.own.is_aside, saved.own.base.number) == ("1\ntwo\nthree\n", True, 1)
    assert saved.merged.text == "ONE\n1\ntwo\nthree\n"


def test_the_same_text_is_kept_aside_once(document, alice, bob):
    save(document, bob, "ONE\n", base=1)
    kept = {save(document, alice, "1\n", base=1).own for _ in range(2)}
    assert len(kept) == 1


def test_both_at_once_may_be_too_long(document, alice, bob):
    half = 300_001
    later(document, minutes=5)
    save(document, alice, "a" * 400_000 + "\nend\n")
    base = document.versions.first().number
    save(document, bob, "a" * 400_000 + "\nend\n" + "b" * half, base=base)
    saved = save(document, alice, "c" * half + "\n" + "a" * 400_000 + "\nend\n", base=base)
    assert saved.is_collided


def test_on_a_version_that_is_forgotten_nothing_is_lost(document, alice, bob):
    saved = save(document, bob, "one\n", base=999)
    document.refresh_from_db()
    assert saved.is_collided
    assert {document.content, saved.own.content} == {"one\ntwo\nthree\n", "one\n"}


def test_a_deleted_document_takes_what_is_saved(document, bob):
    Document.objects.filter(pk=document.pk).update(deleted_at=timezone.now())
    save(document, bob, "one\n")
    document.refresh_from_db()
    assert (document.content, document.deleted_at is None) == ("one\n", False)


# ---- folded versions ------------------------------------------------------------------------------------
def test_the_newest_folded_versions_are_kept(document, alice):
    for n in range(writing.MOST_FOLDED + 5):
        save(document, alice, f"{n}\n")
    assert document.versions.filter(is_folded=True).count() == writing.MOST_FOLDED
    assert document.versions.filter(is_folded=False).count() == 1


def test_one_that_somebody_has_opened_is_kept_with_them(document, alice, bob):
    opened = save(document, alice, "first\none\ntwo\nthree\n").own
    writing.open_version(version=opened)
    for n in range(writing.MOST_FOLDED + 5):
        save(document, alice, f"first\none\ntwo\nthree {n}\n")
    save(document, bob, "FIRST\none\ntwo\nthree\n", base=opened.number)
    document.refresh_from_db()
    assert document.content.startswith("FIRST\none\ntwo\nthree ")


def test_one_that_was_opened_goes_a_day_later(document, alice):
    first = document.current_version
    writing.open_version(version=first)
    save(document, alice, "one\n")
    later(document, days=2)
    assert writing.forget_old() == 0
    document.versions.update(opened_at=timezone.now() - timedelta(days=1, minutes=1))
    assert writing.forget_old() == 1


def test_folded_versions_go_after_a_day_but_for_those_that_are_a_base(document, alice, bob):
    save(document, alice, "one\n")  # stands for the first
    save(document, bob, "ONE\n", base=2)
    aside = save(document, alice, "1\n", base=1).own
    save(document, alice, "uno\n", base=3)
    save(document, alice, "eins\n")
    later(document, days=1, minutes=1)
    assert writing.forget_old() == 1
    left = document.versions.filter(is_folded=True)
    assert [row.pk for row in left] == [aside.base_id]


# ---- at the same time -----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_saves_at_the_same_moment_none_is_lost(document, alice, bob):
    people = [alice, bob] * 4
    later(document, minutes=5)

    def act(n: int) -> None:
        try:
            text = document.content.replace("two", "two\n" * n + f"new{n}") if n % 2 else f"new{n}\n{document.content}"
            writing.save(by=people[n], document=document, content=text, base=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(act, range(len(people))))
    document.refresh_from_db()
    everything = " ".join(DocumentVersion.objects.filter(document=document).values_list("content", flat=True))
    assert {f"new{n}" for n in range(len(people))} <= set(everything.split())
    numbers = sorted(document.versions.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    asides = document.versions.filter(is_aside=True).values_list("content", flat=True)
    kept = " ".join([document.content, *asides])
    assert {f"new{n}" for n in range(len(people))} <= set(kept.split())
