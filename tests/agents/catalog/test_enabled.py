"""What a workspace offers: what came since the choice, and what others change at the same time."""

import pytest

from agents import catalog
from agents.catalog import enabled, servers
from teams.models import User
from teams.workspace import Workspace
from tests.factories import api_key

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_servers(monkeypatch):
    monkeypatch.setattr(servers, "models", list)


def choose(workspace, *values):
    among = [model.value for model in catalog.shared(workspace)]
    enabled.offer(by=workspace.user, workspace=workspace, offered=values, among=among)


def offered(workspace) -> set[str]:
    return {model.id for model in catalog.offered(workspace)}


def test_a_key_that_comes_later_is_offered(alice, workspace):
    first = api_key(alice, models=("a", "b"))
    choose(workspace, f"{first.pk}:a")
    api_key(alice, label="Later", models=("c", "d"))
    assert offered(workspace) == {"a", "c", "d"}
    assert catalog.parse(f"{first.pk}:b", workspace) is None


def test_a_teams_choice_leaves_members_their_own_keys(alice, bob, team):
    api_key(bob, label="Bob's", models=("own",))
    shared = api_key(alice, team, models=("a", "b"))
    choose(Workspace(alice, team), f"{shared.pk}:a")
    assert offered(Workspace(bob, team)) == {"a", "own"}


def test_a_team_has_no_default_under_one_members_key(alice, team, sign_in):
    own = api_key(alice, models=("mine",))
    client = sign_in(alice)
    assert str(own.pk) not in client.get(f"/team/{team.slug}/models/defaults/").text
    response = client.post(f"/team/{team.slug}/models/defaults/", {"default": f"{own.pk}:mine"})
    assert response.status_code == 422


def test_two_pages_change_two_things(alice):
    key = api_key(alice, models=("a", "b"))
    one, two = (Workspace(User.objects.get(pk=alice.pk)) for _ in range(2))
    enabled.set_order(by=one.user, workspace=one, default=f"{key.pk}:a", fallbacks=[f"{key.pk}:b"])
    choose(two, f"{key.pk}:a")
    kept = enabled.offers_of(Workspace(User.objects.get(pk=alice.pk)))
    assert (kept.fallbacks, kept.offered) == ((f"{key.pk}:b",), {f"{key.pk}:a"})


def test_two_stars_at_once_are_both_kept(alice):
    one, two = (User.objects.get(pk=alice.pk) for _ in range(2))
    enabled.set_favourite(user=one, value="a:1", is_on=True)
    enabled.set_favourite(user=two, value="b:1", is_on=True)
    assert enabled.favourites(User.objects.get(pk=alice.pk)) == {"a:1", "b:1"}
