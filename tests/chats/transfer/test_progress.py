"""The jobs of transfers: step by step, in their person's language and time zone."""

import contextlib
import os
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from chats import tasks
from chats.models import Transfer
from chats.transfer import exports, progress
from chats.transfer.formats import FORMATS
from teams.workspace import Workspace
from tests import factories
from tests.factories import ChatFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Database work of a job stays in this thread."""

    async def run(function, *args):
        return function(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(tasks, "in_thread", run)


def test_a_job_does_what_the_row_says(alice, django_capture_on_commit_callbacks):
    alice.preferences = {"language": "id", "time_zone": "Asia/Jakarta"}
    alice.save()
    chat = ChatFactory(user=alice, title="Plan")
    at = timezone.datetime(2024, 1, 1, 20, 0, tzinfo=timezone.get_default_timezone())
    factories.message(chat, "assistant", "Yes", created_at=at)
    with django_capture_on_commit_callbacks(execute=True):
        begun = exports.start(by=alice, workspace=Workspace(alice), form=FORMATS["markdown"])
    job = ProcrastinateJob.objects.get(task_name="chats.export_chats")
    with contextlib.suppress(StopIteration):
        tasks.export_chats.func(**job.args).send(None)
    begun.refresh_from_db()
    with default_storage.open(begun.file) as file, zipfile.ZipFile(file) as archive:
        text = archive.read("chats/Plan.md").decode()
    assert "2024-01-02 03:00" in text
    with translation.override("id"):
        assert translation.gettext("Assistant") in text


def test_a_job_without_its_row_does_nothing(db):
    with pytest.raises(StopIteration):
        tasks.import_chats.func("01a2071f-7ab3-7773-8ee5-26d3e69c21ec").send(None)


def test_a_deactivated_person_gets_nothing(alice):
    begun = exports.start(by=alice, workspace=Workspace(alice), form=FORMATS["markdown"])
    alice.is_active = False
    alice.save()
    assert list(exports.run(str(begun.pk))) == []
    assert Transfer.objects.get().file == ""


def test_files_that_no_transfer_names_go_after_a_day(alice, storage):
    begun = exports.start(by=alice, workspace=Workspace(alice), form=FORMATS["markdown"])
    kept, left, new = (default_storage.save(f"transfers/{name}", ContentFile(b"x")) for name in ("kept", "left", "new"))
    Transfer.objects.filter(pk=begun.pk).update(file=kept)
    for name in (kept, left):
        os.utime(storage / name, (0, 0))
    progress.drop_old()
    assert [default_storage.exists(name) for name in (kept, left, new)] == [True, False, True]


def test_what_has_ended_stays_so(alice):
    begun = exports.start(by=alice, workspace=Workspace(alice), form=FORMATS["markdown"])
    progress.stop(transfer=begun)
    assert not progress.end(begun, "done", file="x")
    with pytest.raises(progress.Ended):
        progress.advance(begun)


def test_a_job_of_this_process_is_not_ended_however_silent_it_was(alice):
    """The process stood still for minutes, and goes on."""
    begun = exports.start(by=alice, workspace=Workspace(alice), form=FORMATS["markdown"])
    Transfer.objects.filter(pk=begun.pk).update(heartbeat_at=timezone.now() - 2 * progress.SILENT)
    with progress.at_work(str(begun.pk)):
        progress.rescue()
        assert Transfer.objects.get(pk=begun.pk).status == "running"
    progress.rescue()
    assert Transfer.objects.get(pk=begun.pk).status == "failed"


def test_a_clock_that_jumps_ends_no_job(alice, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + 2 * progress.SILENT)
    begun = exports.start(by=alice, workspace=Workspace(alice), form=FORMATS["markdown"])
    monkeypatch.setattr(timezone, "now", lambda: now + 4 * progress.SILENT)
    progress.rescue()
    assert Transfer.objects.get(pk=begun.pk).status == "running"
