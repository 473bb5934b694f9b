"""Sign-in, sign-out, a new password by mail, and closed sign-up, through the pages that people use."""

import re

import pytest

from teams.models import User
from tests.factories import PASSWORD

LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"


def test_sign_in_and_out(client, alice):
    assert client.post(LOGIN, {"login": alice.email.upper(), "password": PASSWORD}).url == "/"
    assert client.get("/", follow=True).redirect_chain == [("/app/", 302)]
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/app/").url == f"{LOGIN}?next=/app/"


def test_sign_in_leads_on(client, alice, chat):
    path = f"/app/chats/{chat.pk}/"
    response = client.post(LOGIN, {"login": alice.email, "password": PASSWORD, "next": path})
    assert response.url == path


def test_wrong_password_and_unknown_address_sound_alike(client, alice):
    wrong = client.post(LOGIN, {"login": alice.email, "password": "not this one"})
    unknown = client.post(LOGIN, {"login": "nobody@example.org", "password": "not this one"})
    assert wrong.status_code == unknown.status_code == 200
    said = [str(answer.context["form"].errors) for answer in (wrong, unknown)]
    assert said[0] == said[1] != ""


def test_deactivated_person_does_not_come_in(client, alice):
    alice.is_active = False
    alice.save()
    client.post(LOGIN, {"login": alice.email, "password": PASSWORD})
    assert client.get("/app/").status_code == 302


def test_guessing_is_stopped(client, alice):
    for _ in range(20):
        client.post(LOGIN, {"login": alice.email, "password": "a guess"})
    client.post(LOGIN, {"login": alice.email, "password": PASSWORD})
    assert client.get("/app/").status_code == 302


def test_new_password_by_mail(client, alice, mailoutbox, sign_in):
    elsewhere = sign_in(alice)
    assert client.post(RESET, {"email": alice.email}).url == "/accounts/password/reset/done/"
    (mail,) = mailoutbox
    assert mail.to == [alice.email]
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.body)[1]
    form = client.get(link, follow=True)
    path = form.redirect_chain[-1][0]
    new = "an entirely new phrase"
    assert client.post(path, {"password1": new, "password2": new}).status_code == 302
    assert elsewhere.get("/app/").status_code == 302, "other sessions end"
    assert client.post(LOGIN, {"login": alice.email, "password": PASSWORD}).status_code == 200
    assert client.post(LOGIN, {"login": alice.email, "password": new}).status_code == 302
    assert any("password" in mail.subject.lower() for mail in mailoutbox[1:]), "the person is told"
    client.logout()
    assert not client.get(link, follow=True).redirect_chain, "the link works once"


def test_unknown_address_looks_the_same(client, db, mailoutbox):
    response = client.post(RESET, {"email": "nobody@example.org"})
    assert response.url == "/accounts/password/reset/done/"
    assert all(mail.to == ["nobody@example.org"] and "/key/" not in mail.body for mail in mailoutbox)


@pytest.mark.parametrize("link", ["1-", "0-set-password", "zz-x", "1-" + "a" * 500])
def test_made_up_reset_link(client, alice, link):
    response = client.post(f"/accounts/password/reset/key/{link}/", {"password1": "x y z 1 2 3", "password2": "x"})
    assert response.status_code in {200, 404}
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_sign_up_is_closed(client, db):
    values = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", values).status_code == 200
    assert not User.objects.exists()


def test_preferences(client, alice, sign_in):
    theirs = sign_in(alice)
    theirs.post("/preferences/", {"theme": "dark"})
    theirs.post("/preferences/", {"theme": "pink", "language": "tlh"})
    theirs.post("/preferences/", {"language": "id"})
    alice.refresh_from_db()
    assert alice.preferences == {"theme": "dark", "language": "id"}
    shown = theirs.get("/app/").content.decode()
    assert '<html lang="id" data-theme="dark"' in shown


@pytest.mark.parametrize(
    ("came_from", "to"), [("http://testserver/app/chats/", "/app/chats/"), ("//evil.test", "/app/")]
)
def test_preferences_lead_back(alice, sign_in, settings, came_from, to):
    settings.ALLOWED_HOSTS = ["testserver"]
    response = sign_in(alice).post("/preferences/", {"theme": "dark"}, headers={"Referer": came_from})
    assert response.url.endswith(to)
    assert "evil" not in response.url
