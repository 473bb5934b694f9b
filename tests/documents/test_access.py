"""Who holds which documents: a person their own, the members of a team the team's, and nobody what was deleted."""

import pytest
from django.utils import timezone

from documents.models import Document, DocumentFolder, DocumentVersion
from teams import access
from teams.access import MANAGE, READ, WRITE
from teams.folders import create_folder
from teams.workspace import Workspace

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("person", "held"), [("alice", {READ, WRITE, MANAGE}), ("bob", {READ, WRITE}), ("carol", set())]
)
def test_a_teams_documents_are_its_members(request, document, team, alice, person, held):
    user = request.getfixturevalue(person)
    folder = create_folder(DocumentFolder, workspace=Workspace(alice, team), name="Work")
    for row in (document, document.current_version, folder):
        found = {level for level in (READ, WRITE, MANAGE) if access.rows(user, type(row).objects.all(), level).exists()}
        assert found == held


def test_a_persons_documents_are_theirs_alone(write, bob, alice, team):
    mine = write()
    assert list(access.rows(Workspace(alice), Document.objects.all())) == [mine]
    assert not access.rows(Workspace(alice, team), Document.objects.all()).exists()
    assert not access.rows(bob, Document.objects.all()).exists()


def test_what_was_deleted_is_hidden_with_its_versions(document, alice):
    Document.objects.filter(pk=document.pk).update(deleted_at=timezone.now())
    assert not access.rows(alice, Document.objects.all()).exists()
    assert not access.rows(alice, DocumentVersion.objects.all()).exists()
    assert access.deleted_rows(alice, Document.objects.all()).get() == document


def test_a_deleted_folder_is_hidden(alice):
    create_folder(DocumentFolder, workspace=Workspace(alice), name="Work")
    DocumentFolder.objects.update(deleted_at=timezone.now())
    assert not access.rows(alice, DocumentFolder.objects.all()).exists()
