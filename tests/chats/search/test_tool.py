"""The search in one's own chats: what is the person's here, and nothing of anybody else."""

import pytest

from agents import tools
from agents.tools import Caller
from chats.search import tool
from chats.search.marking import AROUND
from teams.workspace import Workspace
from tests.factories import ChatFactory, message

pytestmark = pytest.mark.django_db


def _search(workspace: Workspace, query: str, topic: str = ""):
    return tool._found(Caller(workspace, topic), query, 8)


def _titles(found) -> list[str]:
    return [] if isinstance(found, str) else [row["title"] for row in found]


@pytest.fixture
def said(workspace, team, carol):
    """Chats that all hold the word, in all kinds of places."""

    def chat(title: str, text: str = "The canary sings in the morning.", **fields):
        made = ChatFactory(title=title, **fields)
        message(made, text=text)
        return made

    return {
        "own": chat("Own", user=workspace.user),
        "title": chat("About a Canary", "Nothing else", user=workspace.user),
        "other word": chat("Other", "The crow", user=workspace.user),
        "temporary": chat("Temporary", user=workspace.user, is_temporary=True),
        "deleted": chat("Deleted", user=workspace.user, deleted_at="2026-01-01T00:00Z"),
        "team": chat("Team's", user=workspace.user, team=team),
        "carol": chat("Carol's", user=carol),
    }


def test_what_was_said_here_is_found(workspace, said):
    found = _search(workspace, "canary")
    assert set(_titles(found)) == {"Own", "About a Canary"}
    own = next(row for row in found if row["title"] == "Own")
    assert own["excerpt"] == "The canary sings in the morning."
    assert own["link"] == workspace.url("chat", said["own"].pk)


def test_a_team_finds_its_own(workspace, team, bob, carol, said):
    assert _titles(_search(Workspace(bob, team), "canary")) == ["Team's"]
    assert _titles(_search(Workspace(carol, team), "canary")) == []
    assert _titles(_search(Workspace(carol), "canary")) == ["Carol's"]


def test_all_words_must_be_there(workspace, said):
    assert _titles(_search(workspace, "canary morning")) == ["Own"]
    assert _search(workspace, "canary crow") == "Nothing was found."


def test_signs_of_patterns_are_letters(workspace, said):
    assert _titles(_search(workspace, "c%y")) == _titles(_search(workspace, "c_nary")) == []


def test_the_chat_that_asks_is_left_out(workspace, said):
    assert _titles(_search(workspace, "canary sings", f"chat:{said['own'].pk}")) == []


def test_an_excerpt_is_around_the_word(workspace):
    chat = ChatFactory(user=workspace.user)
    message(chat, text=f"{'a ' * 500}needle{' b' * 500}")
    (found,) = _search(workspace, "needle")
    assert found["excerpt"].startswith("…a")
    assert "needle" in found["excerpt"]
    assert len(found["excerpt"]) < 3 * AROUND + 20


def test_it_is_among_the_tools_of_every_workspace(workspace):
    refs = [tool.ref for source in tools.sources(workspace) for tool in source.tools]
    assert "chats:past:search_chats" in refs
    assert "toolkit:calculator:calculate" in refs


def test_operators_count_and_what_is_not_understood_is_told(workspace, said):
    assert _titles(_search(workspace, "canary -from:assistant")) == ["Own"]
    assert _search(workspace, "canary -from:me") == "Nothing was found."
    told = _search(workspace, "canary is:good")
    assert set(_titles(told["found"])) == {"Own", "About a Canary"}
    assert "There is no is:good" in told["problems"][0]
    assert "is no date" in _search(workspace, "nowhere after:soon")


def test_a_command_line_is_found_by_its_words(workspace, said):
    message(said["own"], text="Run tar -xvf of it")
    told = _search(workspace, "tar -xvf")
    assert _titles(told["found"]) == ["Own"]
    assert "without “xvf”" in told["problems"][0]
