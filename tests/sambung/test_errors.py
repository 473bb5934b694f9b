"""Forms that stood open while somebody signed in or out in another tab."""

import json
import re

import pytest
from django.test import Client

from tests.factories import PASSWORD, UserFactory
from tests.guards.world import BACKEND

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def browser() -> Client:
    """It is checked as one, and says where a form stood."""
    return Client(enforce_csrf_checks=True)


def token(browser: Client, page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(page).content.decode())[1]


def send(browser: Client, path: str, token: str, page: str = "", **data):
    """Post a form with its token from the page that it stands on."""
    headers = {"Referer": f"http://testserver{page or path}"}
    return browser.post(path, data | {"csrfmiddlewaretoken": token}, headers=headers)


def sign_in_elsewhere(browser: Client, person) -> None:
    """In another tab, by the form."""
    sent = send(browser, LOGIN, token(browser, LOGIN), login=person.email, password=PASSWORD)
    assert sent.status_code == 302


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (LOGIN, LOGIN),
        ("/accounts/login/code/", "/accounts/login/code/"),
        ("/accounts/oidc/local/login/?process=login", LOGIN),
        ("/accounts/github/login/?process=login", LOGIN),
        ("/accounts/factors/webauthn/login/", LOGIN),
    ],
)
@pytest.mark.parametrize(
    ("next_page", "to"), [("/app/links/", "/app/links/"), ("", "/"), ("https://evil.example/", "/")]
)
def test_the_sign_in_of_a_second_tab_goes_on_to_where_it_would_lead(browser, path, page, next_page, to):
    person = UserFactory()
    old = token(browser, page)
    sign_in_elsewhere(browser, person)
    fields = {"login": person.email, "password": PASSWORD} | ({"next": next_page} if next_page else {})
    answer = send(browser, path, old, page, **fields)
    assert (answer.status_code, answer["Location"]) == (302, to)


def test_the_sign_in_of_a_form_that_is_too_old_is_offered_afresh(browser):
    page = f"{LOGIN}?next=/app/links/"
    browser.get(page)
    answer = send(browser, LOGIN, "x" * 64, page, login="nadia@example.org", password=PASSWORD)
    assert answer.status_code == 403
    said = answer.content.decode()
    assert f'href="{page}"' in said
    assert "open for too long" in said
    assert "eload" not in said, "that would send the old token once more"


def test_a_form_of_somebody_who_has_signed_in_anew_is_offered_afresh(browser):
    person = UserFactory()
    browser.force_login(person, backend=BACKEND)
    old = token(browser, "/accounts/profile/")
    browser.cookies.clear()
    sign_in_elsewhere(browser, person)
    answer = send(browser, "/accounts/profile/", old, name="Another Name")
    assert answer.status_code == 403
    assert 'href="/accounts/profile/"' in answer.content.decode()


def test_who_connects_an_account_is_not_taken_for_somebody_who_signs_in(browser):
    old = token(browser, LOGIN)
    sign_in_elsewhere(browser, UserFactory())
    answer = send(browser, "/accounts/github/login/?process=connect", old, "/accounts/connected/")
    assert answer.status_code == 403
    assert 'href="/accounts/connected/"' in answer.content.decode()


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"HX-Request": "true"}, lambda answer: json.loads(answer["HX-Trigger"])["toast"]["text"]),
        ({"Accept": "application/json"}, lambda answer: answer.json()["error"]),
    ],
    ids=["fragment", "JSON"],
)
def test_a_script_says_it_on_its_page(browser, headers, told):
    """Where to load the page anew is right: it was not a form that brought it."""
    browser.force_login(UserFactory(), backend=BACKEND)
    answer = browser.post("/notifications/read/", headers={"X-CSRFToken": "x" * 64} | headers)
    assert answer.status_code == 403
    assert told(answer).endswith("Copy what you typed, then reload the page.")


@pytest.mark.parametrize("origin", ["https://evil.example/", ""])
def test_a_form_from_elsewhere_leads_to_no_page_of_elsewhere(browser, origin):
    browser.get(LOGIN)
    answer = browser.post(LOGIN, {"csrfmiddlewaretoken": "x" * 64}, headers={"Referer": origin})
    assert answer.status_code == 403
    assert "evil" not in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def test_without_any_token_nobody_is_led_on(browser):
    browser.force_login(UserFactory(), backend=BACKEND)
    assert browser.post(LOGIN, {"next": "/app/"}).status_code == 403
