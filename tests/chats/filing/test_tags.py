"""Tags: unique by name in their scope, and only on chats that can have them; colours that stand out."""

import pytest

from chats.filing import tags
from chats.models import Chat, Tag
from sambung.lib.errors import Refused
from teams.workspace import Workspace
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db


def of(chat: Chat) -> list[str]:
    return sorted(chat.chat_tags.values_list("tag__name", flat=True))


def just(*chats: Chat):
    return Chat.objects.filter(pk__in=[chat.pk for chat in chats])


def name_chat(chat: Chat, name: str, workspace: Workspace) -> Tag:
    return tags.add_named(chats=just(chat), name=name, workspace=workspace)


def test_a_name_is_there_once_in_a_scope_whatever_its_case(workspace, carol):
    tags.create(workspace=workspace, name="Coffee")
    with pytest.raises(Refused, match="“COFFEE”"):
        tags.create(workspace=workspace, name="COFFEE")
    tags.create(workspace=Workspace(carol), name="coffee")
    other = tags.create(workspace=workspace, name="Tea")
    with pytest.raises(Refused, match="“coffee”"):
        tags.change(tag=other, name="coffee", color=tags.COLORS[1])


def test_a_chat_is_tagged_by_a_name_that_is_known_or_new(workspace, chat):
    public = Tag.objects.create(name="Urgent")
    assert name_chat(chat, "urgent", workspace) == public
    new = name_chat(chat, "Coffee", workspace)
    assert name_chat(chat, "COFFEE", workspace) == new
    assert (new.user, of(chat)) == (workspace.user, ["Coffee", "Urgent"])
    tags.remove(chats=just(chat), tag=public)
    assert of(chat) == ["Coffee"]


def test_of_two_with_one_name_the_workspaces_own_counts(workspace, chat):
    Tag.objects.create(name="Coffee")
    own = tags.create(workspace=workspace, name="coffee")
    assert name_chat(chat, "Coffee", workspace) == own


def test_a_chat_has_so_many_tags_and_no_more(workspace, chat, monkeypatch):
    monkeypatch.setattr(tags, "AT_MOST", 2)
    for name in ("one", "two"):
        name_chat(chat, name, workspace)
    name_chat(chat, "TWO", workspace)
    with pytest.raises(Refused, match="2 tags"):
        name_chat(chat, "three", workspace)
    assert not Tag.objects.filter(name="three").exists()


def test_a_tag_of_another_scope_is_refused(alice, carol, team, chat):
    of_team = ChatFactory(user=alice, team=team)
    foreign = tags.create(workspace=Workspace(carol), name="Hers")
    theirs = tags.create(workspace=Workspace(alice, team), name="Theirs")
    mine = tags.create(workspace=Workspace(alice), name="Mine")
    for one, tag in ((chat, foreign), (chat, theirs), (of_team, mine), (of_team, foreign)):
        with pytest.raises(Refused, match="another workspace"):
            tags.add(chats=just(one), tag=tag)
    assert tags.add(chats=just(chat, of_team), tag=Tag.objects.create(name="Public")) == 2


def _luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("color", tags.COLORS)
def test_colours_stand_out_from_every_ground_of_both_themes(color):
    for ground in ("#fefefd", "#f6f4f0", "#e6e9f1", "#0b0e15", "#1b2028", "#1d2334"):
        light, dark = sorted((_luminance(color), _luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, ground
