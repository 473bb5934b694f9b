"""Files as documents: added, listed with their state, read by pages, taken along, deleted with their bytes."""

import re
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents import files, paging
from documents.actions import deleting, uploading
from documents.knowledge import extraction, progress
from documents.models import Document, DocumentChunk, DocumentFolder
from sambung.lib.errors import Refused
from sambung.lib.files.blocks import Block, heading, table, text_of
from teams import quotas
from teams.folders import create_folder
from teams.workspace import Workspace
from tests import factories
from tests.guards.world import SCRIPT
from tests.lib.files.reading import SAMPLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(alice, sign_in) -> Client:
    return sign_in(alice)


def upload(client: Client, *given: tuple[str, bytes], headers=None, **fields):
    sent = [SimpleUploadedFile(name, data) for name, data in given]
    return client.post("/app/documents/upload/", {"upload": sent, **fields}, headers=headers)


def html(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


# ---- added ----------------------------------------------------------------------------------------------
def test_files_become_documents_that_wait_to_be_read(client, alice):
    response = upload(client, ("plan.txt", b"Beans."), ("notes.md", b"# Leaves"))
    assert response.status_code == 302
    rows = Document.objects.order_by("title")
    assert [(row.title, row.kind, row.status, row.size) for row in rows] == [
        ("notes.md", "file", "queued", 8),
        ("plan.txt", "file", "queued", 6),
    ]
    assert rows[1].file.startswith("documents/") and "plan" not in rows[1].file
    assert files.content(rows[1]) == b"Beans."


def test_a_script_sends_one_by_one(client):
    assert upload(client, ("plan.txt", b"Beans."), headers=SCRIPT).status_code == 201
    refused = upload(client, ("x.bin", bytes(range(256))), headers=SCRIPT)
    assert (refused.status_code, refused["Content-Type"]) == (415, "text/plain; charset=utf-8")
    assert "x.bin" in refused.content.decode()
    assert upload(client, headers=SCRIPT).status_code == 400


def test_one_that_cannot_be_kept_does_not_stop_the_others(client):
    response = upload(client, ("x.bin", bytes(range(256))), ("plan.txt", b"Beans."))
    assert response.status_code == 415
    assert Document.objects.get().title == "plan.txt"


def test_files_lie_in_the_folder_that_is_open(client, alice):
    folder = create_folder(DocumentFolder, workspace=Workspace(alice), name="Contracts")
    upload(client, ("plan.txt", b"Beans."), folder=folder.pk)
    assert Document.objects.get().folder == folder


def test_a_large_file_is_refused(client, settings):
    settings.ATTACHMENT_MAX_BYTES = 10
    assert upload(client, ("plan.txt", b"x" * 11)).status_code == 413
    assert not Document.objects.exists()


def test_files_count_against_the_room_of_their_workspace(alice, settings):
    settings.ATTACHMENT_PERSON_BYTES = 10
    factories.file(alice, data=b"123456")
    assert quotas.used(Workspace(alice)) == 6
    with pytest.raises(Refused, match="no room"):
        factories.file(alice, data=b"12345")


def test_a_row_that_cannot_be_written_leaves_no_bytes(alice, monkeypatch):
    factories.file(alice)
    before = default_storage.listdir(files.FOLDER)
    monkeypatch.setattr(Document, "save", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        uploading.add(workspace=Workspace(alice), name="plan.txt", data=b"Beans.")
    assert default_storage.listdir(files.FOLDER) == before


# ---- shown ----------------------------------------------------------------------------------------------
def test_the_list_tells_kind_and_state_in_words(client, alice):
    made = factories.file(alice, name="plan.txt")
    shown = html(client, "/app/documents/")
    assert "File" in shown and "waits to be read" in shown
    assert f"/app/documents/{made.pk}/state/" in shown
    taken = progress.begin(made.pk)
    progress.advance(*taken, 3, 10)
    assert "page 3 of 10" in " ".join(html(client, f"/app/documents/{made.pk}/state/").split())


def test_a_state_that_has_ended_asks_no_more(client, alice):
    made = factories.read_file(alice, blocks=[Block("paragraph", "Beans.")])
    shown = html(client, f"/app/documents/{made.pk}/state/")
    assert "can be searched" in shown and "hx-get" not in shown


@pytest.mark.parametrize("asked", ["cellars", "cellar beans", "cel", "東京", "plan"])
def test_the_list_finds_files_by_what_they_say(client, alice, asked):
    factories.read_file(alice, blocks=[Block("paragraph", "The beans are in the cellar of the house in 東京都.")])
    factories.read_file(alice, name="other.txt", data=b"x", blocks=[Block("paragraph", "Nothing.")])
    shown = html(client, f"/app/documents/?q={asked}")
    assert "plan.txt" in shown and "other.txt" not in shown


def test_a_failure_is_told_with_its_sentence(client, alice):
    made = factories.file(alice)
    progress.stop(document=made)
    shown = html(client, f"/app/documents/{made.pk}/")
    assert "Reading it was stopped." in shown and "Read again" in shown


def test_a_file_is_read_leaf_by_leaf(client, alice):
    pages = [Block("paragraph", f"Bean {n}. " + "x " * 5000, page=n) for n in range(1, 5)]
    made = factories.read_file(alice, blocks=pages)
    first, second = (html(client, f"/app/documents/{made.pk}/?page={n}") for n in (1, 2))
    assert "Page 1" in first and "Bean 1." in first and "Bean 2." not in first
    assert "Bean 2." in second


def test_stopping_and_reading_again(client, alice):
    made = factories.file(alice)
    client.post(f"/app/documents/{made.pk}/stop/")
    made.refresh_from_db()
    assert made.status == "failed"
    client.post(f"/app/documents/{made.pk}/read/")
    made.refresh_from_db()
    assert made.status == "queued"


def test_the_file_can_do_nothing_in_the_browser(client, alice):
    made = factories.file(alice, name="page.html", data=b"<!doctype html><script>alert(1)</script>")
    response = client.get(f"/app/documents/{made.pk}/file/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="page.html"'
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content == b"<!doctype html><script>alert(1)</script>"


def test_a_renamed_file_keeps_its_ending(alice):
    made = factories.file(alice, name="plan.TXT")
    made.title = "Plan for 2027"
    assert files.name(made) == "Plan for 2027.txt"


@pytest.mark.parametrize("tail", ["edit/", "versions/"])
def test_a_file_is_not_written(client, alice, tail):
    made = factories.file(alice)
    assert client.get(f"/app/documents/{made.pk}/{tail}").status_code == 404
    assert client.post(f"/app/documents/{made.pk}/save/", {"content": "x"}).status_code == 404


def test_a_text_has_no_file(client, alice):
    made = factories.document(alice)
    assert client.get(f"/app/documents/{made.pk}/file/").status_code == 404


# ---- gone -----------------------------------------------------------------------------------------------
def test_bytes_go_with_their_document(alice, django_capture_on_commit_callbacks):
    made = factories.file(alice)
    deleting.delete_document(document=made)
    assert default_storage.exists(made.file)
    with django_capture_on_commit_callbacks(execute=True):
        deleting.remove_documents(Document.objects.filter(pk=made.pk))
    assert not default_storage.exists(made.file)
    assert not DocumentChunk.objects.exists()


def test_bytes_that_no_document_names_go_after_a_day(alice, monkeypatch):
    kept, left = factories.file(alice), default_storage.save("documents/left", ContentFile(b"x"))
    monkeypatch.setattr(files, "LEFT", -files.LEFT)
    files.clean_up()
    assert default_storage.exists(kept.file) and not default_storage.exists(left)


# ---- a passage marked -----------------------------------------------------------------------------------
def test_what_is_cited_is_marked_and_the_rest_stands_around_it(alice):
    blocks = [
        heading("One", 1),
        Block("paragraph", "Before."),
        Block("paragraph", "Here."),
        Block("paragraph", "After."),
    ]
    made = factories.read_file(alice, blocks=blocks)
    (leaf,) = paging.leaves(blocks)
    start = sum(len(block.text) + len(block.gap) for block in blocks[:2])
    shown = paging.html(made, leaf, start, start + 5)
    before, _, rest = shown.partition('<div class="passage" id="passage">')
    assert "Before." in before and "After." not in before
    assert "Here." in rest.partition("</div>")[0]


def test_rows_of_a_table_are_marked_with_its_head(alice):
    block = table([["Name", "Price"], ["bean", "1"], ["leaf", "2"]])
    made = factories.read_file(alice, blocks=[block])
    made.mime_type = "application/pdf"
    (leaf,) = paging.leaves([block])
    at = block.text.index("| leaf")
    marked = paging.html(made, leaf, at, len(block.text)).partition('id="passage">')[2]
    assert "<th>Name</th>" in marked.replace(' scope="col"', "") and "leaf" in marked and "bean" not in marked


@pytest.mark.parametrize("query", ["", "start=1", "start=x&end=2", "start=-1&end=2", "start=1&end=99999999999"])
def test_an_address_that_names_no_passage_is_not_there(client, alice, query):
    made = factories.indexed(alice, content="Beans.")
    assert client.get(f"/app/documents/{made.pk}/passage/?{query}").status_code == 404


# ---- on the page of the file ------------------------------------------------------------------------------
def passage_of(document: Document, words: str) -> str:
    """The address of a passage that begins with these words."""
    text = text_of(extraction.blocks_of(document.extraction))
    start = text.index(words)
    return f"sha256={document.sha256}&start={start}&end={start + 120}&quote={words}"


@pytest.fixture
def catalogue(alice, work) -> Document:
    return work(factories.file(alice, name="catalogue.pdf", data=(SAMPLES / "catalogue.pdf").read_bytes()))


def test_a_passage_of_a_pdf_is_marked_on_its_page(client, catalogue):
    address = passage_of(catalogue, "The beans of region 2")
    shown = html(client, f"/app/documents/{catalogue.pk}/passage/?{address}")
    path = unescape(re.search(r'src="(/app/documents/[^"]*/page/\d+/[^"]*)"', shown)[1])
    image = client.get(path)
    assert image["Content-Type"] == "image/jpeg" and "no-store" in image["Cache-Control"]
    plain = client.get(f"{path.partition('?')[0]}?start=0&end=0")
    assert image.content[:2] == plain.content[:2] == b"\xff\xd8"
    assert image.content != plain.content, "something is marked"


def test_a_page_is_seen_by_those_who_may_read_its_document(catalogue, carol, sign_in):
    path = f"/app/documents/{catalogue.pk}/page/1/?start=0&end=9"
    assert sign_in(carol).get(path).status_code == 404
    factories.collection(catalogue.user, None, catalogue, visibility="readonly")
    assert sign_in(carol).get(path).status_code == 200


@pytest.mark.parametrize("path", ["99/?start=0&end=9", "0/?start=0&end=9", "1/", "1/?start=x&end=9"])
def test_a_page_that_is_not_there(client, catalogue, path):
    assert client.get(f"/app/documents/{catalogue.pk}/page/{path}").status_code == 404


def test_a_text_has_no_pages(client, alice, work):
    made = work(factories.file(alice, data=b"Beans."))
    assert client.get(f"/app/documents/{made.pk}/page/1/?start=0&end=9").status_code == 404
    shown = html(client, f"/app/documents/{made.pk}/passage/?sha256={made.sha256}&start=0&end=5&quote=Beans")
    assert "As it stands in the file" not in shown
