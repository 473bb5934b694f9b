"""Files are kept under names of ours, within limits, and go with what they belong to. C27, C31."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import DiskFull

from chats.actions import editing, housekeeping, personal_data
from chats.files import store
from chats.files.parts import part_of
from chats.models import Attachment, Chat, Message, Role
from sambung.lib.errors import Refused
from teams import quotas
from teams.workspace import Workspace
from tests import corpus
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, exchange, message
from tests.full import Half, files_in

pytestmark = pytest.mark.django_db
TEXT = b"Gayo 40 kg"


@pytest.fixture
def keep(alice):
    def keep(name: str = "notes.txt", data: bytes = TEXT, workspace: Workspace | None = None) -> Attachment:
        return store.keep(by=alice, workspace=workspace or Workspace(alice), name=name, data=data)

    return keep


def in_chat(file: Attachment, chat: Chat) -> Message:
    """A message of the chat with the file."""
    found = message(chat, Role.USER, "Read this")
    Attachment.objects.filter(pk=file.pk).update(chat=chat, message=found)
    Message.objects.filter(pk=found.pk).update(parts=[*found.parts, part_of(file)])
    return Message.objects.get(pk=found.pk)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/shadow", "shadow"),
        ("a\x00.png", "a.png"),
        ("in\u202egpj.exe", "ingpj.exe"),
        (".htaccess", ".htaccess"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_a_name_is_only_shown(keep, given, kept):
    file = keep(given)
    assert file.name == kept
    assert file.file.startswith("attachments/")
    assert len(file.file) == len("attachments/") + 32
    assert store.content(file) == TEXT


def test_what_is_known_of_a_file(keep):
    file = keep("order.csv", b"bean,kg\nGayo,40\n")
    assert (file.mime_type, file.size, file.text) == ("text/csv", 16, "bean,kg\nGayo,40\n")
    assert len(file.sha256) == 64
    assert (file.chat, file.message) == (None, None)


def test_a_file_above_the_limit_is_refused(keep, settings):
    settings.ATTACHMENT_MAX_BYTES = len(TEXT)
    keep()
    with pytest.raises(Refused, match="larger than") as refused:
        keep(data=TEXT + b"!")
    assert (refused.value.status, refused.value.code) == (413, "file_too_large")


def test_the_quota_counts_all_files_of_a_person(keep, settings):
    settings.ATTACHMENT_PERSON_BYTES = 2 * len(TEXT)
    keep(), keep()
    with pytest.raises(Refused, match="no room") as refused:
        keep()
    assert refused.value.status == 413
    Attachment.objects.first().delete()
    keep()


def test_a_team_has_its_own_quota(keep, settings, alice):
    team = TeamFactory()
    TeamMemberFactory(team=team, user=alice)
    settings.ATTACHMENT_PERSON_BYTES, settings.ATTACHMENT_TEAM_BYTES = 1, 0
    assert keep(workspace=Workspace(alice, team)).team == team


def test_what_another_app_keeps_counts_too(keep, settings, monkeypatch, alice):
    settings.ATTACHMENT_PERSON_BYTES = 2 * len(TEXT)
    monkeypatch.setattr(quotas, "_counts", [*quotas._counts])
    quotas.register(lambda workspace: len(TEXT) if workspace.user == alice else 0)
    keep()
    assert quotas.used(Workspace(alice)) == 2 * len(TEXT)
    with pytest.raises(Refused, match="no room"):
        keep()


def test_what_is_refused_leaves_nothing(keep):
    before = default_storage.listdir("attachments")[1] if default_storage.exists("attachments") else []
    with pytest.raises(Refused):
        keep("x.png", b"MZ\x90\x00" + bytes(100))
    after = default_storage.listdir("attachments")[1] if default_storage.exists("attachments") else []
    assert set(after) == set(before)
    assert not Attachment.objects.exists()


# ---- what goes ------------------------------------------------------------------------------------------
def test_bytes_go_with_the_chat(keep, alice, django_capture_on_commit_callbacks):
    chat, file = ChatFactory(user=alice), keep("a.png", corpus.picture())
    in_chat(file, chat)
    assert all(map(default_storage.exists, (file.file, file.thumbnail)))
    with django_capture_on_commit_callbacks(execute=True):
        housekeeping.delete_chat(chat=chat)
        assert default_storage.exists(file.file), "it can be taken back"
        chat.delete()
    assert not any(map(default_storage.exists, (file.file, file.thumbnail)))


def test_a_deleted_message_takes_its_files_but_for_those_of_a_variant(keep, alice):
    chat, file = ChatFactory(user=alice), keep()
    asked = in_chat(file, chat)
    edited, _ = editing.edit_user_message(message=asked, by=alice, text="Read it again", client_id=file.pk)
    assert edited.parts[1] == part_of(file)
    editing.delete_message(message=Message.objects.get(pk=asked.pk), by=alice)
    assert Attachment.objects.filter(pk=file.pk).exists()
    for run in (chat.messages.get(parent=edited).run,):
        run.status, run.finished_at, run.lock_key = "stopped", timezone.now(), None
        run.save()
    editing.delete_message(message=Message.objects.get(pk=edited.pk), by=alice)
    assert not Attachment.objects.filter(pk=file.pk).exists()


def test_a_file_moves_with_its_chat(keep, alice):
    team, chat, file = TeamFactory(), ChatFactory(user=alice), keep()
    TeamMemberFactory(team=team, user=alice)
    in_chat(file, chat)
    housekeeping.move_chat(chat=chat, by=alice, to=Workspace(alice, team))
    file.refresh_from_db()
    assert file.team == team


def test_a_chat_moves_only_where_its_files_have_room(keep, alice, settings):
    settings.ATTACHMENT_TEAM_BYTES = 1
    team, chat = TeamFactory(), ChatFactory(user=alice)
    TeamMemberFactory(team=team, user=alice)
    in_chat(keep(), chat)
    with pytest.raises(Refused, match="There is no room") as refused:
        housekeeping.move_chat(chat=chat, by=alice, to=Workspace(alice, team))
    assert refused.value.code == "storage_full"
    assert Chat.objects.get(pk=chat.pk).team is None


def test_files_that_nobody_sends_go_after_a_day(keep, alice):
    old, new, sent = keep(), keep(), keep()
    in_chat(sent, ChatFactory(user=alice))
    Attachment.objects.exclude(pk=new.pk).update(created_at=timezone.now() - 2 * store.KEPT_WAITING)
    store.clean_up()
    assert set(Attachment.objects.values_list("pk", flat=True)) == {new.pk, sent.pk}
    assert old.pk not in {new.pk, sent.pk}


def test_bytes_without_a_row_go(keep, monkeypatch):
    lost, kept = keep(), keep()
    Attachment.objects.filter(pk=lost.pk)._raw_delete("default")
    store.clean_up()
    assert default_storage.exists(lost.file), "it may be on its way"
    monkeypatch.setattr(store, "KEPT_WAITING", -store.KEPT_WAITING)
    Attachment.objects.filter(pk=kept.pk).update(created_at=timezone.now() + 9 * timezone.timedelta(days=1))
    store.clean_up()
    assert not default_storage.exists(lost.file)
    assert default_storage.exists(kept.file)


def test_who_goes_takes_what_waits_in_any_workspace(keep, alice, bob):
    team = TeamFactory()
    TeamMemberFactory(team=team, user=alice)
    keep(), keep(workspace=Workspace(alice, team))
    sent = keep(workspace=Workspace(alice, team))
    in_chat(sent, ChatFactory(user=bob, team=team))
    personal_data.delete_personal(alice)
    assert list(Attachment.objects.values_list("pk", flat=True)) == [sent.pk]


def test_a_copy_is_a_file_of_its_own(keep, alice, django_capture_on_commit_callbacks):
    file = keep("a.png", corpus.picture())
    copy = store.copy_to(file, chat=ChatFactory(user=alice), message=None)
    with django_capture_on_commit_callbacks(execute=True):
        file.delete()
    assert store.content(copy).startswith(b"\x89PNG")
    assert store.thumbnail(copy)
    assert exchange(copy.chat)


def test_who_takes_their_data_along_gets_their_files(keep, alice):
    chat = ChatFactory(user=alice)
    file = keep()
    in_chat(file, chat)
    taken = dict(personal_data.export(alice))
    assert taken[f"files/{file.pk}"] == TEXT
    assert [(row["id"], row["chat"], row["name"]) for row in taken["files.json"]] == [(file.pk, chat.pk, "notes.txt")]
    assert str(file.pk) in repr(taken[f"chats/{chat.pk}.json"])


# ---- a disk without room ---------------------------------------------------------------------------------
@pytest.mark.parametrize("kept_before", [0, 1], ids=["file", "thumbnail"])
def test_a_file_without_room_is_refused_and_nothing_of_it_is_kept(keep, on_disk, monkeypatch, kept_before):
    made = iter([ContentFile] * kept_before + [Half])
    monkeypatch.setattr("sambung.lib.files.store.ContentFile", lambda data: next(made)(data))
    with pytest.raises(Refused, match="no room") as refused:
        keep("small.png", corpus.picture())
    assert refused.value.status == 507
    assert not Attachment.objects.exists()
    assert files_in(on_disk) == []


def test_a_file_whose_row_the_database_has_no_room_for_is_refused(keep, on_disk, monkeypatch):
    def save(*args, **kwargs):
        raise OperationalError from DiskFull("could not extend file")

    monkeypatch.setattr(Attachment, "save", save)
    with pytest.raises(Refused, match="no room"):
        keep("note.txt", b"Hello")
    assert files_in(on_disk) == []


def test_a_copy_without_room_is_refused(keep, on_disk, alice, monkeypatch):
    file = keep("note.txt", b"Hello")
    monkeypatch.setattr("sambung.lib.files.store.ContentFile", Half)
    with pytest.raises(Refused, match="no room"):
        store.copy_to(file, chat=ChatFactory(user=alice), message=None)
    assert len(files_in(on_disk)) == Attachment.objects.count() == 1
