"""Document nodes: read, written and searched with the rights of whoever the run is of."""

import pytest

from documents.models import Collection, Document
from sambung.lib.threads import in_thread
from tests import factories
from tests.factories import Sketch, line

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "# Coffee\n\nGayo comes from Aceh.\n"


def doing(action: str, **data) -> Sketch:
    return line(("document", {"action": action} | data))


async def made(by, content: str = TEXT, **fields) -> Document:
    return await in_thread(lambda: factories.document(by, content=content, **fields))


async def test_a_document_is_read(play, alice):
    found = await made(alice)
    played = await play(doing("read", document={"value": str(found.pk)}))
    told = {"text": TEXT, "title": "Plan", "documentId": str(found.pk), "version": 1}
    assert played.row.output == {"result": told}


async def test_the_address_of_its_page_stands_for_its_id(play, alice):
    found = await made(alice)
    address = f"http://here.example/team/a/documents/{found.pk}/?page=2"
    played = await play(doing("read", document={"value": address}))
    assert played.row.output["result"]["documentId"] == str(found.pk)


async def test_a_new_document_is_written(play, alice):
    content = {"content": [{"text": "One\r\ntwo"}], "title": [{"text": "News"}]}
    played = await play(doing("write", **content))
    found = await in_thread(Document.objects.get)
    assert played.row.output == {"result": {"documentId": str(found.pk), "version": 1}}
    assert (found.title, found.content, found.user_id) == ("News", "One\ntwo", alice.pk)
    assert played.steps["document0"].effect == "unsafe"


async def test_another_version_is_written(play, alice):
    found = await made(alice)
    played = await play(doing("write", document={"value": str(found.pk)}, content=[{"text": "Other"}]))
    assert played.row.output["result"]["version"] == 2
    await in_thread(found.refresh_from_db)
    assert (found.content, found.title) == ("Other", "Plan")


@pytest.mark.parametrize("action", ["read", "write"])
async def test_what_is_somebody_elses_is_not_there(play, carol, action):
    found = await made(carol)
    played = await play(doing(action, document={"value": str(found.pk)}, content=[{"text": "Mine now"}]))
    assert (played.status, played.run.error_code) == ("failed", "document_not_here")
    await in_thread(found.refresh_from_db)
    assert found.content == TEXT


@pytest.mark.parametrize("value", [5, "x", None, {"a": 1}, "../../etc/passwd"])
async def test_what_is_no_document_is_told(play, value):
    played = await play(doing("read", document={"value": value}))
    assert played.status == "failed"
    assert played.run.error_code in {"workflow_document_unknown", "document_not_here"}


async def test_passages_are_found(play, alice):
    found = await in_thread(lambda: factories.indexed(alice, content=TEXT))
    played = await play(doing("search", query=[{"text": "Where does Gayo come from?"}]))
    (passage,) = played.row.output["result"]["passages"]
    assert passage["documentId"] == str(found.pk)
    assert "Aceh" in passage["text"]


async def test_only_a_collection_is_searched(play, alice, carol):
    await in_thread(lambda: factories.indexed(alice, content=TEXT))
    other = await in_thread(lambda: Collection.objects.create(name="Empty", user=alice))
    foreign = await in_thread(lambda: Collection.objects.create(name="Hers", user=carol))
    played = await play(doing("search", query=[{"text": "Gayo"}], collection={"value": str(other.pk)}))
    assert played.row.output == {"result": {"passages": []}}
    refused = await play(doing("search", query=[{"text": "Gayo"}], collection={"value": str(foreign.pk)}))
    assert refused.run.error_code == "document_not_here"
