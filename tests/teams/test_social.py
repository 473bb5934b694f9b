"""Signing in with an account elsewhere, over the real protocol with a provider of our own."""

import http.client
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from django.test import Client

from teams.models import AuditEntry, Instance, SignUp, User
from tests.factories import PASSWORD
from tests.teams.mail import code_in
from tests.teams.provider import CLIENT_ID, CLIENT_SECRET, leads_to, provider

ENTER, CONNECTED = "/accounts/oidc/local/login/", "/accounts/connected/"
CONFIRM = "/accounts/confirm-email/"
GITHUB_ENTER, GITHUB = "/accounts/github/login/", {"OAUTH_PKCE_ENABLED": True, "SCOPE": ["user:email"]}
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


def go(client: Client, found, person: dict, process: str = "login", enter: str = ENTER):
    """Press the button, say yes there, and come back; return the answer."""
    found.person = person
    address = urlsplit(leads_to(client.post(f"{enter}{'&' if '?' in enter else '?'}process={process}")))
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


def emails(*addresses: tuple[str, bool, bool]) -> dict:
    """An account at GitHub with these (address, is it primary, is it verified)."""
    listed = [{"email": email, "primary": primary, "verified": verified} for email, primary, verified in addresses]
    return {"id": 42, "login": "nadia", "name": "Nadia New", "email": None, "emails": listed}


@pytest.fixture
def github(local, settings, monkeypatch):
    """The same provider as GitHub."""
    app = {"client_id": CLIENT_ID, "secret": CLIENT_SECRET}
    settings.SOCIALACCOUNT_PROVIDERS = {**settings.SOCIALACCOUNT_PROVIDERS, "github": {**GITHUB, "APPS": [app]}}
    paths = {"access_token": "login/oauth/access_token", "authorize": "authorize", "profile": "user"}
    for name, path in (paths | {"emails": "user/emails"}).items():
        monkeypatch.setattr(GitHubOAuth2Adapter, f"{name}_url", f"{local.url}/{path}")
    return local


def test_github_signs_up_and_in_again_with_its_primary_address(client, github):
    person = emails(("other@example.org", False, True), ("Nadia@example.org", True, True), ("x@y.org", False, False))
    assert go(client, github, person, enter=GITHUB_ENTER).status_code == 302
    assert client.get("/app/").status_code == 200
    found = User.objects.get()
    assert (found.name, found.email) == ("Nadia New", "nadia@example.org")
    assert list(found.emailaddress_set.values_list("email", "verified")) == [("nadia@example.org", True)]
    other = Client()
    go(other, github, person | {"name": "Another Name"}, enter=GITHUB_ENTER)
    assert other.get("/app/").status_code == 200
    assert User.objects.get() == found
    assert {"/login/oauth/access_token", "/user", "/user/emails"} <= set(github.asked)
    assert not SocialToken.objects.exists()


def test_github_address_that_nobody_proved_is_confirmed_by_a_code(client, github, mailoutbox):
    person = emails(("nadia@example.org", True, False), ("other@example.org", False, True))
    assert go(client, github, person, enter=GITHUB_ENTER).url == CONFIRM
    assert client.get("/app/").status_code == 302
    assert mailoutbox[0].to == ["nadia@example.org"]
    assert code_in(mailoutbox[0])


@pytest.mark.parametrize("is_verified", [True, False])
@pytest.mark.parametrize("public", [None, "alice@example.org"])
def test_github_joins_no_account_that_is_there(client, alice, github, mailoutbox, is_verified, public):
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    alice.emailaddress_set.update(email="alice@example.org")
    person = emails(("Alice@example.org", True, is_verified)) | {"email": public}
    assert go(client, github, person, enter=GITHUB_ENTER).url == CONFIRM
    assert client.get("/app/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1
    assert mailoutbox[0].to == ["alice@example.org"]


def test_github_secondary_address_of_somebody_else_gives_nothing(client, alice, github):
    person = emails(("nadia@example.org", True, True), (alice.email, False, True)) | {"email": alice.email}
    go(client, github, person, enter=GITHUB_ENTER)
    assert SocialAccount.objects.get().user.email == "nadia@example.org"
    assert list(alice.emailaddress_set.model.objects.filter(email=alice.email).exclude(user=alice)) == []


@pytest.mark.parametrize("claim", ["false", "true", 1, None])
def test_only_a_plain_true_vouches_for_an_address(client, local, claim):
    """Microsoft tells none, others a string: both are no proof."""
    assert go(client, local, NADIA | {"email_verified": claim}).url == CONFIRM
    assert client.get("/app/").status_code == 302


@pytest.mark.parametrize("told", [{}, {"email": None}, {"email": ""}, {"email": ["x@y.org"]}, {"email": 7}], ids=str)
def test_what_is_no_address_is_asked_for(client, local, told):
    asked = go(client, local, {"sub": "42", "name": "Nadia New"} | told)
    assert asked.url == "/accounts/connected/signup/"
    assert client.get(asked.url).status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "told", [{"name": ["Nadia"]}, {"name": 7}, {"name": {}, "given_name": 7, "picture": []}], ids=str
)
def test_what_is_no_name_is_passed_over(client, local, told):
    go(client, local, NADIA | told)
    assert User.objects.get().name == "nadia"


@pytest.mark.parametrize("sub", [None, ["42"], {}, 4.2])
def test_who_is_nobody_does_not_come_in(client, local, sub):
    shown = go(client, local, NADIA | {"sub": sub})
    assert "That did not work" in shown.content.decode()
    assert not User.objects.exists()


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
    away = urlsplit(leads_to(client.post(ENTER)))
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


@pytest.mark.parametrize("lacking", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"])
def test_provider_that_does_not_describe_itself_in_full(client, local, monkeypatch, lacking):
    whole = local.configuration()
    monkeypatch.setattr(local, "configuration", lambda: {name: whole[name] for name in whole if name != lacking})
    shown = client.post(ENTER)
    assert shown.status_code == 502
    assert "That did not work" in shown.content.decode()


def test_provider_that_describes_something_else(client, local, monkeypatch):
    monkeypatch.setattr(local, "configuration", lambda: ["nothing"])
    assert client.post(ENTER).status_code == 502


@pytest.mark.parametrize("path", ["/user", "/user/emails"])
def test_github_that_fails(client, github, path):
    github.answers = {path: 404}
    shown = go(client, github, emails(("nadia@example.org", True, True)), enter=GITHUB_ENTER)
    assert shown.status_code == 502
    assert "That did not work" in shown.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("claim", [{}, {"email_verified": False}, {"xms_edov": True}])
def test_claim_without_proof_opens_no_account(client, alice, local, claim):
    """“nOAuth”: at Microsoft a tenant's admin may claim any address for a person."""
    claimed = {"sub": "7", "name": "Mallory", "email": alice.email.upper()} | claim
    assert go(client, local, claimed).url == CONFIRM
    assert client.get("/app/").status_code == 302
    client.post(CONFIRM, {"code": "ABC123"})
    assert client.get("/app/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1
    assert alice.emailaddress_set.count() == 1


def test_endpoints_without_tls_are_not_asked(client, local, monkeypatch, caplog):
    """Nobody checks the signature of what comes from the token's endpoint itself: TLS must vouch for it."""
    real = local.configuration()
    monkeypatch.setattr(local, "configuration", lambda: real | {"token_endpoint": "http://192.0.2.1/token"})
    assert go(client, local, NADIA).status_code == 502
    assert "over https alone" in caplog.text


def test_endpoints_inside_are_not_reached(client, local, monkeypatch):
    """The issuer is named by the operator; where it points to is not."""
    with provider() as inside:
        real = local.configuration()
        monkeypatch.setattr(local, "configuration", lambda: real | {"token_endpoint": f"{inside.url}/token"})
        assert go(client, local, NADIA).status_code == 502
        assert inside.asked == []
    assert not User.objects.exists()
