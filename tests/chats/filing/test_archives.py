"""Archives: a chat in several, chats outlive them, and what lies in none goes in one act."""

import pytest

from chats.filing import archives, deleting
from chats.models import Chat
from teams import access
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db


def mine(user):
    return access.rows(user, Chat.objects.all())


def test_a_chat_lies_in_several_and_outlives_them(alice, chat):
    one, two = (archives.create(by=alice, name=name) for name in ("One", "Two"))
    for archive in (one, two, one):
        assert archives.add(archive=archive, chats=mine(alice)) == 1
    assert chat.archive_items.count() == 2
    archives.delete(archive=one)
    assert [item.archive for item in chat.archive_items.all()] == [two]
    archives.remove(archive=two, chats=mine(alice))
    assert not chat.archive_items.exists()
    assert Chat.objects.filter(pk=chat.pk).exists()


def test_choosing_touches_ones_own_archives_alone(alice, bob, team):
    chat = ChatFactory(user=alice, team=team)
    hers, his = archives.create(by=alice, name="Hers"), archives.create(by=bob, name="His")
    for archive in (hers, his):
        archives.add(archive=archive, chats=mine(alice))
    other = archives.create(by=alice, name="Other")
    archives.choose(chat=chat, of=[hers, other], chosen=[other])
    assert {item.archive for item in chat.archive_items.all()} == {other, his}


def test_what_lies_in_no_archive_goes_together_and_comes_back_together(alice, chat, carol):
    foreign = ChatFactory(user=carol)
    kept, before = ChatFactory(user=alice), ChatFactory(user=alice)
    others = [chat, ChatFactory(user=alice, is_pinned=True)]
    archives.add(archive=archives.create(by=alice, name="Kept"), chats=mine(alice).filter(pk=kept.pk))
    deleting.delete_chats(Chat.objects.filter(pk=before.pk))
    moment, gone = archives.delete_others(chats=mine(alice))
    assert (gone, list(mine(alice))) == (2, [kept])
    assert Chat.objects.filter(pk=foreign.pk, deleted_at=None).exists()
    deleting.restore_chats(Chat.objects.filter(deleted_at=moment))
    assert set(mine(alice)) == {kept, *others}
