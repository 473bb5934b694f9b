"""Folders of documents: nested, moved, deleted with what lies in them, and taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.actions import deleting, folders
from documents.models import Document, DocumentFolder, DocumentVersion
from sambung.lib.errors import Refused
from teams import access, trash
from teams.folders import create_folder, move_folder, rename_folder
from teams.workspace import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(alice) -> tuple[DocumentFolder, DocumentFolder]:
    """A folder of Alice's, and one in it."""
    work = create_folder(DocumentFolder, workspace=Workspace(alice), name="Work")
    return work, create_folder(DocumentFolder, workspace=Workspace(alice), name="Coffee", parent=work)


def test_a_folder_is_renamed_and_moved(shelf):
    work, coffee = shelf
    rename_folder(folder=coffee, name="Tea")
    move_folder(folder=coffee, to=None)
    coffee.refresh_from_db()
    assert (coffee.name, coffee.parent) == ("Tea", None)
    with pytest.raises(Refused, match="itself"):
        move_folder(folder=work, to=work)


def test_a_folder_cannot_lie_in_one_of_another_scope(shelf, alice, team):
    common = create_folder(DocumentFolder, workspace=Workspace(alice, team), name="Common")
    with pytest.raises(Refused):
        move_folder(folder=shelf[0], to=common)


def test_a_document_is_placed_where_it_belongs(shelf, write, alice, team):
    document = write()
    folders.place(document=document, folder=shelf[1])
    document.refresh_from_db()
    assert document.folder == shelf[1]
    folders.place(document=document, folder=None)
    common = create_folder(DocumentFolder, workspace=Workspace(alice, team), name="Common")
    with pytest.raises(Refused):
        folders.place(document=document, folder=common)


def test_a_folder_goes_with_what_lies_in_it_and_brings_it_back(shelf, write, alice):
    inside, below, before = write(folder=shelf[0]), write(folder=shelf[1]), write(folder=shelf[1])
    deleting.delete_document(document=before)
    assert deleting.count(folder=shelf[0]) == 2
    assert deleting.delete_folder(folder=shelf[0]) == 2
    assert not access.rows(alice, Document.objects.all()).exists()
    assert not access.rows(alice, DocumentFolder.objects.all()).exists()
    deleting.restore_folders(DocumentFolder.objects.filter(pk=shelf[0].pk))
    assert set(access.rows(alice, Document.objects.all())) == {inside, below}
    below.refresh_from_db()
    assert below.folder == shelf[1]


def test_what_lay_in_a_folder_that_stays_deleted_comes_back_outside(shelf, write):
    document = write(folder=shelf[1])
    deleting.delete_folder(folder=shelf[0])
    deleting.restore_documents(Document.objects.filter(pk=document.pk))
    deleting.restore_folders(DocumentFolder.objects.filter(pk=shelf[1].pk))
    document.refresh_from_db()
    shelf[1].refresh_from_db()
    assert (document.folder, document.deleted_at, shelf[1].parent) == (None, None, None)


def test_after_thirty_days_all_of_it_is_gone(shelf, write):
    document = write(folder=shelf[0])
    deleting.delete_folder(folder=shelf[0])
    trash.remove_old()
    assert Document.objects.filter(pk=document.pk).exists()
    moment = timezone.now() - timedelta(days=31)
    for model in (Document, DocumentFolder):
        model.objects.update(deleted_at=moment)
    trash.remove_old()
    assert not Document.objects.exists()
    assert not DocumentVersion.objects.exists()
    assert not DocumentFolder.objects.exists()
