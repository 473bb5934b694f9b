"""The set-up link: the first admin, once."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from teams import setup
from teams.models import User, UserRole
from tests.factories import UserFactory

FORM = {"name": "Ada", "email": "Ada@Example.org", "password": "correct horse battery"}


@pytest.fixture(autouse=True)
def _nobody_yet(db):
    """The printed token of another test is forgotten."""
    settings.HOME.forget("setup_token")


def test_link_makes_the_first_admin_and_signs_in(client, django_capture_on_commit_callbacks):
    token = setup.offer()
    assert client.get(f"/setup/{token}/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/setup/{token}/", FORM)
    assert (response.status_code, response.url) == (302, "/app/")
    ada = User.objects.get()
    assert (ada.email, ada.role, ada.is_staff) == ("ada@example.org", UserRole.ADMIN, True)
    assert EmailAddress.objects.get(user=ada).verified
    assert client.get("/app/").status_code == 200
    for path in (f"/setup/{token}/", "/setup/None/"):
        assert Client().get(path).status_code == 404
        assert Client().post(path, FORM | {"email": "eve@example.org"}).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.parametrize("wrong", ["x", "None", "%00", "a" * 500, "é"])
def test_wrong_token(client, wrong):
    assert setup.offer()
    assert client.get(f"/setup/{wrong}/").status_code == 404
    assert client.post(f"/setup/{wrong}/", FORM).status_code == 404
    assert not User.objects.exists()


def test_offer_stays_until_used():
    assert setup.offer() == setup.offer()
    UserFactory()
    assert setup.offer() is None


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"email": "nothing"}, {"password": "short"}, {"password": "ada@example.org"}]
)
def test_bad_form_is_shown_again(client, changes):
    response = client.post(f"/setup/{setup.offer()}/", FORM | changes)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_race_of_two_makes_one():
    token, barrier, made, refused = setup.offer(), threading.Barrier(2), [], []

    def try_it(number: int) -> None:
        barrier.wait()
        try:
            made.append(
                setup.make_first_admin(token=token, name="N", email=f"n{number}@example.org", password=FORM["password"])
            )
        except setup.SetupClosed:
            refused.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused), User.objects.count()) == (1, 1, 1)


def test_createsuperuser_makes_an_admin_who_signs_in(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", FORM["password"])
    call_command("createsuperuser", email="Ada@example.org", name="Ada", interactive=False, verbosity=0)
    ada = User.objects.get()
    assert (ada.role, ada.email) == (UserRole.ADMIN, "ada@example.org")
    response = client.post("/accounts/login/", {"login": "ada@example.org", "password": FORM["password"]})
    assert response.url == "/"
