"""What changes the ways into an account asks for a proof that is fresh. C54."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import HASH_SESSION_KEY
from django.test import Client

from teams.models import User
from tests.factories import PASSWORD

FACTORS = "/accounts/factors/"
NEW = {"password1": "an entirely new phrase", "password2": "an entirely new phrase"}
#: Act -> (method, address, form). `{passkey}` and `{account}` stand for the rows.
ACTS = {
    "add an app": ("post", f"{FACTORS}totp/activate/", {"code": "000000"}),
    "remove the app": ("post", f"{FACTORS}totp/deactivate/", {}),
    "add a passkey": ("post", f"{FACTORS}webauthn/add/", {"name": "Mine", "credential": "{}"}),
    "remove a passkey": ("post", f"{FACTORS}webauthn/keys/{{passkey}}/remove/", {}),
    "rename a passkey": ("post", f"{FACTORS}webauthn/keys/{{passkey}}/edit/", {"name": "Mine"}),
    "see the codes": ("get", f"{FACTORS}recovery-codes/", {}),
    "download the codes": ("get", f"{FACTORS}recovery-codes/download/", {}),
    "make new codes": ("post", f"{FACTORS}recovery-codes/generate/", {}),
    "disconnect": ("post", "/accounts/connected/", {"account": "{account}"}),
    "change the address": ("post", "/accounts/email/", {"email": "mine@example.org", "action_add": "1"}),
    "take the data": ("post", "/accounts/export/", {}),
    "delete the account": ("post", "/accounts/delete/", {"email": "{email}"}),
}


def signed_in_long_ago(person: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    return client


def ways_in(person: User) -> list:
    """All that the acts would change."""
    kept = User.objects.filter(pk=person.pk).values_list("password", "email")
    factors = Authenticator.objects.filter(user=person).order_by("pk").values_list("pk", "type", "data")
    addresses = EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")
    return [*kept, *factors, *addresses, *SocialAccount.objects.filter(user=person).values_list("pk", "uid")]


def passkey(person: User) -> Authenticator:
    return Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Hers"})


@pytest.mark.parametrize("act", ACTS)
def test_stale_proof_changes_nothing(alice, mailoutbox, act):
    client = signed_in_long_ago(alice)
    rows = {"passkey": 0, "account": SocialAccount.objects.create(user=alice, provider="local", uid="42").pk}
    if "passkey" in act or "codes" in act:
        rows["passkey"] = passkey(alice).pk
        RecoveryCodes.activate(alice)
    elif act != "add an app":
        TOTP.activate(alice, generate_totp_secret())
    before = ways_in(alice)
    method, path, form = ACTS[act]
    values = {name: value.replace("{account}", str(rows["account"])) for name, value in form.items()}
    values = {name: value.replace("{email}", alice.email) for name, value in values.items()}
    answer = getattr(client, method)(path.format(**rows), values)
    assert answer.status_code == 302
    assert "/reauthenticate/" in answer.url
    assert ways_in(alice) == before
    assert mailoutbox == []


def test_somebody_without_a_password_proves_themselves_before_setting_one(alice):
    client = signed_in_long_ago(alice)
    passkey(alice)
    User.objects.filter(pk=alice.pk).update(password="!")
    client.force_login(User.objects.get(pk=alice.pk), backend="teams.backends.PeopleBackend")
    before = ways_in(alice)
    answer = client.post("/accounts/password/set/", NEW)
    assert answer.status_code == 302
    assert "/reauthenticate/" in answer.url
    assert ways_in(alice) == before


@pytest.mark.parametrize("act", ["add an app", "change the address", "take the data"])
@pytest.mark.parametrize("is_fresh", [False, True])
def test_somebody_with_nothing_to_prove_signs_in_once_more(alice, act, is_fresh):
    client, before = signed_in_long_ago(alice), ways_in(alice)
    User.objects.filter(pk=alice.pk).update(password="!")
    session = client.session
    session[HASH_SESSION_KEY] = User.objects.get(pk=alice.pk).get_session_auth_hash()
    session["account_authentication_methods"][-1]["at"] += 301 * is_fresh
    session.save()
    method, path, form = ACTS[act]
    answer = getattr(client, method)(path, {name: value.format(email=alice.email) for name, value in form.items()})
    asked = answer.status_code == 302 and answer.url.startswith("/accounts/login/")
    assert asked == (not is_fresh)
    assert (client.get("/app/").status_code == 200) == is_fresh
    if not is_fresh:
        assert [row for row in ways_in(alice) if row not in before] == [("!", alice.email)]
