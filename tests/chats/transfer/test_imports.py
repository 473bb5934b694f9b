"""Imports: looked through, chosen, brought whole or not at all, and nothing twice."""

import errno
import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import DiskFull

from chats.actions import housekeeping
from chats.models import Archive, Chat, Folder, Message, Tag, Transfer
from chats.transfer import imports, progress, restore
from chats.transfer.formats import FORMATS
from sambung.lib.errors import Refused
from teams.workspace import Workspace
from tests import factories
from tests.chats.transfer.test_chatgpt import conversation, node
from tests.factories import ChatFactory
from tests.full import Half, files_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


def talk(name: str, **fields) -> dict:
    nodes = (node(f"{name}-q", "root", said="Hi"), node(f"{name}-a", f"{name}-q", "assistant", "Hello"))
    return conversation(*nodes, conversation_id=name, title=f"Talk {name}", **fields)


def go(transfer: Transfer) -> Transfer:
    for _step in imports.run(str(transfer.pk)):
        pass
    transfer.refresh_from_db()
    return transfer


def looked(person, data: object, team=None) -> Transfer:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return go(imports.upload(by=person, workspace=Workspace(person, team), file=ContentFile(raw, name="x")))


def brought(transfer: Transfer, chosen=None, folder=None) -> Transfer:
    imports.start(transfer=transfer, chosen=chosen, folder=folder)
    return go(transfer)


def titles(person) -> list[str]:
    return sorted(Chat.objects.filter(user=person).values_list("title", flat=True))


def test_whoever_leaves_the_team_meanwhile_brings_nothing(alice, bob, team):
    transfer = looked(bob, [talk("1"), talk("2"), talk("3")], team)
    imports.start(transfer=transfer, chosen=None, folder=None)
    steps = imports.run(str(transfer.pk))
    next(steps)
    assert Chat.objects.filter(team=team).count() == 1
    team.members.filter(user=bob).delete()
    assert list(steps) == []
    transfer.refresh_from_db()
    assert (transfer.status, Chat.objects.filter(team=team).count()) == ("stopped", 0)


def test_a_long_list_of_problems_is_counted(alice, monkeypatch):
    monkeypatch.setattr(imports, "MOST_TOLD", 2)
    report = looked(alice, [1, 2, 3, talk("1")]).report
    assert (len(report["problems"]), report["problems_count"], len(report["chats"])) == (2, 3, 1)


def test_more_chats_than_one_file_may_have_are_not_read(alice, monkeypatch):
    monkeypatch.setattr(imports, "MOST_CHATS", 2)
    transfer = looked(alice, [talk("1"), talk("2"), talk("3"), talk("4")])
    assert (len(transfer.report["chats"]), transfer.report["problems_count"]) == (2, 1)
    assert transfer.report["problems"][0]["place"] == "[3]"
    brought(transfer)
    assert titles(alice) == ["Talk 1", "Talk 2"]


def test_one_file_in_two_places_and_then_in_one(alice, team):
    for place in (None, team):
        brought(looked(alice, [talk("1")], place))
    own = Chat.objects.get(team=None)
    housekeeping.move_chat(chat=own, by=alice, to=Workspace(alice, team))
    assert sorted(Chat.objects.filter(team=team).values_list("origin", flat=True)) == ["", "chatgpt:1"]


def test_what_is_in_the_file_is_told_before_anything_comes(alice):
    transfer = looked(alice, [talk("1"), {"no": "chat"}, talk("2"), talk("1")])
    assert transfer.status == "ready"
    assert [(c["title"], c["messages"], c["is_here"]) for c in transfer.report["chats"]] == [
        ("Talk 1", 2, False),
        ("Talk 2", 2, False),
        ("Talk 1", 2, True),
    ]
    assert transfer.report["problems"] == [{"place": "[2]", "why": "This is no chat."}]
    assert titles(alice) == []


def test_all(alice):
    done = brought(looked(alice, [talk("1"), talk("2")]))
    assert (done.status, done.report["brought"]) == ("done", 2)
    chat = Chat.objects.get(title="Talk 1")
    assert (chat.origin, chat.user, chat.created_at.year, chat.is_public) == ("chatgpt:1", alice, 2023, False)
    assert [(m.role, m.content) for m in chat.messages.all()] == [("user", "Hi"), ("assistant", "Hello")]
    assert chat.messages.get(role="user").user == alice
    assert "<p" in chat.current_message.html


def test_only_those_chosen_into_a_folder(alice):
    folder = Folder.objects.create(user=alice, name="Brought")
    brought(looked(alice, [talk("1"), talk("2"), talk("3")]), [1], folder)
    assert titles(alice) == ["Talk 2"]
    assert Chat.objects.get().folder == folder


def test_a_folder_of_somebody_else_is_none(alice, carol):
    folder = Folder.objects.create(user=carol, name="Hers")
    brought(looked(alice, [talk("1")]), None, folder)
    assert Chat.objects.get().folder is None


def test_nothing_twice(alice, team):
    brought(looked(alice, [talk("1")]))
    Chat.objects.update(deleted_at=timezone.now())
    second = brought(looked(alice, [talk("1"), talk("2")]))
    assert (second.report["brought"], second.report["skipped_count"]) == (1, 1)
    assert second.report["skipped"][0]["title"] == "Talk 1"
    in_team = brought(looked(alice, [talk("1")], team))
    assert in_team.report["brought"] == 1  # another workspace


def test_what_is_still_here_does_not_come_again(alice):
    chat = ChatFactory(user=alice)
    factories.exchange(chat)
    text = FORMATS["json"].write(chat, alice, lambda file: {})
    transfer = looked(alice, text.encode())
    assert transfer.report["chats"][0]["is_here"]
    assert brought(transfer).report["skipped_count"] == 1


def test_two_imports_at_once_give_one_set(alice, bob, team, monkeypatch):
    """Both have looked before either brings: the constraint decides."""
    first, second = (looked(person, [talk("1"), talk("2")], team) for person in (alice, bob))
    monkeypatch.setattr(imports, "_is_known", lambda *args: False)
    done = [brought(first), brought(second)]
    assert [(one.report["brought"], one.report["skipped_count"]) for one in done] == [(2, 0), (0, 2)]
    assert Chat.objects.filter(team=team).count() == 2


def test_stopping_removes_what_came(alice):
    kept = ChatFactory(user=alice, title="Mine")
    tagged = talk("1", is_archived=True)
    transfer = looked(alice, [tagged, talk("2"), talk("3")])
    folder = Folder.objects.create(user=alice, name="Brought")
    imports.start(transfer=transfer, chosen=None, folder=folder)
    steps = imports.run(str(transfer.pk))
    next(steps), next(steps)
    assert Chat.objects.count() == 3
    assert Archive.objects.exists()
    progress.stop(transfer=transfer)
    assert list(steps) == []
    transfer.refresh_from_db()
    assert transfer.status == "stopped"
    assert list(Chat.objects.all()) == [kept]
    assert not Message.objects.exists()
    assert not Archive.objects.exists()
    assert list(Folder.objects.all()) == [folder]


def test_what_was_made_stays_where_something_else_came_to_it(alice):
    tag, empty = Tag.objects.create(user=alice, name="Used"), Tag.objects.create(user=alice, name="Empty")
    ChatFactory(user=alice).chat_tags.create(tag=tag)
    restore.drop_made({"tags": [str(tag.pk), str(empty.pk)], "folders": [], "archives": []})
    assert list(Tag.objects.all()) == [tag]


def test_a_failure_removes_what_came_and_it_can_begin_again(alice, monkeypatch):
    transfer, made = looked(alice, [talk("1"), talk("2")]), []

    def fail_at_second(*args, **kwargs):
        made.append(1)
        if len(made) == 2:
            raise OSError("gone")
        return real(*args, **kwargs)

    real = imports.restore
    monkeypatch.setattr(imports, "restore", fail_at_second)
    failed = brought(transfer)
    assert (failed.status, failed.error_code, titles(alice)) == ("failed", "transfer_broke", [])
    monkeypatch.setattr(imports, "restore", real)
    new = imports.again(transfer=failed)
    assert brought(go(new)).report["brought"] == 2
    assert Transfer.objects.get() == new


def test_a_killed_job_leaves_nothing_half(alice):
    transfer = looked(alice, [talk("1"), talk("2")])
    imports.start(transfer=transfer, chosen=None, folder=None)
    next(imports.run(str(transfer.pk)))
    assert titles(alice) == ["Talk 1"]
    Transfer.objects.update(heartbeat_at=timezone.now() - progress.SILENT - timedelta(seconds=1))
    progress.rescue()
    transfer.refresh_from_db()
    assert (transfer.status, transfer.error_code, titles(alice)) == ("failed", "transfer_interrupted", [])


def test_a_chat_that_cannot_be_shown_is_told_and_the_others_come(alice):
    chat = ChatFactory(user=alice)
    factories.exchange(chat)
    document = json.loads(FORMATS["json"].write(chat, alice, lambda file: {}))
    good = document["chats"][0] | {"origin": "sambung:good", "title": "Good"}
    bad = json.loads(json.dumps(good | {"origin": "sambung:bad", "title": "Bad"}))
    bad["messages"][1]["parts"] = [
        {"type": "tool-call", "toolCallId": "1", "toolName": "t", "args": {}},
        {"type": "tool-result", "toolCallId": "1", "result": "r", "show": {"kind": "table"}},
    ]
    done = brought(looked(alice, document | {"chats": [bad, good]}))
    assert (done.report["brought"], done.report["problems"][0]["place"]) == (1, "[1]")
    assert "Bad" not in titles(alice)


def test_a_bomb_is_told(alice):
    transfer = looked(alice, b"PK\x05\x06" + b"\xff" * 18)
    assert (transfer.status, transfer.report) == ("failed", {})
    assert transfer.error_code


def test_it_begins_once(alice):
    transfer = looked(alice, [talk("1")])
    imports.start(transfer=transfer, chosen=None, folder=None)
    with pytest.raises(Refused):
        imports.start(transfer=transfer, chosen=None, folder=None)


def test_hostile_words_are_words(alice):
    hostile = '<img src=x onerror="alert(1)"><script>alert(1)</script>[x](javascript:alert(1))'
    brought(looked(alice, [conversation(node("q", "root", said=hostile), title=hostile)]))
    html = Chat.objects.get().current_message.html
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("(javascript:", "")


def test_a_file_without_room_is_refused_and_nothing_of_it_is_kept(alice, on_disk):
    with pytest.raises(Refused, match="no room") as refused:
        imports.upload(by=alice, workspace=Workspace(alice), file=Half(b"much", name="x"))
    assert (refused.value.status, refused.value.code) == (507, "no_room")
    assert not Transfer.objects.exists()
    assert files_in(on_disk) == []


def test_a_file_whose_row_cannot_be_kept_goes_again(alice, on_disk, monkeypatch):
    def save(*args, **kwargs):
        raise OperationalError from DiskFull("could not extend file")

    monkeypatch.setattr(Transfer, "save", save)
    monkeypatch.setattr(progress, "begin", lambda **given: Transfer(user=alice))
    with pytest.raises(Refused, match="no room"):
        imports.upload(by=alice, workspace=Workspace(alice), file=ContentFile(b"[]", name="x"))
    assert files_in(on_disk) == []


def test_an_import_whose_files_find_no_room_says_so(alice, monkeypatch):
    found = looked(alice, [talk("a")])

    def keep_files(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(imports, "keep_files", keep_files)
    done = brought(found)
    assert (done.status, done.error_code) == ("failed", "transfer_no_room")
    assert not Chat.objects.exists()


PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def test_pictures_and_calls_of_open_webui_are_kept(alice):
    call = '<details type="tool_calls" done="true" id="c" name="look" result="&quot;found&quot;">\n</details>\nDone.'
    nodes = {
        "u": {"role": "user", "content": "", "files": [{"type": "image", "url": f"data:image/png;base64,{PICTURE}"}]},
        "a": {"role": "assistant", "content": call, "parentId": "u"},
    }
    done = brought(looked(alice, [{"id": "1", "chat": {"history": {"messages": nodes, "currentId": "a"}}}]))
    assert (done.report["brought"], done.report["left"]) == (1, {})
    asked, answered = Chat.objects.get().messages.order_by("created_at", "id")
    (kept,) = asked.attachments.all()
    assert asked.parts == [{"type": "image", "image": str(kept.pk), "mimeType": "image/png"}]
    assert answered.content == "Done."
    assert 'class="part part-tool"' in answered.html
    assert "details type" not in answered.html
