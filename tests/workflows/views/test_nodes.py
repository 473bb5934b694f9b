"""The form of a node: shown to whoever may change the workflow, saved while they type, never over others' words."""

import json
import re
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client

from tests import factories
from tests.factories.workflows import Sketch
from tests.workflows.forms.posting import sent
from workflows.editing import draft
from workflows.forms import saving
from workflows.models import Workflow
from workflows.views import nodes

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def sketch() -> Sketch:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    made = Sketch().node("Ask", "input", schema=schema)
    made.node("Fetch", "http", method="GET", url=made.text("https://example.org/", ("Ask", "city")))
    return made.node("End", "output", values=[]).edge("Ask", "Fetch", "End")


@pytest.fixture
def workflow(alice, team, sketch) -> Workflow:
    return factories.workflow(alice, team, sketch)


@pytest.fixture
def url(workflow, sketch) -> str:
    return f"/team/{workflow.team.slug}/workflows/{workflow.pk}/nodes/{sketch.ids['Fetch']}/"


@pytest.fixture
def client(alice, sign_in) -> Client:
    return sign_in(alice)


def post(client: Client, url: str, data: QueryDict, **headers):
    return client.post(
        url, data.urlencode(), content_type="application/x-www-form-urlencoded", headers=SCRIPT | headers
    )


def form(client: Client, url: str, /, **changed) -> QueryDict:
    return sent(client.get(url).content.decode(), **changed)


def data_of(workflow: Workflow, name: str) -> dict:
    return next(node["data"] for node in draft.structure_of(workflow)["nodes"] if node["data"]["name"] == name)


def test_it_shows_what_the_node_holds(client, url):
    text = client.get(url).content.decode()
    assert "https://example.org/{{Ask.city}}" in text
    assert 'data-ref="{{Ask.city}}"' in text


def test_to_a_script_it_is_the_form_alone(client, url):
    text = client.get(url, headers=SCRIPT).content.decode()
    assert "<html" not in text
    assert 'id="node-form"' in text


def test_what_is_typed_is_saved_and_the_page_is_told(client, url, workflow):
    before = workflow.draft_version
    response = post(client, url, form(client, url, url="https://example.org/x"))
    assert response.status_code == 200
    assert data_of(workflow, "Fetch")["url"] == [{"text": "https://example.org/x"}]
    workflow.refresh_from_db()
    told = json.loads(response["HX-Trigger-After-Swap"])["workflow-changed"]
    assert told["version"] == workflow.draft_version == before + 1


def test_nothing_is_saved_where_nothing_was_changed(client, url, workflow):
    post(client, url, form(client, url))
    first = Workflow.objects.get().draft_version
    response = post(client, url, form(client, url))
    assert Workflow.objects.get().draft_version == first
    assert "HX-Trigger-After-Swap" not in response


def test_without_a_script_the_page_comes_back(client, url, workflow):
    response = client.post(url, form(client, url, keyHeader="X-Key").urlencode(), "application/x-www-form-urlencoded")
    assert (response.status_code, response["Location"]) == (302, url)
    assert data_of(workflow, "Fetch")["keyHeader"] == "X-Key"


def test_what_cannot_be_read_is_told_and_stays_and_the_rest_is_saved(client, url, workflow):
    given = form(client, url, okStatuses="many", keyHeader="X-Key")
    response = post(client, url, given)
    assert response.status_code == 422
    assert "Give statuses" in response.content.decode()
    assert data_of(workflow, "Fetch")["keyHeader"] == "X-Key"
    page = client.post(url, given.urlencode(), "application/x-www-form-urlencoded")
    assert page.status_code == 422
    assert 'value="many"' in page.content.decode()


def test_a_row_comes_without_being_saved(client, url, workflow):
    before = draft.structure_of(workflow)
    response = post(client, url, form(client, url, act="add:headers", keyHeader="X-Key"))
    text = response.content.decode()
    assert response["HX-Retarget"] == "#node"
    assert 'id="node-headers-0-name"' in text
    assert 'value="X-Key"' in text
    assert draft.structure_of(workflow) == before


def test_what_two_people_write_in_two_fields_comes_together(client, url, workflow, bob, sign_in):
    mine, theirs = form(client, url, url="https://example.org/x"), form(sign_in(bob), url, keyHeader="X-Key")
    post(sign_in(bob), url, theirs)
    assert post(client, url, mine).status_code == 200
    found = data_of(workflow, "Fetch")
    assert (found["url"], found["keyHeader"]) == ([{"text": "https://example.org/x"}], "X-Key")


def test_what_two_people_write_in_one_field_is_told_and_settled(client, url, workflow, bob, sign_in):
    mine, theirs = (
        form(client, url, url="https://mine.example.org/"),
        form(sign_in(bob), url, url="https://bob.example.org/"),
    )
    post(sign_in(bob), url, theirs)
    response = post(client, url, mine)
    text = response.content.decode()
    assert response.status_code == 422
    assert "https://bob.example.org/" in text
    assert data_of(workflow, "Fetch")["url"] == [{"text": "https://bob.example.org/"}]
    mine["act"] = "mine:url"
    settled = post(client, url, mine).content.decode()
    assert post(client, url, sent(settled)).status_code == 200
    assert data_of(workflow, "Fetch")["url"] == [{"text": "https://mine.example.org/"}]


def test_a_draft_that_moves_under_a_save_is_looked_at_again(client, url, workflow, monkeypatch):
    given, calls = form(client, url, url="https://example.org/x"), []

    def late(**kwargs):
        if not calls:
            structure = draft.structure_of(workflow)
            next(one for one in structure["nodes"] if one["type"] == "http")["data"]["url"] = [{"text": "other"}]
            draft.write(workflow, structure)
        calls.append(kwargs)
        return saving.save(**kwargs)

    monkeypatch.setattr(nodes, "save", late)
    response = post(client, url, given)
    assert response.status_code == 422
    assert "Somebody else has changed" in response.content.decode()
    assert len(calls) == 1
    assert data_of(workflow, "Fetch")["url"] == [{"text": "other"}]


def test_strangers_find_nothing(url, carol, sign_in, workflow):
    assert sign_in(carol).get(url).status_code == 404
    assert sign_in(carol).post(url, {"url": "x"}).status_code == 404


def test_whoever_may_only_use_a_workflow_does_not_see_its_form(url, workflow, carol, sign_in):
    Workflow.objects.update(visibility="readonly", published=True, structure=draft.structure_of(workflow))
    assert sign_in(carol).get(f"/app/workflows/{workflow.pk}/nodes/{url.split('/')[-2]}/").status_code == 404


def test_a_node_that_is_not_there_is_not_found(client, url, workflow, alice, team, sketch):
    other = factories.workflow(alice, team)
    assert client.get(url.replace(str(sketch.ids["Fetch"]), str(uuid4()))).status_code == 404
    assert client.get(url.replace(str(workflow.pk), str(other.pk))).status_code == 404


def test_a_digest_of_anything_in_the_post_is_no_error(client, url):
    given = form(client, url, seen="[" * 100_000, **{"query": ["0", "x", "9" * 50], "body-type": "odd"})
    assert post(client, url, given).status_code in (200, 422)


def test_what_a_save_tells_has_a_place_on_the_page(client, alice, team):
    sketch = Sketch().node("Start", "input", schema={"type": "object", "properties": {"city": {"type": "string"}}})
    answer = {"type": "structured", "schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
    sketch.node("Ask", "llm", messages=[{"role": "user", "content": []}], answer=answer)
    branches = [{"id": "if", "rules": None, "advanced": "true"}]
    sketch.node("Which", "condition", branches=branches).node("End", "output", values=[])
    made = factories.workflow(alice, team, sketch.edge("Start", "Ask", "Which"))
    for name in ("Start", "Ask", "Which"):
        url = f"/team/{team.slug}/workflows/{made.pk}/nodes/{sketch.ids[name]}/"
        page = client.get(url).content.decode()
        told = re.findall(r'id="([^"]+)"\s+hx-swap-oob', post(client, url, form(client, url)).content.decode())
        assert len(told) > 2
        assert [one for one in told if f'id="{one}"' not in page] == []
