"""Each constraint of folders, tags and archives, broken once."""

import pytest
from django.db import IntegrityError, models, transaction

from chats.models import Archive, ArchiveItem, ChatTag, Folder, Tag

pytestmark = pytest.mark.django_db


def twice(make) -> None:
    make()
    make()


def in_itself(alice) -> None:
    made = Folder.objects.create(user=alice, name="x")
    Folder.objects.filter(pk=made.pk).update(parent=made)


def tagged_twice(alice, chat) -> None:
    tag = Tag.objects.create(user=alice, name="x")
    twice(lambda: ChatTag.objects.create(chat=chat, tag=tag))


def archived_twice(alice, chat) -> None:
    archive = Archive.objects.create(user=alice, name="x")
    twice(lambda: ArchiveItem.objects.create(archive=archive, chat=chat))


BROKEN = {
    "folders_one_owner": lambda alice, team, chat: Folder.objects.create(user=alice, team=team, name="x"),
    "folders_not_in_itself": lambda alice, team, chat: in_itself(alice),
    "folders_retention_positive": lambda alice, team, chat: Folder.objects.create(
        user=alice, name="x", retention_days=0
    ),
    "tags_one_owner": lambda alice, team, chat: Tag.objects.create(user=alice, team=team, name="x"),
    "tags_color_form": lambda alice, team, chat: Tag.objects.create(user=alice, name="x", color="#ABCDEF"),
    "tags_name_in_personal": lambda alice, team, chat: [Tag.objects.create(user=alice, name=name) for name in "xX"],
    "tags_name_in_team": lambda alice, team, chat: [Tag.objects.create(team=team, name=name) for name in "xX"],
    "tags_name_in_public": lambda alice, team, chat: [Tag.objects.create(name=name) for name in "xX"],
    "chat_tags_chat_tag": lambda alice, team, chat: tagged_twice(alice, chat),
    "archive_item_archive_chat": lambda alice, team, chat: archived_twice(alice, chat),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(alice, team, chat, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name](alice, team, chat)


def test_every_constraint_is_broken_here():
    named = {
        constraint.name
        for model in (Folder, Tag, ChatTag, Archive, ArchiveItem)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint | models.UniqueConstraint)
    }
    assert named == set(BROKEN)
