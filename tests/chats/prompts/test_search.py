"""Which prompts are found, where, and by whom."""

import pytest

from chats.prompts import search
from teams.workspace import Workspace

pytestmark = pytest.mark.django_db


def found(workspace: Workspace, asked: str = "", category: str = "", tab: str = "mine") -> list[str]:
    rows = search.listed(workspace, search.tabs(workspace)[tab][1], asked, category)
    return [prompt.name for prompt in rows]


@pytest.fixture
def shelf(write, alice, bob, carol, team):
    """Prompts of everybody, by name whose and where."""
    write(alice, name="a-own")
    write(alice, name="a-gone", deleted_at="2026-01-01T00:00Z", is_public=True)
    write(alice, team, name="t-alice")
    write(bob, team, name="t-bob", is_public=True)
    write(bob, name="b-own")
    write(carol, name="c-own")
    write(carol, name="c-public", is_public=True)


def test_each_tab_has_its_prompts(shelf, alice, carol, team):
    home, there = Workspace(alice), Workspace(alice, team)
    assert (list(search.tabs(home)), list(search.tabs(there))) == (["mine", "public"], ["team", "mine", "public"])
    assert found(home) == found(there) == ["a-own"]
    assert found(there, tab="team") == ["t-alice", "t-bob"]
    for workspace in (home, there, Workspace(carol)):
        assert found(workspace, tab="public") == ["c-public", "t-bob"]
    assert found(Workspace(carol, team), tab="team") == ["t-bob"], "a stranger sees what is public alone"


def test_the_composer_offers_what_is_near_first(shelf, alice, team):
    assert [prompt.name for prompt in search.offered(Workspace(alice))] == ["a-own", "c-public", "t-bob"]
    there = [prompt.name for prompt in search.offered(Workspace(alice, team))]
    assert there == ["t-alice", "t-bob", "a-own", "c-public"]


def test_one_s_own_are_shown_at_home(shelf, alice, team):
    there = Workspace(alice, team)
    places = {row.name: search.place(row, there).team for row in search.offered(there)}
    assert places == {"t-alice": team, "t-bob": team, "a-own": None, "c-public": team}


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("evie", True),
        ("REVIEW", True),
        ("überprüfe", True),
        ("100%", True),
        ("snake_case", True),
        ("\\d", True),
        ("{code}", True),
        ("code review", True),
        ("code nothing", False),
        ("1%0", False),
        ("%%", False),
        ("snake-case", False),
        ("snakeXcase", False),
        ("r__iew", False),
        ("", True),
    ],
)
def test_any_part_of_name_and_text(write, alice, asked, is_found):
    write(alice, name="Code Review", content="ÜBERPRÜFE 100% of {code}: no snake_case, no \\d")
    assert bool(found(Workspace(alice), asked)) == is_found


def test_the_category_narrows(write, alice):
    for category in ("coding", "writing"):
        write(alice, name=category, category=category)
    assert found(Workspace(alice), category="writing") == ["writing"]
    assert found(Workspace(alice), "coding", "writing") == []
