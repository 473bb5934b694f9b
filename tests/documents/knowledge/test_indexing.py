"""The job: files are read in a process of their own, with each way that can end; stopped, begun again, not doubled."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from documents import files
from documents.actions import deleting
from documents.knowledge import extraction, indexing, progress
from documents.models import Document, DocumentChunk, DocumentExtraction
from sambung.lib.files import store
from tests import factories
from tests.documents.knowledge.reading import passages, state
from tests.lib.files.reading import SAMPLES

pytestmark = pytest.mark.django_db


def sample(user, name: str) -> Document:
    return factories.file(user, name=name, data=(SAMPLES / name).read_bytes())


# ---- how it ends ----------------------------------------------------------------------------------------
def test_a_pdf_is_read_by_pages_and_found(alice, work):
    made = work(sample(alice, "catalogue.pdf"))
    assert state(made) == ("indexed", "")
    assert {chunk.anchor["page"] for chunk in made.chunks.all()} >= {1}
    assert made.extraction.sha256 == made.sha256


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("scan.pdf", ("needs_ocr", "file_scanned")),
        ("garbled.pdf", ("needs_ocr", "pages_garbled")),
        ("password.pdf", ("failed", "document_locked")),
        ("password.docx", ("failed", "document_password")),
        ("half-scan.pdf", ("indexed", "")),
        ("agreement.docx", ("indexed", "")),
        ("orders.xls", ("indexed", "")),
        ("agreement.epub", ("indexed", "")),
        ("page.msg", ("indexed", "")),
    ],
)
def test_every_end_is_told(alice, name, told, work):
    assert state(work(sample(alice, name))) == told


def test_what_could_not_be_read_is_kept_with_the_text(alice, work):
    made = work(sample(alice, "half-scan.pdf"))
    assert [warning.code for warning in extraction.warnings_of(made.extraction)] == ["pages_scanned"]


def bomb() -> bytes:
    """An archive that says it is a text document, and unpacks to far more than may be read."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w:document>" + b" " * 400_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "no-pages.pdf",
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>",
        ),
        ("cut.pdf", (SAMPLES / "catalogue.pdf").read_bytes()[:2000]),
        ("bomb.docx", bomb()),
        (
            "loop.pdf",
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
            b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_file_ends_in_words_and_the_worker_lives(alice, name, data, work):
    made = work(factories.file(alice, name=name, data=data))
    assert made.status in {"failed", "needs_ocr"}
    assert made.problem.sentence
    assert state(work(factories.file(alice, data=b"Beans."))) == ("indexed", "")


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("line.txt", b"bean " * 200_000, "bean"),
        ("wide.csv", ",".join(f"column{n}" for n in range(100_000)).encode() + b"\n1,2\n", "column99999"),
        ("semicolon.csv", b"name;price\nbean;12\n", "bean;12"),
        ("quotes.csv", b'name,price\n"bean,12\nleaf,3\n', "bean"),
        ("wide.txt", "Die Bohnen sind hier.\nUnd die Blätter dort.".encode("utf-16"), "Blätter"),
        ("arabic.txt", "عقد الإيجار ينتهي بعد سنة".encode(), "الإيجار"),
        ("chinese.txt", "合同在九十天后终止。".encode(), "九十天"),
    ],
)
def test_unusual_texts_are_read(alice, name, data, found, work):
    made = work(factories.file(alice, name=name, data=data))
    assert state(made) == ("indexed", "")
    assert any(found in text for text in passages(made))


def test_a_file_that_is_lost_says_so(alice, work):
    made = factories.file(alice)
    store.drop([made.file])
    assert state(work(made)) == ("failed", "document_lost")


def test_what_nobody_expected_is_told_and_logged(alice, monkeypatch, caplog, work):
    async def broken(*args):
        raise RuntimeError("boom")

    monkeypatch.setattr(indexing, "read_whole", broken)
    assert state(work(factories.file(alice))) == ("failed", "document_broke")
    assert "could not be indexed" in caplog.text


# ---- again ----------------------------------------------------------------------------------------------
def test_reading_again_replaces_and_never_doubles(alice, work):
    made = work(factories.file(alice, data=b"Beans are here.\n\nLeaves are there."))
    before = passages(made)
    for _ in range(2):
        assert progress.read_again(document=made)
        work(made)
    assert passages(made) == before
    assert DocumentExtraction.objects.count() == 1


def test_a_job_that_comes_twice_reads_once(alice, monkeypatch, work):
    made = work(factories.file(alice, data=b"Beans."))

    async def never(*args):
        raise AssertionError

    monkeypatch.setattr(indexing, "read_whole", never)
    assert state(work(made)) == ("indexed", "")


def test_the_same_bytes_are_read_once_for_two_documents_that_live_apart(alice, bob, monkeypatch, work):
    """Two documents, two scopes; deleting one leaves the other."""
    first = work(factories.file(alice, data=b"Beans are here."))

    async def never(*args):
        raise AssertionError

    monkeypatch.setattr(indexing, "read_whole", never)
    second = work(factories.file(bob, data=b"Beans are here."))
    assert passages(second) == passages(first)
    deleting.delete_document(document=first)
    deleting.remove_documents(Document.objects.filter(pk=first.pk))
    assert passages(second) == ["Beans are here."]
    assert files.content(second) == b"Beans are here."


def test_stopping_ends_the_reading(alice, monkeypatch, work):
    made = factories.file(alice, data=b"Beans.\n\n" * 50)
    monkeypatch.setattr(indexing, "STEP", 0)
    heard = progress.advance

    def stop_then(document, *args):
        progress.stop(document=document)
        heard(document, *args)

    monkeypatch.setattr(progress, "advance", stop_then)
    assert state(work(made)) == ("failed", "document_stopped")
    assert passages(made) == []


def test_progress_is_told_by_pages(alice, monkeypatch, work):
    told = []
    monkeypatch.setattr(indexing, "STEP", 0)
    monkeypatch.setattr(progress, "advance", lambda document, job, done, pages: told.append((done, pages)))
    work(sample(alice, "catalogue.pdf"))
    assert told[-1][1] >= 1
    assert [done for done, _pages in told] == sorted(done for done, _pages in told)


def test_a_document_deleted_meanwhile_is_not_found(alice, monkeypatch, work):
    made = factories.file(alice, data=b"Beans.")
    kept = indexing.extraction.packed
    monkeypatch.setattr(
        indexing.extraction, "packed", lambda blocks: deleting.delete_document(document=made) or kept(blocks)
    )
    work(made)
    assert DocumentChunk.objects.get().scope is None


# ---- left behind ----------------------------------------------------------------------------------------
def silent(document: Document, **fields) -> Document:
    Document.objects.filter(pk=document.pk).update(status_at=timezone.now() - timedelta(minutes=5), **fields)
    document.refresh_from_db()
    return document


def test_the_rescue_begins_again_once(alice):
    made = factories.file(alice)
    progress.begin(made.pk)
    progress.rescue()
    made.refresh_from_db()
    assert made.status == "reading", "its process may be at it"
    silent(made)
    progress.rescue()
    made.refresh_from_db()
    assert (made.status, made.status_detail) == ("queued", {"tries": 1})
    progress.begin(made.pk)
    silent(made)
    progress.rescue()
    made.refresh_from_db()
    assert state(made) == ("failed", "document_interrupted")


def test_the_rescue_leaves_what_its_own_process_is_at(alice, work):
    made = factories.file(alice)
    progress.begin(made.pk)
    silent(made)
    with progress.at_work(made.pk):
        progress.rescue()
    made.refresh_from_db()
    assert made.status == "reading"


def test_a_job_that_was_overtaken_stores_nothing(alice):
    made = factories.file(alice, data=b"Beans.")
    _row, job = progress.begin(made.pk)
    silent(made)
    progress.rescue()
    progress.begin(made.pk)
    with pytest.raises(progress.Ended):
        progress.held(made, job)


# ---- texts ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "content"),
    [("text", "# Beans\n\nThey are here."), ("code", "def beans():\n    pass\n"), ("sheet", "a,b\n1,beans")],
)
def test_what_people_write_is_indexed(alice, kind, content, work):
    made = work(factories.document(alice, kind=kind, content=content))
    assert made.status == "indexed"
    assert any("beans" in text.lower() for text in passages(made))
    assert made.extraction.version == 1


def test_a_text_that_became_empty_is_found_no_more(alice, work):
    made = factories.indexed(alice, content="Beans.")
    Document.objects.filter(pk=made.pk).update(content="")
    assert passages(work(made)) == []


def test_texts_that_were_missed_are_asked_for(alice, django_capture_on_commit_callbacks, monkeypatch):
    missed, known = factories.document(alice, content="Beans."), factories.indexed(alice, content="Leaves.")
    asked = []
    monkeypatch.setattr(progress, "_enqueue", lambda pk, after: asked.append(pk))
    with django_capture_on_commit_callbacks(execute=True):
        progress.ask_for_missed()
    assert asked == [missed.pk]
    assert known.pk not in asked
