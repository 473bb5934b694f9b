"""The draft is run as far as one step: what leads to it is asked for, and nothing after it runs."""

import pytest

from sambung.lib.ids import uuid7
from tests import factories
from workflows.models import WorkflowRun

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


@pytest.fixture
def sketch():
    made = factories.Sketch().node("in", "input", schema=SCHEMA).node("a", "template", content=[])
    return made.node("out", "output", values=[]).edge("in", "a", "out")


@pytest.fixture
def url(alice, sketch):
    workflow = factories.workflow(alice, sketch=sketch)
    return lambda name: f"/app/workflows/{workflow.pk}/nodes/{sketch.ids.get(name, uuid7())}/run/"


def test_what_leads_to_a_step_runs(url, alice, sketch, sign_in):
    client = sign_in(alice)
    assert "What leads to this step" in client.get(url("a")).content.decode()
    assert client.post(url("a"), {}).status_code == 422
    form = client.get(url("a")).context["form"]
    answer = client.post(url("a"), {next(iter(form.fields)): "Jakarta"})
    run = WorkflowRun.objects.get()
    assert answer.headers["Location"].endswith(f"?run={run.pk}")
    assert run.input == {"city": "Jakarta"}
    names = [node["data"]["name"] for node in run.structure["nodes"]]
    assert names == ["in", "a", "="]


def test_a_step_that_is_not_there_cannot_be_run_to(url, alice, carol, sign_in):
    assert sign_in(alice).get(url("nowhere")).status_code == 404
    assert sign_in(carol).get(url("a")).status_code == 404
