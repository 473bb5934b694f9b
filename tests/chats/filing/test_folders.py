"""Folders: nested, moved, deleted with their chats or without, and taken back."""

import pytest

from chats.actions import housekeeping
from chats.filing import deleting, folder_tree, folders
from chats.models import Chat, ChatTag, Folder, Tag
from sambung.lib.errors import Refused
from teams.folders import DEEPEST, create_folder, move_folder, path
from teams.workspace import Workspace
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db


def listed() -> list[tuple[int, str, int]]:
    """(depth, name, number of chats) of all folders that are there."""
    rows = folder_tree.listed(Folder.objects.filter(deleted_at=None))
    return [(row.depth, row.name, row.count) for row in rows]


def take_back(moment) -> int:
    """Take back what one act deleted; give how many chats."""
    with_folders = deleting.restore_folders(Folder.objects.filter(deleted_at=moment))
    return with_folders + deleting.restore_chats(Chat.objects.filter(deleted_at=moment))


def test_folders_lie_in_one_another_with_their_chats(alice, folder, django_assert_num_queries):
    work = folder("work")
    folder("Home")
    coffee = folder("Coffee", work)
    for _ in range(2):
        ChatFactory(user=alice, folder=coffee)
    ChatFactory(user=alice, folder=coffee, is_temporary=True)
    with django_assert_num_queries(1):
        assert listed() == [(1, "Home", 0), (1, "work", 0), (2, "Coffee", 2)]
    assert path(coffee) == [work]


def test_a_folder_never_lies_in_itself(folder):
    top = folder("Top")
    middle = folder("Middle", top)
    below = folder("Below", middle)
    for to in (top, below):
        with pytest.raises(Refused, match="in itself"):
            move_folder(folder=top, to=to)
    move_folder(folder=below, to=top)
    assert listed() == [(1, "Top", 0), (2, "Below", 0), (2, "Middle", 0)]


def test_folders_are_not_nested_without_end(folder):
    end = None
    for number in range(DEEPEST):
        end = folder(f"Level {number}", end)
    with pytest.raises(Refused, match="deep"):
        folder("Too deep", end)
    other = folder("Other")
    folder("In other", other)
    with pytest.raises(Refused, match="deep"):
        move_folder(folder=other, to=end.parent)


def test_a_folder_is_moved_into_one_of_its_own_scope_alone(alice, team, folder):
    of_team = create_folder(Folder, workspace=Workspace(alice, team), name="Of the team")
    with pytest.raises(Refused, match="deleted"):
        move_folder(folder=folder(), to=of_team)


def test_chats_of_another_scope_are_not_placed(alice, team, chat, folder):
    of_team = ChatFactory(user=alice, team=team)
    both = Chat.objects.filter(pk__in=[chat.pk, of_team.pk])
    assert folders.place(chats=both, folder=folder()) == 1
    assert folders.place(chats=both, folder=create_folder(Folder, workspace=Workspace(alice, team), name="Theirs")) == 1
    of_team.refresh_from_db()
    assert of_team.folder.name == "Theirs"


def test_deleted_with_its_content_and_taken_back(alice, folder):
    top = folder("Top")
    below = folder("Below", top)
    chat, loose = ChatFactory(user=alice, folder=below), ChatFactory(user=alice)
    before = ChatFactory(user=alice, folder=below)
    housekeeping.delete_chat(chat=before)
    moment = folders.delete(folder=top, with_content=True)
    assert (listed(), list(Chat.objects.filter(deleted_at=None))) == ([], [loose])
    assert take_back(moment) == 1
    chat.refresh_from_db()
    before.refresh_from_db()
    assert (chat.folder, chat.deleted_at, bool(before.deleted_at)) == (below, None, True)
    assert listed() == [(1, "Top", 0), (2, "Below", 1)]


def test_deleted_alone_its_content_moves_up_and_comes_back(alice, folder):
    top = folder("Top")
    gone = folder("Gone", top)
    folder("Below", gone)
    stays, moved = ChatFactory(user=alice, folder=gone), ChatFactory(user=alice, folder=gone)
    moment = folders.delete(folder=gone, with_content=False)
    assert listed() == [(1, "Top", 2), (2, "Below", 0)]
    folders.place(chats=Chat.objects.filter(pk=moved.pk), folder=None)
    take_back(moment)
    assert listed() == [(1, "Top", 0), (2, "Gone", 1), (3, "Below", 0)]
    stays.refresh_from_db()
    assert stays.folder == gone


def test_what_comes_back_alone_lies_outside_of_what_is_still_deleted(alice, folder):
    top = folder("Top")
    below = folder("Below", top)
    chat = ChatFactory(user=alice, folder=top)
    folders.delete(folder=top, with_content=True)
    housekeeping.restore_chat(chat=chat)
    deleting.restore_folders(Folder.objects.filter(pk=below.pk))
    chat.refresh_from_db()
    assert chat.folder is None
    assert listed() == [(1, "Below", 0)]


def test_the_nearest_prompt_and_model_count(folder):
    top = folder("Top")
    model = {"api_key": None, "provider": "bundled", "model": "small"}
    Folder.objects.filter(pk=top.pk).update(settings={"system_prompt": "Top words", "model": model})
    middle = folder("Middle", top)
    below = folder("Below", middle)
    assert folder_tree.prompt_of(below.pk)[0] == "Top words"
    assert folder_tree.model_of(below.pk).stored == model
    folders.set_settings(folder=middle, system_prompt="Middle words", model=None, retention_days=None)
    assert folder_tree.prompt_of(below.pk)[0] == "Middle words"
    assert folder_tree.model_of(below.pk).stored == model
    assert folder_tree.prompt_of(folder("Other").pk)[0] == ""


def test_a_chat_that_moves_to_another_workspace_leaves_folder_and_tags(alice, team, chat, folder):
    folders.place(chats=Chat.objects.filter(pk=chat.pk), folder=folder())
    public, own = Tag.objects.create(name="Public"), Tag.objects.create(name="Own", user=alice)
    for tag in (public, own):
        ChatTag.objects.create(chat=chat, tag=tag)
    housekeeping.move_chat(chat=chat, by=alice, to=Workspace(alice, team))
    chat.refresh_from_db()
    assert (chat.folder, [row.tag for row in chat.chat_tags.all()]) == (None, [public])
