"""Each constraint of this app, broken once."""

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from documents.models import (
    CONTENT_LENGTH,
    AgentCollection,
    Collection,
    CollectionItem,
    Document,
    DocumentChunk,
    DocumentFolder,
    DocumentLink,
    DocumentPicture,
    DocumentVersion,
    EmbeddingSpace,
    SearchTotals,
    SearchWord,
)
from tests import factories

pytestmark = pytest.mark.django_db


def in_itself(document) -> None:
    made = DocumentFolder.objects.create(user=document.user, name="x")
    DocumentFolder.objects.filter(pk=made.pk).update(parent=made)


def version(document, **fields) -> None:
    DocumentVersion.objects.create(document=document, **{"number": 2} | fields)


def link(document, **fields) -> None:
    DocumentLink.objects.create(document=document, **{"token": "1", "mode": "live"} | fields)


def same_token(document) -> None:
    link(document)
    link(factories.document(document.user))


def same_picture(document) -> None:
    told = {"file": "documents/1", "name": "x.png", "mime_type": "image/png", "size": 1, "sha256": "0" * 64}
    for _ in range(2):
        DocumentPicture.objects.create(document=document, **told)


def passage(document, **fields) -> DocumentChunk:
    return DocumentChunk.objects.create(document=document, position=0, **fields)


def twice(model: type[models.Model], **fields) -> None:
    for _ in range(2):
        model.objects.create(**fields)


def collected(document) -> dict:
    return {"collection": factories.collection(document.user), "document": document}


def given(document) -> dict:
    return {"collection": factories.collection(document.user), "agent": factories.agent(document.user)}


def space(**fields) -> EmbeddingSpace:
    return EmbeddingSpace.objects.create(**{"provider": "ollama", "model": "m"} | fields)


def same_file(document) -> None:
    made = [factories.file(document.user) for _ in range(2)]
    Document.objects.filter(pk=made[0].pk).update(file=made[1].file)


TOO_LONG = "x" * (CONTENT_LENGTH + 1)
BROKEN = {
    "document_has_owner": lambda document: Document.objects.create(),
    "document_kind_known": lambda document: Document.objects.create(user=document.user, kind="poem"),
    "document_language_of_code": lambda document: Document.objects.create(user=document.user, language="python"),
    "document_content_length": lambda document: Document.objects.create(user=document.user, content=TOO_LONG),
    "document_status_known": lambda document: Document.objects.create(user=document.user, status="lost"),
    "document_file_of_kind": lambda document: Document.objects.create(user=document.user, kind="file"),
    "document_file_unique": same_file,
    "document_daily_has_address": lambda document: Document.objects.create(user=document.user, is_daily=True),
    "document_chunk_document_position": lambda document: (passage(document), passage(document)),
    "search_word_word_config": lambda document: twice(SearchWord, word="bean", config="en", documents=1),
    "search_word_counted": lambda document: SearchWord.objects.create(word="bean", documents=-1),
    "search_totals_config": lambda document: twice(SearchTotals, config="en"),
    "collection_has_owner": lambda document: Collection.objects.create(name="x"),
    "collection_visibility_known": lambda document: factories.collection(document.user, visibility="some"),
    "collection_item_collection_document": lambda document: twice(CollectionItem, **collected(document)),
    "agent_collection_agent_collection": lambda document: twice(AgentCollection, **given(document)),
    "document_version_document_number": lambda document: version(document, number=1),
    "document_version_number_from_one": lambda document: version(document, number=0),
    "document_version_folded_is_plain": lambda document: version(document, is_folded=True, label="As printed"),
    "document_version_author_known": lambda document: version(document, author_kind="ghost"),
    "document_version_agent_of_model": lambda document: version(document, author_name="Nusantara"),
    "document_version_models_stay": lambda document: version(document, author_kind="model", is_folded=True),
    "document_version_content_length": lambda document: version(document, content=TOO_LONG),
    "document_link_token_unique": same_token,
    "document_link_mode_known": lambda document: link(document, mode="x"),
    "document_link_snapshot_of_version": lambda document: link(document, mode="snapshot"),
    "document_picture_file_unique": same_picture,
    "embedding_space_state_known": lambda document: space(state="gone"),
    "embedding_space_dimensions_indexed": lambda document: space(dimensions=4001),
    "embedding_space_one_live": lambda document: (space(state="live"), space(state="live")),
    "embedding_space_one_building": lambda document: (space(), space()),
    "document_folder_one_owner": lambda document: DocumentFolder.objects.create(name="x"),
    "document_folder_not_in_itself": in_itself,
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_refused_by_its_name(name, document):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BROKEN[name](document)
    assert refused.value.__cause__.diag.constraint_name == name


def test_each_is_broken_once():
    found = apps.get_app_config("documents").get_models()
    assert {rule.name for model in found for rule in model._meta.constraints} == set(BROKEN)
    assert all(isinstance(rule, models.BaseConstraint) for rule in Document._meta.constraints)
