"""Imports point down; each dangerous package has one user; the environment has one reader."""

import textwrap

from tests.guards import imports
from tests.guards.apps import APPS
from tests.guards.imports import CLIENTS, PROJECT, SAMBUNG, WITHOUT_DJANGO, Rules

#: Who touches os.environ, and why.
ENVIRONMENT = {
    "sambung/lib/env.py": "the typed reader that settings and supervisor use",
    "sambung/home.py": "needed before Django",
    "sambung/asgi.py": "names the settings module",
    "sambung/supervisor/database.py": "hands it to psql and manage.py",
    "sambung/supervisor/postgres.py": "hands PATH to PostgreSQL",
    "sambung/supervisor/server.py": "hands it to the web process",
}


def test_layers():
    assert imports.violations(SAMBUNG, WITHOUT_DJANGO) == []


def test_one_door_for_http():
    assert imports.other_clients(PROJECT, APPS, CLIENTS) == []
    used = imports.other_clients(PROJECT, APPS, dict.fromkeys(CLIENTS, ()))
    listed = [f"{place}: {name}" for name, places in CLIENTS.items() for place in places]
    assert sorted(set(listed) - set(used)) == [], "stale lines in CLIENTS"


def test_settings_read_the_environment():
    found = imports.readers_of_environment(PROJECT, APPS)
    assert sorted(found - set(ENVIRONMENT)) == [], "read it in settings, by sambung.lib.env"
    assert sorted(set(ENVIRONMENT) - found) == [], "stale lines in ENVIRONMENT"


def _plant(folder, files: dict[str, str]) -> None:
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for package in [path.parent, *path.parent.parents]:
            if package == folder:
                break
            (package / "__init__.py").touch()
        path.write_text(textwrap.dedent(source))


def test_planted_imports_are_found(tmp_path, monkeypatch):
    _plant(
        tmp_path,
        {
            "planted_top/lib/words.py": "from planted_low import models\n",
            "planted_top/urls.py": "import planted_low.models\nimport planted_top.lib.words\n",
            "planted_top/home.py": "def late():\n    from django.conf import settings\n",
            "planted_low/models.py": "def late():\n    import planted_top.urls\n",
            "planted_low/text.py": "from nh3 import clean\nimport planted_top.lib.words\n",
        },
    )
    monkeypatch.syspath_prepend(tmp_path)
    rules = Rules(("planted_top", "planted_low"), "planted_top.lib", {"nh3": ("planted_top.lib",)})
    assert imports.violations(rules, ["planted_top.home"]) == [
        "planted_low.models -> planted_top.urls",
        "planted_low.text -> nh3",
        "planted_top.home -> django",
        "planted_top.lib.words -> planted_low.models",
    ]


def test_planted_clients_and_readers_are_found(tmp_path):
    _plant(
        tmp_path,
        {
            "app/a.py": "import aiohttp\nsession = aiohttp.ClientSession()\n",
            "app/b.py": "from aiohttp import ClientSession\n",
            "app/c.py": "import urllib.request\nimport urllib.parse\n",
            "app/d.py": "from urllib import request\n",
            "app/e.py": "import os\nKEY = os.environ['KEY']\n",
            "app/f.py": "from os import getenv\n",
        },
    )
    assert imports.other_clients(tmp_path, ["app"], CLIENTS) == [
        "app/a.py: aiohttp.ClientSession",
        "app/b.py: aiohttp.ClientSession",
        "app/c.py: urllib.request",
        "app/d.py: urllib.request",
    ]
    assert imports.readers_of_environment(tmp_path, ["app"]) == {"app/e.py", "app/f.py"}
