"""The files of a chat that have tables, for questions about them: see documents.data."""

from functools import partial

from agents.tools import Caller
from chats.files import store
from chats.models import Attachment
from documents.data.sources import DataFile, family_of
from sambung.lib.ids import as_uuid
from teams import access

MOST = 20  # the newest


class ChatTables:
    """The files of the chat that asks, which need not be named; in the order in which they came."""

    def at_hand(self, caller: Caller) -> list[DataFile]:
        kind, _, pk = caller.topic.partition(":")
        if kind != "chat" or not as_uuid(pk):
            return []
        rows = access.rows(caller.workspace, Attachment.objects.filter(chat=pk)).defer("text")
        newest = rows.order_by("-created_at", "-id")
        found = [_file(row, family) for row in newest if (family := family_of(row.mime_type, row.name))]
        return found[:MOST][::-1]

    def called(self, caller: Caller, name: str) -> None:
        """No other: a file of another chat is not asked here."""


def _file(row: Attachment, family: str) -> DataFile:
    encoding = row.metadata.get("encoding", "")
    return DataFile(row.pk, row.name, family, row.size, row.sha256, partial(store.content, row), encoding)
