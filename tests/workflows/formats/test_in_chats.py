"""The shipped templates as tools: a model of a chat calls each, people decide, and the reply gets the outputs."""

import json
import uuid

import pytest

from agents import catalog
from agents.catalog import Reference
from agents.models import ApiKey, RunStatus
from agents.runs.registry import Work
from chats.actions import sending
from sambung.lib.threads import in_thread
from teams.workspace import Workspace
from tests.chats.disk import play_here, taken_up
from tests.factories import begin
from tests.scripts import OBEYS, orders
from tests.workflows.engine.conftest import host, resting  # noqa: F401  a fixture
from tests.workflows.formats.playing import ENDED, cases
from tests.workflows.formats.test_playing import SHIPPED, stage  # noqa: F401  a fixture
from tests.workflows.formats.told import HERE
from workflows.actions import calling
from workflows.formats import reading
from workflows.models import Workflow, WorkflowRun
from workflows.publishing import versions

pytestmark = pytest.mark.django_db(transaction=True)


def ask(person, workflow: Workflow, given: dict) -> Work:
    """Publish it as a tool, and have the model of a chat call it; return the reply, which is to be played."""
    workflow.refresh_from_db()
    told = {"name": "it", "description": "Does it.", "when": ""}
    versions.publish(workflow=workflow, by=person, draft_version=workflow.draft_version, tool=told)
    key, here = ApiKey.objects.get(), Workspace(person)
    model = catalog.alike(Reference(key.pk, key.provider, OBEYS), here)
    said = {"text": orders([("it", given)]), "client_id": uuid.uuid4()}
    chat = sending.start_chat(by=person, workspace=here, model=model, **said)
    (reply,) = chat.messages.filter(role="assistant")
    return begin(reply.run_id, "here")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
async def test_a_template_is_called_in_a_chat(stage, path, monkeypatch):  # noqa: F811
    monkeypatch.setattr("workflows.tools.WITHIN", 0.0)
    case = stage.here(cases(HERE / "templates" / path.name)[-1])
    names = await stage.prepared(case)
    workflow = await in_thread(stage.bring, reading.read(path.read_bytes()), names)

    reply = await play_here(await in_thread(ask, stage.person, workflow, case["input"]))
    assert reply.run.status == RunStatus.WAITING, reply.run.error_code
    run = await in_thread(WorkflowRun.objects.get)
    played = await resting(run.pk)
    while played.status == RunStatus.WAITING:
        await in_thread(stage.decide, played, case["decisions"])
        played = await resting(run.pk, ENDED)
    assert (played.status, run.trigger) == ("succeeded", "chat"), played.run.error_code
    assert await in_thread(calling.wake) == 1
    done = await play_here(await in_thread(taken_up, reply))

    (result,) = (part for part in done.parts if part["type"] == "tool-result")
    given = result["result"] if isinstance(result["result"], dict) else json.loads(result["result"])
    assert (done.run.status, given.keys()) == ("succeeded", case["output"].keys())
    assert given | {"document": "*"} == case["output"] | {"document": "*"}
