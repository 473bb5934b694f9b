"""Webhooks: who sends is proved before anything is read, each message counts once, and what does not fit is named."""

import json
import time

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import Run
from sambung.lib import webhook_signatures as signatures
from teams.models import Notification, TeamMember
from tests.workflows.triggers.conftest import HOOK
from workflows.actions import triggers
from workflows.models import WorkflowRun, WorkflowTrigger
from workflows.publishing import versions
from workflows.triggers import payloads, webhooks


@pytest.fixture
def hook(workflow, alice):
    """A webhook with its address and its secret."""
    return triggers.create(by=alice, workflow=workflow, kind="webhook", config=dict(HOOK))


def _post(
    hook, body=b'{"text": "Hi"}', *, message="m1", secret="", at=None, content_type="application/json", **headers
):
    """What a sender sends who knows the secret."""
    signed = signatures.sign(secret or hook.secret, message, int(at or time.time()), body)
    client = Client(headers=signed | headers)
    return client.post(f"/hooks/{hook.token}/", body, content_type=content_type)


def test_a_signed_message_starts_a_run(hook, workflow, alice):
    response = _post(hook)

    run = WorkflowRun.objects.get()
    assert (response.status_code, response.json()["run"]) == (202, str(run.pk))
    assert (run.input, run.trigger, run.run.requested_by) == ({"text": "Hi", "count": 1}, "webhook", alice)
    assert (run.version, run.key) == (workflow.versions.get(), "m1")
    hook.trigger.refresh_from_db()
    assert (hook.trigger.sample, hook.trigger.last_at is not None) == ({"text": "Hi", "count": 1}, True)


def test_the_same_message_has_the_same_run(hook):
    first, second = _post(hook), _post(hook, b'{"text": "other"}')

    assert (second.status_code, second.json()["run"]) == (202, first.json()["run"])
    assert _post(hook, message="m2").json()["run"] != first.json()["run"]
    assert WorkflowRun.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"secret": signatures.new_secret()}, "webhook_signature_wrong"),
        ({"at": 1_600_000_000}, "webhook_time_far"),
        ({"webhook-signature": ""}, "webhook_header_missing"),
        ({"webhook-id": "another"}, "webhook_signature_wrong"),
    ],
)
def test_what_is_not_proved_is_not_read(hook, given, code):
    response = _post(hook, b"no JSON at all", **given)

    assert (response.status_code, response.json()["code"]) == (401, code)
    assert not WorkflowRun.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "webhook_unreadable"),
        (b'{"text": NaN}', "application/json", 400, "webhook_unreadable"),
        (b'{"text": "\\ud800"}', "application/json", 400, "webhook_unreadable"),
        (b'{"text": "a\\u0000b"}', "application/json", 400, "webhook_unreadable"),
        (b"[" * 5000 + b"]" * 5000, "application/json", 400, "webhook_unreadable"),
        (b'{"n":1' + b"0" * 400 + b"}", "application/json", 400, "webhook_unreadable"),
        (b'{"text": "Hi"}', "text/plain", 415, "webhook_type_unknown"),
        (b"<a/>", "application/xml", 415, "webhook_type_unknown"),
        (b"text=%ff", "application/x-www-form-urlencoded", 400, "webhook_unreadable"),
        (b'{"text": "' + b"x" * payloads.LARGEST + b'"}', "application/json", 413, "webhook_too_large"),
        (b"[1]", "application/json", 422, "webhook_misfit"),
        (b"{}", "application/json", 422, "webhook_misfit"),
    ],
)
def test_a_body_that_is_none(hook, body, content_type, status, code):
    response = _post(hook, body, content_type=content_type)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not WorkflowRun.objects.exists()


def test_what_does_not_fit_is_named_by_its_place(hook):
    response = _post(hook, b'{"text": 3, "count": "many", "__proto__": {}}')

    assert response.status_code == 422
    assert [one["path"] for one in response.json()["problems"]] == ["$", "$.count", "$.text"]


def test_forms_are_taken_too(hook):
    assert _post(hook, b"text=Hi+there", content_type="application/x-www-form-urlencoded").status_code == 202
    assert WorkflowRun.objects.get().input["text"] == "Hi there"


def test_a_body_can_go_whole_into_one_field(hook):
    WorkflowTrigger.objects.update(config=HOOK | {"into": "text"})
    assert _post(hook, b'"as it is"').status_code == 202
    assert WorkflowRun.objects.get().input["text"] == "as it is"


# ---- addresses and secrets --------------------------------------------------------------------------------
def test_the_token_is_kept_as_a_digest_and_the_secret_sealed(hook):
    row = WorkflowTrigger.objects.get()
    assert row.token_digest == webhooks.digest(hook.token)
    assert hook.secret.encode() not in bytes(row.secret)
    assert webhooks.secrets_of(row) == [hook.secret]


def test_an_unknown_address_is_not_there(hook):
    response = Client().post("/hooks/nothing/", b"{}", content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (404, "webhook_unknown")
    assert Client().get(f"/hooks/{hook.token}/").status_code == 405


def test_both_secrets_hold_for_a_day(hook, alice):
    new = triggers.new_secret(by=alice, trigger=hook.trigger)

    assert _post(hook, message="a").status_code == 202
    assert _post(hook, message="b", secret=new.secret).status_code == 202
    WorkflowTrigger.objects.update(former_ends_at=timezone.now())
    assert _post(hook, message="c").status_code == 401
    assert _post(hook, message="d", secret=new.secret).status_code == 202


def test_a_new_address_ends_the_former_one(hook, alice):
    new = triggers.new_address(by=alice, trigger=hook.trigger)

    assert _post(hook).status_code == 404
    assert Client().post(f"/hooks/{new.token}/", b"{}", content_type="application/json").status_code == 401


def test_secrets_are_sealed_anew_with_the_instances_keys(hook, alice):
    triggers.new_secret(by=alice, trigger=hook.trigger)
    row = webhooks.sealed_rows().get()
    assert webhooks.renew(row) is False
    assert len(webhooks.secrets_of(row)) == 2


@pytest.mark.parametrize("scheme", ["github", "bearer"])
def test_the_other_schemes(hook, scheme):
    WorkflowTrigger.objects.update(config=HOOK | {"scheme": scheme})
    body = b'{"text": "Hi"}'
    proofs = {
        "github": {"X-Hub-Signature-256": signatures.sign_as_github(hook.secret, body), "X-GitHub-Delivery": "d1"},
        "bearer": {"Authorization": f"Bearer {hook.secret}", "Idempotency-Key": "d1"},
    }

    def post(headers):
        client = Client(headers=headers)
        return client.post(f"/hooks/{hook.token}/", body, content_type="application/json")

    assert [post(proofs[scheme]).status_code for _ in range(2)] == [202, 202]
    assert WorkflowRun.objects.get().key == "d1"
    assert post({"Authorization": "Bearer nothing"}).status_code == 401


# ---- rights ----------------------------------------------------------------------------------------------
def test_one_that_rests_starts_nothing(hook, alice):
    triggers.rest(by=alice, trigger=hook.trigger)
    assert (_post(hook).status_code, WorkflowRun.objects.count()) == (409, 0)


def test_whoever_left_runs_nothing(hook, alice, bob):
    triggers.wake(by=bob, trigger=hook.trigger)
    TeamMember.objects.filter(user=bob).delete()

    assert _post(hook).json()["code"] == "webhook_rests"

    hook.trigger.refresh_from_db()
    assert (hook.trigger.is_active, hook.trigger.last_error_code) == (False, "trigger_nobody")
    assert Notification.objects.get().user == alice


def test_what_is_published_no_more_is_not_started(hook, workflow, alice):
    versions.unpublish(workflow=workflow, by=alice)
    assert (_post(hook).status_code, WorkflowRun.objects.count()) == (409, 0)


# ---- answers ---------------------------------------------------------------------------------------------
def _answered(hook, monkeypatch, status: str, **run):
    """What a webhook is answered whose run ends so while it waits."""
    WorkflowTrigger.objects.update(config=HOOK | {"answer": "output"})
    start = webhooks._start

    def started(*args):
        made = start(*args)
        WorkflowRun.objects.filter(pk=made.pk).update(**run)
        Run.objects.filter(pk=made.run_id).update(status=status, finished_at=timezone.now())
        return made

    monkeypatch.setattr(webhooks, "_start", started)
    return _post(hook)


@pytest.mark.django_db(transaction=True)
def test_an_answer_can_hold_the_output(hook, monkeypatch):
    response = _answered(hook, monkeypatch, "succeeded", output={"result": "Grüße"})
    assert (response.status_code, json.loads(response.content)["output"]) == (200, {"result": "Grüße"})


@pytest.mark.django_db(transaction=True)
def test_or_that_the_run_failed(hook, monkeypatch):
    response = _answered(hook, monkeypatch, "failed")
    assert (response.status_code, response.json()["status"]) == (500, "failed")
    assert "output" not in response.json()


@pytest.mark.django_db(transaction=True)
def test_or_that_it_goes_on(hook, monkeypatch):
    monkeypatch.setattr("workflows.actions.answering.WITHIN", 0.3)
    WorkflowTrigger.objects.update(config=HOOK | {"answer": "output"})
    assert _post(hook).status_code == 202
