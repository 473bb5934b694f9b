"""Approvals: told, decided once, by enough people, by the deadline; whoever comes second hears who was first."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from agents.models import RunStatus
from sambung.lib.errors import Refused
from teams import access
from teams.models import AuditEntry, Notification, TeamMember, TeamRole, User, UserRole
from tests import factories
from tests.factories.workflow_runs import approval, asking
from tests.indonesian import indonesian  # noqa: F401  a fixture
from workflows.engine import deciding
from workflows.history import approvals, asked, telling
from workflows.models import Approval, StepStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(monkeypatch) -> list[tuple]:
    """What the engine was told: (path, output, handle) of each answer."""
    told = []

    def answer(step, *, output, handle=None):
        told.append((step.path, output, handle))

    monkeypatch.setattr(deciding, "answer_step", answer)
    return told


def of_team(alice, team, **fields) -> Approval:
    """An approval of a workflow of the team's."""
    return approval(alice, factories.published(alice, team, sketch=asking()), **fields)


def people(found: Approval) -> set[str]:
    return {str(person) for person in asked.people(approvals.ROWS.get(pk=found.pk))}


def audience(**fields) -> dict:
    return {"people": [], "role": "", "starter": False} | fields


def decide(found: Approval, by: User, button: str = "yes", **more) -> Approval:
    return approvals.decide(approval=found, by=by, button=button, **{"values": {"text": "Dear all"}} | more)


# ---- who is asked ---------------------------------------------------------------------------------------
def test_people_roles_and_whoever_started_it_are_asked(alice, bob, carol, team):
    found = of_team(alice, team, audience=audience(people=[str(carol.pk)]))
    assert people(found) == {"Carol Stranger"}
    for given, names in (
        ({"role": "members"}, {"Alice Owner", "Bob Member"}),
        ({"role": "admins"}, {"Alice Owner"}),
        ({"starter": True}, {"Alice Owner"}),
        ({"role": "admins", "people": [str(bob.pk)]}, {"Alice Owner", "Bob Member"}),
    ):
        found.audience = audience(**given)
        found.save()
        assert people(found) == names
    User.objects.filter(pk=carol.pk).update(role=UserRole.AGENT_ADMIN)
    found.audience = audience(role="agent_admins")
    found.save()
    assert people(found) == {"Carol Stranger"}


def test_a_role_of_a_personal_workflow_is_its_owner(alice):
    assert people(approval(alice, audience=audience(role="members"))) == {"Alice Owner"}


@pytest.mark.parametrize("given", [{}, {"people": ["0198b5a0-0000-7000-8000-000000000000"]}])
def test_nobody_becomes_whoever_the_run_runs_as(alice, given):
    assert people(approval(alice, audience=audience(**given))) == {"Alice Owner"}


def test_without_whoever_started_it_the_admins_of_the_team_are_asked(alice, bob, team):
    found = of_team(bob, team, audience=audience(starter=True))
    TeamMember.objects.filter(user=bob).delete()
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert people(found) == {"Alice Owner"}


def test_whoever_is_asked_may_see_it_wherever_they_are(alice, carol):
    found = approval(alice)
    assert not access.rows(carol, Approval.objects.all()).exists()
    found.audience = audience(people=[str(carol.pk)])
    found.save()
    assert access.rows(carol, Approval.objects.all()).get() == found
    assert access.rows(alice, Approval.objects.all()).get() == found  # the run is hers


# ---- told -----------------------------------------------------------------------------------------------
def test_everybody_who_is_asked_is_told_by_the_bell_until_it_is_decided(alice, bob, team, answers):
    found = of_team(alice, team, audience=audience(role="members"))
    approvals.begin(found)
    rows = Notification.objects.filter(kind=telling.KIND)
    assert {row.user for row in rows} == {alice, bob}
    assert rows[0].data["title"] == "Send it?"
    assert set(telling.links(bob, list(rows.filter(user=bob))).values()) == {f"/app/workflows/approvals/{found.pk}/"}
    decide(found, bob)
    assert not Notification.objects.filter(kind=telling.KIND).exists()


def test_mail_goes_to_who_wants_it_and_a_reminder_to_all(alice, bob, team, django_capture_on_commit_callbacks):
    User.objects.filter(pk=bob.pk).update(preferences={"mention_mail": "yes"})
    found = of_team(alice, team, audience=audience(role="members"), reminder_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        approvals.begin(found)
    assert [sent.to for sent in mail.outbox] == [[bob.email]]
    Notification.objects.update(read_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert approvals.remind() == 1
    assert sorted(sent.to[0] for sent in mail.outbox[1:]) == sorted([alice.email, bob.email])
    assert {sent.subject for sent in mail.outbox[1:]} == {"Still waiting for you: Send it?"}
    assert Notification.objects.filter(kind=telling.KIND, read_at=None).count() == 2
    assert approvals.remind() == 0


@pytest.mark.usefixtures("indonesian")
def test_the_mail_says_what_is_asked_and_the_way_there(alice, bob, team, django_capture_on_commit_callbacks):
    """Each in the language of its reader."""
    User.objects.filter(pk=bob.pk).update(preferences={"mention_mail": "yes"})
    User.objects.filter(pk=alice.pk).update(preferences={"mention_mail": "yes", "language": "id"})
    found = of_team(alice, team, audience=audience(role="members"))
    Approval.objects.filter(pk=found.pk).update(title="Send\nit at https://evil.example/?")
    with django_capture_on_commit_callbacks(execute=True):
        approvals.begin(found)
    of_alice, of_bob = sorted(mail.outbox, key=lambda sent: sent.to != [alice.email])
    assert of_bob.subject == "Your decision: Send it at evil. example/?"
    assert of_alice.subject != of_bob.subject
    ((html, _kind),) = of_bob.alternatives
    workflow = found.step.workflow_run.workflow.name
    for said in (of_bob.body, html):
        assert workflow in said
        assert f"{settings.PUBLIC_URL}/app/workflows/approvals/{found.pk}/" in said


# ---- decided --------------------------------------------------------------------------------------------
def test_the_first_decision_counts_and_the_second_hears_who_was_first(alice, bob, team, answers):
    found = of_team(alice, team, audience=audience(role="members"))
    decided = decide(found, bob, values={"text": "Dear everybody"}, comment=" Shorter. ")
    assert (decided.decision, decided.decided_by, decided.values) == ("yes", bob, {"text": "Dear everybody"})
    ((_path, output, handle),) = answers
    assert handle == "yes"
    assert output == {
        "button": "yes",
        "values": {"text": "Dear everybody"},
        "decidedBy": "Bob Member",
        "decidedAt": decided.decided_at.isoformat(),
        "comment": "Shorter.",
    }
    with pytest.raises(Refused, match="Bob Member was first, and chose “Approve”") as refused:
        decide(found, alice, "no")
    assert refused.value.code == "done_already"
    assert len(answers) == 1
    entry = AuditEntry.objects.get(action="approval.decided")
    assert (entry.actor, entry.data["decision"]) == (bob, "yes")


def test_strangers_and_unknown_buttons_are_refused(alice, carol, answers):
    found = approval(alice)
    with pytest.raises(Refused) as refused:
        decide(found, carol)
    assert refused.value.code == "not_yours"
    with pytest.raises(Refused) as refused:
        decide(found, alice, "perhaps")
    assert refused.value.code == "gone"
    assert not answers


@pytest.mark.parametrize("values", [{}, {"text": 3}, {"text": "x", "more": 1}])
def test_values_that_do_not_fit_the_form_are_refused(alice, answers, values):
    with pytest.raises(Refused) as refused:
        decide(approval(alice), alice, values=values)
    assert refused.value.code == "workflow_input"
    assert not answers


def test_as_many_as_are_needed_must_mean_the_same(alice, bob, carol, team, answers):
    TeamMember.objects.create(team=team, user=carol, role=TeamRole.MEMBER)
    found = of_team(alice, team, audience=audience(role="members"), needed=2)
    assert not decide(found, alice).decision
    assert not decide(found, bob, values={"text": "Otherwise"}).decision  # what Alice saw is not what Bob sends
    assert not decide(found, alice, "no").decision  # she has changed her mind, and still one vote
    assert not decide(found, alice).decision
    decided = decide(found, carol)
    assert (decided.decision, decided.decided_by) == ("yes", carol)
    assert decided.values == {"text": "Dear all"}
    assert len(answers) == 1
    assert [vote["name"] for vote in decided.votes][-1] == "Carol Stranger"


def test_comments_decide_nothing(alice, answers):
    found = approvals.comment(approval=approval(alice), by=alice, text="Wait a moment.")
    assert [(vote["name"], vote["button"], vote["comment"]) for vote in found.votes] == [
        ("Alice Owner", "", "Wait a moment.")
    ]
    assert not answers
    with pytest.raises(Refused):
        approvals.comment(approval=found, by=alice, text="  ")


def test_nothing_is_decided_of_a_run_that_has_ended(alice, answers):
    found = approval(alice)
    found.step.status = StepStatus.STOPPED
    found.step.save()
    with pytest.raises(Refused) as refused:
        decide(found, alice)
    assert refused.value.code == "gone"


# ---- by time --------------------------------------------------------------------------------------------
def test_the_deadline_decides_by_its_button(alice, answers):
    now = timezone.now()
    found = approval(alice, deadline_at=now - timedelta(seconds=1), default_button="no")
    later = approval(alice, deadline_at=now + timedelta(hours=1), default_button="no")
    with pytest.raises(Refused) as refused:
        decide(found, alice)
    assert refused.value.code == "too_late"
    assert approvals.pass_deadlines() == 1
    found.refresh_from_db()
    later.refresh_from_db()
    assert (found.decision, found.decided_by, later.decision) == ("no", None, "")
    ((_path, output, handle),) = answers
    assert (handle, output["values"], output["decidedBy"]) == ("no", {"text": "Dear all"}, "")
    with pytest.raises(Refused, match="already: “Reject”"):
        decide(found, alice)


def test_a_run_that_was_stopped_takes_its_notifications_along(alice):
    found = approval(alice)
    approvals.begin(found)
    approvals.drop(found.step.workflow_run.run)
    assert not Notification.objects.filter(kind=telling.KIND).exists()
    assert found.step.workflow_run.run.status == RunStatus.WAITING
