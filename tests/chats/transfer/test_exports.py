"""Exports of many chats: whose, where in the ZIP, how they go on, end and are stopped."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from chats.models import Chat, Folder, Transfer, TransferStatus
from chats.transfer import exports, progress
from chats.transfer.formats import FORMATS
from chats.transfer.source import Source
from sambung.lib.errors import Refused
from teams.workspace import Workspace
from tests import factories
from tests.factories import ChatFactory
from tests.full import Half, files_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


def start(person, form: str = "markdown", **given) -> Transfer:
    return exports.start(by=person, workspace=given.pop("workspace", Workspace(person)), form=FORMATS[form], **given)


def run(transfer: Transfer) -> Transfer:
    for _step in exports.run(str(transfer.pk)):
        pass
    transfer.refresh_from_db()
    return transfer


def unpacked(transfer: Transfer) -> dict[str, str]:
    with default_storage.open(transfer.file) as file, zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_all_chats_by_folders(alice, carol):
    outer = Folder.objects.create(user=alice, name="Work/..")
    inner = Folder.objects.create(user=alice, name="2024", parent=outer)
    for title, folder in (("Plan", inner), ("plan", inner), ("../../x", None)):
        factories.exchange(ChatFactory(user=alice, title=title, folder=folder))
    ChatFactory(user=alice, deleted_at=timezone.now())
    ChatFactory(user=alice, is_temporary=True)
    ChatFactory(user=carol)
    done = run(start(alice))
    assert (done.status, done.done, done.total) == ("done", 3, 3)
    assert sorted(unpacked(done)) == ["chats/Work/2024/Plan.md", "chats/Work/2024/plan (2).md", "chats/x.md"]


def test_only_what_the_person_may_read_when_it_runs(alice, bob, carol, team):
    gone, kept = ChatFactory(user=alice, team=team, title="Gone"), ChatFactory(user=bob, team=team, title="Kept")
    foreign = ChatFactory(user=carol)
    begun = start(alice, workspace=Workspace(alice, team), chats=[gone.pk, kept.pk, foreign.pk])
    assert begun.total == 2
    Chat.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    assert list(unpacked(run(begun))) == ["chats/Kept.md"]


def test_whoever_left_the_team_meanwhile_gets_nothing(alice, bob, team):
    ChatFactory(user=alice, team=team)
    begun = start(bob, workspace=Workspace(bob, team))
    team.members.filter(user=bob).delete()
    ended = run(begun)
    assert (ended.status, ended.file) == ("stopped", "")


def test_json_of_many_is_read_again(alice):
    for n in range(3):
        factories.exchange(ChatFactory(user=alice, title=f"Chat {n}"))
    done = run(start(alice, "json"))
    with default_storage.open(done.file) as file:
        found = list(Source(io.BytesIO(file.read())).found())
    assert [one.chat["title"] for one in found] == ["Chat 0", "Chat 1", "Chat 2"]


def test_stopped_in_the_middle_there_is_no_file(alice, storage):
    ChatFactory.create_batch(3, user=alice)
    begun = start(alice)
    steps = exports.run(str(begun.pk))
    next(steps)
    progress.stop(transfer=begun)
    assert list(steps) == []
    begun.refresh_from_db()
    assert (begun.status, begun.done, begun.file) == ("stopped", 1, "")
    assert not list(storage.rglob("*.zip"))


def test_stopped_at_the_end_the_file_goes(alice, storage):
    ChatFactory(user=alice)
    begun = start(alice)
    steps = exports.run(str(begun.pk))
    next(steps)
    Transfer.objects.filter(pk=begun.pk).update(status=TransferStatus.STOPPED)
    assert list(steps) == []
    assert not list(storage.rglob("*.zip"))


def test_what_fails_is_told(alice, monkeypatch):
    def fail(*args):
        raise OSError("disk full")

    ChatFactory(user=alice)
    monkeypatch.setattr(exports, "_add", fail)
    done = run(start(alice))
    assert (done.status, done.error_code) == ("failed", "transfer_broke")


def test_a_job_that_is_silent_is_gone_and_can_begin_again(alice):
    chat = ChatFactory(user=alice)
    begun = start(alice, chats=[chat.pk])
    progress.rescue()
    begun.refresh_from_db()
    assert begun.status == "running"
    Transfer.objects.update(heartbeat_at=timezone.now() - progress.SILENT - timedelta(seconds=1))
    progress.rescue()
    begun.refresh_from_db()
    assert (begun.status, begun.error_code) == ("failed", "transfer_interrupted")
    new = exports.again(transfer=begun)
    assert list(unpacked(run(new))) == [f"chats/{chat.title.rstrip('.')}.md"]
    assert Transfer.objects.get() == new


def test_one_at_a_time_and_not_too_many(alice, monkeypatch):
    start(alice)
    with pytest.raises(Refused):
        start(alice)
    Transfer.objects.update(status=TransferStatus.DONE)
    monkeypatch.setattr(progress, "MOST", 1)
    with pytest.raises(Refused):
        start(alice)


def test_the_file_goes_with_its_row(alice, storage, django_capture_on_commit_callbacks):
    done = run(start(alice))
    assert list(storage.rglob("*.zip"))
    Transfer.objects.update(created_at=timezone.now() - progress.KEPT)
    with django_capture_on_commit_callbacks(execute=True):
        progress.drop_old()
    assert not Transfer.objects.filter(pk=done.pk).exists()
    assert not list(storage.rglob("*.zip"))


def test_one_chat(alice):
    chat = ChatFactory(user=alice, title="a/b: c")
    factories.exchange(chat)
    name, content = exports.one(chat=chat, form=FORMATS["json"], by=alice)
    assert name == "a b c.json"
    assert len(json.loads(content)["chats"]) == 1


def test_an_export_without_room_says_so_and_keeps_nothing(alice, on_disk, monkeypatch):
    factories.message(ChatFactory(user=alice))
    begun = start(alice)
    monkeypatch.setattr(exports, "File", lambda file: Half(file.read()))
    done = run(begun)
    assert (done.status, done.error_code, done.file) == ("failed", "transfer_no_room", "")
    assert files_in(on_disk) == []
