"""The index: passages take the place of others and are never doubled; counts of words follow."""

import pytest
from django.db import connection

from documents.actions import deleting, writing
from documents.knowledge import index
from documents.models import ChunkText, Document, DocumentChunk, DocumentFolder, SearchTotals, SearchWord
from sambung.lib.files.readers.markdown import blocks_of
from teams.folders import create_folder
from teams.workspace import Workspace
from tests import factories

pytestmark = pytest.mark.django_db


def counted(word: str) -> int:
    return sum(SearchWord.objects.filter(word=word).values_list("documents", flat=True))


def test_indexing_again_replaces_and_never_doubles(alice):
    made = factories.indexed(alice, content="# Beans\n\nBeans are stored in the cellar of the house.")
    for _ in range(3):
        index.replace(made, list(blocks_of(made.content)))
    assert DocumentChunk.objects.filter(document=made).count() == ChunkText.objects.count() == 1
    assert counted("cellar") == 1
    assert SearchTotals.objects.get(config="en").chunks == 1


def test_counts_follow_what_changes(alice):
    made = factories.indexed(alice, content="Beans are stored in the cellar of the house.")
    index.replace(made, list(blocks_of("Beans are kept in the attic of the house.")))
    assert (counted("cellar"), counted("attic")) == (0, 1)
    index.forget(Document.objects.filter(pk=made.pk))
    assert counted("attic") == SearchTotals.objects.get(config="en").chunks == 0


def test_counting_anew_gives_the_same(alice):
    for n in range(3):
        factories.indexed(alice, content=f"The beans of farm number {n} are in the cellar.")
    before = set(SearchWord.objects.exclude(documents=0).values_list("config", "word", "documents"))
    index.count_anew()
    assert set(SearchWord.objects.values_list("config", "word", "documents")) == before
    totals = SearchTotals.objects.get(config="en")
    assert (totals.chunks, round(totals.mean_length, 1)) == (3, round(_mean(), 1))


def _mean() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT avg(length(search))::float8 FROM document_chunk")
        return cursor.fetchone()[0]


def test_the_title_is_found_with_the_passage(alice):
    factories.indexed(alice, title="Warranty", content="It lasts for two years.")
    assert counted("warranti") + counted("warranty") == 1


def test_a_passage_lies_where_its_document_does(alice, team):
    personal = factories.indexed(alice, content="Beans.")
    shared = factories.indexed(alice, team, content="Beans.")
    scopes = dict(DocumentChunk.objects.values_list("document", "scope"))
    assert scopes == {personal.pk: alice.pk, shared.pk: team.pk}


def test_what_is_deleted_is_hidden_at_once_and_comes_back(alice):
    made = factories.indexed(alice, content="Beans.")
    deleting.delete_document(document=made)
    assert DocumentChunk.objects.get().scope is None
    deleting.restore_documents(Document.objects.filter(pk=made.pk))
    assert DocumentChunk.objects.get().scope == alice.pk


def test_a_folder_takes_the_passages_in_it_along(alice):
    folder = create_folder(DocumentFolder, workspace=Workspace(alice), name="Old")
    factories.indexed(alice, content="Beans.", folder=folder)
    deleting.delete_folder(folder=folder)
    assert DocumentChunk.objects.get().scope is None
    folder.refresh_from_db()
    deleting.restore_folders(type(folder).objects.filter(pk=folder.pk))
    assert DocumentChunk.objects.get().scope == alice.pk


def test_what_is_removed_for_good_leaves_nothing(alice):
    made = factories.indexed(alice, content="Beans are in the cellar of the house.")
    deleting.delete_document(document=made)
    deleting.remove_documents(Document.objects.filter(pk=made.pk))
    assert not DocumentChunk.objects.exists() and not ChunkText.objects.exists()
    assert counted("cellar") == 0


def test_a_document_that_is_deleted_while_it_is_indexed_stays_hidden(alice):
    made = factories.document(alice, content="Beans.")
    deleting.delete_document(document=made)
    made.refresh_from_db()
    index.replace(made, list(blocks_of(made.content)))
    assert DocumentChunk.objects.get().scope is None


def test_a_save_asks_for_the_index_once_it_is_committed(alice, django_capture_on_commit_callbacks, monkeypatch):
    asked = []
    monkeypatch.setattr("documents.knowledge.progress._enqueue", lambda pk, after: asked.append((pk, after)))
    with django_capture_on_commit_callbacks(execute=True):
        made = factories.document(alice, content="Beans.")
        writing.save(by=alice, document=made, content="Leaves.", base=1)
        writing.describe(document=made, title="Garden")
    assert asked == [(made.pk, 5)] * 3


def test_the_search_column_has_many_statistics():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstattarget, attstorage::text FROM pg_attribute"
            " WHERE attrelid = 'document_chunk'::regclass AND attname = 'search'"
        )
        assert cursor.fetchone() == (1000, "m")
