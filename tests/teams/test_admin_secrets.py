"""Django admin, model by model: no secret is shown or guessed, names stay text, what is read-only stays. C24-C26."""

from dataclasses import dataclass

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.test import Client

from teams.models import Notification, TeamRole, User, UserRole
from tests.factories import PASSWORD, ChatFactory, api_key, exchange, invite

MODELS = sorted((model for model in admin.site._registry), key=lambda model: model._meta.label)
BAD = '"><img src=x onerror=alert(1)>javascript:alert(1)'
LOGIN = "/accounts/login/"
#: List -> columns that hold a secret, of the rows themselves and of rows beside them.
GUESSES = {
    "teams/user": ["password", "usersession__session_key", "authenticator__data__secret"],
    "teams/teaminvite": ["token", "invited_by__password"],
    "teams/teammember": ["user__password"],
    "teams/mail": ["encrypted_letter", "user__password", "invite__token"],
    "teams/team": ["invites__token", "created_by__password"],
    "mfa/authenticator": ["data__secret", "user__password"],
    "usersessions/usersession": ["session_key", "user__password"],
    "socialaccount/socialaccount": ["user__password"],
    "account/emailaddress": ["user__password"],
    "agents/apikey": ["encrypted_key", "user__password"],
    "agents/run": ["api_key__encrypted_key"],
}


@dataclass
class World:
    """An admin's client, and what must not be seen."""

    page: Client
    secrets: dict[str, str]


@pytest.fixture
def world(alice, bob, carol, team, sign_in) -> World:
    """Bob has a row of every kind, and a name that would do harm."""
    User.objects.filter(pk=carol.pk).update(role=UserRole.ADMIN)
    User.objects.filter(pk=bob.pk).update(name=BAD)
    team.name = BAD
    team.save()
    theirs = Client(headers={"User-Agent": BAD})
    theirs.post(LOGIN, {"login": bob.email, "password": PASSWORD})
    exchange(ChatFactory(user=bob, title="Water"))
    Notification.objects.create(user=bob, kind="team.added", data={"team": BAD})
    SocialAccount.objects.create(user=bob, provider="local", uid=BAD)
    link = invite(team, email="new@example.org", note=BAD)
    key = api_key(bob, secret="sk-CANARY-0123456789")
    app = TOTP.activate(bob, "JBSWY3DPEHPK3PXP").instance
    page = sign_in(User.objects.get(pk=carol.pk))
    values = {"name": f"{BAD}2", "email": bob.email, "role": "user", "is_active": "on", "is_verified": "on"}
    values |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    assert page.post(f"/admin/teams/user/{bob.pk}/change/", values).status_code == 302  # so that it has a history
    secrets = {
        "password": bob.password.rsplit("$", 1)[1],
        "app": app.data["secret"],
        "session": theirs.session.session_key,
        "invite": link.token,
        "key": "sk-CANARY-0123456789",
        "sealed key": key.encrypted_key.hex(),
    }
    return World(page, secrets)


def _pages(model, page) -> dict[str, str]:
    """What the admin shows of a model: its list, and of each of a few rows all that there is."""
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    rows = [f"{path}{row.pk}/{act}/" for row in model.objects.all()[:8] for act in ("change", "history", "delete")]
    shown = {}
    for address in (path, *rows):
        answer = page.get(address)
        assert answer.status_code in ({200, 403} if address.endswith("/delete/") else {200}), address
        if answer.status_code == 200:
            shown[address] = answer.content.decode()
    return shown


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_secret_and_no_markup(world, model):
    for address, shown in _pages(model, world.page).items():
        seen = [name for name, secret in world.secrets.items() if secret[:12] in shown]
        assert seen == [], address
        assert "<img src=x" not in shown, address
        assert 'href="javascript:' not in shown.lower(), address
    if not admin.site._registry[model].search_fields:
        return  # what is asked there is not looked for
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for secret in world.secrets.values():
        assert not world.page.get(path, {"q": secret[:12]}).context["cl"].result_list


def test_secrets_cannot_be_guessed_by_asking(world):
    assert all(len(secret) > 12 for secret in world.secrets.values())
    asked = {f"{path}/?{column}__startswith=a": None for path, columns in GUESSES.items() for column in columns}
    assert {query: world.page.get(f"/admin/{query}").status_code for query in asked} == dict.fromkeys(asked, 400)


# ---- What cannot be changed stays ------------------------------------------------------------------------
def test_forged_rows_of_a_read_only_inline(world, team, bob):
    place = team.members.get(user=bob)
    values = {"name": "Bob", "email": bob.email, "role": "user", "is_active": "on", "is_verified": "on"}
    values |= {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1"}
    row = {"id": place.pk, "user": bob.pk, "team": team.pk, "role": "admin", "joined_at_0": "2020-01-01"}
    for forged in (row, row | {"DELETE": "on"}):
        rows = {f"memberships-0-{name}": str(value) for name, value in forged.items()}
        assert world.page.post(f"/admin/teams/user/{bob.pk}/change/", values | rows).status_code == 302
    assert team.members.filter(pk=place.pk, role=TeamRole.MEMBER, joined_at=place.joined_at).exists()


def test_forged_rows_of_a_list(world, team, bob):
    for path, row in (("user", bob), ("teammember", team.members.get(user=bob))):
        before, forged = row.role, {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-role": "admin"}
        world.page.post(f"/admin/teams/{path}/", forged | {"form-0-id": str(row.pk), "_save": "Save"})
        row.refresh_from_db()
        assert row.role == before


# ---- The door ---------------------------------------------------------------------------------------------
def test_the_admin_has_no_sign_in_of_its_own(client, carol, sign_in):
    """C24: attempts are counted at the one door there is; who is no admin is turned away."""
    User.objects.filter(pk=carol.pk).update(role=UserRole.ADMIN)
    given = {"username": carol.email, "password": PASSWORD, "next": "/admin/"}
    for answer in (client.get("/admin/login/"), client.post("/admin/login/", given)):
        assert answer.status_code == 302
        assert answer.url.startswith(f"{LOGIN}?next=")
    assert client.get("/admin/").status_code == 302
    plain = User.objects.create_user("plain@example.org", PASSWORD, name="Plain")
    assert sign_in(plain).get("/admin/login/").status_code == 403
    assert sign_in(plain).get("/admin/").status_code in {302, 403, 404}
