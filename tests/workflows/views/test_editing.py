"""What the editor asks for while it is open: what is new, what it has changed, what is wrong, who else is here."""

import json

import pytest

from agents.models import Run, RunKind, RunStatus
from sambung.lib.ids import uuid7
from tests import factories
from workflows.editing import presence
from workflows.models import Workflow, WorkflowRun


@pytest.fixture(autouse=True)
def _nobody_is_here():
    presence._open.clear()


@pytest.fixture
def sketch():
    return factories.Sketch().node("in", "input").node("a", "template", content=[]).edge("in", "a")


@pytest.fixture
def workflow(alice, team, sketch) -> Workflow:
    return factories.workflow(alice, team, sketch)


@pytest.fixture
def editor(alice, team, workflow, sign_in):
    """Alice's page: asks for `name` with a query, or posts operations to it."""
    client = sign_in(alice)

    def ask(name: str, *, by=None, **query):
        return (by or client).get(f"/team/{team.slug}/workflows/{workflow.pk}/{name}/", query)

    def send(*operations, base: int | None = None, body: str = ""):
        sent = {"base": workflow.draft_version if base is None else base, "operations": operations}
        url = f"/team/{team.slug}/workflows/{workflow.pk}/operations/"
        return client.post(url, body or json.dumps(sent), content_type="application/json")

    ask.send = send
    return ask


def op(name: str, **fields) -> dict:
    return {"id": str(uuid7()), "op": name, **fields}


def test_nothing_new_is_said_in_few_words(editor, workflow):
    told = editor("draft", base=workflow.draft_version, tab="1").json()
    assert told == {"version": workflow.draft_version, "structure": None, "faults": None, "here": []}


def test_what_is_new_comes_whole_with_what_is_wrong(editor, workflow, sketch):
    told = editor("draft", base=0, tab="1").json()
    assert {node["id"] for node in told["structure"]["nodes"]} == set(sketch.ids.values())
    assert "workflow_no_output" in {fault["code"] for fault in told["faults"]}
    assert all(fault["text"] for fault in told["faults"])
    assert editor("check").json()["faults"] == told["faults"]


def test_who_else_is_here_and_at_which_step(editor, bob, team, sketch, sign_in):
    editor("draft", base=0, tab="1", node=sketch.ids["a"])
    (seen,) = editor("draft", by=sign_in(bob), base=0, tab="2").json()["here"]
    assert (seen["name"], seen["node"]) == ("Alice Owner", sketch.ids["a"])
    assert editor("draft", base=0, tab="3").json()["here"] == [
        {"id": str(bob.pk), "name": "Bob Member", "initials": bob.initials, "node": ""}
    ]


def test_a_move_answers_without_the_workflow(editor, workflow, sketch):
    answer = editor.send(op("move", node=sketch.ids["a"], position={"x": 1, "y": 2}))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["version"], told["structure"], told["faults"]) == (workflow.draft_version + 1, None, None)


def test_a_change_answers_with_what_is_wrong_now(editor, sketch):
    answer = editor.send(op("set", node=sketch.ids["a"], field="name", value="in", was="a"))
    assert "workflow_name_twice" in {fault["code"] for fault in answer.json()["faults"]}


def test_what_is_not_for_the_person_is_a_fault_at_once(editor, bob, sketch):
    theirs = str(factories.agent(bob).pk)
    data = {"name": "Theirs", "agent": theirs, "message": [{"text": "Hello"}], "answer": {"type": "text"}}
    node = {"id": str(uuid7()), "type": "agent", "position": {"x": 0, "y": 0}, "data": data}
    told = editor.send(op("add", node=node)).json()
    assert "agent" in {fault["field"] for fault in told["faults"] if fault["node"] == node["id"]}


def test_who_knows_an_older_version_gets_what_came_since(editor, sketch, workflow):
    answer = editor.send(op("move", node=sketch.ids["a"], position={"x": 1, "y": 2}), base=0)
    assert len(answer.json()["structure"]["nodes"]) == 2


def test_a_collision_is_told_with_what_stands_there(editor, sketch):
    answer = editor.send(op("set", node=sketch.ids["a"], field="name", value="b", was="other"))
    assert answer.status_code == 409
    (result,) = answer.json()["results"]
    assert (result["state"], result["theirs"]) == ("conflict", "a")
    assert result["sentence"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        '{"base": 1}',
        '{"base": "1", "operations": []}',
        '{"base": 1, "operations": {}}',
        '{"base": 1, "operations": [NaN]}',
        '{"base": 1, "operations": [[[[[[[]]]]]]]}',
        "[" * 100_000,
    ],
    ids=["nothing", "list", "broken", "none", "text", "object", "nan", "lists", "deep"],
)
def test_what_is_no_request_is_refused(editor, body):
    answer = editor.send(body=body or " ")
    assert answer.status_code == 422
    assert answer["Error-Code"] == "workflow_operations"


def test_a_stranger_sees_and_changes_nothing(workflow, carol, team, sign_in):
    client, place = sign_in(carol), f"workflows/{workflow.pk}"
    for name in ("", "draft/", "check/", "list/"):
        assert client.get(f"/team/{team.slug}/{place}/{name}").status_code == 404
        assert client.get(f"/app/{place}/{name}").status_code == 404
    assert client.post(f"/app/{place}/operations/", "{}", content_type="application/json").status_code == 404


def test_a_run_that_is_followed_shows_its_steps(editor, alice, team, workflow, sketch):
    run = Run.objects.create(kind=RunKind.WORKFLOW, requested_by=alice, team=team, status=RunStatus.RUNNING)
    given = {"workflow": workflow, "structure": sketch.structure, "input": {}}
    made = WorkflowRun.objects.create(run=run, **given)
    for node, status, handle in (("in", "done", ""), ("a", "failed", ""), ("a", "running", "")):
        attempt = made.steps.filter(node_id=sketch.ids[node]).count() + 1
        told = {"path": sketch.ids[node], "node_type": "template", "status": status, "attempt": attempt}
        made.steps.create(node_id=sketch.ids[node], handle=handle, **told)
    told = editor("draft", base=0, tab="1", run=made.pk).json()["run"]
    assert (told["status"], told["isOver"]) == ("running", False)
    assert {node: told["steps"][sketch.ids[node]]["status"] for node in ("in", "a")} == {"in": "done", "a": "running"}


def test_a_run_of_another_workflow_is_not_followed(editor, alice, team, sketch):
    other = factories.workflow(alice, team)
    run = Run.objects.create(kind=RunKind.WORKFLOW, requested_by=alice, team=team)
    made = WorkflowRun.objects.create(run=run, workflow=other, structure=sketch.structure)
    assert editor("draft", base=0, tab="1", run=made.pk).status_code == 404
