"""Attachments in exports and imports: those of the chat alone, checked again when they come."""

import io
import json
import re
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from chats.files import store
from chats.messages.content import write
from chats.models import Attachment, Chat, Message, Role
from chats.transfer import exports, imports
from chats.transfer.formats import FORMATS
from teams.workspace import Workspace
from tests.factories import ChatFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


def attach(chat: Chat, name: str, data: bytes, message: Message | None = None) -> Attachment:
    kept = store.keep(by=chat.user, workspace=Workspace(chat.user), name=name, data=data)
    Attachment.objects.filter(pk=kept.pk).update(chat=chat, message=message)
    kept.refresh_from_db()
    return kept


@pytest.fixture
def with_files(alice):
    """A chat with a note and a picture, whose message also names a file of another chat."""
    foreign = attach(ChatFactory(user=alice, title="Other"), "secret.txt", b"Not yours")
    chat = ChatFactory(user=alice, title="Files")
    message = Message.objects.create(chat=chat, role=Role.USER, user=alice)
    note, image = attach(chat, "a/../no#te.txt", b"Hello", message), attach(chat, "red.png", picture(), message)
    parts = [{"type": "text", "text": "Look"}, {"type": "image", "image": str(image.pk), "mimeType": image.mime_type}]
    for file in (note, foreign):
        parts.append({"type": "file", "data": str(file.pk), "mimeType": file.mime_type, "name": file.name})
    write(message, parts).save()
    chat.current_message = message
    chat.save()
    return chat


def zipped(alice, chat: Chat, form: str) -> dict[str, bytes]:
    begun = exports.start(by=alice, workspace=Workspace(alice), form=FORMATS[form], chats=[chat.pk])
    for _step in exports.run(str(begun.pk)):
        pass
    begun.refresh_from_db()
    with default_storage.open(begun.file) as file, zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()} | {"": begun.file.encode()}


def imported(person, data: bytes) -> Chat:
    transfer = imports.upload(by=person, workspace=Workspace(person), file=ContentFile(data, name="x"))
    for _step in imports.run(str(transfer.pk)):
        pass
    transfer.refresh_from_db()
    imports.start(transfer=transfer, chosen=None, folder=None)
    for _step in imports.run(str(transfer.pk)):
        pass
    return Chat.objects.get(user=person)


@pytest.mark.parametrize("is_zip", [False, True], ids=["json", "zip"])
def test_files_come_along(alice, bob, with_files, is_zip):
    if is_zip:
        with default_storage.open(zipped(alice, with_files, "json")[""].decode()) as file:
            data = file.read()
    else:
        data = exports.one(chat=with_files, form=FORMATS["json"], by=alice)[1].encode()
    chat = imported(bob, data)
    note, image = chat.attachments.order_by("created_at", "id")
    assert (store.content(note), note.text, note.user) == (b"Hello", "Hello", bob)
    assert image.mime_type.startswith("image/")
    message = chat.messages.get()
    assert [part.get("image", part.get("data")) for part in message.parts[1:]] == [str(image.pk), str(note.pk)]
    assert note.message == image.message == message


@pytest.mark.parametrize("form", FORMATS)
def test_no_foreign_file_leaves(alice, with_files, form):
    found = zipped(alice, with_files, form)
    assert len([name for name in found if name.startswith("files/")]) == 2
    assert b"Not yours" not in b"".join(found.values())
    assert b"secret.txt" not in b"".join(found.values())


def test_what_is_read_leads_to_its_files(alice, with_files):
    found = zipped(alice, with_files, "markdown")
    links = re.findall(r"\(<\.\./(files/.*?)>\)", found["chats/Files.md"].decode())
    assert [link.replace("%23", "#") in found for link in links] == [True, True]
    assert b'src="data:image/' in zipped(alice, with_files, "html")["chats/Files.html"]


def test_a_file_that_is_lost_keeps_nothing_back(alice, with_files):
    for file in with_files.attachments.all():
        default_storage.delete(file.file)
    assert "chats/Files.html" in zipped(alice, with_files, "html")
    assert exports.one(chat=with_files, form=FORMATS["json"], by=alice)


def test_a_file_that_is_not_what_it_says_does_not_come(alice, bob, with_files):
    document = json.loads(exports.one(chat=with_files, form=FORMATS["json"], by=alice)[1])
    files = document["chats"][0]["files"]
    files[0] |= {"data": "AAECAw==", "name": "page.html", "mime_type": "text/html"}
    files[1]["data"] = "not base64"
    chat = imported(bob, json.dumps(document).encode())
    assert not chat.attachments.exists()
    assert [part["type"] for part in chat.messages.get().parts] == ["text"]
