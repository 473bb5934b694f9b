"""How a refusal is answered: at a form's field, as a page, as a notice, as JSON."""

import json

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from sambung.lib.errors import Refused
from teams import instance
from teams.models import UserRole
from teams.views import answers

pytestmark = pytest.mark.django_db


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(
    ("field", "usual", "at"),
    [
        ("name", "", "name"),
        ("", "name", "name"),
        ("gone", "name", "name"),
        ("gone", "", "__all__"),
        ("", "", "__all__"),
    ],
)
def test_a_form_says_why_where_it_must_change(field, usual, at):
    form = NameForm({"name": "x"})
    assert form.is_valid()
    with answers.told_by(form, usual):
        raise Refused("That is taken.", code="taken", field=field)
    assert {name: [(e.message, e.code) for e in found] for name, found in form.errors.as_data().items()} == {
        at: [("That is taken.", "taken")]
    }


def test_other_errors_go_on():
    with pytest.raises(KeyError), answers.told_by(NameForm({})):
        raise KeyError


@pytest.fixture
def refusing(alice, carol, sign_in, monkeypatch) -> tuple[Client, str]:
    """Alice, an admin of the instance, and an act of hers that is always refused."""
    alice.role = UserRole.ADMIN
    alice.save()

    def refuse(**given):
        raise Refused("Not <now>.", status=415, code="not_now")

    monkeypatch.setattr(instance, "set_active", refuse)
    return sign_in(alice), reverse("instance_person_active", args=[carol.pk])


def test_a_page_says_why(refusing):
    client, path = refusing
    response = client.post(path)
    assert (response.status_code, response["Error-Code"]) == (415, "not_now")
    assert "Not &lt;now&gt;." in response.content.decode()


def test_a_script_gets_a_notice(refusing):
    client, path = refusing
    response = client.post(path, headers={"HX-Request": "true"})
    assert (response.status_code, response["Error-Code"], response.content) == (415, "not_now", b"")
    assert json.loads(response["HX-Trigger"])["toast"]["text"] == "Not <now>."


@pytest.mark.parametrize("accept", ["application/json", "image/webp,*/*;q=0.8"])
def test_who_asks_for_no_page_gets_json(refusing, accept):
    client, path = refusing
    response = client.post(path, headers={"Accept": accept})
    assert (response.status_code, response.json()) == (415, {"error": "Not <now>.", "code": "not_now"})
