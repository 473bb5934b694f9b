"""The pages of triggers: set up, changed, tried, put to rest; secrets shown once; forms of members and the public."""

import html
import re

import pytest
from django.test import Client

from teams.models import Instance, TeamMember
from tests import factories
from tests.factories.workflows import line
from tests.workflows.triggers.conftest import FORM, HOOK
from workflows.actions import triggers
from workflows.models import WorkflowLink, WorkflowRun, WorkflowTrigger
from workflows.triggers import form_links, webhooks

PLANNED = {"often": "daily", "at": "07:30", "zone": "Asia/Jakarta", "missed": "once", "overlap": "queue", "in_0": "Hi"}


@pytest.fixture
def client(alice, sign_in):
    return sign_in(alice)


@pytest.fixture
def path(team):
    return lambda rest: f"/team/{team.slug}/workflows/{rest}"


# ---- schedules -------------------------------------------------------------------------------------------
def test_a_schedule_is_set_up_in_words(workflow, client, path, alice):
    assert client.get(path(f"{workflow.pk}/triggers/new/schedule/")).status_code == 200

    response = client.post(path(f"{workflow.pk}/triggers/new/schedule/"), PLANNED)

    assert response.status_code == 302
    made = WorkflowTrigger.objects.get()
    assert (made.config["cron"], made.config["overlap"], made.runs_as) == ("30 7 * * *", "queue", alice)
    assert made.config["input"] == {"text": "Hi"}
    assert "Every day at 07:30" in client.get(path(f"{workflow.pk}/triggers/")).text


@pytest.mark.parametrize(
    ("given", "cron"),
    [
        ({"often": "hourly", "at": "00:15"}, "15 * * * *"),
        ({"often": "weekdays"}, "30 7 * * 1-5"),
        ({"often": "weekly"}, "30 7 * * 1"),
        ({"often": "monthly"}, "30 7 1 * *"),
        ({"often": "own", "cron": "*/5 8-18 * * 1-5"}, "*/5 8-18 * * 1-5"),
        ({"often": "own", "cron": "@weekly"}, "0 0 * * 0"),
    ],
)
def test_how_often(workflow, client, path, given, cron):
    client.post(path(f"{workflow.pk}/triggers/new/schedule/"), PLANNED | given)
    made = WorkflowTrigger.objects.get()
    assert made.config["cron"] == cron
    shown = client.get(path(f"triggers/{made.pk}/")).text
    often = "daily" if cron == "0 0 * * 0" else given["often"]
    assert f'value="{"own" if often == "daily" else often}" selected' in shown


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"often": "own", "cron": "* * * * * *"}, "Write five fields"),
        ({"often": "own", "cron": "0 0 30 2 *"}, "These fields name no time"),
        ({"often": "own"}, "Write five fields"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"in_0": ""}, "This field is required"),
        ({"often": "never"}, "Select a valid choice"),
    ],
)
def test_what_is_no_schedule_is_told_and_nothing_is_lost(workflow, client, path, given, told):
    response = client.post(path(f"{workflow.pk}/triggers/new/schedule/"), PLANNED | given)

    assert (response.status_code, told in html.unescape(response.text)) == (422, True)
    assert 'value="07:30"' in response.text
    assert not WorkflowTrigger.objects.exists()


def test_the_next_five_times_are_shown_while_it_is_written(client, path):
    shown = client.get(path("times/"), PLANNED | {"often": "own", "cron": "0 7 * * *"}).text
    assert len(re.findall(r'<time datetime="[^"]+T07:00:00\+07:00"', shown)) == 5
    assert "Write five fields" in client.get(path("times/"), PLANNED | {"often": "own", "cron": "0 7"}).text
    assert client.get(path("times/"), {"zone": "\x00", "often": "x"}).status_code == 200


def test_a_schedule_is_changed(schedule, client, path):
    client.post(path(f"triggers/{schedule.pk}/"), PLANNED | {"money": "0.05", "in_0": "Hello"})

    before = schedule.next_at
    schedule.refresh_from_db()
    assert (schedule.config["cron"], schedule.limits) == ("30 7 * * *", {"money": 0.05})
    assert schedule.config["input"] == {"text": "Hello"}
    assert schedule.next_at != before


def test_it_is_put_to_rest_and_woken_as_whoever_does(schedule, path, bob, sign_in):
    bobs = sign_in(bob)
    bobs.post(path(f"triggers/{schedule.pk}/active/"))
    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.next_at) == (False, None)

    bobs.post(path(f"triggers/{schedule.pk}/active/"))
    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.runs_as) == (True, bob)


def test_one_that_is_on_is_taken_over(schedule, path, bob, sign_in):
    sign_in(bob).post(path(f"triggers/{schedule.pk}/active/"), {"as_me": "1"})
    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.runs_as) == (True, bob)


def test_it_is_deleted_after_asking(schedule, client, path):
    assert "Delete this trigger?" in client.get(path(f"triggers/{schedule.pk}/delete/")).text
    assert WorkflowTrigger.objects.exists()
    client.post(path(f"triggers/{schedule.pk}/delete/"))
    assert not WorkflowTrigger.objects.exists()


def test_it_is_tried_on_the_draft(schedule, client, path, alice):
    client.post(path(f"triggers/{schedule.pk}/try/"))
    run = WorkflowRun.objects.get()
    assert (run.trigger, run.version, run.workflow_trigger, run.input["text"]) == ("test", None, None, "Hi")


def test_strangers_find_nothing(schedule, carol, sign_in, path):
    stranger = sign_in(carol)
    for rest in (f"{schedule.workflow_id}/triggers/", f"triggers/{schedule.pk}/"):
        assert stranger.get(path(rest)).status_code == 404
        assert stranger.get(f"/app/workflows/{rest}").status_code == 404
    assert stranger.post(f"/app/workflows/triggers/{schedule.pk}/active/").status_code == 404


def test_an_unknown_kind_is_not_there(workflow, client, path):
    assert client.get(path(f"{workflow.pk}/triggers/new/chat/")).status_code == 404
    assert client.get(path(f"{workflow.pk}/triggers/new/anything/")).status_code == 404


# ---- webhooks --------------------------------------------------------------------------------------------
def test_address_and_secret_are_shown_once(workflow, client, path):
    response = client.post(path(f"{workflow.pk}/triggers/new/webhook/"), HOOK)

    made = WorkflowTrigger.objects.get()
    token = re.search(r"/hooks/([\w-]+)/", response.text)[1]
    (secret,) = webhooks.secrets_of(made)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (201, True)
    assert made.token_digest == webhooks.digest(token)
    assert html.escape(secret) in response.text
    for rest in (f"{workflow.pk}/triggers/", f"triggers/{made.pk}/"):
        again = client.get(path(rest)).text
        assert token not in again
        assert secret not in again


def test_both_can_be_made_anew(workflow, client, path, alice):
    made = triggers.create(by=alice, workflow=workflow, kind="webhook", config=dict(HOOK))

    address = client.post(path(f"triggers/{made.trigger.pk}/address/")).text
    secret = client.post(path(f"triggers/{made.trigger.pk}/secret/")).text

    row = WorkflowTrigger.objects.get()
    assert row.token_digest == webhooks.digest(re.search(r"/hooks/([\w-]+)/", address)[1])
    assert html.escape(webhooks.secrets_of(row)[0]) in secret
    assert len(webhooks.secrets_of(row)) == 2
    assert "The former secret holds until" in secret


def test_a_schedule_has_neither(schedule, client, path):
    assert client.post(path(f"triggers/{schedule.pk}/address/")).status_code == 404
    assert client.post(path(f"triggers/{schedule.pk}/secret/")).status_code == 404


def test_the_draft_is_tried_with_what_somebody_writes(workflow, client, path, alice):
    made = triggers.create(by=alice, workflow=workflow, kind="webhook", config=dict(HOOK)).trigger

    assert client.post(path(f"triggers/{made.pk}/try/"), {"sample": '{"text": "Tried"}'}).status_code == 302
    assert client.post(path(f"triggers/{made.pk}/try/")).status_code == 302

    assert [run.input["text"] for run in WorkflowRun.objects.all()] == ["Tried", "Tried"]
    for sample in ("[]", "{", '{"text": 1}', '{"text": "\\u0000"}'):
        assert client.post(path(f"triggers/{made.pk}/try/"), {"sample": sample}).status_code == 422


# ---- forms -----------------------------------------------------------------------------------------------
def test_members_fill_in_the_form_as_themselves(form, workflow, bob, path, sign_in):
    member = sign_in(bob)
    assert 'name="in_0"' in member.get(path(f"{workflow.pk}/form/")).text
    assert member.post(path(f"{workflow.pk}/form/"), {"in_0": ""}).status_code == 422

    assert member.post(path(f"{workflow.pk}/form/"), {"in_0": "From Bob", "in_1": "2"}).status_code == 302

    run = WorkflowRun.objects.get()
    assert (run.trigger, run.workflow_trigger, run.run.requested_by) == ("form", form, bob)
    assert run.input == {"text": "From Bob", "count": 2}


def test_there_is_one_form_and_none_while_it_rests(form, workflow, client, path, alice):
    assert client.post(path(f"{workflow.pk}/triggers/new/form/"), FORM).status_code == 422
    triggers.rest(by=alice, trigger=form)
    assert client.get(path(f"{workflow.pk}/form/")).status_code == 404


@pytest.fixture
def link(form, workflow, alice) -> WorkflowLink:
    return form_links.share(workflow=workflow, by=alice)


def test_a_form_is_shared_by_its_members(form, workflow, client, path):
    response = client.post(path(f"{workflow.pk}/form/share/"), {"expires": "never"})

    made = WorkflowLink.objects.get()
    assert f"/p/{made.token}" in response.text
    assert client.post(path(f"{workflow.pk}/form/unshare/")).status_code == 302
    assert not WorkflowLink.objects.exists()


def test_whoever_has_the_link_fills_it_in_and_sees_nothing_else(link, workflow, alice):
    public = Client()
    shown = public.get(f"/p/{link.token}")
    assert '<meta property="og:title" content="A form">' in shown.text
    assert f'data-seen="/p/{link.token}/seen/"' in shown.text
    assert (shown.status_code, shown["Referrer-Policy"]) == (200, "same-origin")
    assert "no-referrer" not in shown.text
    assert "Alice" not in shown.text

    response = public.post(f"/forms/{link.token}/", {"in_0": "From outside"})

    assert (response.status_code, "We have it." in response.text) == (201, True)
    run = WorkflowRun.objects.get()
    assert (run.input["text"], run.run.requested_by, run.run.team) == ("From outside", alice, workflow.team)
    assert public.post(f"/forms/{link.token}/", {"in_0": ""}).status_code == 422
    assert public.get(f"/forms/{link.token}/")["Location"] == f"/p/{link.token}"


def test_strangers_send_so_many_a_day(link, bob, workflow, path, sign_in):
    sign_in(bob).post(path(f"{workflow.pk}/form/"), {"in_0": "a member's does not count"})
    sent = [Client().post(f"/forms/{link.token}/", {"in_0": str(n)}).status_code for n in range(3)]
    assert sent == [201, 201, 422]


def test_a_password_stands_before_the_form(form, workflow, alice):
    link = form_links.share(workflow=workflow, by=alice, password="sesame")
    public = Client()
    assert public.post(f"/forms/{link.token}/", {"in_0": "x"})["Location"] == f"/p/{link.token}"
    assert not WorkflowRun.objects.exists()

    public.post(f"/p/{link.token}", {"password": "sesame"})
    assert public.post(f"/forms/{link.token}/", {"in_0": "x"}).status_code == 201


def test_it_opens_nothing_where_links_are_off_or_the_form_rests(link, form, alice):
    Instance.present()
    Instance.objects.update(public_links=False)
    assert Client().post(f"/forms/{link.token}/", {"in_0": "x"}).status_code == 404
    Instance.objects.update(public_links=True)
    triggers.rest(by=alice, trigger=form)
    assert Client().get(f"/p/{link.token}").status_code == 404


def test_it_takes_nothing_once_its_person_left(link, form, bob, alice):
    triggers.wake(by=bob, trigger=form)
    TeamMember.objects.filter(user=bob).delete()

    response = Client().post(f"/forms/{link.token}/", {"in_0": "x"})

    assert (response.status_code, WorkflowRun.objects.count()) == (422, 0)
    form.refresh_from_db()
    assert not form.is_active


def test_a_form_with_files_is_not_for_strangers(alice, sign_in):
    schema = {"type": "object", "properties": {"paper": {"type": "string", "format": "file"}}}
    made = factories.published(alice, sketch=line(("template", {"content": []}), schema=schema))
    triggers.create(by=alice, workflow=made, kind="form", config=dict(FORM))

    response = sign_in(alice).post(f"/app/workflows/{made.pk}/form/share/", {"expires": "never"})

    assert response.status_code == 409
    assert not WorkflowLink.objects.exists()
