"""What is asked of files: a newer one in their place, the password of one, and a model that reads a scan."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from agents import catalog, engine
from agents.catalog import servers
from agents.models import UsageEntry
from agents.usage.prices import Price
from documents import files
from documents.knowledge import extraction, progress, seeing
from documents.models import Document
from tests import corpus, factories
from tests.documents.knowledge.reading import passages, state
from tests.lib.files.reading import SAMPLES

pytestmark = pytest.mark.django_db
PASSWORD = "secret"
_KEPT = "SELECT row_to_json(document)::text FROM document UNION ALL SELECT args::text FROM procrastinate_jobs"


@pytest.fixture
def client(alice, sign_in):
    return sign_in(alice)


def sample(user, name: str) -> Document:
    return factories.file(user, name=name, data=(SAMPLES / name).read_bytes())


def warned(document: Document) -> list[str]:
    return [warning.code for warning in extraction.warnings_of(extraction.of(document))]


# ---- replaced -------------------------------------------------------------------------------------------
def test_a_file_is_replaced_by_one_of_another_kind(client, alice, work):
    made = work(factories.file(alice, name="plan.txt", data=b"Beans."))
    before, upload = made.file, SimpleUploadedFile("plan.docx", corpus.word("Leaves."))
    assert client.post(f"/app/documents/{made.pk}/replace/", {"upload": upload}).status_code == 302
    made.refresh_from_db()
    assert (made.status, passages(made)) == ("queued", ["Beans."]), "what it was found by stays until it is read"
    made = work(made)
    assert state(made) == ("indexed", "")
    assert passages(made)[0].startswith("Leaves.")
    assert made.file.endswith(".docx") and made.file != before
    assert files.name(made) == "plan.txt.docx"


def test_what_cannot_be_read_replaces_nothing(client, alice, work):
    made = work(factories.file(alice, data=b"Beans."))
    upload = SimpleUploadedFile("x.bin", bytes(range(256)))
    assert client.post(f"/app/documents/{made.pk}/replace/", {"upload": upload}).status_code == 422
    made.refresh_from_db()
    assert (made.status, files.content(made)) == ("indexed", b"Beans.")


# ---- locked ---------------------------------------------------------------------------------------------
def unlock(client, document: Document, password: str):
    return client.post(f"/app/documents/{document.pk}/unlock/", {"password": password})


def test_a_password_is_asked_for_used_once_and_kept_nowhere(client, alice, work):
    made = work(sample(alice, "password.pdf"))
    assert "Give the password" in client.get(f"/app/documents/{made.pk}/").content.decode()
    assert unlock(client, made, PASSWORD).status_code == 302
    made.refresh_from_db()
    assert state(made) == ("indexed", "")
    assert passages(made)
    assert warned(made)[-1] == "document_unlocked"
    with connection.cursor() as cursor:
        cursor.execute(_KEPT)
        assert not any(PASSWORD in text for (text,) in cursor.fetchall())
    assert files.content(made) == (SAMPLES / "password.pdf").read_bytes(), "the file stays locked"
    progress.read_again(document=made)
    assert state(work(made)) == ("failed", "document_locked")
    assert passages(made), "what was read is found until it is read again"


def test_what_a_password_opened_is_for_nobody_who_has_not_given_it(client, alice, bob, work):
    """The same bytes are read once, but for this."""
    unlock(client, work(sample(alice, "password.pdf")), PASSWORD)
    assert state(work(sample(bob, "password.pdf"))) == ("failed", "document_locked")


def test_a_wrong_password_says_so_and_changes_nothing(client, alice, work):
    made = work(sample(alice, "password.pdf"))
    response = unlock(client, made, "wrong")
    assert response.status_code == 422
    assert "This password does not open it." in response.content.decode()
    made.refresh_from_db()
    assert state(made) == ("failed", "document_locked")


def test_only_a_locked_file_is_asked_for_its_password(client, alice, work):
    assert unlock(client, work(factories.file(alice)), PASSWORD).status_code == 404


# ---- read by a model ------------------------------------------------------------------------------------
SEES = catalog.Model("openai_compatible", "sees", "Sees", 8192, vision=True)
BLIND = catalog.Model("openai_compatible", "blind", "Blind", 8192, vision=False)


@pytest.fixture
def model(monkeypatch, beside):
    """What the model answers for each page; gives the requests."""
    found = SimpleNamespace(answers=[], asked=[])

    async def complete(ask, limits, sink):
        found.asked.append(ask)
        answer = found.answers[len(found.asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        sink(engine.Usage(1800, 20))
        return answer

    for module in ("documents.knowledge.seeing", "agents.usage.meter", "agents.catalog"):
        monkeypatch.setattr(f"{module}.in_thread", beside.in_thread)
    monkeypatch.setattr(engine, "complete", complete)
    monkeypatch.setattr(servers, "models", lambda: [SEES, BLIND])
    monkeypatch.setattr(servers, "endpoint", lambda provider: engine.Endpoint("openai", "http://127.0.0.1:1/v1"))
    return found


def see(client, document: Document, value: str = SEES.value):
    return client.post(f"/app/documents/{document.pk}/see/", {"model": value})


def test_what_it_costs_is_told_before(client, alice, model, monkeypatch, work):
    monkeypatch.setattr(seeing, "price", lambda model, many: Price(Decimal("0.0031") * many, "list"))
    made = work(sample(alice, "scan.pdf"))
    assert "Have a model read it" in client.get(f"/app/documents/{made.pk}/").content.decode()
    shown = client.get(f"/app/documents/{made.pk}/see/").content.decode()
    assert "Sees · about $0.01" in shown and "Blind" not in shown
    assert model.asked == []


def test_where_no_model_sees_nothing_is_offered(client, alice, model, monkeypatch, work):
    monkeypatch.setattr(servers, "models", lambda: [BLIND])
    made = work(sample(alice, "scan.pdf"))
    shown = client.get(f"/app/documents/{made.pk}/").content.decode()
    assert "Have a model read it" not in shown and "There is none here" in shown
    assert client.get(f"/app/documents/{made.pk}/see/").status_code == 404


def test_a_model_reads_a_scan_page_by_page_and_is_paid(client, alice, model, work):
    made = work(sample(alice, "scan.pdf"))
    model.answers = ["```markdown\n# Delivery note\n\nForty kilograms.\n```"] * 9
    assert see(client, made).status_code == 302
    made = work(made)
    assert state(made) == ("indexed", "")
    assert "Forty kilograms." in passages(made)[0] and "```" not in passages(made)[0]
    assert {chunk.anchor["page"] for chunk in made.chunks.all()} == {1, 2}
    assert warned(made) == ["read_by_model"]
    image = model.asked[0].turns[0].parts[1]
    assert (image["mimeType"], image["image"][:2]) == ("image/jpeg", b"\xff\xd8")
    assert UsageEntry.objects.filter(user=alice).count() == len(model.asked)


def test_what_a_model_has_read_is_for_those_who_asked(client, alice, bob, model, work):
    made = work(sample(alice, "scan.pdf"))
    model.answers = ["Words."] * 2
    see(client, made)
    work(made)
    assert state(work(sample(bob, "scan.pdf"))) == ("needs_ocr", "file_scanned")


def test_only_pages_without_text_are_seen(client, alice, model, work):
    made = work(sample(alice, "half-scan.pdf"))
    before = passages(made)
    model.answers = ["Words of the picture."] * 9
    see(client, made)
    made = work(made)
    assert len(model.asked) == 1
    assert set(" ".join(before).split()) <= set(" ".join(passages(made)).split())
    assert "Words of the picture." in "\n".join(passages(made))


def test_a_model_that_fails_leaves_what_there_was(client, alice, model, work):
    made = work(sample(alice, "scan.pdf"))
    model.answers = [engine.Overloaded()]
    see(client, made)
    made = work(made)
    assert (made.status, made.problem.code) == ("failed", "overloaded")
    assert "Have a model read it" in client.get(f"/app/documents/{made.pk}/").content.decode()


def test_it_is_never_done_unasked(client, alice, model, work):
    made = work(sample(alice, "scan.pdf"))
    model.answers = ["Words."]
    see(client, made)
    assert progress.begin(made.pk)[0].status_detail["see"]
    Document.objects.filter(pk=made.pk).update(status_at=timezone.now() - 2 * progress.SILENT)
    progress.rescue()
    assert state(work(made)) == ("needs_ocr", "file_scanned")
    assert model.asked == []


def test_a_picture_is_read_as_well(client, alice, model, work):
    made = work(factories.file(alice, name="note.png", data=corpus.picture()))
    model.answers = ["Beans on a slip of paper."]
    see(client, made)
    assert passages(work(made)) == ["Beans on a slip of paper."]
