"""What a person takes with them of documents, and what becomes of these when the person goes."""

import io
import json
import zipfile

import pytest

from documents.actions import writing
from documents.models import Collection, Document, DocumentChunk, DocumentFolder, DocumentVersion, SearchWord
from teams import accounts
from teams.folders import create_folder
from teams.workspace import Workspace
from tests import factories

pytestmark = pytest.mark.django_db


def exported(person) -> dict[str, dict]:
    archive = zipfile.ZipFile(io.BytesIO(accounts.export(by=person).read()))
    return {name: json.loads(archive.read(name)) for name in archive.namelist() if "documents/" in name}


def test_a_person_takes_their_documents_with_versions(write, alice):
    work = create_folder(DocumentFolder, workspace=Workspace(alice), name="Work")
    document = write(
        "one\n", folder=create_folder(DocumentFolder, workspace=Workspace(alice), name="Coffee", parent=work)
    )
    (told,) = exported(alice).values()
    assert (told["title"], told["content"], told["folder"]) == ("Plan", "one\n", ["Work", "Coffee"])
    assert [(row["number"], row["content"]) for row in told["versions"]] == [(1, "one\n")]
    assert told["id"] == str(document.pk)


def test_of_a_teams_documents_a_person_takes_what_they_saved(document, bob):
    writing.save(by=bob, document=document, content="one\n", base=1)
    ((name, told),) = exported(bob).items()
    assert name == f"team-documents/{document.pk}.json"
    assert [row["content"] for row in told["versions"]] == ["one\n"]
    assert "content" not in told


def test_a_persons_own_go_with_them_and_a_teams_stay(write, document, bob, team, alice):
    writing.save(by=bob, document=document, content="one\n", base=1)
    writing.create(by=bob, workspace=Workspace(bob), title="Mine")
    create_folder(DocumentFolder, workspace=Workspace(bob), name="Mine")
    accounts.delete(by=bob)
    assert list(Document.objects.all()) == [document]
    assert not DocumentFolder.objects.exists()
    assert [row.created_by for row in DocumentVersion.objects.filter(document=document)] == [None, alice]


def test_a_person_takes_their_files_and_collections(alice):
    made = factories.file(alice, name="plan.txt", data=b"Beans.")
    collection = factories.collection(alice, None, made, name="Mine")
    archive = zipfile.ZipFile(io.BytesIO(accounts.export(by=alice).read()))
    assert archive.read(f"documents/{made.pk}.txt") == b"Beans."
    told = json.loads(archive.read(f"collections/{collection.pk}.json"))
    assert (told["name"], told["documents"]) == ("Mine", [str(made.pk)])


def test_passages_and_collections_go_with_a_person_and_a_teams_stay(alice, bob, team):
    ours = factories.indexed(bob, team, content="The cellar of the house is full.")
    factories.indexed(bob, content="The cellar of the house is full.")
    for place in (None, team):
        factories.collection(bob, place)
    accounts.delete(by=bob)
    assert [chunk.document for chunk in DocumentChunk.objects.all()] == [ours]
    assert SearchWord.objects.get(word="cellar").documents == 1
    assert Collection.objects.get().team == team
