"""The pages of exports and imports, with and without a script."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chats.files import store
from chats.models import Attachment, Chat, Transfer, TransferKind
from chats.transfer import exports, imports
from teams.workspace import Workspace
from tests import factories
from tests.chats.transfer.test_imports import talk
from tests.factories import ChatFactory
from tests.guards.world import SCRIPT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


@pytest.fixture
def page(sign_in, alice):
    return sign_in(alice)


def run(transfer: Transfer) -> None:
    part = exports if transfer.kind == TransferKind.EXPORT else imports
    for _step in part.run(str(transfer.pk)):
        pass


def text(response) -> str:
    return response.content.decode()


def test_one_chat_is_a_file(page, chat):
    factories.exchange(chat, "Hi")
    choice = page.get(f"/app/chats/{chat.pk}/export/", headers=SCRIPT)
    assert "?format=markdown" in text(choice)
    file = page.get(f"/app/chats/{chat.pk}/export/?format=html")
    assert file["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file["Content-Security-Policy"]
    assert "Hi" in text(file)
    assert "?format=markdown" in text(page.get(f"/app/chats/{chat.pk}/export/?format=exe"))


def test_one_chat_with_large_files_is_written_by_a_job(page, chat, alice, monkeypatch):
    monkeypatch.setattr(exports, "LARGE", 5)
    file = store.keep(by=alice, workspace=Workspace(alice), name="notes.txt", data=b"Gayo 40 kg")
    Attachment.objects.filter(pk=file.pk).update(chat=chat)
    choice = text(page.get(f"/app/chats/{chat.pk}/export/", headers=SCRIPT))
    assert "?format=json" not in choice
    assert "?format=markdown" in choice
    assert "export it from the library" in text(page.get(f"/app/chats/{chat.pk}/export/?format=json", follow=True))
    page.post("/app/transfers/export/", {"chat": str(chat.pk), "format": "json"})
    assert Transfer.objects.get().options == {"format": "json", "chats": [str(chat.pk)]}


def test_all_chats_from_the_form_to_the_file(page, alice, carol, sign_in):
    factories.exchange(ChatFactory(user=alice, title="Mine"))
    assert "Export the chat of" in text(page.get("/app/transfers/export/"))
    begun = page.post("/app/transfers/export/", {"format": "text"})
    here = begun["Location"]
    assert 'hx-trigger="every 1s"' in text(page.get(here))
    assert "0 / 1" in text(page.get("/app/transfers/", headers=SCRIPT))
    run(Transfer.objects.get())
    assert "1 chat is in the file" in text(page.get(here, headers=SCRIPT))
    file = page.get(f"{here}file/")
    assert (file["Content-Type"], next(iter(file.streaming_content))[:2]) == ("application/zip", b"PK")
    stranger = sign_in(carol)
    assert {stranger.get(url).status_code for url in (here, f"{here}file/")} == {404}


def test_chosen_chats_from_the_bulk_bar(page, alice):
    chats = ChatFactory.create_batch(2, user=alice)
    ids = [str(chat.pk) for chat in chats]
    choice = text(page.post("/app/transfers/export/", {"chat": ids}, headers=SCRIPT))
    assert "Export 2 chats" in choice
    assert all(f'value="{pk}"' in choice for pk in ids)
    page.post("/app/transfers/export/", {"chat": ids[:1], "format": "json"})
    assert Transfer.objects.get().options == {"format": "json", "chats": ids[:1]}


@pytest.mark.parametrize("given", [{"format": "exe"}, {"format": "json", "chat": "x"}])
def test_what_cannot_be_exported_is_told(page, given):
    assert page.post("/app/transfers/export/", given).status_code == 422
    assert not Transfer.objects.exists()


def test_a_second_one_is_refused_in_words(page, alice):
    page.post("/app/transfers/export/", {"format": "json"})
    second = page.post("/app/transfers/export/", {"format": "json"})
    assert (second.status_code, "under way" in text(second)) == (409, True)


def upload(page, data) -> str:
    file = SimpleUploadedFile("conversations.json", json.dumps(data).encode())
    return page.post("/app/transfers/import/", {"file": file})["Location"]


def test_from_a_file_to_chats(page, alice):
    here = upload(page, [talk("1"), talk("2"), {"no": "chat"}])
    assert "Looking through the file" in text(page.get(here))
    run(Transfer.objects.get())
    preview = text(page.get(here))
    assert "2 chats can be read" in preview
    assert "This is no chat." in preview
    assert page.post(f"{here}start/", {"which": "chosen"}).status_code == 422
    assert page.post(f"{here}start/", {"which": "chosen", "chat": ["7"]}).status_code == 422
    page.post(f"{here}start/", {"which": "chosen", "chat": ["1"]})
    run(Transfer.objects.get())
    assert "1 chat has been brought here" in text(page.get(here))
    assert Chat.objects.get().title == "Talk 2"


def test_stopped_started_again_deleted(page):
    here = upload(page, [talk("1")])
    page.post(f"{here}stop/")
    assert "You stopped this" in text(page.get(here))
    again = page.post(f"{here}again/")["Location"]
    run(Transfer.objects.get())
    page.post(f"{again}delete/")
    assert not Transfer.objects.exists()


def test_a_file_that_is_too_large(page, settings):
    settings.IMPORT_MAX_MB = 0
    file = SimpleUploadedFile("x.json", b"[]")
    answer = page.post("/app/transfers/import/", {"file": file})
    assert (answer.status_code, "larger than 0 MB" in text(answer)) == (422, True)


def test_the_ways_in(page, chat):
    assert "/app/transfers/import/" in text(page.get("/app/palette/?q=import", headers=SCRIPT))
    assert f"/app/chats/{chat.pk}/export/" in text(page.get("/app/chats/", headers=SCRIPT))
    assert "Nothing has been exported" in text(page.get("/app/transfers/"))
