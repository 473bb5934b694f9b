"""The pages of files: a file is looked into, then made; exported; templates become drafts."""

import json
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.workflows.formats.told import HERE
from workflows.editing import draft
from workflows.formats import own
from workflows.formats.templates import TEMPLATES
from workflows.models import Workflow

pytestmark = pytest.mark.django_db
IMPORT, TEMPLATE_PAGE = "/app/workflows/import/", "/app/workflows/templates/"
DIFY = (HERE / "dify/support_ticket.yml").read_text()


@pytest.fixture
def page(sign_in, alice):
    return sign_in(alice)


def html(response, status: int = 200) -> str:
    assert response.status_code == status
    return unescape(response.content.decode())


def held(said: str) -> str:
    """The text that a page keeps for its next form."""
    return said.partition('<textarea name="text"')[2].partition(">\n")[2].partition("</textarea>")[0]


def test_the_page_says_what_can_be_read(page):
    said = html(page.get(IMPORT))
    for name in ("Sambung", "better-chatbot", "Dify", "n8n"):
        assert f"<dt>{name}</dt>" in said


@pytest.mark.parametrize("as_file", [True, False])
def test_a_file_is_looked_into_before_anything_is_made(page, as_file):
    given = {"file": SimpleUploadedFile("x.yml", DIFY.encode())} if as_file else {"text": DIFY}
    said = html(page.post(IMPORT, given))
    assert "This is in the file of Dify." in said
    assert 'value="Support desk"' in said
    assert "Fill in: Authorization" in said
    assert "1 step to do" in said
    assert held(said).strip().splitlines() == DIFY.strip().splitlines()
    assert not Workflow.objects.exists()


def test_what_was_looked_into_is_made(page, alice):
    text = held(html(page.post(IMPORT, {"text": DIFY})))
    response = page.post(IMPORT, {"text": text, "name": "Desk"})
    made = Workflow.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/app/workflows/{made.pk}/imported/"
    assert (made.name, made.user, made.team, made.visibility, made.published) == ("Desk", alice, None, "private", False)
    assert made.description.startswith("Sorts a message")
    assert made.nodes.count() == 8
    assert made.edges.count() == 6
    told = html(page.get(response["Location"]))
    assert "It came from a file of Dify" in told
    assert "Fill in: Authorization" in told
    assert "sk-desk" not in json.dumps(draft.structure_of(made))
    menu = html(page.get("/app/workflows/"))
    assert "What the import did" in menu


def test_a_team_gets_its_own(sign_in, bob, team):
    client = sign_in(bob)
    client.post(f"/team/{team.slug}/workflows/import/", {"text": DIFY, "name": "Desk"})
    assert Workflow.objects.get().team == team


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose a file, or paste its text."),
        ({"text": "{"}, "something is wrong in line 1"),
        ({"text": "{}"}, "This is no workflow"),
        ({"text": '{"format": "sambung-workflow", "version": 9, "nodes": []}'}, "Update Sambung first."),
        ({"text": "x" * (5 * 1024 * 1024 + 1)}, "larger than 5 MB"),
    ],
)
def test_what_is_no_workflow_is_told_and_stays_in_the_form(page, given, said):
    assert said in html(page.post(IMPORT, given), 422)
    assert not Workflow.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_is_asked_for_and_the_file_is_not_lost(page, name):
    said = html(page.post(IMPORT, {"text": DIFY, "name": name}), 422)
    assert 'aria-invalid="true"' in said
    assert "kind: app" in held(said)
    assert not Workflow.objects.exists()


def test_what_a_file_says_is_never_markup(page):
    evil = '</textarea><script>alert("x")</script>'
    node = {"id": "a", "type": "template", "data": {"name": evil, "content": [{"text": evil}]}}
    text = json.dumps({"nodes": [node], "edges": [], "name": evil})
    raw = page.post(IMPORT, {"text": text}).content.decode()
    assert "<script>alert" not in raw


def test_an_export_is_a_file_that_comes_back(page, alice):
    page.post(IMPORT, {"text": DIFY, "name": "Desk / 1"})
    first = Workflow.objects.get()
    response = page.get(f"/app/workflows/{first.pk}/export/")
    assert response["Content-Type"] == "application/json"
    assert "Desk 1.workflow.json" in unquote(response["Content-Disposition"])
    text = response.content.decode()
    assert json.loads(text)["format"] == own.FORMAT
    page.post(IMPORT, {"text": text, "name": "Desk / 1"})
    second = Workflow.objects.exclude(pk=first.pk).get()
    assert page.get(f"/app/workflows/{second.pk}/export/").content.decode() == text


def test_what_was_not_imported_has_no_report(page, alice):
    made = factories.workflow(alice)
    assert page.get(f"/app/workflows/{made.pk}/imported/").status_code == 404


def test_strangers_see_nothing(sign_in, alice, carol):
    made = factories.workflow(alice)
    client = sign_in(carol)
    assert client.get(f"/app/workflows/{made.pk}/export/").status_code == 404
    assert client.get(f"/app/workflows/{made.pk}/imported/").status_code == 404


# ---- templates ------------------------------------------------------------------------------------------
def test_templates_are_shown(page):
    said = html(page.get(TEMPLATE_PAGE))
    for template in TEMPLATES.values():
        assert str(template.name) in said
    assert "You bring: the address of a feed" in said


@pytest.mark.parametrize("slug", TEMPLATES)
def test_a_template_becomes_a_draft(page, alice, slug):
    response = page.post(TEMPLATE_PAGE, {"template": slug})
    made = Workflow.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/app/workflows/{made.pk}/")
    assert (made.name, made.user, made.imported) == (str(TEMPLATES[slug].name), alice, None)
    assert page.get(response["Location"]).status_code == 200


def test_a_template_that_is_none_makes_nothing(page):
    assert page.post(TEMPLATE_PAGE, {"template": "../x"}).status_code == 422
    assert not Workflow.objects.exists()
