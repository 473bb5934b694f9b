"""Files that come with forms: of a run, a replay, an approval, a member's form; and schedules, which bring none."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sambung.lib.files import store
from tests import factories
from tests.factories.workflow_runs import approval
from workflows.actions import triggers
from workflows.engine import deciding, files
from workflows.models import WorkflowRun, WorkflowTrigger

pytestmark = pytest.mark.django_db
PAPER = {"type": "string", "format": "file"}
SCHEMA = {
    "type": "object",
    "properties": {"paper": PAPER, "more": {"type": "array", "items": PAPER}},
    "required": ["paper"],
    "order": ["paper", "more"],
}
DAILY = {"often": "daily", "at": "07:30", "zone": "Asia/Jakarta", "missed": "once", "overlap": "queue"}


@pytest.fixture
def client(alice, sign_in):
    return sign_in(alice)


@pytest.fixture
def workflow(alice):
    return factories.published(alice, sketch=factories.line(("template", {"content": []}), schema=SCHEMA))


def text(words: str, name: str = "a.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, words.encode())


def test_a_run_is_given_files(client, workflow):
    path = f"/app/workflows/{workflow.pk}/run/"
    assert 'enctype="multipart/form-data"' in client.get(path).text

    assert client.post(path, {"in_0": text("One"), "in_1": [text("Two"), text("Three")]}).status_code == 302

    run = WorkflowRun.objects.get()
    kept = run.input["paper"]
    assert (kept["name"], kept["mimeType"], kept["size"], kept["text"]) == ("a.txt", "text/plain", 3, "One")
    assert [store.content(one["file"]) for one in run.input["more"]] == [b"Two", b"Three"]
    assert run.file_bytes == 11
    assert store.stored_in(files.SENT) == []


def test_what_is_refused_is_kept_nowhere(client, workflow, settings):
    settings.ATTACHMENT_PERSON_BYTES = 5
    answer = client.post(f"/app/workflows/{workflow.pk}/run/", {"in_0": text("One"), "in_1": text("Three")})
    assert (answer.status_code, WorkflowRun.objects.count()) == (422, 0)
    assert "There is no room for it" in answer.text
    assert store.stored_in(files.SENT) == []


def test_a_replay_has_the_files_of_the_run_unless_it_gets_others(client, workflow):
    client.post(f"/app/workflows/{workflow.pk}/run/", {"in_0": text("One")})
    first = WorkflowRun.objects.get()
    path = f"/app/workflows/runs/{first.pk}/replay/"
    assert "“a.txt” stays" in client.get(path).text

    assert client.post(path, {"graph": "run"}).status_code == 302
    again = WorkflowRun.objects.exclude(pk=first.pk).get()
    assert (again.input["paper"]["text"], again.input["paper"]["file"] != first.input["paper"]["file"]) == ("One", True)

    assert client.post(path, {"graph": "run", "in_0": text("Other")}).status_code == 302
    assert WorkflowRun.objects.exclude(pk__in=[first.pk, again.pk]).get().input["paper"]["text"] == "Other"


def test_an_approval_is_given_one(client, alice, monkeypatch):
    monkeypatch.setattr(deciding, "answer_step", lambda step, **told: None)
    found = approval(alice, form=SCHEMA, values={})
    name = f"a{found.pk.hex[-12:]}-in_0"
    path = f"/app/workflows/approvals/{found.pk}/decide/"

    assert client.post(path, {"button": "yes", name: text("Signed")}).status_code == 302

    found.refresh_from_db()
    assert found.values["paper"]["text"] == "Signed"
    assert found.step.workflow_run.pk.hex in found.values["paper"]["file"]


def test_a_members_form_takes_one(client, alice, workflow):
    triggers.create(by=alice, workflow=workflow, kind="form", config={"most": 2, "thanks": ""})
    assert client.post(f"/app/workflows/{workflow.pk}/form/", {"in_0": text("One")}).status_code == 302
    assert WorkflowRun.objects.get().input["paper"]["text"] == "One"


def test_a_schedule_brings_none(client, workflow):
    path = f"/app/workflows/{workflow.pk}/triggers/new/schedule/"
    assert "no schedule can give" in client.post(path, DAILY).text
    assert WorkflowTrigger.objects.count() == 0
