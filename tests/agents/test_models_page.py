"""The models of a workspace: found, liked, offered, in order; fast with hundreds of them."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from agents import catalog
from agents.catalog import enabled, servers
from agents.catalog.prices import price_words
from agents.models import ApiKey
from teams.models import User
from teams.workspace import Workspace
from tests.agents.conftest import GOOD
from tests.factories import api_key

PAGE = "/app/models/"
ABLE = {"id": "able", "label": "Able One", "vision": True, "tools": True, "context_window": 200_000}
ABLE |= {"input_price": "0.0025", "output_price": "15.00"}


@pytest.fixture
def page(sign_in, alice):
    return sign_in(alice)


@pytest.fixture
def key(alice) -> ApiKey:
    """A key with three models."""
    found = api_key(alice, label="Mine")
    ApiKey.objects.update(model_cache=[ABLE, {"id": "thinker", "reasoning": True}, {"id": "plain"}])
    return found


def listed(response) -> list[str]:
    return [row.id or row.label for _source, rows in response.context["groups"] for row in rows]


def offered(user, team=None) -> list[str]:
    return [model.id for model in catalog.offered(Workspace(User.objects.get(pk=user.pk), team))]


def test_without_a_model_the_page_leads_to_the_keys(page):
    assert 'href="/app/keys/"' in page.get(PAGE).content.decode()


def test_what_is_known_of_a_model_is_shown(page, key):
    shown = page.get(PAGE).content.decode()
    for known in ("Able One", "200k", "$0.0025 · $15.00", "Sees images", "Mine"):
        assert known in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "ABLE"}, ["able"]),
        ({"q": "mine plain"}, ["plain"]),
        ({"q": "nothing"}, []),
        ({"can": ["reasoning"]}, ["thinker"]),
        ({"can": ["vision", "tools"]}, ["able"]),
        ({"can": ["vision", "reasoning"]}, []),
        ({"can": ["delete"]}, ["able", "thinker", "plain"]),
    ],
)
def test_search(page, key, asked, found):
    assert listed(page.get(PAGE, asked)) == found
    fragment = page.get(PAGE, asked, headers={"HX-Request": "true"})
    assert listed(fragment) == found
    assert "<html" not in fragment.content.decode()


@pytest.mark.parametrize(
    ("read", "written", "words"),
    [("2.5", "10", "$2.50 · $10.00"), ("0", "0.0025", "$0.00 · $0.0025"), ("0", "0", "free"), (None, "1", "")],
)
def test_prices_in_words(read, written, words):
    model = SimpleNamespace(input_price=read and Decimal(read), output_price=written and Decimal(written))
    assert price_words(model) == words


# ---- what is offered ------------------------------------------------------------------------------------
def test_a_choice_is_kept(page, alice, key):
    page.post(f"{PAGE}offered/", {"are": "chosen", "offered": [f"{key.pk}:able", f"{key.pk}:plain", "nobody:x"]})
    assert offered(alice) == ["able", "plain"]
    assert listed(page.get(PAGE)) == ["able", "thinker", "plain"], "whoever chooses sees the others too"
    page.post(f"{PAGE}offered/", {"are": "all"})
    assert offered(alice) == ["able", "thinker", "plain"]


def test_what_a_search_hides_stays_as_it_is(page, alice, key):
    page.post(f"{PAGE}offered/", {"are": "chosen", "q": "thinker"})
    assert offered(alice) == ["able", "plain"]
    page.post(f"{PAGE}offered/", {"are": "chosen", "can": ["reasoning"], "offered": f"{key.pk}:thinker"})
    assert offered(alice) == ["able", "thinker", "plain"]


def test_nothing_cannot_be_offered(page, alice, key):
    assert page.post(f"{PAGE}offered/", {"are": "chosen"}).status_code == 409
    assert offered(alice) == ["able", "thinker", "plain"]


def test_a_member_sees_what_the_team_offers_and_says_nothing(sign_in, alice, bob, team):
    key = api_key(alice, team, models=("able", "plain"))
    space = f"/team/{team.slug}/models/"
    sign_in(alice).post(f"{space}offered/", {"are": "chosen", "offered": f"{key.pk}:able"})
    member = sign_in(bob)
    answer = member.get(space)
    assert listed(answer) == ["able"]
    assert "checkbox" not in answer.content.decode().partition('id="models"')[2]
    for path in ("offered/", "defaults/"):
        assert member.post(f"{space}{path}", {"are": "all"}).status_code == 404


# ---- who answers ----------------------------------------------------------------------------------------
def test_the_order_of_models_is_kept(page, alice, key):
    able, plain = f"{key.pk}:able", f"{key.pk}:plain"
    answer = page.post(f"{PAGE}defaults/", {"default": plain, "fallback_0": able, "fallback_1": able})
    assert answer.status_code == 302
    alice.refresh_from_db()
    found = enabled.offers_of(Workspace(alice))
    assert (found.default, found.fallbacks) == (plain, (able,))
    assert catalog.default(Workspace(alice)).id == "plain"
    form = page.get(f"{PAGE}defaults/").context["form"]
    assert (form["default"].value(), form["fallback_0"].value()) == (plain, able)
    shown = page.get(PAGE).content.decode()
    assert "When it cannot answer" in shown


def test_a_foreign_model_cannot_be_the_default(page, bob, key):
    theirs = api_key(bob, models=("able",))
    assert page.post(f"{PAGE}defaults/", {"default": f"{theirs.pk}:able"}).status_code == 422


# ---- favourites -----------------------------------------------------------------------------------------
def test_a_star(page, alice, key):
    value = f"{key.pk}:able"
    answer = page.post(f"{PAGE}favourite/", {"add": value}, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in answer.content.decode()
    alice.refresh_from_db()
    assert enabled.favourites(alice) == {value}
    page.post(f"{PAGE}favourite/", {"remove": value})
    alice.refresh_from_db()
    assert enabled.favourites(alice) == set()


def test_a_star_for_a_model_that_is_not_there_is_refused(page):
    answer = page.post(f"{PAGE}favourite/", {"add": "openai:gone"})
    assert (answer.status_code, answer["Error-Code"]) == (409, "model_not_offered")
    assert "The model gone is not offered any more." in answer.content.decode()


# ---- listed anew ----------------------------------------------------------------------------------------
def test_the_providers_are_asked_anew(page, alice, provider):
    api_key(alice, provider="openai_compatible", base_url=provider.url, secret=GOOD, models=())
    api_key(alice, provider="openai_compatible", base_url=provider.url, secret="sk-wrong-0123456789", label="Old")
    answer = page.post(f"{PAGE}refresh/", follow=True)
    assert listed(answer)[:2] == ["fake-small", "fake-large"]
    assert "Old: The model" in answer.content.decode()


def test_the_servers_own_services_are_asked_anew(page, provider, settings, monkeypatch):
    settings.MODEL_SERVERS = {"openai_compatible": (provider.url, GOOD)}
    monkeypatch.setattr(servers, "SOON", 0.0)
    servers.set_current(servers.Listing())
    try:
        for models in (["old"], ["old", "pulled"], ["pulled"]):
            provider.models = models
            answer = page.post(f"{PAGE}refresh/", follow=True)
            assert [name for name in listed(answer) if name in ("old", "pulled")] == models
        settings.MODEL_SERVERS = {"openai_compatible": (provider.url, "sk-wrong-0123456789")}
        answer = page.post(f"{PAGE}refresh/", follow=True)
        assert "Your server: The model&#x27;s service did not accept the key." in answer.content.decode()
        assert "pulled" in listed(answer), "what was listed last stays"
    finally:
        servers.set_current(None)


def test_a_window_that_nobody_tells_is_shown_as_one(page, alice):
    key = api_key(alice)
    ApiKey.objects.update(model_cache=[{"id": "a", "context_window": 4096, "is_window_guessed": True}, ABLE])
    shown = page.get(PAGE).content.decode()
    assert "≈ 4k tokens" in shown
    assert "≈ 200k" not in shown
    assert key.n_models == 1


# ---- many -----------------------------------------------------------------------------------------------
def test_hundreds_of_models_ask_the_database_no_more(page, alice, django_assert_max_num_queries):
    api_key(alice, models=[f"family/model-{n}" for n in range(400)])
    page.get(PAGE)
    with django_assert_max_num_queries(12):
        assert len(listed(page.get(PAGE))) == 400
