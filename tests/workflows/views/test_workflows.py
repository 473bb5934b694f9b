"""Workflows listed, made, described, opened to others, deleted and taken back."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Visibility
from teams.models import AuditEntry, UserRole
from tests import factories
from tests.factories.workflow_runs import workflow_run
from workflows.models import Workflow


@pytest.fixture
def client(alice, sign_in):
    return sign_in(alice)


def test_a_list_says_what_workflows_are_for_while_there_is_none(client):
    assert "Draw the first one" in client.get("/app/workflows/").content.decode()


def test_workflows_are_found_by_name_and_description(client, alice):
    factories.workflow(alice, name="Digest", description="News of the week")
    factories.workflow(alice, name="Triage")
    found = client.get("/app/workflows/", {"q": "week digest"}).content.decode()
    assert "Digest" in found
    assert "Triage" not in found
    assert client.get("/app/workflows/", {"q": "\0"}).status_code == 200


def test_a_list_takes_as_many_queries_for_many(client, alice):
    counts = []
    for many in (1, 5):
        for _n in range(many):
            factories.workflow(alice)
        with CaptureQueriesContext(connection) as counted:
            client.get("/app/workflows/")
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_a_new_workflow_begins_with_an_input_and_an_output(client):
    answer = client.post("/app/workflows/new/", {"name": "Triage"})
    made = Workflow.objects.get()
    assert answer.headers["Location"] == f"/app/workflows/{made.pk}/"
    page = client.get(answer.headers["Location"])
    assert [node["type"] for node in page.context["draft"]["structure"]["nodes"]] == ["input", "output"]
    assert len(page.context["draft"]["structure"]["edges"]) == 1


def test_what_stands_in_new_nodes_can_be_kept(client, alice):
    """Each kind of the palette, as the page makes it, is taken as it is."""
    workflow = factories.workflow(alice)
    kinds = [kind for kind in client.get(f"/app/workflows/{workflow.pk}/").context["kinds"] if kind["data"] is not None]
    assert len(kinds) == 16
    operations = [
        {
            "id": f"00000000-0000-7000-8000-0000000000{n:02}",
            "op": "add",
            "node": {
                "id": f"00000000-0000-7000-8000-0000000001{n:02}",
                "type": kind["name"],
                "position": {"x": 0, "y": 100 * n},
                "data": {"name": kind["title"], **kind["data"]},
            },
        }
        for n, kind in enumerate(kinds)
    ]
    sent = json.dumps({"base": 0, "operations": operations})
    url = f"/app/workflows/{workflow.pk}/operations/"
    assert client.post(url, sent, content_type="application/json").status_code == 200
    assert workflow.nodes.count() == 16 + 2


def test_a_workflow_is_described_anew(client, alice):
    workflow = factories.workflow(alice)
    client.post(f"/app/workflows/{workflow.pk}/rename/", {"name": "Other", "description": "What for"})
    workflow.refresh_from_db()
    assert (workflow.name, workflow.description) == ("Other", "What for")
    assert client.post(f"/app/workflows/{workflow.pk}/rename/", {"name": ""}).status_code == 422


def test_who_may_open_a_workflow_to_everybody(alice, client):
    workflow = factories.workflow(alice)
    url, asked = f"/app/workflows/{workflow.pk}/visibility/", {"visibility": Visibility.READONLY}
    assert client.post(url, asked).status_code == 422
    alice.role = UserRole.AGENT_ADMIN
    alice.save()
    assert client.post(url, asked).status_code == 302
    workflow.refresh_from_db()
    assert workflow.visibility == Visibility.READONLY
    assert AuditEntry.objects.filter(action="workflow.visibility_changed").count() == 1


def test_what_was_deleted_can_be_taken_back(client, alice):
    workflow = factories.workflow(alice, name="Digest")
    client.post(f"/app/workflows/{workflow.pk}/delete/")
    assert client.get(f"/app/workflows/{workflow.pk}/").status_code == 404
    assert "Digest" in client.get("/app/deleted/").content.decode()
    client.post(f"/app/workflows/{workflow.pk}/restore/")
    assert client.get(f"/app/workflows/{workflow.pk}/").status_code == 200


def test_a_run_of_another_workflow_is_not_shown_on_the_canvas(alice, sign_in):
    one, other = (factories.published(alice, name=name) for name in ("One", "Other"))
    own, foreign = workflow_run(alice, one), workflow_run(alice, other)
    client = sign_in(alice)
    assert f'data-follows="{own.pk}"' in client.get(f"/app/workflows/{one.pk}/", {"run": own.pk}).text
    for asked in (foreign.pk, own.run_id, "x", "\x00"):
        assert 'data-follows=""' in client.get(f"/app/workflows/{one.pk}/", {"run": asked}).text
