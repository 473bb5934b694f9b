"""Which providers the environment names: their buttons, and where these lead."""

import runpy
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

from sambung.lib.env import EnvError
from tests.guards.imports import PROJECT
from tests.teams.provider import leads_to

GOOGLE = {"GOOGLE_CLIENT_ID": "g", "GOOGLE_CLIENT_SECRET": "s"}
MICROSOFT = {"MICROSOFT_CLIENT_ID": "m", "MICROSOFT_CLIENT_SECRET": "s", "MICROSOFT_TENANT": "kopi.example"}
GITHUB = {"GITHUB_CLIENT_ID": "h", "GITHUB_CLIENT_SECRET": "s"}
OWN = {
    "OIDC_CLIENT_ID": "o",
    "OIDC_CLIENT_SECRET": "s",
    "OIDC_NAME": "Kopi ID",
    "OIDC_ISSUER": "https://id.kopi.example/r",
}

#: Where each tells in its discovery document that people sign in.
SIGN_IN = {
    "https://accounts.google.com": "https://accounts.google.com/o/oauth2/v2/auth",
    "https://login.microsoftonline.com/kopi.example/v2.0": "https://login.microsoftonline.com/1/oauth2/v2.0/authorize",
    "https://id.kopi.example/r": "https://id.kopi.example/r/authorize",
}


@pytest.fixture
def configure(settings, monkeypatch):
    """Read the settings anew from an environment; what concerns providers counts from then on."""

    def read(environment: dict) -> None:
        for name in (*GOOGLE, *MICROSOFT, *GITHUB, *OWN):
            monkeypatch.setenv(name, environment.get(name, ""))
        found = runpy.run_path(str(PROJECT / "sambung" / "settings.py"))
        for name in ("SOCIALACCOUNT_PROVIDERS", "CONTENT_SECURITY_POLICY"):
            setattr(settings, name, found[name])

    def configuration(self) -> dict:
        issuer = self.get_provider().app.settings["server_url"]
        return {"authorization_endpoint": SIGN_IN[issuer], "token_endpoint": f"{issuer}/token"}

    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", property(configuration))
    return read


def forms_may_reach(response) -> list[str]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}["form-action"]


@pytest.mark.parametrize(
    ("environment", "buttons", "origins"),
    [
        ({}, [], []),
        (GOOGLE, ["oidc/google"], ["https://accounts.google.com"]),
        (MICROSOFT, ["oidc/microsoft"], ["https://login.microsoftonline.com"]),
        (GITHUB, ["github"], ["https://github.com"]),
        (OWN, ["oidc/kopi-id"], ["https://id.kopi.example"]),
        (GITHUB | OWN, ["github", "oidc/kopi-id"], ["https://github.com", "https://id.kopi.example"]),
    ],
)
@pytest.mark.django_db
def test_buttons_lead_to_providers_and_no_form_does(client, configure, environment, buttons, origins):
    """Chromium holds what follows a form to the policy of its page: tests/browser/test_providers.py."""
    configure(environment)
    page = client.get("/accounts/login/")
    assert forms_may_reach(page) == ["'self'"]
    assert page.content.decode().count("Go on with") == len(buttons)
    for button, origin in zip(buttons, origins, strict=True):
        enter = f"/accounts/{button}/login/"
        assert enter in page.content.decode()
        assert client.get(enter).status_code == 200, "a link alone leads nowhere"
        answer = client.post(enter)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        away = urlsplit(leads_to(answer))
        assert f"{away.scheme}://{away.netloc}" == origin
        assert "code_challenge_method=S256" in away.query


@pytest.mark.parametrize(
    ("name", "button"),
    [
        ("公司登录", "openid"),
        ("Вход", "openid"),
        ("ログイン", "openid"),
        ("🔑", "openid"),
        ("公司 Login", "login"),
        ("Café", "cafe"),
    ],
)
@pytest.mark.django_db
def test_a_name_in_any_script_stands_on_the_button(client, configure, name, button):
    configure(OWN | {"OIDC_NAME": name})
    page = client.get("/accounts/login/")
    assert page.status_code == 200
    assert name in page.content.decode()
    assert f"/accounts/oidc/{button}/login/" in page.content.decode()
    assert client.get(f"/accounts/oidc/{button}/login/").status_code == 200


@pytest.mark.parametrize(
    ("environment", "name"),
    [(GOOGLE, "Google"), (GOOGLE, "google!"), (MICROSOFT, "Microsoft"), (GITHUB, "GitHub")],
)
def test_twins_are_refused(configure, environment, name):
    with pytest.raises(EnvError, match=r"OIDC_NAME is .* a provider already; give it another name"):
        configure(environment | OWN | {"OIDC_NAME": name})


@pytest.mark.parametrize("end", ["javascript:alert(1)", "data:text/html,x"])
@pytest.mark.django_db
def test_provider_that_names_no_page_leads_nowhere(client, configure, monkeypatch, end):
    configure(OWN)
    monkeypatch.setitem(SIGN_IN, OWN["OIDC_ISSUER"], end)
    answer = client.post("/accounts/oidc/kopi-id/login/")
    assert answer.status_code == 400
    assert end not in answer.content.decode()


@pytest.mark.parametrize("issuer", ["http://id.kopi.example", "http://127.0.0.1:8080"])
def test_issuer_without_tls_is_refused(configure, issuer):
    with pytest.raises(EnvError, match="https://"):
        configure(OWN | {"OIDC_ISSUER": issuer})
