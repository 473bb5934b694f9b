"""Codes of an app: how far a clock may be off, once each, and what is said of a clock that is wrong."""

import re
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD
from tests.teams.test_mfa import ADD, FACTOR, LOGIN, add_app, shown_by, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock for codes that stands still, so that none ends while a test goes on."""
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: 1_800_000_000))


def give(person, code: str) -> Client:
    """Sign in with the password and this code."""
    client = Client()
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    client.post(FACTOR, {"code": code})
    return client


def is_in(client: Client) -> bool:
    return client.get("/app/").status_code == 200


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_a_step(alice, steps, counts):
    secret = add_app(signed_in(alice))
    assert is_in(give(alice, shown_by(secret, steps))) is counts


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_serves_once_for_as_long_as_it_counts(alice, steps):
    """Also when allauth has forgotten it, which is after one of three steps, and with blanks between its digits."""
    code = shown_by(add_app(signed_in(alice)), steps)
    assert is_in(give(alice, code))
    cache.delete(Authenticator.objects.get(type="totp").wrap()._get_used_cache_key(code))
    assert not is_in(give(alice, code))
    assert not is_in(give(alice, f"{code[:3]} {code[3:]}"))


def test_a_code_of_the_sign_in_does_not_prove_again(alice):
    secret = add_app(signed_in(alice))
    code = shown_by(secret, 0)
    client = give(alice, code)
    cache.delete(Authenticator.objects.get(type="totp").wrap()._get_used_cache_key(code))
    proving = "/accounts/factors/reauthenticate/"
    assert client.post(proving, {"code": code}).status_code == 200
    assert client.post(proving, {"code": shown_by(secret, 1)}).status_code == 302


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (-2, "about 1 minute slow"),
        (9, "about 4 minutes fast"),
        (-120, "about 60 minutes slow"),
        (121, "about 60 minutes fast"),
    ],
)
def test_adding_an_app_tells_of_a_clock_that_is_off(alice, steps, told):
    client = signed_in(alice)
    secret = re.search(r'class="account-secret">([A-Z2-7]+)<', client.get(ADD).content.decode())[1]
    answer = client.post(ADD, {"code": shown_by(secret, steps)})
    assert f"Your app’s clock is {told}." in answer.content.decode()
    assert secret in answer.content.decode(), "the same secret stands there for the next code"
    assert not Authenticator.objects.exists()
    assert client.post(ADD, {"code": shown_by(secret, 1)}).status_code == 302


def test_a_wrong_code_says_nothing_of_clocks(alice):
    client = signed_in(alice)
    secret = re.search(r'class="account-secret">([A-Z2-7]+)<', client.get(ADD).content.decode())[1]
    near = {shown_by(secret, steps) for steps in range(-121, 122)}
    wrong = next(code for code in ("000000", "000001", "000002", "000003") if code not in near)
    shown = client.post(ADD, {"code": wrong}).content.decode()
    assert "Incorrect code" in shown
    assert "clock" not in shown
