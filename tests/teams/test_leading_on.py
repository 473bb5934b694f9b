"""C06: whatever leads on to an address of the caller's choice leads to one of this site."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories import PASSWORD
from tests.teams.provider import leads_to
from tests.teams.test_social import local  # noqa: F401  a fixture

NADIA = {"sub": "42", "name": "Nadia New", "email": "nadia@example.org", "email_verified": True}
EVIL = ["//evil.test", "/\\evil.test", "https:evil.test", "https://evil.test/", "javascript:1", "/\r\nX-Bad: 1"]


def assert_here(response) -> None:
    assert response.status_code == 302
    assert response.url.startswith("/")
    assert not response.url.startswith(("//", "/\\"))
    assert "X-Bad" not in response.headers


@pytest.mark.parametrize("to", EVIL)
def test_reauthentication_and_signing_out(alice, sign_in, to):
    client = sign_in(alice)
    assert_here(client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": to}))
    assert_here(client.post("/accounts/logout/", {"next": to}))


@pytest.mark.parametrize("to", EVIL)
def test_coming_from_a_provider(client, local, to):  # noqa: F811
    away = urlsplit(leads_to(client.post("/accounts/oidc/local/login/", {"next": to})))
    local.person = NADIA
    back = urlsplit(local.authorize({name: values[0] for name, values in parse_qs(away.query).items()}))
    assert_here(client.get(f"{back.path}?{back.query}"))
    assert client.get("/app/").status_code == 200
