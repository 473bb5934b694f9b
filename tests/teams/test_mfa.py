"""The second factor: set up, asked for, demanded, sealed. Passkeys are driven in tests/browser/test_passkeys.py."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from agents.runs.consumer import people
from teams.models import AuditEntry, Instance, SecondFactor, UserRole
from tests.factories import PASSWORD, ChatFactory, UserFactory
from tests.teams.mail import code_in

LOGIN, ADD, INDEX = "/accounts/login/", "/accounts/factors/totp/activate/", "/accounts/factors/"
FACTOR = "/accounts/factors/authenticate/"


def code_of(secret: str) -> str:
    """What an app shows now."""
    return shown_by(secret, 0)


def shown_by(secret: str, steps: int) -> str:
    """What an app shows whose clock is so many steps ahead, below 0: behind."""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + steps))


def signed_in(person) -> Client:
    """A client that has given the password just now, and once more."""
    client = Client()
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def add_app(client: Client) -> str:
    """Add an app; return its secret."""
    secret = re.search(r'class="account-secret">([A-Z2-7]+)<', client.get(ADD).content.decode())[1]
    assert client.post(ADD, {"code": "000000"}).status_code == 200
    assert client.post(ADD, {"code": code_of(secret)}).status_code == 302
    return secret


def recovery_codes(client: Client) -> list[str]:
    return client.get("/accounts/factors/recovery-codes/download/").content.decode().split()


@pytest.fixture
def next_code(monkeypatch):
    """A code serves once: let the clock of codes go on."""

    def shift():
        steps = [counter + 7 for counter in yield_hotp_counters_from_time()]
        monkeypatch.setattr("allauth.mfa.totp.internal.auth.yield_hotp_counters_from_time", lambda: steps)
        return lambda secret: format_hotp_value(hotp_value(secret, steps[0]))

    return shift


def demand(of: str) -> None:
    Instance.objects.update_or_create(is_only=True, defaults={"second_factor": of})


def test_adding_asks_for_the_password_again(alice, sign_in):
    for path in (ADD, "/accounts/factors/webauthn/add/", "/accounts/factors/recovery-codes/generate/"):
        assert sign_in(alice).get(path).url.startswith("/accounts/reauthenticate/")


@pytest.mark.django_db(transaction=True)
def test_app_is_added_asked_for_and_removed(alice, mailoutbox, next_code):
    client = signed_in(alice)
    secret = add_app(client)
    assert [mail.to for mail in mailoutbox] == [[alice.email]]
    code = next_code()
    other = Client()
    assert other.post(LOGIN, {"login": alice.email, "password": PASSWORD}).url == FACTOR
    assert other.get("/app/").status_code == 302, "the password alone opens nothing"
    assert other.post(FACTOR, {"code": "000000"}).status_code == 200
    assert other.post(FACTOR, {"code": code(secret)}).status_code == 302
    assert other.get("/app/").status_code == 200
    third = Client()
    third.post(LOGIN, {"login": alice.email, "password": PASSWORD})
    third.post(FACTOR, {"code": code(secret)})
    assert third.get("/app/").status_code == 302, "a code serves once"
    assert client.post("/accounts/factors/totp/deactivate/").status_code == 302
    assert len(mailoutbox) == 2
    said = AuditEntry.objects.filter(action__startswith="account.factor").order_by("created_at", "id")
    assert sorted((entry.action, entry.data["kind"]) for entry in said) == [
        ("account.factor_added", "recovery_codes"),
        ("account.factor_added", "totp"),
        ("account.factor_removed", "recovery_codes"),
        ("account.factor_removed", "totp"),
    ]


def test_code_by_mail_does_not_go_past_the_factor(alice, mailoutbox):
    add_app(signed_in(alice))
    mailoutbox.clear()
    other = Client()
    other.post("/accounts/login/code/", {"email": alice.email})
    other.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert other.get("/app/").status_code == 302
    assert other.get(FACTOR).status_code == 200


def test_new_password_by_mail_does_not_go_past_the_factor(alice, mailoutbox):
    add_app(signed_in(alice))
    mailoutbox.clear()
    other = Client()
    other.post("/accounts/password/reset/", {"email": alice.email})
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mailoutbox[0].body)[1]
    path = other.get(link, follow=True).redirect_chain[-1][0]
    other.post(path, {"password1": "an entirely new phrase", "password2": "an entirely new phrase"})
    other.post(LOGIN, {"login": alice.email, "password": "an entirely new phrase"})
    assert other.get("/app/").status_code == 302


def test_recovery_codes_let_in_once(alice):
    client = signed_in(alice)
    add_app(client)
    codes = recovery_codes(client)
    assert len(codes) == 10
    for expected in (200, 302):
        other = Client()
        other.post(LOGIN, {"login": alice.email, "password": PASSWORD})
        other.post(FACTOR, {"code": codes[0]})
        assert other.get("/app/").status_code == expected


def test_recovery_codes_may_be_typed_as_people_do(alice):
    client = signed_in(alice)
    add_app(client)
    blank, dash, trailing = (code for code in recovery_codes(client)[:3])
    for typed in (f"{blank[:4]} {blank[4:]}", f"{dash[:4]}-{dash[4:]}", f"{trailing} "):
        other = Client()
        other.post(LOGIN, {"login": alice.email, "password": PASSWORD})
        other.post(FACTOR, {"code": typed})
        assert other.get("/app/").status_code == 200


def test_secrets_are_sealed(alice):
    client = signed_in(alice)
    secret = add_app(client)
    codes = recovery_codes(client)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not [code for code in codes if code in stored]
    assert Authenticator.objects.count() == 2


# ---- Demanded -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("of", "role", "is_held"),
    [
        (SecondFactor.NOBODY, UserRole.ADMIN, False),
        (SecondFactor.ADMINS, UserRole.USER, False),
        (SecondFactor.ADMINS, UserRole.ADMIN, True),
        (SecondFactor.EVERYONE, UserRole.USER, True),
    ],
)
def test_demanded(db, sign_in, of, role, is_held):
    """Pages, fragments, admin and sockets of a person who owes a factor are closed, and the set-up page says why."""
    demand(of)
    person = UserFactory(role=role)
    client = sign_in(person)
    page, script = client.get("/app/"), client.get("/app/chats/", headers={"HX-Request": "true"})
    admin = client.get("/admin/")
    socket = people([client.session.session_key])
    if not is_held:
        assert (page.status_code, script.status_code, set(socket.values())) == (200, 200, {person})
        return
    assert page.url == INDEX
    assert (script.status_code, script["HX-Redirect"]) == (401, INDEX)
    assert admin.url == INDEX
    assert socket == {}
    assert client.get("/accounts/email/").url == INDEX
    assert client.get("/accounts/export/").url == INDEX
    ChatFactory(user=person, title="Not for this page")
    shown = client.get(INDEX).content.decode()
    assert "This server asks you for more than a password" in shown
    assert "Not for this page" not in shown


def test_demanded_and_set_up(db):
    demand(SecondFactor.EVERYONE)
    person = UserFactory()
    client = signed_in(person)
    assert client.get("/app/").url == INDEX
    add_app(client)
    assert client.get("/app/").status_code == 200
    assert set(people([client.session.session_key]).values()) == {person}
    Authenticator.objects.exclude(type="recovery_codes").delete()
    assert client.get("/app/").url == INDEX, "recovery codes alone are no factor"


def test_admin_shows_no_secret(alice, sign_in):
    client = signed_in(alice)
    secret = add_app(client)
    admin = sign_in(UserFactory(role=UserRole.ADMIN))
    found = Authenticator.objects.get(type="totp")
    shown = admin.get(f"/admin/mfa/authenticator/{found.pk}/change/").content.decode()
    assert secret not in shown
    assert found.data["secret"] not in shown
    assert admin.get("/admin/mfa/authenticator/?data__secret__startswith=A").status_code in {302, 400}
