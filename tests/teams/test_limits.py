"""Haste: 429 with a wait, in words, for whoever it concerns and nobody else."""

import pytest
from limits import parse

from teams import limits
from tests.teams.test_accounts import LOGIN, RESET

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rates(monkeypatch):
    """Two messages an hour for a person, three for a team and for an address."""
    monkeypatch.setitem(
        limits.RATES,
        "send",
        {"person": parse("2/hour"), "team": parse("3/hour"), "address": parse("100/hour")},
    )
    limits._window.storage.reset()
    yield
    limits._window.storage.reset()


def send(client, path: str = "/app/", address: str = "127.0.0.1"):
    return client.post(f"{path}chats/new/", {"text": "Hello"}, REMOTE_ADDR=address)


def test_a_person_in_haste_is_told_when_to_come_back(sign_in, alice, bob):
    client = sign_in(alice)
    assert [send(client).status_code for _ in range(3)] == [422, 422, 429]  # 422: no model is on offer here
    answer = send(client)
    assert 3000 < int(answer["Retry-After"]) <= 3600
    assert f"Wait {answer['Retry-After']} seconds" in answer.content.decode()
    assert client.get("/app/").status_code == 200
    assert send(sign_in(bob)).status_code == 422


def test_a_team_shares_its_limit(sign_in, alice, bob, team):
    path = f"/team/{team.slug}/"
    assert [send(sign_in(alice), path).status_code for _ in range(2)] == [422, 422]
    assert [send(sign_in(bob), path).status_code for _ in range(2)] == [422, 429]
    assert send(sign_in(bob)).status_code == 422  # at home there is room


def test_one_address_shares_its_limit(sign_in, alice, bob, monkeypatch):
    monkeypatch.setitem(limits.RATES["send"], "address", parse("1/hour"))
    assert send(sign_in(alice), address="10.1.2.3").status_code == 422
    assert send(sign_in(bob), address="10.1.2.3").status_code == 429
    assert send(sign_in(bob), address="10.1.2.4").status_code == 422


def test_behind_proxies_the_address_is_the_clients(sign_in, alice, bob, monkeypatch, settings):
    """Each trusted proxy adds one address on the right; what a client claims on the left does not count."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setitem(limits.RATES["send"], "address", parse("1/hour"))
    for person, claimed, code in ((alice, "1.1.1.1", 422), (bob, "2.2.2.2", 429)):
        made = sign_in(person, X_Forwarded_For=f"{claimed}, 10.1.2.3")
        assert send(made).status_code == code


def test_a_script_gets_the_status_and_keeps_the_text(sign_in, alice):
    client = sign_in(alice, HX_Request="true")
    codes = [send(client).status_code for _ in range(3)]
    assert codes[-1] == 429


def test_guessing_a_password_ends_in_words(client, alice):
    answers = [client.post(LOGIN, {"login": alice.email, "password": f"guess {n}"}) for n in range(6)]
    assert "Too many failed login attempts" not in answers[0].content.decode()
    assert "Too many failed login attempts" in answers[-1].content.decode()


def test_asking_for_resets_ends_in_a_wait(client):
    answers = [client.post(RESET, {"email": f"nobody{n}@example.org"}) for n in range(21)]
    assert answers[0].status_code == 302
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "300"
    assert "a little too often" in answers[-1].content.decode()
