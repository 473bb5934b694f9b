"""Admin pages of documents: whose they are, not what was written in them; what admins do is in the audit log."""

import pytest

from documents.models import Document, DocumentLink
from sambung.lib.files.blocks import Block
from teams.models import AuditEntry, UserRole
from tests import factories
from tests.factories import UserFactory

CANARY = "CANARYtext"


@pytest.fixture
def page(db, sign_in):
    return sign_in(UserFactory(role=UserRole.ADMIN))


@pytest.fixture
def secret(write) -> Document:
    return write(CANARY, title=CANARY)


def test_no_words_on_any_page(page, secret):
    version = secret.current_version
    version.label = CANARY
    version.save()
    link = DocumentLink.objects.create(document=secret, mode="live", token=CANARY, password=CANARY)
    for row in (secret, version, link):
        for path in ("", f"?q={row.pk}", f"{row.pk}/change/", f"{row.pk}/history/"):
            response = page.get(f"/admin/documents/{row._meta.model_name}/{path}")
            assert response.status_code == 200, path
            assert CANARY not in response.content.decode(), path


def test_documents_are_put_away_and_taken_back(page, secret):
    for act, is_deleted, action in (
        ("put_away", True, "document.deleted"),
        ("take_back", False, "document.restored"),
    ):
        page.post("/admin/documents/document/", {"action": act, "_selected_action": [str(secret.pk)]})
        secret.refresh_from_db()
        assert (secret.deleted_at is not None, secret.title) == (is_deleted, CANARY)
        assert AuditEntry.objects.filter(action=action, target=str(secret.pk)).count() == 1


def test_files_are_read_again(page, alice):
    made = factories.read_file(alice, blocks=[Block("paragraph", CANARY)])
    page.post("/admin/documents/document/", {"action": "read_again", "_selected_action": [str(made.pk)]})
    made.refresh_from_db()
    assert made.status == "queued"
    assert AuditEntry.objects.filter(action="document.read_again", target=str(made.pk)).exists()


def test_an_open_collection_is_closed(page, alice):
    made = factories.collection(alice, visibility="readonly", description=CANARY)
    page.post("/admin/documents/collection/", {"action": "close", "_selected_action": [str(made.pk)]})
    made.refresh_from_db()
    assert (made.visibility, made.description) == ("private", CANARY)
    assert AuditEntry.objects.filter(action="collection.closed", target=str(made.pk)).exists()


def test_what_was_read_is_on_no_page(page, alice):
    made = factories.read_file(alice, blocks=[Block("paragraph", CANARY)])
    for path in ("", f"?q={made.pk}", f"{made.extraction.pk}/change/"):
        response = page.get(f"/admin/documents/documentextraction/{path}")
        assert response.status_code == 200, path
        assert CANARY not in response.content.decode(), path
