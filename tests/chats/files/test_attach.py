"""A file goes into a chat once, whatever two requests at the same time hold in their hands."""

import uuid

import pytest

from chats.actions import sending
from chats.files import store
from chats.models import Attachment, Chat
from sambung.lib.errors import Refused
from teams.workspace import Workspace
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db


def send(chat: Chat, *files: Attachment):
    found = Chat.objects.filter(pk=chat.pk)
    return sending.send(chat=found, by=chat.user, text="Read this", client_id=uuid.uuid4(), files=files)


def test_a_file_that_has_gone_meanwhile_is_refused(chat, alice):
    file = store.keep(by=alice, workspace=Workspace(alice), name="notes.txt", data=b"Gayo")
    other = ChatFactory(user=alice)
    send(other, file)
    with pytest.raises(Refused, match="not there any more"):
        send(chat, file)
    file.refresh_from_db()
    assert file.chat == other
