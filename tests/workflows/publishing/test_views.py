"""The pages of publishing: what is different is shown, what was shown is what is published, tests come first."""

from dataclasses import dataclass

import pytest

from sambung.lib.ids import uuid7
from tests import factories
from tests.factories.workflows import Sketch, line
from workflows.actions import publishing
from workflows.editing import draft
from workflows.models import Workflow
from workflows.publishing import versions

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


@pytest.fixture
def workflow(alice, team) -> Workflow:
    return factories.workflow(alice, team, line(("template", {"content": [{"text": "Hello"}]}), schema=TEXT))


def _path(team, rest: str) -> str:
    return f"/team/{team.slug}/workflows/{rest}"


def _facts(workflow, **given) -> dict:
    workflow.refresh_from_db()
    return {"draft_version": workflow.draft_version, "name": "plan"} | given


def test_what_is_new_is_shown_and_published(workflow, alice, team, sign_in):
    client, path = sign_in(alice), _path(team, f"{workflow.pk}/publish/")
    shown = client.get(path).text
    assert "template0" in shown
    assert 'value="plan"' in shown

    response = client.post(path, _facts(workflow, note="It begins.", when="Somebody asks."))

    assert response["Location"] == _path(team, f"{workflow.pk}/versions/")
    made = workflow.versions.get()
    assert (made.note, made.tool_config["when"]) == ("It begins.", "Somebody asks.")
    assert "It begins." in client.get(response["Location"]).text
    assert "does the same" in client.get(path).text


def test_a_page_that_is_behind_publishes_nothing(workflow, alice, team, sign_in):
    facts = _facts(workflow)
    draft.write(workflow, draft.structure_of(workflow))

    response = sign_in(alice).post(_path(team, f"{workflow.pk}/publish/"), facts)

    assert response.status_code == 422
    assert "The draft has changed since you looked at it" in response.text
    assert not workflow.versions.exists()


def test_what_is_wrong_is_told_first(alice, team, sign_in):
    broken = factories.workflow(alice, team, Sketch().node("input", "input", schema=TEXT))
    client, path = sign_in(alice), _path(team, f"{broken.pk}/publish/")

    assert "There is no output" in client.get(path).text
    assert client.post(path, _facts(broken)).status_code == 422


@pytest.mark.parametrize("name", ["", "Plan", "plan 1", "plän", "a" * 65, "plan\n"])
def test_a_name_that_no_provider_takes(workflow, alice, team, sign_in, name):
    response = sign_in(alice).post(_path(team, f"{workflow.pk}/publish/"), _facts(workflow, name=name))
    assert response.status_code == (302 if name == "plan\n" else 422)


def test_only_who_may_change_it_publishes(workflow, bob, carol, team, sign_in):
    path = _path(team, f"{workflow.pk}/publish/")
    assert sign_in(carol).post(path, _facts(workflow)).status_code == 404
    assert sign_in(bob).post(path, _facts(workflow)).status_code == 302


# ---- tests ----------------------------------------------------------------------------------------------
@dataclass
class _Test:
    name: str = "A greeting"


@dataclass
class _Result:
    problem: str = "It said something else."
    test: _Test = None

    @property
    def is_passed(self) -> bool:
        return not self.problem


@pytest.fixture
def failing(monkeypatch):
    monkeypatch.setattr(publishing.testing, "run_all", lambda *args, **kwargs: [_Result(test=_Test()), _Result("")])


def test_tests_that_fail_keep_it_from_being_published(failing, workflow, bob, team, sign_in):
    response = sign_in(bob).post(_path(team, f"{workflow.pk}/publish/"), _facts(workflow, is_override="on", note="x"))

    assert response.status_code == 422
    assert "It said something else." in response.text
    assert "Publish although tests fail" not in response.text
    assert not workflow.versions.exists()


def test_an_admin_publishes_all_the_same_and_says_why(failing, workflow, alice, team, sign_in):
    client, path = sign_in(alice), _path(team, f"{workflow.pk}/publish/")
    assert "Publish although tests fail" in client.post(path, _facts(workflow)).text
    assert client.post(path, _facts(workflow, is_override="on")).status_code == 422

    assert client.post(path, _facts(workflow, is_override="on", note="The test is old.")).status_code == 302

    assert workflow.versions.get().note == "The test is old."


# ---- versions -------------------------------------------------------------------------------------------
def test_versions_are_listed_compared_and_restored(workflow, alice, team, sign_in):
    client = sign_in(alice)
    assert "Nothing was published yet" in client.get(_path(team, f"{workflow.pk}/versions/")).text
    first = versions.publish(workflow=workflow, by=alice, draft_version=workflow.draft_version)
    structure = draft.structure_of(workflow)
    structure["nodes"][1]["data"]["content"] = [{"text": "Good evening"}]
    draft.write(workflow, structure)
    workflow.refresh_from_db()
    second = versions.publish(workflow=workflow, by=alice, draft_version=workflow.draft_version)

    shown = client.get(_path(team, f"versions/{second.pk}/")).text
    assert "<del>Hello</del>" in shown
    assert "<ins>Good evening</ins>" in shown
    assert client.post(_path(team, f"versions/{first.pk}/restore/")).status_code == 302
    workflow.refresh_from_db()
    assert draft.structure_of(workflow) == first.structure


def test_taken_back_it_says_so(workflow, alice, team, sign_in):
    versions.publish(workflow=workflow, by=alice, draft_version=workflow.draft_version)
    client = sign_in(alice)

    client.post(_path(team, f"{workflow.pk}/unpublish/"))

    assert "Nothing is published now" in client.get(_path(team, f"{workflow.pk}/versions/")).text


def test_somebody_elses_version_is_not_there(workflow, alice, carol, team, sign_in):
    made = versions.publish(workflow=workflow, by=alice, draft_version=workflow.draft_version)
    assert sign_in(carol).get(f"/app/workflows/versions/{made.pk}/").status_code == 404
    assert sign_in(alice).get(_path(team, f"versions/{uuid7()}/")).status_code == 404
