"""What instance admins do with people and settings: done, refused in words, and written down."""

import threading
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection

from sambung import instance_health
from sambung.lib.errors import Refused
from teams import instance
from teams.models import AuditEntry, Instance, User, UserRole
from tests.delivery import deliver
from tests.factories import TeamFactory, TeamMemberFactory, UserFactory
from tests.smtp import Server, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db) -> User:
    return UserFactory(name="Ada Admin", role=UserRole.ADMIN)


@pytest.fixture
def client(sign_in, ada):
    return sign_in(ada)


def entries() -> list[tuple]:
    return list(AuditEntry.objects.filter(action__regex="^(person|instance)").values_list("action", "target", "data"))


def test_people_are_found_by_name_and_address(client, alice, carol):
    assert "Carol Stranger" in client.get("/instance/people/").content.decode()
    for asked in ("ALICE own", alice.email[:9]):
        page = client.get("/instance/people/", {"q": asked}).content.decode()
        assert "Alice Owner" in page
        assert "Carol Stranger" not in page
    assert "Nobody is called that." in client.get("/instance/people/", {"q": "zz%_"}).content.decode()


def test_a_role_is_changed_and_written_down(client, ada, carol):
    client.post(f"/instance/people/{carol.pk}/role/", {"role": "agent_admin"}, REMOTE_ADDR="10.1.2.3")
    carol.refresh_from_db()
    assert carol.role == "agent_admin"
    entry = AuditEntry.objects.get(action="person.role_changed")
    assert (entry.actor, entry.ip, entry.data) == (ada, "10.1.2.3", {"role": ["user", "agent_admin"]})
    assert entry.target == "Carol Stranger"


def test_a_role_that_there_is_not_changes_nothing(client, carol):
    client.post(f"/instance/people/{carol.pk}/role/", {"role": "emperor"})
    carol.refresh_from_db()
    assert carol.role == "user"
    assert entries() == []


@pytest.mark.parametrize("act", ["role", "active"])
def test_nobody_does_this_to_themselves(client, ada, act):
    page = client.post(f"/instance/people/{ada.pk}/{act}/", {"role": "user"}, follow=True).content.decode()
    assert "You cannot do this to yourself" in page
    ada.refresh_from_db()
    assert (ada.role, ada.is_active) == ("admin", True)


def test_whoever_is_deactivated_is_out_at_once_and_may_come_back(client, sign_in, carol):
    theirs = sign_in(carol)
    assert theirs.get("/app/").status_code == 200
    client.post(f"/instance/people/{carol.pk}/active/")
    assert theirs.get("/app/").status_code == 302
    client.post(f"/instance/people/{carol.pk}/active/")
    assert theirs.get("/app/").status_code == 302  # the session is gone, the account is not
    assert sign_in(carol).get("/app/").status_code == 200
    assert [action for action, _, _ in entries()] == ["person.activated", "person.deactivated"]


def test_all_sessions_of_a_person_end(client, sign_in, carol, alice):
    theirs, others = [sign_in(carol) for _ in range(2)], sign_in(alice)
    for each in (*theirs, others):
        assert each.get("/app/").status_code == 200
    client.post(f"/instance/people/{carol.pk}/sessions/")
    assert [each.get("/app/").status_code for each in (*theirs, others)] == [302, 302, 200]
    assert entries() == [("person.signed_out", "Carol Stranger", {"sessions": 2})]


def test_settings_are_kept_and_only_changes_written_down(client):
    for _ in range(2):
        given = {"sign_up": "open", "second_factor": "nobody", "web_access": "any", "public_links": "on"}
        client.post("/instance/", given | {"workflow_run_days": "30"})
    assert (Instance.present().sign_up, Instance.present().workflow_run_days) == ("open", 30)
    assert [data for _, _, data in entries()] == [{"sign_up": ["invite", "open"], "workflow_run_days": [90, 30]}]
    assert client.post("/instance/", {"sign_up": "perhaps"}).status_code == 422


def test_admins_say_what_tools_may_fetch(client):
    asked = {"sign_up": "invite", "second_factor": "nobody", "web_access": "listed"}
    client.post("/instance/", asked | {"web_hosts": "Example.org\r\n*.example.net example.org"})
    assert Instance.present().web_hosts == ["example.org", "*.example.net"]
    assert "example.org\n*.example.net" in client.get("/instance/").content.decode()
    for wrong in ("https://example.org", "exa mple/", "*.", "a..b", "*"):
        assert client.post("/instance/", asked | {"web_hosts": wrong}).status_code == 422


def test_teams_are_listed_and_stay_closed(client):
    team = TeamFactory(name="North")
    TeamMemberFactory(team=team)
    assert "1 member" in client.get("/instance/teams/").content.decode()
    assert client.get(f"/team/{team.slug}/").status_code == 404


def test_health_tells_of_a_database_that_takes_nothing_and_of_replies_that_wait(client, ada, monkeypatch):
    monkeypatch.setattr(instance_health, "database_fault", lambda: "the database is read-only")
    served = SimpleNamespace(streams={1: None}, is_behind=True)
    monkeypatch.setattr(instance_health.runtime, "current", lambda: served)
    page = client.get("/instance/health/").content.decode()
    assert "takes nothing that is written (the database is read-only)" in page
    assert "1 on their way · some wait to be saved" in page


def test_health_tells_every_part_and_sends_a_mail(client, ada):
    page = client.get("/instance/health/").content.decode()
    for part in ("PostgreSQL", "all there", "0 waiting, 0 failed", "none answers", "Python", "Sambung"):
        assert part in page


def test_a_test_mail_leaves_and_is_told_of(client, ada):
    page = client.post("/instance/health/mail/", follow=True).content.decode()
    assert mail.outbox[0].to == [ada.email]
    assert f"The test mail to {ada.email} has left." in page
    assert "hx-get" not in client.get("/instance/health/mail/", headers={"HX-Request": "true"}).content.decode()


def test_a_mail_server_that_is_away_is_told_until_it_is_back(client, ada, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "sambung.mail.SmtpBackend", "127.0.0.1", 1
    page = client.post("/instance/health/mail/", follow=True).content.decode()
    assert "The test mail could not be sent. The mail server cannot be reached" in page
    assert "It said: Connection refused" in page
    assert "127.0.0.1 · 1 waits · none has left since" in page
    assert "1 mail is tried again" in client.post("/instance/health/mail/again/", follow=True).content.decode()
    with running(settings, Server(), limit=30):
        deliver()
    page = client.get("/instance/health/").content.decode()
    assert "none has left" not in page
    assert "Try the mails again" not in page
    assert f"The test mail to {ada.email} has left." in page


def test_another_admin_sees_no_test_mail_that_is_not_theirs(client, ada, sign_in):
    client.post("/instance/health/mail/")
    other = sign_in(UserFactory(role=UserRole.ADMIN))
    assert "The test mail" not in other.get("/instance/health/").content.decode()


def test_the_log_is_searched(client, carol):
    client.post(f"/instance/people/{carol.pk}/role/", {"role": "agent_admin"})
    assert "person.role_changed" in client.get("/instance/audit/", {"q": "carol"}).content.decode()
    assert "Nothing was found." in client.get("/instance/audit/", {"q": "nobody"}).content.decode()
    page = client.get("/instance/audit/").content.decode()
    assert '<div class="table-scroll" role="region" tabindex="0" aria-label="Audit log">' in page


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_leave_one():
    pair = [UserFactory(role=UserRole.ADMIN) for _ in range(2)]
    gate, refused = threading.Barrier(2), []

    def demote(by: User, person: User) -> None:
        gate.wait(10)
        try:
            instance.set_role(by=by, person=person, role="user")
        except Refused:
            refused.append(by)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=args) for args in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert User.objects.filter(pk__in=[user.pk for user in pair], role="admin").count() == 1
