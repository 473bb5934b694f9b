"""The pages of keys: who gets which, what a form takes, and that a key is never shown. C57, C41."""

import pytest

from agents import catalog, keys
from agents.forms.keys import KeyForm
from agents.models import ApiKey
from sambung.lib.failures import Failure
from teams.models import UserRole
from teams.workspace import Workspace
from tests.agents.conftest import GOOD
from tests.factories import api_key
from tests.lib.test_egress import FORMS

LIST, NEW = "/app/keys/", "/app/keys/new/"


@pytest.fixture
def page(sign_in, alice):
    return sign_in(alice)


@pytest.fixture
def compatible(provider) -> dict:
    """A form that works."""
    return {"provider": "openai_compatible", "label": "Mine", "base_url": provider.url, "secret": GOOD}


def html(response) -> str:
    return response.content.decode()


# ---- added ----------------------------------------------------------------------------------------------
def test_the_way_to_a_new_key(page):
    assert f'href="{NEW}"' in html(page.get(LIST))
    assert "?provider=anthropic" in html(page.get(NEW))


@pytest.mark.parametrize(
    ("provider", "required"),
    [
        ("openai", {"label", "secret"}),
        ("anthropic", {"label", "secret"}),
        ("google", {"label", "secret"}),
        ("groq", {"label", "secret"}),
        ("ollama", {"label", "base_url"}),
        ("openai_compatible", {"label", "base_url"}),
    ],
)
def test_each_provider_asks_for_what_it_needs(page, provider, required):
    form = page.get(NEW, {"provider": provider}).context["form"]
    assert {name for name, field in form.fields.items() if field.required} == required
    assert ("secret" in form.fields) == (provider != "ollama")


def test_a_new_key_is_tested_at_once(page, compatible):
    answer = page.post(NEW, compatible, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    shown = html(answer)
    assert "works and offers 2 models" in shown
    assert "…wxyz" in shown
    assert GOOD not in shown
    assert ApiKey.objects.get().user == answer.wsgi_request.user


def test_a_key_that_does_not_work_is_kept_and_says_why(page, compatible):
    shown = html(page.post(NEW, compatible | {"secret": "sk-wrong-0123456789"}, follow=True))
    assert "did not accept the key" in shown
    assert "sk-wrong" not in shown
    assert keys.endpoint(ApiKey.objects.get()).api_key == "sk-wrong-0123456789"


@pytest.mark.parametrize("secret", ["sk-a b-0123456789", "sk-0123\n456789", "sk-0123456789é"])
def test_a_key_with_more_than_a_key_is_refused(page, compatible, secret):
    answer = page.post(NEW, compatible | {"secret": secret})
    assert answer.status_code == 422
    assert "Copy it anew" in html(answer)
    assert not ApiKey.objects.exists()


def test_space_around_a_key_is_cut(page, compatible):
    page.post(NEW, compatible | {"secret": f"  {GOOD}\n"})
    assert keys.endpoint(ApiKey.objects.get()).api_key == GOOD


def test_a_form_that_comes_back_holds_no_key(page, compatible):
    answer = page.post(NEW, compatible | {"label": ""})
    assert answer.status_code == 422
    assert GOOD not in html(answer)
    assert 'type="password"' in html(answer)
    assert 'autocomplete="off"' in html(answer)


@pytest.mark.parametrize("form", FORMS)
def test_no_address_inside_is_taken(page, compatible, provider, settings, form):
    settings.EGRESS_ALLOW = frozenset()
    for address in (form, form.replace("http:", "https:")):
        answer = page.post(NEW, compatible | {"base_url": address.format(port=provider.server_port)})
        assert answer.status_code in {302, 422}
        if address.startswith("http:"):
            assert answer.status_code == 422
    assert not ApiKey.objects.exclude(model_cache=[]).exists()
    assert provider.reached == 0


def test_an_address_inside_says_how_it_can_be_allowed(page, compatible, provider, settings):
    settings.EGRESS_ALLOW = frozenset()
    assert f"{provider.place[1]}. Its operator can allow that with EGRESS_ALLOW." in html(page.post(NEW, compatible))


# ---- models by hand -------------------------------------------------------------------------------------
@pytest.fixture
def unlisted(provider, settings):
    """A server that answers chats and lists nothing."""
    provider.has_list = False
    return provider


def test_a_service_without_a_list_says_what_to_do_and_takes_names(page, alice, compatible, unlisted):
    shown = html(page.post(NEW, compatible, follow=True))
    assert "This service does not list its models. Write their names into the key." in shown
    path = f"/app/keys/{ApiKey.objects.get().pk}/"
    names = {"added_models": " gpt-4o-eu \r\n\r\ngpt-4o-eu\nmistral  large\n"}
    shown = html(page.post(path, compatible | {"secret": ""} | names, follow=True))
    assert "works and offers 2 models" in shown
    found = catalog.usable(Workspace(alice))
    assert [model.id for model in found if model.api_key] == ["gpt-4o-eu", "mistral large"]
    assert (found[0].vision, found[0].tools) == (True, True), "as its name tells"
    assert page.get(path).context["form"]["added_models"].value() == "gpt-4o-eu\nmistral large"


def test_names_go_beside_those_that_are_listed(page, alice, compatible):
    shown = html(page.post(NEW, compatible | {"added_models": "fake-small\npreview"}, follow=True))
    assert "works and offers 3 models" in shown
    found = [model.id for model in catalog.usable(Workspace(alice)) if model.api_key]
    assert found == ["fake-small", "fake-large", "preview"]


def test_without_a_list_a_wrong_key_is_told(page, compatible, unlisted):
    given = compatible | {"secret": "sk-wrong-0123456789", "added_models": "m"}
    assert "did not accept the key" in html(page.post(NEW, given, follow=True))


@pytest.mark.parametrize("names", ["m" * 201, "a\x07b", "\n".join(f"m{n}" for n in range(101))])
def test_what_is_no_name_of_a_model_is_refused(page, compatible, names):
    answer = page.post(NEW, compatible | {"added_models": names})
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


def test_azures_address_is_taken_with_its_deployment(page):
    copied = "https://x.openai.azure.com/openai/deployments/gpt-4o?api-version=2024-10-21"
    given = {"provider": "openai_compatible", "label": "Azure", "base_url": copied, "added_models": ""}
    form = KeyForm(given, provider="openai_compatible")
    assert form.is_valid()
    assert form.cleaned_data["base_url"] == "https://x.openai.azure.com/openai/v1"
    assert form.cleaned_data["added_models"] == ["gpt-4o"]


# ---- changed --------------------------------------------------------------------------------------------
def test_a_change_of_address_asks_for_the_key_again(page, alice):
    key = api_key(alice)
    path = f"/app/keys/{key.pk}/"
    assert "Empty keeps the one that ends in wxyz" in html(page.get(path))
    answer = page.post(path, {"label": "A key", "base_url": "https://evil.example.org/v1"})
    assert answer.status_code == 422
    assert "is not sent to another one" in html(answer)


def test_a_key_rests_and_is_deleted(page, alice):
    key = api_key(alice)
    path = f"/app/keys/{key.pk}/"
    page.post(f"{path}active/")
    assert not ApiKey.objects.get().is_active
    assert "Resting" in html(page.get(LIST))
    page.post(f"{path}active/")
    assert ApiKey.objects.get().is_active
    assert "stays valid with the provider" in html(page.get(f"{path}delete/"))
    assert page.post(f"{path}delete/").url == LIST
    assert not ApiKey.objects.exists()


def test_a_test_says_what_came_back(page, alice, provider):
    key = api_key(alice, provider="openai_compatible", base_url=provider.url, secret=GOOD)
    assert "works and offers 2 models" in html(page.post(f"/app/keys/{key.pk}/test/", follow=True))
    provider.models.append("fake-new")
    assert "3 models" in html(page.post(f"/app/keys/{key.pk}/test/", follow=True))


# ---- whose ----------------------------------------------------------------------------------------------
def test_a_member_sees_the_teams_keys_and_changes_none(sign_in, alice, bob, team):
    key = api_key(alice, team, label="The team's key")
    member, space = sign_in(bob), f"/team/{team.slug}/keys/"
    shown = html(member.get(space))
    assert "The team&#x27;s key" in shown
    assert "…wxyz" in shown
    assert "Admins of the team add and change them" in shown
    assert f"{space}{key.pk}/" not in shown
    assert f"{space}new/" not in shown
    for path in ("new/", f"{key.pk}/", f"{key.pk}/delete/"):
        assert member.get(f"{space}{path}").status_code == 404
    for path in ("new/", f"{key.pk}/", f"{key.pk}/test/", f"{key.pk}/active/", f"{key.pk}/delete/"):
        assert member.post(f"{space}{path}", {"provider": "openai", "label": "x"}).status_code == 404
    assert f"{space}{key.pk}/" in html(sign_in(alice).get(space))


def test_a_team_shows_what_else_can_be_used_in_it(sign_in, alice, bob, team):
    api_key(alice, label="Alices own")
    api_key(bob, label="Bobs own")
    api_key(label="Of all")
    shown = html(sign_in(alice).get(f"/team/{team.slug}/keys/"))
    assert "Alices own" in shown
    assert "Of all" in shown
    assert "Bobs own" not in shown


def test_the_instances_keys_are_its_admins(sign_in, alice, bob, settings, compatible):
    settings.MODEL_SERVERS = {"groq": ("", "gsk-0123456789-last")}
    alice.role = UserRole.ADMIN
    alice.save()
    admin = sign_in(alice)
    admin.post("/instance/keys/new/", compatible | {"label": "Of all"})
    key = ApiKey.objects.get()
    assert (key.user, key.team) == (None, None)
    shown = html(admin.get("/instance/keys/"))
    assert f"/instance/keys/{key.pk}/" in shown
    assert "From the environment" in shown
    assert "…last" in shown
    assert "gsk-0" not in shown
    other = html(sign_in(bob).get(LIST))
    assert "Of all" in other
    assert key.base_url not in other
    assert "wxyz" not in other


def test_a_list_asks_the_database_a_fixed_number_of_times(page, alice, django_assert_max_num_queries):
    for _ in range(20):
        api_key(alice)
    with django_assert_max_num_queries(14):
        page.get(LIST)


def test_a_list_shows_failures_in_the_readers_language(page, alice):
    key = api_key(alice)
    keys.note(key.pk, error=Failure("key_lost", {"label": key.label}))
    assert "no longer has" in html(page.get(LIST))
