"""Signing in with an account elsewhere, over the real protocol with a provider of our own."""

import http.client
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from teams.models import AuditEntry, Instance, SignUp, User
from tests.factories import PASSWORD
from tests.teams.mail import code_in
from tests.teams.provider import CLIENT_ID, CLIENT_SECRET, provider

ENTER, CONNECTED = "/accounts/oidc/local/login/", "/accounts/connected/"
CONFIRM = "/accounts/confirm-email/"
NADIA = {"sub": "42", "name": "Nadia New", "email": "Nadia@Example.org", "email_verified": True}


@pytest.fixture
def local(db, settings):
    """A provider that the operator has named, and sign-up open to everybody."""
    Instance.objects.update_or_create(is_only=True, defaults={"sign_up": SignUp.OPEN})
    with provider() as found:
        app = {"name": "Local", "provider_id": "local", "client_id": CLIENT_ID, "secret": CLIENT_SECRET}
        apps = [app | {"settings": {"server_url": found.url}}]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}
        yield found
        assert found.problems == []


def go(client: Client, found, person: dict, process: str = "login"):
    """Press the button, say yes there, and come back; return the answer."""
    found.person = person
    away = client.post(f"{ENTER}?process={process}")
    assert away.status_code == 302
    address = urlsplit(away.url)
    assert f"{address.scheme}://{address.netloc}" == found.url
    line = http.client.HTTPConnection(address.netloc, timeout=10)
    line.request("GET", f"{address.path}?{address.query}")
    back = urlsplit(line.getresponse().getheader("Location"))
    line.close()
    return client.get(f"{back.path}?{back.query}")


def test_buttons_stand_for_what_is_named(client, db, settings):
    assert "Go on with" not in client.get("/accounts/login/").content.decode()
    app = {"name": "Kopi ID", "provider_id": "kopi", "client_id": "x", "settings": {"server_url": "https://id.test"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    shown = client.get("/accounts/login/").content.decode()
    assert "Go on with Kopi ID" in shown
    assert "GitHub" not in shown


def test_sign_up_and_in_again(client, local):
    assert go(client, local, NADIA).status_code == 302
    assert client.get("/app/").status_code == 200
    person = User.objects.get()
    assert (person.name, person.email) == ("Nadia New", "nadia@example.org")
    assert not person.has_usable_password()
    other = Client()
    go(other, local, NADIA | {"name": "Another Name"})
    assert other.get("/app/").status_code == 200
    assert User.objects.get() == person
    assert not SocialToken.objects.exists()
    assert {"/token", "/userinfo"} <= set(local.asked)
    said = AuditEntry.objects.filter(action="account.signed_in").values_list("data", flat=True)
    assert list(said) == [{"methods": ["socialaccount"]}] * 2


@pytest.mark.parametrize("mode", [SignUp.INVITE, SignUp.CLOSED])
def test_sign_up_follows_the_setting(client, local, mode):
    Instance.objects.update(sign_up=mode)
    assert go(client, local, NADIA).status_code == 200
    assert not User.objects.exists()


def test_unverified_address_is_confirmed_by_a_code(client, local, mailoutbox):
    assert go(client, local, NADIA | {"email_verified": False}).url == CONFIRM
    assert client.get("/app/").status_code == 302
    (mail,) = mailoutbox
    client.post(CONFIRM, {"code": code_in(mail)})
    assert client.get("/app/").status_code == 200
    assert SocialAccount.objects.count() == 1


def test_attacker_who_came_first_keeps_nothing(client, local, mailoutbox):
    """C52: an account elsewhere with an address that nobody proved, then the owner of the address."""
    attacker = Client()
    go(attacker, local, NADIA | {"email_verified": False})
    mailoutbox.clear()
    client.post("/accounts/login/code/", {"email": NADIA["email"]})
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert client.get("/app/").status_code == 200
    again = Client()
    go(again, local, NADIA | {"email_verified": False})
    assert attacker.get("/app/").status_code == again.get("/app/").status_code == 302
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("is_verified", [True, False])
def test_existing_account_is_not_joined_by_its_address(client, alice, local, mailoutbox, is_verified):
    answer = go(client, local, NADIA | {"email": alice.email, "email_verified": is_verified})
    assert answer.url == CONFIRM, "as for an address that is new"
    assert client.get("/app/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1
    assert mailoutbox[0].to == [alice.email]
    assert code_in(mailoutbox[0]) is None


def test_connect_while_signed_in(alice, sign_in, local, mailoutbox):
    client = sign_in(alice)
    assert go(client, local, NADIA, "connect").url == "/accounts/reauthenticate/"
    assert not SocialAccount.objects.exists()
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).url == CONNECTED
    account = SocialAccount.objects.get()
    assert account.user == alice
    assert [mail.to for mail in mailoutbox] == [[alice.email]]
    assert "Local" in client.get(CONNECTED).content.decode()
    other = Client()
    go(other, local, NADIA)
    assert other.get("/app/").status_code == 200
    alice.refresh_from_db()
    assert alice.email != "nadia@example.org"
    assert client.post(CONNECTED, {"account": account.pk}).status_code == 302
    assert not SocialAccount.objects.exists()
    actions = AuditEntry.objects.filter(action__in=["account.connected", "account.disconnected"])
    assert set(actions.values_list("actor", "action")) == {
        (alice.pk, "account.connected"),
        (alice.pk, "account.disconnected"),
    }


def test_account_of_somebody_else_is_not_taken(alice, bob, sign_in, local):
    SocialAccount.objects.create(user=bob, provider="local", uid="42")
    client = sign_in(alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    go(client, local, NADIA, "connect")
    assert SocialAccount.objects.get().user == bob


def test_reply_of_another_session_is_refused(client, local):
    local.person = NADIA
    away = urlsplit(client.post(ENTER).url)
    asked = {name: values[0] for name, values in parse_qs(away.query).items()}
    back = urlsplit(local.authorize(asked))
    victim = Client()
    assert "That did not work" in victim.get(f"{back.path}?{back.query}").content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("answer", [302, 500])
def test_provider_that_fails(client, local, answer):
    local.answers = {"/.well-known/openid-configuration": answer}
    shown = client.post(ENTER)
    assert shown.status_code == 502
    assert "That did not work" in shown.content.decode()


def test_endpoints_inside_are_not_reached(client, local, monkeypatch):
    """The issuer is named by the operator; where it points to is not."""
    with provider() as inside:
        real = local.configuration()
        monkeypatch.setattr(local, "configuration", lambda: real | {"token_endpoint": f"{inside.url}/token"})
        assert go(client, local, NADIA).status_code == 502
        assert inside.asked == []
    assert not User.objects.exists()
