"""Pages of runs: started, listed, watched, a step opened, values taken along, decided, run again, compared."""

import json
from urllib.parse import quote

import pytest
from django.test import Client

from agents.models import Run, RunStatus
from teams.models import AuditEntry, Notification
from tests import factories
from tests.factories.workflow_runs import approval, asking, unknown, workflow_run, workflow_step
from tests.guards.world import SCRIPT
from workflows.engine import deciding, starting, stopping
from workflows.history import approvals
from workflows.models import StepStatus, WorkflowRun

pytestmark = pytest.mark.django_db
SCHEMA = {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]}


@pytest.fixture
def client(alice, sign_in) -> Client:
    return sign_in(alice)


@pytest.fixture
def workflow(alice):
    return factories.published(
        alice, sketch=factories.line(("template", {"content": []}), schema=SCHEMA), name="Letters"
    )


@pytest.fixture
def run(alice, workflow) -> WorkflowRun:
    made = workflow_run(alice, workflow, input={"topic": "Coffee"}, output={"result": "Dear all"})
    workflow_step(made, "input", output={"topic": "Coffee"})
    workflow_step(made, "template0", output={"text": "Dear all"})
    workflow_step(made, "output", output={"result": "Dear all"})
    return made


def html(client: Client, address: str, status: int = 200, **query) -> str:
    response = client.get(address, query)
    assert response.status_code == status
    return response.content.decode()


def page(run: WorkflowRun, tail: str = "") -> str:
    return f"/app/workflows/runs/{run.pk}/{tail}"


# ---- started --------------------------------------------------------------------------------------------
def test_a_run_is_started_by_the_form_of_its_input(client, workflow, monkeypatch, alice):
    def start(**given):
        return workflow_run(given["by"], workflow, RunStatus.QUEUED, input=given["input"], version=given["version"])

    monkeypatch.setattr(starting, "start", start)
    path = f"/app/workflows/{workflow.pk}/run/"
    assert "Version 1" in html(client, path)
    assert client.post(path, {"draft": "0"}).status_code == 422
    response = client.post(path, {"draft": "0", "in_0": "Tea"})
    made = WorkflowRun.objects.get()
    assert response.headers["Location"] == page(made)
    assert (made.input, made.version.number, made.run.requested_by) == ({"topic": "Tea"}, 1, alice)


def test_what_was_not_published_runs_as_a_draft(client, alice, monkeypatch):
    drawn = factories.workflow(alice)
    given = []
    monkeypatch.setattr(starting, "start", lambda **told: given.append(told) or workflow_run(alice, drawn))
    path = f"/app/workflows/{drawn.pk}/run/"
    assert "as it is drawn now" in html(client, path)
    client.post(path, {"draft": "1"})
    assert given[0]["version"] is None
    assert len(given[0]["structure"]["nodes"]) == 2


def test_others_drafts_are_not_run(sign_in, carol, alice):
    shared = factories.published(alice, visibility="readonly")
    carols = sign_in(carol)
    assert "Version 1" in html(carols, f"/app/workflows/{shared.pk}/run/", draft="1")
    assert carols.get(f"/app/workflows/{factories.workflow(alice).pk}/run/").status_code == 404


# ---- listed ---------------------------------------------------------------------------------------------
def test_an_empty_history_says_what_stands_in_it(client, workflow):
    assert "Each run stands here" in html(client, f"/app/workflows/{workflow.pk}/runs/")
    assert "Each run stands here" in html(client, "/app/workflows/runs/")


def test_runs_are_listed_and_searched(client, run, alice):
    workflow_run(alice, run.workflow, RunStatus.FAILED, error_code="unexpected", input={"topic": "Tea"})
    path = f"/app/workflows/{run.workflow_id}/runs/"
    listed = html(client, path)
    assert "Succeeded" in listed
    assert "Something went wrong" in listed
    assert str(run.pk) in html(client, path, q="coffee")
    assert "No run is like that." in html(client, path, q="cocoa")
    assert "No run is like that." in html(client, path, state="stopped")
    rows = client.get(path, {"q": "coffee"}, headers=SCRIPT | {"HX-Target": "runs-found"}).content.decode()
    assert "<html" not in rows
    assert "Letters" in html(client, "/app/workflows/runs/")


def test_nonsense_in_the_address_is_passed_over(client, run):
    path = f"/app/workflows/{run.workflow_id}/runs/"
    asked = {"since": "yesterday", "version": "x", "person": "me", "page": "-1", "q": "\x00coffee", "trigger": "'"}
    assert str(run.pk) in html(client, path, **asked)


def test_long_histories_have_pages(client, workflow, alice, django_assert_max_num_queries):
    for _ in range(51):
        workflow_run(alice, workflow)
    path = f"/app/workflows/{workflow.pk}/runs/"
    with django_assert_max_num_queries(30):
        assert html(client, path).count("run-row") == 50
    assert html(client, path, page=2).count("run-row") == 1


# ---- watched --------------------------------------------------------------------------------------------
def test_a_run_shows_its_steps_and_what_came_out(client, run):
    shown = html(client, page(run))
    for words in ("Succeeded", "template0", "Dear all", "Version 1", "What came out", "By hand, Alice Owner"):
        assert words in shown
    assert "aria-busy" not in shown.partition('id="run-head"')[2].partition(">")[0]


def test_the_state_is_told_once_it_is_another(client, alice, workflow):
    run = workflow_run(alice, workflow, RunStatus.RUNNING)
    shown = html(client, page(run, "state/"))
    assert 'aria-busy="true"' in shown
    mark = shown.partition('id="run-head"')[2].partition('data-mark="')[2].partition('"')[0]
    assert client.get(page(run, "state/"), {"mark": mark}).status_code == 204
    workflow_step(run, "input")
    assert client.get(page(run, "state/"), {"mark": mark}).status_code == 200


def test_a_step_shows_what_it_took_and_gave(client, run):
    step = run.steps.get(node_type="template")
    workflow_step(run, "output", attempt=2, error_code="unexpected", status=StepStatus.FAILED)
    shown = html(client, f"/app/workflows/steps/{step.pk}/")
    assert "Dear all" in shown
    assert "Run again from here" in shown
    fragment = client.get(f"/app/workflows/steps/{step.pk}/", headers=SCRIPT).content.decode()
    assert "<html" not in fragment
    last = run.steps.get(attempt=2)
    assert "All attempts" in html(client, f"/app/workflows/steps/{last.pk}/")


def test_a_large_value_is_shown_in_part_and_given_whole(client, run):
    step = run.steps.get(node_type="template")
    step.output = {"text": "x" * 30_000 + "end"}
    step.save()
    shown = html(client, f"/app/workflows/steps/{step.pk}/")
    assert "This is the beginning. All of it is 29.3" in shown
    assert "xend" not in shown
    taken = client.get(f"/app/workflows/steps/{step.pk}/output/")
    assert json.loads(taken.content) == step.output
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/app/workflows/steps/{step.pk}/secret/").status_code == 404
    assert client.get(page(run, "value/input/")).status_code == 200


def test_what_a_step_gave_never_becomes_markup(client, run):
    run.steps.filter(node_type="template").update(output={"text": "<script>alert(1)</script>"})
    step = run.steps.get(node_type="template")
    assert "<script>alert" not in html(client, f"/app/workflows/steps/{step.pk}/")


def test_items_of_loops_are_chosen_in_the_address(client, run):
    for at in ("nonsense", "a[x]", "a[12]", "[3]", "a" * 900 + "[1]"):
        assert client.get(page(run), {"at": at}).status_code == 200


def test_others_runs_are_not_there(sign_in, carol, bob, run, team, alice):
    for path in (page(run), page(run, "state/"), page(run, "replay/"), page(run, "value/input/")):
        assert sign_in(carol).get(path).status_code == 404
    shared = workflow_run(alice, factories.published(alice, team))
    assert sign_in(bob).get(f"/team/{team.slug}/workflows/runs/{shared.pk}/").status_code == 200
    assert sign_in(bob).get(page(shared)).status_code == 404


# ---- changed --------------------------------------------------------------------------------------------
def test_a_run_is_stopped(client, alice, workflow, monkeypatch):
    run, stopped = workflow_run(alice, workflow, RunStatus.RUNNING), []
    monkeypatch.setattr(stopping, "stop", stopped.append)
    assert client.post(page(run, "stop/")).headers["Location"] == page(run)
    assert stopped == [run]


def test_a_run_that_has_ended_is_deleted_and_one_on_its_way_is_not(client, run, alice):
    assert "cannot be undone" in html(client, page(run, "delete/"))
    client.post(page(run, "delete/"))
    assert not Run.objects.filter(pk=run.run_id).exists()
    assert AuditEntry.objects.filter(action="workflow_run.deleted", actor=alice).exists()
    active = workflow_run(alice, run.workflow, RunStatus.WAITING)
    assert client.post(page(active, "delete/")).status_code == 409


# ---- unknown --------------------------------------------------------------------------------------------
@pytest.fixture
def cut_off(alice):
    url = {"method": "POST", "url": [{"text": "https://crm.example.org/leads"}]}
    return unknown(alice, factories.published(alice, sketch=factories.line(("http", url))))


def test_what_was_sent_is_shown_and_somebody_says_what_became_of_it(client, cut_off, monkeypatch):
    told = []
    monkeypatch.setattr(deciding, "answer_step", lambda step, *, output, handle=None: told.append(output))
    monkeypatch.setattr(deciding, "repeat_step", lambda step: told.append("again"))
    shown = html(client, page(cut_off.workflow_run))
    for words in ("Did “http0” happen?", "crm.example.org/leads", "It happened: go on", "Do it again", "Let it fail"):
        assert words in shown
    path = f"/app/workflows/steps/{cut_off.pk}/settle/"
    assert client.post(path, {"said": "done", "value": "{"}).status_code == 422
    assert client.post(path, {"said": "done", "value": "NaN"}).status_code == 422
    assert client.post(path, {"said": "perhaps"}).status_code == 422
    assert told == []
    client.post(path, {"said": "done", "value": '{"status": 201}'})
    client.post(path, {"said": "again"})
    assert told == [{"status": 201}, "again"]


# ---- approvals ------------------------------------------------------------------------------------------
def test_a_colleague_decides_on_a_page_of_their_own(sign_in, alice, carol, monkeypatch):
    monkeypatch.setattr(deciding, "answer_step", lambda step, *, output, handle=None: None)
    found = approval(alice, audience={"people": [str(carol.pk)], "role": "", "starter": False})
    approvals.begin(found)
    client = sign_in(carol)
    assert f"/app/workflows/approvals/{found.pk}/" in html(client, "/notifications/")
    path = f"/app/workflows/approvals/{found.pk}/"
    shown = html(client, path)
    for words in ("Send it?", "The letter about coffee.", "Dear all", "Approve", "Reject"):
        assert words in shown
    name = f"a{found.pk.hex[-12:]}-in_0"
    response = client.post(f"{path}decide/", {"button": "yes", name: "", "comment": "Hm."})
    assert response.status_code == 422
    assert "Hm." in response.content.decode()
    assert client.post(f"{path}decide/", {"button": "yes", name: "Dear everybody"}).status_code == 302
    assert "Carol Stranger chose “Approve”" in html(client, path)
    assert "Dear everybody" in html(client, path)
    second = sign_in(alice).post(
        f"{path}decide/", {"button": "no", name: "Never"}, headers={"Accept": "application/json"}
    )
    assert second.status_code == 409
    assert not Notification.objects.filter(user=carol).exists()


def test_only_a_comment_needs_no_form(client, alice):
    found = approval(alice)
    client.post(f"/app/workflows/approvals/{found.pk}/decide/", {"button": "", "comment": "Who is this for?"})
    assert "Who is this for?" in html(client, f"/app/workflows/approvals/{found.pk}/")


def test_the_run_asks_as_well_and_says_who_decides(client, sign_in, alice, bob, team):
    found = approval(alice, factories.published(alice, team, sketch=asking()))
    path = f"/team/{team.slug}/workflows/runs/{found.step.workflow_run_id}/"
    assert "Approve" in html(client, path)
    assert "Waits for Alice Owner." in html(sign_in(bob), path)


def test_who_decides_on_the_run_stays_there(client, alice, team):
    found = approval(alice, factories.published(alice, team, sketch=asking()))
    path = f"/team/{team.slug}/workflows/runs/{found.step.workflow_run_id}/"
    assert 'name="at" value="run"' in html(client, path)
    decide = f"/team/{team.slug}/workflows/approvals/{found.pk}/decide/"
    told = {"button": "", "comment": "Who is this for?"}
    assert client.post(decide, told | {"at": "run"})["Location"] == path
    assert client.post(decide, told)["Location"] == decide.removesuffix("decide/")


def test_approvals_of_others_are_not_there(sign_in, alice, carol):
    found = approval(alice)
    for path in ("", "decide/"):
        response = sign_in(carol).post(f"/app/workflows/approvals/{found.pk}/{path}", {"button": "yes"})
        assert response.status_code in (404, 405)


# ---- again ----------------------------------------------------------------------------------------------
def test_what_would_happen_is_shown_before_a_run_runs_again(client, run, monkeypatch, alice):
    key = run.steps.get(node_type="template").path
    shown = html(client, page(run, "replay/"), path=key)
    assert "Results used again" in shown
    assert "Likely cost" in shown
    assert 'value="Coffee"' in shown
    given = []
    monkeypatch.setattr(starting, "start", lambda **told: given.append(told) or run)
    client.post(page(run, "replay/"), {"path": key, "in_0": "Coffee"})
    assert [step.node_type for step in given[0]["reuse"].values()] == ["input"]
    client.post(page(run, "replay/"), {"path": "", "in_0": "Tea", "graph": "draft"})
    assert (given[1]["reuse"], given[1]["input"], given[1]["version"]) == ({}, {"topic": "Tea"}, None)
    assert client.post(page(run, "replay/"), {"path": "nowhere", "in_0": "Tea"}).status_code == 422
    assert html(client, page(run, "replay/"), path="nowhere", graph="draft")


def test_one_node_runs_alone(client, run, monkeypatch):
    node = run.steps.get(node_type="template").node_id
    given = []
    monkeypatch.setattr(starting, "start", lambda **told: given.append(told) or run)
    path = f"/app/workflows/{run.workflow_id}/nodes/{node}/alone/"
    assert "It refers to nothing." in html(client, path)
    client.post(path)
    assert [one["type"] for one in given[0]["structure"]["nodes"]] == ["template", "input", "output"]
    assert client.get(f"/app/workflows/{run.workflow_id}/nodes/{run.pk}/alone/").status_code == 404


# ---- compared -------------------------------------------------------------------------------------------
def test_two_runs_stand_side_by_side(client, run, alice):
    other = workflow_run(alice, run.workflow, RunStatus.FAILED, input={"topic": "Tea"})
    path = f"/app/workflows/{run.workflow_id}/runs/compare/"
    shown = html(client, f"{path}?run={run.pk}&run={other.pk}")
    for words in ("Coffee", "Tea", "Succeeded", "Failed", "template0"):
        assert words in shown
    assert client.get(path, {"run": [run.pk]}).status_code == 422
    assert client.get(path, {"run": [run.pk, quote("x")]}).status_code == 422
