"""What is deleted: stopped, kept for 30 days, then gone for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chats.actions import housekeeping
from chats.filing import deleting, folders
from chats.models import Chat, Folder, Message, Prompt
from teams import trash
from teams.workspace import Workspace
from tests.factories import ChatFactory, exchange, message, run

pytestmark = pytest.mark.django_db


def test_what_runs_in_deleted_chats_is_stopped(alice, chat):
    asked = exchange(chat)
    working = run(chat, lock_key="x", status="running")
    message(chat, "assistant", "", parent=asked, run=working)
    assert deleting.delete_chats(Chat.objects.filter(user=alice)) == 1
    working.refresh_from_db()
    assert working.stop_requested_at


def test_a_folder_that_comes_back_fetches_no_chat_of_another_workspace(alice, team):
    mine = Folder.objects.create(user=alice, name="Mine")
    stays, moves = (ChatFactory(user=alice, folder=mine) for _ in range(2))
    folders.delete(folder=mine, with_content=False)
    housekeeping.move_chat(chat=moves, by=alice, to=Workspace(alice, team))
    deleting.restore_folders(Folder.objects.all())
    assert [Chat.objects.get(pk=chat.pk).folder for chat in (stays, moves)] == [mine, None]


def test_what_is_deleted_already_keeps_its_moment(alice, chat):
    housekeeping.delete_chat(chat=chat)
    before = Chat.objects.get().deleted_at
    assert deleting.delete_chats(Chat.objects.all()) == 0
    assert Chat.objects.get().deleted_at == before


def test_after_30_days_it_is_gone_for_good(alice):
    now = timezone.now()
    for days in (29, 31):
        at = now - timedelta(days=days)
        exchange(ChatFactory(user=alice, title=str(days), deleted_at=at))
        Folder.objects.create(user=alice, name=str(days), deleted_at=at)
        Prompt.objects.create(user=alice, name=str(days), content="x", deleted_at=at)
    ChatFactory(user=alice, title="stays")
    trash.remove_old()
    assert sorted(Chat.objects.values_list("title", flat=True)) == ["29", "stays"]
    assert [row.name for row in (*Folder.objects.all(), *Prompt.objects.all())] == ["29", "29"]
    assert Message.objects.count() == 2
