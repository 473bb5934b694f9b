"""No circle, no arrow that runs back up, no template of an upper app named below."""

import pytest

from tests.guards import rooms
from tests.guards.apps import APPS
from tests.guards.imports import PROJECT
from tests.guards.test_imports import _plant


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, str]]:
    return list(rooms.edges(rooms.graph(APPS)))


def test_there_is_no_circle(pairs):
    assert len(pairs) > 1000
    assert rooms.circles(pairs) == []


def test_inside_an_app_imports_lead_down(pairs):
    assert rooms.arrows_up(pairs, rooms.ROOMS) == []


def test_a_lower_app_names_no_template_of_an_upper_one():
    assert rooms.named_upwards(PROJECT) == []


def test_planted_circles_and_arrows_are_found(tmp_path, monkeypatch):
    _plant(
        tmp_path,
        {
            "planted_house/views/page.py": "from planted_house.acts import act\n",
            "planted_house/acts/act.py": "def late():\n    from planted_house.rooms import one\n",
            "planted_house/rooms/one.py": "from planted_house.rooms import two\nfrom planted_house import cellar\n",
            "planted_house/rooms/two.py": "def late():\n    from planted_house.rooms import one\n",
            "planted_house/models/rows.py": "from planted_house.views import page\n",
            "planted_house/cellar/wine.py": "",
        },
    )
    monkeypatch.syspath_prepend(tmp_path)
    pairs = list(rooms.edges(rooms.graph(["planted_house"])))
    assert rooms.circles(pairs) == [["planted_house.rooms.one", "planted_house.rooms.two"]]
    assert rooms.arrows_up(pairs, {"planted_house": ("views", "acts", "rooms", "models")}) == [
        "planted_house.models.rows -> planted_house.views.page",
        "planted_house.rooms.one -> planted_house.cellar",
    ]


def test_planted_templates_are_found(tmp_path):
    for name, text in {
        "agents/row.html": '{% extends "app.html" %}{% include "chats/row.html" %}{% include "components/x.html" %}',
        "chats/row.html": '{% include "agents/row.html" %}',
        "components/x.html": "{% include 'teams/y.html' %}",
    }.items():
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams" / "views.py").write_text('render(request, "chats/row.html")')
    assert rooms.named_upwards(tmp_path) == [
        "templates/agents/row.html: chats/row.html",
        "templates/components/x.html: teams/y.html",
        "teams/views.py: chats/row.html",
    ]
