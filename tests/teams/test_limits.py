"""Haste: 429 with a wait, in words, for whoever it concerns and nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from limits import parse

from teams import adapter, limits
from teams.middleware import ClientAddressMiddleware
from teams.models import Instance, SignUp, TeamMember, TeamRole
from tests.factories import PASSWORD, UserFactory
from tests.guards.world import BACKEND
from tests.teams.test_accounts import LOGIN, RESET
from tests.teams.test_mfa import add_app, signed_in

CODE, FACTOR = "/accounts/login/code/", "/accounts/factors/authenticate/"

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


HOUSEHOLDS = [
    (["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::"], "2001:db8:1:3::1"),
    (["10.1.2.3", "::ffff:10.1.2.3", "::ffff:a01:203"], "::ffff:10.1.2.4"),
    (["", "", ""], "10.1.2.4"),
]


@pytest.mark.parametrize("what", limits.RATES)
@pytest.mark.parametrize(("one", "another"), HOUSEHOLDS)
def test_a_household_is_one_address_to_every_limit(rf, monkeypatch, what, one, another):
    """It has 2^64 addresses of IPv6. Of whom no address is known, all share one."""
    monkeypatch.setitem(limits.RATES, what, {"address": parse("2/hour")})

    def count(address: str) -> None:
        request = rf.post("/", REMOTE_ADDR=address)
        request.user, request.workspace = AnonymousUser(), None
        ClientAddressMiddleware(lambda _: None).process_request(request)
        limits.count(what, request)

    count(one[0]), count(one[1]), count(another)
    with pytest.raises(limits.TooMany):
        count(one[2])


@pytest.mark.parametrize("address", ["2001:db8:1:2::1", ""])
def test_what_strangers_ask_for_is_bounded_by_household(monkeypatch, address):
    """Guesses of links and of webhooks, the one from each of its addresses, the other from none."""
    monkeypatch.setitem(limits.RATES, "guess", {"address": parse("2/hour")})
    paths = ["/p/never-was-any/", "/hooks/never-was-any/", "/p/never-was-any/"]
    origins = [address.replace("::1", f"::{n}") for n in range(3)]
    asked = zip(("get", "post", "get"), paths, origins, strict=True)
    answers = [getattr(Client(REMOTE_ADDR=origin), method)(path) for method, path, origin in asked]
    assert [answer.status_code for answer in answers] == [404, 404, 429]


def _by_address(what: str, number: int, address: str, claimed: str):
    """Do something as somebody else each time, from an address, with a header that claims another."""
    origin = {"REMOTE_ADDR": address, "headers": {"X-Forwarded-For": claimed}}
    if what == "sign-in":
        return Client().post(LOGIN, {"login": f"nobody{number}@example.org", "password": "a guess"}, **origin)
    if what == "reset":
        return Client().post(RESET, {"email": f"nobody{number}@example.org"}, **origin)
    client = Client()
    client.force_login(UserFactory(), backend=BACKEND)
    return client.post("/app/chats/new/", {"text": "Hello"}, **origin)


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("what", ["sign-in", "reset", "send"])
def test_behind_proxies_the_address_is_the_clients(monkeypatch, settings, what, proxies):
    """Each trusted proxy adds one address on the right; what is claimed beside it does not count."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip", "reset_password": "2/m/ip"}
    monkeypatch.setitem(limits.RATES["send"], "address", parse("2/hour"))

    def do(number: int, client: str) -> int:
        if proxies:
            return _by_address(what, number, "127.0.0.1", f"1.1.1.{number}, {client}").status_code
        return _by_address(what, number, client, f"1.1.1.{number}").status_code

    codes = [do(number, "10.1.2.3") for number in range(3)]
    assert 429 not in codes[:2]
    assert codes[2] == 429
    assert do(3, "10.1.2.4") != 429


@pytest.mark.parametrize("path", [LOGIN, "/healthz"])
def test_fewer_proxies_than_are_trusted_are_no_failure(client, settings, caplog, path):
    """Somebody came past the outer proxy, or one was switched off: what the others name counts, with one warning."""
    adapter._warn_of_proxies.cache_clear()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    for claimed in ("203.0.113.7", "203.0.113.7, 10.0.0.1", "unknown", ""):
        assert client.get(path, headers={"X-Forwarded-For": claimed}).status_code == 200
    assert [record.levelname for record in caplog.records if "TRUSTED_PROXIES" in record.message] == ["WARNING"]


@pytest.mark.parametrize("claimed", ["{}", "{}, 10.0.0.1"])
def test_with_fewer_proxies_the_address_is_the_outermost_that_they_name(settings, claimed):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}

    def sign_in(number: int, address: str) -> int:
        return _by_address("sign-in", number, "127.0.0.1", claimed.format(address)).status_code

    assert [sign_in(1, "203.0.113.7"), sign_in(2, "203.0.113.7"), sign_in(3, "203.0.113.8")] == [200, 429, 200]


def test_a_script_gets_the_status_and_keeps_the_text(sign_in, alice):
    client = sign_in(alice, HX_Request="true")
    codes = [send(client).status_code for _ in range(3)]
    assert codes[-1] == 429


def test_guessing_a_password_ends_in_words(client, alice):
    answers = [client.post(LOGIN, {"login": alice.email, "password": f"guess {n}"}) for n in range(6)]
    assert "Too many failed login attempts" not in answers[0].content.decode()
    assert "Too many failed login attempts" in answers[-1].content.decode()
    assert (answers[0].status_code, answers[-1].status_code, answers[-1]["Retry-After"]) == (200, 429, "300")


def test_asking_for_resets_ends_in_a_wait(client):
    answers = [client.post(RESET, {"email": f"nobody{n}@example.org"}) for n in range(21)]
    assert answers[0].status_code == 302
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "300"
    assert "a little too often" in answers[-1].content.decode()


@pytest.mark.parametrize(("path", "field"), [(LOGIN, "login"), (CODE, "email"), ("/accounts/signup/", "email")])
def test_one_address_signs_in_and_up_only_so_often(path, field):
    """C59: each time somebody else's name, and from a fresh browser."""
    Instance.objects.update_or_create(is_only=True, defaults={"sign_up": SignUp.OPEN})
    common = {"name": "Nadia", "password": "a guess", "password1": PASSWORD}
    answers = [Client().post(path, common | {field: f"nobody{n}@example.org"}) for n in range(31)]
    assert answers[0].status_code < 400
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    said = answers[-1].content.decode()
    assert "a little too often" in said or "Too many failed login attempts" in said
    elsewhere = Client().post(path, common | {field: "nobody@example.org"}, REMOTE_ADDR="10.9.8.7")
    assert elsewhere.status_code < 400


@pytest.mark.parametrize(("path", "most"), [(CODE, 3), (RESET, 5)])
def test_one_account_is_sent_only_so_many_mails(alice, mailoutbox, path, most):
    """From wherever they are asked for."""
    answers = [Client().post(path, {"email": alice.email}, REMOTE_ADDR=f"10.0.0.{n}") for n in range(most + 1)]
    assert [answer.status_code for answer in answers] == [302] * most + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert len(mailoutbox) == most


def test_guessing_a_mailed_code_ends_in_a_wait(alice):
    """Three guesses end a code, and there is no code after the third in a minute."""
    client, codes = Client(), []
    for _ in range(3):
        assert client.post(CODE, {"email": alice.email}).status_code == 302
        codes.append([client.post(f"{CODE}confirm/", {"code": "AAAA-AAAA"}).status_code for _ in range(4)])
    assert codes == [[200, 200, 302, 302]] * 3
    asked = client.post(CODE, {"email": alice.email})
    assert asked.status_code == 429
    assert int(asked["Retry-After"]) > 0
    assert client.get("/app/").status_code == 302


def test_guessing_a_second_factor_ends_in_a_wait(alice):
    """From a fresh browser and another address each time."""
    add_app(signed_in(alice))
    answers = []
    for number in range(6):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        client.post(LOGIN, {"login": alice.email, "password": PASSWORD})
        answers.append(client.post(FACTOR, {"code": "000000"}))
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1]["Retry-After"] == "300"


@pytest.mark.parametrize("kind", ["person", "team", "address"])
def test_each_invited_address_counts(sign_in, alice, bob, team, monkeypatch, kind):
    """For a person, and for a team and an address whoever invites."""
    TeamMember.objects.filter(team=team, user=bob).update(role=TeamRole.ADMIN)
    rates = dict.fromkeys(("person", "team", "address"), parse("100/hour")) | {kind: parse("3/hour")}
    monkeypatch.setitem(limits.RATES, "invite", rates)

    def invite(person, *addresses: str):
        values = {"addresses": " ".join(addresses), "role": "member"}
        return sign_in(person).post(f"/team/{team.slug}/invites/", values)

    assert invite(alice, "a@example.org", "b@example.org").status_code == 302
    answer = invite(alice if kind == "person" else bob, "c@example.org", "d@example.org")
    assert answer.status_code == 429
    assert 3000 < int(answer["Retry-After"]) <= 3600
    assert invite(bob, "e@example.org").status_code == 302
    assert team.invites.count() == 3
